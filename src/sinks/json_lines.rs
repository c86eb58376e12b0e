//! One JSON object a line.

use serde::Serialize;

use super::cells::write_json;
use super::row_format::{RowFormat, unwritable};
use super::table::{Cell, SparseRows, Table};
use crate::error::Result;

/// One JSON object a line, a field a column. Sparse features are two fields: `indices`, counted from 0, and
/// `values`, as many. Files are called `.jsonl`, and read by [`sources::JsonLines`](crate::sources::JsonLines).
///
/// Numbers come back with all bits; a missing value is `null`. JSON has no NaN and no infinity: they are an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct JsonLines;

impl RowFormat for JsonLines {
    const NAME: &'static str = "JSON lines";
    const EXTENSION: &'static str = "jsonl";

    fn rows(&self, table: &Table) -> Result<Vec<u8>> {
        let names = table.columns().iter().map(|(name, _)| name);
        let quoted: Vec<Vec<u8>> = names.map(|name| [&quote(name)[..], b":"].concat()).collect();
        let taken = |name: &str| table.columns().iter().any(|(column, _)| column == name);
        if table.sparse().is_some() && (taken("indices") || taken("values")) {
            return Err(unwritable::<Self>("a column is called indices or values, as sparse features are: rename it"));
        }
        let (mut out, mut scratch) = (Vec::new(), Vec::new());
        for i in 0..table.n_rows() {
            write_row(table, &quoted, i, &mut out, &mut scratch).map_err(|error| error.at_row(i))?;
        }
        Ok(out)
    }
}

fn write_row(table: &Table, quoted: &[Vec<u8>], i: usize, out: &mut Vec<u8>, scratch: &mut Vec<u8>) -> Result<()> {
    out.push(b'{');
    if let Some(sparse) = table.sparse() {
        write_sparse(sparse, i, out, scratch)?;
    }
    for ((name, column), quoted) in table.columns().iter().zip(quoted) {
        out.extend_from_slice(quoted);
        write_value(column.cell(i), name, out)?;
        out.push(b',');
    }
    close(out, b'}');
    out.push(b'\n');
    Ok(())
}

fn write_sparse(sparse: &SparseRows, i: usize, out: &mut Vec<u8>, values: &mut Vec<u8>) -> Result<()> {
    out.extend_from_slice(b"\"indices\":[");
    values.clear();
    sparse.for_each(i, |column, value| {
        write_value(Cell::UInt(column.into()), "indices", out)?;
        out.push(b',');
        write_value(value, "values", values)?;
        values.push(b',');
        Ok(())
    })?;
    close(out, b']');
    out.extend_from_slice(b",\"values\":[");
    out.append(values);
    close(out, b']');
    out.push(b',');
    Ok(())
}

/// Ends a list, in the place of a last comma.
fn close(out: &mut Vec<u8>, end: u8) {
    if out.last() == Some(&b',') {
        out.pop();
    }
    out.push(end);
}

fn write_value(cell: Cell<'_>, column: &str, out: &mut Vec<u8>) -> Result<()> {
    write_json(cell, out).ok_or_else(|| {
        unwritable::<JsonLines>(format!("{cell:?} in column {column}, and JSON has no such number: write CSV"))
    })
}

fn quote(name: &str) -> Vec<u8> {
    let mut quoted = Vec::new();
    write_json(Cell::Text(name), &mut quoted).expect("a text is JSON");
    quoted
}
