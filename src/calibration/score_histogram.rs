//! Histograms of decision values: positive and negative rows by score, in bounded memory.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ordered_bits::{MANTISSA_BITS, from_ordered, to_ordered};
use crate::data::checked::{checked_when_read, contradiction, is_count};
use crate::error::{Error, ErrorKind, Result};

/// Counts of positive and negative rows by decision value, in bounded memory; mergeable over chunks.
///
/// As long as there are no more than [`max_bins`](ScoreHistogram::with_max_bins) distinct values, every
/// value has a bin of its own and nothing is lost. When there are more, a bin takes all values that
/// agree in sign, exponent and the leading bits of the mantissa, of as many bits as the bins allow. So
/// a bin is narrow where values are small, however large others are, and a coarser bin is a union of
/// finer ones: histograms merge without dividing a bin.
///
/// All sums are whole numbers, and how fine the bins are follows from the values alone. So parts merged
/// in any order give the same bits, and the same as all rows counted at once.
///
/// A row may count several times, by a weight that is a whole number; other weights are refused, for sums of them would
/// depend on the order.
///
/// # Memory
/// A bin takes 72 bytes in a B-tree, and what the tree leaves empty.
///
/// ```
/// use chunkfit::calibration::ScoreHistogram;
///
/// let part = ScoreHistogram::count([true, false].into_iter(), [0.7, -1.5].into_iter())?;
/// let other = ScoreHistogram::count([true].into_iter(), [0.7].into_iter())?;
/// let both = part.merge(&other);
/// assert_eq!((both.n_bins(), both.positives(), both.negatives()), (2, 2, 1));
/// assert_eq!(both.relative_width(), 0.0);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct ScoreHistogram {
    max_bins: usize,
    /// How many low bits of a value's whole number do not tell bins apart.
    dropped: u32,
    /// By what is left of the whole number.
    bins: BTreeMap<u64, Bin>,
}

checked_when_read!(ScoreHistogram, serialize: [], deserialize: []);

impl ScoreHistogram {
    fn check_read(&self) -> Result<()> {
        let counts = || self.bins.values().flat_map(|bin| [bin.positives.count, bin.negatives.count]);
        if self.max_bins < LEAST_MAX_BINS
            || self.bins.len() > self.max_bins
            || self.dropped > MANTISSA_BITS
            || !is_count(counts())
        {
            return Err(contradiction("a histogram of other bins or more rows than there can be"));
        }
        let fits = |side: &Side| side.excess >> self.dropped <= u128::from(side.count.saturating_sub(1));
        let is_bin = |(&number, bin): (&u64, &Bin)| {
            number <= u64::MAX >> self.dropped
                && from_ordered(lowest_of(number, self.dropped)).is_finite()
                && [bin.positives, bin.negatives].iter().all(fits)
        };
        match self.bins.iter().all(is_bin) {
            true => Ok(()),
            false => Err(contradiction("bins whose values do not lie in them")),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Bin {
    positives: Side,
    negatives: Side,
}

/// The rows of one class in a bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Side {
    count: u64,
    /// The sum of the bits that were dropped: what the values are above the bin's lower end, in units
    /// of the last place. 2^64 values of 52 bits fit.
    excess: u128,
}

/// One bin of a [`ScoreHistogram`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ScoreBin {
    /// The lower end: every value of this bin and of those above is at least this, no value below is.
    pub lower: f64,
    /// The mean of the bin's values.
    pub mean: f64,
    /// How many positive rows there are.
    pub positives: u64,
    /// How many negative rows there are.
    pub negatives: u64,
}

/// Rows of one class that share a place: the mean of their decision values.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScorePoint {
    pub(super) score: f64,
    pub(super) positive: bool,
    pub(super) count: f64,
}

/// At least one bin for each sign and exponent.
const LEAST_MAX_BINS: usize = 1 << 12;

/// Nothing counted yet, at most 65 536 bins.
impl Default for ScoreHistogram {
    fn default() -> Self {
        ScoreHistogram { max_bins: 1 << 16, dropped: 0, bins: BTreeMap::new() }
    }
}

impl ScoreHistogram {
    /// Nothing counted yet, at most so many bins: 4096 or more. Merged with another, the smaller number
    /// holds.
    ///
    /// # Errors
    /// Fewer bins (kind `InvalidParameter`, name `max_bins`).
    pub fn with_max_bins(max_bins: usize) -> Result<Self> {
        if max_bins < LEAST_MAX_BINS {
            return Err(Error::parameter("max_bins", max_bins, format!("{LEAST_MAX_BINS} or more")));
        }
        Ok(ScoreHistogram { max_bins, ..Self::default() })
    }

    /// Counts rows: whether each is positive, and its decision value. At most 65 536 bins.
    ///
    /// # Errors
    /// A NaN or infinite value (kind `NonFinite`, at that row); numbers of rows that differ.
    pub fn count(
        positive: impl ExactSizeIterator<Item = bool>,
        scores: impl ExactSizeIterator<Item = f64>,
    ) -> Result<Self> {
        if positive.len() != scores.len() {
            return Err(Error::shape("decision values", positive.len(), scores.len()));
        }
        let mut histogram = ScoreHistogram::default();
        for (row, (positive, score)) in positive.zip(scores).enumerate() {
            histogram.add(positive, score).map_err(|error| error.at_row(row))?;
        }
        Ok(histogram)
    }

    /// Counts one row.
    ///
    /// # Errors
    /// A NaN or infinite value (kind `NonFinite`).
    pub fn add(&mut self, positive: bool, score: f64) -> Result<()> {
        self.add_weighted(positive, score, 1.0)
    }

    /// Counts one row so many times.
    ///
    /// # Errors
    /// A NaN or infinite value (kind `NonFinite`); a weight that is no whole number from 0 to 2^32 (kind
    /// `InvalidParameter`, name `sample_weight`).
    pub fn add_weighted(&mut self, positive: bool, score: f64, sample_weight: f64) -> Result<()> {
        if !((0.0..=4_294_967_296.0).contains(&sample_weight) && sample_weight.fract() == 0.0) {
            let expected = "a whole number from 0 to 2^32: calibration and thresholds count rows";
            return Err(Error::parameter("sample_weight", sample_weight, expected));
        }
        if !score.is_finite() {
            return Err(Error::new(ErrorKind::NonFinite { column: 0 }));
        }
        if sample_weight == 0.0 {
            return Ok(());
        }
        let times = sample_weight as u64;
        let ordered = to_ordered(score);
        let bin = self.bins.entry(ordered >> self.dropped).or_default();
        let side = if positive { &mut bin.positives } else { &mut bin.negatives };
        side.count += times;
        side.excess += u128::from(times) * u128::from(low_bits(ordered, self.dropped));
        self.fit_bins();
        Ok(())
    }

    /// Adds the counts of other rows.
    pub fn merge(mut self, other: &Self) -> Self {
        self.max_bins = self.max_bins.min(other.max_bins);
        self.drop_bits(other.dropped);
        let more = self.dropped - other.dropped;
        for (&number, bin) in &other.bins {
            self.bins.entry(number >> more).or_default().merge(&bin.widened(number, more, other.dropped));
        }
        self.fit_bins();
        self
    }

    /// How many rows were counted.
    pub fn n_rows(&self) -> usize {
        (self.positives() + self.negatives()) as usize
    }

    /// How many positive rows were counted.
    pub fn positives(&self) -> u64 {
        self.bins.values().map(|bin| bin.positives.count).sum()
    }

    /// How many negative rows were counted.
    pub fn negatives(&self) -> u64 {
        self.bins.values().map(|bin| bin.negatives.count).sum()
    }

    /// How many bins have rows.
    pub fn n_bins(&self) -> usize {
        self.bins.len()
    }

    /// The most that two values of one bin are apart, as a share of the smaller one's power of two: 0
    /// while every distinct value has a bin of its own, then a power of two up to 1.
    pub fn relative_width(&self) -> f64 {
        if self.dropped == 0 { 0.0 } else { f64::powi(2.0, self.dropped as i32 - MANTISSA_BITS as i32) }
    }

    /// The bins that have rows, ascending.
    pub fn bins(&self) -> impl DoubleEndedIterator<Item = ScoreBin> {
        self.bins.iter().map(|(&number, bin)| {
            let both = bin.positives.and(&bin.negatives);
            ScoreBin {
                lower: from_ordered(lowest_of(number, self.dropped)),
                mean: both.mean(number, self.dropped),
                positives: bin.positives.count,
                negatives: bin.negatives.count,
            }
        })
    }

    /// The rows of each class in each bin, at the mean of their own values.
    pub(super) fn places(&self) -> impl Iterator<Item = ScorePoint> {
        let dropped = self.dropped;
        self.bins.iter().flat_map(move |(&number, bin)| {
            let place = move |(positive, side): (bool, Side)| ScorePoint {
                score: side.mean(number, dropped),
                positive,
                count: side.count as f64,
            };
            [(true, bin.positives), (false, bin.negatives)].into_iter().filter(|(_, side)| side.count > 0).map(place)
        })
    }

    /// Refuses counts of one class, or of no rows, of which nothing can be learned.
    pub(super) fn check_classes(&self, estimator: &'static str) -> Result<()> {
        let found = match (self.positives(), self.negatives()) {
            (0, 0) => return Err(Error::new(ErrorKind::NoRows { estimator })),
            (0, _) => "rows of the negative class",
            (_, 0) => "rows of the positive class",
            _ => return Ok(()),
        };
        Err(Error::new(ErrorKind::OneClass { found: found.to_owned() }))
    }

    /// Drops as few bits as leave no more bins than allowed. What that takes follows from the values
    /// alone: a part never drops more bits than the whole.
    fn fit_bins(&mut self) {
        if self.bins.len() <= self.max_bins {
            return;
        }
        // Neighbours stay apart until the highest bit in which they differ is dropped, too.
        let mut apart = [0usize; MANTISSA_BITS as usize + 1];
        for (a, b) in self.bins.keys().zip(self.bins.keys().skip(1)) {
            let highest = (a ^ b).ilog2();
            if let Some(count) = apart.get_mut(highest as usize) {
                *count += 1;
            }
        }
        let (mut n_bins, mut more) = (self.bins.len(), 0);
        while n_bins > self.max_bins {
            n_bins -= apart[more];
            more += 1;
        }
        self.drop_bits(self.dropped + more as u32);
    }

    /// Makes bins of those that agree without these bits.
    fn drop_bits(&mut self, dropped: u32) {
        if dropped <= self.dropped {
            return;
        }
        let more = dropped - self.dropped;
        let mut wide: BTreeMap<u64, Bin> = BTreeMap::new();
        for (&number, bin) in &self.bins {
            wide.entry(number >> more).or_default().merge(&bin.widened(number, more, self.dropped));
        }
        (self.bins, self.dropped) = (wide, dropped);
    }
}

impl Bin {
    fn merge(&mut self, other: &Bin) {
        self.positives = self.positives.and(&other.positives);
        self.negatives = self.negatives.and(&other.negatives);
    }

    /// The rows of this bin as part of the one without `more` bits.
    fn widened(&self, number: u64, more: u32, dropped: u32) -> Bin {
        let above = u128::from(low_bits(number, more)) << dropped;
        let widen = |side: Side| Side { count: side.count, excess: side.excess + u128::from(side.count) * above };
        Bin { positives: widen(self.positives), negatives: widen(self.negatives) }
    }
}

impl Side {
    fn and(&self, other: &Side) -> Side {
        Side { count: self.count + other.count, excess: self.excess + other.excess }
    }

    /// Within a bin, values go up evenly with their bits.
    fn mean(&self, number: u64, dropped: u32) -> f64 {
        let count = u128::from(self.count);
        let (whole, rest) = ((self.excess / count) as u64, (self.excess % count) as f64 / count as f64);
        let value = from_ordered(lowest_of(number, dropped) + whole);
        if rest == 0.0 {
            return value;
        }
        value + rest * (from_ordered(lowest_of(number, dropped) + whole + 1) - value)
    }
}

/// The smallest whole number of a bin.
fn lowest_of(number: u64, dropped: u32) -> u64 {
    number << dropped
}

fn low_bits(number: u64, n: u32) -> u64 {
    number & ((1 << n) - 1)
}
