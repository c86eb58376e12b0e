//! Rows on their way into a file, whatever its format.

use crate::data::{Csr, Footprint, Text};
use crate::error::{Error, Result};

/// Rows as named columns: what every [`RowFormat`](super::RowFormat) writes.
///
/// Made of a chunk by [`Tabular`](super::Tabular) or [`Predictions`](super::Predictions), or by hand:
///
/// ```
/// use chunkfit::sinks::{Column, Table};
/// let table = Table::new(2).with("city", Column::Text(["Ulm", "Jena"].into_iter().collect()))?;
/// let table = table.with("people", Column::Int(vec![129_942, 110_502]))?;
/// assert_eq!((table.n_rows(), table.columns().len()), (2, 2));
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Table {
    n_rows: usize,
    sparse: Option<SparseRows>,
    columns: Vec<(String, Column)>,
}

/// The values of one column.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Column {
    /// Yes or no.
    Bool(Vec<bool>),
    /// Whole numbers.
    Int(Vec<i64>),
    /// Whole numbers, of which some are above 2^63 - 1.
    UInt(Vec<u64>),
    /// Numbers of 32 bits.
    Float32(Vec<f32>),
    /// Numbers of 64 bits.
    Float64(Vec<f64>),
    /// Texts.
    Text(Text),
}

/// Sparse features, which a table has beside its columns.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SparseRows {
    /// Values of 32 bits.
    Float32(Csr<f32>),
    /// Values of 64 bits.
    Float64(Csr<f64>),
}

/// One value of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cell<'a> {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number.
    UInt(u64),
    /// A number of 32 bits.
    Float32(f32),
    /// A number of 64 bits.
    Float64(f64),
    /// A text.
    Text(&'a str),
}

impl Table {
    /// A table of so many rows that has no column yet.
    pub fn new(n_rows: usize) -> Self {
        Table { n_rows, sparse: None, columns: Vec::new() }
    }

    /// The same with one more column, behind the others.
    ///
    /// # Errors
    /// [`ErrorKind::ShapeMismatch`](crate::ErrorKind::ShapeMismatch) for another number of rows,
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for a name that is taken.
    pub fn with(mut self, name: impl Into<String>, column: Column) -> Result<Self> {
        let name = name.into();
        if column.len() != self.n_rows {
            return Err(Error::shape("rows", self.n_rows, column.len()));
        }
        if self.columns.iter().any(|(taken, _)| *taken == name) {
            return Err(Error::parameter("column", name, "a name of its own for every column"));
        }
        self.columns.push((name, column));
        Ok(self)
    }

    /// The same with sparse features, in the place of those it had.
    ///
    /// # Errors
    /// [`ErrorKind::ShapeMismatch`](crate::ErrorKind::ShapeMismatch) for another number of rows.
    pub fn with_sparse(self, rows: SparseRows) -> Result<Self> {
        if rows.n_rows() != self.n_rows {
            return Err(Error::shape("rows", self.n_rows, rows.n_rows()));
        }
        Ok(Table { sparse: Some(rows), ..self })
    }

    /// These columns, then those of another table about the same rows.
    ///
    /// # Errors
    /// As [`with`](Self::with).
    pub fn beside(self, other: Table) -> Result<Self> {
        let table = match other.sparse {
            Some(rows) => self.with_sparse(rows)?,
            None => self,
        };
        other.columns.into_iter().try_fold(table, |table, (name, column)| table.with(name, column))
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The columns with their names, in order.
    pub fn columns(&self) -> &[(String, Column)] {
        &self.columns
    }

    /// The sparse features, if there are any.
    pub fn sparse(&self) -> Option<&SparseRows> {
        self.sparse.as_ref()
    }
}

impl Column {
    /// How many values there are.
    pub fn len(&self) -> usize {
        match self {
            Column::Bool(values) => values.len(),
            Column::Int(values) => values.len(),
            Column::UInt(values) => values.len(),
            Column::Float32(values) => values.len(),
            Column::Float64(values) => values.len(),
            Column::Text(texts) => texts.len(),
        }
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Value `i`.
    ///
    /// # Panics
    /// When there are not more than `i` values.
    pub fn cell(&self, i: usize) -> Cell<'_> {
        match self {
            Column::Bool(values) => Cell::Bool(values[i]),
            Column::Int(values) => Cell::Int(values[i]),
            Column::UInt(values) => Cell::UInt(values[i]),
            Column::Float32(values) => Cell::Float32(values[i]),
            Column::Float64(values) => Cell::Float64(values[i]),
            Column::Text(texts) => Cell::Text(texts.get(i)),
        }
    }
}

impl SparseRows {
    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        match self {
            SparseRows::Float32(rows) => rows.view().n_rows(),
            SparseRows::Float64(rows) => rows.view().n_rows(),
        }
    }

    /// Calls `f` with the column, counted from 0, and the value of each stored feature of row `i`.
    pub(super) fn for_each(&self, i: usize, mut f: impl FnMut(u32, Cell<'static>) -> Result<()>) -> Result<()> {
        match self {
            SparseRows::Float32(rows) => {
                let (columns, values) = rows.view().row(i);
                columns.iter().zip(values).try_for_each(|(&column, &value)| f(column, Cell::Float32(value)))
            }
            SparseRows::Float64(rows) => {
                let (columns, values) = rows.view().row(i);
                columns.iter().zip(values).try_for_each(|(&column, &value)| f(column, Cell::Float64(value)))
            }
        }
    }
}

impl Footprint for Table {
    fn heap_bytes(&self) -> usize {
        let sparse = match &self.sparse {
            None => 0,
            Some(SparseRows::Float32(rows)) => rows.heap_bytes(),
            Some(SparseRows::Float64(rows)) => rows.heap_bytes(),
        };
        let column = |column: &Column| match column {
            Column::Bool(values) => values.heap_bytes(),
            Column::Int(values) => values.heap_bytes(),
            Column::UInt(values) => values.heap_bytes(),
            Column::Float32(values) => values.heap_bytes(),
            Column::Float64(values) => values.heap_bytes(),
            Column::Text(texts) => texts.heap_bytes(),
        };
        sparse + self.columns.iter().map(|(name, values)| name.heap_bytes() + column(values)).sum::<usize>()
    }

    fn row_count(&self) -> usize {
        self.n_rows
    }
}
