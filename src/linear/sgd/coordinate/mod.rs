//! Adaptive learning rates, AdaGrad and FTRL: steps of another length at every coordinate.

pub(in crate::linear::sgd) mod kernel;
pub(in crate::linear::sgd) mod rule;
pub(in crate::linear::sgd) mod steps;
#[cfg(test)]
mod tests;
