//! A value taken apart: its structure as JSON, its numbers as tensors.

use serde::ser::{self, Serialize};
use serde_json::Value;

use super::parts::{ARRAY, Problem, Result, Writer};
use super::tensors::Tensors;

/// A value that can be taken apart, whatever its type: what is done with it is compiled once.
pub(super) trait TakeApart {
    fn write(&self, writer: &mut Writer) -> Result<()>;
}

/// A value as it serializes.
pub(super) struct Serialized<'a, T>(pub(super) &'a T);

impl<T: Serialize> TakeApart for Serialized<'_, T> {
    fn write(&self, writer: &mut Writer) -> Result<()> {
        self.0.serialize(writer)
    }
}

/// Takes a value apart. Lists of floats and arrays become tensors called by their place, which begins with
/// `name`; so do floats that JSON has no word for. Maps become lists of pairs, so that keys may be anything.
pub(super) fn take_apart(value: &dyn TakeApart, name: &str, tensors: &mut Tensors) -> Result<Value> {
    let mut writer = Writer::new(name, std::mem::take(tensors));
    let written = value.write(&mut writer);
    let (value, all) = writer.finish();
    *tensors = all;
    written.map(|()| value)
}

macro_rules! numbers {
    ($($method:ident $of:ty => $put:ident)*) => {
        $(#[inline]
        fn $method(self, number: $of) -> Result<()> {
            self.$put(number.into())
        })*
    };
}

impl ser::Serializer for &mut Writer {
    type Ok = ();
    type Error = Problem;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    numbers! {
        serialize_i8 i8 => put_i64 serialize_i16 i16 => put_i64 serialize_i32 i32 => put_i64 serialize_i64 i64 => put_i64
        serialize_u8 u8 => put_u64 serialize_u16 u16 => put_u64 serialize_u32 u32 => put_u64 serialize_u64 u64 => put_u64
        serialize_f32 f32 => put_f32 serialize_f64 f64 => put_f64
    }

    fn serialize_bool(self, value: bool) -> Result<()> {
        self.put_bool(value)
    }

    fn serialize_str(self, value: &str) -> Result<()> {
        self.put_text(value)
    }

    fn serialize_char(self, value: char) -> Result<()> {
        self.put_text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<()> {
        self.put_null()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        self.begin_one(None);
        value.serialize(&mut *self)?;
        self.end()
    }

    fn serialize_unit(self) -> Result<()> {
        self.put_null()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<()> {
        self.put_null()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<()> {
        self.put_text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        self.begin_one(Some(variant));
        value.serialize(&mut *self)?;
        self.end()
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self> {
        self.begin_list(len);
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self> {
        self.begin_tuple(None);
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self> {
        self.begin_tuple(None);
        Ok(self)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Self> {
        self.begin_tuple(Some(variant));
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self> {
        self.begin_map();
        Ok(self)
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Self> {
        self.begin_fields(name == ARRAY, None);
        Ok(self)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Self> {
        self.begin_fields(false, Some(variant));
        Ok(self)
    }

    fn collect_seq<I>(self, elements: I) -> Result<()>
    where
        I: IntoIterator,
        I::Item: Serialize,
    {
        let elements = elements.into_iter();
        self.begin_list(elements.size_hint().1);
        for element in elements {
            element.serialize(&mut *self)?;
        }
        self.end()
    }
}

macro_rules! write_elements {
    ($($of:ident $method:ident)*) => {
        $(impl ser::$of for &mut Writer {
            type Ok = ();
            type Error = Problem;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<()> {
                Writer::end(self)
            }
        })*
    };
}

write_elements! {
    SerializeSeq serialize_element SerializeTuple serialize_element
    SerializeTupleStruct serialize_field SerializeTupleVariant serialize_field
}

impl ser::SerializeMap for &mut Writer {
    type Ok = ();
    type Error = Problem;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<()> {
        Writer::end(self)
    }
}

macro_rules! write_fields {
    ($($of:ident)*) => {
        $(impl ser::$of for &mut Writer {
            type Ok = ();
            type Error = Problem;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
                self.field(name);
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<()> {
                Writer::end(self)
            }
        })*
    };
}

write_fields! { SerializeStruct SerializeStructVariant }
