//! Session: computes graphs in the background, with one pool of threads and one memory limit for all.

use std::fmt;
use std::sync::{Arc, PoisonError};

use super::compute::{Compute, Targets};
use super::engine::Engine;
use super::future::Future;
use super::panics::caught;
use super::pool::Pool;
use super::promise::Promise;
use super::run::Ran;
use super::runtime::Runtime;
use super::sync::Mutex;
use crate::data::Shared;
use crate::error::{ErrorKind, Result};

/// A session: it computes in the background what is [submitted](Session::submit) to it, at any time, with one pool of
/// threads and one memory limit for all (dask's `Client`).
///
/// Work that is submitted while other work runs joins it: a task whose key equals that of one that is there is not run twice,
/// whether that one waits, runs, or is done and its value is still there. Values are there while
/// - work that is under way needs them;
/// - a [`Future`] holds them as its results: chunks that are submitted by themselves stay in memory as long as their
///   future is kept (dask's `persist`);
/// - they are chunks of work that is under way and there is room within the memory limit. The first to go are those
///   that a submission which joins would need last.
///
/// Submissions go in their order; threads that would idle take the next. Every result has the bits that
/// [`Runtime::compute`] gives, whatever was submitted when, with any number of threads and any memory limit.
///
/// Threads start with the first submission. Dropping the session cancels what is under way and waits until its threads
/// have ended, which they do at the ends of their tasks. It can be shared between threads by reference or in an `Arc`.
///
/// ```
/// use chunkfit::{Chunks, Runtime};
/// let session = Runtime::new().threads(2).memory_limit(1 << 20).session()?;
/// let chunks = Chunks::from_fn("count", 4, |c| Ok(vec![c; 10]));
/// let sums = session.submit(chunks.map("sum", |chunk| chunk.iter().sum::<usize>()));
/// let lengths = session.submit(chunks.map("length", |chunk| chunk.len())); // reads no chunk that is there
/// assert_eq!(lengths.wait()?, [10, 10, 10, 10]);
/// assert_eq!(sums.wait()?, [0, 10, 20, 30]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
pub struct Session {
    engine: Arc<Engine>,
    pool: Mutex<Option<Pool>>,
}

impl Session {
    /// A session with the settings of a runtime: [`Runtime::session`].
    ///
    /// # Errors
    /// The folder of the checkpoint or of the chunk cache cannot be made ready.
    pub fn new(runtime: &Runtime) -> Result<Session> {
        Ok(Session { engine: Arc::new(Engine::new(runtime, true)?), pool: Mutex::new(None) })
    }

    /// A session that nothing joins.
    pub(super) fn of_one(runtime: &Runtime) -> Result<Session> {
        Ok(Session { engine: Arc::new(Engine::new(runtime, false)?), pool: Mutex::new(None) })
    }

    /// The settings.
    pub fn runtime(&self) -> &Runtime {
        self.engine.settings()
    }

    /// Starts to compute all handles together, and gives the future of their values at once (dask's `Client.compute`).
    ///
    /// The handles are taken by value, for they are needed when the values are there: clone what is needed further, it
    /// is cheap. Whatever is wrong, with a parameter, say, comes out of the future as an error.
    pub fn submit<C: Compute + Shared>(&self, targets: C) -> Future<C::Output> {
        let promise = Arc::new(Promise::default());
        let mut nodes = Targets::default();
        let gathered = caught(|| {
            targets.targets(&mut nodes);
            Ok(())
        });
        let nodes = Arc::new(nodes);
        match gathered {
            Ok(()) => self.start(nodes.clone(), &promise),
            Err(error) => self.engine.refuse(&promise, error),
        }
        Future::new(self.engine.clone(), promise, nodes, move |results| targets.extract(results))
    }

    /// Shows what is submitted from now on to this watcher.
    #[cfg(feature = "dashboard")]
    pub(crate) fn set_watcher(&self, watcher: Arc<dyn super::observers::live::Watcher>) {
        let watcher = super::observers::live::WatchedBy(watcher);
        *self.engine.watcher.lock().unwrap_or_else(PoisonError::into_inner) = Some(watcher);
    }

    /// Computes all handles together and waits for their values: [`submit`](Self::submit) and [`Future::wait`].
    ///
    /// # Errors
    /// As [`Runtime::compute`].
    pub fn compute<C: Compute + Shared>(&self, targets: C) -> Result<C::Output> {
        self.submit(targets).wait()
    }

    /// Runs to its end what nothing joins. All threads have ended when this returns.
    ///
    /// # Errors
    /// The error of the run; a panic in something that a task has spawned and did not wait for.
    pub(super) fn run(self, targets: Arc<Targets>) -> Result<Ran> {
        let promise = Arc::new(Promise::default());
        self.start(targets, &promise);
        promise.wait();
        let engine = self.engine.clone();
        drop(self);
        let outcome = promise.take().expect("it was waited for");
        match (outcome, engine.take_spawned_panic()) {
            (Ok(_), Some(error)) => Err(error),
            (Err(error), Some(panic)) if *error.kind() == ErrorKind::Cancelled => Err(panic),
            (outcome, _) => outcome,
        }
    }

    /// All that it holds, and the counts that do not agree.
    #[cfg(test)]
    pub(super) fn audit(&self) -> (super::scheduler::Audit, Vec<String>) {
        self.engine.audit()
    }

    fn start(&self, targets: Arc<Targets>, promise: &Arc<Promise>) {
        if !self.engine.submit(targets, promise) {
            return;
        }
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.is_none() {
            match Pool::start(&self.engine, self.runtime().thread_count()) {
                Ok(started) => *pool = Some(started),
                Err(error) => {
                    drop(pool);
                    self.engine.refuse(promise, error);
                }
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.engine.close();
        let pool = self.pool.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        drop(pool);
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("runtime", self.runtime()).finish_non_exhaustive()
    }
}
