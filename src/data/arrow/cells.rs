//! Values of an Arrow array, one by one, whatever its type is.

use arrow_array::cast::AsArray;
use arrow_array::*;
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, Fields};
use serde::de::DeserializeOwned;

use super::cell::Cell;
use super::displayed::displayed;
use super::lists::Lists;
use super::unfit;
use crate::data::{NestedValue, Scalar};
use crate::error::Result;

/// The values of an array. What type it has is asked once, not for every value.
pub(crate) struct Cells {
    nulls: Option<NullBuffer>,
    values: Values,
}

/// The values where there is no null.
enum Values {
    Null,
    Bool(BooleanArray),
    Int8(Int8Array),
    Int16(Int16Array),
    Int32(Int32Array),
    Int64(Int64Array),
    UInt8(UInt8Array),
    UInt16(UInt16Array),
    UInt32(UInt32Array),
    UInt64(UInt64Array),
    Float16(Float16Array),
    Float32(Float32Array),
    Float64(Float64Array),
    Utf8(StringArray),
    LargeUtf8(LargeStringArray),
    Utf8View(StringViewArray),
    Binary(BinaryArray),
    LargeBinary(LargeBinaryArray),
    BinaryView(BinaryViewArray),
    FixedSizeBinary(FixedSizeBinaryArray),
    /// For each row the place of its value.
    Dictionary(Vec<usize>, Box<Cells>),
    List(Lists<Box<Cells>>),
    Struct(Fields, Vec<Cells>),
}

impl Cells {
    /// The values of an array of booleans, numbers, strings, texts in bytes, dates and times; of a dictionary of such; of lists
    /// and structs of such.
    ///
    /// # Errors
    /// Any other type.
    pub(crate) fn of(array: &dyn Array) -> Result<Self> {
        Ok(Cells { nulls: array.logical_nulls(), values: Values::of(array)? })
    }

    /// True if the values of the type are [scalars](Self::get).
    pub(crate) fn are_scalars(kind: &DataType) -> bool {
        use DataType::*;
        match kind {
            Dictionary(_, values) => Self::are_scalars(values),
            Boolean | Null | Date32 | Date64 | Time32(_) | Time64(_) | Timestamp(..) => true,
            kind => kind.is_numeric() || Self::are_strings(kind),
        }
    }

    /// True if [`of`](Self::of) knows the type.
    pub(crate) fn can_read(kind: &DataType) -> bool {
        use DataType::*;
        match kind {
            List(item) | LargeList(item) | FixedSizeList(item, _) => Self::can_read(item.data_type()),
            Struct(fields) => fields.iter().all(|field| Self::can_read(field.data_type())),
            kind => Self::are_scalars(kind),
        }
    }

    /// True if the values of the type are strings, or bytes that may be such.
    pub(crate) fn are_strings(kind: &DataType) -> bool {
        match kind {
            DataType::Dictionary(_, values) => Self::are_strings(values),
            kind => kind.is_string() || kind.is_binary(),
        }
    }

    /// Value `i`.
    ///
    /// # Panics
    /// When the array is not longer, and when its values are no scalars.
    pub(crate) fn get(&self, i: usize) -> Scalar<'_> {
        match self.cell(i) {
            Cell::Scalar(scalar) => scalar,
            Cell::List(..) | Cell::Struct(..) => unreachable!("the types of columns are checked"),
        }
    }

    /// Value `i`, whatever it is.
    ///
    /// # Panics
    /// When the array is not longer.
    pub(crate) fn cell(&self, i: usize) -> Cell<'_> {
        if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(i)) {
            return Cell::Scalar(Scalar::Null);
        }
        Cell::Scalar(match &self.values {
            Values::Null => Scalar::Null,
            Values::Bool(array) => Scalar::Bool(array.value(i)),
            Values::Int8(array) => Scalar::Int(array.value(i).into()),
            Values::Int16(array) => Scalar::Int(array.value(i).into()),
            Values::Int32(array) => Scalar::Int(array.value(i).into()),
            Values::Int64(array) => Scalar::Int(array.value(i)),
            Values::UInt8(array) => Scalar::Uint(array.value(i).into()),
            Values::UInt16(array) => Scalar::Uint(array.value(i).into()),
            Values::UInt32(array) => Scalar::Uint(array.value(i).into()),
            Values::UInt64(array) => Scalar::Uint(array.value(i)),
            Values::Float16(array) => Scalar::Float(array.value(i).into()),
            Values::Float32(array) => Scalar::Float(array.value(i).into()),
            Values::Float64(array) => Scalar::Float(array.value(i)),
            Values::Utf8(array) => Scalar::Str(array.value(i)),
            Values::LargeUtf8(array) => Scalar::Str(array.value(i)),
            Values::Utf8View(array) => Scalar::Str(array.value(i)),
            Values::Binary(array) => Scalar::of_bytes(array.value(i)),
            Values::LargeBinary(array) => Scalar::of_bytes(array.value(i)),
            Values::BinaryView(array) => Scalar::of_bytes(array.value(i)),
            Values::FixedSizeBinary(array) => Scalar::of_bytes(array.value(i)),
            Values::Dictionary(keys, values) => return values.cell(keys[i]),
            Values::List(lists) => return Cell::List(&lists.items, lists.span(i)),
            Values::Struct(fields, columns) => return Cell::Struct(fields, columns, i),
        })
    }
}

impl Values {
    fn of(array: &dyn Array) -> Result<Self> {
        Ok(match array.data_type() {
            DataType::Null => Values::Null,
            DataType::Boolean => Values::Bool(array.as_boolean().clone()),
            DataType::Int8 => Values::Int8(array.as_primitive().clone()),
            DataType::Int16 => Values::Int16(array.as_primitive().clone()),
            DataType::Int32 => Values::Int32(array.as_primitive().clone()),
            DataType::Int64 => Values::Int64(array.as_primitive().clone()),
            DataType::UInt8 => Values::UInt8(array.as_primitive().clone()),
            DataType::UInt16 => Values::UInt16(array.as_primitive().clone()),
            DataType::UInt32 => Values::UInt32(array.as_primitive().clone()),
            DataType::UInt64 => Values::UInt64(array.as_primitive().clone()),
            DataType::Float16 => Values::Float16(array.as_primitive().clone()),
            DataType::Float32 => Values::Float32(array.as_primitive().clone()),
            DataType::Float64 => Values::Float64(array.as_primitive().clone()),
            DataType::Utf8 => Values::Utf8(array.as_string().clone()),
            DataType::LargeUtf8 => Values::LargeUtf8(array.as_string().clone()),
            DataType::Utf8View => Values::Utf8View(array.as_string_view().clone()),
            DataType::Binary => Values::Binary(array.as_binary().clone()),
            DataType::LargeBinary => Values::LargeBinary(array.as_binary().clone()),
            DataType::BinaryView => Values::BinaryView(array.as_binary_view().clone()),
            DataType::FixedSizeBinary(_) => Values::FixedSizeBinary(array.as_fixed_size_binary().clone()),
            DataType::Dictionary(..) => {
                let array = array.as_any_dictionary();
                if array.values().is_empty() {
                    return Ok(Values::Null);
                }
                Values::Dictionary(array.normalized_keys(), Box::new(Cells::of(array.values())?))
            }
            DataType::Struct(fields) => {
                let columns = array.as_struct().columns().iter().map(|column| Cells::of(column));
                Values::Struct(fields.clone(), columns.collect::<Result<_>>()?)
            }
            DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => {
                let array = array.slice(0, array.len());
                Values::List(Lists::of(array, |items| Ok(Box::new(Cells::of(&items)?)))?)
            }
            other => match displayed(array)? {
                Some(texts) => Values::Utf8(texts),
                None => return Err(unfit(format!("values of type {other}, which cannot be read one by one"))),
            },
        })
    }
}

/// The values of an array of booleans, numbers, strings, dates and times, of a dictionary of such, or of lists and structs of
/// such, as values of any type that serde reads from them: numbers, `bool`, `String`, an enum by its names, vectors, structs.
/// Nulls are read as `None` by `Option`s. Decimals, dates and times are read like their texts
/// (see [`guide::reading_values`](crate::guide::reading_values)).
///
/// # Errors
/// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for arrays of other types, and, naming the row, for a
/// value that `T` cannot be read from, such as a null.
pub fn values<T: DeserializeOwned>(array: &ArrayRef) -> Result<Vec<T>> {
    let cells = Cells::of(array)?;
    let value = |i| T::deserialize(NestedValue(cells.cell(i))).map_err(|error| unfit(error.to_string()).at_row(i));
    (0..array.len()).map(value).collect()
}
