//! `Runtime`: runs graphs with a number of threads and a memory limit.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use super::checkpoint::Checkpoint;
use super::chunk_cache::ChunkCache;
use super::compute::{Asked, Asking, Compute, Targets};
use super::explain::Explanation;
use super::memory::ProcessMemory;
#[cfg(feature = "dashboard")]
use super::observers::live::{WatchedBy, Watcher};
use super::panics::caught;
use super::plan::Plan;
use super::run::{Observed, Run};
use super::session::Session;
use super::teardown::watched;
use crate::data::allowed_bytes;
use crate::error::Result;

/// The settings of a run, and the way to start it.
///
/// The result does not depend on any of it: the bits are the same for any number of threads and
/// any memory limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    threads: usize,
    pub(super) memory_limit: usize,
    pub(super) progress: bool,
    pub(super) profile: bool,
    pub(super) checkpoint: Option<Checkpoint>,
    pub(super) chunk_cache: Option<ChunkCache>,
    #[cfg(feature = "dashboard")]
    pub(super) watcher: Option<WatchedBy>,
}

impl Default for Runtime {
    fn default() -> Self {
        Runtime {
            threads: 0,
            memory_limit: default_memory_limit(),
            progress: false,
            profile: false,
            checkpoint: None,
            chunk_cache: None,
            #[cfg(feature = "dashboard")]
            watcher: None,
        }
    }
}

/// The memory limit where nothing is known of the process.
const UNKNOWN_LIMIT: usize = 2 << 30;

/// Half of what the process may have: other processes, and this one's files in the system's cache, want some too. It is
/// found out once.
fn default_memory_limit() -> usize {
    static LIMIT: OnceLock<usize> = OnceLock::new();
    *LIMIT.get_or_init(|| allowed_bytes().map_or(UNKNOWN_LIMIT, |bytes| bytes / 2))
}

impl Runtime {
    /// One thread a core, half of the memory that the process may have, no progress bar, no profile, no checkpoint, no chunk
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

    /// The most bytes of memory that the process may have, about: its peak resident memory. Default: half of what the
    /// process may have by its control groups, by `ulimit -v` and by the machine's memory; 2 GiB where that is not known
    /// (only Linux says).
    ///
    /// Memory that the process had before the run comes off the limit, and so do models, results and all else that shows in
    /// its resident memory while it runs. The rest is for chunks, and for what tasks take while they run:
    /// [`explain`](Self::explain) states both. Chunks are read only while they fit, so scarce memory means fewer tasks at a
    /// time; one task runs always. Chunks needed again later (several epochs) are dropped and made again where they do not
    /// fit. Where the process has nearly as much as the limit, or more, 16 MiB are for chunks all the same, or the limit if
    /// that is less.
    ///
    /// A chunk that does not fit together with what it is made from, and nothing else, is an error
    /// ([`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge)), before it is read if its size is known: make chunks smaller,
    /// or raise the limit.
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
        self.explain_asked(&mut Asking::new(targets))
    }

    fn explain_asked(&self, asked: &mut dyn Asked) -> Result<Explanation> {
        watched(|| {
            let asked = Named::new(asked);
            let plan = Plan::new(&asked.targets, self.checkpoint.as_ref(), self.chunk_cache.as_ref(), &HashSet::new())?;
            Ok(Explanation::new(&plan, &asked.targets, ProcessMemory::now(self.memory_limit, self.thread_count())))
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
        let mut asking = Asking::new(targets);
        match self.run_asked(&mut asking) {
            Ok(observed) => Run::of(asking.values, observed),
            Err(error) => Err(error),
        }
    }

    fn run_asked(&self, asked: &mut dyn Asked) -> Result<Observed> {
        let observed = watched(|| {
            let mut named = Named::new(asked);
            let ran = Session::of_one(self)?.run(named.targets.clone())?;
            let Named { asked, targets } = &mut named;
            ran.collect(targets, &mut |results| asked.take_values(results))
        });
        observed.or_else(|error| {
            let dropped = caught(|| {
                asked.drop_values();
                Ok(())
            });
            dropped.and(Err(error))
        })
    }

    /// Starts a session with these settings: threads, a memory limit and values that several submissions share.
    ///
    /// # Errors
    /// The folder of the checkpoint or of the chunk cache cannot be made ready.
    pub fn session(&self) -> Result<Session> {
        Session::new(self)
    }

    pub(super) fn thread_count(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        if self.threads == 0 { cores() } else { self.threads }
    }
}

/// The handles to compute, and their targets. Dropped, it drops the handles.
struct Named<'a> {
    asked: &'a mut dyn Asked,
    targets: Arc<Targets>,
}

impl<'a> Named<'a> {
    fn new(asked: &'a mut dyn Asked) -> Self {
        let mut named = Named { asked, targets: Arc::default() };
        let mut targets = Targets::default();
        named.asked.name_targets(&mut targets);
        named.targets = Arc::new(targets);
        named
    }
}

impl Drop for Named<'_> {
    fn drop(&mut self) {
        self.asked.drop_targets();
    }
}
