//! What the encoders of columns of categories have in common.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use super::categories::{Category, CategoryIndex, CategorySets, check_declared};
use crate::data::{check_weights, present_rows};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{check_columns, check_rows};

/// The declared categories of every column, if there are any; otherwise they are found.
pub(super) type Declared<L> = Option<Vec<Vec<L>>>;

/// # Errors
/// [`ErrorKind::InvalidParameter`] for `categories`: a column without any, or with one twice.
pub(super) fn check_categories<L: Category>(declared: &Declared<L>) -> Result<()> {
    declared.iter().flatten().try_for_each(|column| check_declared("categories", column))
}

/// Learns the categories of every column. Where they are declared there is nothing to learn, and
/// with `strict` others are refused. Rows of weight 0 count as absent.
pub(super) fn learn_categories<L: Category>(
    rows: &Array2<L>,
    sample_weight: Option<&[f64]>,
    declared: &Declared<L>,
    strict: bool,
) -> Result<CategorySets<L>> {
    check_weights(rows.nrows(), sample_weight)?;
    if let Some(present) = present_rows(sample_weight) {
        let learned = learn_categories(&rows.select(Axis(0), &present), None, declared, strict);
        return learned.map_err(|error| error.renumber_row(|row| present[row]));
    }
    let Some(declared) = declared else { return Ok(CategorySets::of(rows)) };
    check_columns(declared.len(), rows.ncols())?;
    if strict {
        let columns = ColumnCategories::new(declared.iter().cloned().map(CategoryIndex::new));
        columns.for_each(rows, |row, column, code| code.map(drop).ok_or_else(|| unknown(rows, row, column)))?;
    }
    Ok(CategorySets::new(rows.ncols(), rows.nrows()))
}

/// The categories of every column, in the order of their codes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "L: Category + Deserialize<'de>"))]
pub(super) struct ColumnCategories<L>(Vec<CategoryIndex<L>>);

impl<L: Category> ColumnCategories<L> {
    fn new(columns: impl Iterator<Item = CategoryIndex<L>>) -> Self {
        ColumnCategories(columns.collect())
    }

    /// Those declared, else those found, sorted.
    pub(super) fn finish(found: CategorySets<L>, declared: &Declared<L>, estimator: &'static str) -> Result<Self> {
        check_rows(found.n_rows(), estimator)?;
        Ok(match declared {
            Some(declared) => Self::new(declared.iter().cloned().map(CategoryIndex::new)),
            None => Self::new(found.into_columns()),
        })
    }

    /// Calls `f` with the row, the column and the code of every category, `None` for an unknown one,
    /// row by row.
    pub(super) fn for_each(
        &self,
        rows: &Array2<L>,
        mut f: impl FnMut(usize, usize, Option<usize>) -> Result<()>,
    ) -> Result<()> {
        check_columns(self.0.len(), rows.ncols())?;
        for (i, row) in rows.rows().into_iter().enumerate() {
            for (column, (category, known)) in row.iter().zip(&self.0).enumerate() {
                f(i, column, known.find(category))?;
            }
        }
        Ok(())
    }

    /// The categories of every column.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &[L]> {
        self.0.iter().map(CategoryIndex::categories)
    }
}

/// The error that names an unknown category.
pub(super) fn unknown<L: Category>(rows: &Array2<L>, row: usize, column: usize) -> Error {
    let category = format!("{:?}", rows[(row, column)]);
    Error::new(ErrorKind::UnknownCategory { column, category }).at_row(row)
}
