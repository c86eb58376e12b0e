//! A value put together again from its structure and its numbers.

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::de::value::{SeqDeserializer, StrDeserializer, U8Deserializer};
use serde::de::{self, DeserializeOwned, DeserializeSeed, Error as _, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use super::writer::{ARRAY, ARRAY_FIELDS, Problem, TENSOR};

type Result<T> = std::result::Result<T, Problem>;

/// Puts a value together from what [`take_apart`](super::writer::take_apart) made of it. The types of floats
/// are minded: an `f64` is no `f32`.
pub(super) fn put_together<T: DeserializeOwned>(value: &Value, tensors: &SafeTensors<'_>) -> Result<T> {
    T::deserialize(Reader { value, tensors })
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    value: &'a Value,
    tensors: &'a SafeTensors<'a>,
}

impl<'a> Reader<'a> {
    fn at(self, value: &'a Value) -> Self {
        Reader { value, ..self }
    }

    /// The tensor that the value stands for, if it does for any.
    fn tensor(self) -> Result<Option<TensorView<'a>>> {
        let name = match self.value {
            Value::Object(fields) if fields.len() == 1 => fields.get(TENSOR).and_then(Value::as_str),
            _ => None,
        };
        let find = |name| self.tensors.tensor(name).map_err(|_| Problem::custom(format!("there is no tensor {name}")));
        name.map(find).transpose()
    }

    fn wrong<T>(self, wanted: &str) -> Result<T> {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a bool",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        Err(Problem::custom(format!("{found} where {wanted} should be")))
    }
}

/// One number of a tensor. It is of its type, and of no other.
#[derive(Clone, Copy)]
enum Scalar {
    F32(f32),
    F64(f64),
    I64(i64),
    U64(u64),
}

/// The numbers of a tensor as a sequence.
struct TensorSeq<'a> {
    dtype: Dtype,
    bytes: &'a [u8],
}

impl<'a> TensorSeq<'a> {
    fn of(tensor: &TensorView<'a>) -> Result<Self> {
        match tensor.dtype() {
            Dtype::F32 | Dtype::F64 | Dtype::I64 | Dtype::U64 => {
                Ok(TensorSeq { dtype: tensor.dtype(), bytes: tensor.data() })
            }
            other => Err(Problem::custom(format!("a tensor of type {other:?}: expected F32, F64, I64 or U64"))),
        }
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*first)
    }

    fn next(&mut self) -> Option<Scalar> {
        match self.dtype {
            Dtype::F32 => self.take().map(f32::from_le_bytes).map(Scalar::F32),
            Dtype::F64 => self.take().map(f64::from_le_bytes).map(Scalar::F64),
            Dtype::I64 => self.take().map(i64::from_le_bytes).map(Scalar::I64),
            _ => self.take().map(u64::from_le_bytes).map(Scalar::U64),
        }
    }
}

impl<'de> de::SeqAccess<'de> for TensorSeq<'_> {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        self.next().map(|number| seed.deserialize(number)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.bytes.len() * 8 / self.dtype.bitsize())
    }
}

impl<'de> de::Deserializer<'de> for Scalar {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self {
            Scalar::F32(number) => visitor.visit_f32(number),
            Scalar::F64(number) => visitor.visit_f64(number),
            Scalar::I64(number) => visitor.visit_i64(number),
            Scalar::U64(number) => visitor.visit_u64(number),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self {
            Scalar::F32(number) => visitor.visit_f32(number),
            _ => Err(Problem::custom("numbers of 8 bytes where those of a model of f32 should be")),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self {
            Scalar::F64(number) => visitor.visit_f64(number),
            Scalar::F32(_) => Err(Problem::custom("numbers of 4 bytes where those of a model of f64 should be")),
            _ => Err(Problem::custom("integers where floats should be")),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

/// A tensor as ndarray's array: its version, its shape, its numbers.
struct ArrayFields<'a> {
    shape: &'a [usize],
    numbers: Option<TensorSeq<'a>>,
    n: usize,
}

impl<'de> de::MapAccess<'de> for ArrayFields<'_> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let name = ARRAY_FIELDS.get(self.n);
        self.n += 1;
        name.map(|name| seed.deserialize(StrDeserializer::<Problem>::new(name))).transpose()
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value> {
        match (self.n, self.numbers.take()) {
            (1, numbers) => {
                self.numbers = numbers;
                seed.deserialize(U8Deserializer::new(1))
            }
            (2, numbers) => {
                self.numbers = numbers;
                seed.deserialize(SeqDeserializer::new(self.shape.iter().copied()))
            }
            (_, Some(numbers)) => seed.deserialize(de::value::SeqAccessDeserializer::new(numbers)),
            (_, None) => Err(Problem::custom("the numbers of an array were asked for twice")),
        }
    }
}

/// The elements of a list.
struct ListSeq<'a, I> {
    reader: Reader<'a>,
    elements: I,
}

impl<'a, 'de, I: ExactSizeIterator<Item = &'a Value>> de::SeqAccess<'de> for ListSeq<'a, I> {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        self.elements.next().map(|value| seed.deserialize(self.reader.at(value))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.elements.len())
    }
}

/// Keys and values: the fields of an object, or the pairs of a list.
struct Pairs<'a, I> {
    reader: Reader<'a>,
    pairs: I,
    value: Option<&'a Value>,
}

/// A key: a field's name or, in a list of pairs, any value.
enum Name<'a> {
    Field(&'a str),
    Value(&'a Value),
}

impl<'a, 'de, I: Iterator<Item = (Name<'a>, &'a Value)>> de::MapAccess<'de> for Pairs<'a, I> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some((name, value)) = self.pairs.next() else { return Ok(None) };
        self.value = Some(value);
        match name {
            Name::Field(name) => seed.deserialize(StrDeserializer::<Problem>::new(name)),
            Name::Value(value) => seed.deserialize(self.reader.at(value)),
        }
        .map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value> {
        match self.value.take() {
            Some(value) => seed.deserialize(self.reader.at(value)),
            None => Err(Problem::custom("a value was asked for before its key")),
        }
    }
}

/// A variant by its name, with the value that it holds.
struct Variant<'a> {
    reader: Reader<'a>,
    name: &'a str,
    value: Option<&'a Value>,
}

impl<'a> Variant<'a> {
    fn content(self) -> Result<Reader<'a>> {
        let missing = || Problem::custom(format!("{} without what it should hold", self.name));
        self.value.map(|value| self.reader.at(value)).ok_or_else(missing)
    }
}

impl<'a, 'de> de::EnumAccess<'de> for Variant<'a> {
    type Error = Problem;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self)> {
        Ok((seed.deserialize(StrDeserializer::<Problem>::new(self.name))?, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'_> {
    type Error = Problem;

    fn unit_variant(self) -> Result<()> {
        match self.value {
            None => Ok(()),
            Some(_) => Err(Problem::custom(format!("{} holds something and should hold nothing", self.name))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        de::Deserializer::deserialize_tuple(self.content()?, len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        de::Deserializer::deserialize_struct(self.content()?, "", fields, visitor)
    }
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::String(value) => visitor.visit_str(value),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), ..) => visitor.visit_u64(number),
                (_, Some(number), _) => visitor.visit_i64(number),
                (_, _, Some(number)) => visitor.visit_f64(number),
                _ => self.wrong("a number of 8 bytes"),
            },
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => match self.tensor()? {
                Some(tensor) if tensor.shape().is_empty() => match TensorSeq::of(&tensor)?.next() {
                    Some(number) => number.deserialize_any(visitor),
                    None => self.wrong("a number"),
                },
                Some(_) => self.deserialize_seq(visitor),
                None => self.deserialize_struct("", &[], visitor),
            },
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.tensor()?.map(|tensor| TensorSeq::of(&tensor)).transpose()? {
            Some(mut numbers) => match numbers.next() {
                Some(number) => number.deserialize_f32(visitor),
                None => self.wrong("a number"),
            },
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.tensor()?.map(|tensor| TensorSeq::of(&tensor)).transpose()? {
            Some(mut numbers) => match numbers.next() {
                Some(number) => number.deserialize_f64(visitor),
                None => self.wrong("a number"),
            },
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if let Some(tensor) = self.tensor()? {
            return match tensor.shape() {
                [_] => visitor.visit_seq(TensorSeq::of(&tensor)?),
                shape => Err(Problem::custom(format!("a tensor of shape {shape:?} where a list should be"))),
            };
        }
        let Value::Array(elements) = self.value else { return self.wrong("a list") };
        let mut elements = ListSeq { reader: self, elements: elements.iter() };
        let value = visitor.visit_seq(&mut elements)?;
        match elements.elements.len() {
            0 => Ok(value),
            n => Err(Problem::custom(format!("a list that is too long by {n}"))),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, _: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let Value::Array(pairs) = self.value else { return self.wrong("a list of keys and values") };
        let pair = |pair: &'_ Value| matches!(pair.as_array().map(Vec::as_slice), Some([_, _]));
        if !pairs.iter().all(pair) {
            return self.wrong("a list of keys and values");
        }
        let pairs = pairs.iter().map(|pair| (Name::Value(&pair[0]), &pair[1]));
        visitor.visit_map(Pairs { reader: self, pairs, value: None })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        if let (ARRAY, Some(tensor)) = (name, self.tensor()?) {
            let numbers = Some(TensorSeq::of(&tensor)?);
            return visitor.visit_map(ArrayFields { shape: tensor.shape(), numbers, n: 0 });
        }
        let Value::Object(fields) = self.value else { return self.wrong("an object") };
        let pairs = fields.iter().map(|(name, value)| (Name::Field(name), value));
        visitor.visit_map(Pairs { reader: self, pairs, value: None })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        let (name, value) = match self.value {
            Value::String(name) => (name, None),
            Value::Object(fields) if fields.len() == 1 => match fields.iter().next() {
                Some((name, value)) => (name, Some(value)),
                None => return self.wrong("a variant"),
            },
            _ => return self.wrong("a variant"),
        };
        visitor.visit_enum(Variant { reader: self, name, value })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        self.deserialize_any(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 char str string unit identifier
    }
}
