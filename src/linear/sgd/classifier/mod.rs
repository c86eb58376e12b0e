//! SGD classifier: parameters, training, the fitted model, and its average over chunks.

mod average;
pub(in crate::linear) mod class_weight;
pub(in crate::linear::sgd) mod fit;
pub(in crate::linear::sgd) mod model;
pub(in crate::linear::sgd) mod params;
mod partial_fit;
#[cfg(feature = "persist")]
mod persist;
mod probabilities;

pub use average::SgdState;
pub use class_weight::ClassWeight;
pub use model::SgdClassifier;
pub use params::{Averaging, SgdClassifierParams, SgdClassifierValidParams};
