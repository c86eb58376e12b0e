//! Statistics learned of every column, mergeable over chunks.

use ndarray::Array2;

use crate::data::{Csr, Float, Rows, Shared, check_model_bytes, check_weights, merge_columns, total_weight, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::check_columns;
use crate::statistics::WeightedMoments;

/// What takes the memory, for the error of too many columns.
const NAME: &str = "what is learned of the columns";

/// What is learned of the values of one column: a sum of some kind. The default is that of no value.
pub trait ColumnState: Clone + Default + PartialEq + Shared {
    /// Adds one value, of a row whose weight is above 0.
    fn add(&mut self, value: f64, weight: f64);

    /// Adds what was learned of other values.
    fn merge(&mut self, other: &Self);
}

impl ColumnState for WeightedMoments {
    fn add(&mut self, value: f64, weight: f64) {
        WeightedMoments::add(self, value, weight);
    }

    fn merge(&mut self, other: &Self) {
        WeightedMoments::merge(self, other);
    }
}

/// What was learned of the stored values of the columns that have some.
///
/// A chunk of hashed text has values in few of its columns; states of all of them would outgrow the
/// chunk.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnStates<S> {
    n_features: usize,
    /// Those of a weight above 0: others count as absent.
    n_rows: usize,
    /// The sum of the weights of the rows.
    weight: f64,
    /// Ascending.
    columns: Vec<u32>,
    states: Vec<S>,
}

impl<S: ColumnState> ColumnStates<S> {
    /// Of the stored values of a sparse matrix; a zero that is stored is a value.
    pub(super) fn of_sparse<F: Float>(rows: &Csr<F>, weights: Option<&[f64]>) -> Result<Self> {
        let (n_rows, weight) = rows_and_weight(rows.n_rows(), weights)?;
        check_model_bytes(NAME, &[(rows.n_features(), "columns")], size_of::<f64>())?;
        const NONE: u32 = u32::MAX;
        let mut slots = vec![NONE; rows.n_features()];
        let mut columns = Vec::new();
        for &column in rows.as_sprs().indices() {
            if slots[column as usize] == NONE {
                slots[column as usize] = 0;
                columns.push(column);
            }
        }
        columns.sort_unstable();
        for (slot, &column) in columns.iter().enumerate() {
            slots[column as usize] = slot as u32;
        }
        let mut states = vec![S::default(); columns.len()];
        for (i, (columns, values)) in rows.view().iter().enumerate() {
            let weight = weights.map_or(1.0, |weights| weights[i]);
            for (&column, &value) in columns.iter().zip(values) {
                let value = finite(value, i, column as usize)?;
                if weight > 0.0 {
                    states[slots[column as usize] as usize].add(value, weight);
                }
            }
        }
        Ok(ColumnStates { n_features: rows.n_features(), n_rows, weight, columns, states })
    }

    /// Of all values of a dense matrix.
    pub(super) fn of_dense<F: Float>(rows: &Array2<F>, weights: Option<&[f64]>) -> Result<Self> {
        let (n_rows, weight) = rows_and_weight(rows.nrows(), weights)?;
        let width = u32::try_from(rows.ncols()).map_err(|_| too_many(rows.ncols()))?;
        let mut states = vec![S::default(); rows.ncols()];
        for (i, row) in rows.rows().into_iter().enumerate() {
            let weight = weights.map_or(1.0, |weights| weights[i]);
            for (column, (state, &value)) in states.iter_mut().zip(row).enumerate() {
                let value = finite(value, i, column)?;
                if weight > 0.0 {
                    state.add(value, weight);
                }
            }
        }
        Ok(ColumnStates { n_features: rows.ncols(), n_rows, weight, columns: (0..width).collect(), states })
    }

    /// Of the rows of both. A part without rows says nothing, not even how many columns there are.
    pub(super) fn merge(mut self, other: Self) -> Result<Self> {
        if other.n_rows == 0 || self.n_rows == 0 {
            return Ok(if other.n_rows == 0 { self } else { other });
        }
        check_columns(self.n_features, other.n_features)?;
        self.n_rows += other.n_rows;
        self.weight += other.weight;
        let (own, theirs) = ((self.columns, self.states), (other.columns, other.states));
        let (columns, states) = merge_columns(own, theirs, |own, theirs| {
            own.merge(&theirs);
            Ok(())
        })?;
        Ok(ColumnStates { columns, states, ..self })
    }

    /// How many rows of a weight above 0 there were.
    pub(super) fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The sum of the weights of the rows; without weights their number.
    pub(super) fn weight(&self) -> f64 {
        self.weight
    }

    /// How many columns there are.
    pub(super) fn n_features(&self) -> usize {
        self.n_features
    }

    /// A number for every column, those without values included.
    ///
    /// # Errors
    /// More columns than there is memory for.
    pub(super) fn to_dense(&self, of: impl Fn(&S) -> f64) -> Result<Vec<f64>> {
        check_model_bytes(NAME, &[(self.n_features, "columns")], size_of::<f64>())?;
        let mut dense = vec![of(&S::default()); self.n_features];
        for (&column, state) in self.columns.iter().zip(&self.states) {
            dense[column as usize] = of(state);
        }
        Ok(dense)
    }
}

/// Defines, for a [`ColumnState`], the functions that are compiled once: `learn_dense`, `learn_sparse` and `merge_states`.
macro_rules! compiled_states {
    ($state:ty) => {
        crate::data::float_computation!(LearnDense<'a>((&'a ndarray::Array2<F>, Option<&'a [f64]>))
            -> crate::error::Result<ColumnStates<$state>> = learn_dense);
        crate::preprocessing::column_states::compiled_states!(merge $state);

        fn learn_dense<F: crate::data::Float>(
            (rows, weights): (&ndarray::Array2<F>, Option<&[f64]>),
        ) -> crate::error::Result<ColumnStates<$state>> {
            ColumnStates::of_dense(rows, weights)
        }
    };
    ($state:ty, sparse) => {
        crate::preprocessing::column_states::compiled_states!($state);
        crate::preprocessing::column_states::compiled_states!(sparse $state);
    };
    (sparse $state:ty) => {
        crate::data::float_computation!(LearnSparse<'a>((&'a crate::data::Csr<F>, Option<&'a [f64]>))
            -> crate::error::Result<ColumnStates<$state>> = learn_sparse);

        fn learn_sparse<F: crate::data::Float>(
            (rows, weights): (&crate::data::Csr<F>, Option<&[f64]>),
        ) -> crate::error::Result<ColumnStates<$state>> {
            ColumnStates::of_sparse(rows, weights)
        }
    };
    (merge $state:ty) => {
        #[inline(never)]
        fn merge_states(
            a: ColumnStates<$state>,
            b: ColumnStates<$state>,
        ) -> crate::error::Result<ColumnStates<$state>> {
            a.merge(b)
        }
    };
}
pub(super) use compiled_states;

/// How many rows have a weight above 0, and the sum of the weights.
fn rows_and_weight(n_rows: usize, weights: Option<&[f64]>) -> Result<(usize, f64)> {
    check_weights(n_rows, weights)?;
    let present = weights.map_or(n_rows, |weights| weights.iter().filter(|weight| **weight > 0.0).count());
    Ok((present, total_weight(n_rows, weights)?))
}

/// The value, unless it is no number.
pub(super) fn finite<F: Float>(value: F, row: usize, column: usize) -> Result<f64> {
    let value = wide(value);
    if value.is_finite() {
        return Ok(value);
    }
    Err(Error::new(ErrorKind::NonFinite { column }).at_row(row))
}

fn too_many(found: usize) -> Error {
    Error::new(ErrorKind::TooManyColumns { found, most: u32::MAX as usize, what: "a dense matrix" })
}

/// A changed value as the matrix's own float, unless it is beyond what that can hold.
fn held<F: Float>(changed: f64, estimator: &'static str, row: usize, column: usize) -> Result<F> {
    let held = F::cast(changed);
    if held.is_finite() {
        return Ok(held);
    }
    Err(Error::new(ErrorKind::Overflow { estimator, column }).at_row(row))
}

/// Every value of a dense matrix changed by its column's number.
pub(super) fn map_dense<F: Float>(
    estimator: &'static str,
    rows: &Array2<F>,
    n_features: usize,
    change: impl Fn(usize, f64) -> f64,
) -> Result<Array2<F>> {
    check_columns(n_features, rows.ncols())?;
    let mut changed = rows.clone();
    for (i, mut row) in changed.rows_mut().into_iter().enumerate() {
        for (column, value) in row.iter_mut().enumerate() {
            *value = held(change(column, finite(*value, i, column)?), estimator, i, column)?;
        }
    }
    Ok(changed)
}

/// Every stored value of a sparse matrix changed by its column's number.
pub(super) fn map_sparse<F: Float>(
    estimator: &'static str,
    rows: &Csr<F>,
    n_features: usize,
    change: impl Fn(usize, f64) -> f64,
) -> Result<Csr<F>> {
    check_columns(n_features, rows.n_features())?;
    rows.map_rows(|i, columns, values| {
        for (&column, value) in columns.iter().zip(values) {
            let column = column as usize;
            *value = held(change(column, finite(*value, i, column)?), estimator, i, column)?;
        }
        Ok(())
    })
}
