//! Data of any size, made chunk by chunk from a seed: nothing is held in memory.

mod classification;
mod documents;
mod draws;
mod zipf;

pub use classification::Classification;
pub use documents::Documents;
