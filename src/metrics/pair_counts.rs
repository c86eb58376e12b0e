//! Counts of pairs: how many rows have a label and a prediction, or a label and a cluster, by number, and the sum of
//! their weights.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::row_weights;
use crate::data::checked::{contradiction, is_count, is_weight};
use crate::error::{Error, Result};

/// Numbers and summed weights of the rows that have each pair of numbers; mergeable over chunks.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct PairCounts {
    /// In ascending order of the pairs.
    cells: Vec<((usize, usize), Cell)>,
}

/// Not derived, which would have it compiled in every crate that clones a tally.
impl Clone for PairCounts {
    #[inline(never)]
    fn clone(&self) -> Self {
        PairCounts { cells: self.cells.clone() }
    }
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

impl PairCounts {
    /// Refuses counts from a file that no rows can have, of so many first and, if they are known, second values.
    pub(super) fn check_read(&self, n_first: usize, n_second: Option<usize>) -> Result<()> {
        let weights = self.cells.iter().all(|(_, cell)| is_weight(cell.weight));
        let ascend = self.cells.windows(2).all(|cells| cells[0].0 < cells[1].0);
        let known =
            |&((first, second), _): &((usize, usize), Cell)| first < n_first && n_second.is_none_or(|n| second < n);
        let counts = is_count(self.cells.iter().map(|(_, cell)| cell.rows as u64));
        match counts && weights && ascend && self.cells.iter().all(known) {
            true => Ok(()),
            false => {
                Err(contradiction("counts of more rows than there can be, weights below 0, or labels that are unknown"))
            }
        }
    }

    /// Counts the pairs of two numbers, row by row, each row counting `sample_weight` times; `what` is the name of the
    /// second values, for errors.
    pub(super) fn count(
        first: &[usize],
        (what, second): (&'static str, &[usize]),
        sample_weight: Option<&[f64]>,
    ) -> Result<Self> {
        if first.len() != second.len() {
            return Err(Error::shape(what, first.len(), second.len()));
        }
        row_weights::check(first.len(), sample_weight)?;
        let mut cells: BTreeMap<(usize, usize), Cell> = BTreeMap::new();
        for ((&a, &b), weight) in row_weights::present(first.iter().zip(second), sample_weight) {
            cells.entry((a, b)).or_default().add(Cell { rows: 1, weight });
        }
        Ok(PairCounts { cells: cells.into_iter().collect() })
    }

    /// The number of rows that were counted.
    pub(super) fn n_rows(&self) -> usize {
        self.cells.iter().map(|(_, cell)| cell.rows).sum()
    }

    /// The sum of the weights of the rows.
    pub(super) fn total_weight(&self) -> f64 {
        // The sum of no floats is -0.
        self.cells.iter().fold(0.0, |sum, (_, cell)| sum + cell.weight)
    }

    /// The pairs that occur, in ascending order.
    pub(super) fn cells(&self) -> &[((usize, usize), Cell)] {
        &self.cells
    }

    /// For each of `n` numbers, true if it occurs as a first value, or as a second one.
    pub(super) fn used(&self, n: usize, (as_first, as_second): (bool, bool)) -> Vec<bool> {
        let mut used = vec![false; n];
        for &((first, second), _) in &self.cells {
            if as_first {
                used[first] = true;
            }
            if as_second {
                used[second] = true;
            }
        }
        used
    }

    /// The same counts of other numbers: first values by their place in `first`, second ones by that in `second`, if
    /// these are given.
    pub(super) fn renumbered(&self, first: Option<&[usize]>, second: Option<&[usize]>) -> Self {
        let place = |places: Option<&[usize]>, number: usize| places.map_or(number, |places| places[number]);
        let renumber = |&((a, b), cell): &((usize, usize), Cell)| ((place(first, a), place(second, b)), cell);
        let mut cells: Vec<_> = self.cells.iter().map(renumber).collect();
        cells.sort_unstable_by_key(|(pair, _)| *pair);
        PairCounts { cells }
    }

    /// Adds the counts of other rows.
    pub(super) fn merge(self, other: &Self) -> Self {
        let mut cells: BTreeMap<(usize, usize), Cell> = self.cells.into_iter().collect();
        for &(pair, cell) in &other.cells {
            cells.entry(pair).or_default().add(cell);
        }
        PairCounts { cells: cells.into_iter().collect() }
    }

    /// The rows of one pair.
    pub(super) fn get(&self, first: usize, second: usize) -> Cell {
        let place = self.cells.binary_search_by_key(&(first, second), |(pair, _)| *pair);
        place.map_or_else(|_| Cell::default(), |place| self.cells[place].1)
    }
}
