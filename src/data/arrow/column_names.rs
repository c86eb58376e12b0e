//! Names of the fields that a type asks for, so that other columns need not be read.

use serde::de::value::Error;
use serde::de::{Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

/// Asks a type for the names of its fields, so that no other columns are read. Deserializing from it always
/// fails, for there is no value yet; what was asked for stays here. A type that takes whatever comes, as a
/// map does, names none.
#[derive(Default)]
pub(crate) struct ColumnNames {
    pub of_struct: Option<&'static [&'static str]>,
}

impl<'de> Deserializer<'de> for &mut ColumnNames {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.of_struct = Some(fields);
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("only the names of the fields are asked for"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        option seq tuple tuple_struct map enum identifier ignored_any
    }
}
