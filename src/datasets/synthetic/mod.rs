//! Data of any size, made chunk by chunk from a seed: nothing is held in memory.

mod classification;
mod draws;

pub use classification::Classification;
