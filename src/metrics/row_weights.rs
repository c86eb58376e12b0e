//! Sample weights of the rows that are scored.

use crate::data::{check_weights, total_weight};
use crate::error::Result;

/// Refuses weights that are not one for each row, weights that are negative, NaN or infinite, and an infinite sum.
pub(super) fn check(n_rows: usize, sample_weight: Option<&[f64]>) -> Result<()> {
    check_weights(n_rows, sample_weight)?;
    total_weight(n_rows, sample_weight).map(drop)
}

/// The weight of one row: 1 without weights.
pub(super) fn weight_of(row: usize, sample_weight: Option<&[f64]>) -> f64 {
    sample_weight.map_or(1.0, |weights| weights[row])
}

/// The rows of a weight above 0, each with its weight.
pub(super) fn present<T>(
    rows: impl Iterator<Item = T>,
    sample_weight: Option<&[f64]>,
) -> impl Iterator<Item = (T, f64)> {
    let weighted = rows.enumerate().map(move |(i, row)| (row, weight_of(i, sample_weight)));
    weighted.filter(|(_, weight)| *weight > 0.0)
}
