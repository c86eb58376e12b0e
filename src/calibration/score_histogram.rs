//! Histograms of decision values: positive and negative rows by score, in bounded memory.

use serde::{Deserialize, Serialize};

use crate::data::checked::checked_when_read;
use crate::error::{Error, ErrorKind, Result};
use crate::statistics::{BinCount, BinSums, Bins, from_ordered};

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
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", transparent)]
pub struct ScoreHistogram {
    bins: Bins<Bin>,
}

checked_when_read!(ScoreHistogram, serialize: [], deserialize: []);

// By hand: a derived one would be compiled anew in every crate.
impl Clone for ScoreHistogram {
    fn clone(&self) -> Self {
        ScoreHistogram { bins: self.bins.clone() }
    }
}

impl ScoreHistogram {
    fn check_read(&self) -> Result<()> {
        self.bins.check_read(f64::is_finite)
    }
}

/// The rows of each class in a bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Bin {
    positives: BinCount,
    negatives: BinCount,
}

impl BinSums for Bin {
    fn merge(&mut self, other: &Self) {
        self.positives.merge(&other.positives);
        self.negatives.merge(&other.negatives);
    }

    fn widened(&self, above: u128) -> Self {
        Bin { positives: self.positives.widened(above), negatives: self.negatives.widened(above) }
    }

    fn counts(&self) -> impl Iterator<Item = &BinCount> {
        [&self.positives, &self.negatives].into_iter()
    }
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

/// Nothing counted yet, at most 65 536 bins.
impl Default for ScoreHistogram {
    fn default() -> Self {
        ScoreHistogram { bins: Bins::new(1 << 16) }
    }
}

impl ScoreHistogram {
    /// Nothing counted yet, at most so many bins: 4096 or more. Merged with another, the smaller number
    /// holds.
    ///
    /// # Errors
    /// Fewer bins (kind `InvalidParameter`, name `max_bins`).
    pub fn with_max_bins(max_bins: usize) -> Result<Self> {
        Ok(ScoreHistogram { bins: Bins::with_max_bins(max_bins)? })
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
        self.bins.add(score, |bin, above| {
            let side = if positive { &mut bin.positives } else { &mut bin.negatives };
            side.add(times, above);
        });
        Ok(())
    }

    /// Adds the counts of other rows.
    pub fn merge(mut self, other: &Self) -> Self {
        self.bins.merge(&other.bins);
        self
    }

    /// The number of rows that were counted.
    pub fn n_rows(&self) -> usize {
        (self.positives() + self.negatives()) as usize
    }

    /// How many positive rows were counted.
    pub fn positives(&self) -> u64 {
        self.bins.iter().map(|(_, bin)| bin.positives.count).sum()
    }

    /// How many negative rows were counted.
    pub fn negatives(&self) -> u64 {
        self.bins.iter().map(|(_, bin)| bin.negatives.count).sum()
    }

    /// How many bins have rows.
    pub fn n_bins(&self) -> usize {
        self.bins.len()
    }

    /// The most that two values of one bin are apart, as a share of the smaller one's power of two: 0
    /// while every distinct value has a bin of its own, then a power of two up to 1.
    pub fn relative_width(&self) -> f64 {
        self.bins.relative_width()
    }

    /// The bins that have rows, ascending.
    pub fn bins(&self) -> impl DoubleEndedIterator<Item = ScoreBin> {
        self.bins.iter().map(|(number, bin)| {
            let (both, lowest) = (bin.positives.and(&bin.negatives), self.bins.lowest(number));
            ScoreBin {
                lower: from_ordered(lowest),
                mean: both.mean(lowest),
                positives: bin.positives.count,
                negatives: bin.negatives.count,
            }
        })
    }

    /// The rows of each class in each bin, at the mean of their own values.
    pub(super) fn places(&self) -> impl Iterator<Item = ScorePoint> {
        self.bins.iter().flat_map(|(number, bin)| {
            let lowest = self.bins.lowest(number);
            let place = move |(positive, side): (bool, BinCount)| ScorePoint {
                score: side.mean(lowest),
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
}
