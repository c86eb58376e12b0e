//! The hashing trick: names to columns, and the sums of a row.

use linfa::Float;

use super::murmur3::murmur3_32;
use crate::data::CsrBuilder;
use crate::error::{Error, Result};

/// The most columns there can be: scikit-learn's limit.
const MAX_FEATURES: usize = i32::MAX as usize;

/// Where names go: how many columns there are, and whether half the names count negatively.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    n_features: u32,
    /// `n_features - 1` where that is a bit mask, which is faster than a division.
    mask: Option<u32>,
    /// 1 if signs alternate, else 0.
    signs: u32,
}

impl Columns {
    pub(super) fn new(n_features: usize, alternate_sign: bool) -> Result<Self> {
        if !(1..=MAX_FEATURES).contains(&n_features) {
            return Err(Error::parameter("n_features", n_features, format!("1 to {MAX_FEATURES}")));
        }
        let n_features = n_features as u32;
        let mask = n_features.is_power_of_two().then(|| n_features - 1);
        Ok(Columns { n_features, mask, signs: u32::from(alternate_sign) })
    }

    pub(super) fn count(self) -> usize {
        self.n_features as usize
    }

    /// Twice the column of a name, plus one if the name counts negatively.
    #[inline]
    pub(super) fn code(self, name: &[u8]) -> u32 {
        let hash = murmur3_32(name, 0);
        let size = hash.unsigned_abs();
        let column = match self.mask {
            Some(mask) => size & mask,
            None => size % self.n_features,
        };
        (column << 1) | ((hash.cast_unsigned() >> 31) & self.signs)
    }
}

/// Counts names into the sorted columns of a row; its buffers serve row after row.
#[derive(Clone, Debug)]
pub(super) struct RowHasher {
    columns: Columns,
    codes: Vec<u32>,
    sorted: Vec<u32>,
    counts: Vec<u32>,
}

impl RowHasher {
    pub(super) fn new(columns: Columns) -> Self {
        RowHasher { columns, codes: Vec::new(), sorted: Vec::new(), counts: Vec::new() }
    }

    /// Counts one occurrence of a name.
    #[inline]
    pub(super) fn add(&mut self, name: &[u8]) {
        self.codes.push(self.columns.code(name));
    }

    /// Writes the row and starts the next. A column whose positive and negative names cancel out
    /// stays, with the value 0, as in scikit-learn.
    pub(super) fn end_row<F: Float>(&mut self, rows: &mut CsrBuilder<F>) {
        self.codes.sort_unstable();
        for same in self.codes.chunk_by(|a, b| a >> 1 == b >> 1) {
            let negative: u32 = same.iter().map(|code| code & 1).sum();
            let sum = same.len() as f64 - 2.0 * f64::from(negative);
            rows.push(same[0] >> 1, F::cast(sum));
        }
        self.codes.clear();
    }
}
