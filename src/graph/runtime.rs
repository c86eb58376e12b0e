//! `Runtime`: runs graphs with a number of threads and a memory limit.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use super::checkpoint::Checkpoint;
use super::chunk_cache::{ChunkCache, RunCache};
use super::compute::{Compute, Results, Targets};
use super::execution::{Execution, Shared};
use super::explain::Explanation;
use super::key::Key;
use super::node::Value;
#[cfg(feature = "dashboard")]
use super::observers::live::{WatchedBy, Watcher};
use super::observers::{Beginning, Observers};
use super::panics::caught;
use super::plan::Plan;
use super::profile::{Note, Profile, Sample};
use super::run_checkpoint::RunCheckpoint;
use super::scheduler::Scheduler;
use super::summary::Summary;
use super::teardown::watched;
use super::{panics, profile};
use crate::error::{Error, ErrorKind, Result};

/// The settings of a run, and the way to start it.
///
/// The result does not depend on any of it: the bits are the same for any number of threads and
/// any memory limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    threads: usize,
    memory_limit: usize,
    pub(super) progress: bool,
    pub(super) profile: bool,
    checkpoint: Option<Checkpoint>,
    chunk_cache: Option<ChunkCache>,
    #[cfg(feature = "dashboard")]
    pub(super) watcher: Option<WatchedBy>,
}

/// The result of a run: the values, and what it took.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Run<T> {
    /// The values asked for.
    pub values: T,
    /// The tasks that ran, and what they took.
    pub summary: Summary,
    /// The task records, if [`Runtime::profile`] asked for it.
    pub profile: Option<Profile>,
}

impl Default for Runtime {
    fn default() -> Self {
        Runtime {
            threads: 0,
            memory_limit: 2 << 30,
            progress: false,
            profile: false,
            checkpoint: None,
            chunk_cache: None,
            #[cfg(feature = "dashboard")]
            watcher: None,
        }
    }
}

impl Runtime {
    /// One thread a core, 2 GiB for the values in flight, no progress bar, no profile, no checkpoint, no chunk
    /// cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of threads: how many tasks run at a time. 0, the default, is one a core.
    ///
    /// A task may use rayon: `join`, `scope`, parallel iterators, `spawn` and `broadcast` go to the run's own threads,
    /// and those without a task help. There is one thread more than tasks, which sleeps until a task gives something to
    /// rayon: so a task may also wait for what it has spawned by other means than rayon's, such as a channel. What was
    /// spawned must not itself wait so for what it spawns, as on any pool. A task may hold a lock while it waits for
    /// rayon: no other task begins on its thread meanwhile, nor on top of a part of it. A panic in what was spawned ends
    /// the run with an error, once the run is over.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// The most bytes that the chunks in flight may hold. Default 2 GiB.
    ///
    /// Models and results come on top. Chunks are read only while they fit; those needed again
    /// later (several epochs) are dropped and made again where they do not. A chunk that does not fit
    /// together with what it is made from, and nothing else, is an error
    /// ([`ErrorKind::TooLarge`]): make chunks smaller, or raise the limit.
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.memory_limit = bytes;
        self
    }

    /// Shows a progress bar or not, on standard error, if that is a terminal (feature
    /// `progress`): tasks, rows read, MB/s read, time passed and time left. Default no.
    pub fn progress(mut self, show: bool) -> Self {
        self.progress = show;
        self
    }

    /// Records or not which task runs when and on which thread; with the feature `diagnostics`,
    /// CPU and memory use as well. Default no. It costs some 100 bytes a task.
    pub fn profile(mut self, record: bool) -> Self {
        self.profile = record;
        self
    }

    /// A folder in which the run leaves its progress, so that one which was interrupted or killed
    /// goes on from there when it is started again. Default none.
    ///
    /// What was kept there by an earlier run is not computed again, and the result has the same
    /// bits. All kept values need [lasting keys](crate::graph::Key::is_lasting): data in memory and
    /// data made by closures are to be named with [`Chunks::identified`](crate::Chunks::identified).
    pub fn checkpoint(mut self, checkpoint: Checkpoint) -> Self {
        self.checkpoint = Some(checkpoint);
        self
    }

    /// A cache of chunks on disk: those that took long to make are not made again, in the next
    /// epoch if they do not fit into memory meanwhile, in the next run, in the next process.
    /// Default none. The result has the same bits with it and without.
    pub fn chunk_cache(mut self, cache: ChunkCache) -> Self {
        self.chunk_cache = Some(cache);
        self
    }

    /// Shows its runs from now on to this watcher.
    #[cfg(feature = "dashboard")]
    pub(crate) fn set_watcher(&mut self, watcher: Arc<dyn Watcher>) {
        self.watcher = Some(WatchedBy(watcher));
    }

    /// Tells what computing all handles together would do. Runs nothing.
    ///
    /// # Errors
    /// Those that are known before anything runs, such as an invalid parameter.
    pub fn explain<C: Compute>(&self, targets: C) -> Result<Explanation> {
        watched(move || {
            let mut nodes = Targets::default();
            targets.targets(&mut nodes);
            let plan = self.plan(&nodes, &HashSet::new())?;
            Ok(Explanation::new(&plan, nodes.nodes(), self.memory_limit))
        })
    }

    /// Computes all handles together: tasks with equal keys run once.
    ///
    /// # Errors
    /// The first error (or panic) of any task, naming its task, chunk and file; a checkpoint that
    /// cannot be written. The run stops there, and its threads have ended when this returns.
    ///
    /// A panic in any code of yours that a run needs is an error of its task: in functions of tasks, in predicates, in
    /// `Footprint`, `Clone`, `Drop`, in codecs and whatever else values are asked to do. `Drop` counts for values, and
    /// for functions whose last handle goes to the run; one that you drop yourself panics where you do. Two panics at
    /// once (a value whose `Drop` panics, dropped by a panic within your function; a list of several such values) end
    /// the process, as Rust has it.
    pub fn compute<C: Compute>(&self, targets: C) -> Result<C::Output> {
        Ok(self.run(targets)?.values)
    }

    /// Computes all handles together, and tells what ran.
    ///
    /// # Errors
    /// As [`compute`](Self::compute).
    pub fn run<C: Compute>(&self, targets: C) -> Result<Run<C::Output>> {
        watched(move || self.run_watched(targets))
    }

    fn run_watched<C: Compute>(&self, targets: C) -> Result<Run<C::Output>> {
        let mut nodes = Targets::default();
        targets.targets(&mut nodes);
        self.checkpoint.as_ref().map_or(Ok(()), Checkpoint::open)?;
        self.chunk_cache.as_ref().map_or(Ok(()), ChunkCache::open)?;
        let mut lost = HashSet::new();
        loop {
            let plan = self.plan(&nodes, &lost)?;
            match self.run_plan(&plan, &nodes)? {
                Ended::Done(ran) => return self.collect(targets, &nodes, &plan, ran),
                // Another process has replaced them, say: what was done since then is kept.
                Ended::Lost(keys) => lost.extend(keys),
            }
        }
    }

    fn plan(&self, nodes: &Targets, lost: &HashSet<Key>) -> Result<Plan> {
        Plan::new(nodes.nodes(), self.checkpoint.as_ref(), self.chunk_cache.as_ref(), lost)
    }

    fn collect<C: Compute>(&self, targets: C, nodes: &Targets, plan: &Plan, ran: Ran) -> Result<Run<C::Output>> {
        let explanation = self.profile.then(|| Explanation::new(plan, nodes.nodes(), self.memory_limit));
        let Ran { values, summary, notes, samples } = ran;
        let records = |explanation| {
            let figures = profile::figures(plan, &notes);
            Profile { plan: explanation, records: profile::records(plan, notes), samples, figures }
        };
        let profile = explanation.map(records);
        let mut results = Results::new(nodes, values)?;
        let values = caught(|| Ok(targets.extract(&mut results)));
        let left = results.discard();
        let values = values?;
        left?;
        Ok(Run { values, summary, profile })
    }

    fn thread_count(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        if self.threads == 0 { cores() } else { self.threads }
    }

    fn run_plan(&self, plan: &Plan, nodes: &Targets) -> Result<Ended> {
        plan.check_sizes(self.memory_limit)?;
        let threads = self.thread_count();
        let scheduler = Scheduler::new(plan, self.memory_limit, threads);
        let run_checkpoint = self.checkpoint.as_ref().map(|checkpoint| RunCheckpoint::new(checkpoint, plan));
        let run_cache = self.chunk_cache.as_ref().map(|cache| RunCache::new(cache, plan.cached_keys()));
        let started = Instant::now();
        let cancelled = Arc::<AtomicBool>::default();
        let flag = cancelled.clone();
        let observers = Observers::begin(&Beginning {
            runtime: self,
            plan,
            explanation: &|| Explanation::new(plan, nodes.nodes(), self.memory_limit),
            started,
            threads,
            memory_limit: self.memory_limit,
            cancel: Some(Arc::new(move || flag.store(true, Relaxed))),
        });
        let watched = (observers, cancelled, self.profile);
        let execution = Execution::new(plan, (scheduler, threads), (run_checkpoint, run_cache), watched, started);
        let worked = if execution.is_done() { Ok(()) } else { work(&execution, threads) };
        let elapsed = started.elapsed();
        let (Shared { scheduler, stages, mut warnings, lost, notes, accounts, .. }, observers) = execution.close();
        let results = match worked {
            Err(error) if lost.is_empty() => scheduler.into_failure(error),
            _ => scheduler.into_results(),
        };
        let samples = observers.finish(results.as_ref().err());
        if !lost.is_empty() {
            // The run begins anew, whatever else came of this one.
            return Ok(Ended::Lost(lost));
        }
        let (values, peak_bytes) = results?;
        warnings.extend(plan.warnings());
        // Tasks end in any order; ranks do not depend on it.
        warnings.sort_by_key(|(rank, _)| *rank);
        let warnings = warnings.into_iter().map(|(_, warning)| warning).collect();
        let summary = Summary { stages, threads, elapsed, peak_bytes, warnings, accounts };
        Ok(Ended::Done(Ran { values, summary, notes, samples }))
    }
}

/// Does all work, on a pool of its own, so that a task which uses rayon itself stays within these threads; a scoped one,
/// so that all of them have ended when this returns.
///
/// # Errors
/// The threads could not be started; a panic in something that a task has spawned and did not wait for.
fn work(execution: &Execution<'_>, workers: usize) -> Result<()> {
    let spawned = Arc::new(OnceLock::new());
    let told = spawned.clone();
    rayon::ThreadPoolBuilder::new()
        .num_threads(workers + 1)
        .thread_name(|i| format!("chunkfit-{i}"))
        .panic_handler(move |payload| drop(told.set(panics::message(payload))))
        .build_scoped(
            |thread| thread.run(),
            |pool| {
                caught(|| {
                    execution.run_all(pool);
                    Ok(())
                })
            },
        )
        .unwrap_or_else(|error| Err(Error::new(ErrorKind::Io { action: "start threads" }).caused_by(error)))?;
    match spawned.get() {
        Some(message) => Err(panics::panicked(message.clone()).in_task("rayon::spawn")),
        None => Ok(()),
    }
}

/// The end of a run of a plan that did not fail.
enum Ended {
    Done(Ran),
    /// The values of these tasks were not to be had from the checkpoint after all.
    Lost(Vec<Key>),
}

/// The values and observations of a run of a plan.
struct Ran {
    values: Vec<Value>,
    summary: Summary,
    /// By thread.
    notes: Vec<Vec<Note>>,
    samples: Vec<Sample>,
}
