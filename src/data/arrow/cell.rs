//! A value of an Arrow array: a scalar, a list or a struct.

use std::ops::Range;

use arrow_schema::Fields;
use serde::de::value::{Error, SeqDeserializer};
use serde::de::{Deserializer, Visitor};

use super::cells::Cells;
use crate::data::{NamedValues, Nested, NestedValue, Scalar};

/// One value of an array.
pub(crate) enum Cell<'a> {
    Scalar(Scalar<'a>),
    /// The items in a range.
    List(&'a Cells, Range<usize>),
    /// The fields, each in a column, of a row.
    Struct(&'a Fields, &'a [Cells], usize),
}

impl<'a> Nested<'a> for Cell<'a> {
    fn scalar(&self) -> Option<Scalar<'a>> {
        match self {
            Cell::Scalar(scalar) => Some(*scalar),
            Cell::List(..) | Cell::Struct(..) => None,
        }
    }

    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Cell::Scalar(scalar) => scalar.deserialize_any(visitor),
            Cell::List(items, span) => {
                visitor.visit_seq(SeqDeserializer::new(span.map(|i| NestedValue(items.cell(i)))))
            }
            Cell::Struct(fields, columns, row) => {
                let cells = fields.iter().zip(columns);
                let cells = cells.map(|(field, column)| (field.name().as_str(), NestedValue(column.cell(row))));
                NamedValues(cells).deserialize_any(visitor)
            }
        }
    }
}
