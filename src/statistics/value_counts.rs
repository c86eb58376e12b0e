//! Counts of the values of a column: the most frequent ones first.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The number of rows that have each value (pandas' `value_counts`); mergeable over chunks.
///
/// In order, and printed, the most frequent value comes first; of equally frequent ones the least. The counts are exact.
///
/// ```
/// use chunkfit::statistics::ValueCounts;
///
/// let part = ValueCounts::count(["b", "a", "c"]);
/// let counts = part.merge(&ValueCounts::count(["b"]));
/// assert_eq!(counts.iter().collect::<Vec<_>>(), [(&"b", 2), (&"a", 1), (&"c", 1)]);
/// assert_eq!((counts.get(&"b"), counts.get(&"z"), counts.share(&"b")), (2, 0, 0.5));
/// assert_eq!(counts.to_string(), "4 rows, 3 values\n\"b\"  2  50.0 %\n\"a\"  1  25.0 %\n\"c\"  1  25.0 %");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(serialize = "K: Ord + Serialize", deserialize = "K: Ord + Deserialize<'de>"))]
pub struct ValueCounts<K: Ord> {
    counts: BTreeMap<K, u64>,
}

impl<K: Ord> Default for ValueCounts<K> {
    fn default() -> Self {
        ValueCounts { counts: BTreeMap::new() }
    }
}

impl<K: Ord> ValueCounts<K> {
    /// Counts these values.
    pub fn count(values: impl IntoIterator<Item = K>) -> Self {
        let mut counts = BTreeMap::new();
        values.into_iter().for_each(|value| *counts.entry(value).or_default() += 1);
        ValueCounts { counts }
    }

    /// The counts as they are.
    pub fn from_counts(counts: BTreeMap<K, u64>) -> Self {
        ValueCounts { counts }
    }

    /// Adds the counts of other rows.
    pub fn merge(mut self, other: &Self) -> Self
    where
        K: Clone,
    {
        other.counts.iter().for_each(|(value, count)| *self.counts.entry(value.clone()).or_default() += count);
        self
    }

    /// The number of rows that were counted.
    pub fn n_rows(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The number of distinct values.
    pub fn n_values(&self) -> usize {
        self.counts.len()
    }

    /// The number of rows that have this value.
    pub fn get(&self, value: &K) -> u64 {
        self.counts.get(value).copied().unwrap_or_default()
    }

    /// The share of the rows that have this value (pandas' `normalize=True`); 0 of no rows.
    pub fn share(&self, value: &K) -> f64 {
        self.get(value) as f64 / self.n_rows().max(1) as f64
    }

    /// The values with their counts, the most frequent ones first, equally frequent ones in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&K, u64)> {
        let mut counts: Vec<(&K, u64)> = self.counts.iter().map(|(value, &count)| (value, count)).collect();
        counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        counts.into_iter()
    }

    /// The counts by value.
    pub fn as_map(&self) -> &BTreeMap<K, u64> {
        &self.counts
    }

    /// The counts by value.
    pub fn into_map(self) -> BTreeMap<K, u64> {
        self.counts
    }
}

/// The most values that are shown.
const SHOWN: usize = 30;

/// A line a value, with its count and its share of the rows: the 30 most frequent ones.
impl<K: Ord + fmt::Debug> fmt::Display for ValueCounts<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n_rows = self.n_rows();
        write!(f, "{n_rows} rows, {} values", self.n_values())?;
        let shown: Vec<(String, u64)> =
            self.iter().take(SHOWN).map(|(value, count)| (format!("{value:?}"), count)).collect();
        let width = shown.iter().map(|(value, _)| value.chars().count()).max().unwrap_or(0);
        let digits = shown.first().map_or(0, |(_, most)| most.to_string().len());
        for (value, count) in &shown {
            let share = 100.0 * *count as f64 / n_rows as f64;
            write!(f, "\n{value:<width$}  {count:>digits$}  {share:.1} %")?;
        }
        match self.n_values().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n… and {more} more values"),
        }
    }
}
