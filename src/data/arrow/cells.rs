//! Values of an Arrow array, one by one, whatever its type is.

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;
use serde::de::DeserializeOwned;

use super::unfit;
use crate::data::Scalar;
use crate::error::Result;

/// The values of an array. What type it has is asked once, not for every value.
pub(crate) struct Cells<'a> {
    nulls: Option<NullBuffer>,
    get: Get<'a>,
}

type Get<'a> = Box<dyn Fn(usize) -> Scalar<'a> + 'a>;

impl<'a> Cells<'a> {
    /// The values of an array of booleans, integers, floats, strings, or a dictionary of such.
    ///
    /// # Errors
    /// Any other type.
    pub(crate) fn of(array: &'a dyn Array) -> Result<Self> {
        Ok(Cells { nulls: array.logical_nulls(), get: getter(array)? })
    }

    /// True if [`of`](Self::of) knows the type.
    pub(crate) fn can_read(kind: &DataType) -> bool {
        use DataType::*;
        match kind {
            Dictionary(_, values) => Self::can_read(values),
            Boolean | Float16 | Float32 | Float64 | Null => true,
            kind => kind.is_integer() || kind.is_string(),
        }
    }

    /// True if the values of the type are strings.
    pub(crate) fn are_strings(kind: &DataType) -> bool {
        match kind {
            DataType::Dictionary(_, values) => Self::are_strings(values),
            kind => kind.is_string(),
        }
    }

    /// Value `i`.
    ///
    /// # Panics
    /// When the array is not longer.
    pub(crate) fn get(&self, i: usize) -> Scalar<'a> {
        if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(i)) { Scalar::Null } else { (self.get)(i) }
    }
}

fn getter(array: &dyn Array) -> Result<Get<'_>> {
    fn primitive<'a, T: ArrowPrimitiveType>(
        array: &'a dyn Array,
        cell: impl Fn(T::Native) -> Scalar<'static> + 'a,
    ) -> Get<'a> {
        let array = array.as_primitive::<T>();
        Box::new(move |i| cell(array.value(i)))
    }
    fn strings<'a>(get: impl Fn(usize) -> &'a str + 'a) -> Get<'a> {
        Box::new(move |i| Scalar::Str(get(i)))
    }
    Ok(match array.data_type() {
        DataType::Null => Box::new(|_| Scalar::Null),
        DataType::Boolean => {
            let array = array.as_boolean();
            Box::new(move |i| Scalar::Bool(array.value(i)))
        }
        DataType::Int8 => primitive::<Int8Type>(array, |x| Scalar::Int(x.into())),
        DataType::Int16 => primitive::<Int16Type>(array, |x| Scalar::Int(x.into())),
        DataType::Int32 => primitive::<Int32Type>(array, |x| Scalar::Int(x.into())),
        DataType::Int64 => primitive::<Int64Type>(array, Scalar::Int),
        DataType::UInt8 => primitive::<UInt8Type>(array, |x| Scalar::Uint(x.into())),
        DataType::UInt16 => primitive::<UInt16Type>(array, |x| Scalar::Uint(x.into())),
        DataType::UInt32 => primitive::<UInt32Type>(array, |x| Scalar::Uint(x.into())),
        DataType::UInt64 => primitive::<UInt64Type>(array, Scalar::Uint),
        DataType::Float16 => primitive::<Float16Type>(array, |x| Scalar::Float(x.into())),
        DataType::Float32 => primitive::<Float32Type>(array, |x| Scalar::Float(x.into())),
        DataType::Float64 => primitive::<Float64Type>(array, Scalar::Float),
        DataType::Utf8 => strings(|i| array.as_string::<i32>().value(i)),
        DataType::LargeUtf8 => strings(|i| array.as_string::<i64>().value(i)),
        DataType::Utf8View => strings(|i| array.as_string_view().value(i)),
        DataType::Dictionary(..) => {
            let array = array.as_any_dictionary();
            if array.values().is_empty() {
                return Ok(Box::new(|_| Scalar::Null));
            }
            let (keys, values) = (array.normalized_keys(), Cells::of(array.values())?);
            Box::new(move |i| values.get(keys[i]))
        }
        other => return Err(unfit(format!("values of type {other}, which cannot be read one by one"))),
    })
}

/// The values of an array of booleans, integers, floats, strings, or a dictionary of such, as values of any
/// type that serde reads from them: numbers, `bool`, `String`, an enum by its names. Nulls are read as
/// `None` by `Option`s.
///
/// # Errors
/// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for arrays of other types, and, naming the row, for a
/// value that `T` cannot be read from, such as a null.
pub fn values<T: DeserializeOwned>(array: &ArrayRef) -> Result<Vec<T>> {
    let cells = Cells::of(array)?;
    let value = |i| T::deserialize(cells.get(i)).map_err(|error| unfit(error.to_string()).at_row(i));
    (0..array.len()).map(value).collect()
}
