//! Arrow arrays and record batches as what a chunk holds, and back.
//!
//! For data that is in memory already, in Arrow's form: a `RecordBatch` of DataFusion, of Polars (by the C
//! data interface), of the crate `arrow`. Files of them are read by
//! [`sources`](crate::sources), which builds on what is here.
//!
//! - [`text_and_label`], [`keyed_text_and_label`], [`rows_and_labels`], [`sparse_rows_and_labels`]: a batch as
//!   a chunk of examples, by the names of its columns.
//! - [`text`], [`values`], [`numbers`], [`dense`], [`sparse`]: one array as documents, labels, rows.
//! - [`text_array`], [`dense_array`], [`sparse_arrays`]: the way back. Labels go back by Arrow's own
//!   `From<Vec<_>>`.
//!
//! What is given by value is moved where it can be: numbers of the right type, the bytes of strings and the
//! values of lists stay where they are, if nobody else holds the array and it was made from vectors, as
//! DataFusion, Parquet's reader and these functions make them. Else they are copied. Documents of
//! other kinds (string views, dictionaries) and rows from several columns are always copied.
//!
//! A `RecordBatch` is a chunk itself: [`Footprint`](super::Footprint) and [`Rows`](super::Rows) are implemented
//! for it, so that it can be split and filtered.

mod batch;
mod cell;
mod cells;
mod column_names;
mod dense;
mod displayed;
mod field_path;
mod lists;
mod numbers;
mod record_batch;
mod sparse;
mod text;

pub use batch::{keyed_text_and_label, rows_and_labels, sparse_rows_and_labels, text_and_label};
pub(crate) use cell::Cell;
pub(crate) use cells::Cells;
pub use cells::values;
pub(crate) use column_names::ColumnNames;
pub(crate) use dense::{VectorCells, append_rows};
pub use dense::{dense, dense_array};
pub(crate) use field_path::FieldPath;
pub use numbers::{ArrowFloat, numbers};
pub(crate) use numbers::{is_integer, is_number};
pub(crate) use sparse::{SparseCells, is_list_of};
pub use sparse::{sparse, sparse_arrays};
pub use text::{text, text_array};

use arrow_schema::Schema;

use crate::error::{Error, ErrorKind};

/// The error of an array that is not fit for this.
fn unfit(problem: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed { format: "Arrow", problem: problem.into() })
}

/// The place of a column by its name, or what is wrong.
pub(crate) fn position(schema: &Schema, name: &str) -> Result<usize, String> {
    let names = || schema.fields().iter().map(|field| format!("`{}`", field.name())).collect::<Vec<_>>().join(", ");
    let mut found = (0..schema.fields().len()).filter(|&i| schema.field(i).name() == name);
    match (found.next(), found.next()) {
        (Some(position), None) => Ok(position),
        (None, _) => Err(format!("no column `{name}` among {}", names())),
        (Some(_), Some(_)) => Err(format!("there are several columns `{name}`: rename them")),
    }
}
