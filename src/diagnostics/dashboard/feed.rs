//! The end of the dashboard that runs report to.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::graph::{LiveRun, Notice, Watcher};

/// The watcher of all runs that report to one dashboard. It does not keep the server up.
pub(super) struct Feed {
    queue: SyncSender<Notice>,
    last: AtomicU64,
    closed: AtomicBool,
    runs: Mutex<Runs>,
}

#[derive(Default)]
struct Runs {
    /// The runs that the collector has not met yet.
    begun: Vec<Arc<LiveRun>>,
    /// The runs that may still go on.
    going: Vec<Weak<LiveRun>>,
}

impl Feed {
    pub(super) fn new(queue: SyncSender<Notice>) -> Self {
        Feed { queue, last: AtomicU64::new(0), closed: AtomicBool::new(false), runs: Mutex::default() }
    }

    /// The runs that have begun since this was last asked.
    pub(super) fn take_begun(&self) -> Vec<Arc<LiveRun>> {
        std::mem::take(&mut self.runs().begun)
    }

    /// Cancels the run of this number. False if there is none that goes on.
    pub(super) fn cancel(&self, number: u64) -> bool {
        // Not under the lock: it is code of the run's.
        let run = self.runs().going.iter().filter_map(Weak::upgrade).find(|run| run.number() == number);
        let run = run.filter(|run| run.end().is_none() && run.can_be_cancelled());
        run.as_ref().inspect(|run| run.cancel()).is_some()
    }

    /// Wakes the collector. Where the queue is full, it is awake.
    pub(super) fn wake(&self) {
        drop(self.queue.try_send(Notice::Look));
    }

    /// Lets no run report any more.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.wake();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    fn runs(&self) -> MutexGuard<'_, Runs> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher for Feed {
    fn next(&self) -> Option<(u64, SyncSender<Notice>)> {
        let open = !self.is_closed();
        open.then(|| (self.last.fetch_add(1, Ordering::Relaxed) + 1, self.queue.clone()))
    }

    fn begins(&self, run: Arc<LiveRun>) {
        let mut runs = self.runs();
        runs.going.retain(|run| run.upgrade().is_some_and(|run| run.end().is_none()));
        runs.going.push(Arc::downgrade(&run));
        runs.begun.push(run);
        drop(runs);
        self.wake();
    }
}
