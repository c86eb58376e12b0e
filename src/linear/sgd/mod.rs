//! Linear models by stochastic gradient descent.
//!
//! - [`SgdClassifier`] learns from one chunk after the other, and costs next to nothing per example.
//!   [`SgdClassifierParams`] says how: which [`Loss`], which [`Penalty`], which [`LearningRate`].
//! - [`OneVsRest`] learns for every label which rows have it, all labels in one pass.
//! - [`SgdRegressor`] learns a number in the same way.
//! - [`SgdOneClassSvm`] learns what most rows are like, and so which are not.
//!
//! The first two can be averaged over chunks that each had a pass of their own: [`SgdState`] and
//! [`SgdRegressorState`] are what such chunks sum up to.
//!
//! Inside: `kernel` is the loop over the examples, for a block of `lanes`, the weight vectors that lie
//! side by side, and `coordinate_kernel` the same for steps of another length at every coordinate;
//! `boundaries` tells what each lane tells apart; `train` leads one learner or several
//! through the passes, and `fit` is one learner's way in.

mod average_classifier;
mod average_regressor;
#[cfg(test)]
mod average_tests;
mod boundaries;
mod classes;
mod coordinate_kernel;
mod coordinate_rule;
mod coordinate_steps;
#[cfg(test)]
mod coordinate_tests;
mod descent;
mod fit;
mod kernel;
mod lane_average;
mod lane_run;
mod lanes;
mod lines;
mod loss;
mod margins;
mod model;
mod one_class;
mod one_class_params;
mod one_vs_rest;
mod order;
mod params;
mod parts;
mod penalty;
mod regressor;
mod row_order;
mod schedule;
mod snapshot;
mod squares;
mod team;
#[cfg(test)]
mod tests;
mod train;

pub use average_classifier::SgdState;
pub use average_regressor::SgdRegressorState;
pub use classes::ClassWeight;
pub use loss::Loss;
pub use model::SgdClassifier;
pub use one_class::SgdOneClassSvm;
pub use one_class_params::{SgdOneClassSvmParams, SgdOneClassSvmValidParams};
pub use one_vs_rest::{OneVsRest, OneVsRestParams, OneVsRestValidParams};
pub use params::{Averaging, SgdClassifierParams, SgdClassifierValidParams};
pub use penalty::Penalty;
pub use regressor::{SgdRegressor, SgdRegressorParams, SgdRegressorValidParams};
pub use schedule::LearningRate;
pub use team::SgdTeam;
