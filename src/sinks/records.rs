//! Records of one's own as tables, a column a field.

use std::borrow::Cow;

use serde::Serialize;
use serde::ser::{Impossible, SerializeMap, SerializeStruct, Serializer};
use serde_json::Value;

use super::column_builder::{ColumnBuilder, NoCell};
use super::table::Table;
use crate::error::{Error, ErrorKind, Result};

/// The name of the column of values that have no fields.
const VALUE: &str = "value";

/// Records as a table: the names and the order of columns follow the first record's fields; of maps, which have no
/// order, they are sorted.
pub(super) fn records<T: Serialize>(records: &[T]) -> Result<Table> {
    if records.is_empty() {
        return Ok(Table::open());
    }
    let mut columns = Columns::default();
    for (row, record) in records.iter().enumerate() {
        let taken = record.serialize(&mut columns).and_then(|()| columns.end_row());
        taken
            .map_err(|NoCell(problem)| Error::new(ErrorKind::Unwritable { format: "a table", problem }).at_row(row))?;
    }
    let Columns { mut columns, are_of_maps, .. } = columns;
    if are_of_maps {
        columns.sort_by(|(one, _), (other, _)| one.cmp(other));
    }
    columns.into_iter().try_fold(Table::new(records.len()), |table, (name, column)| table.with(name, column.finish()?))
}

/// The columns as they grow.
#[derive(Default)]
struct Columns {
    columns: Vec<(Cow<'static, str>, ColumnBuilder)>,
    /// The number of whole rows.
    rows: usize,
    /// The place of the next field, if this record has its fields in the order of the first.
    next: usize,
    are_of_maps: bool,
}

impl Columns {
    /// Adds to the row being written: `fill` is given the column of this name.
    fn field(
        &mut self,
        name: Cow<'static, str>,
        fill: impl FnOnce(&mut ColumnBuilder) -> Result<(), NoCell>,
    ) -> Result<(), NoCell> {
        let expected = self.columns.get(self.next).is_some_and(|(column, _)| *column == name);
        let place =
            if expected { Some(self.next) } else { self.columns.iter().position(|(column, _)| *column == name) };
        let place = match place {
            Some(place) => place,
            None if self.rows == 0 => {
                self.columns.push((name, ColumnBuilder::default()));
                self.columns.len() - 1
            }
            None => return Err(NoCell(format!("the field {name}, which the first row does not have"))),
        };
        self.next = place + 1;
        let (name, column) = &mut self.columns[place];
        if column.len() > self.rows {
            return Err(NoCell(format!("two fields {name}: rename one")));
        }
        fill(column).map_err(|NoCell(problem)| NoCell(format!("field {name}: {problem}")))
    }

    fn value(&mut self, name: Cow<'static, str>, value: &(impl Serialize + ?Sized)) -> Result<(), NoCell> {
        self.field(name, |column| value.serialize(column))
    }

    /// The record is whole.
    fn end_row(&mut self) -> Result<(), NoCell> {
        self.rows += 1;
        self.next = 0;
        match self.columns.iter().find(|(_, column)| column.len() < self.rows) {
            Some((name, _)) => Err(NoCell(format!("the field {name} is missing, which the first row has"))),
            None if self.columns.is_empty() => Err(NoCell("a record without fields".into())),
            None => Ok(()),
        }
    }
}

/// A record that has no names for its parts.
fn nameless<T>(what: &str) -> Result<T, NoCell> {
    Err(NoCell(format!("a row that is {what}, which has no names for its columns: make it a struct with named fields")))
}

macro_rules! single_values {
    ($($method:ident($t:ty)),*) => { $(
        fn $method(self, value: $t) -> Result<(), NoCell> {
            self.value(VALUE.into(), &value)
        }
    )* };
}

/// Adds the fields of a record.
impl<'a> Serializer for &'a mut Columns {
    type Ok = ();
    type Error = NoCell;
    type SerializeSeq = Impossible<(), NoCell>;
    type SerializeTuple = Impossible<(), NoCell>;
    type SerializeTupleStruct = Impossible<(), NoCell>;
    type SerializeTupleVariant = Impossible<(), NoCell>;
    type SerializeMap = Entries<'a>;
    type SerializeStruct = &'a mut Columns;
    type SerializeStructVariant = Impossible<(), NoCell>;

    single_values!(
        serialize_bool(bool),
        serialize_i8(i8),
        serialize_i16(i16),
        serialize_i32(i32),
        serialize_i64(i64),
        serialize_i128(i128),
        serialize_u8(u8),
        serialize_u16(u16),
        serialize_u32(u32),
        serialize_u64(u64),
        serialize_u128(u128),
        serialize_f32(f32),
        serialize_f64(f64),
        serialize_char(char),
        serialize_str(&str)
    );

    fn serialize_bytes(self, _: &[u8]) -> Result<(), NoCell> {
        nameless("bytes")
    }

    fn serialize_none(self) -> Result<(), NoCell> {
        self.value(VALUE.into(), &None::<()>)
    }

    /// An optional single value; an optional record is no row.
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NoCell> {
        self.value(VALUE.into(), &Some(value))
    }

    fn serialize_unit(self) -> Result<(), NoCell> {
        nameless("empty")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), NoCell> {
        nameless("empty")
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), NoCell> {
        self.value(VALUE.into(), variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), NoCell> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), NoCell> {
        nameless("a variant of an enum with a value in it")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, NoCell> {
        nameless("a list")
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, NoCell> {
        nameless("a tuple")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, NoCell> {
        nameless("a tuple")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NoCell> {
        nameless("a variant of an enum with values in it")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries<'a>, NoCell> {
        self.are_of_maps = true;
        Ok(Entries { columns: self, key: None })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, NoCell> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, NoCell> {
        nameless("a variant of an enum with values in it")
    }
}

impl SerializeStruct for &mut Columns {
    type Ok = ();
    type Error = NoCell;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), NoCell> {
        self.value(key.into(), value)
    }

    fn skip_field(&mut self, key: &'static str) -> Result<(), NoCell> {
        self.field(key.into(), |column| {
            column.push_null();
            Ok(())
        })
    }

    fn end(self) -> Result<(), NoCell> {
        Ok(())
    }
}

/// The entries of a map.
struct Entries<'a> {
    columns: &'a mut Columns,
    key: Option<String>,
}

impl SerializeMap for Entries<'_> {
    type Ok = ();
    type Error = NoCell;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NoCell> {
        self.key = Some(match serde_json::to_value(key) {
            Ok(Value::String(key)) => key,
            Ok(key @ (Value::Number(_) | Value::Bool(_))) => key.to_string(),
            _ => return Err(NoCell("a key that is no text and no number".into())),
        });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoCell> {
        let key = self.key.take().ok_or_else(|| NoCell("a value without a key".into()))?;
        self.columns.value(key.into(), value)
    }

    fn end(self) -> Result<(), NoCell> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use super::*;
    use crate::sinks::table::{Cell, Column};

    #[derive(Clone, Default, Serialize)]
    struct Place {
        city: String,
        people: Option<u32>,
        #[serde(rename = "height in m", skip_serializing_if = "Option::is_none")]
        height: Option<f64>,
        #[serde(skip)]
        _note: u8,
    }

    fn place(city: &str, people: Option<u32>, height: Option<f64>) -> Place {
        Place { city: city.into(), people, height, ..Place::default() }
    }

    fn row(table: &Table, i: usize) -> Vec<Cell<'_>> {
        table.columns().iter().map(|(_, column)| column.cell(i)).collect()
    }

    fn names(table: &Table) -> Vec<&str> {
        table.columns().iter().map(|(name, _)| name.as_str()).collect()
    }

    fn problem<T: Serialize>(rows: &[T]) -> String {
        records(rows).unwrap_err().to_string()
    }

    #[test]
    fn fields_are_columns_by_their_names() {
        let table = records(&[place("Ulm", None, Some(478.0)), place("Jena", Some(110_502), None)]).unwrap();
        assert_eq!(names(&table), ["city", "people", "height in m"]);
        assert_eq!(row(&table, 0), [Cell::Text("Ulm"), Cell::Null, Cell::Float64(478.0)]);
        assert_eq!(row(&table, 1), [Cell::Text("Jena"), Cell::Int(110_502), Cell::Null]);
        assert!(records::<Place>(&[]).unwrap().is_open());
    }

    #[test]
    fn single_values_are_one_column() {
        let table = records(&[1.5, f64::NAN]).unwrap();
        assert_eq!((names(&table), row(&table, 0)), (vec!["value"], vec![Cell::Float64(1.5)]));
        let table = records(&[None, Some("a")]).unwrap();
        assert_eq!((row(&table, 0), row(&table, 1)), (vec![Cell::Null], vec![Cell::Text("a")]));
    }

    #[test]
    fn maps_have_their_columns_sorted() {
        #[derive(Serialize)]
        struct Flat {
            z: u8,
            #[serde(flatten)]
            rest: BTreeMap<String, bool>,
        }
        let flat = |z| Flat { z, rest: BTreeMap::from([("b".into(), true), ("a".into(), false)]) };
        let table = records(&[flat(1), flat(2)]).unwrap();
        assert_eq!(
            (names(&table), row(&table, 1)),
            (vec!["a", "b", "z"], vec![Cell::Bool(false), Cell::Bool(true), Cell::Int(2)])
        );
        let maps: Vec<HashMap<u8, u8>> = (0..9).map(|i| (0..9).map(|key| (key, key * i)).collect()).collect();
        let table = records(&maps).unwrap();
        assert_eq!(names(&table), ["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
        assert!((0..9).all(|i| row(&table, i) == (0..9).map(|key| Cell::Int(key * i as i64)).collect::<Vec<_>>()));
        let other = [BTreeMap::from([("a", 1)]), BTreeMap::from([("b", 1)])];
        assert!(problem(&other).contains("the field b, which the first row does not have"));
        let fewer = [BTreeMap::from([("a", 1), ("b", 2)]), BTreeMap::from([("a", 1)])];
        assert!(problem(&fewer).contains("the field b is missing"));
    }

    #[test]
    fn rows_without_names_and_nested_fields_are_refused_with_the_remedy() {
        #[derive(Serialize)]
        struct Nested {
            words: Vec<u8>,
        }
        let error = records(&[Nested { words: vec![] }]).unwrap_err();
        assert_eq!(error.place().row, Some(0));
        assert!(error.to_string().contains("field words: a list, where a cell is a boolean"), "{error}");
        assert!(problem(&[(1, 2)]).contains("make it a struct with named fields"));
        assert!(problem(&[vec![1]]).contains("a list"));
        assert!(problem(&[()]).contains("empty"));
        assert!(problem(&[Some(place("a", None, None))]).contains("a struct Place"));
        #[derive(Serialize)]
        struct Twice {
            a: u8,
            #[serde(flatten)]
            rest: BTreeMap<&'static str, u8>,
        }
        assert!(problem(&[Twice { a: 1, rest: BTreeMap::from([("a", 2)]) }]).contains("two fields a"));
    }

    #[test]
    fn a_column_that_may_be_missing_is_so_in_every_chunk() {
        let there = records(&[place("Ulm", Some(1), Some(1.0))]).unwrap();
        assert!(matches!(there.columns()[1].1, Column::Nullable(_)));
        let none = records(&[place("Ulm", None, None)]).unwrap();
        assert!(matches!(none.columns()[1].1, Column::Null(1)));
    }
}
