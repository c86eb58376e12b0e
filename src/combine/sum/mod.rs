//! Exact fits of all rows, as sums over chunks in several passes.

pub(in crate::combine) mod passes;
mod summed;

pub(crate) use passes::NEIGHBOURS;
pub use summed::Summed;
