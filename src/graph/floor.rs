//! The workers of a run: each takes the next task, runs it, and hands in its value.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::chunk_cache::Shelf;
use super::keeper::Keeper;
use super::key::Key;
use super::node::{Action, Failed, Value};
use super::plan::{Plan, Rank, Row, TaskId};
use super::profile::Note;
use super::progress::Progress;
use super::scheduler::{Job, Scheduler};
use super::spans::Spans;
use super::summary::Stage;
use super::warning::Warning;
use crate::error::{Error, ErrorKind, Result};

/// Where the workers of one run meet.
pub(super) struct Floor<'p> {
    plan: &'p Plan,
    shift: Mutex<Shift<'p>>,
    change: Condvar,
    keeper: Option<Keeper<'p>>,
    shelf: Option<Shelf>,
    /// The chunk cache could not be written: it is not tried again.
    shelf_closed: AtomicBool,
    progress: Progress,
    spans: Spans,
    /// Whether the workers note what they do.
    profile: bool,
    started: Instant,
}

/// What the workers share under the lock.
pub(super) struct Shift<'p> {
    pub(super) scheduler: Scheduler<'p>,
    pub(super) stages: Vec<Stage>,
    /// Each with the rank of its task.
    pub(super) warnings: Vec<(Rank, Warning)>,
    /// What could not be restored.
    pub(super) lost: Vec<Key>,
}

/// What came of a task.
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
    /// The checkpoint failed, which no task is to blame for: the run ends.
    Stopped(Error),
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
}

impl<'p> Floor<'p> {
    /// For a run of this plan that begins now.
    pub(super) fn new(
        plan: &'p Plan,
        scheduler: Scheduler<'p>,
        (keeper, shelf): (Option<Keeper<'p>>, Option<Shelf>),
        progress: bool,
        profile: bool,
    ) -> Self {
        let stage = |(name, label): &(String, Option<Arc<str>>)| Stage {
            name: name.clone(),
            label: label.clone(),
            ..Stage::default()
        };
        let stages = plan.stages.iter().map(stage).collect();
        Floor {
            plan,
            shift: Mutex::new(Shift { scheduler, stages, warnings: Vec::new(), lost: Vec::new() }),
            change: Condvar::new(),
            keeper,
            shelf,
            shelf_closed: AtomicBool::new(false),
            progress: Progress::new(progress, plan.rows.iter().filter(|row| row.is_made()).count()),
            spans: Spans::new(),
            profile,
            started: Instant::now(),
        }
    }

    pub(super) fn started(&self) -> Instant {
        self.started
    }

    /// The end of the run: what the workers have left.
    pub(super) fn close(self) -> Shift<'p> {
        self.progress.finish();
        self.shift.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// One worker, from the first task to the last. Gives its notes.
    pub(super) fn work(&self, thread: usize) -> Vec<Note> {
        self.spans.on_this_thread(|| self.take_turns(thread))
    }

    fn take_turns(&self, thread: usize) -> Vec<Note> {
        let mut notes = Vec::new();
        let mut shift = self.lock();
        loop {
            if shift.scheduler.finished() {
                self.change.notify_all();
                return notes;
            }
            let Some(job) = shift.scheduler.next() else {
                shift = self.change.wait(shift).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            if shift.scheduler.backlog() > 0 {
                self.change.notify_one();
            }
            drop(shift);
            let ((id, moved), again) = (job.receipt(), job.again);
            let row = &self.plan.rows[id];
            let start = self.started.elapsed();
            let outcome = self.spans.task(&row.node.task, thread, || self.run(job));
            let end = self.started.elapsed();
            let warnings = self.warnings(row, again, &outcome);
            let rows = self.rows_done(row, again, &outcome);
            shift = self.lock();
            let stage = &mut shift.stages[row.stage];
            stage.rows += rows;
            stage.busy += end - start;
            count(stage, again, &outcome);
            shift.warnings.extend(warnings.into_iter().map(|warning| (row.rank, warning)));
            let loaded = matches!(outcome, Outcome::Loaded(_));
            let bytes = shift.hand_in(row, id, moved, outcome);
            if self.profile {
                notes.push(Note { task: id, start, end, bytes, again, loaded });
            }
            let garbage = shift.scheduler.take_garbage();
            if !garbage.is_empty() {
                drop(shift);
                drop(garbage);
                shift = self.lock();
            }
            // What this task set free may be work for others, or the end.
            if shift.scheduler.backlog() > 0 || shift.scheduler.finished() {
                self.change.notify_one();
            }
        }
    }

    /// Runs a task and keeps its value; or reads the value, where it is kept already.
    fn run(&self, job: Job) -> Outcome {
        let row = &self.plan.rows[job.id];
        let place = |error| row.node.task.place(error);
        if let (Some(keeper), Some(slot)) = (&self.keeper, row.restored) {
            return match caught(|| keeper.restore(row, slot)) {
                Ok(value) => Outcome::Restored(value),
                Err(error) => Outcome::Lost(place(error)),
            };
        }
        if job.load {
            return self.load(row).map_or(Outcome::Missed, Outcome::Loaded);
        }
        let value = match self.make(job) {
            Ok(value) => value,
            Err(error) => return Outcome::Failed(place(error)),
        };
        match caught(|| self.keeper.as_ref().map_or(Ok(false), |keeper| keeper.keep(row, &value))) {
            Ok(kept) => Outcome::Made { kept, cached: caught(|| self.put_in_cache(row, &value)).map_err(place), value },
            Err(error) => Outcome::Stopped(place(error)),
        }
    }

    /// Does a task's work.
    fn make(&self, mut job: Job) -> Result<Value> {
        let node = &self.plan.rows[job.id].node;
        let result = match (&node.action, job.inputs.failure()) {
            (_, Some(error)) if !node.catches => Err(error.clone()),
            (Action::Run(work), _) => caught(|| work(&mut job.inputs)),
            (Action::Given(value), _) => Ok(value.clone()),
            (Action::Fail(error), _) => Err(error.clone()),
        };
        drop(job);
        result
    }

    /// The value of a task, if the chunk cache holds the whole of it.
    fn load(&self, row: &Row) -> Option<Value> {
        let (shelf, codec) = (self.shelf.as_ref()?, row.node.task.cached.as_ref()?);
        let content = shelf.read(row.node.task.key)?;
        caught(|| (codec.decode)(&content)).ok()
    }

    /// Writes a value to the chunk cache, if it belongs there and there is room.
    fn put_in_cache(&self, row: &Row, value: &Value) -> Result<bool> {
        let (Some(shelf), Some(codec)) = (&self.shelf, &row.node.task.cached) else { return Ok(false) };
        if self.shelf_closed.load(Ordering::Relaxed) {
            return Ok(false);
        }
        match (codec.encode)(&**value)? {
            Some(content) => shelf.write(row.node.task.key, &content),
            None => Ok(false),
        }
    }

    /// What there is to say against a value, and against the chunk cache.
    fn warnings(&self, row: &Row, again: bool, outcome: &Outcome) -> Vec<Warning> {
        let task = &row.node.task;
        let made = outcome.value().filter(|_| !again);
        let mut warnings = made.map(|value| task.warnings_of(value)).unwrap_or_default();
        if let Outcome::Made { cached: Err(error), .. } = outcome
            && !self.shelf_closed.swap(true, Ordering::Relaxed)
        {
            let message = format!("the chunk cache is not written any more: {}", error.full_message());
            warnings.push(Warning { task: task.name.clone().into_owned(), label: task.label.clone(), message });
        }
        self.spans.warn(&warnings);
        warnings
    }

    /// How many rows came that had not been there before; and the progress bar moves on.
    fn rows_done(&self, row: &Row, again: bool, outcome: &Outcome) -> usize {
        let task = &row.node.task;
        match outcome {
            Outcome::Restored(_) | Outcome::Missed => 0,
            Outcome::Loaded(value) => {
                if again {
                    0
                } else {
                    task.rows_in(Some(value))
                }
            }
            _ => {
                let rows = if again { 0 } else { task.rows_in(outcome.value()) };
                self.progress.task_done(again, row.inputs.is_empty().then_some((task.expected_bytes, rows)));
                rows
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shift<'p>> {
        // No code that can panic runs under the lock but our own; were it to, the state is still whole.
        self.shift.lock().unwrap_or_else(PoisonError::into_inner)
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
        Outcome::Failed(_) | Outcome::Stopped(_) => {
            stage.runs += 1;
            stage.reruns += usize::from(again);
        }
    }
}

impl Shift<'_> {
    /// The scheduler is told what came of a task. Gives what its value holds.
    fn hand_in(&mut self, row: &Row, id: TaskId, moved: usize, outcome: Outcome) -> usize {
        let error = match outcome {
            Outcome::Made { value, cached, .. } => {
                let bytes = self.scheduler.complete(id, moved, value);
                if let Ok(true) = cached {
                    self.scheduler.cached(id);
                }
                return bytes;
            }
            Outcome::Restored(value) | Outcome::Loaded(value) => return self.scheduler.complete(id, moved, value),
            Outcome::Failed(error) if row.guarded => {
                return self.scheduler.complete(id, moved, Arc::new(Failed(error)) as Value);
            }
            Outcome::Missed => {
                self.scheduler.missed(id);
                return 0;
            }
            Outcome::Lost(error) => {
                self.lost.push(row.node.task.key);
                error
            }
            Outcome::Failed(error) | Outcome::Stopped(error) => error,
        };
        self.scheduler.fail(id, error);
        0
    }
}

/// A panic is an error like any other.
fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let message = message.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(Error::new(ErrorKind::Panicked { message: message.unwrap_or_else(|| "no message".into()) }))
    })
}
