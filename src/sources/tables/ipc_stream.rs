//! The messages of an Arrow IPC stream, which has no footer: their headers are read one after the other.

use arrow_ipc::{Block, Message, MessageHeader};
use arrow_schema::Schema;

use super::ipc_file::{Dictionary, IpcFile, checked_schema};
use super::ipc_message::{damaged, parse};
use crate::error::Result;
use crate::sources::source_file::SourceFile;

/// The first four bytes of a message.
pub(super) const CONTINUATION: [u8; 4] = [0xff; 4];

/// Bytes that are read at once to find a header: 4 KiB.
const HEADER_BYTES: u64 = 4 << 10;

/// The batches and dictionaries of a stream, up to its end mark or the end of the file.
pub(super) fn open_stream(file: &SourceFile) -> Result<IpcFile> {
    let first = header(file, 0)?.ok_or_else(|| damaged("the stream is empty: it has no schema"))?;
    let message = parse(&first)?;
    let schema = message.header_as_schema().ok_or_else(|| damaged("the stream does not begin with a schema"))?;
    let schema: Schema = checked_schema(schema)?;
    let mut opened = IpcFile::new(schema, message.version());
    let mut start = end_of(&message, 0, first.len())?;
    while let Some(header) = header(file, start)? {
        let message = parse(&header)?;
        let end = end_of(&message, start, header.len())?;
        if end > file.bytes() {
            return Err(damaged("the stream ends within a message: it was not written to its end, or cut short"));
        }
        let place = |number| i64::try_from(number).map_err(damaged);
        let block = Block::new(place(start)?, header.len() as i32, message.bodyLength());
        match message.header_type() {
            MessageHeader::RecordBatch => opened.batches.push(block),
            MessageHeader::DictionaryBatch => {
                let batch = message.header_as_dictionary_batch();
                let (id, is_delta) = batch.map(|batch| (batch.id(), batch.isDelta())).unwrap_or_default();
                opened.dictionaries.push(Dictionary { id, is_delta, first_batch: opened.batches.len(), block });
            }
            other => {
                return Err(damaged(format!("a message of the stream is neither batch nor dictionary: {other:?}")));
            }
        }
        start = end;
    }
    Ok(opened)
}

/// The header of the message that begins at a place, with the eight bytes before it; none at the end of the stream.
fn header(file: &SourceFile, start: u64) -> Result<Option<Vec<u8>>> {
    if start >= file.bytes() {
        return Ok(None);
    }
    let mut bytes = file.range(start..file.bytes().min(start.saturating_add(HEADER_BYTES)))?;
    let Some((lead, _)) = bytes.split_first_chunk::<8>() else {
        return Err(damaged("the stream ends within a message: it was not written to its end, or cut short"));
    };
    let [a, b, c, d, length @ ..] = *lead;
    if [a, b, c, d] != CONTINUATION {
        return Err(damaged(format!("at byte {start} of the stream, no message begins")));
    }
    let length = u64::try_from(i32::from_le_bytes(length)).map_err(damaged)?;
    if length == 0 {
        return Ok(None);
    }
    let end = start + 8 + length;
    if end > file.bytes() {
        return Err(damaged("the stream ends within a header: it was not written to its end, or cut short"));
    }
    match bytes.len() as u64 >= 8 + length {
        true => bytes.truncate(8 + length as usize),
        false => bytes = file.range(start..end)?,
    }
    Ok(Some(bytes))
}

/// The place behind a message that begins at a place, with a header of so many bytes.
fn end_of(message: &Message, start: u64, header: usize) -> Result<u64> {
    let body = u64::try_from(message.bodyLength()).map_err(damaged)?;
    start
        .checked_add(header as u64)
        .and_then(|end| end.checked_add(body))
        .ok_or_else(|| damaged("a message of the stream claims an impossible length"))
}
