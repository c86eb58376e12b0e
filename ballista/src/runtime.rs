//! Threads that wait for the network.

use std::sync::LazyLock;

use datafusion::error::Result;
use tokio::runtime::{Builder, Runtime};

use crate::error::refused;

/// A runtime of this crate's own, for work that is asynchronous and is asked for by code that is not. It lives as long
/// as the process, so that connections that stores keep open there stay alive; and it turns by itself, so that
/// waiting for it in a thread of another runtime does not stop that work.
pub(crate) fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| {
        Builder::new_multi_thread().worker_threads(2).thread_name("chunkfit-waiting").enable_all().build()
    });
    RUNTIME.as_ref().map_err(|error| refused(format!("no threads to wait on: {error}")))
}
