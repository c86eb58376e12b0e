//! Arrow arrays of numbers.

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType};
use arrow_buffer::ArrowNativeType;
use arrow_schema::DataType;

use super::displayed::displayed;
use super::unfit;
use crate::data::{Float, Footprint};
use crate::error::Result;
use crate::sealed::Sealed;

/// The numbers of rows: `f32` and `f64`. There are no others: the trait cannot be implemented elsewhere.
pub trait ArrowFloat: Sealed + Float + Footprint + ArrowNativeType {
    /// Arrow's type of these numbers.
    type Type: ArrowPrimitiveType<Native = Self>;
}

impl ArrowFloat for f32 {
    type Type = Float32Type;
}

impl ArrowFloat for f64 {
    type Type = Float64Type;
}

/// The numbers of an array of floats, integers, decimals or booleans (0 and 1), or of a dictionary of such: converted where
/// they are of another type and moved where they are of this one.
///
/// # Errors
/// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for an array of another type, and, naming the row,
/// for a null.
pub fn numbers<F: ArrowFloat>(array: ArrayRef) -> Result<Vec<F>> {
    if let Some(row) = array.logical_nulls().and_then(|nulls| (0..nulls.len()).find(|&i| nulls.is_null(i))) {
        return Err(unfit("a number is null").at_row(row));
    }
    numbers_or_any(array)
}

/// The same, with any number where there is a null.
pub(super) fn numbers_or_any<F: ArrowFloat>(array: ArrayRef) -> Result<Vec<F>> {
    if let Some(own) = array.as_primitive_opt::<F::Type>() {
        let values = own.values().clone();
        drop(array);
        return Ok(Vec::from(values));
    }
    let mut numbers = Vec::with_capacity(array.len());
    each_number(&array, |_, number| numbers.push(number))?;
    Ok(numbers)
}

/// True if [`each_number`] knows the type.
pub(crate) fn is_number(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => is_number(values),
        kind => kind.is_numeric() || *kind == DataType::Boolean,
    }
}

/// True if the values of the type are integers.
pub(crate) fn is_integer(kind: &DataType) -> bool {
    kind.is_integer()
}

/// Calls `take` with every number of an array and its place; what it gets where the array has nulls is
/// any number.
pub(super) fn each_number<F: Float>(array: &dyn Array, mut take: impl FnMut(usize, F)) -> Result<()> {
    macro_rules! numbers {
        ($kind:ty) => {
            array.as_primitive::<$kind>().values().iter().enumerate().for_each(|(i, &x)| take(i, F::cast(x)))
        };
    }
    match array.data_type() {
        DataType::Boolean => {
            let flags = array.as_boolean().values();
            flags.iter().enumerate().for_each(|(i, flag)| take(i, if flag { F::one() } else { F::zero() }));
        }
        DataType::Int8 => numbers!(Int8Type),
        DataType::Int16 => numbers!(Int16Type),
        DataType::Int32 => numbers!(Int32Type),
        DataType::Int64 => numbers!(Int64Type),
        DataType::UInt8 => numbers!(UInt8Type),
        DataType::UInt16 => numbers!(UInt16Type),
        DataType::UInt32 => numbers!(UInt32Type),
        DataType::UInt64 => numbers!(UInt64Type),
        DataType::Float16 => numbers!(Float16Type),
        DataType::Float32 => numbers!(Float32Type),
        DataType::Float64 => numbers!(Float64Type),
        DataType::Dictionary(..) => {
            let array = array.as_any_dictionary();
            let mut values = vec![F::zero(); array.values().len()];
            // A closure's own type here would be within itself.
            let mut put = |i: usize, number| values[i] = number;
            each_number(array.values(), &mut put as &mut dyn FnMut(usize, F))?;
            if !values.is_empty() {
                array.normalized_keys().into_iter().enumerate().for_each(|(i, key)| take(i, values[key]));
            }
        }
        kind if kind.is_decimal() => {
            let texts = displayed(array)?;
            let numbers = texts.iter().flatten().map(|text| text.unwrap_or("0").parse().unwrap_or(f64::NAN));
            numbers.enumerate().for_each(|(i, number)| take(i, F::cast(number)));
        }
        other => return Err(unfit(format!("values of type {other}, where numbers are wanted"))),
    }
    Ok(())
}
