//! Settings that sources of all formats share.

use super::bad_records::BadRecords;
use super::block::{Block, Cut, even_ranges};
use super::compression::Compression;
use super::files::Files;
use super::look_ahead::LookAhead;
use super::source_file::SourceFile;
use crate::error::{Error, Result};

/// How many bytes of a file are a chunk, unless it is set: 64 MiB.
pub const CHUNK_BYTES: u64 = 64 << 20;

/// Files, and how they are read whatever their format is.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub files: Files,
    pub chunk_bytes: u64,
    pub bad_records: BadRecords,
}

impl Source {
    pub(super) fn new(files: Files) -> Self {
        Source { files, chunk_bytes: CHUNK_BYTES, bad_records: BadRecords::default() }
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.chunk_bytes == 0 {
            return Err(Error::parameter("chunk_bytes", self.chunk_bytes, "at least 1"));
        }
        self.bad_records.check()
    }

    /// The blocks of files with one record a line. A compressed file is one block: only from its
    /// beginning can it be read. So is a small one, of which nothing is looked at yet.
    pub(super) fn line_blocks(&self) -> Result<Vec<Block>> {
        self.check()?;
        let mut blocks = Vec::new();
        let is_small = |file: &SourceFile| file.bytes() <= self.chunk_bytes;
        let ahead = LookAhead::to_open(self.files.versions(), |file| 0..if is_small(file) { 0 } else { 4 });
        for (i, file) in self.files.versions().iter().enumerate() {
            let compression = match is_small(file) {
                true => None,
                false => Some(ahead.opening(i, || Compression::of(file))?),
            };
            let block = |cut| Block { file: file.clone(), compression, cut, header_lines: 0 };
            match compression {
                Some(Compression::None) => {
                    blocks.extend(even_ranges(0..file.bytes(), self.chunk_bytes).map(|range| block(Cut::Lines(range))));
                }
                _ => blocks.push(block(Cut::Whole { start: 0 })),
            }
        }
        Ok(blocks)
    }
}

/// The constructors and settings of a format that holds a `source`; what to say of two of them, if not what holds for
/// lines of text.
macro_rules! source_settings {
    ($format:ident) => {
        source_settings!(
            $format,
            "How many bytes of a file are a chunk, at least 1; 64 MiB unless it is set. Larger files
are cut between records: a record belongs to the chunk in which it begins. Compressed
files are a chunk each, whatever their size.",
            "What is done with records that are not in the format. By default the first one fails
its chunk."
        );
    };
    ($format:ident, $chunk_bytes:literal, $bad_records:literal) => {
        impl $format {
            /// The files that `wanted` names: a file, a folder or a pattern, as in
            /// [`Files::find`](crate::sources::Files::find).
            ///
            /// # Errors
            /// As [`Files::find`](crate::sources::Files::find).
            pub fn open(wanted: impl AsRef<std::path::Path>) -> crate::Result<Self> {
                crate::sources::Files::find(wanted).map(Self::over)
            }

            #[doc = $chunk_bytes]
            pub fn chunk_bytes(mut self, bytes: u64) -> Self {
                self.source.chunk_bytes = bytes;
                self
            }

            #[doc = $bad_records]
            pub fn bad_records(mut self, policy: crate::sources::BadRecords) -> Self {
                self.source.bad_records = policy;
                self
            }
        }
    };
}

pub(super) use source_settings;
