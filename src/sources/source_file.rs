//! A file of a source, wherever it lies.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

#[cfg(feature = "object-store")]
use super::stored_file::StoredFile;
use crate::chunks::FileVersion;
use crate::error::{Error, Result};
use crate::graph::KeyBuilder;

/// A file as it was when it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SourceFile {
    Disk(FileVersion),
    #[cfg(feature = "object-store")]
    Stored(StoredFile),
}

impl SourceFile {
    /// A file on the disk.
    pub fn of(path: impl AsRef<Path>) -> Result<Self> {
        FileVersion::of(path).map(SourceFile::Disk)
    }

    /// What it is called, in errors too.
    pub fn path(&self) -> &Arc<Path> {
        match self {
            SourceFile::Disk(file) => &file.path,
            #[cfg(feature = "object-store")]
            SourceFile::Stored(file) => &file.path,
        }
    }

    /// Where it lies, in every process: what tells it from another of the same name.
    pub fn location(&self) -> &Path {
        match self {
            SourceFile::Disk(file) => file.absolute(),
            #[cfg(feature = "object-store")]
            SourceFile::Stored(file) => &file.path,
        }
    }

    /// Its size, as it lies there.
    pub fn bytes(&self) -> u64 {
        match self {
            SourceFile::Disk(file) => file.bytes,
            #[cfg(feature = "object-store")]
            SourceFile::Stored(file) => file.bytes(),
        }
    }

    /// Adds to a key what tells this state of the file from any other, in every process.
    pub fn identify(&self, key: KeyBuilder) -> KeyBuilder {
        match self {
            SourceFile::Disk(file) => key.params(&file.identity()),
            #[cfg(feature = "object-store")]
            SourceFile::Stored(file) => key.params(&file.identity()),
        }
    }

    /// Fails when the file is not what it was: its cuts would then be somewhere else.
    pub fn check(&self) -> Result<()> {
        match self {
            SourceFile::Disk(file) => file.check(),
            // It is checked whenever a part of it is fetched.
            #[cfg(feature = "object-store")]
            SourceFile::Stored(_) => Ok(()),
        }
    }

    /// Reads on from the start of a range, and beyond its end if need be: the range is what will be read
    /// in any case.
    pub fn reader(&self, range: Range<u64>) -> io::Result<Box<dyn Read>> {
        match self {
            SourceFile::Disk(file) => {
                let mut opened = File::open(file.absolute())?;
                opened.seek(SeekFrom::Start(range.start))?;
                Ok(Box::new(opened))
            }
            #[cfg(feature = "object-store")]
            SourceFile::Stored(file) => Ok(Box::new(file.reader(range))),
        }
    }

    /// The bytes of a range.
    #[cfg(feature = "arrow")]
    pub fn range(&self, range: Range<u64>) -> Result<Vec<u8>> {
        self.ranges(std::slice::from_ref(&range)).map(|parts| parts.concat())
    }

    /// The bytes of some ranges, as far as they are inside the file.
    #[cfg(feature = "arrow")]
    pub fn ranges(&self, ranges: &[Range<u64>]) -> Result<Vec<Vec<u8>>> {
        if let Some(outside) = ranges.iter().find(|range| range.start > range.end || range.end > self.bytes()) {
            let Range { start, end } = outside;
            let problem = format!("bytes {start} to {end} are wanted of {}: the file is damaged", self.bytes());
            return Err(self.failed(io::Error::new(io::ErrorKind::UnexpectedEof, problem)));
        }
        match self {
            SourceFile::Disk(file) => ranges_of(file.absolute(), ranges),
            #[cfg(feature = "object-store")]
            SourceFile::Stored(file) => file.ranges(ranges),
        }
        .map_err(|error| self.failed(error))
    }

    /// The error that a failure to read is.
    pub fn failed(&self, error: io::Error) -> Error {
        Error::io("read", self.path(), error)
    }
}

#[cfg(feature = "arrow")]
fn ranges_of(path: &Path, ranges: &[Range<u64>]) -> io::Result<Vec<Vec<u8>>> {
    let mut file = File::open(path)?;
    let range = |range: &Range<u64>| {
        let mut bytes = vec![0; (range.end - range.start) as usize];
        file.seek(SeekFrom::Start(range.start))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    };
    ranges.iter().map(range).collect()
}
