//! The cluster that most cases share.

use std::sync::LazyLock;

use chunkfit_ballista::cluster::{Client, ClientOptions};
use datafusion::error::Result;
use datafusion::prelude::SessionContext;

use super::processes::Cluster;

/// Two executors of one slot each. Statics are not dropped: the processes end because nobody holds their stdin any more.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| Cluster::start(2, 1));
    &CLUSTER
}

/// Runs some work on a session of this cluster.
///
/// # Panics
/// With what the processes logged, if the work fails.
pub fn on<T>(cluster: &Cluster, work: impl AsyncFn(SessionContext) -> Result<T>) -> T {
    let options = ClientOptions { scheduler: Some(cluster.url()), timeout: 150, resubmit: 3 };
    let done = run(async { Client::new(options).unwrap().run("a test", work).await });
    done.unwrap_or_else(|error| panic!("{error}\n{}", cluster.logged()))
}

/// Runs what is asynchronous.
pub fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(work)
}
