//! A store in memory that counts requests, answers slowly, and fails as it is asked to.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions,
    PutOptions, PutPayload, PutResult, Result,
};

/// Held by tests that take much of the room for what is asked for ahead, which a process has once, or need it.
pub fn room() -> MutexGuard<'static, ()> {
    static ROOM: Mutex<()> = Mutex::new(());
    ROOM.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes another answer of that to the request with a number.
pub type Answer = fn(u64, &GetOptions, GetResult) -> Result<GetResult>;

/// A store that counts what is fetched, and fails from some request on.
#[derive(Debug, Default)]
pub struct Watched {
    pub objects: InMemory,
    /// Requests for objects or their heads.
    pub requests: AtomicU64,
    /// Requests for lists.
    pub lists: AtomicU64,
    pub bytes: AtomicU64,
    pub fails_after: Option<u64>,
    /// The time that every answer takes.
    pub latency: Duration,
    /// The number of requests that are being answered, and the most that were.
    pub now: AtomicU64,
    pub most_at_once: AtomicU64,
    /// Makes another answer of the request with a number.
    pub answer: Option<Answer>,
    /// An object that lists show and that is not there.
    pub missing: Option<&'static str>,
    /// Objects as lists show them.
    pub listed: Option<fn(ObjectMeta) -> ObjectMeta>,
}

impl Watched {
    fn listed(&self) -> impl Fn(ObjectMeta) -> ObjectMeta + Send + use<> {
        let listed = self.listed;
        move |object| listed.map_or(object.clone(), |listed| listed(object))
    }
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("watched:/")
    }
}

#[async_trait]
impl ObjectStore for Watched {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let request = self.requests.fetch_add(1, Relaxed);
        if self.fails_after.is_some_and(|n| request >= n) {
            return Err(object_store::Error::Generic { store: "watched", source: "the cable is cut".into() });
        }
        let now = self.now.fetch_add(1, Relaxed) + 1;
        self.most_at_once.fetch_max(now, Relaxed);
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        self.now.fetch_sub(1, Relaxed);
        if self.missing == Some(location.as_ref()) {
            return Err(object_store::Error::NotFound { path: location.to_string(), source: "no such key".into() });
        }
        let found = self.objects.get_opts(location, options.clone()).await?;
        if !options.head {
            self.bytes.fetch_add(found.range.end - found.range.start, Relaxed);
        }
        match self.answer {
            Some(answer) => answer(request, &options, found),
            None => Ok(found),
        }
    }

    async fn put_opts(&self, to: &Path, content: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.objects.put_opts(to, content, options).await
    }

    async fn put_multipart_opts(&self, to: &Path, options: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.objects.put_multipart_opts(to, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.objects.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.lists.fetch_add(1, Relaxed);
        let listed = self.listed();
        self.objects.list(prefix).map(move |object| object.map(&listed)).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.lists.fetch_add(1, Relaxed);
        let mut found = self.objects.list_with_delimiter(prefix).await?;
        found.objects = found.objects.into_iter().map(self.listed()).collect();
        Ok(found)
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.objects.copy_opts(from, to, options).await
    }
}
