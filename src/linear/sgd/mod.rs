//! Linear models by stochastic gradient descent.
//!
//! - [`SgdClassifier`] learns from one chunk after the other, and costs next to nothing per example.
//!   [`SgdClassifierParams`] says how: which [`Loss`], which [`Penalty`], which [`LearningRate`].
//! - [`OneVsRest`] learns for every label which rows have it, all labels in one pass.
//! - [`SgdRegressor`] learns a number in the same way.
//! - [`SgdOneClassSvm`] learns what most rows are like, and so which are not.
//!
//! All can be averaged over chunks that each had a pass of their own: [`SgdState`] is what such chunks of a classifier sum
//! up to, [`SgdVectorState`] the chunks of the others.
//!
//! Inside: `kernel` is the loop over the examples, for a block of `lanes`, the weight vectors that lie
//! side by side, and `coordinate_kernel` the same for steps of another length at every coordinate;
//! `boundaries` tells what each lane tells apart; `train` leads one learner or several
//! through the passes, and `fit` is one learner's way in.

#[cfg(test)]
mod average_tests;
mod classifier;
mod coordinate;
mod descent;
mod kernel;
mod one_class;
mod one_vs_rest;
mod parts;
mod regressor;
mod snapshot;
mod team;
mod team_progress;
#[cfg(test)]
mod tests;
mod vector_state;

pub(in crate::linear) use classifier::class_weight::weights as class_weights;
pub use classifier::{Averaging, ClassWeight, SgdClassifier, SgdClassifierParams, SgdClassifierValidParams, SgdState};
pub use descent::{LearningRate, Loss, Penalty};
pub use one_class::{SgdOneClassSvm, SgdOneClassSvmParams, SgdOneClassSvmValidParams};
pub(crate) use one_vs_rest::LabelBlock;
pub use one_vs_rest::{OneVsRest, OneVsRestParams, OneVsRestValidParams};
pub use regressor::{SgdRegressor, SgdRegressorParams, SgdRegressorValidParams};
pub use team::SgdTeam;
pub use vector_state::SgdVectorState;
