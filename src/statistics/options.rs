//! Options of descriptions.

use serde::{Deserialize, Serialize};

use super::value_histogram::ValueHistogram;
use crate::error::Result;

/// The memory that a [`Description`](super::Description) may take of every column.
///
/// ```
/// use chunkfit::statistics::{Describe, DescribeOptions};
///
/// let options = DescribeOptions::default().max_bins(1 << 16);
/// let numbers: Vec<f64> = (0..10_001).map(f64::from).collect();
/// let description = numbers.describe(&options)?;
/// let column = description.column("0").expect("there is one column");
/// assert_eq!(column.quantile(0.5)?, 5000.0); // with fewer bins than numbers it is an estimate
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeOptions {
    max_bins: usize,
}

/// At most 4096 bins of a column.
impl Default for DescribeOptions {
    fn default() -> Self {
        DescribeOptions { max_bins: 4096 }
    }
}

impl DescribeOptions {
    /// The most bins of a column, and the most distinct strings whose counts are kept: 4096, the default, or more. With
    /// more distinct values than that, quantiles and the number of distinct values are estimates.
    pub fn max_bins(mut self, max_bins: usize) -> Self {
        self.max_bins = max_bins;
        self
    }

    pub(super) fn bins(&self) -> usize {
        self.max_bins
    }

    /// The histogram of a column.
    ///
    /// # Errors
    /// Too few bins (kind `InvalidParameter`, name `max_bins`).
    pub(super) fn histogram(&self) -> Result<ValueHistogram> {
        ValueHistogram::with_max_bins(self.max_bins)
    }

    /// The same, of options that were checked before.
    pub(super) fn checked_histogram(&self) -> ValueHistogram {
        self.histogram().unwrap_or_default()
    }

    /// The options of merged parts: the smaller number of bins holds.
    pub(super) fn and(&self, other: &Self) -> Self {
        DescribeOptions { max_bins: self.max_bins.min(other.max_bins) }
    }
}
