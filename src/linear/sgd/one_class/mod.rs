//! One-class SVM by SGD, for novelty detection: parameters, training, and the fitted model.

mod average;
#[cfg(test)]
mod average_tests;
mod model;
mod params;
mod partial_fit;
#[cfg(feature = "persist")]
mod persist;

pub use model::SgdOneClassSvm;
pub use params::{SgdOneClassSvmParams, SgdOneClassSvmValidParams};
