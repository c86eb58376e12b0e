//! A file in an object store.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{OBJECT_STORE_COALESCE_DEFAULT, ObjectMeta, ObjectStore};

use super::kept::{self, Fetch};
use super::object::{PIECE, StoredObject};
use super::runtime::wait;
use crate::error::Result;
use crate::graph::KeyBuilder;
use crate::sources::source_file::FileAccess;

/// The most requests that a reader, or the ranges of one call, have under way.
const AT_ONCE: usize = 4;

/// An object of so many bytes is fetched whole, whatever is wanted of it.
const SMALL: u64 = 256 << 10;

/// Bytes that are fetched of the beginning of a larger one, when something of that is wanted: its format and its header are
/// looked at one after the other.
const START: u64 = 16 << 10;

/// Bytes that are fetched at once of a range that may not be read to its end.
const STEP: u64 = 256 << 10;

/// An object as it was when it was found.
#[derive(Clone, Debug)]
pub(super) struct StoredFile(Arc<StoredObject>);

impl StoredFile {
    /// An object of a store of this name.
    pub(super) fn new(store: Arc<dyn ObjectStore>, store_name: &str, object: ObjectMeta) -> Self {
        StoredFile(Arc::new(StoredObject::new(store, store_name, object)))
    }

    /// The range that is fetched when this one is wanted.
    fn widened(&self, range: Range<u64>) -> Range<u64> {
        let size = self.0.meta.size;
        match range {
            _ if size <= SMALL => 0..size,
            Range { end, .. } if end <= START => 0..START,
            other => other,
        }
    }

    /// Begins to fetch what a range starts with, or finds it kept: the fetched range includes the first byte.
    fn start(&self, range: Range<u64>) -> io::Result<Fetch> {
        let wide = self.widened(range.clone());
        if wide != range || self.0.meta.size <= SMALL {
            kept::fetch(&self.0, wide)?;
        }
        match kept::find(self.0.id, range.start) {
            Some(kept) => Ok(kept),
            None => Fetch::start(&self.0, range),
        }
    }

    /// The bytes of a range, which other requests may have brought in parts.
    async fn bytes(&self, range: Range<u64>) -> io::Result<Vec<Bytes>> {
        let (mut at, mut parts) = (range.start, Vec::new());
        while at < range.end {
            let fetch = self.start(at..range.end)?;
            let fetched = fetch.range.clone();
            let part = fetch.bytes().await?;
            let end = fetched.end.min(range.end);
            parts.push(part.slice((at - fetched.start) as usize..(end - fetched.start) as usize));
            at = end;
        }
        Ok(parts)
    }

    /// The bytes of ranges; those that lie close together are fetched at once, and large ones in pieces.
    async fn all_bytes(&self, ranges: &[Range<u64>]) -> io::Result<Vec<Vec<u8>>> {
        let pieces = together(ranges).into_iter().flat_map(pieces);
        let fetches = pieces.map(|piece| async { io::Result::Ok((piece.start, self.bytes(piece).await?)) });
        let mut fetches = stream::iter(fetches).buffered(AT_ONCE);
        let mut contents: Vec<_> =
            ranges.iter().map(|range| Vec::with_capacity((range.end - range.start) as usize)).collect();
        while let Some((mut start, parts)) = fetches.try_next().await? {
            for part in parts {
                let end = start + part.len() as u64;
                for (range, content) in ranges.iter().zip(&mut contents) {
                    let inside = range.start.max(start)..range.end.min(end);
                    if !inside.is_empty() {
                        content
                            .extend_from_slice(&part[(inside.start - start) as usize..(inside.end - start) as usize]);
                    }
                }
                start = end;
            }
        }
        Ok(contents)
    }
}

/// The ranges in order; one for those that lie close together.
fn together(ranges: &[Range<u64>]) -> Vec<Range<u64>> {
    let mut sorted: Vec<_> = ranges.iter().filter(|range| !range.is_empty()).cloned().collect();
    sorted.sort_unstable_by_key(|range| range.start);
    let mut together: Vec<Range<u64>> = Vec::new();
    for range in sorted {
        match together.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(OBJECT_STORE_COALESCE_DEFAULT) => {
                last.end = last.end.max(range.end);
            }
            _ => together.push(range),
        }
    }
    together
}

/// The pieces of a range that are fetched by one request each.
fn pieces(range: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    range.clone().step_by(PIECE as usize).map(move |start| start..range.end.min(start + PIECE))
}

impl FileAccess for StoredFile {
    fn path(&self) -> &Arc<Path> {
        &self.0.path
    }

    fn location(&self) -> &Path {
        &self.0.path
    }

    fn bytes(&self) -> u64 {
        self.0.meta.size
    }

    fn identify(&self, key: KeyBuilder) -> KeyBuilder {
        key.params(&self.0.identity())
    }

    /// It is checked whenever a part of it is fetched.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    fn reader(&self, range: Range<u64>) -> io::Result<Box<dyn Read>> {
        let (requests, piece) = (VecDeque::new(), Bytes::new());
        Ok(Box::new(StoredReader { file: self.clone(), at: range.start, wanted: range.end, requests, piece }))
    }

    fn ranges(&self, ranges: &[Range<u64>]) -> io::Result<Vec<Vec<u8>>> {
        let (this, ranges) = (self.clone(), ranges.to_vec());
        wait(async move { this.all_bytes(&ranges).await })
    }

    fn is_remote(&self) -> bool {
        true
    }

    /// Of each range the first piece: the others are fetched at once, when it is read.
    fn prefetch(&self, ranges: &[Range<u64>]) -> bool {
        let firsts = together(ranges).into_iter().filter_map(|range| pieces(range).next());
        let mut firsts = firsts.map(|range| self.widened(range));
        // What fails here fails again when it is read.
        firsts.all(|range| range.is_empty() || kept::fetch(&self.0, range).unwrap_or(false))
    }

    fn was_opened(&self) {
        kept::thin_out(self.0.id);
    }

    fn was_read(&self, ranges: &[Range<u64>], is_last: bool) {
        kept::count_chunk();
        if is_last {
            return kept::forget(self.0.id, 0..self.0.meta.size);
        }
        together(ranges).into_iter().for_each(|range| kept::forget(self.0.id, range));
    }

    fn reading_bytes(&self) -> u64 {
        self.0.meta.size.min(AT_ONCE as u64 * PIECE)
    }
}

/// Reads an object piece by piece, some pieces ahead.
struct StoredReader {
    file: StoredFile,
    /// The first byte that was not asked for.
    at: u64,
    /// Up to where all will be read.
    wanted: u64,
    /// Requests that were not read, each with the place where reading goes on.
    requests: VecDeque<(Fetch, u64)>,
    piece: Bytes,
}

impl StoredReader {
    fn next_piece(&mut self) -> io::Result<Bytes> {
        let size = self.file.0.meta.size;
        while self.at < size && (self.requests.is_empty() || self.at < self.wanted && self.requests.len() < AT_ONCE) {
            let end = if self.at < self.wanted { self.wanted.min(self.at + PIECE) } else { self.at + STEP };
            let request = self.file.start(self.at..end.min(size))?;
            let start = std::mem::replace(&mut self.at, request.range.end);
            self.requests.push_back((request, start));
        }
        let Some((request, start)) = self.requests.pop_front() else { return Ok(Bytes::new()) };
        let start = start - request.range.start;
        wait(async move { Ok(request.bytes().await?.slice(start as usize..)) })
    }
}

impl Read for StoredReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() {
            self.piece = self.next_piece()?;
        }
        let n = buffer.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut buffer[..n]);
        Ok(n)
    }
}
