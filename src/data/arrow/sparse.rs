//! Arrow arrays of sparse rows: a list of column numbers and a list of values for each.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{Array, ArrayRef, LargeListArray, PrimitiveArray, UInt32Array};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field};

use super::cells::Cells;
use super::lists::Lists;
use super::numbers::{ArrowFloat, numbers_or_any};
use super::unfit;
use crate::data::{Csr, CsrBuilder, Scalar};
use crate::error::Result;

/// The rows of two arrays of lists, of column numbers (integers from 0 on, ascending in each row) and of as many
/// values: `n_features` columns wide. Column numbers of type `u32` and values of type `F` are moved.
///
/// # Errors
/// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for more than 2^32 - 1 columns;
/// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for arrays of other types and of different lengths, and,
/// naming the row, for nulls and for columns that do not ascend or are too many.
pub fn sparse<F: ArrowFloat>(columns: ArrayRef, values: ArrayRef, n_features: usize) -> Result<Csr<F>> {
    CsrBuilder::<F>::new(n_features)?;
    let cells = SparseCells::<F>::of(columns, values)?;
    for row in 0..cells.len() {
        cells.row(row, n_features).map_err(|problem| unfit(problem).at_row(row))?;
    }
    let SparseCells { columns, values } = cells;
    Ok(Csr::from_parts(n_features, columns.starts, columns.items, values.items))
}

/// Rows as two arrays of lists, of column numbers and of values. Both are moved.
///
/// # Errors
/// None that are known: Arrow checks what it is given once more.
pub fn sparse_arrays<F: ArrowFloat>(rows: Csr<F>) -> Result<(LargeListArray, LargeListArray)> {
    let (starts, columns, values) = rows.0.into_raw_storage();
    let starts = OffsetBuffer::new(starts.into_iter().map(|start| start as i64).collect());
    let list = |items: ArrayRef| {
        let item = Arc::new(Field::new_list_field(items.data_type().clone(), false));
        LargeListArray::try_new(item, starts.clone(), items, None).map_err(|error| unfit(error.to_string()))
    };
    let columns = UInt32Array::new(columns.into(), None);
    let values = PrimitiveArray::<F::Type>::new(ScalarBuffer::from(values), None);
    Ok((list(Arc::new(columns))?, list(Arc::new(values))?))
}

/// True if an array of this type holds lists of items that are right.
pub(crate) fn is_list_of(kind: &DataType, is_right: fn(&DataType) -> bool) -> bool {
    use DataType::{FixedSizeList, LargeList, List};
    matches!(kind, List(item) | LargeList(item) | FixedSizeList(item, _) if is_right(item.data_type()))
}

/// Sparse rows, of which some may be bad.
pub(crate) struct SparseCells<F> {
    columns: Lists<Vec<u32>>,
    values: Lists<Vec<F>>,
}

impl<F: ArrowFloat> SparseCells<F> {
    pub(crate) fn of(columns: ArrayRef, values: ArrayRef) -> Result<Self> {
        if columns.len() != values.len() {
            let (columns, values) = (columns.len(), values.len());
            return Err(unfit(format!("{columns} lists of columns beside {values} of values")));
        }
        Ok(SparseCells { columns: Lists::of(columns, column_numbers)?, values: Lists::of(values, numbers_or_any)? })
    }

    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    /// The columns and values of row `i`, or what is wrong with it.
    pub(crate) fn row(&self, i: usize, n_features: usize) -> Result<(&[u32], &[F]), String> {
        let columns = self.columns.get(i).map_err(|problem| format!("the list of columns {problem}"))?;
        let values = self.values.get(i).map_err(|problem| format!("the list of values {problem}"))?;
        if columns.len() != values.len() {
            return Err(format!("{} columns beside {} values", columns.len(), values.len()));
        }
        if let Some(pair) = columns.windows(2).find(|pair| pair[0] >= pair[1]) {
            return Err(format!("column {} follows column {}, where columns must ascend", pair[1], pair[0]));
        }
        match columns.last() {
            Some(&NO_COLUMN) => Err("a column number that is negative or above 2^32 - 2".into()),
            Some(&last) if last as usize >= n_features => {
                Err(format!("column {last}, where there are {n_features} columns from 0 on"))
            }
            _ => Ok((columns, values)),
        }
    }
}

/// Stands for what is no column number: there are at most 2^32 - 1 columns, so that none has this one.
const NO_COLUMN: u32 = u32::MAX;

fn column_numbers(array: ArrayRef) -> Result<Vec<u32>> {
    if !array.data_type().is_integer() {
        return Err(unfit(format!("column numbers of type {}, where integers are wanted", array.data_type())));
    }
    if let Some(own) = array.as_primitive_opt::<UInt32Type>() {
        let values = own.values().clone();
        drop(array);
        return Ok(Vec::from(values));
    }
    let cells = Cells::of(&array)?;
    let number = |i| match cells.get(i) {
        Scalar::Int(number) => u32::try_from(number).unwrap_or(NO_COLUMN),
        Scalar::Uint(number) => u32::try_from(number).unwrap_or(NO_COLUMN),
        _ => NO_COLUMN,
    };
    Ok((0..array.len()).map(number).collect())
}
