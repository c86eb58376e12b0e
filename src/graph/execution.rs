//! Execution of a plan by worker threads: each takes the next task, runs it, and hands in its value.
//!
//! Each worker has a thread of the run's pool from the beginning to the end. One that finds nothing to start does what
//! tasks have given to rayon, and looks again now and then. So tasks begin at the bottom of a thread's stack only, never
//! within rayon: a thread that waits there, for another part of what it does a part of, would hold that up, and its new
//! task might want a lock that is held until all parts are done. There is a thread more than workers, which does
//! nothing but what tasks give to rayon: where all tasks wait for what they have spawned, it is free to do that.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rayon::{ThreadPool, Yield};

use super::chunk_cache::RunCache;
use super::figure::Figure;
use super::key::Key;
use super::node::{Action, Failed, Value};
use super::observers::{Observers, TaskEnd, TaskOutcome};
use super::panics;
use super::panics::caught;
use super::plan::{Plan, Rank, TaskEntry, TaskId};
use super::profile::Note;
use super::run_checkpoint::RunCheckpoint;
use super::scheduler::{Job, Scheduler};
use super::summary::Stage;
use super::sync::{self, AtomicBool, Condvar, Mutex, MutexGuard};
use super::time_account::AccountId;
use super::warning::Warning;
use crate::error::{Error, ErrorKind, Result};

/// The time that a worker may go without looking for what others have given to all threads of the pool.
const ATTENTION: Duration = Duration::from_micros(200);

/// The time that a worker without a task rests before it looks for what tasks have given to rayon: at first, and at
/// last.
const REST: (Duration, Duration) = (Duration::from_micros(50), Duration::from_millis(10));

/// The execution of a plan by workers.
pub(super) struct Execution<'p> {
    plan: &'p Plan,
    shared: Mutex<Shared<'p>>,
    /// There may be something to start, or nothing any more.
    change: Condvar,
    workers: usize,
    run_checkpoint: Option<RunCheckpoint<'p>>,
    run_cache: Option<RunCache>,
    /// The chunk cache could not be written: it is not tried again.
    cache_closed: AtomicBool,
    observers: Observers,
    /// True once the run is to end before it is done.
    cancelled: Arc<AtomicBool>,
    /// True if the workers note what they do.
    profile: bool,
    started: Instant,
}

/// The state that the workers share under the lock.
pub(super) struct Shared<'p> {
    pub(super) scheduler: Scheduler<'p>,
    pub(super) stages: Vec<Stage>,
    /// The time booked on each account.
    pub(super) accounts: BTreeMap<AccountId, Duration>,
    /// Each with the rank of its task.
    pub(super) warnings: Vec<(Rank, Warning)>,
    /// The keys of values that could not be restored.
    pub(super) lost: Vec<Key>,
    /// The notes of each worker, by its number.
    pub(super) notes: Vec<Vec<Note>>,
    /// The number of workers that wait for a change.
    resting: usize,
    /// A worker panicked: the others end.
    broken: bool,
}

/// A worker at work. When it leaves, the others see why.
struct AtWork<'f, 'p>(&'f Execution<'p>);

impl Drop for AtWork<'_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.lock().broken = true;
        }
        self.0.change.notify_all();
    }
}

/// The size of a value that was made, and the warnings about it.
#[derive(Default)]
struct Measures {
    bytes: usize,
    /// The number of rows that had not been there before.
    rows: usize,
    warnings: Vec<Warning>,
    /// Asked for only where someone watches.
    figures: Vec<Figure>,
}

/// The outcome of a task.
enum Outcome {
    /// It ran.
    Made {
        value: Value,
        /// It was written to the checkpoint.
        kept: bool,
        /// It was written to the chunk cache; or what stood against that.
        cached: Result<bool>,
    },
    /// Its value was read from the checkpoint.
    Restored(Value),
    /// Its value was read from the chunk cache.
    Loaded(Value),
    /// The task failed, which may be caught.
    Failed(Error),
    /// The value, which is there, could not be kept: the run ends, even if a failure of the task would be caught.
    Stopped(Error, Value),
    /// The checkpoint does not hold the value that it seemed to hold: the run begins anew.
    Lost(Error),
    /// The chunk cache does not: the value is made of its inputs.
    Missed,
}

impl Outcome {
    fn value(&self) -> Option<&Value> {
        match self {
            Outcome::Made { value, .. } | Outcome::Restored(value) | Outcome::Loaded(value) => Some(value),
            _ => None,
        }
    }

    fn for_observers(&self) -> TaskOutcome<'_> {
        match self {
            Outcome::Made { kept, cached, .. } => TaskOutcome::Made { kept: *kept, cached: matches!(cached, Ok(true)) },
            Outcome::Restored(_) => TaskOutcome::Restored,
            Outcome::Loaded(_) => TaskOutcome::Loaded,
            Outcome::Failed(error) | Outcome::Stopped(error, _) => TaskOutcome::Failed(error),
            Outcome::Lost(_) | Outcome::Missed => TaskOutcome::Missed,
        }
    }

    /// The value was made, but could not be kept. A codec that panics is the task's own failure.
    fn not_kept(error: Error, value: Value) -> Self {
        if !is_panic(&error) {
            return Outcome::Stopped(error, value);
        }
        drop(panics::discard(value));
        Outcome::Failed(error)
    }

    /// Drops it.
    fn discard(self) {
        let (error, value) = match self {
            Outcome::Made { value, cached, .. } => (cached.err(), Some(value)),
            Outcome::Restored(value) | Outcome::Loaded(value) => (None, Some(value)),
            Outcome::Stopped(error, value) => (Some(error), Some(value)),
            Outcome::Failed(error) | Outcome::Lost(error) => (Some(error), None),
            Outcome::Missed => (None, None),
        };
        // It stands for a failure that is reported; what its parts panic with comes second.
        drop((panics::discard(error), panics::discard(value)));
    }
}

impl<'p> Execution<'p> {
    /// For a run of this plan with so many workers that has started just now. `watched`: by whom, and whether the workers
    /// note what they do.
    pub(super) fn new(
        plan: &'p Plan,
        (scheduler, workers): (Scheduler<'p>, usize),
        (run_checkpoint, run_cache): (Option<RunCheckpoint<'p>>, Option<RunCache>),
        (observers, cancelled, profile): (Observers, Arc<AtomicBool>, bool),
        started: Instant,
    ) -> Self {
        let stage = |(name, display_name): &(String, Option<Arc<str>>)| Stage {
            name: name.clone(),
            display_name: display_name.clone(),
            ..Stage::default()
        };
        let stages = plan.stages.iter().map(stage).collect();
        let notes = (0..workers).map(|_| Vec::new()).collect();
        Execution {
            plan,
            shared: Mutex::new(Shared {
                scheduler,
                stages,
                accounts: BTreeMap::new(),
                warnings: Vec::new(),
                lost: Vec::new(),
                notes,
                resting: 0,
                broken: false,
            }),
            change: Condvar::new(),
            workers,
            run_checkpoint,
            run_cache,
            cache_closed: AtomicBool::new(false),
            observers,
            cancelled,
            profile,
            started,
        }
    }

    /// True if there is nothing to do.
    pub(super) fn is_done(&self) -> bool {
        self.lock().scheduler.finished()
    }

    /// The whole run, on a pool that has a thread more than there are workers.
    pub(super) fn run_all(&self, pool: &ThreadPool) {
        pool.broadcast(|thread| {
            if thread.index() < self.workers {
                let _at_work = AtWork(self);
                self.take_turns(thread.index());
            }
        });
    }

    /// The end of the run: what the workers have left, and the observers, which do not know yet how it ended.
    pub(super) fn close(self) -> (Shared<'p>, Observers) {
        (self.shared.into_inner().unwrap_or_else(PoisonError::into_inner), self.observers)
    }

    /// One worker, from the first task to the last.
    fn take_turns(&self, worker: usize) {
        let mut notes = Vec::new();
        let (mut attended, mut rest) = (Duration::ZERO, REST.0);
        let mut shared = self.lock();
        while !shared.is_over() {
            if self.cancelled.load(Ordering::Relaxed) {
                shared.scheduler.cancel();
                continue;
            }
            let Some(job) = shared.scheduler.next() else {
                shared = self.rest(shared, &mut rest);
                continue;
            };
            rest = REST.0;
            if shared.resting > 0 && shared.scheduler.backlog() > 0 {
                self.change.notify_one();
            }
            drop(shared);
            let start = sync::now() - self.started;
            let ((id, moved), again) = (job.receipt(), job.again);
            let entry = &self.plan.entries[id];
            let outcome = self.run_observed(job, worker);
            let end = sync::now() - self.started;
            let (outcome, measures) = self.measure(entry, again, outcome);
            self.observe_end(entry, (worker, start, end), again, (&outcome, &measures));
            let loaded = matches!(outcome, Outcome::Loaded(_));
            shared = self.lock();
            let stage = &mut shared.stages[entry.stage];
            stage.rows += measures.rows;
            stage.busy += end - start;
            count(stage, again, &outcome);
            if let Some(account) = entry.node.task.account {
                *shared.accounts.entry(account).or_default() += end - start;
            }
            shared.warnings.extend(measures.warnings.into_iter().map(|warning| (entry.rank, warning)));
            shared.hand_in(entry, id, moved, outcome, measures.bytes);
            if !self.observers.is_empty() {
                self.observers.memory(shared.scheduler.held_bytes());
            }
            if self.profile {
                let Measures { bytes, figures, .. } = measures;
                notes.push(Note { task: id, start, end, bytes, again, loaded, figures });
            }
            let garbage = shared.scheduler.take_garbage();
            if !garbage.is_empty() {
                drop(shared);
                let dropped = garbage.into_iter().map(|(id, value)| (id, panics::discard(value)));
                let failed: Vec<(TaskId, Error)> =
                    dropped.filter_map(|(id, result)| Some((id, result.err()?))).collect();
                shared = self.lock();
                failed.into_iter().for_each(|(id, error)| shared.scheduler.end(id, self.place(id, error)));
            }
            if end - attended > ATTENTION {
                attended = end;
                drop(shared);
                // A task of another worker may have given something to every thread, and wait for it.
                rayon::yield_local();
                shared = self.lock();
            }
        }
        shared.notes[worker].append(&mut notes);
    }

    /// A worker that has found nothing to start waits for a change; if none comes, it does what tasks have given to
    /// rayon. It looks for that soon at first, then ever more rarely.
    fn rest<'f>(&'f self, mut shared: MutexGuard<'f, Shared<'p>>, rest: &mut Duration) -> MutexGuard<'f, Shared<'p>> {
        shared.resting += 1;
        let (mut shared, waited) = self.change.wait_timeout(shared, *rest).unwrap_or_else(PoisonError::into_inner);
        shared.resting -= 1;
        if !waited.timed_out() {
            return shared;
        }
        drop(shared);
        let helped = rayon::yield_now() == Some(Yield::Executed);
        *rest = if helped { REST.0 } else { REST.1.min(2 * *rest) };
        self.lock()
    }

    /// Adds what is known of where a task's error happened.
    fn place(&self, id: TaskId, error: Error) -> Error {
        self.plan.entries[id].node.task.place(error)
    }

    /// Runs a task, watched by the observers.
    fn run_observed(&self, job: Job, worker: usize) -> Outcome {
        let (task, stage) = (&self.plan.entries[job.id].node.task, self.plan.entries[job.id].stage);
        if self.observers.is_empty() {
            return caught(|| Ok(self.run(job))).unwrap_or_else(|error| Outcome::Failed(task.place(error)));
        }
        let (mut job, mut outcome) = (Some(job), None);
        let observed = caught(|| {
            self.observers.task(task, stage, worker, || outcome = job.take().map(|job| self.run(job)));
            Ok(())
        });
        if let Err(error) = observed {
            // An observer panicked (a subscriber of spans), before or after.
            job.into_iter().for_each(|job| drop(job.inputs.discard()));
            outcome.into_iter().for_each(Outcome::discard);
            return Outcome::Failed(task.place(error));
        }
        outcome.expect("what is observed is done")
    }

    /// Runs a task and keeps its value; or reads the value, where it is kept already.
    fn run(&self, job: Job) -> Outcome {
        let entry = &self.plan.entries[job.id];
        let place = |error| entry.node.task.place(error);
        if let (Some(run_checkpoint), Some(slot)) = (&self.run_checkpoint, entry.restored) {
            return match caught(|| run_checkpoint.restore(entry, slot)) {
                Ok(value) => Outcome::Restored(value),
                // Bytes that the codec refuses, or panics on, are done without.
                Err(error) => Outcome::Lost(place(error)),
            };
        }
        if job.load {
            return self.load(entry).map_or(Outcome::Missed, Outcome::Loaded);
        }
        let value = match self.make(job) {
            Ok(value) => value,
            Err(error) => return Outcome::Failed(place(error)),
        };
        let kept = match caught(|| {
            self.run_checkpoint.as_ref().map_or(Ok(false), |run_checkpoint| run_checkpoint.keep(entry, &value))
        }) {
            Ok(kept) => kept,
            Err(error) => return Outcome::not_kept(place(error), value),
        };
        match caught(|| self.put_in_cache(entry, &value)) {
            Err(error) if is_panic(&error) => Outcome::not_kept(place(error), value),
            cached => Outcome::Made { kept, cached: cached.map_err(place), value },
        }
    }

    /// Does a task's work.
    fn make(&self, job: Job) -> Result<Value> {
        let node = &self.plan.entries[job.id].node;
        let Job { mut inputs, broken, .. } = job;
        let result = match (&node.action, broken.as_ref().or_else(|| inputs.failure())) {
            (_, Some(error)) if !node.catches => Err(error.clone()),
            (Action::Run(work), _) => caught(|| work(&mut inputs)),
            (Action::Given(value), _) => Ok(value.clone()),
            (Action::Fail(error), _) => Err(error.clone()),
            (Action::Gone, _) => Err(panics::panicked("the node was dropped".into())),
        };
        match (result, inputs.discard()) {
            (Ok(value), Err(error)) => panics::discard(value).and(Err(error)),
            (result, _) => result,
        }
    }

    /// The value of a task, if the chunk cache holds the whole of it.
    fn load(&self, entry: &TaskEntry) -> Option<Value> {
        let (run_cache, codec) = (self.run_cache.as_ref()?, entry.node.task.cached.as_ref()?);
        let content = run_cache.read(entry.node.task.key.in_files())?;
        caught(|| (codec.decode)(&content)).ok()
    }

    /// Writes a value to the chunk cache, if it belongs there and there is room.
    fn put_in_cache(&self, entry: &TaskEntry, value: &Value) -> Result<bool> {
        let (Some(run_cache), Some(codec)) = (&self.run_cache, &entry.node.task.cached) else { return Ok(false) };
        if !entry.is_cached() || self.cache_closed.load(Ordering::Relaxed) {
            return Ok(false);
        }
        match (codec.encode)(&**value)? {
            Some(content) => run_cache.write(entry.node.task.key.in_files(), &content),
            None => Ok(false),
        }
    }

    /// Asks the value's own code for its bytes, its rows and what speaks against it, outside the lock. If that
    /// panics, the task has failed.
    fn measure(&self, entry: &TaskEntry, again: bool, outcome: Outcome) -> (Outcome, Measures) {
        let measures = caught(|| {
            let warnings = self.warnings(entry, again, &outcome);
            let Some(value) = outcome.value() else { return Ok(Measures { warnings, ..Measures::default() }) };
            let task = &entry.node.task;
            let new = !again && !matches!(outcome, Outcome::Restored(_));
            let rows = if new { task.rows_in(value) } else { 0 };
            let watched = self.profile || !self.observers.is_empty();
            let figures = if watched && !again { task.figures_of(value) } else { Vec::new() };
            Ok(Measures { bytes: task.bytes_in(value), rows, warnings, figures })
        });
        match measures {
            Ok(measures) => (outcome, measures),
            Err(error) => {
                outcome.discard();
                (Outcome::Failed(entry.node.task.place(error)), Measures::default())
            }
        }
    }

    /// Tells the observers of the end of a task, outside the lock.
    fn observe_end(
        &self,
        entry: &TaskEntry,
        (thread, start, end): (usize, Duration, Duration),
        again: bool,
        (outcome, measures): (&Outcome, &Measures),
    ) {
        if self.observers.is_empty() {
            return;
        }
        let task = &entry.node.task;
        let outcome = outcome.for_observers();
        let is_source = entry.inputs.is_empty() && matches!(outcome, TaskOutcome::Made { .. } | TaskOutcome::Failed(_));
        self.observers.task_done(&TaskEnd {
            task,
            stage: entry.stage,
            thread,
            start,
            end,
            outcome,
            again,
            bytes: task.measure.map(|_| measures.bytes),
            rows: measures.rows,
            read: is_source.then_some(task.expected_bytes),
            figures: &measures.figures,
        });
    }

    /// Warnings about a value, and about the chunk cache.
    fn warnings(&self, entry: &TaskEntry, again: bool, outcome: &Outcome) -> Vec<Warning> {
        let task = &entry.node.task;
        let made = outcome.value().filter(|_| !again);
        let mut warnings = made.map(|value| task.warnings_of(value)).unwrap_or_default();
        if let Outcome::Made { cached: Err(error), .. } = outcome
            && !self.cache_closed.swap(true, Ordering::Relaxed)
        {
            let message = format!("the chunk cache is not written any more: {}", error.full_message());
            warnings.push(task.warning(message));
        }
        self.observers.warn(&warnings);
        warnings
    }

    fn lock(&self) -> MutexGuard<'_, Shared<'p>> {
        // No code that can panic runs under the lock but our own, and predicates, whose panics are caught.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(stage: &mut Stage, again: bool, outcome: &Outcome) {
    match outcome {
        Outcome::Restored(_) | Outcome::Lost(_) => stage.restored += 1,
        Outcome::Loaded(_) => stage.loaded += 1,
        Outcome::Missed => {}
        Outcome::Made { kept, cached, .. } => {
            stage.kept += usize::from(*kept);
            stage.cached += usize::from(matches!(cached, Ok(true)));
            stage.runs += 1;
            stage.reruns += usize::from(again);
        }
        Outcome::Failed(_) | Outcome::Stopped(..) => {
            stage.runs += 1;
            stage.reruns += usize::from(again);
        }
    }
}

impl Shared<'_> {
    /// True if there is nothing more to start, whatever comes.
    fn is_over(&self) -> bool {
        self.broken || self.scheduler.finished()
    }

    /// Hands the outcome of a task, and the bytes of its value, to the scheduler.
    fn hand_in(&mut self, entry: &TaskEntry, id: TaskId, moved: usize, outcome: Outcome, bytes: usize) {
        let error = match outcome {
            Outcome::Made { value, cached, .. } => {
                self.scheduler.complete(id, moved, value, bytes);
                match cached {
                    Ok(true) => self.scheduler.cached(id),
                    Ok(false) => {}
                    Err(error) => self.scheduler.throw_away(id, Arc::new(Failed(error))),
                }
                return;
            }
            Outcome::Restored(value) | Outcome::Loaded(value) => {
                return self.scheduler.complete(id, moved, value, bytes);
            }
            Outcome::Failed(error) if entry.guarded => {
                return self.scheduler.complete(id, moved, Arc::new(Failed(error)), 0);
            }
            Outcome::Missed => return self.scheduler.missed(id),
            Outcome::Lost(error) => {
                self.lost.push(entry.node.task.key.in_files());
                error
            }
            Outcome::Failed(error) => error,
            Outcome::Stopped(error, value) => {
                self.scheduler.throw_away(id, value);
                error
            }
        };
        self.scheduler.fail(id, error);
    }
}

fn is_panic(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Panicked { .. })
}
