//! Scores whose parts can be computed chunk by chunk and merged.
//!
//! - [`ConfusionMatrix`]: accuracy, precision, recall, F1 of a classifier.
//! - [`Residuals`]: R² and errors of a regressor.

mod confusion;
mod residuals;

pub use confusion::ConfusionMatrix;
pub use residuals::Residuals;
