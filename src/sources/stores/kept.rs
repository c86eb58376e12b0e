//! Pieces of objects that were fetched before they are read: bounded, and each of them once.
//!
//! Pieces are given room as long as there is some, and lose it when what they were fetched for has been read. None makes
//! room for another before [`STALE`] more chunks were read: a piece that is dropped before its time would be fetched twice.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::object::StoredObject;
use super::runtime::spawn;
use crate::sources::look_ahead::MOST_BYTES;

/// A piece that nobody has read while so many chunks were is not waited for any more.
const STALE: u64 = 256;

static KEPT: Mutex<Kept> = Mutex::new(Kept { bytes: 0, chunks: 0, pieces: BTreeMap::new() });

struct Kept {
    bytes: u64,
    /// The number of chunks that were read so far.
    chunks: u64,
    /// By object and first byte. They do not overlap.
    pieces: BTreeMap<(u64, u64), Piece>,
}

struct Piece {
    fetch: Fetch,
    /// The number of chunks that had been read when it was asked for.
    born: u64,
}

/// A range that is being fetched, or has been.
#[derive(Clone)]
pub(super) struct Fetch {
    pub range: Range<u64>,
    answer: watch::Receiver<Option<Result<Bytes, Arc<io::Error>>>>,
    /// Ends the request with the last copy of this.
    _request: Arc<Request>,
}

struct Request(AbortHandle);

impl Drop for Request {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Fetch {
    /// Begins to fetch a range.
    pub(super) fn start(object: &Arc<StoredObject>, range: Range<u64>) -> io::Result<Self> {
        let (done, answer) = watch::channel(None);
        let (object, wanted) = (object.clone(), range.clone());
        let request = spawn(async move {
            let bytes = object.fetch(wanted).await;
            // What is kept of an object goes with it, so the object goes first.
            drop(object);
            done.send_replace(Some(bytes.map_err(Arc::new)));
        })?;
        Ok(Fetch { range, answer, _request: Arc::new(Request(request)) })
    }

    /// The bytes, once they are there.
    pub(super) async fn bytes(mut self) -> io::Result<Bytes> {
        let answer = self.answer.wait_for(Option::is_some).await.map(|answer| (*answer).clone());
        match answer {
            Ok(Some(Ok(bytes))) => Ok(bytes),
            Ok(Some(Err(error))) => Err(io::Error::new(error.kind(), error)),
            _ => Err(io::Error::other("the object store panicked")),
        }
    }
}

fn kept() -> MutexGuard<'static, Kept> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The piece that holds a byte of an object, if it is kept.
pub(super) fn find(id: u64, byte: u64) -> Option<Fetch> {
    kept().find(id, byte).cloned()
}

/// Begins to fetch a range that will be kept, unless its beginning is kept already. False if there is no room.
pub(super) fn fetch(object: &Arc<StoredObject>, mut range: Range<u64>) -> io::Result<bool> {
    let mut kept = kept();
    if kept.find(object.id, range.start).is_some() {
        return Ok(true);
    }
    if let Some((&(_, next), _)) = kept.pieces.range((object.id, range.start)..(object.id, range.end)).next() {
        range.end = next;
    }
    let length = range.end - range.start;
    kept.make_room(length);
    let has_room = kept.bytes + length <= MOST_BYTES;
    if has_room && length > 0 {
        let piece = Piece { fetch: Fetch::start(object, range.clone())?, born: kept.chunks };
        kept.bytes += length;
        kept.pieces.insert((object.id, range.start), piece);
    }
    Ok(has_room)
}

/// Forgets the pieces inside a range of an object.
pub(super) fn forget(id: u64, range: Range<u64>) {
    let mut kept = kept();
    let inside = kept.pieces.range((id, range.start)..(id, range.end));
    let inside: Vec<_> = inside.filter(|(_, piece)| piece.fetch.range.end <= range.end).map(|(key, _)| *key).collect();
    inside.into_iter().for_each(|key| kept.remove(key));
}

/// Forgets of an object that was opened what reading does not begin with; and that as well where it would leave no room
/// for other objects that are opened.
pub(super) fn thin_out(id: u64) {
    let is_scarce = kept().bytes > MOST_BYTES / 2;
    forget(id, if is_scarce { 0 } else { 1 }..u64::MAX);
}

/// One more chunk was read.
pub(super) fn count_chunk() {
    kept().chunks += 1;
}

impl Kept {
    fn find(&self, id: u64, byte: u64) -> Option<&Fetch> {
        let (_, piece) = self.pieces.range((id, 0)..=(id, byte)).next_back()?;
        Some(&piece.fetch).filter(|fetch| fetch.range.contains(&byte))
    }

    /// Removes stale pieces if there is no room for so many bytes.
    fn make_room(&mut self, length: u64) {
        if self.bytes + length > MOST_BYTES {
            let stale = self.pieces.iter().filter(|(_, piece)| piece.born + STALE < self.chunks);
            let stale: Vec<_> = stale.map(|(key, _)| *key).collect();
            stale.into_iter().for_each(|key| self.remove(key));
        }
    }

    fn remove(&mut self, key: (u64, u64)) {
        if let Some(piece) = self.pieces.remove(&key) {
            self.bytes -= piece.fetch.range.end - piece.fetch.range.start;
        }
    }
}
