//! Arrow arrays of dense rows.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, FixedSizeListArray, PrimitiveArray};
use arrow_buffer::ScalarBuffer;
use arrow_schema::Field;
use ndarray::Array2;

use super::lists::Lists;
use super::numbers::{ArrowFloat, each_number, numbers, numbers_or_any};
use super::unfit;
use crate::error::{Error, ErrorKind, Result};

/// The rows of an array of lists that are all of one length: shape (rows, length). Numbers of type `F`
/// are moved.
///
/// # Errors
/// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for an array of another type than fixed-size lists
/// of numbers, and, naming the row, for a null.
pub fn dense<F: ArrowFloat>(array: ArrayRef) -> Result<Array2<F>> {
    let Some(lists) = array.as_fixed_size_list_opt() else {
        let kind = array.data_type();
        return Err(unfit(format!("values of type {kind}, where lists of one length are wanted")));
    };
    let shape = (lists.len(), lists.value_length() as usize);
    if let Some(row) = lists.nulls().and_then(|nulls| (0..nulls.len()).find(|&i| nulls.is_null(i))) {
        return Err(unfit("the row is null").at_row(row));
    }
    let values = lists.values().clone();
    drop(array);
    let numbers = numbers(values).map_err(|error| error.renumber_row(|value| value / shape.1.max(1)))?;
    Array2::from_shape_vec(shape, numbers).map_err(|error| unfit(error.to_string()))
}

/// Rows as an array of lists that are all of one length. Rows that lie one after the other are moved.
///
/// # Errors
/// [`ErrorKind::TooManyColumns`](crate::ErrorKind::TooManyColumns) for rows of more than 2^31 - 1 columns.
pub fn dense_array<F: ArrowFloat>(rows: Array2<F>) -> Result<FixedSizeListArray> {
    let (n_rows, n_columns) = rows.dim();
    let width = i32::try_from(n_columns).map_err(|_| {
        Error::new(ErrorKind::TooManyColumns { found: n_columns, most: i32::MAX as usize, what: "a list" })
    })?;
    let values: ScalarBuffer<F> = flat(rows).into();
    let values = PrimitiveArray::<F::Type>::new(values, None);
    let item = Arc::new(Field::new_list_field(values.data_type().clone(), false));
    FixedSizeListArray::try_new_with_length(item, width, Arc::new(values), None, n_rows)
        .map_err(|error| unfit(error.to_string()))
}

/// The values row by row.
fn flat<F: ArrowFloat>(rows: Array2<F>) -> Vec<F> {
    if !rows.is_standard_layout() {
        return rows.iter().copied().collect();
    }
    let n = rows.len();
    let (mut values, start) = rows.into_raw_vec_and_offset();
    // An array that was cut from a larger one keeps what lies before and behind it.
    values.truncate(start.unwrap_or(0) + n);
    values.drain(..start.unwrap_or(0));
    values
}

/// Adds the rows that lie in these columns, side by side, to rows that lie one after the other.
pub(crate) fn append_rows<F: ArrowFloat>(columns: &[ArrayRef], rows: &mut Vec<F>) -> Result<()> {
    let (n_rows, width, start) = (columns.first().map_or(0, |column| column.len()), columns.len(), rows.len());
    rows.resize(start + n_rows * width, F::zero());
    let added = &mut rows[start..];
    columns
        .iter()
        .enumerate()
        .try_for_each(|(j, column)| each_number(column, |i, number| added[i * width + j] = number))
}

/// Dense rows in lists, of which some may be bad.
pub(crate) struct VectorCells<F>(Lists<Vec<F>>);

impl<F: ArrowFloat> VectorCells<F> {
    pub(crate) fn of(lists: ArrayRef) -> Result<Self> {
        Lists::of(lists, numbers_or_any).map(VectorCells)
    }

    /// The values of row `i`, or what is wrong with it.
    pub(crate) fn row(&self, i: usize, n_features: usize) -> Result<&[F], String> {
        let values = self.0.get(i).map_err(|problem| format!("the list of values {problem}"))?;
        if values.len() != n_features {
            return Err(format!("a list of {} values, where {n_features} are wanted", values.len()));
        }
        Ok(values)
    }
}
