//! Chunks as tables.

use linfa::dataset::{DatasetBase, Records};
use ndarray::{Array1, Array2, ArrayView1};
use serde::Serialize;

use super::column_builder::values_column;
use super::records::records;
use super::scalars::{floats, labels, scalars};
use super::table::{Column, SparseRows, Table};
use crate::data::{Csr, Float, Keyed, Text, WithColumn, WithColumns};
use crate::error::{Error, ErrorKind, Result};

/// A chunk that can be written: documents, sparse or dense rows, with keys, labels and weights or without.
///
/// | what | columns |
/// |---|---|
/// | keys of [`Keyed`] records | `id` |
/// | [`Text`] | `text` |
/// | [`Csr`] | the table's [sparse features](Table::sparse) |
/// | `Array2` | the data set's feature names, or `x0`, `x1`, … |
/// | records of your own: `Vec<T>`, where `T` serializes as a struct | its fields, by their names |
/// | `Vec` of booleans, numbers, strings | `value` |
/// | [`WithColumn`], [`WithColumns`] | the columns of the rows, then the new ones by their names |
/// | targets: `Array1`, `Array2`, or `()` for none | `label`; `label_0`, `label_1`, …; none |
/// | weights of a data set, if it has any | `weight` |
///
/// Labels and keys are of any type that serializes as a boolean, a number or a string.
///
/// # Records of your own
/// Fields, and values of added columns, serialize as a boolean, a number, a string, an enum without fields (its name), or an
/// [`Option`] of such, whose `None` is a missing value: an empty field in CSV, `null` in JSON lines, null in Parquet.
/// `#[serde(rename)]`, `#[serde(skip)]` and `#[serde(skip_serializing_if)]` (a missing value) count as they do in JSON;
/// records that serialize as a map (`#[serde(flatten)]`, a `BTreeMap`) have their columns sorted by name. Nested structs
/// and lists are an error that names the row and the field: make each part a field. Integers of up to 32 bits and `i64` are
/// whole numbers of 64 bits, `u64` and `usize` such without sign. Of records in a chunk without rows the columns are not
/// known; a file of such chunks alone is empty.
pub trait Tabular {
    /// The chunk as a table.
    ///
    /// # Errors
    /// [`ErrorKind::Unwritable`](crate::ErrorKind::Unwritable) for labels, keys and fields of other types, and
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter) for two columns of one name.
    fn to_table(&self) -> Result<Table>;
}

/// Records as a table: for records of your own, of which data sets are then [`Tabular`].
pub trait RecordColumns: Records {
    /// The records as a table. `names` are those of a data set's features, or none.
    ///
    /// # Errors
    /// As [`Tabular::to_table`].
    fn record_columns(&self, names: &[String]) -> Result<Table>;
}

/// Targets as columns: for targets of your own, of which data sets are then [`Tabular`].
pub trait TargetColumns {
    /// The table with the targets as further columns. They are called `label`; several are told apart by `names`, or
    /// else by their numbers.
    ///
    /// # Errors
    /// As [`Tabular::to_table`].
    fn add_to(&self, table: Table, names: &[String]) -> Result<Table>;
}

impl Tabular for Table {
    fn to_table(&self) -> Result<Table> {
        Ok(self.clone())
    }
}

impl<R: RecordColumns> Tabular for R {
    fn to_table(&self) -> Result<Table> {
        self.record_columns(&[])
    }
}

impl<R: RecordColumns, T: TargetColumns> Tabular for DatasetBase<R, T> {
    fn to_table(&self) -> Result<Table> {
        let table = self.targets.add_to(self.records.record_columns(self.feature_names())?, &[])?;
        if self.weights.is_empty() { Ok(table) } else { table.with("weight", floats(self.weights.view())) }
    }
}

/// Records of one's own, a column a field; or single values.
impl<T: Serialize> Tabular for Vec<T> {
    fn to_table(&self) -> Result<Table> {
        records(self)
    }
}

impl<D: Tabular, U: Serialize> Tabular for WithColumn<D, U> {
    fn to_table(&self) -> Result<Table> {
        with(self.rows().to_table()?, self.name(), self.values().iter())
    }
}

impl<D: Tabular, U: Serialize> Tabular for WithColumns<D, U> {
    fn to_table(&self) -> Result<Table> {
        let mut columns = self.names().iter().enumerate();
        columns.try_fold(self.rows().to_table()?, |table, (j, name)| with(table, name, self.column(j)))
    }
}

/// A table with a column of these values.
fn with<'a, U: Serialize + 'a>(table: Table, name: &str, values: impl Iterator<Item = &'a U>) -> Result<Table> {
    // A chunk without rows tells neither the columns of its records nor the type of this one.
    if table.is_open() { Ok(table) } else { table.with(name, values_column(name, values)?) }
}

impl RecordColumns for Text {
    fn record_columns(&self, _: &[String]) -> Result<Table> {
        Table::new(self.len()).with("text", Column::Text(self.clone()))
    }
}

impl<F: Float> RecordColumns for Csr<F> {
    fn record_columns(&self, _: &[String]) -> Result<Table> {
        let any: &dyn std::any::Any = self;
        let rows = any.downcast_ref().map(|rows: &Csr<f32>| SparseRows::Float32(rows.clone()));
        let rows = rows.or_else(|| any.downcast_ref().map(|rows: &Csr<f64>| SparseRows::Float64(rows.clone())));
        let rows = rows.ok_or_else(|| {
            let problem = format!("values of type {}, where f32 and f64 are known", std::any::type_name::<F>());
            Error::new(ErrorKind::Unwritable { format: "sparse rows", problem })
        })?;
        Table::new(self.nsamples()).with_sparse(rows)
    }
}

impl<F: Float> RecordColumns for Array2<F> {
    fn record_columns(&self, names: &[String]) -> Result<Table> {
        let name = |j: usize| names.get(j).cloned().unwrap_or_else(|| format!("x{j}"));
        self.columns()
            .into_iter()
            .enumerate()
            .try_fold(Table::new(self.nrows()), |table, (j, column)| table.with(name(j), floats(column)))
    }
}

impl<R: RecordColumns, K: Serialize> RecordColumns for Keyed<R, K> {
    fn record_columns(&self, names: &[String]) -> Result<Table> {
        Table::new(self.keys().len()).with("id", scalars(self.keys())?)?.beside(self.rows().record_columns(names)?)
    }
}

impl TargetColumns for () {
    fn add_to(&self, table: Table, _: &[String]) -> Result<Table> {
        Ok(table)
    }
}

impl<L: Serialize + 'static> TargetColumns for Array1<L> {
    fn add_to(&self, table: Table, _: &[String]) -> Result<Table> {
        match labels(self)? {
            Some(column) => table.with("label", column),
            None => Ok(table),
        }
    }
}

impl<L: Serialize + Clone + 'static> TargetColumns for Array2<L> {
    fn add_to(&self, table: Table, names: &[String]) -> Result<Table> {
        let name = |j: usize| names.get(j).cloned().unwrap_or_else(|| j.to_string());
        let named = |table: Table, (j, column): (usize, ArrayView1<'_, L>)| match labels(&column.to_owned())? {
            Some(column) => table.with(format!("label_{}", name(j)), column),
            None => Ok(table),
        };
        self.columns().into_iter().enumerate().try_fold(table, named)
    }
}
