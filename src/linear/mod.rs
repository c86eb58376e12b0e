//! Linear learners, in memory and single-threaded, over sparse and dense rows alike.
//!
//! - [`FeatureRows`]: what the learners ask of their input; [`Csr`](crate::data::Csr) and dense
//!   matrices have it.
//! - [`SgdClassifier`]: a classifier by stochastic gradient descent, chunk after chunk.
//! - [`LinearClassifier`]: classes, coefficients and intercepts, and all that follows from them.

mod feature_rows;
mod linear_classifier;
mod sgd;

pub use feature_rows::{FeatureRow, FeatureRows};
pub use linear_classifier::{DecisionFunction, LinearClassifier, PredictProba};
pub use sgd::{
    Averaging, ClassWeight, LearningRate, Loss, Penalty, SgdClassifier, SgdClassifierParams, SgdClassifierValidParams,
};
