//! Data of any size, made chunk by chunk from a seed: nothing is held in memory.
//!
//! [`Classification`] has classes to be told apart, [`Regression`] a number to be predicted.

mod classification;
mod clusters;
mod draws;
mod regression;

pub use classification::Classification;
pub use regression::Regression;
