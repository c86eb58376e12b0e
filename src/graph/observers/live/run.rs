//! A run as its watcher sees it while it goes on.

use std::mem;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::counts::Counts;
use super::messages::Messages;
use super::slot::{Running, Slot};
use crate::error::shown::{VALUE, shorten};
use crate::error::{Error, ErrorKind};
use crate::graph::explain::Explanation;
use crate::graph::observers::{Beginning, TaskEnd, TaskOutcome};
use crate::graph::profile::{FigureRecord, nanoseconds};
use crate::graph::summary::Summary;
use crate::graph::warning::Warning;

/// A thread hands its records on when it has so many.
const BATCH: usize = 512;

/// A run that goes on: what it does, counted by its workers, for whoever watches.
pub(crate) struct LiveRun {
    number: u64,
    started: Instant,
    threads: usize,
    memory_limit: usize,
    plan: Explanation,
    cancel: Option<Arc<dyn Fn() + Send + Sync>>,
    counts: Counts,
    /// By thread.
    slots: Box<[Slot]>,
    /// The records of each thread that nobody has taken yet. Only the thread itself and the watcher lock one.
    batches: Box<[Mutex<Vec<Ended>>]>,
    /// The records that nobody could take.
    missed: AtomicU64,
    messages: Mutex<Messages>,
    read_bytes: AtomicU64,
    held: AtomicUsize,
    peak: AtomicUsize,
    end: OnceLock<RunEnd>,
}

/// The record of a task, for the watcher.
pub(crate) struct Ended {
    pub(crate) stage: u32,
    pub(crate) chunk: Option<usize>,
    pub(crate) file: Option<Arc<Path>>,
    /// Nanoseconds from the start of the run to the task's start.
    pub(crate) start: u64,
    /// Nanoseconds from the start of the run to the task's end.
    pub(crate) end: u64,
    pub(crate) bytes: Option<usize>,
    pub(crate) again: bool,
    pub(crate) restored: bool,
    pub(crate) loaded: bool,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RunEnd {
    pub(crate) elapsed: Duration,
    pub(crate) outcome: RunOutcome,
}

/// The outcome of a run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RunOutcome {
    Done,
    Cancelled,
    /// With the message of the error, and its place.
    Failed(String),
}

impl LiveRun {
    pub(super) fn new(number: u64, beginning: &Beginning<'_>) -> Self {
        let (threads, plan) = (beginning.threads, cut((beginning.explanation)()));
        LiveRun {
            number,
            started: beginning.started,
            threads,
            memory_limit: beginning.memory_limit,
            cancel: beginning.cancel.clone(),
            counts: Counts::new(threads, plan.stages.len()),
            slots: (0..threads.max(1)).map(|_| Slot::new()).collect(),
            batches: (0..threads.max(1)).map(|_| Mutex::default()).collect(),
            missed: AtomicU64::new(0),
            messages: Mutex::default(),
            read_bytes: AtomicU64::new(0),
            held: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            end: OnceLock::new(),
            plan,
        }
    }

    pub(super) fn slot(&self, thread: usize) -> &Slot {
        &self.slots[thread % self.slots.len()]
    }

    /// Counts a value of this stage that another submission's task has made.
    pub(super) fn share(&self, stage: usize) {
        self.counts.share(stage);
    }

    /// Counts a task, and takes its error and figures.
    pub(super) fn count(&self, end: &TaskEnd<'_>) {
        self.counts.count(end);
        if let Some(bytes) = end.read.filter(|&bytes| bytes > 0) {
            self.read_bytes.fetch_add(bytes as u64, Relaxed);
        }
        if let TaskOutcome::Failed(error) = end.outcome {
            self.messages().fail(|| error.full_message());
        }
        if !end.figures.is_empty() {
            let record = |figure| FigureRecord::new(end.task, end.end, figure);
            self.messages().state(end.figures.iter().map(record));
        }
    }

    /// Puts the record of a task into its thread's batch; gives the batch if it is full.
    pub(super) fn note(&self, end: &TaskEnd<'_>) -> Option<Vec<Ended>> {
        // The watcher takes the batch just now: rather lose a record than wait.
        let Ok(mut batch) = self.batches[end.thread % self.batches.len()].try_lock() else {
            self.miss(1);
            return None;
        };
        if batch.capacity() == 0 {
            batch.reserve_exact(BATCH);
        }
        batch.push(Ended {
            stage: end.stage as u32,
            chunk: end.task.chunk,
            file: end.task.file.clone(),
            start: nanoseconds(end.start),
            end: nanoseconds(end.end),
            bytes: end.bytes,
            again: end.again,
            restored: matches!(end.outcome, TaskOutcome::Restored),
            loaded: matches!(end.outcome, TaskOutcome::Loaded),
        });
        (batch.len() >= BATCH).then(|| mem::take(&mut *batch))
    }

    /// So many records were lost.
    pub(super) fn miss(&self, records: usize) {
        self.missed.fetch_add(records as u64, Relaxed);
    }

    pub(super) fn warn(&self, warnings: &[Warning]) {
        if !warnings.is_empty() {
            self.messages().warn(warnings);
        }
    }

    /// Measured values hold so many bytes now. Called under the scheduler's lock, by one thread at a time.
    pub(super) fn hold(&self, held: usize) {
        self.held.store(held, Relaxed);
        if held > self.peak.load(Relaxed) {
            self.peak.store(held, Relaxed);
        }
    }

    pub(super) fn finish(&self, error: Option<&Error>) {
        let outcome = match error {
            None => RunOutcome::Done,
            Some(error) if matches!(error.kind(), ErrorKind::Cancelled) => RunOutcome::Cancelled,
            Some(error) => RunOutcome::Failed(error.full_message()),
        };
        let end = RunEnd { elapsed: self.started.elapsed(), outcome };
        self.end.get_or_init(|| end);
    }

    /// The number that its watcher gave it.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The time that the times of its tasks count from.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// The most bytes that measured values may hold.
    pub(crate) fn memory_limit(&self) -> usize {
        self.memory_limit
    }

    /// The plan by stage, without single values; names that are long are cut.
    pub(crate) fn plan(&self) -> &Explanation {
        &self.plan
    }

    /// True if it can be cancelled.
    pub(crate) fn can_be_cancelled(&self) -> bool {
        self.cancel.is_some()
    }

    /// Cancels it, if that is possible.
    pub(crate) fn cancel(&self) {
        if let Some(cancel) = &self.cancel {
            cancel();
        }
    }

    /// Its end, once it is over.
    pub(crate) fn end(&self) -> Option<&RunEnd> {
        self.end.get()
    }

    /// The counts so far, without warnings.
    pub(crate) fn summary(&self) -> Summary {
        Summary {
            stages: self.counts.stages(&self.plan.stages),
            threads: self.threads,
            elapsed: self.end().map_or_else(|| self.started.elapsed(), |end| end.elapsed),
            peak_bytes: self.peak.load(Relaxed),
            ..Summary::default()
        }
    }

    /// The tasks that are being done.
    pub(crate) fn running(&self) -> impl Iterator<Item = Running> {
        self.slots.iter().enumerate().filter_map(|(thread, slot)| slot.running(thread))
    }

    /// Bytes that measured values hold.
    pub(crate) fn held(&self) -> usize {
        self.held.load(Relaxed)
    }

    /// Bytes that the sources which are done were expected to hold.
    pub(crate) fn read_bytes(&self) -> u64 {
        self.read_bytes.load(Relaxed)
    }

    /// The records that nobody could take.
    pub(crate) fn missed(&self) -> u64 {
        self.missed.load(Relaxed)
    }

    /// Takes the records of each thread that it has not handed on, each with the thread's number.
    pub(crate) fn take_records(&self) -> impl Iterator<Item = (usize, Vec<Ended>)> {
        let take = |batch: &Mutex<Vec<Ended>>| mem::take(&mut *batch.lock().unwrap_or_else(PoisonError::into_inner));
        self.batches.iter().map(take).enumerate()
    }

    /// Takes the warnings, errors and figures that came since this was last asked.
    pub(crate) fn take_messages(&self) -> Messages {
        mem::take(&mut *self.messages())
    }

    fn messages(&self) -> MutexGuard<'_, Messages> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Cuts the names of stages: they may be of any length, and every task is shown under one.
fn cut(mut plan: Explanation) -> Explanation {
    for stage in &mut plan.stages {
        shorten(&mut stage.name, VALUE);
        if let Some(name) = stage.display_name.as_deref().filter(|name| name.len() > VALUE) {
            let mut name = name.to_owned();
            shorten(&mut name, VALUE);
            stage.display_name = Some(name.into());
        }
    }
    plan
}
