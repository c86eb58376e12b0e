//! Columns filled value by value, whatever type the values serialize as.

use std::fmt;

use serde::ser::{Error as _, Impossible, Serializer};
use serde::{Serialize, ser};

use super::table::{Column, NullableColumn};
use crate::data::TextBuilder;
use crate::error::{Error, ErrorKind, Result};

/// A column that grows. Its type is that of the first value; numbers of several types are taken together where none is
/// changed by it.
#[derive(Default)]
pub(super) struct ColumnBuilder {
    len: usize,
    /// `None` until a value tells the type.
    values: Option<Values>,
    /// Once a value was an `Option`: which are there.
    present: Option<Vec<bool>>,
}

enum Values {
    Bool(Vec<bool>),
    Int(Vec<i64>),
    UInt(Vec<u64>),
    Float32(Vec<f32>),
    Float64(Vec<f64>),
    Text(TextBuilder),
}

/// The reason why a value is no cell.
#[derive(Debug)]
pub(super) struct NoCell(pub String);

impl fmt::Display for NoCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoCell {}

impl ser::Error for NoCell {
    fn custom<T: fmt::Display>(problem: T) -> Self {
        NoCell(problem.to_string())
    }
}

/// Values of any type that serializes as a cell, as a column of this name.
pub(super) fn values_column<'a, U: Serialize + 'a>(
    name: &str,
    values: impl IntoIterator<Item = &'a U>,
) -> Result<Column> {
    let mut column = ColumnBuilder::default();
    for (row, value) in values.into_iter().enumerate() {
        value.serialize(&mut column).map_err(|NoCell(problem)| {
            let problem = format!("column {name}: {problem}");
            Error::new(ErrorKind::Unwritable { format: "a table", problem }).at_row(row)
        })?;
    }
    column.finish()
}

impl ColumnBuilder {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The column as it has become.
    pub(super) fn finish(self) -> Result<Column> {
        let values = match self.values {
            None => return Ok(Column::Null(self.len)),
            Some(Values::Bool(values)) => Column::Bool(values),
            Some(Values::Int(values)) => Column::Int(values),
            Some(Values::UInt(values)) => Column::UInt(values),
            Some(Values::Float32(values)) => Column::Float32(values),
            Some(Values::Float64(values)) => Column::Float64(values),
            Some(Values::Text(values)) => Column::Text(values.finish()),
        };
        match self.present {
            None => Ok(values),
            Some(present) => NullableColumn::new(values, present).map(Column::Nullable),
        }
    }

    /// Adds a missing value.
    pub(super) fn push_null(&mut self) {
        self.flags().push(false);
        match &mut self.values {
            None => {}
            Some(Values::Bool(values)) => values.push(false),
            Some(Values::Int(values)) => values.push(0),
            Some(Values::UInt(values)) => values.push(0),
            Some(Values::Float32(values)) => values.push(0.0),
            Some(Values::Float64(values)) => values.push(0.0),
            Some(Values::Text(values)) => values.end_document(),
        }
        self.len += 1;
    }

    /// The flags of the values that are there, kept from now on.
    fn flags(&mut self) -> &mut Vec<bool> {
        self.present.get_or_insert_with(|| vec![true; self.len])
    }

    /// One more value is there.
    fn pushed(&mut self) -> Result<(), NoCell> {
        if let Some(present) = &mut self.present {
            present.push(true);
        }
        self.len += 1;
        Ok(())
    }

    fn push_bool(&mut self, value: bool) -> Result<(), NoCell> {
        let n = self.len;
        match self.values.get_or_insert_with(|| Values::Bool(vec![false; n])) {
            Values::Bool(values) => values.push(value),
            other => return Err(other.refuse("a boolean")),
        }
        self.pushed()
    }

    fn push_text(&mut self, value: &str) -> Result<(), NoCell> {
        let n = self.len;
        let none = || {
            let mut texts = TextBuilder::default();
            (0..n).for_each(|_| texts.end_document());
            Values::Text(texts)
        };
        match self.values.get_or_insert_with(none) {
            Values::Text(values) => {
                values.push_str(value);
                values.end_document();
            }
            other => return Err(other.refuse("a text")),
        }
        self.pushed()
    }

    fn push_int(&mut self, value: i64) -> Result<(), NoCell> {
        let n = self.len;
        let values = self.values.get_or_insert_with(|| Values::Int(vec![0; n]));
        if let (Values::UInt(before), Err(_)) = (&*values, u64::try_from(value)) {
            let signed: Result<_, _> = before.iter().map(|&value| i64::try_from(value)).collect();
            *values = Values::Int(signed.map_err(|_| values.refuse("a negative number"))?);
        }
        match values {
            Values::Int(values) => values.push(value),
            Values::UInt(values) => values.push(value as u64),
            Values::Float64(values) if exact(value).is_some() => values.push(value as f64),
            other => return Err(other.refuse("a whole number")),
        }
        self.pushed()
    }

    fn push_uint(&mut self, value: u64) -> Result<(), NoCell> {
        let n = self.len;
        let values = self.values.get_or_insert_with(|| Values::UInt(vec![0; n]));
        if let (Values::Int(before), Err(_)) = (&*values, i64::try_from(value)) {
            let unsigned: Result<_, _> = before.iter().map(|&value| u64::try_from(value)).collect();
            *values = Values::UInt(unsigned.map_err(|_| values.refuse("a number above 2^63 - 1"))?);
        }
        match values {
            Values::UInt(values) => values.push(value),
            Values::Int(values) => values.push(value as i64),
            Values::Float64(values) if value <= MOST_EXACT => values.push(value as f64),
            other => return Err(other.refuse("a whole number")),
        }
        self.pushed()
    }

    fn push_f32(&mut self, value: f32) -> Result<(), NoCell> {
        if self.values.as_ref().is_some_and(|values| !matches!(values, Values::Float32(_))) {
            return self.push_f64(value.into());
        }
        let n = self.len;
        match self.values.get_or_insert_with(|| Values::Float32(vec![0.0; n])) {
            Values::Float32(values) => values.push(value),
            other => return Err(other.refuse("a number")),
        }
        self.pushed()
    }

    fn push_f64(&mut self, value: f64) -> Result<(), NoCell> {
        let n = self.len;
        let values = self.values.get_or_insert_with(|| Values::Float64(vec![0.0; n]));
        let floats = match values {
            Values::Int(values) => values.iter().map(|&value| exact(value)).collect(),
            Values::UInt(values) => values.iter().map(|&value| (value <= MOST_EXACT).then_some(value as f64)).collect(),
            Values::Float32(values) => Some(values.iter().map(|&value| value.into()).collect()),
            Values::Float64(_) => Some(Vec::new()),
            Values::Bool(_) | Values::Text(_) => None,
        };
        match (values, floats) {
            (Values::Float64(values), _) => values.push(value),
            (values, Some(mut floats)) => {
                floats.push(value);
                *values = Values::Float64(floats);
            }
            (other, None) => return Err(other.refuse("a number")),
        }
        self.pushed()
    }
}

/// Whole numbers up to this are `f64` as well.
const MOST_EXACT: u64 = 1 << 53;

/// A whole number as a float that is equal to it.
fn exact(value: i64) -> Option<f64> {
    (value.unsigned_abs() <= MOST_EXACT).then_some(value as f64)
}

impl Values {
    /// The error for a value that does not go with these.
    fn refuse(&self, value: &str) -> NoCell {
        let before = match self {
            Values::Bool(_) => "booleans",
            Values::Int(_) | Values::UInt(_) => "whole numbers",
            Values::Float32(_) | Values::Float64(_) => "numbers",
            Values::Text(_) => "texts",
        };
        NoCell(format!("{value}, where the values before are {before}"))
    }
}

/// The error for a value of several parts.
fn nested<T>(what: &str) -> Result<T, NoCell> {
    Err(NoCell(format!(
        "{what}, where a cell is a boolean, a number, a text or missing: make each part a field of its own, or one text \
         of all"
    )))
}

macro_rules! numbers {
    ($($method:ident($t:ty) $push:ident),*) => { $(
        fn $method(self, value: $t) -> Result<(), NoCell> {
            self.$push(value.into())
        }
    )* };
}

/// Adds the value that is serialized.
impl Serializer for &mut ColumnBuilder {
    type Ok = ();
    type Error = NoCell;
    type SerializeSeq = Impossible<(), NoCell>;
    type SerializeTuple = Impossible<(), NoCell>;
    type SerializeTupleStruct = Impossible<(), NoCell>;
    type SerializeTupleVariant = Impossible<(), NoCell>;
    type SerializeMap = Impossible<(), NoCell>;
    type SerializeStruct = Impossible<(), NoCell>;
    type SerializeStructVariant = Impossible<(), NoCell>;

    numbers!(
        serialize_bool(bool) push_bool,
        serialize_i8(i8) push_int, serialize_i16(i16) push_int, serialize_i32(i32) push_int, serialize_i64(i64) push_int,
        serialize_u8(u8) push_int, serialize_u16(u16) push_int, serialize_u32(u32) push_int,
        serialize_u64(u64) push_uint,
        serialize_f32(f32) push_f32, serialize_f64(f64) push_f64
    );

    fn serialize_i128(self, value: i128) -> Result<(), NoCell> {
        match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => self.push_int(value),
            (_, Ok(value)) => self.push_uint(value),
            _ => Err(NoCell::custom(format_args!("{value}, which takes more than 64 bits"))),
        }
    }

    fn serialize_u128(self, value: u128) -> Result<(), NoCell> {
        let value = u64::try_from(value);
        self.push_uint(value.map_err(|_| NoCell("a number that takes more than 64 bits".into()))?)
    }

    fn serialize_char(self, value: char) -> Result<(), NoCell> {
        self.push_text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), NoCell> {
        self.push_text(value)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<(), NoCell> {
        nested("bytes")
    }

    fn serialize_none(self) -> Result<(), NoCell> {
        self.push_null();
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NoCell> {
        self.flags();
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), NoCell> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), NoCell> {
        self.serialize_none()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), NoCell> {
        self.push_text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), NoCell> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> Result<(), NoCell> {
        nested(&format!("{variant} with a value in it"))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, NoCell> {
        nested("a list")
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, NoCell> {
        nested("a tuple")
    }

    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, NoCell> {
        nested(&format!("a {name} of several parts"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NoCell> {
        nested(&format!("{variant} with values in it"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, NoCell> {
        nested("a map")
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeStruct, NoCell> {
        nested(&format!("a struct {name}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, NoCell> {
        nested(&format!("{variant} with values in it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn cells<U: Serialize>(values: &[U]) -> String {
        let column = values_column("x", values).unwrap();
        let cells = (0..column.len()).map(|i| format!("{:?} ", column.cell(i)));
        cells.collect::<String>().trim_end().to_owned()
    }

    fn problem<U: Serialize>(values: &[U]) -> String {
        values_column("x", values).unwrap_err().to_string()
    }

    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Colour {
        Red,
        Blue,
        Mixed(u8),
    }

    #[derive(Serialize)]
    struct Metres(f32);

    #[test]
    fn values_of_all_types_are_columns_of_their_kind() {
        assert_eq!(cells(&[true, false]), "Bool(true) Bool(false)");
        assert_eq!(
            (cells(&[3u8, 0]), cells(&[-1i64, i64::MAX])),
            ("Int(3) Int(0)".into(), format!("Int(-1) Int({})", i64::MAX))
        );
        assert_eq!(cells(&[1u64, u64::MAX]), format!("UInt(1) UInt({})", u64::MAX));
        assert_eq!(
            (cells(&[0.1f32, f32::NAN]), cells(&[0.1, -0.0])),
            ("Float32(0.1) Float32(NaN)".into(), "Float64(0.1) Float64(-0.0)".into())
        );
        assert_eq!((cells(&["a", ""]), cells(&['é'])), ("Text(\"a\") Text(\"\")".into(), "Text(\"é\")".into()));
        assert_eq!(cells(&[Colour::Red, Colour::Blue]), "Text(\"red\") Text(\"blue\")");
        assert_eq!((cells(&[Metres(0.5)]), cells(&[7i128])), ("Float32(0.5)".into(), "Int(7)".into()));
        assert_eq!(cells::<u8>(&[]), "");
    }

    #[test]
    fn missing_values_are_null_wherever_they_stand() {
        assert_eq!(cells(&[None, Some(2), None]), "Null Int(2) Null");
        assert_eq!(cells(&[Some("a"), None, Some("")]), "Text(\"a\") Null Text(\"\")");
        assert_eq!(cells(&[None::<bool>, Some(true)]), "Null Bool(true)");
        assert_eq!(cells(&[Some(None), Some(Some(1.5f32)), None]), "Null Float32(1.5) Null");
        assert_eq!(cells(&[None::<u64>; 2]), "Null Null");
        let all_there = values_column("x", &[Some(1u64)]).unwrap();
        assert!(matches!(all_there, Column::Nullable(_)), "the type says so, not the values: {all_there:?}");
        let json = [json!(null), json!(false)];
        assert_eq!(cells(&json), "Null Bool(false)");
    }

    #[test]
    fn numbers_of_several_types_are_taken_together_where_none_is_changed() {
        assert_eq!(cells(&[json!(1), json!(-1), json!(2)]), "Int(1) Int(-1) Int(2)");
        assert_eq!(cells(&[json!(-1), json!(1)]), "Int(-1) Int(1)");
        assert_eq!(cells(&[json!(-1), json!(0.5), json!(7)]), "Float64(-1.0) Float64(0.5) Float64(7.0)");
        assert_eq!(cells(&[json!(u64::MAX), json!(1)]), format!("UInt({}) UInt(1)", u64::MAX));
        let long = (1u64 << 53) + 1;
        for mixed in [
            [json!(u64::MAX), json!(-1)],
            [json!(-1), json!(u64::MAX)],
            [json!(long), json!(0.5)],
            [json!(0.5), json!(long)],
        ] {
            assert!(problem(&mixed).contains("where the values before are"), "{mixed:?}");
        }
    }

    #[test]
    fn values_that_are_no_cell_are_refused_with_column_and_row() {
        let error = values_column("x", &[json!(1), json!([1])]).unwrap_err();
        assert_eq!(error.place().row, Some(1));
        assert!(error.to_string().contains("column x: a list, where a cell is a boolean"), "{error}");
        let mixed: [Value; 2] = [json!("a"), json!(1)];
        assert!(problem(&mixed).contains("a whole number, where the values before are texts"));
        assert!(problem(&[(1, 2)]).contains("a tuple"));
        assert!(problem(&[Colour::Mixed(1)]).contains("mixed with a value in it"));
        assert!(problem(&[i128::MAX]).contains("more than 64 bits"));
        assert!(problem(&[json!({"a": 1})]).contains("a map"));
    }
}
