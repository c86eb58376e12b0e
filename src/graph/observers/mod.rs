//! Observers of a run: the progress bar, `tracing` spans, and samples of CPU and memory, each if its feature is on.

#[cfg(feature = "progress")]
mod progress;
#[cfg(feature = "diagnostics")]
mod sampler;
#[cfg(feature = "tracing")]
mod spans;

use std::time::Instant;

use super::node::Task;
use super::plan::Plan;
use super::profile::Sample;
use super::runtime::Runtime;
use super::warning::Warning;

/// The list of observers that a run may have, each begun with it if the run asks for it.
const BEGIN: &[Begin] = &[
    #[cfg(feature = "progress")]
    progress::begin,
    #[cfg(feature = "tracing")]
    spans::begin,
    #[cfg(feature = "diagnostics")]
    sampler::begin,
];

/// Begins to observe a run of a plan that started just now, if any observer wants it.
type Begin = fn(&Runtime, &Plan, Instant) -> Option<Box<dyn Observer>>;

/// Does some work within what an observer puts around it.
type Around<'a> = dyn Fn(&dyn Observer, &mut dyn FnMut()) + 'a;

/// One that watches a run and changes nothing of it. Whatever it is not interested in does nothing by default.
trait Observer: Send + Sync {
    /// Does all work of a worker on its thread.
    fn worker(&self, work: &mut dyn FnMut()) {
        work();
    }

    /// Does one task on a thread of this number.
    fn task(&self, _task: &Task, _thread: usize, work: &mut dyn FnMut()) {
        work();
    }

    /// A value came out that something speaks against.
    fn warn(&self, _warnings: &[Warning]) {}

    /// A task is done. If it was a source, it read about so many bytes, and so many rows that had not been read before.
    fn task_done(&self, _again: bool, _read: Option<(usize, usize)>) {}

    /// The run is over: gives what it has seen of CPU and memory.
    fn finish(self: Box<Self>) -> Vec<Sample> {
        Vec::new()
    }
}

/// The observers of one run. Without any, it costs a look at an empty list.
pub(super) struct Observers(Vec<Box<dyn Observer>>);

impl Observers {
    /// Those that this run is to have.
    pub(super) fn begin(runtime: &Runtime, plan: &Plan, started: Instant) -> Self {
        Observers(BEGIN.iter().filter_map(|begin| begin(runtime, plan, started)).collect())
    }

    /// True if there is no observer.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Does all work of a worker on its thread.
    pub(super) fn worker(&self, mut work: impl FnMut()) {
        self.within(&mut work, |observer, work| observer.worker(work));
    }

    /// Does one task on a thread of this number.
    pub(super) fn task(&self, task: &Task, thread: usize, mut work: impl FnMut()) {
        self.within(&mut work, |observer, work| observer.task(task, thread, work));
    }

    /// A value came out that these speak against.
    pub(super) fn warn(&self, warnings: &[Warning]) {
        self.0.iter().for_each(|observer| observer.warn(warnings));
    }

    /// A task is done: see [`Observer::task_done`].
    pub(super) fn task_done(&self, again: bool, read: Option<(usize, usize)>) {
        self.0.iter().for_each(|observer| observer.task_done(again, read));
    }

    /// The run is over: what was seen of CPU and memory.
    pub(super) fn finish(self) -> Vec<Sample> {
        self.0.into_iter().flat_map(Observer::finish).collect()
    }

    /// Does some work within what each observer puts around it.
    fn within(&self, work: &mut impl FnMut(), around: impl Fn(&dyn Observer, &mut dyn FnMut())) {
        match &self.0[..] {
            [] => work(),
            observers => nested(observers, &around, work),
        }
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
        fn task(&self, task: &Task, thread: usize, work: &mut dyn FnMut()) {
            self.1.lock().unwrap().push(format!("{} begins {} on {thread}", self.0, task.name));
            work();
            self.1.lock().unwrap().push(format!("{} ends", self.0));
        }
    }

    #[test]
    fn work_is_done_once_within_all_observers_and_without_any() {
        static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());
        let task = Task::new("read", Key::unique());
        let work = || SEEN.lock().unwrap().push("work".into());
        Observers(vec![]).task(&task, 0, work);
        let both = Observers(vec![Box::new(Named("a", &SEEN)), Box::new(Named("b", &SEEN))]);
        both.task(&task, 3, work);
        both.worker(work);
        let expected = ["work", "a begins read on 3", "b begins read on 3", "work", "b ends", "a ends", "work"];
        assert_eq!(*SEEN.lock().unwrap(), expected);
    }
}
