//! Lines that JSON or serde refuse and that are meant all the same: bare `NaN` and `Infinity`, as Python writes them, and
//! values that stand for one of the type that is asked for.
//!
//! A line comes here after its first, faster reading has failed.

use std::fmt;

use serde::de::value::{Error, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value;

use crate::data::{NamedValues, Nested, NestedValue, Scalar};
use crate::sources::columns::{Columns, Field};
use crate::sources::fields::{Fields, Role};
use crate::sources::partitions::Partitions;

/// The record of a line, read by the rule of all formats. None where that fails, too.
pub(super) fn record<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    T::deserialize(by_rule(&parse(line)?)).ok()
}

/// The record of a line and of the fields that it lacks, which are strings and nulls.
///
/// # Errors
/// A line that is no object, or that `T` cannot be read from.
pub(super) fn record_with<T: DeserializeOwned>(line: &[u8], lacking: &Partitions) -> Result<T, serde_json::Error> {
    let Some(Value::Object(mut fields)) = parse(line) else { return serde_json::from_slice(line) };
    for (name, value) in lacking {
        fields.entry(name.as_str()).or_insert_with(|| value.clone().into());
    }
    T::deserialize(by_rule(&Value::Object(fields))).map_err(serde_json::Error::custom)
}

/// Reads the wanted fields of a line into a row by the rule of all formats. None where that fails, too.
pub(super) fn fill<L: Field, K: Field>(line: &[u8], fields: &Fields, columns: &mut Columns<L, K>) -> Option<()> {
    let Entries(entries) = parse(line)?;
    for (name, role) in fields.iter() {
        let mut found = entries.iter().filter(|(field, _)| field == name);
        let value = match (found.next(), found.next()) {
            (Some((_, value)), None) => value,
            (Some(_), Some(_)) => return None,
            (None, _) => continue,
        };
        match role {
            Role::Text(_) if value.is_null() && columns.take_null(role) => {}
            Role::Text(part) => columns.push_text(part, value.as_str()?),
            Role::Label => columns.set_label(L::deserialize(by_rule(value)).ok()?),
            Role::Weight => columns.set_weight(serde::Deserialize::deserialize(by_rule(value)).ok()?),
            Role::Key => columns.set_key(K::deserialize(by_rule(value)).ok()?),
        }
    }
    Some(())
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

/// A value of JSON.
struct Json<'a>(&'a Value);

/// A value of JSON to be read by the rule of all formats.
fn by_rule(value: &Value) -> NestedValue<Json<'_>> {
    NestedValue(Json(value))
}

impl<'a> Nested<'a> for Json<'a> {
    fn scalar(&self) -> Option<Scalar<'a>> {
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

    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(values) => visitor.visit_seq(SeqDeserializer::new(values.iter().map(by_rule))),
            Value::Object(fields) => {
                NamedValues(fields.iter().map(|(name, value)| (name.as_str(), by_rule(value)))).deserialize_any(visitor)
            }
            _ => Err(Error::custom("a number that is none")),
        }
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
        enum Shape {
            Point,
            Circle { radius: f64 },
        }
        #[derive(Debug, PartialEq, serde::Deserialize)]
        struct Row {
            id: String,
            list: Vec<u8>,
            inner: Option<Inner>,
            #[serde(default)]
            shapes: Vec<Shape>,
        }
        let line = br#"{"id":7,"list":["1",2.0,true],"inner":{"flag":"True","score":-Infinity},"unused":NaN,
            "shapes":["Point",{"Circle":{"radius":"2"}}]}"#;
        let inner = Some(Inner { flag: true, score: f64::NEG_INFINITY });
        let shapes = vec![Shape::Point, Shape::Circle { radius: 2.0 }];
        assert_eq!(record(line), Some(Row { id: "7".into(), list: vec![1, 2, 1], inner, shapes }));
        assert_eq!(record::<Row>(br#"{"id":7,"list":[1.5],"inner":null}"#), None);
    }
}
