//! Sources that a value is read from: a JSON value, a tensor, one of its numbers, a name.

use std::slice;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::de::{Error as _, Expected, Unexpected};
use serde_json::{Value, map};

use super::parts::{ARRAY, ARRAY_FIELDS, Problem, Result, TENSOR};

/// Reads one value. Nothing here is generic: the code that deserializes is compiled in the user's crate, once for every
/// type, and calls this.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    source: Source<'a>,
    tensors: &'a SafeTensors<'a>,
}

/// The source that a value is read from.
#[derive(Clone, Copy, Debug)]
enum Source<'a> {
    Value(&'a Value),
    /// The name of a field or variant.
    Name(&'a str),
    /// One number of a tensor. It is of its type, and of no other.
    F32(f32),
    F64(f64),
    I64(i64),
    U64(u64),
    /// The shape of an array.
    Shape(&'a [usize]),
    /// The numbers of an array.
    Numbers(TensorNumbers<'a>),
}

/// The kind of content of a source.
pub(super) enum Found<'a> {
    Unit,
    Bool(bool),
    F32(f32),
    F64(f64),
    I64(i64),
    U64(u64),
    Text(&'a str),
    List,
    Fields(Entries<'a>),
}

/// A whole number.
pub(super) enum Integer {
    Signed(i64),
    Unsigned(u64),
}

impl<'a> Reader<'a> {
    pub(super) fn new(value: &'a Value, tensors: &'a SafeTensors<'a>) -> Self {
        Reader { source: Source::Value(value), tensors }
    }

    fn at(self, source: Source<'a>) -> Self {
        Reader { source, ..self }
    }

    /// The tensor that the value stands for, if it does for any.
    fn tensor(self) -> Result<Option<TensorView<'a>>> {
        let name = match self.source {
            Source::Value(Value::Object(fields)) if fields.len() == 1 => fields.get(TENSOR).and_then(Value::as_str),
            _ => None,
        };
        let find = |name| self.tensors.tensor(name).map_err(|_| Problem::custom(format!("there is no tensor {name}")));
        name.map(find).transpose()
    }

    /// The only number of a tensor.
    fn number(self, tensor: &TensorView<'a>) -> Result<Self> {
        match TensorNumbers::of(tensor)?.next() {
            Some(number) => Ok(self.at(number)),
            None => Err(self.wrong("a number")),
        }
    }

    pub(super) fn found(self) -> Result<Found<'a>> {
        Ok(match self.source {
            Source::Name(name) => Found::Text(name),
            Source::F32(number) => Found::F32(number),
            Source::F64(number) => Found::F64(number),
            Source::I64(number) => Found::I64(number),
            Source::U64(number) => Found::U64(number),
            Source::Shape(_) | Source::Numbers(_) => Found::List,
            Source::Value(Value::Null) => Found::Unit,
            Source::Value(Value::Bool(value)) => Found::Bool(*value),
            Source::Value(Value::String(value)) => Found::Text(value),
            Source::Value(Value::Number(number)) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => Found::U64(number),
                (_, Some(number), _) => Found::I64(number),
                (_, _, Some(number)) => Found::F64(number),
                _ => return Err(self.wrong("a number of 8 bytes")),
            },
            Source::Value(Value::Array(_)) => Found::List,
            Source::Value(Value::Object(fields)) => match self.tensor()? {
                Some(tensor) if tensor.shape().is_empty() => return self.number(&tensor)?.found(),
                Some(tensor) => self.numbers(&tensor).map(|_| Found::List)?,
                None => Found::Fields(self.entries(Pairs::Object(fields.iter()))),
            },
        })
    }

    /// The error of a value where something else was expected.
    #[cold]
    fn unexpected(self, expected: &dyn Expected) -> Problem {
        let found = match self.found() {
            Ok(found) => found,
            Err(error) => return error,
        };
        let found = match found {
            Found::Unit => Unexpected::Unit,
            Found::Bool(value) => Unexpected::Bool(value),
            Found::F32(number) => Unexpected::Float(number.into()),
            Found::F64(number) => Unexpected::Float(number),
            Found::I64(number) => Unexpected::Signed(number),
            Found::U64(number) => Unexpected::Unsigned(number),
            Found::Text(text) => Unexpected::Str(text),
            Found::List => Unexpected::Seq,
            Found::Fields(_) => Unexpected::Map,
        };
        Problem::invalid_type(found, expected)
    }

    /// The error of a JSON value where another kind of it should be.
    #[cold]
    fn wrong(self, wanted: &str) -> Problem {
        let found = match self.source {
            Source::Value(Value::Null) => "null",
            Source::Value(Value::Bool(_)) => "a bool",
            Source::Value(Value::Number(_)) | Source::F32(_) | Source::F64(_) | Source::I64(_) | Source::U64(_) => {
                "a number"
            }
            Source::Value(Value::String(_)) | Source::Name(_) => "a string",
            Source::Value(Value::Array(_)) | Source::Shape(_) | Source::Numbers(_) => "a list",
            Source::Value(Value::Object(_)) => "an object",
        };
        Problem::custom(format!("{found} where {wanted} should be"))
    }

    pub(super) fn is_null(self) -> bool {
        matches!(self.source, Source::Value(Value::Null))
    }

    pub(super) fn unit(self, expected: &dyn Expected) -> Result<()> {
        if self.is_null() { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    pub(super) fn bool(self, expected: &dyn Expected) -> Result<bool> {
        match self.source {
            Source::Value(Value::Bool(value)) => Ok(*value),
            _ => Err(self.unexpected(expected)),
        }
    }

    pub(super) fn text(self, expected: &dyn Expected) -> Result<&'a str> {
        match self.source {
            Source::Value(Value::String(text)) => Ok(text),
            Source::Name(name) => Ok(name),
            _ => Err(self.unexpected(expected)),
        }
    }

    #[inline]
    pub(super) fn integer(self, expected: &dyn Expected) -> Result<Integer> {
        match self.source {
            Source::U64(number) => Ok(Integer::Unsigned(number)),
            Source::I64(number) => Ok(Integer::Signed(number)),
            _ => self.any_integer(expected),
        }
    }

    fn any_integer(self, expected: &dyn Expected) -> Result<Integer> {
        match self.found()? {
            Found::U64(number) => Ok(Integer::Unsigned(number)),
            Found::I64(number) => Ok(Integer::Signed(number)),
            _ => Err(self.unexpected(expected)),
        }
    }

    #[inline]
    pub(super) fn f32(self, expected: &dyn Expected) -> Result<f32> {
        match self.source {
            Source::F32(number) => Ok(number),
            _ => self.any_f32(expected),
        }
    }

    fn any_f32(self, expected: &dyn Expected) -> Result<f32> {
        match self.source {
            Source::F64(_) | Source::I64(_) | Source::U64(_) => {
                Err(Problem::custom("numbers of 8 bytes where those of a model of f32 should be"))
            }
            _ => match self.tensor()? {
                Some(tensor) => self.number(&tensor)?.f32(expected),
                None => match self.found()? {
                    Found::F64(number) => Ok(number as f32),
                    Found::U64(number) => Ok(number as f32),
                    Found::I64(number) => Ok(number as f32),
                    _ => Err(self.unexpected(expected)),
                },
            },
        }
    }

    #[inline]
    pub(super) fn f64(self, expected: &dyn Expected) -> Result<f64> {
        match self.source {
            Source::F64(number) => Ok(number),
            _ => self.any_f64(expected),
        }
    }

    fn any_f64(self, expected: &dyn Expected) -> Result<f64> {
        match self.source {
            Source::F32(_) => Err(Problem::custom("numbers of 4 bytes where those of a model of f64 should be")),
            Source::I64(_) | Source::U64(_) => Err(Problem::custom("integers where floats should be")),
            _ => match self.tensor()? {
                Some(tensor) => self.number(&tensor)?.f64(expected),
                None => match self.found()? {
                    Found::F64(number) => Ok(number),
                    Found::U64(number) => Ok(number as f64),
                    Found::I64(number) => Ok(number as f64),
                    _ => Err(self.unexpected(expected)),
                },
            },
        }
    }

    pub(super) fn elements(self, expected: &dyn Expected) -> Result<Elements<'a>> {
        match self.source {
            Source::Shape(shape) => Ok(self.list(Of::Shape(shape.iter()))),
            Source::Numbers(numbers) => Ok(self.list(Of::Numbers(numbers))),
            Source::Value(value) => match (self.tensor()?, value) {
                (Some(tensor), _) => self.numbers(&tensor),
                (None, Value::Array(all)) => Ok(self.list(Of::Values(all.iter()))),
                _ => Err(self.wrong("a list")),
            },
            _ => Err(self.unexpected(expected)),
        }
    }

    fn list(self, of: Of<'a>) -> Elements<'a> {
        Elements { reader: self, of, taken: 0 }
    }

    fn numbers(self, tensor: &TensorView<'a>) -> Result<Elements<'a>> {
        match tensor.shape() {
            [_] => Ok(self.list(Of::Numbers(TensorNumbers::of(tensor)?))),
            shape => Err(Problem::custom(format!("a tensor of shape {shape:?} where a list should be"))),
        }
    }

    /// The pairs of a map.
    pub(super) fn pairs(self, expected: &dyn Expected) -> Result<Entries<'a>> {
        let is_pair = |pair: &Value| matches!(pair.as_array().map(Vec::as_slice), Some([_, _]));
        match self.source {
            Source::Value(Value::Array(pairs)) if pairs.iter().all(is_pair) => {
                Ok(self.entries(Pairs::List(pairs.iter())))
            }
            Source::Value(_) => Err(self.wrong("a list of keys and values")),
            _ => Err(self.unexpected(expected)),
        }
    }

    /// The fields of a structure.
    pub(super) fn fields(self, name: &str, expected: &dyn Expected) -> Result<Entries<'a>> {
        let Source::Value(value) = self.source else { return Err(self.unexpected(expected)) };
        if let (ARRAY, Some(tensor)) = (name, self.tensor()?) {
            let numbers = TensorNumbers::of(&tensor)?;
            return Ok(self.entries(Pairs::Array { shape: tensor.shape().to_vec(), numbers, n: 0 }));
        }
        match value {
            Value::Object(fields) => Ok(self.entries(Pairs::Object(fields.iter()))),
            _ => Err(self.wrong("an object")),
        }
    }

    /// A field of a structure.
    pub(crate) fn field(self, name: &'static str) -> Result<Self> {
        match self.source {
            Source::Value(Value::Object(fields)) => match fields.get(name) {
                Some(value) => Ok(self.at(Source::Value(value))),
                None => Err(Problem::missing_field(name)),
            },
            _ => Err(self.wrong("an object")),
        }
    }

    fn entries(self, pairs: Pairs<'a>) -> Entries<'a> {
        Entries { reader: self, pairs, value: None }
    }

    /// A variant by its name, with the value that it holds.
    pub(super) fn variant(self, expected: &dyn Expected) -> Result<Variant<'a>> {
        let (name, value) = match self.source {
            Source::Value(Value::String(name)) => (name.as_str(), None),
            Source::Name(name) => (name, None),
            Source::Value(Value::Object(fields)) => match (fields.len(), fields.iter().next()) {
                (1, Some((name, value))) => (name.as_str(), Some(value)),
                _ => return Err(self.wrong("a variant")),
            },
            Source::Value(_) => return Err(self.wrong("a variant")),
            _ => return Err(self.unexpected(expected)),
        };
        Ok(Variant { reader: self, name, value })
    }
}

/// The numbers of a tensor, one after the other.
#[derive(Clone, Copy, Debug)]
struct TensorNumbers<'a> {
    dtype: Dtype,
    bytes: &'a [u8],
}

impl<'a> TensorNumbers<'a> {
    fn of(tensor: &TensorView<'a>) -> Result<Self> {
        match tensor.dtype() {
            Dtype::F32 | Dtype::F64 | Dtype::I64 | Dtype::U64 => {
                Ok(TensorNumbers { dtype: tensor.dtype(), bytes: tensor.data() })
            }
            other => Err(Problem::custom(format!("a tensor of type {other:?}: expected F32, F64, I64 or U64"))),
        }
    }

    #[inline]
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*first)
    }

    #[inline]
    fn next(&mut self) -> Option<Source<'a>> {
        match self.dtype {
            Dtype::F64 => self.take().map(f64::from_le_bytes).map(Source::F64),
            Dtype::F32 => self.take().map(f32::from_le_bytes).map(Source::F32),
            Dtype::I64 => self.take().map(i64::from_le_bytes).map(Source::I64),
            _ => self.take().map(u64::from_le_bytes).map(Source::U64),
        }
    }
}

/// The elements of a list.
pub(super) struct Elements<'a> {
    reader: Reader<'a>,
    of: Of<'a>,
    taken: usize,
}

enum Of<'a> {
    Values(slice::Iter<'a, Value>),
    Shape(slice::Iter<'a, usize>),
    Numbers(TensorNumbers<'a>),
}

impl<'a> Elements<'a> {
    /// The next element: numbers are read in the caller's own loop, for there may be millions.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Reader<'a>> {
        match &mut self.of {
            Of::Numbers(numbers) => numbers.next().map(|source| self.reader.at(source)),
            _ => self.next_value(),
        }
    }

    fn next_value(&mut self) -> Option<Reader<'a>> {
        let source = match &mut self.of {
            Of::Values(all) => all.next().map(Source::Value),
            Of::Shape(all) => all.next().map(|&length| Source::U64(length as u64)),
            Of::Numbers(numbers) => numbers.next(),
        }?;
        self.taken += 1;
        Some(self.reader.at(source))
    }

    pub(super) fn left(&self) -> usize {
        match &self.of {
            Of::Values(all) => all.len(),
            Of::Shape(all) => all.len(),
            Of::Numbers(numbers) => numbers.bytes.len() * 8 / numbers.dtype.bitsize(),
        }
    }

    /// Refuses elements that were not read.
    pub(super) fn end(&self) -> Result<()> {
        match (&self.of, self.left()) {
            (Of::Numbers(_), _) | (_, 0) => Ok(()),
            (Of::Values(_), left) => Err(Problem::custom(format!("a list that is too long by {left}"))),
            (Of::Shape(_), left) => {
                let (length, taken) = (self.taken + left, self.taken);
                let elements = if taken == 1 { "element" } else { "elements" };
                let problem = format!("invalid length {length}, expected {taken} {elements} in sequence");
                Err(Problem::custom(problem))
            }
        }
    }
}

/// Keys and values.
pub(super) struct Entries<'a> {
    reader: Reader<'a>,
    pairs: Pairs<'a>,
    /// The value of the key that was read last.
    value: Option<&'a Value>,
}

enum Pairs<'a> {
    /// The fields of an object.
    Object(map::Iter<'a>),
    /// A list of pairs, whose keys may be any values.
    List(slice::Iter<'a, Value>),
    /// A tensor as ndarray's array: its version, its shape, its numbers.
    Array { shape: Vec<usize>, numbers: TensorNumbers<'a>, n: usize },
}

impl<'a> Entries<'a> {
    pub(super) fn next_key(&mut self) -> Option<Reader<'a>> {
        let (key, value) = match &mut self.pairs {
            Pairs::Object(fields) => fields.next().map(|(name, value)| (Source::Name(name), value))?,
            Pairs::List(pairs) => pairs.next().map(|pair| (Source::Value(&pair[0]), &pair[1]))?,
            Pairs::Array { n, .. } => {
                let name = ARRAY_FIELDS.get(*n)?;
                *n += 1;
                return Some(self.reader.at(Source::Name(name)));
            }
        };
        self.value = Some(value);
        Some(self.reader.at(key))
    }

    pub(super) fn value(&mut self) -> Result<Reader<'_>> {
        let source = match &self.pairs {
            Pairs::Array { n: 1, .. } => Source::U64(1),
            Pairs::Array { n: 2, shape, .. } => Source::Shape(shape),
            Pairs::Array { numbers, .. } => Source::Numbers(*numbers),
            _ => match self.value.take() {
                Some(value) => Source::Value(value),
                None => return Err(Problem::custom("a value was asked for before its key")),
            },
        };
        Ok(self.reader.at(source))
    }
}

/// A variant by its name, with the value that it holds.
#[derive(Clone, Copy)]
pub(super) struct Variant<'a> {
    reader: Reader<'a>,
    name: &'a str,
    value: Option<&'a Value>,
}

impl<'a> Variant<'a> {
    pub(super) fn name(self) -> Reader<'a> {
        self.reader.at(Source::Name(self.name))
    }

    pub(super) fn unit(self) -> Result<()> {
        match self.value {
            None => Ok(()),
            Some(_) => Err(Problem::custom(format!("{} holds something and should hold nothing", self.name))),
        }
    }

    pub(super) fn content(self) -> Result<Reader<'a>> {
        let missing = || Problem::custom(format!("{} without what it should hold", self.name));
        self.value.map(|value| self.reader.at(Source::Value(value))).ok_or_else(missing)
    }
}
