//! The columns that are wanted of a table.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use serde::Serialize;

use super::table_file::malformed;
use crate::data::arrow::{Cells, is_integer, is_list_of, is_number, position};
use crate::error::{Error, Result};
use crate::sources::columns::{Fields, Role};
use crate::sources::partitions::partitions;

/// A column by its name, and what it has to be.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Wanted {
    pub name: String,
    pub kind: Kind,
}

/// What a column has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) enum Kind {
    Anything,
    Strings,
    /// Booleans, numbers, strings, or a dictionary of such.
    Values,
    Numbers,
    ListsOfColumns,
    ListsOfNumbers,
}

impl Kind {
    fn fits(self, kind: &DataType) -> bool {
        match self {
            Kind::Anything => true,
            Kind::Strings => Cells::are_strings(kind),
            Kind::Values => Cells::can_read(kind),
            Kind::Numbers => is_number(kind),
            Kind::ListsOfColumns => is_list_of(kind, is_integer),
            Kind::ListsOfNumbers => is_list_of(kind, is_number),
        }
    }

    fn describe(self) -> &'static str {
        match self {
            Kind::Anything => "any type",
            Kind::Strings => "strings",
            Kind::Values => "booleans, numbers, strings or a dictionary of such",
            Kind::Numbers => "numbers or booleans",
            Kind::ListsOfColumns => "lists of integers",
            Kind::ListsOfNumbers => "lists of numbers",
        }
    }
}

/// Columns of a kind by their names.
pub(super) fn wanted<S: AsRef<str>>(names: impl IntoIterator<Item = S>, kind: Kind) -> Vec<Wanted> {
    names.into_iter().map(|name| Wanted { name: name.as_ref().to_owned(), kind }).collect()
}

/// Refuses a column that is wanted twice.
pub(super) fn check_once(wanted: &[Wanted]) -> Result<()> {
    match (1..wanted.len()).find(|&i| wanted[..i].iter().any(|earlier| earlier.name == wanted[i].name)) {
        Some(twice) => Err(Error::parameter("column", &wanted[twice].name, "every column once")),
        None => Ok(()),
    }
}

/// The columns of a file, and the partitions that its path states as columns of texts. A column of the file goes before a
/// partition of the same name.
pub(super) struct TableSchema {
    schema: Schema,
    /// The number of columns of the file: those behind them are partitions.
    n_columns: usize,
    partitions: Vec<Option<String>>,
}

impl TableSchema {
    pub(super) fn new(schema: &Schema, path: &Path) -> Self {
        let own = |name: &str| schema.fields().iter().any(|field| field.name() == name);
        let partitions = partitions(path).into_iter().filter(|(name, _)| !own(name));
        let (names, partitions): (Vec<String>, Vec<_>) = partitions.unzip();
        let fields = names.into_iter().map(|name| Arc::new(Field::new(name, DataType::Utf8, true)));
        let n_columns = schema.fields().len();
        let schema = Schema::new(schema.fields().iter().cloned().chain(fields).collect::<arrow_schema::Fields>());
        TableSchema { schema, n_columns, partitions }
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }
}

/// Where the wanted columns are in one file.
pub(super) struct Projection {
    /// Their places in the file, ascending: what is read.
    pub columns: Vec<usize>,
    /// The values of wanted partitions.
    constants: Vec<Option<String>>,
    /// For each wanted column, its place among those that were read and the constants behind them.
    order: Vec<usize>,
    /// What a batch is, once it is in order.
    schema: SchemaRef,
}

impl Projection {
    /// # Errors
    /// A column that is missing, is there twice, or is not what it has to be.
    pub(super) fn of(wanted: &[Wanted], table: &TableSchema, format: &'static str) -> Result<Self> {
        let TableSchema { schema, n_columns, partitions } = table;
        let place = |Wanted { name, kind }: &Wanted| {
            let place = position(schema, name).map_err(|problem| malformed(format, problem))?;
            match schema.field(place).data_type() {
                found if kind.fits(found) => Ok(place),
                found => {
                    let problem = format!("column `{name}` is of type {found}, where {} are wanted", kind.describe());
                    Err(malformed(format, problem))
                }
            }
        };
        let places = wanted.iter().map(place).collect::<Result<Vec<_>>>()?;
        let mut columns: Vec<usize> = places.iter().copied().filter(|place| place < n_columns).collect();
        columns.sort_unstable();
        let mut constants = Vec::new();
        let order = places.iter().filter_map(|&place| match place.checked_sub(*n_columns) {
            None => columns.binary_search(&place).ok(),
            Some(partition) => {
                constants.push(partitions[partition].clone());
                Some(columns.len() + constants.len() - 1)
            }
        });
        let order = order.collect();
        let schema = Arc::new(schema.project(&places).map_err(|error| malformed(format, error))?);
        Ok(Projection { columns, constants, order, schema })
    }

    /// The columns in the order in which they are wanted.
    pub(super) fn arrange(&self, batch: &RecordBatch, format: &'static str) -> Result<RecordBatch> {
        let refused = |error| malformed(format, error);
        if self.constants.is_empty() {
            return batch.project(&self.order).map_err(refused);
        }
        let n = batch.num_rows();
        let constant = |value: &Option<String>| -> ArrayRef {
            Arc::new(std::iter::repeat_n(value.as_deref(), n).collect::<StringArray>())
        };
        let constants: Vec<ArrayRef> = self.constants.iter().map(constant).collect();
        let column = |&place: &usize| match place.checked_sub(self.columns.len()) {
            None => batch.column(place).clone(),
            Some(constant) => constants[constant].clone(),
        };
        let columns = self.order.iter().map(column).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(n));
        RecordBatch::try_new_with_options(self.schema.clone(), columns, &options).map_err(refused)
    }

    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }
}

/// The columns that hold the fields of rows.
pub(super) fn columns_of(fields: &Fields) -> Vec<Wanted> {
    let kind = |role| match role {
        Role::Text => Kind::Strings,
        Role::Weight => Kind::Numbers,
        Role::Label | Role::Key => Kind::Values,
    };
    fields.iter().map(|(name, role)| Wanted { name: name.to_owned(), kind: kind(role) }).collect()
}
