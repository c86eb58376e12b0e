//! Linear models by stochastic gradient descent.
//!
//! - [`SgdClassifier`] learns from one chunk after the other, and costs next to nothing per example.
//!   [`SgdClassifierParams`] says how: which [`Loss`], which [`Penalty`], which [`LearningRate`].
//! - [`OneVsRest`] learns for every label which rows have it, all labels in one pass.
//! - [`SgdRegressor`] learns a number in the same way.
//!
//! Inside: `kernel` is the loop over the examples, for a block of `lanes`, the weight vectors that lie
//! side by side; `boundaries` tells what each lane tells apart; `train` leads one learner or several
//! through the passes, and `fit` is one learner's way in.

mod boundaries;
mod classes;
mod descent;
mod fit;
mod kernel;
mod lane_run;
mod lanes;
mod lines;
mod loss;
mod margins;
mod model;
mod one_vs_rest;
mod order;
mod params;
mod penalty;
mod regressor;
mod schedule;
mod snapshot;
mod team;
#[cfg(test)]
mod tests;
mod train;

pub use classes::ClassWeight;
pub use loss::Loss;
pub use model::SgdClassifier;
pub use one_vs_rest::{OneVsRest, OneVsRestParams, OneVsRestValidParams};
pub use params::{Averaging, SgdClassifierParams, SgdClassifierValidParams};
pub use penalty::Penalty;
pub use regressor::{SgdRegressor, SgdRegressorParams, SgdRegressorValidParams};
pub use schedule::LearningRate;
pub use team::SgdTeam;
