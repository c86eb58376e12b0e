//! Futures: the values of what was submitted to a session, when they are there.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::compute::{Results, Targets};
use super::engine::Engine;
use super::promise::Promise;
use super::run::{Ran, Run};
use super::teardown::watched;
use crate::data::Shared;
use crate::error::{Error, ErrorKind, Result};

/// The future of what was [submitted](super::Session::submit) to a session: its values, when they are there (dask's
/// `Future`).
///
/// Clones are handles on the same submission. Dropping the last one cancels what is under way, and drops the results
/// that were not taken; so keep it in order to keep its values in memory for others to share.
///
/// It is a [`std::future::Future`], too, whose output is that of [`wait`](Self::wait): it can be awaited in any async
/// runtime, and needs none.
///
/// ```
/// use std::time::Duration;
/// use chunkfit::{Chunks, Runtime};
/// let session = Runtime::new().threads(2).session()?;
/// let chunks = Chunks::from_fn("count", 100, |c| Ok(vec![c; 10]));
/// let future = session.submit(chunks.map("sum", |chunk| chunk.iter().sum::<usize>()));
/// while future.wait_timeout(Duration::from_millis(100)).is_none() {
///     let progress = future.progress();
///     println!("{} of {} tasks", progress.done, progress.tasks);
/// }
/// assert!(future.is_done());
/// assert_eq!(future.wait()?.len(), 100);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[must_use = "dropping a future cancels what it stands for"]
pub struct Future<T> {
    submission: Arc<Submission>,
    extract: Arc<Extract<T>>,
}

/// Takes what was asked for out of the values of the targets.
type Extract<T> = dyn Fn(&mut Results) -> T + Send + Sync;

/// Progress of a submission: the number of its tasks that have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The number of its tasks that have ended, those included that ran for others as well.
    pub done: usize,
    /// The number of its tasks in all, as far as is known: it grows where values have to be made again.
    pub tasks: usize,
}

/// The submission that all clones of a future have in common. Dropping it cancels the submission.
struct Submission {
    engine: Arc<Engine>,
    promise: Arc<Promise>,
    targets: Arc<Targets>,
}

impl Drop for Submission {
    fn drop(&mut self) {
        self.engine.cancel(&self.promise);
        self.engine.let_go(&self.promise);
        if let Some(Ok(ran)) = self.promise.take() {
            ran.discard();
        }
    }
}

impl<T> Future<T> {
    pub(super) fn new(
        engine: Arc<Engine>,
        promise: Arc<Promise>,
        targets: Arc<Targets>,
        extract: impl Fn(&mut Results) -> T + Shared,
    ) -> Self {
        Future { submission: Arc::new(Submission { engine, promise, targets }), extract: Arc::new(extract) }
    }

    /// Waits for the values. They are moved out if this is the last handle on them, else copied.
    ///
    /// # Errors
    /// As [`Runtime::compute`](super::Runtime::compute); [`ErrorKind::Cancelled`] if it was cancelled, or the session
    /// dropped; [`ErrorKind::WaitsForItself`] within a task of the same session, whose thread it would hold up.
    pub fn wait(self) -> Result<T> {
        Ok(self.wait_run()?.values)
    }

    /// Waits for the values, and tells what ran: of tasks that several submissions share, the run is that of the first.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn wait_run(self) -> Result<Run<T>> {
        self.check_thread()?;
        self.submission.promise.wait();
        self.take_run()
    }

    /// Waits for the values, but not longer than this. None if they are not there by then.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn wait_timeout(&self, timeout: Duration) -> Option<Result<T>> {
        if let Err(error) = self.check_thread() {
            return Some(Err(error));
        }
        self.submission.promise.wait_timeout(timeout);
        self.try_result()
    }

    /// A copy of the values, if they are there; or the error.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    pub fn try_result(&self) -> Option<Result<T>> {
        let outcome = self.submission.promise.outcome()?;
        Some(watched(|| Ok(self.collect(outcome?)?.values)))
    }

    /// True if the values are there, or the error.
    pub fn is_done(&self) -> bool {
        self.submission.promise.is_settled()
    }

    /// Cancels what is under way: its result is [`ErrorKind::Cancelled`] from now on. Without effect if it is done.
    ///
    /// No more of its tasks begin but those that others need, too, and its values are dropped at once; a task that runs
    /// goes on to its end, and its value is dropped then. Checkpoints and chunk caches stay whole.
    pub fn cancel(&self) {
        self.submission.engine.cancel(&self.submission.promise);
    }

    /// The number of its tasks that have ended, and in all.
    pub fn progress(&self) -> Progress {
        let Submission { engine, promise, .. } = &*self.submission;
        let (done, left) =
            engine.progress(promise).or_else(|| promise.tasks_done().map(|done| (done, 0))).unwrap_or_default();
        Progress { done, tasks: done + left }
    }

    /// Has this waker woken when it is done. True if it is done.
    pub(super) fn register(&self, waker: &std::task::Waker) -> bool {
        self.submission.promise.register(waker)
    }

    /// The run, which is over. Values are moved out if this is the last handle on them.
    fn take_run(&self) -> Result<Run<T>> {
        let Submission { engine, promise, .. } = &*self.submission;
        let is_last = Arc::strong_count(&self.submission) == 1;
        let outcome = if is_last {
            engine.let_go(promise);
            promise.take()
        } else {
            promise.outcome()
        };
        // They are taken once: a future that is polled after it was ready has none.
        let ran = outcome.unwrap_or_else(|| Err(Error::new(ErrorKind::Cancelled)))?;
        watched(|| self.collect(ran))
    }

    fn collect(&self, ran: Ran) -> Result<Run<T>> {
        let targets = &self.submission.targets;
        let mut values = None;
        let mut extract = |results: &mut Results| values = Some((self.extract)(results));
        match ran.collect(targets, &mut extract) {
            Ok(observed) => Run::of(values, observed),
            Err(error) => Err(error),
        }
    }

    /// # Errors
    /// [`ErrorKind::WaitsForItself`].
    pub(super) fn check_thread(&self) -> Result<()> {
        let waits_for_itself = self.submission.engine.is_own_thread() && !self.is_done();
        if waits_for_itself { Err(Error::new(ErrorKind::WaitsForItself)) } else { Ok(()) }
    }
}

impl<T> Clone for Future<T> {
    fn clone(&self) -> Self {
        Future { submission: self.submission.clone(), extract: self.extract.clone() }
    }
}

impl<T> fmt::Debug for Future<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Progress { done, tasks } = self.progress();
        f.debug_struct("Future").field("is_done", &self.is_done()).field("done", &done).field("tasks", &tasks).finish()
    }
}

impl<T> std::future::Future for Future<T> {
    type Output = Result<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        if !self.register(context.waker()) {
            return Poll::Pending;
        }
        Poll::Ready(self.take_run().map(|run| run.values))
    }
}
