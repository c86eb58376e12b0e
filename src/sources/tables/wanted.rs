//! The columns that are wanted of a table.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Schema, SchemaRef};
use serde::Serialize;

use super::table_file::malformed;
use crate::data::arrow::{Cells, is_integer, is_list_of, is_number, position};
use crate::error::{Error, Result};
use crate::sources::columns::{Fields, Role};

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

/// Where the wanted columns are in one file.
pub(super) struct Projection {
    /// Their places in the file, ascending: what is read.
    pub columns: Vec<usize>,
    /// For each wanted column, its place among those that were read.
    order: Vec<usize>,
    /// What a batch is, once it is in order.
    schema: SchemaRef,
}

impl Projection {
    /// # Errors
    /// A column that is missing, is there twice, or is not what it has to be.
    pub(super) fn of(wanted: &[Wanted], schema: &Schema, format: &'static str) -> Result<Self> {
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
        let mut columns = places.clone();
        columns.sort_unstable();
        let order = places.iter().filter_map(|place| columns.binary_search(place).ok()).collect();
        let schema = Arc::new(schema.project(&places).map_err(|error| malformed(format, error))?);
        Ok(Projection { columns, order, schema })
    }

    /// The columns in the order in which they are wanted.
    pub(super) fn arrange(&self, batch: &RecordBatch, format: &'static str) -> Result<RecordBatch> {
        batch.project(&self.order).map_err(|error| malformed(format, error))
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
