//! A column of numbers: moments, histogram, distinct values.

use serde::{Deserialize, Serialize};

use super::distinct::{Distinct, DistinctSketch};
use super::moments::Moments;
use super::ordered_bits::to_ordered;
use super::runs::runs;
use super::value_histogram::ValueHistogram;

/// Sums over the numbers of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct NumberColumn {
    pub(super) moments: Moments,
    pub(super) histogram: ValueHistogram,
    /// Of a histogram in which not every value has a bin of its own.
    sketch: Option<DistinctSketch>,
}

impl NumberColumn {
    pub(super) fn new(histogram: ValueHistogram) -> Self {
        NumberColumn { moments: Moments::default(), histogram, sketch: None }
    }

    /// Adds numbers; NaN is missing. The vector is left with those that are no NaN.
    pub(super) fn add_block(&mut self, values: &mut Vec<f64>) {
        self.moments.add_block(values);
        self.add_runs(&runs(values));
    }

    /// Counts values that are given as whole numbers, ascending, with the number of copies of each.
    fn add_runs(&mut self, runs: &[(u64, u64)]) {
        self.with_distinct(runs.len(), |column| column.histogram.add_runs(runs), || runs.iter().map(|run| run.0));
    }

    /// Adds so many zeros.
    pub(super) fn add_zeros(&mut self, n: u64) {
        if n > 0 {
            self.moments.add_zeros(n);
            self.add_runs(&[(to_ordered(0.0), n)]);
        }
    }

    /// Adds the numbers of another column.
    pub(super) fn merge(&mut self, other: &Self) {
        self.moments.merge(&other.moments);
        let Some(theirs) = &other.sketch else {
            let n = other.histogram.n_bins();
            self.with_distinct(n, |column| column.add_counts(other), || other.histogram.distinct_values());
            return;
        };
        let own = self.sketch.get_or_insert_with(|| sketch_of(&self.histogram));
        own.merge(theirs);
        self.add_counts(other);
    }

    fn add_counts(&mut self, other: &Self) {
        let own = std::mem::take(&mut self.histogram);
        self.histogram = own.merge(&other.histogram);
    }

    /// Has `add` count values, of which `n` are distinct; these are in the sketch afterwards if there is one. It is made
    /// as soon as values begin to share bins, of those that had bins of their own until then.
    fn with_distinct<V: Iterator<Item = u64>>(
        &mut self,
        n: usize,
        add: impl FnOnce(&mut Self),
        values: impl Fn() -> V,
    ) {
        let may_overflow = self.histogram.n_bins() + n > self.histogram.max_bins();
        let before = (self.sketch.is_none() && may_overflow).then(|| sketch_of(&self.histogram));
        add(self);
        if !self.histogram.is_exact() {
            let sketch = self.sketch.get_or_insert_with(|| before.unwrap_or_else(DistinctSketch::new));
            sketch.add_numbers(values());
        }
    }

    pub(super) fn distinct(&self) -> Distinct {
        match &self.sketch {
            None => Distinct { count: self.histogram.n_bins() as u64, is_exact: true },
            Some(sketch) => sketch.distinct(self.histogram.max_bins(), self.moments.count()),
        }
    }

    /// True if the parts are of the same numbers, as far as that can be seen.
    pub(super) fn is_whole(&self) -> bool {
        self.histogram.n_values() == self.moments.count() && self.histogram.is_exact() == self.sketch.is_none()
    }
}

fn sketch_of(histogram: &ValueHistogram) -> DistinctSketch {
    let mut sketch = DistinctSketch::new();
    sketch.add_numbers(histogram.distinct_values());
    sketch
}
