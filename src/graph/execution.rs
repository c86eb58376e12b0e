//! Execution of one job by a worker, outside the lock: the task's work, its checkpoint and chunk cache, its observers.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::engine::Engine;
use super::figure::Figure;
use super::node::{Action, Inputs, Node, Value};
use super::observers::{Observers, TaskEnd, TaskStart};
use super::outcome::{Outcome, is_panic};
use super::panics;
use super::panics::caught;
use super::run_checkpoint::Keep;
use super::scheduler::Job;
use super::sync;
use super::warning::Warning;
use crate::error::{Error, Result};

/// The run that a job belongs to, as far as a worker needs it.
pub(super) struct Watched {
    pub(super) observers: Arc<Observers>,
    /// The kind of task: an index into the run's stages.
    pub(super) stage: usize,
    /// The time from which the run's times count.
    pub(super) started: Instant,
    /// True if the workers note what they do.
    pub(super) profile: bool,
}

/// A job that was executed.
pub(super) struct Executed {
    pub(super) outcome: Outcome,
    pub(super) measures: Measures,
    pub(super) start: Instant,
    pub(super) end: Instant,
}

/// The size of a value that was made, and what it says of itself.
#[derive(Default)]
pub(super) struct Measures {
    pub(super) bytes: usize,
    /// The number of rows that had not been there before.
    pub(super) rows: usize,
    pub(super) warnings: Vec<Warning>,
    /// Asked for only where someone watches.
    pub(super) figures: Vec<Figure>,
}

impl Engine {
    /// Executes a job, watched by the observers of its run.
    pub(super) fn execute(&self, node: &Node, job: Job, worker: usize, run: &Watched) -> Executed {
        let again = job.again;
        let start = sync::now();
        let outcome = self.run_observed(node, job, (worker, start), run);
        let end = sync::now();
        let (outcome, measures) = self.measure(node, again, outcome, run);
        Executed { outcome, measures, start, end }
    }

    fn run_observed(&self, node: &Node, job: Job, (thread, start): (usize, Instant), run: &Watched) -> Outcome {
        let task = &node.task;
        if run.observers.is_empty() {
            return caught(|| Ok(self.run(node, job))).unwrap_or_else(|error| Outcome::Failed(task.place(error)));
        }
        let start = TaskStart { stage: run.stage, thread, at: start.saturating_duration_since(run.started) };
        let (mut job, mut outcome) = (Some(job), None);
        let observed = caught(|| {
            run.observers.task(task, &start, || outcome = job.take().map(|job| self.run(node, job)));
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
    fn run(&self, node: &Node, job: Job) -> Outcome {
        let Job { inputs, broken, load, is_cached, restored, keeps, .. } = job;
        let place = |error| node.task.place(error);
        if let (Some(checkpoint), Some(slot)) = (&self.checkpoint, restored) {
            return match caught(|| checkpoint.restore(node, slot, &keeps)) {
                Ok(value) => Outcome::Restored(value),
                // Bytes that the codec refuses, or panics on, are done without.
                Err(error) => Outcome::Lost(place(error)),
            };
        }
        if load {
            return self.load(node).map_or(Outcome::Missed, Outcome::Loaded);
        }
        let value = match make(node, inputs, broken) {
            Ok(value) => value,
            Err(error) => return Outcome::Failed(place(error)),
        };
        let kept = match self.keep(node, &keeps, &value) {
            Ok(kept) => kept,
            Err(error) => return Outcome::not_kept(place(error), value),
        };
        match caught(|| if is_cached { self.put_in_cache(node, &value) } else { Ok(false) }) {
            Err(error) if is_panic(&error) => Outcome::not_kept(place(error), value),
            cached => Outcome::Made { kept, cached: cached.map_err(place), value },
        }
    }

    /// Writes a value into these slots of the checkpoint, if there is one. True if it was written into any.
    ///
    /// # Errors
    /// The value cannot be encoded, or its file not be written; a panic of the codec.
    pub(super) fn keep(&self, node: &Node, keeps: &[Keep], value: &Value) -> Result<bool> {
        match &self.checkpoint {
            Some(checkpoint) => caught(|| checkpoint.keep(node, keeps, value)),
            None => Ok(false),
        }
    }

    /// The value of a task, if the chunk cache holds the whole of it.
    fn load(&self, node: &Node) -> Option<Value> {
        let (cache, codec) = (self.cache.as_ref()?, node.task.cached.as_ref()?);
        let content = cache.read(node.task.key.in_files())?;
        caught(|| codec.decode(&content)).ok()
    }

    /// Writes a value to the chunk cache, if there is room.
    fn put_in_cache(&self, node: &Node, value: &Value) -> Result<bool> {
        let (Some(cache), Some(codec)) = (&self.cache, &node.task.cached) else { return Ok(false) };
        if self.cache_closed.load(Ordering::Relaxed) {
            return Ok(false);
        }
        match codec.encode(value)? {
            Some(content) => cache.write(node.task.key.in_files(), &content),
            None => Ok(false),
        }
    }

    /// Asks the value's own code for its bytes, its rows and what speaks against it. If that
    /// panics, the task has failed.
    fn measure(&self, node: &Node, again: bool, outcome: Outcome, run: &Watched) -> (Outcome, Measures) {
        let task = &node.task;
        let measures = caught(|| {
            let warnings = self.warnings(node, again, &outcome, run);
            let Some(value) = outcome.value() else { return Ok(Measures { warnings, ..Measures::default() }) };
            let new = !again && !matches!(outcome, Outcome::Restored(_));
            let rows = if new { task.rows_in(value) } else { 0 };
            let watched = run.profile || !run.observers.is_empty();
            let figures = if watched && !again { task.figures_of(value) } else { Vec::new() };
            Ok(Measures { bytes: task.bytes_in(value), rows, warnings, figures })
        });
        match measures {
            Ok(measures) => (outcome, measures),
            Err(error) => {
                outcome.discard();
                (Outcome::Failed(task.place(error)), Measures::default())
            }
        }
    }

    /// Warnings about a value, and about the chunk cache.
    fn warnings(&self, node: &Node, again: bool, outcome: &Outcome, run: &Watched) -> Vec<Warning> {
        let made = outcome.value().filter(|_| !again);
        let mut warnings = made.map(|value| node.task.warnings_of(value)).unwrap_or_default();
        if let Outcome::Made { cached: Err(error), .. } = outcome
            && !self.cache_closed.swap(true, Ordering::Relaxed)
        {
            let message = format!("the chunk cache is not written any more: {}", error.full_message());
            warnings.push(node.task.warning(message));
        }
        run.observers.warn(&warnings);
        warnings
    }
}

impl Executed {
    /// Shows the end of a job to the observers of its run.
    pub(super) fn show(&self, node: &Node, again: bool, worker: usize, run: &Watched) {
        if run.observers.is_empty() {
            return;
        }
        let (task, Measures { bytes, rows, figures, .. }) = (&node.task, &self.measures);
        let is_source = node.inputs.is_empty() && matches!(self.outcome, Outcome::Made { .. } | Outcome::Failed(_));
        run.observers.task_done(&TaskEnd {
            task,
            stage: run.stage,
            thread: worker,
            start: self.start.saturating_duration_since(run.started),
            end: self.end.saturating_duration_since(run.started),
            outcome: self.outcome.for_observers(),
            again,
            bytes: task.measure.map(|_| *bytes),
            rows: *rows,
            read: is_source.then_some(task.expected_bytes),
            figures,
        });
    }
}

/// Does a task's work, unless it failed before it began.
fn make(node: &Node, mut inputs: Inputs, broken: Option<Error>) -> Result<Value> {
    let result = match (&node.action, broken.as_ref().or_else(|| inputs.failure())) {
        (_, Some(error)) if !node.catches => Err(error.clone()),
        (Action::Run(work), _) => caught(|| work.run(&mut inputs)),
        (Action::Given(value), _) => Ok(value.clone()),
        (Action::Fail(error), _) => Err(error.clone()),
        (Action::Gone, _) => Err(panics::panicked("the node was dropped".into())),
    };
    match (result, inputs.discard()) {
        (Ok(value), Err(error)) => panics::discard(value).and(Err(error)),
        (result, _) => result,
    }
}
