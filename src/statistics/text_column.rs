//! A column of strings or booleans: counts of its values, as long as they are few.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::distinct::{Distinct, DistinctSketch};
use crate::data::checked::is_count;

/// The bytes of distinct values that are kept, for each that may be kept.
const MEAN_BYTES: usize = 256;

/// Counts of the strings of a column, in bounded memory.
///
/// The counts are given up as soon as there are more distinct values than may be kept, or longer ones. That follows from
/// the set of values alone: merged parts give them up just when the whole does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct TextColumn {
    max_values: usize,
    pub(super) count: u64,
    pub(super) missing: u64,
    /// Of all bytes of the distinct values that are kept.
    n_bytes: usize,
    counts: BTreeMap<String, u64>,
    /// In place of the counts, where there are too many.
    sketch: Option<DistinctSketch>,
}

impl TextColumn {
    /// No value yet; counts of so many distinct ones are kept.
    pub(super) fn new(max_values: usize) -> Self {
        TextColumn { max_values, count: 0, missing: 0, n_bytes: 0, counts: BTreeMap::new(), sketch: None }
    }

    /// Adds a value, or a missing one.
    pub(super) fn add(&mut self, value: Option<&str>) {
        match value {
            None => self.missing += 1,
            Some(value) => {
                self.count += 1;
                self.add_copies(value, 1);
            }
        }
    }

    fn add_copies(&mut self, value: &str, copies: u64) {
        if let Some(sketch) = &mut self.sketch {
            sketch.add_bytes(value.as_bytes());
            return;
        }
        match self.counts.get_mut(value) {
            Some(count) => *count += copies,
            None => {
                self.n_bytes += value.len();
                self.counts.insert(value.to_owned(), copies);
                self.give_up_if_full();
            }
        }
    }

    fn give_up_if_full(&mut self) {
        if self.counts.len() > self.max_values || self.n_bytes > self.max_values.saturating_mul(MEAN_BYTES) {
            self.give_up();
        }
    }

    /// Makes the sketch of the counts.
    fn give_up(&mut self) -> &mut DistinctSketch {
        let counts = std::mem::take(&mut self.counts);
        self.n_bytes = 0;
        let sketch = self.sketch.get_or_insert_with(DistinctSketch::new);
        counts.keys().for_each(|value| sketch.add_bytes(value.as_bytes()));
        sketch
    }

    /// Adds the values of another column. The smaller number of values holds.
    pub(super) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.missing += other.missing;
        self.max_values = self.max_values.min(other.max_values);
        if let Some(sketch) = &other.sketch {
            self.give_up().merge(sketch);
        }
        other.counts.iter().for_each(|(value, &copies)| self.add_copies(value, copies));
        self.give_up_if_full();
    }

    pub(super) fn distinct(&self) -> Distinct {
        match &self.sketch {
            None => Distinct { count: self.counts.len() as u64, is_exact: true },
            Some(sketch) => sketch.distinct(0, self.count),
        }
    }

    /// The most frequent value, the first in order among several, and how often it is there.
    pub(super) fn top(&self) -> Option<(&str, u64)> {
        let counts = self.counts.iter().map(|(value, &count)| (value.as_str(), count));
        counts.reduce(|best, next| if next.1 > best.1 { next } else { best })
    }

    /// True if the parts are of the same values, as far as that can be seen.
    pub(super) fn is_whole(&self) -> bool {
        let counted = is_count(self.counts.values().copied().chain([self.missing]));
        let bytes: usize = self.counts.keys().map(String::len).sum();
        let all = self.sketch.is_some() || self.counts.values().sum::<u64>() == self.count;
        counted && all && bytes == self.n_bytes && self.counts.len() <= self.max_values && is_count([self.count])
    }
}
