//! An object as it was when it was found, and requests for ranges of it.

use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use object_store::{Error as StoreError, GetOptions, ObjectMeta, ObjectStore};
use serde::Serialize;
use tokio::sync::Semaphore;

use super::kept;

/// The most requests that are under way at once, to all stores together: answers take long, so there are more than threads.
static REQUESTS: Semaphore = Semaphore::const_new(32);

/// The most bytes that are fetched by one request: 4 MiB.
pub(super) const PIECE: u64 = 4 << 20;

/// The number of times that an answer which was cut is asked for, where the store does not do it by itself.
const ATTEMPTS: u32 = 4;

/// The wait before the second time; before each further one, twice as long.
const PAUSE: Duration = Duration::from_millis(100);

/// An object as it was when it was found.
#[derive(Debug)]
pub(super) struct StoredObject {
    store: Arc<dyn ObjectStore>,
    pub meta: ObjectMeta,
    /// Its name: the store's and its own.
    pub path: Arc<Path>,
    /// Tells it from all others of the process.
    pub id: u64,
}

/// A request without a whole answer.
enum Failure {
    /// The answer ended too early: another time it may be whole.
    Cut(io::Error),
    Other(io::Error),
}

impl StoredObject {
    /// An object of a store of this name.
    pub(super) fn new(store: Arc<dyn ObjectStore>, store_name: &str, meta: ObjectMeta) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let path = Path::new(&format!("{store_name}/{}", meta.location)).into();
        StoredObject { store, meta, path, id: COUNT.fetch_add(1, Ordering::Relaxed) }
    }

    /// The identity of this state, in every process.
    pub(super) fn identity(&self) -> impl Serialize + '_ {
        let ObjectMeta { last_modified, size, e_tag, version, .. } = &self.meta;
        let changed = (last_modified.timestamp(), last_modified.timestamp_subsec_nanos());
        (self.path.as_os_str().as_encoded_bytes(), *size, changed, e_tag, version)
    }

    /// The bytes of a range: all of them, and of this state of the object.
    pub(super) async fn fetch(&self, range: Range<u64>) -> io::Result<Bytes> {
        let mut attempt = 1;
        loop {
            match self.request(range.clone()).await {
                Ok(bytes) => return Ok(bytes),
                Err(Failure::Cut(_)) if attempt < ATTEMPTS => tokio::time::sleep(PAUSE * 2u32.pow(attempt - 1)).await,
                Err(Failure::Cut(error) | Failure::Other(error)) => return Err(error),
            }
            attempt += 1;
        }
    }

    async fn request(&self, range: Range<u64>) -> Result<Bytes, Failure> {
        let length = range.end - range.start;
        if length == 0 {
            return Ok(Bytes::new());
        }
        let permit = REQUESTS.acquire().await;
        // The whole is asked for as such: some servers have no ranges. No condition is sent along: stores differ in how
        // they write tags and in which they compare, and the answer has the tag in any case.
        let mut asked = Some(range.clone()).filter(|_| length < self.meta.size);
        let get = |asked| self.store.get_opts(&self.meta.location, GetOptions::new().with_range(asked));
        let mut found = get(asked.clone()).await;
        if let Err(StoreError::NotSupported { .. }) = found
            && self.meta.size <= PIECE
        {
            asked = None;
            found = get(None).await;
        }
        let found = found.map_err(failure)?;
        if !is_same(&self.meta, &found.meta) {
            return Err(Failure::Other(io::Error::other("it has changed since it was opened; open it again")));
        }
        // The store asks for the rest by itself if it can be sure that it belongs to the same state.
        let is_retried = found.meta.e_tag.is_some();
        let bytes = match found.bytes().await {
            Err(error) if is_retried => return Err(failure(error)),
            Err(error) => return Err(Failure::Cut(error.into())),
            Ok(bytes) => bytes,
        };
        drop(permit);
        let sent = asked.as_ref().map_or(self.meta.size, |_| length);
        if bytes.len() as u64 != sent {
            let problem = format!("the answer has {} bytes, where {sent} were asked for", bytes.len());
            return Err(Failure::Cut(io::Error::new(io::ErrorKind::UnexpectedEof, problem)));
        }
        Ok(if asked.is_some() { bytes } else { bytes.slice(range.start as usize..range.end as usize) })
    }
}

impl Drop for StoredObject {
    fn drop(&mut self) {
        kept::forget(self.id, 0..u64::MAX);
    }
}

fn failure(error: StoreError) -> Failure {
    Failure::Other(match &error {
        StoreError::NotFound { .. } => {
            io::Error::new(io::ErrorKind::NotFound, format!("it is gone since it was opened: {error}"))
        }
        StoreError::NotSupported { .. } => io::Error::other(format!(
            "the server does not answer requests for ranges of bytes, which large objects are read by; download it: {error}"
        )),
        _ => error.into(),
    })
}

/// True if an object is in the state in which it was found. Tags count more than times, of which lists and answers give
/// different fractions of a second; a time that is not known is 1970.
fn is_same(found: &ObjectMeta, now: &ObjectMeta) -> bool {
    let is_same_state = match (&found.e_tag, &now.e_tag) {
        (Some(found), Some(now)) => opaque(found) == opaque(now),
        _ => {
            let (found, now) = (found.last_modified, now.last_modified);
            let unit = unit(found.timestamp_subsec_nanos()).max(unit(now.timestamp_subsec_nanos()));
            let is_unknown = found.timestamp() == 0 || now.timestamp() == 0;
            is_unknown || (found - now).abs().num_nanoseconds().is_some_and(|difference| difference < unit)
        }
    };
    is_same_state && found.size == now.size
}

/// A tag without the mark of weak ones and without quotes: a proxy that compresses makes tags weak, and Azure's lists have
/// no quotes.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"')
}

/// The nanoseconds to which a time was given, as far as its fraction of a second shows it.
fn unit(nanoseconds: u32) -> i64 {
    [1_000_000_000, 1_000_000, 1_000].into_iter().find(|unit| i64::from(nanoseconds) % unit == 0).unwrap_or(1)
}
