//! The count of the values in a bin, and their mean.

use serde::{Deserialize, Serialize};

use super::bins::BinSums;
use super::ordered_bits::from_ordered;

/// The values of a bin: how many there are, and the sum of the bits that do not tell bins apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct BinCount {
    pub(crate) count: u64,
    /// The sum of the bits that were dropped: how far the values are above the bin's lower end, in units of the last
    /// place. 2^64 values of 52 bits fit.
    pub(crate) excess: u128,
}

impl BinCount {
    /// Counts copies of a value that is so far above the bin's lower end.
    pub(crate) fn add(&mut self, copies: u64, above: u64) {
        self.count += copies;
        self.excess += u128::from(copies) * u128::from(above);
    }

    /// The values of both.
    pub(crate) fn and(&self, other: &Self) -> Self {
        BinCount { count: self.count + other.count, excess: self.excess + other.excess }
    }

    /// The mean of the values, of which there is one at least, in the bin that begins at this whole number. Within a bin,
    /// values go up evenly with their bits.
    pub(crate) fn mean(&self, lowest: u64) -> f64 {
        let count = u128::from(self.count);
        let (whole, rest) = ((self.excess / count) as u64, (self.excess % count) as f64 / count as f64);
        let value = from_ordered(lowest + whole);
        if rest == 0.0 {
            return value;
        }
        value + rest * (from_ordered(lowest + whole + 1) - value)
    }
}

impl BinSums for BinCount {
    fn merge(&mut self, other: &Self) {
        *self = self.and(other);
    }

    fn widened(&self, above: u128) -> Self {
        BinCount { count: self.count, excess: self.excess + u128::from(self.count) * above }
    }

    fn counts(&self) -> impl Iterator<Item = &BinCount> {
        std::iter::once(self)
    }
}
