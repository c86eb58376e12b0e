//! Lines that JSON or serde refuse and that are meant all the same: bare `NaN` and `Infinity`, as Python writes them, and
//! values that stand for one of the type that is asked for.
//!
//! A line comes here after its first, faster reading has failed.

use std::fmt;

use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use crate::data::Scalar;
use crate::sources::columns::{Columns, Field, Fields, Role};

/// The record of a line, read by the rule of all formats. None where that fails, too.
pub(super) fn record<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    T::deserialize(Json(&parse(line)?)).ok()
}

/// Reads the wanted fields of a line into a row by the rule of all formats, and ends it. False where that fails, too.
pub(super) fn row<L: Field, K: Field>(line: &[u8], fields: &Fields, columns: &mut Columns<L, K>) -> bool {
    let mut fill = || {
        let Entries(entries) = parse(line)?;
        for (name, role) in fields.iter() {
            let mut found = entries.iter().filter(|(field, _)| field == name);
            let (Some((_, value)), None) = (found.next(), found.next()) else { return None };
            match role {
                Role::Text => columns.push_text(value.as_str()?),
                Role::Label => columns.set_label(L::deserialize(Json(value)).ok()?),
                Role::Weight => columns.set_weight(serde::Deserialize::deserialize(Json(value)).ok()?),
                Role::Key => columns.set_key(K::deserialize(Json(value)).ok()?),
            }
        }
        columns.end_row(fields).ok()
    };
    let filled = fill().is_some();
    if !filled {
        columns.discard_row();
    }
    filled
}

/// The value of a line, whose bare numbers that JSON lacks are texts.
fn parse<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    serde_json::from_slice(line).ok().or_else(|| serde_json::from_str(&quoted(std::str::from_utf8(line).ok()?)?).ok())
}

/// The line with `NaN`, `Infinity` and `-Infinity` outside of its strings in quotes. None if there are none.
fn quoted(line: &str) -> Option<String> {
    let (mut out, mut rest, mut found) = (String::with_capacity(line.len() + 16), line, false);
    while let Some(at) = rest.find(['"', 'N', 'I', '-']) {
        let (before, from) = rest.split_at(at);
        out += before;
        let word = ["NaN", "Infinity", "-Infinity"].into_iter().find(|word| from.starts_with(word));
        let length = match word {
            Some(word) => {
                found = true;
                out.extend(["\"", word, "\""]);
                word.len()
            }
            None => {
                let length = if from.starts_with('"') { string_length(from) } else { 1 };
                out += &from[..length];
                length
            }
        };
        rest = &from[length..];
    }
    out += rest;
    found.then_some(out)
}

/// The bytes of the string that a text begins with, its quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

/// The fields of an object in their order, those that are there twice as well.
struct Entries(Vec<(String, Value)>);

impl<'de> serde::Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// A value of JSON, whose scalars are read by the rule of all formats.
#[derive(Clone, Copy)]
struct Json<'a>(&'a Value);

impl<'a> Json<'a> {
    fn scalar(self) -> Option<Scalar<'a>> {
        Some(match self.0 {
            Value::Null => Scalar::Null,
            Value::Bool(value) => Scalar::Bool(*value),
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(number), _) => Scalar::Int(number),
                (None, Some(number)) => Scalar::Uint(number),
                (None, None) => Scalar::Float(number.as_f64()?),
            },
            Value::String(text) => Scalar::Str(text),
            Value::Array(_) | Value::Object(_) => return None,
        })
    }
}

impl<'de> IntoDeserializer<'de, Error> for Json<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! scalars {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.scalar() {
                Some(scalar) => scalar.$method(visitor),
                None => self.deserialize_any(visitor),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Json<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(values) => visitor.visit_seq(SeqDeserializer::new(values.iter().map(Json))),
            Value::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| (name.as_str(), Json(value)));
                visitor.visit_map(MapDeserializer::new(fields))
            }
            _ => self.scalar().ok_or_else(|| Error::custom("a number that is none"))?.deserialize_any(visitor),
        }
    }

    scalars!(deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_identifier);

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// Variants are named as JSON has them.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor).map_err(Error::custom)
    }

    forward_to_deserialize_any! {
        bytes byte_buf unit unit_struct seq tuple tuple_struct map struct ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_words_are_quoted_outside_of_strings_alone() {
        let line = r#"{"a":NaN,"N":[-Infinity,Infinity,-1],"t":"NaN \" Infinity"}"#;
        let expected = r#"{"a":"NaN","N":["-Infinity","Infinity",-1],"t":"NaN \" Infinity"}"#;
        assert_eq!(quoted(line).as_deref(), Some(expected));
        assert_eq!(quoted(r#"{"NaN":"Infinity","b":-1.5}"#), None);
        assert_eq!(quoted(r#"{"a":"\\","b":NaN"#).as_deref(), Some(r#"{"a":"\\","b":"NaN""#));
    }

    #[test]
    fn nested_values_are_read_by_the_rule_of_all_formats() {
        #[derive(Debug, PartialEq, serde::Deserialize)]
        struct Inner {
            flag: bool,
            score: f64,
        }
        #[derive(Debug, PartialEq, serde::Deserialize)]
        struct Row {
            id: String,
            list: Vec<u8>,
            inner: Option<Inner>,
        }
        let line = br#"{"id":7,"list":["1",2.0,true],"inner":{"flag":"True","score":-Infinity},"unused":NaN}"#;
        let inner = Inner { flag: true, score: f64::NEG_INFINITY };
        assert_eq!(record(line), Some(Row { id: "7".into(), list: vec![1, 2, 1], inner: Some(inner) }));
        assert_eq!(record::<Row>(br#"{"id":7,"list":[1.5],"inner":null}"#), None);
    }
}
