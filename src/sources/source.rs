//! Settings that sources of all formats share.

use std::sync::Arc;

use super::bad_records::BadRecords;
use super::block::{Block, BlockSettings, Cut, even_ranges};
use super::contents::{Contents, Opened};
use super::files::Files;
use crate::error::{Error, Result};

/// The number of bytes of a file that are a chunk, unless it is set: 4 MiB.
pub const CHUNK_BYTES: u64 = 4 << 20;

/// The most bytes of a record, unless it is set: 64 MiB.
const MAX_RECORD_BYTES: u64 = 64 << 20;

/// Files, and how they are read whatever their format is.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub files: Files,
    pub chunk_bytes: u64,
    pub bad_records: BadRecords,
    /// Of texts.
    pub contents: Contents,
    /// Of texts.
    pub max_record_bytes: u64,
}

impl Source {
    pub(super) fn new(files: Files) -> Self {
        Source {
            files,
            chunk_bytes: CHUNK_BYTES,
            bad_records: BadRecords::default(),
            contents: Contents::default(),
            max_record_bytes: MAX_RECORD_BYTES,
        }
    }

    pub(super) fn check(&self) -> Result<()> {
        for (name, value) in [("chunk_bytes", self.chunk_bytes), ("max_record_bytes", self.max_record_bytes)] {
            if value == 0 {
                return Err(Error::parameter(name, value, "at least 1"));
            }
        }
        self.contents.check()?;
        self.bad_records.check()
    }

    /// The files of texts, opened, and the settings of their blocks.
    pub(super) fn open(&self) -> Result<(Vec<Opened>, Arc<BlockSettings>)> {
        self.check()?;
        let opened = self.contents.open(self.files.versions(), self.chunk_bytes)?;
        let settings = BlockSettings {
            contents: self.contents.clone(),
            chunk_bytes: self.chunk_bytes,
            max_record_bytes: self.max_record_bytes,
        };
        Ok((opened, Arc::new(settings)))
    }

    /// The blocks of files with one record a line.
    pub(super) fn line_blocks(&self) -> Result<Vec<Block>> {
        let (opened, settings) = self.open()?;
        let mut blocks = Vec::new();
        for opened in opened {
            let block = |cut| Block { opened: opened.clone(), cut, header_lines: 0, settings: settings.clone() };
            let bytes = opened.file.bytes();
            if opened.content_bytes.is_some() || bytes <= self.chunk_bytes {
                blocks.push(block(Cut::Whole { start: 0 }));
            } else {
                blocks.extend(even_ranges(0..bytes, self.chunk_bytes).map(|range| block(Cut::Lines(range))));
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
            "How many bytes of a file are a chunk, at least 1; 4 MiB unless it is set. Larger files
are cut between records: a record belongs to the chunk in which it begins. Of a compressed file, and of one in
another encoding than UTF-8, its content counts: see
[compressed files](crate::sources#compressed-files).",
            "What is done with records that are not in the format. By default the first one fails
its chunk."
        );
        text_settings!($format);
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

/// The settings of a format of texts that holds a `source`.
macro_rules! text_settings {
    ($format:ident) => {
        /// Settings of the content of files: compression, encoding, and the length of records.
        impl $format {
            /// The encoding of the files, by its name in the WHATWG standard: `utf-16le`, `windows-1252`, `shift_jis`,
            /// `gb18030` and so on (feature `encodings`); UTF-8 unless it is set. As in browsers, `latin1` and `iso-8859-1`
            /// mean `windows-1252`, which has all of their letters.
            ///
            /// A byte order mark counts more than the name: files in UTF-16 that begin with one need no setting. Bytes
            /// that are not in the encoding are an error, whatever [`bad_records`](Self::bad_records) says; offsets in errors
            /// are those in UTF-8. A file whose text may be larger than a chunk is converted into a spill file, as
            /// [compressed files](crate::sources#compressed-files) are.
            pub fn encoding(mut self, name: impl Into<String>) -> Self {
                self.source.contents.encoding = Some(name.into());
                self
            }

            /// The folder for spill files, in which the contents of large
            /// [compressed files](crate::sources#compressed-files) are kept while they are read: the system's for temporary
            /// files ([`std::env::temp_dir`]) unless it is set. It is made if it is missing, and should be on a disk of this
            /// machine with room for the contents.
            pub fn spill_folder(mut self, folder: impl Into<std::path::PathBuf>) -> Self {
                self.source.contents.spill_folder = Some(folder.into());
                self
            }

            /// The most bytes that the content of one compressed file may have, at least 1; no limit unless it is set. A
            /// larger one is an error.
            pub fn max_content_bytes(mut self, bytes: u64) -> Self {
                self.source.contents.max_content_bytes = Some(bytes);
                self
            }

            /// The most times that the content of a compressed file may be as large as the file, at least 1; 1200 unless it
            /// is set, more than gzip can reach. A content that is larger, and above 1 GiB, is an error: a few kilobytes can
            /// be made that would fill a disk.
            pub fn max_compression_ratio(mut self, ratio: u64) -> Self {
                self.source.contents.max_compression_ratio = ratio;
                self
            }

            /// The most bytes that one record may have, at least 1; 64 MiB unless it is set. A longer one is an error,
            /// whatever [`bad_records`](Self::bad_records) says: a file without newlines, or with a quote that is never
            /// closed, would be read into memory whole.
            pub fn max_record_bytes(mut self, bytes: u64) -> Self {
                self.source.max_record_bytes = bytes;
                self
            }
        }
    };
}

pub(super) use {source_settings, text_settings};
