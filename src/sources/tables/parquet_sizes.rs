//! Sizes of the values in a Parquet file, from its metadata: dictionaries make the encoded bytes a hundredth of them.

use std::sync::Arc;

use parquet::basic::Type;
use parquet::column::page::{Page, PageReader};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::reader::ChunkReader;
use parquet::file::serialized_reader::SerializedPageReader;

use super::spans::PartSize;

/// Pages are seldom larger before compression.
const PAGE_BYTES: u64 = 1 << 20;

/// The bytes that a value takes beside its text, for its place.
const PLACE_BYTES: u64 = 8;

/// The size of a row group whose wanted columns are these. `bytes` gives what lies in the file.
///
/// Numbers take their width; texts what the file says (`unencoded_byte_array_data_bytes`), else what their encoded pages
/// take, or as many times the mean length in the dictionary as there are values, whichever is more.
pub(super) fn part_size<'a, R: ChunkReader + 'static>(
    group: &RowGroupMetaData,
    columns: impl Iterator<Item = &'a ColumnChunkMetaData>,
    bytes: &Arc<R>,
) -> Result<PartSize, ParquetError> {
    let rows = number(group.num_rows());
    let mut size = PartSize { rows, most_pieces: u64::MAX, ..PartSize::default() };
    for column in columns {
        let (values, encoded) = (number(column.num_values()), number(column.uncompressed_size()));
        let dictionary = match width(column) {
            Some(width) => {
                size.bytes = size.bytes.saturating_add(values.saturating_mul(width));
                encoded.min(PAGE_BYTES)
            }
            None => {
                let stated = column.unencoded_byte_array_data_bytes().map(number);
                // Where the size is stated, nothing is read.
                let dictionary = if stated.is_some() { None } else { dictionary(column, group, bytes)? };
                let mean = dictionary.map_or(0, |(bytes, texts)| bytes.div_ceil(texts.max(1)));
                let texts = stated.unwrap_or_else(|| values.saturating_mul(mean).max(encoded));
                size.bytes = size.bytes.saturating_add(texts).saturating_add(values.saturating_mul(PLACE_BYTES));
                dictionary.map_or(encoded.min(PAGE_BYTES), |(bytes, _)| bytes)
            }
        };
        // A page before and after it is decompressed, and the dictionary decoded.
        let page = encoded.min(PAGE_BYTES);
        size.working_bytes = size.working_bytes.saturating_add(2 * page).saturating_add(2 * dictionary);
    }
    Ok(size)
}

/// A number of the metadata, which may be anything where the file is damaged.
pub(super) fn number(stated: i64) -> u64 {
    u64::try_from(stated).unwrap_or(0)
}

/// The bytes that a value takes in memory, if all take the same.
fn width(column: &ColumnChunkMetaData) -> Option<u64> {
    Some(match column.column_type() {
        Type::BOOLEAN => 1,
        Type::INT32 | Type::FLOAT => 4,
        Type::INT64 | Type::DOUBLE => 8,
        Type::INT96 => 12,
        Type::FIXED_LEN_BYTE_ARRAY => u64::try_from(column.column_descr().type_length()).unwrap_or(0),
        Type::BYTE_ARRAY => return None,
    })
}

/// The bytes of all texts in a column's dictionary, and their number, if it has one. Reads the page that it is in.
fn dictionary<R: ChunkReader + 'static>(
    column: &ColumnChunkMetaData,
    group: &RowGroupMetaData,
    bytes: &Arc<R>,
) -> Result<Option<(u64, u64)>, ParquetError> {
    if column.dictionary_page_offset().is_none() {
        return Ok(None);
    }
    let rows = usize::try_from(number(group.num_rows())).unwrap_or(usize::MAX);
    let mut pages = SerializedPageReader::new(bytes.clone(), column, rows, None)?;
    Ok(match pages.get_next_page()? {
        // Each text stands behind its length, in four bytes.
        Some(Page::DictionaryPage { buf, num_values, .. }) => {
            let texts = u64::from(num_values);
            Some(((buf.len() as u64).saturating_sub(4 * texts).saturating_add(PLACE_BYTES * texts), texts))
        }
        _ => None,
    })
}
