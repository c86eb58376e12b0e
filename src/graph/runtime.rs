//! Runs graphs: threads, memory limit, progress.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::checkpoint::Checkpoint;
use super::compute::{Compute, Results, Targets};
use super::explain::Explanation;
use super::keeper::Keeper;
use super::key::Key;
use super::node::{Action, Failed, Value};
use super::plan::{Plan, Rank, TaskId};
use super::profile::{self, Note, Profile, Sample};
use super::progress::Progress;
use super::sampler::Sampler;
use super::scheduler::{Job, Scheduler};
use super::spans::Spans;
use super::summary::{Stage, Summary};
use super::warning::Warning;
use crate::error::{Error, ErrorKind, Result};

/// How graphs are run.
///
/// The result does not depend on any of it: the bits are the same for any number of threads and
/// any memory limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    threads: usize,
    memory_limit: usize,
    progress: bool,
    profile: bool,
    checkpoint: Option<Checkpoint>,
}

/// What a run gives: the values, and what it took.
#[derive(Clone, Debug)]
pub struct Run<T> {
    /// The values asked for.
    pub values: T,
    /// What ran.
    pub summary: Summary,
    /// Which task ran when, if [`Runtime::profile`] asked for it.
    pub profile: Option<Profile>,
}

impl Default for Runtime {
    fn default() -> Self {
        Runtime { threads: 0, memory_limit: 2 << 30, progress: false, profile: false, checkpoint: None }
    }
}

impl Runtime {
    /// One thread a core, 2 GiB for the values in flight, no progress bar, no profile, no checkpoint.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of threads; 0, the default, is one a core.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// How many bytes the chunks in flight may hold. Default 2 GiB.
    ///
    /// Models and results come on top. Chunks are read only while they fit; those needed again
    /// later (several epochs) are dropped and made again where they do not. A limit below what
    /// one chunk needs is exceeded by that chunk alone.
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// Whether to show a progress bar on standard error, if that is a terminal (feature
    /// `progress`): tasks, rows read, MB/s read, time passed and time left. Default no.
    pub fn progress(mut self, show: bool) -> Self {
        self.progress = show;
        self
    }

    /// Whether to record which task runs when and on which thread; with the feature `diagnostics`,
    /// CPU and memory use as well. Default no. It costs some 100 bytes a task.
    pub fn profile(mut self, record: bool) -> Self {
        self.profile = record;
        self
    }

    /// A folder in which the run leaves its progress, so that one which was interrupted or killed
    /// goes on from there when it is started again (feature `checkpoint`). Default none.
    ///
    /// What was kept there by an earlier run is not computed again, and the result has the same
    /// bits. All kept values need [lasting keys](crate::graph::Key::is_lasting): data in memory and
    /// data made by closures are to be named with [`Chunks::identified`](crate::Chunks::identified).
    #[cfg(feature = "checkpoint")]
    pub fn checkpoint(mut self, checkpoint: Checkpoint) -> Self {
        self.checkpoint = Some(checkpoint);
        self
    }

    /// Tells what computing all handles together would do. Runs nothing.
    ///
    /// # Errors
    /// Those that are known before anything runs, such as an invalid parameter.
    pub fn explain<C: Compute>(&self, targets: C) -> Result<Explanation> {
        let mut nodes = Targets::default();
        targets.targets(&mut nodes);
        let plan = Plan::new(&nodes.0, self.checkpoint.as_ref(), &HashSet::new())?;
        Ok(Explanation::new(&plan, &nodes.0, self.memory_limit))
    }

    /// Computes all handles together: tasks with equal keys run once.
    ///
    /// # Errors
    /// The first error (or panic) of any task, naming its task, chunk and file; a checkpoint that
    /// cannot be written. The run stops there, and its threads have ended when this returns.
    pub fn compute<C: Compute>(&self, targets: C) -> Result<C::Output> {
        Ok(self.run(targets)?.values)
    }

    /// Computes all handles together, and tells what ran.
    ///
    /// # Errors
    /// As [`compute`](Self::compute).
    pub fn run<C: Compute>(&self, targets: C) -> Result<Run<C::Output>> {
        let mut nodes = Targets::default();
        targets.targets(&mut nodes);
        self.checkpoint.as_ref().map_or(Ok(()), Checkpoint::open)?;
        let mut lost = HashSet::new();
        loop {
            let plan = Plan::new(&nodes.0, self.checkpoint.as_ref(), &lost)?;
            match self.run_plan(&plan)? {
                Ended::Done(ran) => return Ok(self.collect(targets, &nodes, &plan, ran)),
                // Another process has replaced them, say: what was done since then is kept.
                Ended::Lost(keys) => lost.extend(keys),
            }
        }
    }

    fn collect<C: Compute>(&self, targets: C, nodes: &Targets, plan: &Plan, ran: Ran) -> Run<C::Output> {
        let explanation = self.profile.then(|| Explanation::new(plan, &nodes.0, self.memory_limit));
        let Ran { values, summary, notes, samples } = ran;
        let records = |explanation| Profile { plan: explanation, records: profile::records(plan, notes), samples };
        let profile = explanation.map(records);
        let keys = nodes.0.iter().map(|node| node.task.key);
        let mut results = Results::new(keys.zip(values));
        Run { values: targets.extract(&mut results), summary, profile }
    }

    fn thread_count(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        if self.threads == 0 { cores() } else { self.threads }
    }

    fn run_plan(&self, plan: &Plan) -> Result<Ended> {
        let tasks = plan.rows.iter().filter(|row| row.is_made()).count();
        let stage = |(name, label): &(String, Option<Arc<str>>)| Stage {
            name: name.clone(),
            label: label.clone(),
            ..Stage::default()
        };
        let floor = Floor {
            plan,
            shift: Mutex::new(Shift {
                scheduler: Scheduler::new(plan, self.memory_limit, self.thread_count()),
                stages: plan.stages.iter().map(stage).collect(),
                warnings: Vec::new(),
                lost: Vec::new(),
            }),
            keeper: self.checkpoint.as_ref().map(|checkpoint| Keeper::new(checkpoint, plan)),
            change: Condvar::new(),
            progress: Progress::new(self.progress, tasks),
            spans: Spans::new(),
            profile: self.profile,
            started: Instant::now(),
        };
        let sampler = if self.profile { Sampler::start(floor.started) } else { None };
        // A pool of its own, so that a task which uses rayon itself stays within these threads;
        // scoped, so that all of them have ended when this returns.
        let worked = rayon::ThreadPoolBuilder::new()
            .num_threads(self.thread_count())
            .thread_name(|i| format!("chunkfit-{i}"))
            .build_scoped(
                |thread| thread.run(),
                |pool| pool.broadcast(|thread| floor.spans.on_this_thread(|| floor.work(thread.index()))),
            )
            .map_err(|error| Error::new(ErrorKind::Io { action: "start threads" }).caused_by(error));
        let elapsed = floor.started.elapsed();
        floor.progress.finish();
        let samples = sampler.map(Sampler::finish).unwrap_or_default();
        let notes = worked?;
        let threads = notes.len();
        let Shift { scheduler, stages, mut warnings, lost } =
            floor.shift.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !lost.is_empty() {
            return Ok(Ended::Lost(lost));
        }
        let (values, peak_bytes) = scheduler.into_results()?;
        // Tasks end in any order; ranks do not depend on it.
        warnings.sort_by_key(|(rank, _)| *rank);
        let warnings = warnings.into_iter().map(|(_, warning)| warning).collect();
        let summary = Summary { stages, threads, elapsed, peak_bytes, warnings };
        Ok(Ended::Done(Ran { values, summary, notes, samples }))
    }
}

/// How a run of a plan ended, if it did not fail.
enum Ended {
    Done(Ran),
    /// The values of these tasks were not to be had from the checkpoint after all.
    Lost(Vec<Key>),
}

/// What comes out of a run of a plan.
struct Ran {
    values: Vec<Value>,
    summary: Summary,
    /// By thread.
    notes: Vec<Vec<Note>>,
    samples: Vec<Sample>,
}

/// Where the workers of one run meet.
struct Floor<'p> {
    plan: &'p Plan,
    shift: Mutex<Shift<'p>>,
    change: Condvar,
    keeper: Option<Keeper<'p>>,
    progress: Progress,
    spans: Spans,
    /// Whether the workers note what they do.
    profile: bool,
    started: Instant,
}

/// What the workers share under the lock.
struct Shift<'p> {
    scheduler: Scheduler<'p>,
    stages: Vec<Stage>,
    /// Each with the rank of its task.
    warnings: Vec<(Rank, Warning)>,
    /// What could not be restored.
    lost: Vec<Key>,
}

/// What came of a task.
enum Outcome {
    Made {
        value: Value,
        /// It was written to the checkpoint.
        kept: bool,
    },
    /// The task failed, which may be caught.
    Failed(Error),
    /// The checkpoint failed, which no task is to blame for: the run ends.
    Stopped(Error),
    /// The checkpoint does not hold the value that it seemed to hold: the run begins anew.
    Lost(Error),
}

impl<'p> Floor<'p> {
    /// One worker, from the first task to the last. Gives its notes.
    fn work(&self, thread: usize) -> Vec<Note> {
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
            let made = if let Outcome::Made { value, .. } = &outcome { Some(value) } else { None };
            let warnings = made.filter(|_| !again).map(|value| row.node.task.warnings_of(value)).unwrap_or_default();
            self.spans.warn(&warnings);
            let rows = if again || !row.is_made() { 0 } else { row.node.task.rows_in(made) };
            if row.is_made() {
                self.progress.task_done(again, row.inputs.is_empty().then_some((row.node.task.expected_bytes, rows)));
            }
            shift = self.lock();
            let stage = &mut shift.stages[row.stage];
            stage.runs += usize::from(row.restored.is_none());
            stage.restored += usize::from(row.restored.is_some());
            stage.reruns += usize::from(again);
            stage.kept += usize::from(matches!(outcome, Outcome::Made { kept: true, .. }));
            stage.rows += rows;
            stage.busy += end - start;
            shift.warnings.extend(warnings.into_iter().map(|warning| (row.rank, warning)));
            let bytes = match outcome {
                Outcome::Made { value, .. } => shift.scheduler.complete(id, moved, value),
                Outcome::Failed(error) if row.guarded => {
                    shift.scheduler.complete(id, moved, Arc::new(Failed(error)) as Value)
                }
                Outcome::Failed(error) | Outcome::Stopped(error) => shift.fail(id, error),
                Outcome::Lost(error) => {
                    shift.lost.push(row.node.task.key);
                    shift.fail(id, error)
                }
            };
            if self.profile {
                notes.push(Note { task: id, start, end, bytes, again });
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

    /// Runs a task and keeps its value; or reads the value, where an earlier run has kept it.
    fn run(&self, job: Job) -> Outcome {
        let row = &self.plan.rows[job.id];
        let place = |error| row.node.task.place(error);
        match (&self.keeper, row.restored) {
            (Some(keeper), Some(slot)) => match caught(|| keeper.restore(row, slot)) {
                Ok(value) => Outcome::Made { value, kept: false },
                Err(error) => Outcome::Lost(place(error)),
            },
            (keeper, _) => match self.make(job).map_err(place) {
                Err(error) => Outcome::Failed(error),
                Ok(value) => match caught(|| keeper.as_ref().map_or(Ok(false), |keeper| keeper.keep(row, &value))) {
                    Ok(kept) => Outcome::Made { value, kept },
                    Err(error) => Outcome::Stopped(place(error)),
                },
            },
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

    fn lock(&self) -> MutexGuard<'_, Shift<'p>> {
        // No code that can panic runs under the lock but our own; were it to, the state is still whole.
        self.shift.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shift<'_> {
    /// The task has failed, and the run with it. Gives what its value holds.
    fn fail(&mut self, id: TaskId, error: Error) -> usize {
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
