//! Comma-separated values.

use csv::{QuoteStyle, WriterBuilder};
use serde::Serialize;

use super::cells::write_plain;
use super::row_format::{RowFormat, unwritable};
use super::table::{Cell, Table};
use crate::data::formula::escape_formula;
use crate::error::Result;

/// Comma-separated values (RFC 4180, lines end with `\n`) with a header line. Files are called `.csv`, and read by
/// [`sources::Csv`](crate::sources::Csv).
///
/// Numbers come back with all bits; NaN and infinite ones are `NaN`, `inf` and `-inf`, booleans `true` and `false`.
/// A missing value is an empty field, as an empty text is: read as an `Option`, both are `None`. Sparse features have no
/// place in it.
///
/// # Spreadsheets
/// A spreadsheet takes a cell such as `=HYPERLINK(..)`, `@SUM(..)` or `+1` for a formula, and runs it: whoever can
/// put text into the data can so reach those who open the file ([CSV injection], as OWASP calls it). Where the file goes to
/// a spreadsheet, set [`escape_formulas`](Csv::escape_formulas). It is not set by default, because the texts of the file
/// are then not those of the data any more.
///
/// [CSV injection]: https://owasp.org/www-community/attacks/CSV_Injection
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Csv {
    delimiter: u8,
    escape_formulas: bool,
}

impl Default for Csv {
    fn default() -> Self {
        Csv { delimiter: b',', escape_formulas: false }
    }
}

impl Csv {
    /// The byte between fields: a comma unless it is set; `b'\t'` for tab-separated values.
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Puts `'` before every text that a spreadsheet would take for a formula, also in the header: one that begins with
    /// `=`, `+`, `-`, `@`, a tab or the end of a line, or with one of the signs' wide forms, after blanks or not; but for
    /// negative numbers such as `-1.5`. All texts are quoted then, so that no other delimiter of a spreadsheet's cuts them.
    /// Off by default: see [above](Csv#spreadsheets).
    ///
    /// ```
    /// use chunkfit::sinks::{Column, Csv, RowFormat, Table};
    /// let texts = Column::Text(["=1+1", "-1.5", "oil"].into_iter().collect());
    /// let table = Table::new(3).with("text", texts)?;
    /// let escaped = Csv::default().escape_formulas(true).rows(&table)?;
    /// assert_eq!(escaped, b"\"'=1+1\"\n-1.5\n\"oil\"\n");
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn escape_formulas(mut self, escape: bool) -> Self {
        self.escape_formulas = escape;
        self
    }

    fn records(&self, write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> Result<Vec<u8>> {
        let quotes = if self.escape_formulas { QuoteStyle::NonNumeric } else { QuoteStyle::Necessary };
        let mut writer = WriterBuilder::new().delimiter(self.delimiter).quote_style(quotes).from_writer(Vec::new());
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
        let names = table.columns().iter().map(|(name, _)| name.as_str());
        if self.escape_formulas {
            return self.records(|writer| writer.write_record(names.map(|name| escape_formula(name).into_owned())));
        }
        self.records(|writer| writer.write_record(names))
    }

    fn rows(&self, table: &Table) -> Result<Vec<u8>> {
        let mut field = Vec::new();
        self.records(|writer| {
            for i in 0..table.n_rows() {
                for (_, column) in table.columns() {
                    field.clear();
                    match column.cell(i) {
                        Cell::Text(text) if self.escape_formulas => {
                            field.extend_from_slice(escape_formula(text).as_bytes());
                        }
                        cell => write_plain(cell, &mut field),
                    }
                    writer.write_field(&field)?;
                }
                writer.write_record(None::<&[u8]>)?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sinks::table::Column;

    #[test]
    fn formulas_are_escaped_in_cells_and_headers_and_nothing_else_is_changed() {
        let texts = ["=HYPERLINK(\"http://x\",\"a\")", "@SUM(A1)", "+1", "-1.5", "a;=1", "\t=1", "oil, \"tea\"", ""];
        let table = Table::new(texts.len()).with("=name", Column::Text(texts.into_iter().collect())).unwrap();
        let table = table.with("number", Column::Float64(vec![-1.5; texts.len()])).unwrap();
        let csv = Csv::default().escape_formulas(true);
        let file = [csv.header(&table).unwrap(), csv.rows(&table).unwrap()].concat();
        let mut reader = csv::ReaderBuilder::new().from_reader(file.as_slice());
        assert_eq!(reader.headers().unwrap(), vec!["'=name", "number"]);
        let cells: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let first: Vec<&str> = cells.iter().map(|row| &row[0]).collect();
        assert_eq!(
            first,
            ["'=HYPERLINK(\"http://x\",\"a\")", "'@SUM(A1)", "'+1", "-1.5", "a;=1", "'\t=1", "oil, \"tea\"", ""]
        );
        assert!(cells.iter().all(|row| &row[1] == "-1.5"), "numbers are no formulas");
        assert!(String::from_utf8(file).unwrap().starts_with("\"'=name\",\"number\"\n\"'=HYPERLINK(\"\"http"));

        let plain = Csv::default();
        let file = [plain.header(&table).unwrap(), plain.rows(&table).unwrap()].concat();
        assert!(String::from_utf8(file).unwrap().starts_with("=name,number\n\"=HYPERLINK("), "off by default");
    }
}
