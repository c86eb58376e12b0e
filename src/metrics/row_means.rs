//! Means over rows of what scorers of one's own give for each.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::custom_scorer::Identity;
use super::row_weights;
use crate::data::checked::{checked_when_read, contradiction, is_count, is_weight};
use crate::error::Result;

/// One sum for every scorer; mergeable over chunks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RowMeans(
    /// Ascending.
    Vec<(Identity, RowMean)>,
);

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
struct RowMean {
    n_rows: usize,
    /// The sum of the weights of the rows; without weights their number.
    weight: f64,
    total: f64,
}

impl RowMeans {
    /// Adds what a scorer gave for some rows, each counting so many times.
    pub(super) fn add(&mut self, scorer: Identity, rows: impl Iterator<Item = f64>, sample_weight: Option<&[f64]>) {
        // The rows are summed up before the sum so far is added: as if they were a part to be merged.
        let mut part = RowMean::default();
        for (x, weight) in row_weights::present(rows, sample_weight) {
            part = part.merge(RowMean { n_rows: 1, weight, total: weight * x });
        }
        self.add_part(scorer, part);
    }

    /// Adds what a function gives for the values of each row.
    pub(super) fn add_rows(
        &mut self,
        scorer: Identity,
        values: ArrayView2<'_, f64>,
        of_row: &dyn Fn(usize, &[f64]) -> f64,
        sample_weight: Option<&[f64]>,
    ) {
        let mut scratch = Vec::with_capacity(values.ncols());
        let mut scores = Vec::with_capacity(values.nrows());
        for (row, values) in values.rows().into_iter().enumerate() {
            scratch.clear();
            scratch.extend(values.iter().copied());
            scores.push(of_row(row, &scratch));
        }
        self.add(scorer, scores.into_iter(), sample_weight);
    }

    fn add_part(&mut self, scorer: Identity, part: RowMean) {
        match self.0.binary_search_by_key(&scorer, |(own, _)| *own) {
            Ok(place) => self.0[place].1 = self.0[place].1.merge(part),
            Err(place) => self.0.insert(place, (scorer, RowMean::default().merge(part))),
        }
    }

    /// Adds the sums of other rows.
    pub(super) fn merge(mut self, other: &Self) -> Self {
        for &(scorer, part) in &other.0 {
            self.add_part(scorer, part);
        }
        self
    }

    /// Over how many rows a scorer was summed up.
    pub(super) fn n_rows_of(&self, scorer: Identity) -> usize {
        self.of(scorer).map_or(0, |mean| mean.n_rows)
    }

    /// The most rows that any scorer was summed up over.
    pub(super) fn n_rows(&self) -> usize {
        self.0.iter().map(|(_, mean)| mean.n_rows).max().unwrap_or(0)
    }

    /// The mean of a scorer; NaN for no rows.
    pub(super) fn mean(&self, scorer: Identity) -> f64 {
        self.of(scorer).map_or(f64::NAN, |mean| mean.total / mean.weight)
    }

    fn of(&self, scorer: Identity) -> Option<&RowMean> {
        self.0.iter().find(|(own, _)| *own == scorer).map(|(_, mean)| mean)
    }
}

checked_when_read!(RowMean, serialize: [], deserialize: []);

impl RowMean {
    fn check_read(&self) -> Result<()> {
        match is_count([self.n_rows as u64]) && is_weight(self.weight) && (self.n_rows > 0) == (self.weight > 0.0) {
            true => Ok(()),
            false => Err(contradiction(format!("a mean over {} rows of weight {}", self.n_rows, self.weight))),
        }
    }

    fn merge(self, other: Self) -> Self {
        RowMean {
            n_rows: self.n_rows + other.n_rows,
            weight: self.weight + other.weight,
            total: self.total + other.total,
        }
    }
}
