//! Cuts of tables: the rows of a file that are one chunk.

use std::ops::Range;

use serde::Serialize;

/// A part of a file that can be decoded by itself: a row group, or a record batch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PartSize {
    /// The number of rows; 0 where it is not known, because the part is not cut.
    pub rows: u64,
    /// The bytes that the values of the wanted columns will take, as far as that is known.
    pub bytes: u64,
    /// The bytes that decoding takes besides, and gives back.
    pub working_bytes: u64,
    /// The bytes without which nothing of it can be decoded.
    pub least_bytes: u64,
    /// The most pieces that it may be cut into.
    pub most_pieces: u64,
}

/// The rows of one chunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Span {
    /// Parts that follow each other.
    pub parts: Range<usize>,
    /// Of a part that is larger than a chunk: its rows in the chunk.
    pub rows: Option<Range<u64>>,
}

/// Puts parts together that follow each other, up to the size of a chunk, and cuts larger ones by rows into pieces of
/// about the same size. A file without parts is a chunk without rows.
pub(super) fn spans(parts: &[PartSize], chunk_bytes: u64) -> Vec<Span> {
    let (mut spans, mut chunk, mut size) = (Vec::new(), 0..0, 0u64);
    for (i, part) in parts.iter().enumerate() {
        size = size.saturating_add(part.bytes);
        if size > chunk_bytes && !chunk.is_empty() {
            spans.extend(cut(chunk, parts, chunk_bytes));
            (chunk, size) = (i..i, part.bytes);
        }
        chunk.end = i + 1;
    }
    spans.extend(cut(chunk, parts, chunk_bytes));
    spans
}

/// The pieces of a part that is larger than a chunk; others as they are.
fn cut(chunk: Range<usize>, parts: &[PartSize], chunk_bytes: u64) -> Vec<Span> {
    let (rows, n) = match &parts[chunk.clone()] {
        [part] => (part.rows, part.bytes.div_ceil(chunk_bytes).min(part.rows).min(part.most_pieces)),
        _ => (0, 1),
    };
    if n <= 1 {
        return vec![Span { parts: chunk, rows: None }];
    }
    let start = |i: u64| (u128::from(rows) * u128::from(i) / u128::from(n)) as u64;
    (0..n).map(|i| Span { parts: chunk.clone(), rows: Some(start(i)..start(i + 1)) }).collect()
}

impl Span {
    /// The bytes that a chunk of these rows will hold, and the number of its rows where it is known.
    pub(super) fn size(&self, parts: &[PartSize]) -> PartSize {
        let sum = |of: fn(&PartSize) -> u64| {
            parts[self.parts.clone()].iter().fold(0u64, |sum, part| sum.saturating_add(of(part)))
        };
        let most = |of: fn(&PartSize) -> u64| parts[self.parts.clone()].iter().map(of).max().unwrap_or(0);
        let (rows, bytes) = (sum(|part| part.rows), sum(|part| part.bytes));
        let share = self.rows.as_ref().map_or(rows, |own| own.end - own.start);
        PartSize {
            rows: share,
            bytes: if rows == 0 { bytes } else { (u128::from(bytes) * u128::from(share) / u128::from(rows)) as u64 },
            working_bytes: most(|part| part.working_bytes),
            least_bytes: most(|part| part.least_bytes),
            ..PartSize::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn chunks_are_all_rows_in_order_and_no_larger_than_they_may_be(
            parts in proptest::collection::vec((0u64..40, 1u64..9), 0..20),
            chunk_bytes in 1u64..40,
        ) {
            let size = |&(bytes, rows): &(u64, u64)| PartSize { rows, bytes, most_pieces: u64::MAX, ..PartSize::default() };
            let parts: Vec<PartSize> = parts.iter().map(size).collect();
            let spans = spans(&parts, chunk_bytes);
            let rows = |span: &Span| -> Vec<(usize, u64)> {
                let all = |part: usize| span.rows.clone().unwrap_or(0..parts[part].rows).map(move |row| (part, row));
                span.parts.clone().flat_map(all).collect()
            };
            let all: Vec<_> = (0..parts.len()).flat_map(|part| (0..parts[part].rows).map(move |row| (part, row))).collect();
            prop_assert_eq!(spans.iter().flat_map(rows).collect::<Vec<_>>(), all);
            let bytes = |span: &Span| parts[span.parts.clone()].iter().map(|part| part.bytes).sum::<u64>();
            for span in &spans {
                let one_row = span.rows.as_ref().is_some_and(|rows| rows.end - rows.start == 1);
                let one_row = one_row || span.parts.len() == 1 && parts[span.parts.start].rows == 1;
                // Pieces differ by a row.
                let row = bytes(span).div_ceil(parts[span.parts.clone()].iter().map(|part| part.rows).sum::<u64>().max(1));
                prop_assert!(one_row || span.size(&parts).bytes <= chunk_bytes + row, "{:?}", span);
            }
            let whole: Vec<_> = spans.windows(2).filter(|pair| pair.iter().all(|span| span.rows.is_none())).collect();
            prop_assert!(whole.iter().all(|pair| bytes(&pair[0]) + parts[pair[1].parts.start].bytes > chunk_bytes));
        }
    }
}
