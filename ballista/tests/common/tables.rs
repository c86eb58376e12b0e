//! The same rows as Parquet, JSON lines and CSV, one file a partition.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use datafusion::arrow::{csv, json};
use datafusion::parquet::arrow::ArrowWriter;

/// A format of files, by its name for `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Parquet,
    Json,
    Csv,
}

impl Format {
    pub const ALL: [Format; 3] = [Format::Parquet, Format::Json, Format::Csv];

    pub fn name(self) -> &'static str {
        match self {
            Format::Parquet => "parquet",
            Format::Json => "json",
            Format::Csv => "csv",
        }
    }
}

/// The rows of one file.
#[derive(Clone, Debug, Default)]
pub struct Part {
    pub text: Vec<String>,
    /// Two classes.
    pub label: Vec<bool>,
    /// More of them.
    pub topic: Vec<String>,
    /// Whose row it is.
    pub customer: Vec<String>,
}

impl Part {
    fn batch(&self) -> RecordBatch {
        let strings = |column: &[String]| Arc::new(StringArray::from_iter_values(column)) as ArrayRef;
        let label: ArrayRef = Arc::new(BooleanArray::from(self.label.clone()));
        let (topic, customer) = (strings(&self.topic), strings(&self.customer));
        let columns = [("text", strings(&self.text)), ("label", label), ("topic", topic), ("customer", customer)];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    pub fn write(&self, format: Format, file: &Path) {
        let (batch, file) = (self.batch(), File::create(file).unwrap());
        match format {
            Format::Parquet => {
                let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
                writer.write(&batch).unwrap();
                writer.close().unwrap();
            }
            Format::Json => {
                let mut writer = json::LineDelimitedWriter::new(file);
                writer.write(&batch).unwrap();
                writer.finish().unwrap();
            }
            Format::Csv => csv::WriterBuilder::new().with_header(true).build(file).write(&batch).unwrap(),
        }
    }
}

/// Writes a file a part into a folder of its own, the files numbered in the order of the parts.
pub fn write(parts: &[Part], format: Format, folder: &Path) -> PathBuf {
    let folder = folder.join(format.name());
    std::fs::create_dir_all(&folder).unwrap();
    for (i, part) in parts.iter().enumerate() {
        part.write(format, &folder.join(format!("part-{i:04}.{}", format.name())));
    }
    folder
}
