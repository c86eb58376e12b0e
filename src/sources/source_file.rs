//! A file of a source, wherever it lies.

use std::fmt::Debug;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::{Deref, Range};
use std::path::Path;
use std::slice;
use std::sync::Arc;

use crate::chunks::FileVersion;
use crate::error::{Error, Result};
use crate::graph::{Key, KeyBuilder};

/// How the state of a file that was found is identified and read: on the disk, or in an object store.
pub(super) trait FileAccess: Debug + Send + Sync {
    /// What it is called, in errors too.
    fn path(&self) -> &Arc<Path>;

    /// Where it lies, in every process: what tells it from another of the same name.
    fn location(&self) -> &Path;

    /// Its size, as it lies there.
    fn bytes(&self) -> u64;

    /// Adds to a key what tells this state of the file from any other, in every process.
    fn identify(&self, key: KeyBuilder) -> KeyBuilder;

    /// Fails when the file is not what it was: its cuts would then be somewhere else.
    fn check(&self) -> Result<()>;

    /// Reads on from the start of a range, and beyond its end if need be: the range is what will be read
    /// in any case.
    fn reader(&self, range: Range<u64>) -> io::Result<Box<dyn Read>>;

    /// The bytes of some ranges inside the file.
    fn ranges(&self, ranges: &[Range<u64>]) -> io::Result<Vec<Vec<u8>>> {
        let range = |range: &Range<u64>| {
            let mut bytes = vec![0; (range.end - range.start) as usize];
            self.reader(range.clone())?.read_exact(&mut bytes)?;
            Ok(bytes)
        };
        ranges.iter().map(range).collect()
    }

    /// True where answers take long, so that it pays to ask before they are needed.
    fn is_remote(&self) -> bool {
        false
    }

    /// Asks for ranges that will be read soon, and does not wait for them. False if there is no room for what comes.
    fn prefetch(&self, _ranges: &[Range<u64>]) -> bool {
        true
    }

    /// The beginning or the end was looked at, to learn how to read the file.
    fn was_opened(&self) {}

    /// These ranges have been made a chunk, the last one of the file if `is_last`: of what was asked for, they are not
    /// needed any more.
    fn was_read(&self, _ranges: &[Range<u64>], _is_last: bool) {}

    /// The number of its bytes that lie in a file of our own.
    fn spilled_bytes(&self) -> u64 {
        0
    }

    /// Bytes that reading takes at most, besides what it gives.
    fn reading_bytes(&self) -> u64 {
        0
    }
}

/// A file as it was when it was found.
#[derive(Clone, Debug)]
pub(super) struct SourceFile(Arc<dyn FileAccess>);

impl PartialEq for SourceFile {
    fn eq(&self, other: &Self) -> bool {
        let state = |file: &Self| file.identify(Key::of("file")).finish();
        self.path() == other.path() && state(self) == state(other)
    }
}

impl Eq for SourceFile {}

impl SourceFile {
    /// A regular file on the disk.
    pub(super) fn of(path: impl AsRef<Path>) -> Result<Self> {
        FileVersion::of(path).map(SourceFile::new)
    }

    /// A file, wherever it lies.
    pub(super) fn new(file: impl FileAccess + 'static) -> Self {
        SourceFile(Arc::new(file))
    }

    /// The bytes of a range.
    pub(super) fn range(&self, range: Range<u64>) -> Result<Vec<u8>> {
        self.ranges(slice::from_ref(&range)).map(|parts| parts.into_iter().next().unwrap_or_default())
    }

    /// The bytes of some ranges, as far as they are inside the file.
    pub(super) fn ranges(&self, ranges: &[Range<u64>]) -> Result<Vec<Vec<u8>>> {
        if let Some(outside) = ranges.iter().find(|range| range.start > range.end || range.end > self.bytes()) {
            let Range { start, end } = outside;
            let problem = format!("bytes {start} to {end} are wanted of {}: the file is damaged", self.bytes());
            return Err(self.failed(io::Error::new(io::ErrorKind::UnexpectedEof, problem)));
        }
        self.0.ranges(ranges).or_else(|error| {
            // Bytes that are not there any more are the sign of a change.
            self.check()?;
            Err(self.failed(error))
        })
    }

    /// The error that a failure to read is.
    pub(super) fn failed(&self, error: io::Error) -> Error {
        Error::io("read", self.path(), error)
    }
}

impl Deref for SourceFile {
    type Target = dyn FileAccess;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl FileAccess for FileVersion {
    fn path(&self) -> &Arc<Path> {
        &self.path
    }

    fn location(&self) -> &Path {
        self.absolute()
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn identify(&self, key: KeyBuilder) -> KeyBuilder {
        key.params(&self.identity())
    }

    fn check(&self) -> Result<()> {
        FileVersion::check(self)
    }

    fn reader(&self, range: Range<u64>) -> io::Result<Box<dyn Read>> {
        let mut opened = File::open(self.absolute())?;
        opened.seek(SeekFrom::Start(range.start))?;
        Ok(Box::new(opened))
    }
}
