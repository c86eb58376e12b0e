//! Chunks and predictions written to files.
//!
//! - [`Sink`]: a folder, and the format of its files: [`JsonLines`], [`Csv`], [`Svmlight`], `Parquet` (a feature), or
//!   a [`RowFormat`] of your own. One output file for every input file, whole or not there; what is done is not done again.
//! - [`Predictions`]: what a model says of every row, with ids, labels, decision values and probabilities.
//! - [`Tabular`]: chunks that can be written as they are: documents, sparse and dense rows, transformed or not; records
//!   of your own, by their fields' names; any of these with further columns.
//!
//! The data flows one way: chunks become [`Table`]s, which a format turns into bytes on all threads; these are appended
//! in order to a file aside, and the file is renamed when it is whole. A further format is one more `RowFormat`.

mod assemble;
mod cells;
mod column_builder;
mod csv;
mod folder;
mod json_lines;
mod outputs;
#[cfg(feature = "parquet")]
mod parquet;
mod part_file;
mod predictions;
mod receipt;
mod records;
mod report;
mod row_format;
mod scalars;
mod sink;
mod svmlight;
mod table;
mod tabular;
mod to_predict;

pub use self::csv::Csv;
#[cfg(feature = "parquet")]
pub use self::parquet::Parquet;
pub use assemble::Assemble;
pub use json_lines::JsonLines;
pub use predictions::Predictions;
pub use report::{OutputFile, WriteReport};
pub use row_format::{RowFormat, unwritable};
pub use sink::{Sink, Writing};
pub use svmlight::Svmlight;
pub use table::{Cell, Column, NullableColumn, SparseRows, Table};
pub use tabular::{RecordColumns, Tabular, TargetColumns};
pub use to_predict::{IdentifiedRows, ToPredict};
