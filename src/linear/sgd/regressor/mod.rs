//! SGD regressor: parameters, training, the fitted model, and its average over chunks.

mod average;
pub(in crate::linear::sgd) mod model;
mod partial_fit;
#[cfg(feature = "persist")]
mod persist;

pub use average::SgdRegressorState;
pub use model::{SgdRegressor, SgdRegressorParams, SgdRegressorValidParams};
