//! Sparse rows with labels, as SVMlight and LIBSVM read them.

use serde::Serialize;

use super::cells::write_plain;
use super::row_format::{RowFormat, unwritable};
use super::table::{Cell, Column, Table};
use crate::error::{Error, Result};
use crate::sources::IndexBase;

/// Sparse rows and their labels: `label column:value …`, as scikit-learn's `dump_svmlight_file` writes. Files are
/// called `.svmlight`, and read by [`sources::Svmlight`](crate::sources::Svmlight).
///
/// Labels are numbers, or booleans, which become 1 and 0. The format has no place for anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Svmlight {
    base: IndexBase,
}

impl Svmlight {
    /// Columns counted from 0 or from 1, as the reader expects.
    pub fn new(base: IndexBase) -> Self {
        Svmlight { base }
    }
}

impl RowFormat for Svmlight {
    const NAME: &'static str = "svmlight";
    const EXTENSION: &'static str = "svmlight";

    fn rows(&self, table: &Table) -> Result<Vec<u8>> {
        let sparse = table.sparse().ok_or_else(|| unwritable::<Self>("it is for sparse features: write CSV"))?;
        let labels = match table.columns() {
            [(name, labels)] if name == "label" => labels,
            [] => return Err(unwritable::<Self>("rows without labels: write JSON lines")),
            columns => {
                let names: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
                let problem = format!("it holds a label and features, and there are {}", names.join(", "));
                return Err(unwritable::<Self>(problem + ": write JSON lines"));
            }
        };
        if matches!(labels, Column::Text(_)) && table.n_rows() > 0 {
            return Err(text_label());
        }
        let first = match self.base {
            IndexBase::Zero => 0,
            IndexBase::One => 1,
        };
        let mut out = Vec::new();
        for i in 0..table.n_rows() {
            let label = match labels.cell(i) {
                Cell::Bool(label) => Cell::Int(label.into()),
                Cell::Null => return Err(unwritable::<Self>("the label is missing").at_row(i)),
                Cell::Text(_) => return Err(text_label().at_row(i)),
                label => label,
            };
            write_plain(label, &mut out);
            sparse.for_each(i, |column, value| {
                out.push(b' ');
                write_plain(Cell::UInt(u64::from(column) + first), &mut out);
                out.push(b':');
                write_plain(value, &mut out);
                Ok(())
            })?;
            out.push(b'\n');
        }
        Ok(out)
    }
}

fn text_label() -> Error {
    unwritable::<Svmlight>("labels are texts: number them, or write JSON lines")
}
