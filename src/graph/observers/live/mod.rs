//! The observer of one run for a watcher outside of the graph, such as the dashboard.
//!
//! A run never waits for its watcher: counters are atomic, a task's record goes into the batch of its thread, and a full
//! batch into a bounded queue, or nowhere if that is full. The watcher takes what it wants by a swap.

mod counts;
mod messages;
mod run;
mod slot;

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

pub(crate) use messages::Messages;
pub(crate) use run::{Ended, LiveRun, RunEnd, RunOutcome};
pub(crate) use slot::Running;

use super::{Beginning, Observer, TaskEnd, TaskStart};
use crate::error::Error;
use crate::graph::node::Task;
use crate::graph::profile::{Sample, nanoseconds};
use crate::graph::warning::Warning;

/// One who watches runs from outside of the graph.
pub(crate) trait Watcher: Send + Sync {
    /// The number of the next run and the queue for its batches, if the watcher still wants to see runs.
    fn next(&self) -> Option<(u64, SyncSender<Notice>)>;

    /// A run begins.
    fn begins(&self, run: Arc<LiveRun>);
}

/// A message to a watcher.
pub(crate) enum Notice {
    /// Something has changed: look.
    Look,
    /// A thread has done these tasks of the run of this number.
    Batch { run: u64, thread: usize, tasks: Vec<Ended> },
}

/// A [`Watcher`] among the settings of a run. Two are equal if they are the same one.
#[derive(Clone)]
pub(crate) struct WatchedBy(pub(crate) Arc<dyn Watcher>);

impl PartialEq for WatchedBy {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for WatchedBy {}

impl fmt::Debug for WatchedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WatchedBy")
    }
}

struct Live {
    run: Arc<LiveRun>,
    queue: SyncSender<Notice>,
}

/// Shows the run to the watcher of its settings, if there is one.
pub(super) fn begin(beginning: &Beginning<'_>) -> Option<Box<dyn Observer>> {
    let watcher = &beginning.watcher.as_ref()?.0;
    let (number, queue) = watcher.next()?;
    let run = Arc::new(LiveRun::new(number, beginning));
    watcher.begins(run.clone());
    Some(Box::new(Live { run, queue }))
}

impl Observer for Live {
    fn task(&self, task: &Task, start: &TaskStart, work: &mut dyn FnMut()) {
        let slot = self.run.slot(start.thread);
        slot.begin(nanoseconds(start.at), start.stage, task.chunk, task.file.as_ref());
        work();
        slot.end();
    }

    fn warn(&self, warnings: &[Warning]) {
        self.run.warn(warnings);
    }

    fn task_done(&self, end: &TaskEnd<'_>) {
        self.run.count(end);
        if let Some(tasks) = self.run.note(end) {
            let n_tasks = tasks.len();
            let batch = Notice::Batch { run: self.run.number(), thread: end.thread, tasks };
            if self.queue.try_send(batch).is_err() {
                self.run.miss(n_tasks);
            }
        }
    }

    fn shared(&self, stage: usize) {
        self.run.share(stage);
    }

    fn memory(&self, held: usize) {
        self.run.hold(held);
    }

    fn finish(&self, error: Option<&Error>) -> Vec<Sample> {
        self.run.finish(error);
        // Where the queue is full the watcher is awake.
        drop(self.queue.try_send(Notice::Look));
        Vec::new()
    }
}
