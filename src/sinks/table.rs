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
    /// The columns are unknown: records of no rows.
    is_open: bool,
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
    /// Values of which some may be missing.
    Nullable(NullableColumn),
    /// So many missing values, of no known type.
    Null(usize),
}

/// A column of which some values may be missing: of [`Option`]s.
///
/// ```
/// use chunkfit::sinks::{Cell, Column, NullableColumn};
/// let heights = NullableColumn::new(Column::Float64(vec![1.5, 0.0]), vec![true, false])?;
/// let column = Column::Nullable(heights);
/// assert_eq!((column.cell(0), column.cell(1)), (Cell::Float64(1.5), Cell::Null));
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct NullableColumn {
    values: Box<Column>,
    present: Vec<bool>,
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
    /// A missing value.
    Null,
}

impl Table {
    /// A table of so many rows that has no column yet.
    pub fn new(n_rows: usize) -> Self {
        Table { n_rows, is_open: false, sparse: None, columns: Vec::new() }
    }

    /// A table of records without rows, whose columns are unknown.
    pub(super) fn open() -> Self {
        Table { is_open: true, ..Table::new(0) }
    }

    /// Whether there are no rows that would tell the columns.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
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
        let is_open = self.is_open || other.is_open;
        let table = match other.sparse {
            Some(rows) => self.with_sparse(rows)?,
            None => self,
        };
        let table = Table { is_open, ..table };
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
            Column::Nullable(values) => values.present.len(),
            Column::Null(n) => *n,
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
            Column::Nullable(values) if values.present[i] => values.values.cell(i),
            Column::Nullable(_) | Column::Null(_) => Cell::Null,
        }
    }

    fn heap_bytes(&self) -> usize {
        match self {
            Column::Bool(values) => values.heap_bytes(),
            Column::Int(values) => values.heap_bytes(),
            Column::UInt(values) => values.heap_bytes(),
            Column::Float32(values) => values.heap_bytes(),
            Column::Float64(values) => values.heap_bytes(),
            Column::Text(texts) => texts.heap_bytes(),
            Column::Nullable(values) => values.values.heap_bytes() + values.present.heap_bytes(),
            Column::Null(_) => 0,
        }
    }
}

impl NullableColumn {
    /// Values, and which of them are there. The others may be anything.
    ///
    /// # Errors
    /// [`ErrorKind::ShapeMismatch`](crate::ErrorKind::ShapeMismatch) for another number of values than of flags,
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for values that can be missing already.
    pub fn new(values: Column, present: Vec<bool>) -> Result<Self> {
        if matches!(values, Column::Nullable(_) | Column::Null(_)) {
            return Err(Error::parameter("values", "a nullable column", "a column of values that are all there"));
        }
        if values.len() != present.len() {
            return Err(Error::shape("flags of the column", values.len(), present.len()));
        }
        Ok(NullableColumn { values: Box::new(values), present })
    }

    /// The values; those that are missing may be anything.
    pub fn values(&self) -> &Column {
        &self.values
    }

    /// True for every value that is there.
    pub fn present(&self) -> &[bool] {
        &self.present
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
        sparse + self.columns.iter().map(|(name, values)| name.heap_bytes() + values.heap_bytes()).sum::<usize>()
    }

    fn row_count(&self) -> usize {
        self.n_rows
    }
}
