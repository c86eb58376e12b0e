//! Counts of pairs: how many rows have a label and a prediction, or a label and a cluster, and the sum of their weights.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::row_weights;
use crate::data::checked::{contradiction, is_count, is_weight};
use crate::error::{Error, Result};

/// Numbers and summed weights of the rows that have each pair of values; mergeable over chunks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
#[serde(bound(serialize = "A: Serialize, B: Serialize", deserialize = "A: Deserialize<'de>, B: Deserialize<'de>"))]
pub(super) struct PairCounts<A: Ord, B: Ord> {
    cells: BTreeMap<(A, B), Cell>,
}

/// The rows of one pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Cell {
    pub(super) rows: usize,
    /// The sum of their weights; of rows without weights their number, which is exact below 2^53.
    pub(super) weight: f64,
}

impl Cell {
    fn add(&mut self, other: Cell) {
        self.rows += other.rows;
        self.weight += other.weight;
    }
}

impl<A: Ord, B: Ord> Default for PairCounts<A, B> {
    fn default() -> Self {
        PairCounts { cells: BTreeMap::new() }
    }
}

impl<A: Ord, B: Ord> PairCounts<A, B> {
    /// Refuses counts from a file that no rows can have.
    pub(super) fn check_read(&self) -> Result<()> {
        let weights = self.cells.values().all(|cell| is_weight(cell.weight));
        match is_count(self.cells.values().map(|cell| cell.rows as u64)) && weights {
            true => Ok(()),
            false => Err(contradiction("counts of more rows than there can be, or weights below 0")),
        }
    }

    /// How many rows were counted.
    pub(super) fn n_rows(&self) -> usize {
        self.cells.values().map(|cell| cell.rows).sum()
    }

    /// The pairs that occur, sorted.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&A, &B, Cell)> {
        self.cells.iter().map(|((a, b), cell)| (a, b, *cell))
    }
}

impl<A: Ord + Clone, B: Ord + Clone> PairCounts<A, B> {
    /// Counts the pairs of two values, row by row, each row counting `sample_weight` times; `what` is the name of the
    /// second values, for errors.
    pub(super) fn count<'a>(
        first: impl ExactSizeIterator<Item = &'a A>,
        (what, second): (&'static str, impl ExactSizeIterator<Item = &'a B>),
        sample_weight: Option<&[f64]>,
    ) -> Result<Self>
    where
        A: 'a,
        B: 'a,
    {
        if first.len() != second.len() {
            return Err(Error::shape(what, first.len(), second.len()));
        }
        row_weights::check(first.len(), sample_weight)?;
        let mut counts = Self::default();
        for ((a, b), weight) in row_weights::present(first.zip(second), sample_weight) {
            counts.cells.entry((a.clone(), b.clone())).or_default().add(Cell { rows: 1, weight });
        }
        Ok(counts)
    }

    /// Adds the counts of other rows.
    pub(super) fn merge(mut self, other: &Self) -> Self {
        for (pair, cell) in &other.cells {
            self.cells.entry(pair.clone()).or_default().add(*cell);
        }
        self
    }

    /// The rows of one pair.
    pub(super) fn get(&self, first: &A, second: &B) -> Cell {
        self.cells.get(&(first.clone(), second.clone())).copied().unwrap_or_default()
    }
}
