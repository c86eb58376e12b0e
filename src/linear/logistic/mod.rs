//! Logistic regression, fitted on all rows of a chunk or of a data set at once.
//!
//! Newton's method with conjugate gradients, in `f64` whatever the element type, in the columns the
//! rows touch; with an L1 penalty, a proximal Newton method. Fit a data set that fits in memory with it, or each chunk
//! of a larger one and average the models. To learn chunk by chunk with one model, there is stochastic gradient descent.

mod average;
mod fit;
#[cfg(test)]
mod l1_tests;
mod model;
mod params;
mod passes;
#[cfg(feature = "persist")]
mod persist;
mod settings;
mod solve;
#[cfg(test)]
mod tests;

pub use average::LogisticState;
pub use model::LogisticRegression;
pub use params::{LogisticRegressionParams, LogisticRegressionValidParams, Regularization};
pub use passes::LogisticMinimization;

use settings::Settings;

/// The estimator's name, for errors.
const NAME: &str = "LogisticRegression";
