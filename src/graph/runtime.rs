//! Runs graphs: threads, memory limit, progress.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::compute::{Compute, Results, Targets};
use super::node::{Action, Failed, Value};
use super::plan::Plan;
use super::progress::Progress;
use super::scheduler::{Job, Scheduler};
use super::summary::{Stage, Summary};
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
}

/// What a run gives: the values, and what it took.
#[derive(Clone, Debug)]
pub struct Run<T> {
    /// The values asked for.
    pub values: T,
    /// What ran.
    pub summary: Summary,
}

impl Default for Runtime {
    fn default() -> Self {
        Runtime { threads: 0, memory_limit: 2 << 30, progress: false }
    }
}

impl Runtime {
    /// One thread a core, 2 GiB for the values in flight, no progress bar.
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
    /// `progress`). Default no.
    pub fn progress(mut self, show: bool) -> Self {
        self.progress = show;
        self
    }

    /// Computes all handles together: tasks with equal keys run once.
    ///
    /// # Errors
    /// The first error (or panic) of any task, naming its task, chunk and file. The run stops
    /// there, and its threads have ended when this returns.
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
        let plan = Plan::new(&nodes.0)?;
        let (values, summary) = self.run_plan(&plan)?;
        let keys = nodes.0.iter().map(|node| node.task.key);
        let mut results = Results::new(keys.zip(values));
        Ok(Run { values: targets.extract(&mut results), summary })
    }

    fn thread_count(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        if self.threads == 0 { cores() } else { self.threads }
    }

    fn run_plan(&self, plan: &Plan) -> Result<(Vec<Value>, Summary)> {
        let tasks = plan.rows.iter().filter(|row| matches!(row.node.action, Action::Run(_))).count();
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
            }),
            change: Condvar::new(),
            progress: Progress::new(self.progress, tasks),
        };
        let started = Instant::now();
        // A pool of its own, so that a task which uses rayon itself stays within these threads;
        // scoped, so that all of them have ended when this returns.
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(self.thread_count())
            .thread_name(|i| format!("chunkfit-{i}"))
            .build_scoped(
                |thread| thread.run(),
                |pool| {
                    pool.broadcast(|_| floor.work());
                    pool.current_num_threads()
                },
            )
            .map_err(|error| Error::new(ErrorKind::Io { action: "start threads" }).caused_by(error))?;
        let elapsed = started.elapsed();
        floor.progress.finish();
        let Shift { scheduler, stages } = floor.shift.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (values, peak_bytes) = scheduler.into_results()?;
        Ok((values, Summary { stages, threads, elapsed, peak_bytes }))
    }
}

/// Where the workers of one run meet.
struct Floor<'p> {
    plan: &'p Plan,
    shift: Mutex<Shift<'p>>,
    change: Condvar,
    progress: Progress,
}

/// What the workers share under the lock.
struct Shift<'p> {
    scheduler: Scheduler<'p>,
    stages: Vec<Stage>,
}

impl<'p> Floor<'p> {
    /// One worker, from the first task to the last.
    fn work(&self) {
        let mut shift = self.lock();
        loop {
            if shift.scheduler.finished() {
                self.change.notify_all();
                return;
            }
            let Some(job) = shift.scheduler.next() else {
                shift = self.change.wait(shift).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            if shift.scheduler.backlog() > 0 {
                self.change.notify_one();
            }
            drop(shift);
            let (receipt, again) = (job.receipt(), job.again);
            let (result, busy) = self.run(job);
            self.progress.task_done(again);
            shift = self.lock();
            let stage = &mut shift.stages[self.plan.rows[receipt.0].stage];
            stage.runs += 1;
            stage.reruns += usize::from(again);
            stage.busy += busy;
            match result {
                Ok(value) => shift.scheduler.complete(receipt.0, receipt.1, value),
                Err(error) if self.plan.rows[receipt.0].guarded => {
                    shift.scheduler.complete(receipt.0, receipt.1, Arc::new(Failed(error)));
                }
                Err(error) => shift.scheduler.fail(receipt.0, error),
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

    /// Runs a task; a panic is an error like any other.
    fn run(&self, mut job: Job) -> (Result<Value>, Duration) {
        let node = &self.plan.rows[job.id].node;
        let started = Instant::now();
        let result = match (&node.action, job.inputs.failure()) {
            (_, Some(error)) if !node.catches => Err(error.clone()),
            (Action::Run(work), _) => {
                catch_unwind(AssertUnwindSafe(|| work(&mut job.inputs))).unwrap_or_else(|panic| {
                    let message = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
                    let message = message.or_else(|| panic.downcast_ref::<String>().cloned());
                    Err(Error::new(ErrorKind::Panicked { message: message.unwrap_or_else(|| "no message".into()) }))
                })
            }
            (Action::Given(value), _) => Ok(value.clone()),
            (Action::Fail(error), _) => Err(error.clone()),
        };
        drop(job);
        (result.map_err(|error| node.task.place(error)), started.elapsed())
    }

    fn lock(&self) -> MutexGuard<'_, Shift<'p>> {
        // No code that can panic runs under the lock but our own; were it to, the state is still whole.
        self.shift.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
