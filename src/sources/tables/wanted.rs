//! The columns that are wanted of a table.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use serde::Serialize;

use super::table_file::malformed;
use crate::data::arrow::{Cells, FieldPath, is_integer, is_list_of, is_number};
use crate::error::{Error, Result};
use crate::sources::fields::{Fields, Role};
use crate::sources::partitions::partitions;

/// A column, or a field of structs such as `user.name`, by its name, and the type that it has to be of.
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
    /// Booleans, numbers, strings, dates and times, dictionaries, lists and structs of such.
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
            Kind::Values => "booleans, numbers, strings, dates or times, or dictionaries, lists or structs of such",
            Kind::Numbers => "numbers, booleans or a dictionary of such",
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
        let fields: Vec<_> = schema.fields().iter().cloned().chain(fields).collect();
        let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
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
    /// For each wanted column, the field of its structs, if they are structs of which one field is wanted.
    paths: Vec<FieldPath>,
    /// What a batch is, once it is in order.
    schema: SchemaRef,
}

impl Projection {
    /// # Errors
    /// A column that is missing, is there twice, or is not what it has to be.
    pub(super) fn of(wanted: &[Wanted], table: &TableSchema, format: &'static str) -> Result<Self> {
        let TableSchema { schema, n_columns, partitions } = table;
        let path = |Wanted { name, kind }: &Wanted| {
            let path = FieldPath::find(schema, name).map_err(|problem| malformed(format, problem))?;
            let field = path.field(schema, name);
            match field.data_type() {
                found if kind.fits(found) => Ok((path, field)),
                found => {
                    let problem = format!("column `{name}` is of type {found}, where {} are wanted", kind.describe());
                    Err(malformed(format, problem))
                }
            }
        };
        let found = wanted.iter().map(path).collect::<Result<Vec<_>>>()?;
        let (paths, fields): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let places: Vec<usize> = paths.iter().map(|path| path.column).collect();
        let mut columns: Vec<usize> = places.iter().copied().filter(|place| place < n_columns).collect();
        columns.sort_unstable();
        columns.dedup();
        let mut constants = Vec::new();
        let order = places.iter().filter_map(|&place| match place.checked_sub(*n_columns) {
            None => columns.binary_search(&place).ok(),
            Some(partition) => {
                constants.push(partitions[partition].clone());
                Some(columns.len() + constants.len() - 1)
            }
        });
        let order = order.collect();
        let schema = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
        Ok(Projection { columns, constants, order, paths, schema })
    }

    /// The columns in the order in which they are wanted.
    pub(super) fn arrange(&self, batch: &RecordBatch, format: &'static str) -> Result<RecordBatch> {
        let refused = |error| malformed(format, error);
        let n = batch.num_rows();
        let constant = |value: &Option<String>| -> ArrayRef {
            Arc::new(std::iter::repeat_n(value.as_deref(), n).collect::<StringArray>())
        };
        let constants: Vec<ArrayRef> = self.constants.iter().map(constant).collect();
        let column = |(&place, path): (&usize, &FieldPath)| match place.checked_sub(self.columns.len()) {
            None => path.values(batch.column(place)),
            Some(constant) => Ok(constants[constant].clone()),
        };
        let columns = self.order.iter().zip(&self.paths).map(column).collect::<Result<_>>()?;
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
        Role::Text(_) => Kind::Strings,
        Role::Label | Role::Weight | Role::Key => Kind::Values,
    };
    fields.iter().map(|(name, role)| Wanted { name: name.to_owned(), kind: kind(role) }).collect()
}
