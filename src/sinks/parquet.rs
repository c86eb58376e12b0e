//! Parquet, a row group for every chunk.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{
    Array, ArrayRef, BooleanArray, Float32Array, Float64Array, Int64Array, RecordBatch, UInt64Array, make_array,
};
use arrow_buffer::NullBuffer;
use arrow_schema::{Field, Schema};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use serde::Serialize;

use super::assemble::Assemble;
use super::row_format::{RowFormat, unwritable};
use super::sink::Sink;
use super::table::{Column, SparseRows, Table};
use crate::data::arrow::{sparse_arrays, text_array};
use crate::error::{Error, ErrorKind, Result};

/// Parquet (feature `parquet`): columns of booleans, 64-bit integers, floats and strings, nullable where values are
/// [`Option`]s, compressed by Zstandard, a row group for every chunk. Sparse features are two columns of lists: `indices`,
/// counted from 0, and `values`. Files are called `.parquet`, and read by [`sources::Parquet`](crate::sources::Parquet).
///
/// A column of `Option`s that are all `None` in a chunk has no type there, and is refused: write CSV or JSON lines.
///
/// Every chunk becomes a small file in memory, on any thread; what has to happen in order is no more than
/// putting their row groups together, which are neither decoded nor compressed again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Parquet;

impl Sink<Parquet> {
    /// [`Parquet`] in this folder, which is created if it is not there.
    pub fn parquet(folder: impl Into<PathBuf>) -> Self {
        Sink::new(folder, Parquet)
    }
}

impl RowFormat for Parquet {
    const NAME: &'static str = "Parquet";
    const EXTENSION: &'static str = "parquet";

    /// A whole file of these rows.
    fn rows(&self, table: &Table) -> Result<Vec<u8>> {
        let batch = batch_of(table)?;
        let mut file = Vec::new();
        let mut write = || {
            let properties = WriterProperties::builder()
                .set_compression(Compression::ZSTD(ZstdLevel::default()))
                .set_max_row_group_row_count(None)
                .build();
            let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), Some(properties))?;
            writer.write(&batch)?;
            writer.close()
        };
        write().map_err(failed)?;
        Ok(file)
    }

    fn assemble(&self, file: File) -> Box<dyn Assemble> {
        Box::new(RowGroups { file: Some(file), writer: None })
    }
}

/// The columns as arrays, the sparse features first.
fn batch_of(table: &Table) -> Result<RecordBatch> {
    let mut columns: Vec<(Field, ArrayRef)> = Vec::new();
    let field = |name: &str, array: &ArrayRef, nullable| Field::new(name, array.data_type().clone(), nullable);
    if let Some(sparse) = table.sparse() {
        let (indices, values) = match sparse {
            SparseRows::Float32(rows) => sparse_arrays(rows.clone())?,
            SparseRows::Float64(rows) => sparse_arrays(rows.clone())?,
        };
        if let Some((name, _)) = table.columns().iter().find(|(name, _)| name == "indices" || name == "values") {
            let problem = format!("a column is called {name}, as that of sparse features is: rename it");
            return Err(unwritable::<Parquet>(problem));
        }
        let arrays: [(&str, ArrayRef); 2] = [("indices", Arc::new(indices)), ("values", Arc::new(values))];
        columns.extend(arrays.map(|(name, array)| (field(name, &array, false), array)));
    }
    for (name, column) in table.columns() {
        let array = array_of(name, column)?;
        columns.push((field(name, &array, matches!(column, Column::Nullable(_))), array));
    }
    if columns.is_empty() {
        return Err(unwritable::<Parquet>("rows of no columns"));
    }
    let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = columns.into_iter().unzip();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|error| unwritable::<Parquet>(error.to_string()))
}

/// A column as an array.
fn array_of(name: &str, column: &Column) -> Result<ArrayRef> {
    Ok(match column {
        Column::Bool(values) => Arc::new(BooleanArray::from(values.clone())),
        Column::Int(values) => Arc::new(Int64Array::from(values.clone())),
        Column::UInt(values) => Arc::new(UInt64Array::from(values.clone())),
        Column::Float32(values) => Arc::new(Float32Array::from(values.clone())),
        Column::Float64(values) => Arc::new(Float64Array::from(values.clone())),
        Column::Text(text) => Arc::new(text_array(text.clone())?),
        Column::Nullable(column) => {
            let values = array_of(name, column.values())?;
            let present = NullBuffer::from(column.present().to_vec());
            let data = values.to_data().into_builder().nulls(Some(present)).build();
            make_array(data.map_err(|error| unwritable::<Parquet>(error.to_string()))?)
        }
        Column::Null(_) => {
            let problem = format!("column {name} is missing in every row of a chunk, so that its type is not known");
            return Err(unwritable::<Parquet>(problem + ": write CSV or JSON lines, or larger chunks"));
        }
    })
}

/// The row groups of small files, put together.
struct RowGroups {
    /// Until the first rows tell the columns.
    file: Option<File>,
    writer: Option<SerializedFileWriter<File>>,
}

impl Assemble for RowGroups {
    fn append(&mut self, rows: &[u8]) -> Result<()> {
        let part = Bytes::copy_from_slice(rows);
        let reader = SerializedFileReader::new(part.clone()).map_err(failed)?;
        if let Some(file) = self.file.take() {
            self.writer = Some(begin(file, reader.metadata()).map_err(failed)?);
        }
        match &mut self.writer {
            Some(writer) => append(writer, reader.metadata(), &part),
            None => Ok(()),
        }
    }

    fn finish(&mut self) -> Result<()> {
        let Some(writer) = &mut self.writer else {
            let problem = "there is no row, and nothing else tells the columns of records: write CSV or JSON lines";
            return Err(unwritable::<Parquet>(problem));
        };
        writer.finish().map(drop).map_err(failed)
    }
}

/// A file with the columns of another.
fn begin(file: File, like: &ParquetMetaData) -> Result<SerializedFileWriter<File>, ParquetError> {
    let like = like.file_metadata();
    // Arrow's own schema is among them.
    let properties = WriterProperties::builder().set_key_value_metadata(like.key_value_metadata().cloned()).build();
    SerializedFileWriter::new(file, like.schema_descr().root_schema_ptr(), Arc::new(properties))
}

fn append(writer: &mut SerializedFileWriter<File>, of: &ParquetMetaData, part: &Bytes) -> Result<()> {
    if of.file_metadata().schema_descr().root_schema() != writer.schema_descr().root_schema() {
        return Err(unwritable::<Parquet>("the columns differ from those of the file's first chunk"));
    }
    let mut splice = || -> Result<(), ParquetError> {
        for rows in of.row_groups() {
            let mut group = writer.next_row_group()?;
            for column in rows.columns() {
                let close = ColumnCloseResult {
                    bytes_written: column.compressed_size() as u64,
                    rows_written: rows.num_rows() as u64,
                    metadata: column.clone(),
                    bloom_filter: None,
                    column_index: None,
                    offset_index: None,
                };
                group.append_column(part, close)?;
            }
            group.close()?;
        }
        Ok(())
    };
    splice().map_err(failed)
}

fn failed(error: ParquetError) -> Error {
    Error::new(ErrorKind::Io { action: "write" }).caused_by(error)
}
