//! Histograms of numbers, in bounded memory: quantiles that merge over chunks.

use serde::{Deserialize, Serialize};

use super::bin_count::BinCount;
use super::bins::Bins;
use super::ordered_bits::{from_ordered, to_ordered};
use super::runs::{BLOCK, runs};
use crate::data::checked::{checked_when_read, contradiction};
use crate::error::{Error, ErrorKind, Result};

/// Counts of numbers in bins, in bounded memory, with quantiles (pandas' `Series.quantile`); mergeable over chunks.
///
/// As long as there are no more than [`max_bins`](Self::with_max_bins) distinct values, every value has a bin of its own,
/// and quantiles are exact. When there are more, a bin takes all values that agree in sign, exponent and the leading bits
/// of the mantissa, of as many bits as the bins allow: a bin is narrow where values are small, however large others are.
/// A quantile is then off by less than [`relative_width`](Self::relative_width) times the power of two below it, and
/// mostly by far less, because within a bin values are taken to be spread evenly on both sides of their mean, which is
/// known. The least and the greatest value are always exact. Infinities are values like others; NaN is refused.
///
/// All sums are whole numbers, and how fine the bins are follows from the values alone. So parts merged in any order give
/// the same bits, and the same as all values counted at once. The two zeros are one value.
///
/// # Memory
/// A bin takes 48 bytes in a B-tree, and what the tree leaves empty.
///
/// ```
/// use chunkfit::statistics::ValueHistogram;
///
/// let part = ValueHistogram::count([3.0, 1.0])?;
/// let both = part.merge(&ValueHistogram::count([2.0, 10.0])?);
/// assert_eq!((both.n_values(), both.min(), both.quantile(0.5)?), (4, Some(1.0), 2.5));
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct ValueHistogram {
    bins: Bins<BinCount>,
    /// The whole numbers of the least and the greatest value.
    range: Option<(u64, u64)>,
}

checked_when_read!(ValueHistogram, serialize: [], deserialize: []);

/// One bin of a [`ValueHistogram`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ValueBin {
    /// The lower end: every value of the bin is at least this.
    pub lower: f64,
    /// The upper end: every value of the bin is at most this.
    pub upper: f64,
    /// The mean of the values.
    pub mean: f64,
    /// The number of values.
    pub count: u64,
}

/// Nothing counted yet, at most 65,536 bins.
impl Default for ValueHistogram {
    fn default() -> Self {
        ValueHistogram { bins: Bins::new(1 << 16), range: None }
    }
}

impl ValueHistogram {
    fn check_read(&self) -> Result<()> {
        // The bin of minus infinity, and no other, may begin at what is no number.
        self.bins.check_read(|_| true)?;
        let bin = |ordered: u64| ordered >> self.bins.dropped();
        let ends = (self.bins.iter().next(), self.bins.iter().next_back());
        let fits = match (ends, self.range) {
            ((None, None), None) => true,
            ((Some((first, _)), Some((last, _))), Some((least, greatest))) => {
                let numbers = !from_ordered(least).is_nan() && !from_ordered(greatest).is_nan();
                numbers && least <= greatest && (bin(least), bin(greatest)) == (first, last)
            }
            _ => false,
        };
        if fits { Ok(()) } else { Err(contradiction("a histogram whose least and greatest value are not in its bins")) }
    }

    /// Nothing counted yet, at most so many bins: 4096 or more. Merged with another, the smaller number holds.
    ///
    /// # Errors
    /// Fewer bins (kind `InvalidParameter`, name `max_bins`).
    pub fn with_max_bins(max_bins: usize) -> Result<Self> {
        Ok(ValueHistogram { bins: Bins::with_max_bins(max_bins)?, range: None })
    }

    /// Counts these values, in at most 65,536 bins.
    ///
    /// # Errors
    /// A NaN (kind `NonFinite`, at that row).
    pub fn count(values: impl IntoIterator<Item = f64>) -> Result<Self> {
        let (mut histogram, mut block) = (Self::default(), Vec::new());
        for (row, value) in values.into_iter().enumerate() {
            if value.is_nan() {
                return Err(Error::new(ErrorKind::NonFinite { column: 0 }).at_row(row));
            }
            block.push(value);
            if block.len() == BLOCK {
                histogram.add_runs(&runs(&block));
                block.clear();
            }
        }
        histogram.add_runs(&runs(&block));
        Ok(histogram)
    }

    /// Counts one value. Many are counted faster together, by [`count`](Self::count).
    ///
    /// # Errors
    /// A NaN (kind `NonFinite`).
    pub fn add(&mut self, value: f64) -> Result<()> {
        if value.is_nan() {
            return Err(Error::new(ErrorKind::NonFinite { column: 0 }));
        }
        self.add_runs(&[(to_ordered(value), 1)]);
        Ok(())
    }

    /// Counts values that are given as whole numbers, ascending, with the number of copies of each.
    pub(super) fn add_runs(&mut self, runs: &[(u64, u64)]) {
        if let [(least, _), ..] = *runs {
            let (greatest, _) = runs[runs.len() - 1];
            self.bins.add_runs(runs);
            self.widen((least, greatest));
        }
    }

    /// Adds the counts of other values.
    pub fn merge(mut self, other: &Self) -> Self {
        self.bins.merge(&other.bins);
        if let Some(range) = other.range {
            self.widen(range);
        }
        self
    }

    fn widen(&mut self, (least, greatest): (u64, u64)) {
        let (low, high) = self.range.unwrap_or((least, greatest));
        self.range = Some((low.min(least), high.max(greatest)));
    }

    /// The number of values that were counted.
    pub fn n_values(&self) -> u64 {
        self.bins.iter().map(|(_, bin)| bin.count).sum()
    }

    /// The number of bins that have values.
    pub fn n_bins(&self) -> usize {
        self.bins.len()
    }

    /// The most bins that there may be.
    pub(super) fn max_bins(&self) -> usize {
        self.bins.max_bins()
    }

    /// The most that two values of one bin are apart, as a share of the smaller one's power of two: 0 while every
    /// distinct value has a bin of its own, then a power of two up to 1.
    pub fn relative_width(&self) -> f64 {
        self.bins.relative_width()
    }

    /// True if every distinct value has a bin of its own.
    pub fn is_exact(&self) -> bool {
        self.bins.is_exact()
    }

    /// The whole numbers of the distinct values, ascending, if every one has a bin of its own.
    pub(super) fn distinct_values(&self) -> impl Iterator<Item = u64> {
        self.bins.iter().map(|(number, _)| number)
    }

    /// The least value.
    pub fn min(&self) -> Option<f64> {
        self.range.map(|range| from_ordered(range.0))
    }

    /// The greatest value.
    pub fn max(&self) -> Option<f64> {
        self.range.map(|range| from_ordered(range.1))
    }

    /// The bins that have values, ascending.
    pub fn bins(&self) -> impl DoubleEndedIterator<Item = ValueBin> {
        self.bins.iter().map(|(number, bin)| self.shown(number, bin))
    }

    fn shown(&self, number: u64, bin: &BinCount) -> ValueBin {
        let (least, greatest) = self.range.unwrap_or_default();
        let lowest = self.bins.lowest(number);
        // The outermost bins end where their values do.
        let highest = lowest | (self.bins.lowest(1) - 1);
        ValueBin {
            lower: from_ordered(lowest.max(least)),
            upper: from_ordered(highest.min(greatest)),
            mean: bin.mean(lowest),
            count: bin.count,
        }
    }

    /// The value that a share `q` of the values is below, between the two nearest ones in proportion (pandas'
    /// `quantile`, `interpolation="linear"`); NaN where nothing was counted, as there.
    ///
    /// # Errors
    /// A share below 0 or above 1, or NaN (kind `InvalidParameter`, name `q`).
    pub fn quantile(&self, q: f64) -> Result<f64> {
        if !(0.0..=1.0).contains(&q) {
            return Err(Error::parameter("q", q, "a share from 0 to 1"));
        }
        let last = match self.n_values() {
            0 => return Ok(f64::NAN),
            n => n - 1,
        };
        let at = q * last as f64;
        let below = (at.floor() as u64).min(last);
        let (low, high) = (self.value_at(below), self.value_at((below + 1).min(last)));
        let t = at - below as f64;
        if t == 0.0 || low == high {
            return Ok(low);
        }
        // As NumPy interpolates: from the nearer end.
        let apart = high - low;
        Ok(if t < 0.5 { low + apart * t } else { high - apart * (1.0 - t) })
    }

    /// The value that so many are below, as well as it is known.
    fn value_at(&self, rank: u64) -> f64 {
        let mut before = 0;
        for (number, bin) in self.bins.iter() {
            if rank < before + bin.count {
                return self.shown(number, bin).value_at(rank - before);
            }
            before += bin.count;
        }
        f64::NAN
    }
}

impl ValueBin {
    /// Value number `rank` of the bin, the values being spread evenly below their mean and evenly above it, as many on
    /// each side as keep the mean what it is.
    fn value_at(&self, rank: u64) -> f64 {
        let width = self.upper - self.lower;
        if self.count == 1 || width == 0.0 || !width.is_finite() {
            return self.mean;
        }
        let above = (self.mean - self.lower) / width;
        let (below, share) = (1.0 - above, (rank as f64 + 0.5) / self.count as f64);
        let value = if share < below {
            self.lower + share / below * (self.mean - self.lower)
        } else {
            self.mean + (share - below) / above * (self.upper - self.mean)
        };
        value.clamp(self.lower, self.upper)
    }
}
