//! Nearest centroid classification, over sparse and dense rows alike.

mod average;
mod centroids;
mod fit;
mod model;
mod params;
mod partial_fit;
#[cfg(feature = "persist")]
mod persist;
mod predict;
mod priors;
mod scores;
mod statistics;
mod sums;
#[cfg(test)]
mod tests;

pub use model::NearestCentroid;
pub use params::{NearestCentroidParams, NearestCentroidValidParams};
pub use priors::Priors;

/// The name in errors and files.
const NAME: &str = "NearestCentroid";
