//! Decimals, dates and times of Arrow arrays as texts.

use std::fmt::Display;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrowPrimitiveType, PrimitiveArray, StringArray};
use arrow_schema::{DataType, TimeUnit};

use super::unfit;
use crate::error::Result;

/// Decimals with all their digits (`1.50`); dates, times and timestamps in ISO 8601 (`2024-02-29T12:30:00.5`), timestamps
/// with a time zone in UTC with a `Z`. None for an array of another type.
///
/// # Errors
/// A date beyond the year 262,142.
pub(super) fn displayed(array: &dyn Array) -> Result<Option<StringArray>> {
    fn texts<T: ArrowPrimitiveType, D: Display>(
        array: &dyn Array,
        text: impl Fn(&PrimitiveArray<T>, usize) -> Option<D>,
    ) -> Result<StringArray> {
        let array = array.as_primitive::<T>();
        let text = |i| match text(array, i) {
            _ if array.is_null(i) => Ok(None),
            Some(text) => Ok(Some(text.to_string())),
            None => Err(unfit(format!("{:?} is no date or time that there is", array.value(i))).at_row(i)),
        };
        (0..array.len()).map(text).collect()
    }
    fn timestamps<T: ArrowTimestampType>(array: &dyn Array, suffix: &str) -> Result<StringArray> {
        texts::<T, _>(array, |array, i| array.value_as_datetime(i).map(|time| format!("{time:?}{suffix}")))
    }
    let texts = match array.data_type() {
        DataType::Decimal32(..) => texts::<Decimal32Type, _>(array, |array, i| Some(array.value_as_string(i))),
        DataType::Decimal64(..) => texts::<Decimal64Type, _>(array, |array, i| Some(array.value_as_string(i))),
        DataType::Decimal128(..) => texts::<Decimal128Type, _>(array, |array, i| Some(array.value_as_string(i))),
        DataType::Decimal256(..) => texts::<Decimal256Type, _>(array, |array, i| Some(array.value_as_string(i))),
        DataType::Date32 => texts::<Date32Type, _>(array, |array, i| array.value_as_date(i)),
        DataType::Date64 => texts::<Date64Type, _>(array, |array, i| array.value_as_date(i)),
        DataType::Time32(TimeUnit::Second) => texts::<Time32SecondType, _>(array, |array, i| array.value_as_time(i)),
        DataType::Time32(_) => texts::<Time32MillisecondType, _>(array, |array, i| array.value_as_time(i)),
        DataType::Time64(TimeUnit::Microsecond) => {
            texts::<Time64MicrosecondType, _>(array, |array, i| array.value_as_time(i))
        }
        DataType::Time64(_) => texts::<Time64NanosecondType, _>(array, |array, i| array.value_as_time(i)),
        DataType::Timestamp(unit, zone) => {
            let suffix = if zone.is_some() { "Z" } else { "" };
            match unit {
                TimeUnit::Second => timestamps::<TimestampSecondType>(array, suffix),
                TimeUnit::Millisecond => timestamps::<TimestampMillisecondType>(array, suffix),
                TimeUnit::Microsecond => timestamps::<TimestampMicrosecondType>(array, suffix),
                TimeUnit::Nanosecond => timestamps::<TimestampNanosecondType>(array, suffix),
            }
        }
        _ => return Ok(None),
    };
    texts.map(Some)
}
