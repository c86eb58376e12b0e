//! Means over rows of what scorers of one's own give for each.

use serde::{Deserialize, Serialize};

use std::collections::BTreeMap;

use super::custom_scorer::Identity;
use super::row_weights;
use crate::data::checked::{checked_when_read, contradiction, is_count, is_weight};
use crate::error::Result;

/// One sum for every scorer; mergeable over chunks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RowMeans(BTreeMap<Identity, RowMean>);

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
        let mean = self.0.entry(scorer).or_default();
        // The rows are summed up before the sum so far is added: as if they were a part to be merged.
        let mut part = RowMean::default();
        for (x, weight) in row_weights::present(rows, sample_weight) {
            part = part.merge(RowMean { n_rows: 1, weight, total: weight * x });
        }
        *mean = mean.merge(part);
    }

    /// Adds the sums of other rows.
    pub(super) fn merge(mut self, other: &Self) -> Self {
        for (&scorer, &part) in &other.0 {
            let mean = self.0.entry(scorer).or_default();
            *mean = mean.merge(part);
        }
        self
    }

    /// Over how many rows a scorer was summed up.
    pub(super) fn n_rows_of(&self, scorer: Identity) -> usize {
        self.0.get(&scorer).map_or(0, |mean| mean.n_rows)
    }

    /// The most rows that any scorer was summed up over.
    pub(super) fn n_rows(&self) -> usize {
        self.0.values().map(|mean| mean.n_rows).max().unwrap_or(0)
    }

    /// The mean of a scorer; NaN for no rows.
    pub(super) fn mean(&self, scorer: Identity) -> f64 {
        self.0.get(&scorer).map_or(f64::NAN, |mean| mean.total / mean.weight)
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
