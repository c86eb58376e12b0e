//! Bins of floats by their leading bits, which merge exactly: the core of all histograms.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bin_count::BinCount;
use super::ordered_bits::{MANTISSA_BITS, from_ordered, low_bits, to_ordered};
use crate::data::checked::{contradiction, is_count};
use crate::error::{Error, Result};

/// At least one bin for each sign and exponent, including the infinities'.
pub(crate) const LEAST_MAX_BINS: usize = 1 << 12;

/// Sums of whole numbers that are kept in a bin.
pub(crate) trait BinSums: Clone + Default {
    /// Adds the sums of another bin that begins at the same value.
    fn merge(&mut self, other: &Self);

    /// The sums of the same values in a bin that begins so many units of the last place below this one.
    fn widened(&self, above: u128) -> Self;

    /// The counts of values.
    fn counts(&self) -> impl Iterator<Item = &BinCount>;
}

/// Sums over values, in bounded memory.
///
/// As long as there are no more than `max_bins` distinct values, every value has a bin of its own. When there are more,
/// a bin takes all values that agree in sign, exponent and the leading bits of the mantissa, of as many bits as the
/// bins allow. How many bits are dropped follows from the values alone, and a coarser bin is a union of finer ones: parts
/// merged in any order give the same bits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bins<B> {
    max_bins: usize,
    /// The number of low bits of a value's whole number that do not tell bins apart.
    dropped: u32,
    /// By what is left of the whole number.
    bins: BTreeMap<u64, B>,
}

impl<B: BinSums> Bins<B> {
    /// Nothing counted yet, at most so many bins.
    pub(crate) fn new(max_bins: usize) -> Self {
        Bins { max_bins, dropped: 0, bins: BTreeMap::new() }
    }

    /// The same.
    ///
    /// # Errors
    /// Fewer bins than [`LEAST_MAX_BINS`].
    pub(crate) fn with_max_bins(max_bins: usize) -> Result<Self> {
        if max_bins < LEAST_MAX_BINS {
            return Err(Error::parameter("max_bins", max_bins, format!("{LEAST_MAX_BINS} or more")));
        }
        Ok(Self::new(max_bins))
    }

    /// Refuses bins from a file that no values can have.
    pub(crate) fn check_read(&self, is_value: impl Fn(f64) -> bool) -> Result<()> {
        let counts = || self.bins.values().flat_map(B::counts);
        if self.max_bins < LEAST_MAX_BINS
            || self.bins.len() > self.max_bins
            || self.dropped > MANTISSA_BITS
            || !is_count(counts().map(|side| side.count))
        {
            return Err(contradiction("a histogram of other bins or more rows than there can be"));
        }
        let fits = |side: &BinCount| side.excess >> self.dropped <= u128::from(side.count.saturating_sub(1));
        let is_bin = |(&number, bin): (&u64, &B)| {
            let (some, all_fit) = (bin.counts().any(|side| side.count > 0), bin.counts().all(fits));
            number <= u64::MAX >> self.dropped && some && all_fit && is_value(from_ordered(self.lowest(number)))
        };
        match self.bins.iter().all(is_bin) {
            true => Ok(()),
            false => Err(contradiction("bins whose values do not lie in them")),
        }
    }

    /// Has `add` count a value, which is no NaN: it is given the sums of the value's bin, and how far above the bin's lower
    /// end the value is.
    pub(crate) fn add(&mut self, value: f64, add: impl FnOnce(&mut B, u64)) {
        let ordered = to_ordered(value);
        add(self.bins.entry(ordered >> self.dropped).or_default(), low_bits(ordered, self.dropped));
        self.fit_bins();
    }

    /// Adds the sums of other values. The smaller number of bins holds.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.max_bins = self.max_bins.min(other.max_bins);
        self.drop_bits(other.dropped);
        let theirs = other.widened(self.dropped - other.dropped);
        self.add_bins(theirs);
    }

    /// Adds bins, ascending, that differ in as many bits as these do.
    fn add_bins(&mut self, bins: Vec<(u64, B)>) {
        if bins.len() < self.bins.len() / 8 {
            bins.iter().for_each(|(number, bin)| self.bins.entry(*number).or_default().merge(bin));
        } else {
            // A tree that is built of what is sorted takes a fraction of the time.
            let own = std::mem::take(&mut self.bins).into_iter();
            self.bins = merged(own, bins.into_iter()).into_iter().collect();
        }
        self.fit_bins();
    }

    /// The bins without these further bits, ascending.
    fn widened(&self, more: u32) -> Vec<(u64, B)> {
        let mut wide: Vec<(u64, B)> = Vec::with_capacity(self.bins.len());
        for (&number, bin) in &self.bins {
            let part = bin.widened(u128::from(low_bits(number, more)) << self.dropped);
            match wide.last_mut() {
                Some((last, sums)) if *last == number >> more => sums.merge(&part),
                _ => wide.push((number >> more, part)),
            }
        }
        wide
    }

    /// The most bins that there may be.
    pub(crate) fn max_bins(&self) -> usize {
        self.max_bins
    }

    /// The number of bins that have values.
    pub(crate) fn len(&self) -> usize {
        self.bins.len()
    }

    /// The bins that have values, ascending: their numbers and sums.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &B)> {
        self.bins.iter().map(|(&number, bin)| (number, bin))
    }

    /// True if every distinct value has a bin of its own, whose number is the value's whole number then.
    pub(crate) fn is_exact(&self) -> bool {
        self.dropped == 0
    }

    /// The number of low bits that do not tell bins apart.
    pub(crate) fn dropped(&self) -> u32 {
        self.dropped
    }

    /// The most that two values of one bin are apart, as a share of the smaller one's power of two: 0 or a power of two.
    pub(crate) fn relative_width(&self) -> f64 {
        if self.is_exact() { 0.0 } else { f64::powi(2.0, self.dropped as i32 - MANTISSA_BITS as i32) }
    }

    /// The smallest whole number of a bin.
    pub(crate) fn lowest(&self, number: u64) -> u64 {
        number << self.dropped
    }

    /// Drops as few bits as leave no more bins than allowed. The number of bits follows from the values alone: a part
    /// never drops more of them than the whole.
    fn fit_bins(&mut self) {
        if self.bins.len() > self.max_bins {
            let more = bits_to_drop(self.bins.keys().copied(), self.bins.len(), self.max_bins);
            self.drop_bits(self.dropped + more);
        }
    }

    /// Makes bins of those that agree without these bits.
    fn drop_bits(&mut self, dropped: u32) {
        if dropped <= self.dropped {
            return;
        }
        self.bins = self.widened(dropped - self.dropped).into_iter().collect();
        self.dropped = dropped;
    }
}

impl Bins<BinCount> {
    /// Counts values that are given as whole numbers, ascending, each with the number of its copies.
    pub(crate) fn add_runs(&mut self, runs: &[(u64, u64)]) {
        let most = self.max_bins;
        if runs.len() > most {
            self.drop_bits(bits_to_drop(runs.iter().map(|run| run.0), runs.len(), most));
        }
        let dropped = self.dropped;
        let bins = runs.chunk_by(|a, b| a.0 >> dropped == b.0 >> dropped).map(|values| {
            let mut sums = BinCount::default();
            values.iter().for_each(|&(ordered, copies)| sums.add(copies, low_bits(ordered, dropped)));
            (values[0].0 >> dropped, sums)
        });
        self.add_bins(bins.collect());
    }
}

/// The bins of both, ascending, as they are.
fn merged<B: BinSums>(own: impl Iterator<Item = (u64, B)>, theirs: impl Iterator<Item = (u64, B)>) -> Vec<(u64, B)> {
    let (mut own, mut theirs) = (own.peekable(), theirs.peekable());
    let mut both: Vec<(u64, B)> = Vec::with_capacity(own.size_hint().0 + theirs.size_hint().0);
    loop {
        let own_is_next = match (own.peek(), theirs.peek()) {
            (Some(a), Some(b)) => a.0 <= b.0,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => return both,
        };
        let next = if own_is_next { own.next() } else { theirs.next() };
        match (next, both.last_mut()) {
            (Some((number, bin)), Some((last, sums))) if *last == number => sums.merge(&bin),
            (Some(bin), _) => both.push(bin),
            (None, _) => return both,
        }
    }
}

/// The number of low bits without which no more than `most` of these ascending numbers differ.
fn bits_to_drop(numbers: impl Iterator<Item = u64> + Clone, mut n: usize, most: usize) -> u32 {
    // Neighbours stay apart until the highest bit in which they differ is dropped, too.
    let mut apart = [0usize; MANTISSA_BITS as usize + 1];
    for (a, b) in numbers.clone().zip(numbers.skip(1)) {
        if let Some(count) = apart.get_mut((a ^ b).ilog2() as usize) {
            *count += 1;
        }
    }
    let mut bits = 0;
    while n > most {
        n -= apart[bits];
        bits += 1;
    }
    bits as u32
}
