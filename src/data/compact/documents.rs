//! Compact form of documents: their lengths, then their text.

use super::Compact;
use super::bytes::{read_length, read_number, take, write_number};
use crate::data::{RawText, Text};

pub(crate) const TEXT: Option<Compact<Text>> = Some(Compact {
    write: |documents, out| write(documents.iter().map(str::as_bytes), out),
    read: |bytes| {
        let (text, spans) = read(bytes)?;
        Text::from_buffer(String::from_utf8(text.to_vec()).ok()?.into(), spans).ok()
    },
});

pub(crate) const RAW_TEXT: Option<Compact<RawText>> = Some(Compact {
    write: |documents, out| write(documents.iter(), out),
    read: |bytes| {
        let (text, spans) = read(bytes)?;
        Some(spans.into_iter().map(|span| &text[span]).collect())
    },
});

fn write<'a>(documents: impl ExactSizeIterator<Item = &'a [u8]> + Clone, out: &mut Vec<u8>) {
    write_number(documents.len() as u64, out);
    documents.clone().for_each(|document| write_number(document.len() as u64, out));
    documents.for_each(|document| out.extend_from_slice(document));
}

/// The text of all documents, and where in it each lies.
fn read<'a>(bytes: &mut &'a [u8]) -> Option<(&'a [u8], Vec<std::ops::Range<usize>>)> {
    let n = read_length(bytes, 1)?;
    let mut end = 0usize;
    let spans = (0..n).map(|_| {
        let start = end;
        end = end.checked_add(usize::try_from(read_number(bytes)?).ok()?)?;
        Some(start..end)
    });
    let spans = spans.collect::<Option<Vec<_>>>()?;
    Some((take(bytes, end)?, spans))
}
