//! Columns and fields of structs by names such as `user.name`.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, make_array};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, Field, Schema};

use super::{position, unfit};
use crate::error::Result;

/// A column, or a field of the structs in it, of those in the field, and so on.
pub(crate) struct FieldPath {
    /// The place of the column.
    pub column: usize,
    /// The places of the fields, outermost first.
    fields: Vec<usize>,
}

impl FieldPath {
    /// The column of this name; if there is none, the field that the parts between dots name one after the other.
    ///
    /// # Errors
    /// The message for a name that nothing has, or several columns.
    pub(crate) fn find(schema: &Schema, name: &str) -> Result<Self, String> {
        let missing = match position(schema, name) {
            Ok(column) => return Ok(FieldPath { column, fields: Vec::new() }),
            Err(missing) => missing,
        };
        let mut parts = name.split('.');
        let first = parts.next().unwrap_or_default();
        let mut columns = (0..schema.fields().len()).filter(|&i| schema.field(i).name() == first);
        let (Some(column), None) = (columns.next(), columns.next()) else { return Err(missing) };
        let (mut kind, mut fields) = (schema.field(column).data_type(), Vec::new());
        for part in parts {
            let DataType::Struct(of_struct) = kind else { return Err(missing) };
            let Some((place, field)) = of_struct.find(part) else { return Err(missing) };
            fields.push(place);
            kind = field.data_type();
        }
        Ok(FieldPath { column, fields })
    }

    /// The field's name and type; it may be null wherever a struct around it may be.
    pub(crate) fn field(&self, schema: &Schema, name: &str) -> Field {
        let mut field = schema.field(self.column);
        let mut is_nullable = field.is_nullable();
        for &place in &self.fields {
            if let DataType::Struct(fields) = field.data_type() {
                field = &fields[place];
                is_nullable |= field.is_nullable();
            }
        }
        field.clone().with_name(name).with_nullable(is_nullable)
    }

    /// The values in the column that is given: null where a struct around them is.
    ///
    /// # Errors
    /// None that are known: Arrow checks the array once more.
    pub(crate) fn values(&self, column: &ArrayRef) -> Result<ArrayRef> {
        let mut values = column.clone();
        for &place in &self.fields {
            let inner = values.as_struct().column(place).clone();
            let Some(outer) = values.nulls().filter(|_| *inner.data_type() != DataType::Null) else {
                values = inner;
                continue;
            };
            let nulls = NullBuffer::union(Some(outer), inner.nulls());
            let data = inner.to_data().into_builder().nulls(nulls).build();
            values = make_array(data.map_err(|error| unfit(error.to_string()))?);
        }
        Ok(values)
    }
}
