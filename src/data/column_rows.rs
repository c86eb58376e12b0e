//! A row of numbers for every column that has values.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::check_model_bytes;
use super::column_set::ColumnSet;
use super::feature_rows::{FeatureRow, FeatureRows};
use crate::error::Result;

/// For every column that has values, a row of `width` numbers: a tall matrix whose other rows are zero.
///
/// A chunk of hashed text has values in few of its columns; all of them would outgrow the chunk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ColumnRows {
    pub(crate) width: usize,
    /// Ascending.
    columns: Vec<u32>,
    /// One row after the other.
    values: Vec<f64>,
}

/// Where the row of each column is, `NONE` for those without.
pub(crate) struct Slots(Vec<u32>);

const NONE: u32 = u32::MAX;

impl Slots {
    /// The number of the column's row.
    pub(crate) fn of(&self, column: usize) -> Option<usize> {
        self.0.get(column).filter(|&&slot| slot != NONE).map(|&slot| slot as usize)
    }
}

impl ColumnRows {
    /// Zeros for these ascending columns.
    pub(crate) fn zeros(columns: Vec<u32>, width: usize) -> Self {
        let values = vec![0.0; columns.len() * width];
        ColumnRows { width, columns, values }
    }

    /// Rows for these ascending columns, each written by `fill`, to which zeros are given.
    pub(crate) fn new(columns: Vec<u32>, width: usize, mut fill: impl FnMut(usize, &mut [f64])) -> Self {
        let mut rows = ColumnRows::zeros(columns, width);
        for slot in 0..rows.columns.len() {
            fill(rows.columns[slot] as usize, rows.row_mut(slot));
        }
        rows
    }

    /// The columns in which some row has a stored value, ascending.
    pub(crate) fn columns_of<X: FeatureRows>(x: &X) -> Vec<u32> {
        let mut touched = ColumnSet::new(x.nfeatures());
        (0..x.nsamples()).for_each(|i| x.feature_row(i).for_each(|j, _| touched.insert(j)));
        touched.columns()
    }

    /// Whether the parts fit together, of so many columns at the most.
    pub(crate) fn are_whole(&self, n_columns: usize) -> bool {
        let ascend = self.columns.windows(2).all(|pair| pair[0] < pair[1]);
        let below = self.columns.last().is_none_or(|&last| (last as usize) < n_columns);
        ascend && below && self.columns.len().checked_mul(self.width) == Some(self.values.len())
    }

    pub(crate) fn columns(&self) -> &[u32] {
        &self.columns
    }

    /// Where each of so many columns has its row.
    ///
    /// # Errors
    /// More columns than there is memory for: `model` names what they are of.
    pub(crate) fn slots(&self, model: &'static str, n_columns: usize) -> Result<Slots> {
        check_model_bytes(model, &[(n_columns, "columns")], size_of::<u32>())?;
        let mut slots = vec![NONE; n_columns];
        self.columns.iter().enumerate().for_each(|(slot, &column)| slots[column as usize] = slot as u32);
        Ok(Slots(slots))
    }

    pub(crate) fn row(&self, slot: usize) -> &[f64] {
        &self.values[slot * self.width..][..self.width]
    }

    pub(crate) fn row_mut(&mut self, slot: usize) -> &mut [f64] {
        &mut self.values[slot * self.width..][..self.width]
    }

    /// The rows as a matrix: shape (columns with values, width).
    pub(crate) fn matrix(&self) -> ArrayView2<'_, f64> {
        ArrayView2::from_shape((self.columns.len(), self.width), &self.values).expect("every column has a row")
    }

    /// The sum of both, which are of one width.
    pub(crate) fn add(self, other: &Self) -> Self {
        if self.columns == other.columns {
            let mut sum = self;
            sum.values.iter_mut().zip(&other.values).for_each(|(own, theirs)| *own += theirs);
            return sum;
        }
        let mut columns = [&self.columns[..], &other.columns].concat();
        columns.sort_unstable();
        columns.dedup();
        // Both ascend, so each is walked once.
        let (mut own, mut theirs) = (0, 0);
        ColumnRows::new(columns, self.width, |column, row| {
            for (part, at) in [(&self, &mut own), (other, &mut theirs)] {
                if part.columns.get(*at).is_some_and(|&next| next as usize == column) {
                    row.iter_mut().zip(part.row(*at)).for_each(|(sum, value)| *sum += value);
                    *at += 1;
                }
            }
        })
    }
}
