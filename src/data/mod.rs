//! Containers of the data in a chunk, and the traits for their rows.
//!
//! A chunk of examples is a [`linfa::DatasetBase`]: records, targets and weights. The records are
//! one of
//! - [`Text`]: documents as UTF-8, or [`RawText`]: documents as bytes still to be decoded;
//! - [`Csr`]: a sparse matrix, one row an example;
//! - a dense `ndarray::Array2`;
//! - [`Keyed`]: any of these, with the group that every row belongs to.
//!
//! A struct of a user's own is a row of chunks as a [`Record`], by serde alone; [`FeatureValues`] are the features that a
//! function of a record gives.
//!
//! [`WithColumn`] is any chunk with one more column, computed row by row.
//!
//! [`Rows`] is what all of them (and plain vectors) share: rows can be counted, looked at, selected
//! and put together; a [`RowSet`] names some of them. [`Footprint`] tells how much memory a chunk holds.
//! `arrow` (a feature) brings all of it from and to Arrow's arrays.
//! [`Chunk`] is what a chunk has to be, [`Shared`] what every value has to be that threads share.
//! [`Compact`] is how it is written down in a chunk cache. [`Identified`] is the stable
//! name of the type of an estimator's parameters; [`Figure`] is a score, an objective or a loss by its name. [`Norm`] is a length that rows can be scaled by.

#[cfg(feature = "arrow")]
pub mod arrow;
mod check_values;
pub(crate) mod checked;
pub(crate) mod codec;
mod column_rows;
pub(crate) mod column_set;
mod compact;
mod csr;
mod csr_builder;
pub(crate) mod feature_rows;
mod feature_values;
mod figure;
pub(crate) mod float;
mod footprint;
#[cfg(feature = "formats")]
pub(crate) mod formula;
mod heap_bytes;
mod identified;
mod keyed;
pub(crate) mod labels;
mod merge_columns;
mod norm;
mod process_memory;
mod record;
mod remembered;
mod row_set;
mod row_weights;
mod rows;
mod rows_view;
#[cfg(any(feature = "arrow", feature = "formats"))]
mod scalar;
mod shared;
mod text;
mod twofold;
mod type_name;
mod weighted_rows;
mod wide;
mod with_column;
mod with_rows;

pub(crate) use check_values::{check_values, first_odd_row};
pub use codec::Codec;
pub(crate) use column_rows::ColumnRows;
pub use compact::Compact;
pub use csr::{Csr, CsrView};
pub use csr_builder::CsrBuilder;
pub use feature_rows::{FeatureRow, FeatureRows};
pub use feature_values::FeatureValues;
pub use figure::Figure;
pub use float::Float;
pub(crate) use float::{FloatComputation, float_computation};
pub use footprint::Footprint;
pub use identified::Identified;
pub(crate) use identified::claim;
pub use keyed::Keyed;
pub use labels::ClassLabel;
pub(crate) use merge_columns::merge_columns;
pub use norm::Norm;
#[cfg(not(test))]
pub(crate) use process_memory::resident_bytes;
pub(crate) use process_memory::{allowed_bytes, check_model_bytes};
pub use record::Record;
pub(crate) use remembered::Remembered;
pub use row_set::RowSet;
pub use row_weights::checked_weights;
pub(crate) use row_weights::{check_weights, present_rows, refuse_weights, total_weight};
pub use rows::Rows;
pub(crate) use rows_view::CompiledRows;
pub use rows_view::RowsView;
#[cfg(any(feature = "arrow", feature = "formats"))]
pub(crate) use scalar::{NamedValues, Nested, NestedValue, Scalar};
pub use shared::{Chunk, Shared};
pub use text::{RawText, Text, TextBuilder};
pub(crate) use twofold::{Twofold, two_sum};
pub(crate) use type_name::short_name;
pub(crate) use weighted_rows::{check_finite, check_rows, rows_of_weight, weights_of};
pub(crate) use wide::wide;
pub(crate) use with_column::row_by_row;
pub use with_column::{WithColumn, WithColumns};
pub(crate) use with_rows::with_rows;
