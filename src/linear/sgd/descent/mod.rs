//! Stochastic gradient descent: loss, penalty, learning rate, and the passes of training.

mod loss;
mod penalty;
pub(in crate::linear::sgd) mod schedule;
pub(in crate::linear::sgd) mod settings;
pub(in crate::linear::sgd) mod train;

pub use loss::Loss;
pub use penalty::Penalty;
pub use schedule::LearningRate;
