//! Headers of Arrow IPC messages: what stands before the content of a record batch.

use arrow_ipc::{Message, RecordBatch, root_as_message};

use super::table_file::malformed;
use crate::error::{Error, Result};

/// How often Zstandard can make bytes of one: a block of 128 KiB that repeats one byte takes 4. LZ4 makes
/// 255 at most.
const MOST_PER_BYTE: u64 = 32 << 10;

/// How many rows the batch with this header has.
pub(super) fn n_rows(block: &[u8]) -> Result<u64> {
    let message = parse(block)?;
    let batch = message.header_as_record_batch().ok_or_else(|| damaged("a block that is no record batch"))?;
    u64::try_from(batch.length()).map_err(damaged)
}

/// Refuses a block, of which so many bytes are its header, whose content claims to become more than any
/// compression could make of it: Arrow allocates what is claimed.
pub(super) fn check_claims(block: &[u8], header: usize) -> Result<()> {
    let message = parse(block)?;
    let body = block.get(header..).unwrap_or_default();
    let batch = message
        .header_as_record_batch()
        .or_else(|| message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data()));
    match batch.is_none_or(|batch| claims_are_possible(batch, body)) {
        true => Ok(()),
        false => Err(damaged("a record batch claims to be larger than it can be")),
    }
}

/// A compressed buffer begins with the length that it will have.
fn claims_are_possible(batch: RecordBatch, body: &[u8]) -> bool {
    let is_possible = |start: i64, length: i64| {
        let start = usize::try_from(start).ok()?;
        let buffer = body.get(start..start.checked_add(usize::try_from(length).ok()?)?)?;
        let Some((claim, content)) = buffer.split_first_chunk::<8>() else { return Some(true) };
        let most = MOST_PER_BYTE.saturating_mul(content.len() as u64);
        // What was not worth compressing claims -1.
        let claim = i64::from_le_bytes(*claim);
        Some(claim == -1 || u64::try_from(claim).is_ok_and(|claim| claim <= most))
    };
    let mut buffers = batch.buffers().into_iter().flatten();
    batch.compression().is_none()
        || buffers.all(|buffer| is_possible(buffer.offset(), buffer.length()).unwrap_or(false))
}

/// Old files lack the mark before the length.
pub(super) fn parse(block: &[u8]) -> Result<Message<'_>> {
    let message = match block {
        [0xff, 0xff, 0xff, 0xff, _, _, _, _, message @ ..] | [_, _, _, _, message @ ..] => message,
        _ => return Err(damaged("a record batch without a header")),
    };
    root_as_message(message).map_err(damaged)
}

pub(super) fn damaged(problem: impl ToString) -> Error {
    malformed("Arrow IPC", problem)
}
