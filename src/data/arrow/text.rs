//! Arrow arrays of strings.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, LargeStringArray, OffsetSizeTrait};
use arrow_buffer::{Buffer, OffsetBuffer};
use arrow_schema::DataType;

use super::cells::Cells;
use super::unfit;
use crate::data::{Scalar, Text, TextBuilder};
use crate::error::{Error, Result};

/// The strings of an array as documents. Those of type `Utf8` and `LargeUtf8` stay where they are, if
/// nobody else holds the array; views, dictionaries and texts in arrays of bytes are copied.
///
/// # Errors
/// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for an array of anything but strings and bytes, and,
/// naming the row, for a null and for bytes that are not UTF-8.
pub fn text(array: ArrayRef) -> Result<Text> {
    if let Some(row) = array.logical_nulls().and_then(|nulls| (0..nulls.len()).find(|&i| nulls.is_null(i))) {
        return Err(unfit("the text is null").at_row(row));
    }
    match array.data_type() {
        DataType::Utf8 => moved::<i32>(array),
        DataType::LargeUtf8 => moved::<i64>(array),
        kind if Cells::are_strings(kind) => copied(&array),
        other => Err(unfit(format!("values of type {other}, where strings are wanted"))),
    }
}

fn moved<O: OffsetSizeTrait>(array: ArrayRef) -> Result<Text> {
    let strings = array.as_string::<O>();
    let spans: Vec<Range<usize>> =
        strings.offsets().windows(2).map(|pair| pair[0].as_usize()..pair[1].as_usize()).collect();
    let bytes = strings.values().clone();
    // What is a part of a larger array is copied alone.
    if !bytes.is_empty() && spans.iter().map(Range::len).sum::<usize>() < bytes.len() {
        return copied(&array);
    }
    drop(array);
    let bytes = bytes.into_vec::<u8>().unwrap_or_else(|shared| shared.to_vec());
    let buffer = String::from_utf8(bytes).map_err(|error| unfit(format!("a string is not UTF-8: {error}")))?;
    Text::from_buffer(Arc::new(buffer), spans)
}

fn copied(array: &ArrayRef) -> Result<Text> {
    let cells = Cells::of(array)?;
    let mut documents = TextBuilder::with_capacity(array.len(), 0);
    for row in 0..array.len() {
        match cells.get(row) {
            Scalar::Bytes(_) => return Err(unfit("the text is not UTF-8").at_row(row)),
            Scalar::Str(document) => documents.push_str(document),
            _ => {}
        }
        documents.end_document();
    }
    Ok(documents.finish())
}

/// Documents as an array of strings. Documents that fill their buffer one after the other, as a
/// [`TextBuilder`] writes them, stay where they are if nobody else holds them; others are copied.
///
/// # Errors
/// None that are known: Arrow checks what it is given once more.
pub fn text_array(text: Text) -> Result<LargeStringArray> {
    let refused = |error: arrow_schema::ArrowError| -> Error { unfit(error.to_string()) };
    let Text { buffer, spans } = text;
    let fills = spans.first().is_none_or(|first| first.start == 0)
        && spans.windows(2).all(|pair| pair[0].end == pair[1].start)
        && spans.last().map_or(0, |last| last.end) == buffer.len();
    if !fills {
        return Ok(LargeStringArray::from_iter_values(spans.into_iter().map(|span| &buffer[span])));
    }
    let starts = std::iter::once(0).chain(spans.iter().map(|span| span.end as i64)).collect();
    let bytes = Buffer::from_vec(Arc::unwrap_or_clone(buffer).into_bytes());
    LargeStringArray::try_new(OffsetBuffer::new(starts), bytes, None).map_err(refused)
}
