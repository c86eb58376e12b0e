//! A value taken apart: its structure as JSON, its numbers as tensors.

use serde::ser::{self, Error as _, Serialize};
use serde_json::{Map, Number, Value};

use super::place::TensorPath;
use super::tensors::{Numbers, Tensor, Tensors};

/// What serde's own errors are made of.
pub(super) type Problem = serde::de::value::Error;
type Result<T> = std::result::Result<T, Problem>;

/// The only field of an object that stands for a tensor: its name.
pub(super) const TENSOR: &str = "$tensor";
/// How ndarray calls an array, and its fields.
pub(super) const ARRAY: &str = "Array";
pub(super) const ARRAY_FIELDS: [&str; 3] = ["v", "dim", "data"];

/// Integers are tensors if there are more: classes stay legible.
const MOST_INTEGERS: usize = 1000;

/// Takes a value apart. Lists of floats and arrays become tensors called by their place, which begins with
/// `name`; so do floats that JSON has no word for. Maps become lists of pairs, so that keys may be anything.
pub(super) fn take_apart<T: Serialize + ?Sized>(value: &T, name: &str, tensors: &mut Tensors) -> Result<Value> {
    let place = TensorPath::root(name);
    let part = value.serialize(Writer { place: &place, tensors })?;
    part.settle(&place, tensors)
}

struct Writer<'a> {
    place: &'a TensorPath<'a>,
    tensors: &'a mut Tensors,
}

/// A value that was written, numbers still as such: a list of them may become a tensor.
enum Part {
    F32(f32),
    F64(f64),
    I64(i64),
    U64(u64),
    Json(Value),
}

impl Part {
    fn settle(self, place: &TensorPath<'_>, tensors: &mut Tensors) -> Result<Value> {
        let float = |float: f64, numbers: Numbers, tensors: &mut Tensors| match Number::from_f64(float) {
            Some(number) => Ok(Value::Number(number)),
            None => add(tensors, place, Tensor { shape: vec![], numbers }),
        };
        match self {
            Part::F32(number) => float(number.into(), Numbers::F32(vec![number]), tensors),
            Part::F64(number) => float(number, Numbers::F64(vec![number]), tensors),
            Part::I64(number) => Ok(number.into()),
            Part::U64(number) => Ok(number.into()),
            Part::Json(value) => Ok(value),
        }
    }
}

/// Keeps a tensor; what stands in its place.
fn add(tensors: &mut Tensors, place: &TensorPath<'_>, tensor: Tensor) -> Result<Value> {
    let name = place.to_string();
    if tensors.insert(name.clone(), tensor).is_some() {
        return Err(Problem::custom(format!("two fields are called {name}")));
    }
    Ok(Value::Object(Map::from_iter([(TENSOR.to_owned(), name.into())])))
}

/// The parts of a list, as numbers for as long as they are all of one type.
enum List {
    Numbers(Numbers),
    Json(Vec<Value>),
}

impl List {
    fn push(&mut self, part: Part, place: &TensorPath<'_>, tensors: &mut Tensors) -> Result<()> {
        match (&mut *self, part) {
            (List::Numbers(Numbers::F32(all)), Part::F32(number)) => all.push(number),
            (List::Numbers(Numbers::F64(all)), Part::F64(number)) => all.push(number),
            (List::Numbers(Numbers::I64(all)), Part::I64(number)) => all.push(number),
            (List::Numbers(Numbers::U64(all)), Part::U64(number)) => all.push(number),
            (List::Json(all), part) if !all.is_empty() => all.push(part.settle(place, tensors)?),
            (List::Json(all), part) => match part {
                Part::F32(number) => *self = List::Numbers(Numbers::F32(vec![number])),
                Part::F64(number) => *self = List::Numbers(Numbers::F64(vec![number])),
                Part::I64(number) => *self = List::Numbers(Numbers::I64(vec![number])),
                Part::U64(number) => *self = List::Numbers(Numbers::U64(vec![number])),
                Part::Json(value) => all.push(value),
            },
            (List::Numbers(_), _) => return Err(Problem::custom(format!("{place} is not of the type before it"))),
        }
        Ok(())
    }

    fn settle(self, place: &TensorPath<'_>, tensors: &mut Tensors) -> Result<Value> {
        Ok(match self {
            List::Numbers(Numbers::I64(all)) if all.len() <= MOST_INTEGERS => all.into(),
            List::Numbers(Numbers::U64(all)) if all.len() <= MOST_INTEGERS => all.into(),
            List::Numbers(numbers) => add(tensors, place, Tensor { shape: vec![numbers.len()], numbers })?,
            List::Json(all) => Value::Array(all),
        })
    }
}

/// Writes the elements of a sequence, a tuple or the pairs of a map, one after the other.
struct Elements<'a> {
    place: &'a TensorPath<'a>,
    tensors: &'a mut Tensors,
    all: List,
    n: usize,
    /// Numbers of a tuple stay in the JSON: each means something of its own.
    is_tuple: bool,
    variant: Option<&'static str>,
    key: Option<Value>,
}

/// Writes the fields of a structure.
struct Fields<'a> {
    place: &'a TensorPath<'a>,
    tensors: &'a mut Tensors,
    all: Map<String, Value>,
    is_array: bool,
    variant: Option<&'static str>,
}

fn named(variant: Option<&'static str>, value: Value) -> Part {
    Part::Json(match variant {
        Some(variant) => Value::Object(Map::from_iter([(variant.to_owned(), value)])),
        None => value,
    })
}

impl Elements<'_> {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let place = self.place.number(self.n);
        let mut part = value.serialize(Writer { place: &place, tensors: self.tensors })?;
        if self.is_tuple {
            part = Part::Json(part.settle(&place, self.tensors)?);
        }
        self.all.push(part, &place, self.tensors)?;
        self.n += 1;
        Ok(())
    }

    fn finish(self) -> Result<Part> {
        Ok(named(self.variant, self.all.settle(self.place, self.tensors)?))
    }
}

impl Fields<'_> {
    fn push<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
        // An array is a tensor by its own name.
        let own = self.place.field(name);
        let place = if self.is_array { self.place } else { &own };
        let part = value.serialize(Writer { place, tensors: self.tensors })?;
        self.all.insert(name.to_owned(), part.settle(place, self.tensors)?);
        Ok(())
    }

    fn finish(mut self) -> Result<Part> {
        if self.is_array {
            let [_, dim, data] = ARRAY_FIELDS.map(|field| self.all.get(field));
            let tensor = data.and_then(|data| data.get(TENSOR)?.as_str()).map(str::to_owned);
            let shape = dim.and_then(Value::as_array).into_iter().flatten().map(|n| n.as_u64().map(|n| n as usize));
            let shape: Option<Vec<usize>> = shape.collect();
            if let (Some(tensor), Some(shape)) = (tensor.and_then(|name| self.tensors.get_mut(&name)), shape) {
                tensor.shape = shape;
                return Ok(Part::Json(self.all.remove("data").unwrap_or_default()));
            }
        }
        Ok(named(self.variant, Value::Object(self.all)))
    }
}

impl<'a> Writer<'a> {
    fn elements(self, is_tuple: bool, variant: Option<&'static str>) -> Result<Elements<'a>> {
        let Writer { place, tensors } = self;
        Ok(Elements { place, tensors, all: List::Json(vec![]), n: 0, is_tuple, variant, key: None })
    }

    fn fields(self, is_array: bool, variant: Option<&'static str>) -> Result<Fields<'a>> {
        let Writer { place, tensors } = self;
        Ok(Fields { place, tensors, all: Map::new(), is_array, variant })
    }
}

macro_rules! numbers {
    ($($method:ident $of:ty => $part:ident)*) => {
        $(fn $method(self, number: $of) -> Result<Part> {
            Ok(Part::$part(number.into()))
        })*
    };
}

impl<'a> ser::Serializer for Writer<'a> {
    type Ok = Part;
    type Error = Problem;
    type SerializeSeq = Elements<'a>;
    type SerializeTuple = Elements<'a>;
    type SerializeTupleStruct = Elements<'a>;
    type SerializeTupleVariant = Elements<'a>;
    type SerializeMap = Elements<'a>;
    type SerializeStruct = Fields<'a>;
    type SerializeStructVariant = Fields<'a>;

    numbers! {
        serialize_bool bool => Json
        serialize_i8 i8 => I64 serialize_i16 i16 => I64 serialize_i32 i32 => I64 serialize_i64 i64 => I64
        serialize_u8 u8 => U64 serialize_u16 u16 => U64 serialize_u32 u32 => U64 serialize_u64 u64 => U64
        serialize_f32 f32 => F32 serialize_f64 f64 => F64
        serialize_str &str => Json
    }

    fn serialize_char(self, value: char) -> Result<Part> {
        Ok(Part::Json(value.to_string().into()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Part> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<Part> {
        Ok(Part::Json(Value::Null))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Part> {
        let Writer { place, tensors } = self;
        let part = value.serialize(Writer { place, tensors })?;
        // Beside a `None` it could not stand in a list of numbers.
        part.settle(place, tensors).map(Part::Json)
    }

    fn serialize_unit(self) -> Result<Part> {
        Ok(Part::Json(Value::Null))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Part> {
        Ok(Part::Json(Value::Null))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Part> {
        Ok(Part::Json(variant.into()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Part> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Part> {
        let Writer { place, tensors } = self;
        let part = value.serialize(Writer { place, tensors })?;
        Ok(named(Some(variant), part.settle(place, tensors)?))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Elements<'a>> {
        self.elements(false, None)
    }

    fn serialize_tuple(self, _: usize) -> Result<Elements<'a>> {
        self.elements(true, None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Elements<'a>> {
        self.elements(true, None)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Elements<'a>> {
        self.elements(true, Some(variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Elements<'a>> {
        self.elements(true, None)
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Fields<'a>> {
        self.fields(name == ARRAY, None)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Fields<'a>> {
        self.fields(false, Some(variant))
    }
}

macro_rules! write_elements {
    ($($of:ident $method:ident)*) => {
        $(impl ser::$of for Elements<'_> {
            type Ok = Part;
            type Error = Problem;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                self.push(value)
            }

            fn end(self) -> Result<Part> {
                self.finish()
            }
        })*
    };
}

write_elements! {
    SerializeSeq serialize_element SerializeTuple serialize_element
    SerializeTupleStruct serialize_field SerializeTupleVariant serialize_field
}

impl ser::SerializeMap for Elements<'_> {
    type Ok = Part;
    type Error = Problem;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        let pair = self.place.number(self.n);
        let place = pair.field("key");
        let part = key.serialize(Writer { place: &place, tensors: self.tensors })?;
        self.key = Some(part.settle(&place, self.tensors)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let place = self.place.number(self.n);
        let part = value.serialize(Writer { place: &place, tensors: self.tensors })?;
        let value = part.settle(&place, self.tensors)?;
        let pair = Value::Array(vec![self.key.take().unwrap_or_default(), value]);
        self.all.push(Part::Json(pair), &place, self.tensors)?;
        self.n += 1;
        Ok(())
    }

    fn end(self) -> Result<Part> {
        self.finish()
    }
}

macro_rules! write_fields {
    ($($of:ident)*) => {
        $(impl ser::$of for Fields<'_> {
            type Ok = Part;
            type Error = Problem;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
                self.push(name, value)
            }

            fn end(self) -> Result<Part> {
                self.finish()
            }
        })*
    };
}

write_fields! { SerializeStruct SerializeStructVariant }
