//! One-vs-rest multilabel classification: one boundary for every label, all of them in one pass over the rows.

mod average;
#[cfg(test)]
mod average_tests;
mod fit;
mod model;
mod params;
mod partial_fit;
#[cfg(feature = "persist")]
mod persist;
#[cfg(test)]
mod tests;

pub use model::OneVsRest;
pub use params::{OneVsRestParams, OneVsRestValidParams};
pub(crate) use partial_fit::LabelBlock;
