//! Distinct values of a block, with the number of copies of each.

use super::ordered_bits::to_ordered;

/// The number of values that are sorted together.
pub(super) const BLOCK: usize = 1 << 15;

/// The whole numbers of the distinct values, ascending, and the number of copies of each. There is no NaN among them.
pub(super) fn runs(values: &[f64]) -> Vec<(u64, u64)> {
    let mut ordered: Vec<u64> = values.iter().map(|&value| to_ordered(value)).collect();
    ordered.sort_unstable();
    ordered.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect()
}
