//! A dashboard: a page in the browser that follows runs live (feature `dashboard`).
//!
//! The data flows one way: runs report to the `feed`, whose `collector` thread keeps each in a `run_store` (its task
//! stream in `lanes`, its curves in `series`) and renders the runs that somebody looks at, into the `hub`; from there the
//! `server`, on a thread of its own, sends each client the `events` that it has not had.

mod collector;
mod events;
mod feed;
mod guard;
mod hub;
mod lanes;
mod options;
mod page;
mod race;
mod respond;
mod run_store;
mod series;
mod server;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::{Builder, JoinHandle};

pub use options::DashboardOptions;
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::oneshot;

use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Notice, Runtime, Session};
use feed::Feed;
use guard::{Guard, secret};
use hub::Hub;

/// The most batches of task records that wait for the collector. Further ones are dropped, and counted.
const QUEUE: usize = 256;

/// A page in the browser that follows runs live: task stream of each thread, progress by kind of task, memory against
/// its limit, CPU, scores and losses as they come out, warnings and errors; and runs of before to choose from.
///
/// Runs report to it if they are started by a [`Runtime`] that [opened](Runtime::dashboard) it or is [watched
/// by](Runtime::watched_by) it. A run never waits for its dashboard, and has the same result with and without. The page
/// is served until the last handle is dropped: clones are handles on the same server.
///
/// It is served on this machine alone unless [the options](DashboardOptions::allow_remote) say otherwise, without
/// encryption and to everybody who may connect; names, errors and paths of files are on it.
///
/// ```
/// use chunkfit::{Chunks, Runtime};
///
/// let mut runtime = Runtime::new();
/// let dashboard = runtime.dashboard("127.0.0.1:0")?; // port 0: a free one
/// println!("follow the run at {}", dashboard.url());
///
/// let chunks = Chunks::from_fn("count", 3, |c| Ok(vec![c; 10]));
/// let sums = runtime.compute(&chunks.map("sum", |chunk| chunk.iter().sum::<usize>()))?;
/// assert_eq!(sums, [0, 10, 20]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "the page is gone when the last handle is dropped"]
pub struct Dashboard(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    feed: Arc<Feed>,
    collector: Option<JoinHandle<()>>,
    /// The server stops when this end is gone.
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

impl Dashboard {
    /// The options of a dashboard that is to be opened.
    ///
    /// ```
    /// use chunkfit::Runtime;
    /// use chunkfit::diagnostics::Dashboard;
    ///
    /// let dashboard = Dashboard::options().allow_cancel(true).past_runs(5).serve("127.0.0.1:0")?;
    /// let runtime = Runtime::new().watched_by(&dashboard);
    /// # drop(runtime);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn options() -> DashboardOptions {
        DashboardOptions::new()
    }

    /// The address that it is served at; of port 0 the one that was free.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// The address for a browser on this machine, e.g. `http://127.0.0.1:8787/`.
    pub fn url(&self) -> String {
        let mut address = self.0.address;
        if address.ip().is_unspecified() {
            let loopback = if address.is_ipv4() { "127.0.0.1" } else { "::1" };
            loopback.parse().into_iter().for_each(|ip| address.set_ip(ip));
        }
        format!("http://{address}/")
    }

    /// Starts the threads of a server with these options.
    fn start(options: &DashboardOptions, listener: TcpListener, runtime: runtime::Runtime) -> Result<Self> {
        let cannot = |error| Error::new(ErrorKind::Io { action: "start the dashboard" }).caused_by(error);
        let address = listener.local_addr().map_err(cannot)?;
        let (queue, notices) = sync_channel::<Notice>(QUEUE);
        let feed = Arc::new(Feed::new(queue));
        let token = options.allow_cancel.then(secret);
        let hub = Arc::new(Hub::new(feed.clone(), Guard::new(address, &options.hosts, token)));
        let (stop, stopped) = oneshot::channel();
        let mut inner = Inner { address, feed, collector: None, stop: Some(stop), server: None };
        let (gathered, past_runs) = (hub.clone(), options.past_runs);
        let collect = move || collector::collect(gathered, &notices, past_runs);
        inner.collector = Some(Builder::new().name("chunkfit-collect".to_owned()).spawn(collect).map_err(cannot)?);
        let serve = move || runtime.block_on(server::serve(listener, hub, stopped));
        inner.server = Some(Builder::new().name("chunkfit-serve".to_owned()).spawn(serve).map_err(cannot)?);
        Ok(Dashboard(Arc::new(inner)))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The collector first: it publishes the last state.
        self.feed.close();
        // Neither thread panics; if one did, the page would be gone, and nothing else.
        self.collector.take().into_iter().for_each(|thread| drop(thread.join()));
        drop(self.stop.take());
        self.server.take().into_iter().for_each(|thread| drop(thread.join()));
    }
}

impl fmt::Debug for Dashboard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dashboard").field("address", &self.0.address).finish_non_exhaustive()
    }
}

/// With the feature `dashboard`.
impl Runtime {
    /// Opens a [`Dashboard`] at an address of this machine, such as `127.0.0.1:8787` (port 0: a free one). The runs of
    /// this runtime from now on report to it, and those of its clones. Default none.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParameter`] where the address is none, is in use or is not this machine's alone;
    /// [`ErrorKind::Io`] where threads cannot be started.
    pub fn dashboard(&mut self, address: &str) -> Result<Dashboard> {
        let dashboard = Dashboard::options().serve(address)?;
        self.set_watcher(dashboard.0.feed.clone());
        Ok(dashboard)
    }

    /// Its runs report to this dashboard, like those of other runtimes may, and to no other. It does not keep the
    /// dashboard open.
    pub fn watched_by(mut self, dashboard: &Dashboard) -> Self {
        self.set_watcher(dashboard.0.feed.clone());
        self
    }
}

/// With the feature `dashboard`.
impl Session {
    /// Opens a [`Dashboard`] at an address of this machine, such as `127.0.0.1:8787` (port 0: a free one). What is
    /// submitted from now on reports to it. A session of a runtime that is [watched](Runtime::watched_by) already reports
    /// to that dashboard by itself.
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    ///
    /// let session = Runtime::new().session()?;
    /// let dashboard = session.dashboard("127.0.0.1:0")?;
    /// println!("follow what is submitted at {}", dashboard.url());
    /// let sums = session.submit(Chunks::from_fn("count", 3, |c| Ok(c)));
    /// assert_eq!(sums.wait()?, [0, 1, 2]);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Runtime::dashboard`].
    pub fn dashboard(&self, address: &str) -> Result<Dashboard> {
        let dashboard = Dashboard::options().serve(address)?;
        self.set_watcher(dashboard.0.feed.clone());
        Ok(dashboard)
    }
}
