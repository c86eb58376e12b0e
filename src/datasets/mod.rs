//! Data sets that examples and benchmarks use.

pub mod reuters;
pub mod synthetic;
