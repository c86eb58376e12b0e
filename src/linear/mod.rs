//! Linear learners, in memory and single-threaded, over sparse and dense rows alike.
//!
//! - [`FeatureRows`]: what the learners ask of their input; [`Csr`](crate::data::Csr) and dense
//!   matrices have it.
//! - [`LinearClassifier`]: classes, coefficients and intercepts, and all that follows from them.

mod feature_rows;
mod linear_classifier;

pub use feature_rows::{FeatureRow, FeatureRows};
pub use linear_classifier::{DecisionFunction, LinearClassifier, PredictProba};
