//! Cutting CSV files at newlines that are not inside quotes.

use std::io::{BufRead, BufReader, Read};
use std::ops::Range;

use memchr::{memchr, memchr2};

use crate::error::Result;
use crate::sources::block::{BYTE_ORDER_MARK, BlockSettings, count_lines};
use crate::sources::source_file::SourceFile;

/// Follows the quotes of a CSV file, as the crate `csv` reads them: a field is quoted if its first byte
/// is a quote, `""` within it is one quote, and quotes elsewhere are text.
pub(super) struct QuoteScanner {
    delimiter: u8,
    state: State,
    /// The last byte that was passed.
    previous: u8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Outside,
    Quoted,
    /// After a quote in a quoted field: it ends the field unless another one follows.
    Closing,
}

const QUOTE: u8 = b'"';

impl QuoteScanner {
    /// At the beginning of a record.
    pub(super) fn new(delimiter: u8) -> Self {
        QuoteScanner { delimiter, state: State::Outside, previous: b'\n' }
    }

    /// Whether the bytes passed so far end inside quotes.
    pub(super) fn is_quoted(&self) -> bool {
        self.state == State::Quoted
    }

    /// Passes all bytes.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        let found = self.scan(bytes, false);
        debug_assert_eq!(found, None, "only a search finds");
    }

    /// Passes bytes up to the first newline that ends a record, and with it: how many these are. `None`
    /// when all were passed and there was none.
    pub(super) fn find_record_end(&mut self, bytes: &[u8]) -> Option<usize> {
        self.scan(bytes, true)
    }

    fn scan(&mut self, bytes: &[u8], stop: bool) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            match self.state {
                State::Outside => {
                    let next = if stop { memchr2(QUOTE, b'\n', rest) } else { memchr(QUOTE, rest) };
                    let Some(next) = next.map(|next| at + next) else { break };
                    if bytes[next] == b'\n' {
                        self.previous = b'\n';
                        return Some(next + 1);
                    }
                    let before = if next == 0 { self.previous } else { bytes[next - 1] };
                    if before == self.delimiter || before == b'\n' || before == b'\r' {
                        self.state = State::Quoted;
                    }
                    at = next + 1;
                }
                State::Quoted => {
                    let Some(next) = memchr(QUOTE, rest) else { break };
                    self.state = State::Closing;
                    at += next + 1;
                }
                State::Closing if rest[0] == QUOTE => {
                    self.state = State::Quoted;
                    at += 1;
                }
                State::Closing => self.state = State::Outside,
            }
        }
        self.previous = bytes.last().copied().unwrap_or(self.previous);
        None
    }
}

/// The ranges that a file is cut into: records from `start` on, each range of at least `chunk_bytes`
/// bytes but the last one. Reads the file.
///
/// # Errors
/// A file that cannot be read; a record that goes too far beyond its chunk.
pub(super) fn exact_ranges(
    file: &SourceFile,
    start: u64,
    settings: &BlockSettings,
    delimiter: u8,
) -> Result<Vec<Range<u64>>> {
    let chunk_bytes = settings.chunk_bytes;
    let failed = |error| file.failed(error);
    let mut content = BufReader::with_capacity(1 << 20, file.reader(start..file.bytes()).map_err(failed)?);
    let mut scanner = QuoteScanner::new(delimiter);
    let (mut ranges, mut range) = (Vec::new(), start..start);
    if start == 0 && content.fill_buf().map_err(failed)?.starts_with(BYTE_ORDER_MARK) {
        // The first field begins behind it, maybe with a quote.
        content.consume(BYTE_ORDER_MARK.len());
        range.end = BYTE_ORDER_MARK.len() as u64;
    }
    loop {
        let buffer = content.fill_buf().map_err(failed)?;
        if buffer.is_empty() {
            break;
        }
        // The record that ends with the last byte of the chunk, or after it, is its last.
        let before = range.start.saturating_add(chunk_bytes - 1).saturating_sub(range.end);
        let passed = match before {
            0 => match scanner.find_record_end(buffer) {
                Some(passed) => {
                    range.end += passed as u64;
                    ranges.push(range.clone());
                    range.start = range.end;
                    content.consume(passed);
                    continue;
                }
                None if range.end - range.start > chunk_bytes.saturating_add(settings.max_record_bytes) => {
                    let before = file.reader(0..range.start).and_then(|content| count_lines(content.take(range.start)));
                    let error = settings.too_long("CSV", "behind this line, a record");
                    return Err(error.in_file(file.path()).at_line(before.map_err(failed)? + 1));
                }
                None => buffer.len(),
            },
            _ => {
                let passed = buffer.len().min(usize::try_from(before).unwrap_or(usize::MAX));
                scanner.pass(&buffer[..passed]);
                passed
            }
        };
        range.end += passed as u64;
        content.consume(passed);
    }
    if range.start < range.end || ranges.is_empty() {
        ranges.push(range);
    }
    Ok(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::contents::Contents;
    use proptest::prelude::*;

    /// Anything that could confuse a scanner, not only what a writer of CSV would write.
    fn odd_csv() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(prop::sample::select(b"\"\"\"\"\n\n,,a\r".to_vec()), 0..40)
    }

    /// The fields of all records, by the crate `csv`.
    fn read(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        reader.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn records_of_the_pieces_are_those_of_the_whole(text in odd_csv(), chunk_bytes in 1u64..20) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("odd.csv");
            std::fs::write(&path, &text).unwrap();
            let settings = BlockSettings { contents: Contents::default(), chunk_bytes, max_record_bytes: 1 << 30 };
            let ranges = exact_ranges(&SourceFile::of(&path).unwrap(), 0, &settings, b',').unwrap();
            prop_assert_eq!(ranges.first().map(|range| range.start), Some(0));
            prop_assert_eq!(ranges.last().map(|range| range.end), Some(text.len() as u64));
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
            prop_assert!(ranges.iter().rev().skip(1).all(|range| range.end - range.start >= chunk_bytes));
            let pieces: Vec<_> =
                ranges.iter().flat_map(|range| read(&text[range.start as usize..range.end as usize])).collect();
            prop_assert_eq!(pieces, read(&text));
        }

        #[test]
        fn a_scan_does_not_depend_on_how_the_bytes_come(text in odd_csv(), cut in 0usize..40) {
            let (first, second) = text.split_at(cut.min(text.len()));
            let mut scanner = QuoteScanner::new(b',');
            scanner.pass(first);
            scanner.pass(second);
            let mut whole = QuoteScanner::new(b',');
            whole.pass(&text);
            prop_assert!(scanner.state == whole.state);
        }
    }
}
