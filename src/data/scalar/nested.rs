//! Deserializing a value that is a scalar or holds others, with serde, as the type that is asked for.

use std::fmt;

use serde::de::value::{Error, MapAccessDeserializer};
use serde::de::{Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::Scalar;

/// A value of a file: a scalar, or a list or a struct of values.
pub(crate) trait Nested<'a>: Sized {
    /// The scalar that it is.
    fn scalar(&self) -> Option<Scalar<'a>>;

    /// Visits the list or struct that it is.
    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error>;
}

/// A value whose scalars are read by the rule of all formats.
pub(crate) struct NestedValue<T>(pub(crate) T);

/// Reads by the scalar's own method, if it is one.
macro_rules! scalars {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0.scalar() {
                Some(scalar) => scalar.$method(visitor),
                None => self.0.visit(visitor),
            }
        })*
    };
}

impl<'de, 'a, T: Nested<'a>> Deserializer<'de> for NestedValue<T> {
    type Error = Error;

    scalars!(deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32
        deserialize_f64 deserialize_char deserialize_str deserialize_string deserialize_identifier
        deserialize_ignored_any);

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0.scalar() {
            Some(scalar) => scalar.deserialize_option(visitor),
            None => visitor.visit_some(self),
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
        match self.0.scalar() {
            Some(scalar) => scalar.deserialize_enum(name, variants, visitor),
            None => self.0.visit(TaggedVariant(visitor)),
        }
    }

    forward_to_deserialize_any! {
        bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
    }
}

/// Visits a struct of one field as the variant of an enum that the field is called by.
struct TaggedVariant<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for TaggedVariant<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(MapAccessDeserializer::new(map))
    }
}

impl<'de, 'a, T: Nested<'a>> IntoDeserializer<'de, Error> for NestedValue<T> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
