//! The categories of columns, and where each stands.

use std::collections::BTreeSet;
use std::fmt::Debug;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::data::Shared;
use crate::data::checked::checked_when_read;
use crate::error::{Error, Result};
use crate::estimator::check_columns;

/// What a category or a label may be: a `String`, a number, a `bool`, an enumeration.
///
/// Implemented for every type that can be sorted, copied and shown; never by hand.
pub trait Category: Ord + Clone + Debug + Shared {}

impl<L: Ord + Clone + Debug + Shared> Category for L {}

/// What is done with a category that training never saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HandleUnknown {
    /// An error that names it.
    #[default]
    Error,
    /// It leaves no trace: all of its columns stay at zero.
    Ignore,
}

/// The distinct categories of every column.
#[derive(Clone, Debug, PartialEq)]
pub struct CategorySets<L> {
    n_rows: usize,
    columns: Vec<BTreeSet<L>>,
}

impl<L: Category> CategorySets<L> {
    /// Of so many columns and rows, none added yet.
    pub(super) fn new(n_features: usize, n_rows: usize) -> Self {
        CategorySets { n_rows, columns: vec![BTreeSet::new(); n_features] }
    }

    /// Of all columns of a matrix.
    pub(super) fn of(rows: &Array2<L>) -> Self {
        let mut sets = Self::new(rows.ncols(), rows.nrows());
        for row in rows.rows() {
            row.iter().enumerate().for_each(|(column, category)| sets.add(column, category));
        }
        sets
    }

    /// Adds a category to those of a column.
    pub(super) fn add(&mut self, column: usize, category: &L) {
        // Most are there already: no copy of a string just to find that out.
        if !self.columns[column].contains(category) {
            self.columns[column].insert(category.clone());
        }
    }

    /// Of the rows of both. A part without rows says nothing, not even how many columns there are.
    pub(super) fn merge(mut self, other: Self) -> Result<Self> {
        if other.n_rows == 0 || self.n_rows == 0 {
            return Ok(if other.n_rows == 0 { self } else { other });
        }
        check_columns(self.columns.len(), other.columns.len())?;
        self.n_rows += other.n_rows;
        self.columns.iter_mut().zip(other.columns).for_each(|(own, theirs)| own.extend(theirs));
        Ok(self)
    }

    /// How many rows there were.
    pub(super) fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The sorted categories of every column.
    pub(super) fn into_columns(self) -> impl Iterator<Item = CategoryIndex<L>> {
        self.columns.into_iter().map(|set| CategoryIndex::new(set.into_iter().collect()))
    }
}

/// Categories in some order, and where each stands in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(super) struct CategoryIndex<L> {
    categories: Vec<L>,
    /// Their numbers, sorted by category.
    sorted: Vec<usize>,
}

checked_when_read!(CategoryIndex<L>, serialize: [L: Serialize], deserialize: [L: Category + Deserialize<'de>]);

impl<L: Category> CategoryIndex<L> {
    pub(super) fn new(categories: Vec<L>) -> Self {
        let mut sorted: Vec<usize> = (0..categories.len()).collect();
        sorted.sort_by(|&a, &b| categories[a].cmp(&categories[b]));
        CategoryIndex { categories, sorted }
    }

    /// Where a category stands.
    pub(super) fn find(&self, category: &L) -> Option<usize> {
        let found = self.sorted.binary_search_by(|&i| self.categories[i].cmp(category));
        found.ok().map(|at| self.sorted[at])
    }

    pub(super) fn categories(&self) -> &[L] {
        &self.categories
    }

    /// Refuses numbers that are not those of the categories, each once and in their order.
    fn check_read(&self) -> Result<()> {
        check_columns(self.categories.len(), self.sorted.len())?;
        let sorted: Option<Vec<&L>> = self.sorted.iter().map(|&i| self.categories.get(i)).collect();
        if sorted.is_some_and(|sorted| sorted.windows(2).all(|pair| pair[0] < pair[1])) {
            return Ok(());
        }
        Err(Error::parameter("categories", &self.categories, "each once, and numbered in their order"))
    }
}

/// Refuses declared categories of which there are none, or one twice.
pub(super) fn check_declared<L: Category>(name: &'static str, declared: &[L]) -> Result<()> {
    let distinct: BTreeSet<&L> = declared.iter().collect();
    if !declared.is_empty() && distinct.len() == declared.len() {
        return Ok(());
    }
    Err(Error::parameter(name, declared, "one or more, each once"))
}
