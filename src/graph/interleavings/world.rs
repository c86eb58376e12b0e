//! Worlds: a universe of tasks, a session's settings, and the checks of all that comes out of submissions.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::items::Item;
use super::twin::{self, Ends};
use super::universe::{Climate, Limit, Universe, failed_task};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::scheduler::Audit;
use crate::graph::sync::simulation::{self, Random};
use crate::graph::{Checkpoint, ChunkCache, Future, Lazy, Runtime, Session};

/// All that the threads of one seed share.
pub(super) struct World {
    pub(super) universe: Universe,
    contents: Vec<Result<u64, usize>>,
    climate: Climate,
    files: Option<tempfile::TempDir>,
    pub(super) workers: usize,
    /// The session is dropped while submissions are under way.
    pub(super) closes_early: bool,
    /// All is submitted before the first task begins.
    pub(super) gated: bool,
    /// By task, the number of submissions that have it.
    submitted: Mutex<Vec<usize>>,
    handles: Vec<Lazy<Item>>,
    submissions: AtomicUsize,
}

/// A future, how it may end, and whether somebody has cancelled it.
#[derive(Clone)]
pub(super) struct Open {
    pub(super) number: usize,
    pub(super) future: Future<Vec<Item>>,
    pub(super) ends: Arc<Ends>,
    pub(super) cancelled: Arc<AtomicBool>,
}

impl World {
    pub(super) fn new(random: &mut Random) -> World {
        let climate =
            random.choose(&[Climate::Fair, Climate::Fair, Climate::Failures, Climate::Failures, Climate::Bombs]);
        let files = random.one_in(20).then(|| tempfile::tempdir().unwrap());
        let universe = Universe::new(random, climate, files.is_some());
        let contents = twin::contents(&universe);
        for (task, spec) in universe.specs.iter().enumerate() {
            simulation::note(|| format!("task {task}: {spec:?}, {:?}", contents[task]));
        }
        let world = World {
            submitted: Mutex::new(vec![0; universe.specs.len()]),
            handles: universe.handles(),
            universe,
            contents,
            climate,
            files,
            workers: 1 + random.below(3) as usize,
            closes_early: random.one_in(4),
            gated: random.one_in(4),
            submissions: AtomicUsize::new(0),
        };
        simulation::note(|| {
            let World { climate, workers, closes_early, gated, .. } = &world;
            let (limit, files) = (world.universe.limit, world.files.is_some());
            format!("{climate:?}, {workers} workers, {limit:?}, files {files}, early end {closes_early}, gated {gated}")
        });
        world
    }

    pub(super) fn runtime(&self) -> Runtime {
        let runtime = Runtime::new().threads(self.workers).memory_limit(self.universe.limit.bytes());
        match &self.files {
            Some(folder) => runtime
                .checkpoint(Checkpoint::new(folder.path().join("checkpoint")))
                .chunk_cache(ChunkCache::new(folder.path().join("cache"))),
            None => runtime,
        }
    }

    /// Random targets; in a world with bombs, all different: two panics at once would end the process.
    pub(super) fn targets(&self, random: &mut Random) -> (Vec<Lazy<Item>>, Ends) {
        let all = self.universe.targets();
        let mut targets: Vec<usize> = (0..1 + random.below(3)).map(|_| random.choose(&all)).collect();
        if self.climate == Climate::Bombs {
            targets.sort_unstable();
            targets.dedup();
        }
        let ends = Ends::of(&self.universe, &self.contents, &targets);
        let mut submitted = self.submitted.lock().unwrap();
        ends.tasks.iter().for_each(|&task| submitted[task] += 1);
        drop(submitted);
        // The same nodes as others, or nodes of the same keys.
        let own = random.one_in(3).then(|| self.universe.handles());
        let handles = own.as_ref().unwrap_or(&self.handles);
        let chosen = targets.iter().map(|&target| handles[target].clone()).collect();
        simulation::note(|| format!("targets {targets:?}, nodes of its own {}", own.is_some()));
        (chosen, ends)
    }

    pub(super) fn submit(&self, session: &Session, random: &mut Random) -> Open {
        let (targets, ends) = self.targets(random);
        let number = self.submissions.fetch_add(1, Ordering::Relaxed);
        simulation::note(|| format!("submits {number}"));
        let future = session.submit(targets);
        Open { number, future, ends: Arc::new(ends), cancelled: Arc::new(AtomicBool::new(false)) }
    }

    /// True if a result may come of a submission.
    pub(super) fn check(&self, open: &Open, result: Result<Vec<Item>>) {
        let cancelled = self.closes_early || open.cancelled.load(Ordering::Relaxed);
        self.check_ends(open.number, &open.ends, cancelled, result);
    }

    pub(super) fn check_ends(&self, number: usize, ends: &Ends, cancelled: bool, result: Result<Vec<Item>>) {
        let items = match result {
            Ok(items) => items,
            Err(error) => return self.check_error(number, ends, cancelled, &error),
        };
        let found: Vec<u64> = items.iter().map(|item| item.content).collect();
        simulation::note(|| format!("{number} has ended well"));
        if Some(&found) != ends.contents.as_ref() {
            simulation::fail(&format!("submission {number} gives {found:?} instead of {:?}", ends.contents));
        }
        items.into_iter().for_each(|item| self.drop_carefully(item));
    }

    fn check_error(&self, number: usize, ends: &Ends, cancelled: bool, error: &Error) {
        simulation::note(|| format!("{number} has ended: {}", error.full_message()));
        let allowed = match error.kind() {
            ErrorKind::Cancelled => cancelled,
            ErrorKind::Panicked { message } if is_bomb(message) => self.climate == Climate::Bombs,
            ErrorKind::Panicked { .. } | ErrorKind::Estimator => ends.failures.contains(&failed_task(error)),
            _ => false,
        };
        if !allowed {
            simulation::fail(&format!("submission {number} fails: {}", error.full_message()));
        }
    }

    /// Does something in which values may be dropped or cloned, which may be bombs.
    pub(super) fn carefully<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(result) => Some(result),
            Err(payload) => {
                let is_known = payload.downcast_ref::<&str>().is_some_and(|text| is_bomb(text));
                if !(is_known && self.climate == Climate::Bombs) {
                    simulation::fail("a panic in a client");
                }
                None
            }
        }
    }

    pub(super) fn drop_carefully<T>(&self, value: T) {
        self.carefully(|| drop(value));
    }

    pub(super) fn has_bombs(&self) -> bool {
        self.climate == Climate::Bombs
    }

    /// The counts of a session agree with each other.
    pub(super) fn check_counts(&self, session: &Session) -> Audit {
        let (audit, contradictions) = session.audit();
        if !contradictions.is_empty() {
            simulation::fail(&format!("counts that do not agree: {contradictions:?}"));
        }
        let limit = self.universe.limit.bytes();
        if self.universe.exact && audit.bytes_held > limit {
            simulation::fail(&format!("{} bytes are held, more than {limit}", audit.bytes_held));
        }
        audit
    }

    /// Damages a file of the chunk cache or of the checkpoint, if there is one.
    pub(super) fn damage(&self, random: &mut Random) {
        let Some(folder) = &self.files else { return };
        let mut files = Vec::new();
        for part in ["checkpoint", "cache"] {
            let found = std::fs::read_dir(folder.path().join(part)).into_iter().flatten().flatten();
            files.extend(found.map(|file| file.path()).filter(|file| file.extension().is_some()));
        }
        files.sort();
        if !files.is_empty() {
            let file = &files[random.below(files.len() as u64) as usize];
            // It may have gone meanwhile.
            let _ = if random.one_in(2) { std::fs::remove_file(file) } else { std::fs::write(file, b"damaged") };
            simulation::note(|| "damages a file".into());
        }
    }

    /// No task has run more often than can be explained.
    pub(super) fn check_runs(&self) {
        let submitted = self.submitted.lock().unwrap().clone();
        for (task, submitted) in submitted.into_iter().enumerate() {
            let runs = self.universe.census.runs(task);
            let remade = self.universe.limit != Limit::Ample && self.handles[task].node.task.remakeable;
            // What the chunk cache seemed to hold may be made from values that were dropped for that.
            let explained = remade || self.files.is_some();
            let most = if self.gated { submitted.min(1) } else { submitted };
            if runs > most && !(explained && submitted > 0) {
                simulation::fail(&format!("task {task} ran {runs} times, for {submitted} submissions"));
            }
        }
    }

    /// Nothing is alive any more. The session and all futures are gone.
    pub(super) fn check_rest(self) {
        let World { universe, handles, climate, .. } = self;
        for handle in handles {
            if catch_unwind(AssertUnwindSafe(|| drop(handle))).is_err() && climate != Climate::Bombs {
                simulation::fail("a panic in the drop of a handle");
            }
        }
        let live = universe.census.live();
        if live > 0 {
            simulation::fail(&format!("{live} values are kept too long"));
        }
    }
}

fn is_bomb(message: &str) -> bool {
    matches!(message, "cloned" | "dropped")
}
