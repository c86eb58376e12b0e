//! Comma-separated values.

use csv::WriterBuilder;
use serde::Serialize;

use super::cells::write_plain;
use super::row_format::{RowFormat, unwritable};
use super::table::Table;
use crate::error::Result;

/// Comma-separated values (RFC 4180, lines end with `\n`) with a header line. Files are called `.csv`, and read by
/// [`sources::Csv`](crate::sources::Csv).
///
/// Numbers come back with all bits; NaN and infinite ones are `NaN`, `inf` and `-inf`, booleans `true` and `false`.
/// Sparse features have no place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Csv {
    delimiter: u8,
}

impl Default for Csv {
    fn default() -> Self {
        Csv { delimiter: b',' }
    }
}

impl Csv {
    /// The byte between fields: a comma unless it is set; `b'\t'` for tab-separated values.
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    fn records(&self, write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> Result<Vec<u8>> {
        let mut writer = WriterBuilder::new().delimiter(self.delimiter).from_writer(Vec::new());
        write(&mut writer).map_err(|error| unwritable::<Self>(error.to_string()))?;
        writer.into_inner().map_err(|error| unwritable::<Self>(error.to_string()))
    }
}

impl RowFormat for Csv {
    const NAME: &'static str = "CSV";
    const EXTENSION: &'static str = "csv";

    fn header(&self, table: &Table) -> Result<Vec<u8>> {
        if table.sparse().is_some() {
            return Err(unwritable::<Self>("sparse features have no columns: write JSON lines or svmlight"));
        }
        if table.columns().is_empty() {
            return Err(unwritable::<Self>("the rows have no column"));
        }
        self.records(|writer| writer.write_record(table.columns().iter().map(|(name, _)| name)))
    }

    fn rows(&self, table: &Table) -> Result<Vec<u8>> {
        let mut field = Vec::new();
        self.records(|writer| {
            for i in 0..table.n_rows() {
                for (_, column) in table.columns() {
                    field.clear();
                    write_plain(column.cell(i), &mut field);
                    writer.write_field(&field)?;
                }
                writer.write_record(None::<&[u8]>)?;
            }
            Ok(())
        })
    }
}
