//! Runtime of object stores: the thread on which their asynchronous work runs.
//!
//! The stores are asynchronous and all else here is not. One thread, started when the first store is asked,
//! turns the wheels of all of them; who wants something blocks until it is there. So this works in any
//! thread, in those of an asynchronous program too.

use std::future::Future;
use std::io;
use std::sync::{OnceLock, mpsc};

use tokio::runtime::{Builder, Runtime};
use tokio::task::AbortHandle;

/// Does the work, and waits for it.
pub(super) fn wait<T: Send + 'static>(work: impl Future<Output = io::Result<T>> + Send + 'static) -> io::Result<T> {
    let (done, result) = mpsc::sync_channel(1);
    spawn(async move {
        // Nobody is gone: who asked waits below.
        let _ = done.send(work.await);
    })?;
    result.recv().unwrap_or_else(|_| Err(io::Error::other("the object store panicked")))
}

/// Begins the work; it goes on by itself.
pub(super) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> io::Result<AbortHandle> {
    static RUNTIME: OnceLock<io::Result<Runtime>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread().worker_threads(1).thread_name("chunkfit-stores").enable_all().build()
    });
    let runtime = runtime.as_ref().map_err(|error| io::Error::new(error.kind(), error.to_string()))?;
    Ok(runtime.spawn(work).abort_handle())
}
