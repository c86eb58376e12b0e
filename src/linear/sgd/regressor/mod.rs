//! SGD regressor: parameters, training, the fitted model, and its average over chunks.

mod average;
mod fit;
pub(in crate::linear::sgd) mod model;
mod params;
mod partial_fit;
#[cfg(feature = "persist")]
mod persist;
#[cfg(test)]
mod tests;

pub use model::SgdRegressor;
pub use params::{SgdRegressorParams, SgdRegressorValidParams};
