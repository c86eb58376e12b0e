//! Data of any size, made chunk by chunk from a seed: nothing is held in memory.
//!
//! [`Classification`] has classes to be told apart, [`Regression`] a number to be predicted, [`Documents`] are text.

mod classification;
mod clusters;
mod column_order;
mod documents;
mod draws;
mod regression;
mod zipf;

pub use classification::Classification;
pub use documents::Documents;
pub use regression::Regression;
