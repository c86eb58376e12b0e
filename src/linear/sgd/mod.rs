//! Linear models by stochastic gradient descent.
//!
//! - [`SgdClassifier`] learns from one chunk after the other, and costs next to nothing per example.
//!   [`SgdClassifierParams`] says how: which [`Loss`], which [`Penalty`], which [`LearningRate`].
//!
//! Inside: `kernel` is the loop over the examples, for one boundary; `weights` the vector it trains;
//! `boundaries` are those of all classes, and `fit` puts them together.

mod boundaries;
mod classes;
mod fit;
mod kernel;
mod loss;
mod model;
mod order;
mod params;
mod penalty;
mod schedule;
#[cfg(test)]
mod tests;
mod weights;

pub use classes::ClassWeight;
pub use loss::Loss;
pub use model::SgdClassifier;
pub use params::{Averaging, SgdClassifierParams, SgdClassifierValidParams};
pub use penalty::Penalty;
pub use schedule::LearningRate;
