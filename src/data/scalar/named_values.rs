//! Deserializing a row of named values with serde, as a struct or a map.

use serde::de::value::Error;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

/// The names and values of a row. An error names the column.
pub(crate) struct NamedValues<I>(pub(crate) I);

impl<'de, 'n, T, I> Deserializer<'de> for NamedValues<I>
where
    T: Deserializer<'de, Error = Error>,
    I: Iterator<Item = (&'n str, T)>,
{
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Entries { rest: self.0, value: None })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        option seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Entries<'n, T, I> {
    rest: I,
    value: Option<(&'n str, T)>,
}

impl<'de, 'n, T, I> MapAccess<'de> for Entries<'n, T, I>
where
    T: Deserializer<'de, Error = Error>,
    I: Iterator<Item = (&'n str, T)>,
{
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.value = self.rest.next();
        let Some((name, _)) = &self.value else { return Ok(None) };
        seed.deserialize(IntoDeserializer::<Error>::into_deserializer(*name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let (name, value) = self.value.take().ok_or_else(|| Error::custom("a value was asked for before its name"))?;
        seed.deserialize(value).map_err(|error| Error::custom(format!("column `{name}`: {error}")))
    }
}
