//! A file in an object store.

use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use object_store::{GetOptions, OBJECT_STORE_COALESCE_DEFAULT, ObjectMeta, ObjectStore, coalesce_ranges};
use serde::Serialize;

use super::runtime::wait;
use crate::error::Result;
use crate::graph::KeyBuilder;
use crate::sources::source_file::FileAccess;

/// An object as it was when it was found.
#[derive(Clone, Debug)]
pub(super) struct StoredFile {
    store: Arc<dyn ObjectStore>,
    object: ObjectMeta,
    /// What it is called: the store's name and its own.
    path: Arc<Path>,
}

impl StoredFile {
    /// An object of a store of this name.
    pub(super) fn new(store: Arc<dyn ObjectStore>, name: &str, object: ObjectMeta) -> Self {
        let path = Path::new(&format!("{name}/{}", object.location)).into();
        StoredFile { store, object, path }
    }

    /// What tells this state from any other, in every process.
    fn identity(&self) -> impl Serialize + '_ {
        let changed = (self.object.last_modified.timestamp(), self.object.last_modified.timestamp_subsec_nanos());
        (self.path.as_os_str().as_encoded_bytes(), self.object.size, changed, &self.object.e_tag, &self.object.version)
    }

    /// Those that lie close together are fetched at once.
    fn fetch_all(&self, ranges: &[Range<u64>]) -> io::Result<Vec<Vec<u8>>> {
        let (this, ranges) = (self.clone(), ranges.to_vec());
        wait(async move {
            let fetched = coalesce_ranges(&ranges, |range| this.fetch(range), OBJECT_STORE_COALESCE_DEFAULT);
            Ok(fetched.await?.into_iter().map(Into::into).collect())
        })
    }

    /// Fails where the object is not what it was: its cuts would then be somewhere else.
    async fn fetch(&self, range: Range<u64>) -> io::Result<bytes::Bytes> {
        if range.is_empty() {
            return Ok(bytes::Bytes::new());
        }
        let options = GetOptions { if_match: self.object.e_tag.clone(), ..GetOptions::new() };
        let found = match self.store.get_opts(&self.object.location, options.with_range(Some(range))).await {
            Err(object_store::Error::Precondition { .. }) => return Err(changed()),
            found => found?,
        };
        // A store may not heed the condition. Lists and answers may give times of another precision, so tags count more.
        let same = match (&self.object.e_tag, &found.meta.e_tag) {
            (Some(tag), Some(now)) => tag == now,
            (Some(_), None) => true,
            (None, _) => found.meta.last_modified == self.object.last_modified,
        };
        if !same || found.meta.size != self.object.size {
            return Err(changed());
        }
        Ok(found.bytes().await?)
    }
}

impl FileAccess for StoredFile {
    fn path(&self) -> &Arc<Path> {
        &self.path
    }

    fn location(&self) -> &Path {
        &self.path
    }

    fn bytes(&self) -> u64 {
        self.object.size
    }

    fn identify(&self, key: KeyBuilder) -> KeyBuilder {
        key.params(&self.identity())
    }

    /// It is checked whenever a part of it is fetched.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    fn reader(&self, range: Range<u64>) -> io::Result<Box<dyn Read>> {
        let piece = io::Cursor::default();
        Ok(Box::new(StoredReader { file: self.clone(), at: range.start, wanted: range.end, piece }))
    }

    fn ranges(&self, ranges: &[Range<u64>]) -> io::Result<Vec<Vec<u8>>> {
        self.fetch_all(ranges)
    }
}

fn changed() -> io::Error {
    io::Error::other("it has changed since it was opened; open it again")
}

/// As much as is fetched at once of what will be read in any case.
const PIECE: u64 = 8 << 20;

/// As much as is fetched at once of what may not be read to its end.
const SMALL_PIECE: u64 = 256 << 10;

/// Reads an object piece by piece.
struct StoredReader {
    file: StoredFile,
    /// Where the next piece begins.
    at: u64,
    /// Up to where all will be read.
    wanted: u64,
    piece: io::Cursor<Vec<u8>>,
}

impl Read for StoredReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.position() == self.piece.get_ref().len() as u64 {
            let end = if self.at < self.wanted { self.wanted.min(self.at + PIECE) } else { self.at + SMALL_PIECE };
            let range = self.at..end.min(self.file.object.size);
            if range.is_empty() {
                return Ok(0);
            }
            self.at = range.end;
            self.piece = io::Cursor::new(self.file.fetch_all(&[range])?.concat());
        }
        self.piece.read(buffer)
    }
}
