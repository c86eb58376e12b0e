//! Observers of a run: the progress bar, `tracing` spans, samples of CPU and memory, and what the dashboard shows, each
//! if its feature is on.

#[cfg(feature = "diagnostics")]
pub(super) mod gauge;
#[cfg(feature = "dashboard")]
pub(super) mod live;
#[cfg(feature = "progress")]
mod progress;
#[cfg(feature = "diagnostics")]
mod sampler;
#[cfg(feature = "tracing")]
mod spans;

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::explain::Explanation;
use super::figure::Figure;
use super::node::Task;
use super::plan::Plan;
use super::profile::Sample;
use super::runtime::Runtime;
use super::warning::Warning;
use crate::error::Error;

/// The list of observers that a run may have, each begun with it if the run asks for it.
const BEGIN: &[Begin] = &[
    #[cfg(feature = "progress")]
    progress::begin,
    #[cfg(feature = "tracing")]
    spans::begin,
    #[cfg(feature = "diagnostics")]
    sampler::begin,
    #[cfg(feature = "dashboard")]
    live::begin,
];

/// Begins to observe a run, if the observer wants it.
type Begin = fn(&Beginning<'_>) -> Option<Box<dyn Observer>>;

/// Does some work within what an observer puts around it.
type Around<'a> = dyn Fn(&dyn Observer, &mut dyn FnMut()) + 'a;

/// The beginning of a run, for observers.
#[allow(dead_code)] // Features that are off do not read all of it.
pub(super) struct Beginning<'a> {
    pub(super) runtime: &'a Runtime,
    pub(super) plan: &'a Plan,
    /// Gives the stages of the plan and their edges. It takes a look at every task.
    pub(super) explanation: &'a dyn Fn() -> Explanation,
    /// The time from which the times of tasks count.
    pub(super) started: Instant,
    /// The number of threads that run tasks.
    pub(super) threads: usize,
    /// The most bytes that measured values may hold.
    pub(super) memory_limit: usize,
    /// Cancels the run, if that is possible.
    pub(super) cancel: Option<Arc<dyn Fn() + Send + Sync>>,
    /// The one outside of the graph that wants to see it.
    #[cfg(feature = "dashboard")]
    pub(super) watcher: Option<live::WatchedBy>,
}

/// The start of a task, for observers.
#[allow(dead_code)] // Features that are off do not read all of it.
pub(super) struct TaskStart {
    /// The kind of task: an index into the run's stages.
    pub(super) stage: usize,
    /// The thread that it runs on, from 0.
    pub(super) thread: usize,
    /// The time from the start of the run.
    pub(super) at: Duration,
}

/// The end of a task, for observers.
#[allow(dead_code)] // Features that are off do not read all of it.
pub(super) struct TaskEnd<'a> {
    pub(super) task: &'a Task,
    /// The kind of task: an index into the run's stages.
    pub(super) stage: usize,
    /// The thread that it ran on, from 0.
    pub(super) thread: usize,
    /// The time from the start of the run to its start.
    pub(super) start: Duration,
    /// The time from the start of the run to its end.
    pub(super) end: Duration,
    pub(super) outcome: TaskOutcome<'a>,
    /// True if it made a value again that had been dropped.
    pub(super) again: bool,
    /// The bytes that its value holds, if they count against the memory limit.
    pub(super) bytes: Option<usize>,
    /// The rows in its value that had not been there before.
    pub(super) rows: usize,
    /// The bytes that it was expected to read, if it is a source that was made.
    pub(super) read: Option<usize>,
    /// The scores, objectives and losses that its value states, unless it had been made before.
    pub(super) figures: &'a [Figure],
}

/// The outcome of a task, for observers.
#[allow(dead_code)] // Features that are off do not read all of it.
#[derive(Clone, Copy)]
pub(super) enum TaskOutcome<'a> {
    /// It ran.
    Made {
        /// Its value was written to the checkpoint.
        kept: bool,
        /// Its value was written to the chunk cache.
        cached: bool,
    },
    /// Its value was read from the checkpoint.
    Restored,
    /// Its value was read from the chunk cache.
    Loaded,
    /// The checkpoint or the chunk cache did not hold the value that it seemed to hold.
    Missed,
    /// It ran and failed, which may be caught, or its value could not be kept.
    Failed(&'a Error),
}

/// One that watches a run and changes nothing of it. Whatever it is not interested in does nothing by default.
trait Observer: Send + Sync {
    /// Does one task, which starts now.
    fn task(&self, _task: &Task, _start: &TaskStart, work: &mut dyn FnMut()) {
        work();
    }

    /// A value came out that something speaks against.
    fn warn(&self, _warnings: &[Warning]) {}

    /// A task is done, on the thread that calls.
    fn task_done(&self, _end: &TaskEnd<'_>) {}

    /// A value of this stage is there that another submission's task has made. Called under the scheduler's lock: it must
    /// not wait.
    fn shared(&self, _stage: usize) {}

    /// Measured values hold so many bytes now. Called under the scheduler's lock: it must not wait.
    fn memory(&self, _held: usize) {}

    /// The run is over, with this error if it failed or was cancelled: gives what it has seen of CPU and memory.
    fn finish(&self, _error: Option<&Error>) -> Vec<Sample> {
        Vec::new()
    }
}

/// The observers of one run. Without any, it costs a look at an empty list.
pub(super) struct Observers(Vec<Box<dyn Observer>>);

impl Observers {
    /// Those that this run is to have.
    pub(super) fn begin(beginning: &Beginning<'_>) -> Self {
        Observers(BEGIN.iter().filter_map(|begin| begin(beginning)).collect())
    }

    /// True if there is no observer.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Does one task, which starts now.
    pub(super) fn task(&self, task: &Task, start: &TaskStart, mut work: impl FnMut()) {
        match &self.0[..] {
            [] => work(),
            observers => nested(observers, &|observer, work| observer.task(task, start, work), &mut work),
        }
    }

    /// A value came out that these speak against.
    pub(super) fn warn(&self, warnings: &[Warning]) {
        self.0.iter().for_each(|observer| observer.warn(warnings));
    }

    /// A task is done: see [`Observer::task_done`].
    pub(super) fn task_done(&self, end: &TaskEnd<'_>) {
        self.0.iter().for_each(|observer| observer.task_done(end));
    }

    /// Another submission's task has made a value: see [`Observer::shared`].
    pub(super) fn shared(&self, stage: usize) {
        self.0.iter().for_each(|observer| observer.shared(stage));
    }

    /// Measured values hold so many bytes now: see [`Observer::memory`].
    pub(super) fn memory(&self, held: usize) {
        self.0.iter().for_each(|observer| observer.memory(held));
    }

    /// The run is over, with this error if it failed or was cancelled: what was seen of CPU and memory.
    pub(super) fn finish(&self, error: Option<&Error>) -> Vec<Sample> {
        self.0.iter().flat_map(|observer| observer.finish(error)).collect()
    }
}

/// The first observer's outside, the last one's inside.
fn nested(observers: &[Box<dyn Observer>], around: &Around, work: &mut dyn FnMut()) {
    match observers.split_first() {
        Some((first, others)) => around(&**first, &mut || nested(others, around, work)),
        None => work(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Key;
    use std::sync::Mutex;

    struct Named(&'static str, &'static Mutex<Vec<String>>);

    impl Observer for Named {
        fn task(&self, task: &Task, start: &TaskStart, work: &mut dyn FnMut()) {
            let TaskStart { stage, thread, .. } = start;
            self.1.lock().unwrap().push(format!("{} begins {} of {stage} on {thread}", self.0, task.name));
            work();
            self.1.lock().unwrap().push(format!("{} ends", self.0));
        }
    }

    #[test]
    fn work_is_done_once_within_all_observers_and_without_any() {
        static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());
        let task = Task::new("read", Key::unique());
        let start = TaskStart { stage: 7, thread: 3, at: Duration::ZERO };
        let work = || SEEN.lock().unwrap().push("work".into());
        Observers(vec![]).task(&task, &start, work);
        let both = Observers(vec![Box::new(Named("a", &SEEN)), Box::new(Named("b", &SEEN))]);
        both.task(&task, &start, work);
        let expected = ["work", "a begins read of 7 on 3", "b begins read of 7 on 3", "work", "b ends", "a ends"];
        assert_eq!(*SEEN.lock().unwrap(), expected);
    }
}
