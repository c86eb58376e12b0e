//! Data sets that examples and benchmarks use.
