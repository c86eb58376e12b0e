//! Deserializing a value of an Arrow array with serde: a scalar, a list or a struct.

use std::ops::Range;

use arrow_schema::Fields;
use serde::de::value::{Error, SeqDeserializer};
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::cells::Cells;
use crate::data::{NamedValues, Scalar};

/// One value of an array.
pub(crate) enum Cell<'a> {
    Scalar(Scalar<'a>),
    /// The items in a range.
    List(&'a Cells, Range<usize>),
    /// The fields, each in a column, of a row.
    Struct(&'a Fields, &'a [Cells], usize),
}

/// What a scalar knows to do with the type that is asked for.
macro_rules! as_scalar {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self {
                Cell::Scalar(scalar) => scalar.$method(visitor),
                other => other.deserialize_any(visitor),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Cell<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Cell::Scalar(scalar) => scalar.deserialize_any(visitor),
            Cell::List(items, span) => visitor.visit_seq(SeqDeserializer::new(span.map(|i| items.cell(i)))),
            Cell::Struct(fields, columns, row) => {
                let cells = fields.iter().zip(columns);
                let cells = cells.map(|(field, column)| (field.name().as_str(), column.cell(row)));
                NamedValues(cells).deserialize_any(visitor)
            }
        }
    }

    as_scalar!(deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_identifier deserialize_ignored_any);

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Cell::Scalar(scalar) => scalar.deserialize_option(visitor),
            other => visitor.visit_some(other),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Cell::Scalar(scalar) => scalar.deserialize_enum(name, variants, visitor),
            other => other.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
    }
}

impl<'de> IntoDeserializer<'de, Error> for Cell<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
