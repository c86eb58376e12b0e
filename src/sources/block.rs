//! The part of a file that is one chunk.

use std::io::Read;
use std::ops::Range;
use std::sync::Arc;

use memchr::{memchr, memchr_iter, memrchr};
use serde::Serialize;

use super::contents::{Contents, Opened};
use super::read_some::read_some;
use super::source_file::SourceFile;
use crate::error::{Error, ErrorKind, Result};

/// How much is read at once beyond a block, while looking for the end of its last record.
const STEP: usize = 64 << 10;

/// The part of a file whose records are one chunk.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub opened: Opened,
    pub cut: Cut,
    /// The lines before the first record of the file.
    pub header_lines: u64,
    pub settings: Arc<BlockSettings>,
}

/// The settings that all blocks of a source share.
#[derive(Debug)]
pub(super) struct BlockSettings {
    pub contents: Contents,
    pub chunk_bytes: u64,
    /// A record with more bytes is an error.
    pub max_record_bytes: u64,
}

/// The beginning and the end of a block, in bytes of the file's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) enum Cut {
    /// The whole content, from the first record on.
    Whole { start: u64 },
    /// The lines that begin in this range: the ends of the block are found when it is read, so that
    /// files need not be looked through before.
    Lines(Range<u64>),
    /// Exactly this range.
    #[cfg(feature = "formats")]
    Exact(Range<u64>),
}

/// A block's bytes: whole records.
pub(super) struct Content {
    pub bytes: Vec<u8>,
    /// Where they begin in the file's content.
    pub offset: u64,
}

impl BlockSettings {
    /// The content of a file from its beginning on; so many bytes of the file will be read in any case.
    pub(super) fn reader(&self, opened: &Opened, wanted: u64) -> Result<Box<dyn Read>> {
        let file = &opened.file;
        match opened.content_bytes {
            Some(_) => self.contents.reader(file, wanted, self.chunk_bytes),
            None => file.reader(0..wanted.min(file.bytes())).map_err(|error| file.failed(error)),
        }
    }

    /// The error that a record is too long.
    pub(super) fn too_long(&self, format: &'static str, record: &str) -> Error {
        let max = self.max_record_bytes;
        let problem = format!(
            "{record} of more than {max} bytes, the most that `max_record_bytes` of the source allows: is the file in this \
             format, and are its quotes closed?"
        );
        Error::new(ErrorKind::Malformed { format, problem })
    }
}

impl Block {
    pub(super) fn file(&self) -> &SourceFile {
        &self.opened.file
    }

    /// The number of bytes that the block will have, about.
    pub(super) fn expected_bytes(&self) -> u64 {
        match &self.cut {
            Cut::Lines(range) => range.end - range.start,
            #[cfg(feature = "formats")]
            Cut::Exact(range) => range.end - range.start,
            Cut::Whole { .. } => self.opened.content_bytes.unwrap_or(self.file().bytes()),
        }
    }

    /// The bytes of the file that are read.
    pub(super) fn range(&self) -> Range<u64> {
        match &self.cut {
            Cut::Whole { .. } => 0..self.file().bytes(),
            Cut::Lines(range) => line_range(self.file(), range),
            #[cfg(feature = "formats")]
            Cut::Exact(range) => range.clone(),
        }
    }

    /// The number of bytes that are read in any case. All of a block is read before it is parsed; the size of a content that
    /// is decompressed meanwhile may be an estimate.
    pub(super) fn least_bytes(&self) -> u64 {
        let expected = self.expected_bytes();
        if self.opened.content_bytes.is_some() { expected.min(self.file().bytes()) } else { expected }
    }

    /// The number of bytes that reading takes beside the rows: those of the block, of a decoder and of requests.
    pub(super) fn working_bytes(&self) -> u64 {
        self.expected_bytes() + self.opened.decoder_bytes + self.file().reading_bytes()
    }

    /// The content of the whole file.
    fn reader(&self) -> Result<Box<dyn Read>> {
        self.settings.reader(&self.opened, self.file().bytes())
    }

    /// Reads the block.
    ///
    /// # Errors
    /// A file that cannot be read, or is not what it was when it was opened; a line that is too long.
    pub(super) fn read(&self, format: &'static str) -> Result<Content> {
        let content = self.read_as_it_is();
        // Looked at last: what was read while somebody wrote does not count, whether it could be read or not.
        self.file().check()?;
        let content = content?;
        self.check_lines(format, &content)?;
        Ok(content)
    }

    fn check_lines(&self, format: &'static str, content: &Content) -> Result<()> {
        let max = usize::try_from(self.settings.max_record_bytes).unwrap_or(usize::MAX);
        if content.bytes.len() <= max {
            return Ok(());
        }
        let (mut start, mut lines) = (0, 0);
        for end in memchr_iter(b'\n', &content.bytes).chain([content.bytes.len()]) {
            if end - start > max {
                let line = self.lines_before(content.offset)? + lines + 1;
                let error = self.settings.too_long(format, "a line");
                return Err(error.in_file(self.file().path()).at_line(line).at_offset(content.offset + start as u64));
            }
            (start, lines) = (end + 1, lines + 1);
        }
        Ok(())
    }

    fn read_as_it_is(&self) -> Result<Content> {
        let failed = |error| self.file().failed(error);
        let mut content = match &self.cut {
            Cut::Whole { start } => {
                let mut bytes = Vec::with_capacity(self.expected_bytes() as usize);
                self.reader()?.read_to_end(&mut bytes).map_err(failed)?;
                bytes.drain(..bytes.len().min(*start as usize));
                if bytes.capacity() / 5 * 4 > bytes.len() {
                    // The content was smaller than it might have been.
                    bytes.shrink_to_fit();
                }
                Content { bytes, offset: *start }
            }
            Cut::Lines(range) => {
                read_lines(self.file(), range.clone(), self.settings.max_record_bytes).map_err(failed)?
            }
            #[cfg(feature = "formats")]
            Cut::Exact(range) => {
                let mut bytes = Vec::with_capacity((range.end - range.start) as usize);
                let rest = self.file().reader(range.clone()).map_err(failed)?;
                rest.take(range.end - range.start).read_to_end(&mut bytes).map_err(failed)?;
                Content { bytes, offset: range.start }
            }
        };
        if content.offset == 0 && content.bytes.starts_with(BYTE_ORDER_MARK) {
            content.bytes.drain(..BYTE_ORDER_MARK.len());
            content.offset = BYTE_ORDER_MARK.len() as u64;
        }
        Ok(content)
    }

    /// How many lines there are before an offset: for the numbers of lines in errors, which nobody
    /// counts while all is well.
    pub(super) fn lines_before(&self, offset: u64) -> Result<u64> {
        count_lines(self.reader()?.take(offset)).map_err(|error| self.file().failed(error))
    }
}

/// The number of newlines.
pub(super) fn count_lines(mut content: impl Read) -> std::io::Result<u64> {
    let (mut buffer, mut lines) = (vec![0; STEP], 0);
    loop {
        match read_some(&mut content, &mut buffer)? {
            0 => return Ok(lines),
            n => lines += memchr_iter(b'\n', &buffer[..n]).count() as u64,
        }
    }
}

/// What some programs write before UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The ranges of a file cut every `chunk_bytes` bytes, at least one.
pub(super) fn even_ranges(bytes: Range<u64>, chunk_bytes: u64) -> impl Iterator<Item = Range<u64>> {
    let n = (bytes.end - bytes.start).div_ceil(chunk_bytes).max(1);
    (0..n).map(move |i| {
        let start = bytes.start + i * chunk_bytes;
        start..start.saturating_add(chunk_bytes).min(bytes.end)
    })
}

/// The lines that begin in a range. A line begins at the start of the file and after every newline, so
/// that every line begins in one range of those that cover the file, however it is cut. Of a last line with more than
/// `max_record_bytes`, so much more is read that it shows.
fn read_lines(file: &SourceFile, range: Range<u64>, max_record_bytes: u64) -> std::io::Result<Content> {
    let read = line_range(file, &range);
    let (start, wanted) = (read.start, range.end - read.start);
    let mut opened = file.reader(read)?;
    let mut bytes = Vec::with_capacity(wanted as usize + STEP);
    opened.by_ref().take(wanted).read_to_end(&mut bytes)?;
    let first = if range.start == 0 { Some(0) } else { memchr(b'\n', &bytes).map(|newline| newline + 1) };
    let Some(first) = first.filter(|&first| first < bytes.len()) else {
        return Ok(Content { bytes: Vec::new(), offset: range.end });
    };
    bytes.drain(..first);
    let last_line = memrchr(b'\n', &bytes).map_or(0, |newline| newline + 1);
    while bytes.last().is_some_and(|&last| last != b'\n') && (bytes.len() - last_line) as u64 <= max_record_bytes {
        let known = bytes.len();
        opened.by_ref().take(STEP as u64).read_to_end(&mut bytes)?;
        match memchr(b'\n', &bytes[known..]) {
            Some(newline) => bytes.truncate(known + newline + 1),
            None if bytes.len() == known => break, // the last line, without a newline
            None => {}
        }
    }
    Ok(Content { bytes, offset: start + first as u64 })
}

/// The bytes to read for the lines that begin in a range: from the byte before it, for if that is a newline, a line begins
/// where the range does; and with some room for the end of the last line.
fn line_range(file: &SourceFile, range: &Range<u64>) -> Range<u64> {
    range.start.saturating_sub(1)..range.end.saturating_add(STEP as u64).min(file.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn blocks(file: &SourceFile, chunk_bytes: u64) -> Vec<Block> {
        let settings = BlockSettings { contents: Contents::default(), chunk_bytes, max_record_bytes: 1 << 30 };
        let settings = Arc::new(settings);
        let block = |range| Block {
            opened: Opened::plain(file.clone()),
            cut: Cut::Lines(range),
            header_lines: 0,
            settings: settings.clone(),
        };
        even_ranges(0..file.bytes(), chunk_bytes).map(block).collect()
    }

    proptest! {
        #[test]
        fn blocks_are_the_file_and_each_begins_with_a_line(
            text in proptest::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(b'x'), Just(0xef)], 0..40),
            chunk_bytes in 1u64..50,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("lines.txt");
            std::fs::write(&path, &text).unwrap();
            let file = SourceFile::of(&path).unwrap();
            let mut whole = Vec::new();
            for block in blocks(&file, chunk_bytes) {
                let Cut::Lines(range) = &block.cut else { unreachable!() };
                let content = block.read("text").unwrap();
                if content.bytes.is_empty() {
                    continue;
                }
                prop_assert!(range.contains(&content.offset));
                prop_assert_eq!(content.offset, whole.len() as u64);
                prop_assert!(whole.last().is_none_or(|&last| last == b'\n'));
                let newlines = whole.iter().filter(|&&byte| byte == b'\n').count() as u64;
                prop_assert_eq!(block.lines_before(content.offset).unwrap(), newlines);
                whole.extend(content.bytes);
            }
            prop_assert_eq!(whole, text);
        }
    }

    #[test]
    fn a_line_longer_than_a_step_is_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.txt");
        let text = [vec![b'a'; 3 * STEP + 1], b"\nb".to_vec()].concat();
        std::fs::write(&path, &text).unwrap();
        let blocks = blocks(&SourceFile::of(&path).unwrap(), 2 * STEP as u64);
        let lengths: Vec<usize> = blocks.iter().map(|block| block.read("text").unwrap().bytes.len()).collect();
        assert_eq!(lengths, [3 * STEP + 2, 1]);
    }

    #[test]
    fn a_file_that_changed_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.txt");
        std::fs::write(&path, "a\n").unwrap();
        let blocks = blocks(&SourceFile::of(&path).unwrap(), 10);
        std::fs::write(&path, "a\nb\n").unwrap();
        assert!(blocks[0].read("text").err().unwrap().full_message().contains("changed since it was opened"));
    }
}
