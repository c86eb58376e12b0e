//! Arrow record batches to chunks.

use arrow_array::{Array, ArrayRef, RecordBatch};
use linfa::DatasetBase;
use ndarray::{Array1, Array2};
use serde::de::DeserializeOwned;

use super::dense::append_rows;
use super::numbers::{ArrowFloat, is_number};
use super::{sparse, text, unfit, values};
use crate::data::{Csr, Keyed, Text};
use crate::error::{Error, ErrorKind, Result};

/// The documents of one column and the labels of another: shape (rows) each. Labels are read as in
/// [`values`], documents as in [`text`]: given the last handle on a batch, they are moved.
///
/// ```
/// use chunkfit::data::arrow;
/// # use std::sync::Arc;
/// # use arrow_array::{BooleanArray, RecordBatch, StringArray};
/// # let batch = RecordBatch::try_from_iter([
/// #     ("review", Arc::new(StringArray::from(vec!["good", "bad"])) as _),
/// #     ("positive", Arc::new(BooleanArray::from(vec![true, false])) as _),
/// # ]).unwrap();
/// let chunk = arrow::text_and_label::<bool>(batch, "review", "positive")?;
/// assert_eq!((chunk.records.get(1), chunk.targets[1]), ("bad", false));
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for columns that are not there or there twice, for
/// types that do not fit, and, naming the row, for a null or a label that cannot be read.
pub fn text_and_label<L: DeserializeOwned>(
    batch: RecordBatch,
    text: &str,
    label: &str,
) -> Result<DatasetBase<Text, Array1<L>>> {
    let labels = column_as(&batch, label, |column| values(&column))?;
    Ok(DatasetBase::new(text_of(batch, text)?, Array1::from(labels)))
}

/// The same with a key for each row, read as labels are: an id, or the group for
/// [`PerGroup`](crate::combine::PerGroup).
///
/// # Errors
/// As [`text_and_label`].
pub fn keyed_text_and_label<K: DeserializeOwned + Ord + Clone, L: DeserializeOwned>(
    batch: RecordBatch,
    key: &str,
    text: &str,
    label: &str,
) -> Result<DatasetBase<Keyed<Text, K>, Array1<L>>> {
    let keys = column_as(&batch, key, |column| values(&column))?;
    let labels = column_as(&batch, label, |column| values(&column))?;
    Ok(DatasetBase::new(Keyed::new(text_of(batch, text)?, keys)?, Array1::from(labels)))
}

/// Rows of numbers, shape (rows, `features`), from one column a feature, in this order, and the labels of
/// another column. Numbers are as in [`numbers`](super::numbers); labels are read as in [`values`].
///
/// # Errors
/// As [`text_and_label`], and [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) when no
/// feature is named.
pub fn rows_and_labels<F: ArrowFloat, L: DeserializeOwned>(
    batch: &RecordBatch,
    features: &[&str],
    label: &str,
) -> Result<DatasetBase<Array2<F>, Array1<L>>> {
    if features.is_empty() {
        return Err(Error::parameter("features", features, "at least one column"));
    }
    let columns = features.iter().map(|name| column_as(batch, name, whole_numbers)).collect::<Result<Vec<_>>>()?;
    let mut rows = Vec::new();
    append_rows(&columns, &mut rows)?;
    let rows =
        Array2::from_shape_vec((batch.num_rows(), features.len()), rows).map_err(|error| unfit(error.to_string()))?;
    Ok(DatasetBase::new(rows, Array1::from(column_as(batch, label, |column| values(&column))?)))
}

/// Sparse rows, shape (rows, `n_features`), from a column of lists of column numbers and one of lists of
/// values, as in [`sparse`], and the labels of another column. Given the last handle on a batch, the
/// rows are moved.
///
/// # Errors
/// As [`text_and_label`] and [`sparse`].
pub fn sparse_rows_and_labels<F: ArrowFloat, L: DeserializeOwned>(
    batch: RecordBatch,
    columns: &str,
    values: &str,
    n_features: usize,
    label: &str,
) -> Result<DatasetBase<Csr<F>, Array1<L>>> {
    let labels = column_as(&batch, label, |column| super::values(&column))?;
    let (columns, values) = (column(&batch, columns)?, column(&batch, values)?);
    drop(batch);
    Ok(DatasetBase::new(sparse(columns, values, n_features)?, Array1::from(labels)))
}

/// Nobody else holds the column by then, unless somebody else holds the batch.
fn text_of(batch: RecordBatch, name: &str) -> Result<Text> {
    let documents = column(&batch, name)?;
    drop(batch);
    text(documents).map_err(|error| in_column(name, error))
}

fn whole_numbers(column: ArrayRef) -> Result<ArrayRef> {
    if !is_number(column.data_type()) {
        return Err(unfit(format!("values of type {}, where numbers are wanted", column.data_type())));
    }
    match column.logical_nulls().and_then(|nulls| (0..nulls.len()).find(|&i| nulls.is_null(i))) {
        Some(row) => Err(unfit("a number is null").at_row(row)),
        None => Ok(column),
    }
}

fn column_as<T>(batch: &RecordBatch, name: &str, read: impl FnOnce(ArrayRef) -> Result<T>) -> Result<T> {
    read(column(batch, name)?).map_err(|error| in_column(name, error))
}

fn column(batch: &RecordBatch, name: &str) -> Result<ArrayRef> {
    super::position(&batch.schema(), name).map(|position| batch.column(position).clone()).map_err(unfit)
}

/// The same error with the name of the column.
fn in_column(name: &str, error: Error) -> Error {
    let ErrorKind::Malformed { problem, .. } = error.kind() else { return error };
    let named = unfit(format!("column `{name}`: {problem}"));
    error.place().row.map_or(named.clone(), |row| named.at_row(row))
}
