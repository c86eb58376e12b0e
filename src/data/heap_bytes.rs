//! Bytes on the heap of a value that serializes, counted by a serializer that writes nothing.

use std::fmt;

use serde::ser::{self, Serialize, Serializer};

/// About the bytes that a value holds on the heap: the text of strings, the elements of sequences and maps. 0 for what does
/// not serialize.
pub(super) fn heap_bytes<T: Serialize + ?Sized>(value: &T) -> usize {
    let mut counter = HeapCounter { bytes: 0, on_heap: false };
    value.serialize(&mut counter).map_or(0, |()| counter.bytes)
}

/// Counts the bytes that lie on the heap.
struct HeapCounter {
    bytes: usize,
    /// Inside of a sequence or a map, whose elements are on the heap themselves.
    on_heap: bool,
}

/// A value does not serialize.
#[derive(Debug)]
struct Unserialized;

impl fmt::Display for Unserialized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it does not serialize")
    }
}

impl std::error::Error for Unserialized {}

impl ser::Error for Unserialized {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Unserialized
    }
}

/// The bytes of a pointer, a length and a capacity.
const HANDLE: usize = size_of::<Vec<u8>>();

impl HeapCounter {
    fn value(&mut self, bytes: usize) -> Result<(), Unserialized> {
        self.bytes += if self.on_heap { bytes } else { 0 };
        Ok(())
    }

    /// Text or bytes: a handle, and what it points to.
    fn text(&mut self, length: usize) -> Result<(), Unserialized> {
        self.bytes += length;
        self.value(HANDLE)
    }

    /// Elements that lie on the heap, until the collection ends.
    fn collection(&mut self) -> Elements<'_> {
        let outside = self.on_heap;
        self.bytes += if outside { HANDLE } else { 0 };
        self.on_heap = true;
        Elements { counter: self, outside }
    }

    /// Fields that lie where the value does.
    fn fields(&mut self) -> Elements<'_> {
        let outside = self.on_heap;
        Elements { counter: self, outside }
    }
}

/// The elements of a collection, or the fields of a struct.
struct Elements<'a> {
    counter: &'a mut HeapCounter,
    /// True if the value around them is on the heap.
    outside: bool,
}

impl Elements<'_> {
    fn add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unserialized> {
        value.serialize(&mut *self.counter)
    }

    fn finish(self) -> Result<(), Unserialized> {
        self.counter.on_heap = self.outside;
        Ok(())
    }
}

macro_rules! numbers {
    ($($name:ident: $t:ty),*) => { $(fn $name(self, _: $t) -> Result<(), Unserialized> {
        self.value(size_of::<$t>())
    })* };
}

impl<'a> Serializer for &'a mut HeapCounter {
    type Ok = ();
    type Error = Unserialized;
    type SerializeSeq = Elements<'a>;
    type SerializeTuple = Elements<'a>;
    type SerializeTupleStruct = Elements<'a>;
    type SerializeTupleVariant = Elements<'a>;
    type SerializeMap = Elements<'a>;
    type SerializeStruct = Elements<'a>;
    type SerializeStructVariant = Elements<'a>;

    numbers!(
        serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_i128: i128, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_u128: u128, serialize_f32: f32, serialize_f64: f64, serialize_char: char
    );

    fn serialize_str(self, text: &str) -> Result<(), Unserialized> {
        self.text(text.len())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Unserialized> {
        self.text(bytes.len())
    }

    fn serialize_none(self) -> Result<(), Unserialized> {
        self.value(1)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unserialized> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unserialized> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unserialized> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Unserialized> {
        self.value(1)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Unserialized> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unserialized> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Elements<'a>, Unserialized> {
        Ok(self.collection())
    }

    fn serialize_tuple(self, _: usize) -> Result<Elements<'a>, Unserialized> {
        Ok(self.fields())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Elements<'a>, Unserialized> {
        Ok(self.fields())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Elements<'a>, Unserialized> {
        Ok(self.fields())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Elements<'a>, Unserialized> {
        Ok(self.collection())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Elements<'a>, Unserialized> {
        Ok(self.fields())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Elements<'a>, Unserialized> {
        Ok(self.fields())
    }

    /// Compact formats write numbers where readable ones write text.
    fn is_human_readable(&self) -> bool {
        false
    }
}

macro_rules! of_values {
    ($($of:ident: $add:ident),*) => { $(impl ser::$of for Elements<'_> {
        type Ok = ();
        type Error = Unserialized;

        fn $add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unserialized> {
            self.add(value)
        }

        fn end(self) -> Result<(), Unserialized> {
            self.finish()
        }
    })* };
}

of_values!(
    SerializeSeq: serialize_element, SerializeTuple: serialize_element, SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);

macro_rules! of_fields {
    ($($of:ident),*) => { $(impl ser::$of for Elements<'_> {
        type Ok = ();
        type Error = Unserialized;

        fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Result<(), Unserialized> {
            self.add(value)
        }

        fn end(self) -> Result<(), Unserialized> {
            self.finish()
        }
    })* };
}

of_fields!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Elements<'_> {
    type Ok = ();
    type Error = Unserialized;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unserialized> {
        self.add(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unserialized> {
        self.add(value)
    }

    fn end(self) -> Result<(), Unserialized> {
        self.finish()
    }
}
