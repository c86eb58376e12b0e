//! Engine of a session: the scheduler and the records of its submissions, under one lock; how submissions begin, are
//! cancelled and end.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use super::chunk_cache::RunCache;
use super::compute::Targets;
use super::explain::Explanation;
use super::key::Key;
use super::memory::ProcessMemory;
use super::node::Node;
use super::observers::{Beginning, Observers};
use super::panics;
use super::panics::caught;
use super::plan::Plan;
use super::promise::Promise;
use super::record::Record;
use super::run::Ran;
use super::run_checkpoint::RunCheckpoint;
use super::runtime::Runtime;
use super::scheduler::{Dropped, Ended, Garbage, Joined, LateKeep, Scheduler, SubmissionId};
use super::sync::{AtomicBool, Condvar, Mutex, MutexGuard};
use super::teardown::watched;
use crate::error::{Error, ErrorKind, Result};

/// The engine of a session.
pub(super) struct Engine {
    shared: Mutex<Shared>,
    /// There may be something to start, or nothing any more.
    pub(super) change: Condvar,
    settings: Runtime,
    memory: ProcessMemory,
    pub(super) checkpoint: Option<RunCheckpoint>,
    pub(super) cache: Option<RunCache>,
    /// The chunk cache could not be written: it is not tried again.
    pub(super) cache_closed: AtomicBool,
    /// The one outside of the graph that sees what is submitted from now on.
    #[cfg(feature = "dashboard")]
    pub(super) watcher: std::sync::Mutex<Option<super::observers::live::WatchedBy>>,
    /// The message of a panic in something that a task has spawned and did not wait for.
    spawned: Mutex<Option<String>>,
}

/// The state that is shared under the lock.
pub(super) struct Shared {
    pub(super) scheduler: Scheduler,
    /// The records of the submissions that are under way.
    pub(super) records: BTreeMap<SubmissionId, Record>,
    /// The number of workers that wait for a change.
    pub(super) resting: usize,
    /// The time of the last reading of the resident memory.
    pub(super) memory_read: Option<Instant>,
    /// Nothing begins any more.
    pub(super) closed: bool,
}

impl Engine {
    /// An engine with these settings. `open`: what is submitted may join what runs, and results are shared while they are
    /// held.
    ///
    /// # Errors
    /// The folder of the checkpoint or of the chunk cache cannot be made ready.
    pub(super) fn new(settings: &Runtime, open: bool) -> Result<Engine> {
        if let Some(checkpoint) = &settings.checkpoint {
            checkpoint.open()?;
        }
        if let Some(cache) = &settings.chunk_cache {
            cache.open()?;
        }
        let memory = ProcessMemory::now(settings.memory_limit, settings.thread_count());
        let scheduler = Scheduler::new(memory, settings.thread_count(), open);
        Ok(Engine {
            shared: Mutex::new(Shared {
                scheduler,
                records: BTreeMap::new(),
                resting: 0,
                memory_read: None,
                closed: false,
            }),
            change: Condvar::new(),
            checkpoint: settings.checkpoint.clone().map(RunCheckpoint::new),
            cache: settings.chunk_cache.clone().map(RunCache::new),
            #[cfg(feature = "dashboard")]
            watcher: std::sync::Mutex::new(settings.watcher.clone()),
            settings: settings.clone(),
            memory,
            cache_closed: AtomicBool::new(false),
            spawned: Mutex::new(None),
        })
    }

    pub(super) fn settings(&self) -> &Runtime {
        &self.settings
    }

    /// Submits targets. Their outcome comes to the promise: if they are refused, at once.
    ///
    /// True if there is something to do, for which workers are needed.
    pub(super) fn submit(self: &Arc<Self>, targets: Arc<Targets>, promise: &Arc<Promise>) -> bool {
        self.begin(targets, promise, HashSet::new())
    }

    /// Begins a submission. `lost`: the tasks whose values the checkpoint only seems to hold.
    fn begin(self: &Arc<Self>, targets: Arc<Targets>, promise: &Arc<Promise>, lost: HashSet<Key>) -> bool {
        let begun = caught(|| {
            let Runtime { checkpoint, chunk_cache, .. } = &self.settings;
            let plan = Plan::new(&targets, checkpoint.as_ref(), chunk_cache.as_ref(), &lost)?;
            plan.check_sizes(self.memory.budget())?;
            Ok(Arc::new(plan))
        });
        let plan = match begun {
            Ok(plan) => plan,
            Err(error) => {
                self.settle(promise, Err(error));
                return false;
            }
        };
        self.cache_closed.store(false, std::sync::atomic::Ordering::Relaxed);
        let slots = self.checkpoint.as_ref().map(|checkpoint| checkpoint.open_slots(&plan)).unwrap_or_default();
        if let Some(cache) = &self.cache {
            cache.want(plan.cached_keys());
        }
        let started = Instant::now();
        let observers = Arc::new(self.observers(&plan, &targets, promise, started));
        let profile = self.settings.profile;
        let mut record = Record::new(targets, promise.clone(), plan.clone(), (observers, profile), started, lost);
        let mut shared = self.lock();
        if shared.closed || promise.is_settled() {
            drop(shared);
            self.abandon(record);
            return false;
        }
        let Joined { id, late, warnings, there } = shared.scheduler.join(plan, &slots);
        promise.begin(id);
        record.warnings.extend(warnings);
        there.into_iter().for_each(|local| record.share(local));
        shared.records.insert(id, record);
        shared = self.tidy(shared);
        let is_busy = !shared.scheduler.is_idle();
        drop(shared);
        self.change.notify_all();
        self.keep_late(id, late);
        is_busy
    }

    /// Writes values to the checkpoint that are there for another submission already.
    fn keep_late(self: &Arc<Self>, id: SubmissionId, late: Vec<LateKeep>) {
        for LateKeep { node, value, keep } in late {
            let kept = self.keep(&node, &[keep], &value);
            let dropped = panics::discard(value);
            let error = kept.map(drop).and(dropped).map_err(|error| node.task.place(error)).err();
            let mut shared = self.lock();
            if let Some(error) = error {
                shared.scheduler.blame(id, 0, error);
            }
            shared.scheduler.kept(id);
            drop(self.tidy(shared));
        }
    }

    fn observers(
        self: &Arc<Self>,
        plan: &Plan,
        targets: &Targets,
        promise: &Arc<Promise>,
        started: Instant,
    ) -> Observers {
        let (engine, watched) = (Arc::downgrade(self), Arc::downgrade(promise));
        let cancel = move || {
            if let (Some(engine), Some(promise)) = (engine.upgrade(), watched.upgrade()) {
                engine.cancel(&promise);
            }
        };
        Observers::begin(&Beginning {
            runtime: &self.settings,
            plan,
            explanation: &|| Explanation::of_stages(plan, targets, self.memory),
            started,
            threads: self.settings.thread_count(),
            memory_limit: self.settings.memory_limit,
            cancel: Some(Arc::new(cancel)),
            #[cfg(feature = "dashboard")]
            watcher: self.watcher.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        })
    }

    /// Cancels what is under way for a promise. Threads are free at the next ends of their tasks; memory is, at once.
    pub(super) fn cancel(self: &Arc<Self>, promise: &Promise) {
        self.refuse(promise, Error::new(ErrorKind::Cancelled));
    }

    /// Cancels what is under way for a promise, with this error.
    pub(super) fn refuse(self: &Arc<Self>, promise: &Promise, error: Error) {
        let mut shared = self.lock();
        if promise.settle(Err(error)).is_some() {
            return;
        }
        let record = promise.submission().and_then(|id| {
            shared.scheduler.cancel(id);
            shared.records.remove(&id)
        });
        drop(self.tidy(shared));
        // There may be room for others.
        self.change.notify_all();
        if let Some(record) = record {
            self.abandon(record);
        }
        promise.wake();
    }

    /// Nobody has the results of a promise any more.
    pub(super) fn let_go(self: &Arc<Self>, promise: &Promise) {
        let Some(id) = promise.submission() else { return };
        let mut shared = self.lock();
        shared.scheduler.let_go(id);
        drop(self.tidy(shared));
        self.change.notify_all();
    }

    /// The number of tasks of a promise's submission that have ended, and of those that are left.
    pub(super) fn progress(&self, promise: &Promise) -> Option<(usize, usize)> {
        let id = promise.submission()?;
        self.lock().scheduler.progress(id)
    }

    /// Ends the workers, and cancels what is under way.
    pub(super) fn close(self: &Arc<Self>) {
        let mut shared = self.lock();
        shared.closed = true;
        let promises: Vec<Arc<Promise>> = shared.records.values().map(|record| record.promise.clone()).collect();
        drop(shared);
        self.change.notify_all();
        promises.iter().for_each(|promise| self.cancel(promise));
    }

    /// All that it holds, and the counts that do not agree.
    #[cfg(test)]
    pub(super) fn audit(&self) -> (super::scheduler::Audit, Vec<String>) {
        let shared = self.lock();
        let audit = super::scheduler::Audit { records: shared.records.len(), ..shared.scheduler.audit() };
        (audit, shared.scheduler.contradictions())
    }

    /// Notes a panic in something that a task has spawned and did not wait for.
    pub(super) fn note_spawned_panic(&self, message: String) {
        self.spawned.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(message);
    }

    /// The error of such a panic, if there was one.
    pub(super) fn take_spawned_panic(&self) -> Option<Error> {
        let message = self.spawned.lock().unwrap_or_else(PoisonError::into_inner).take();
        message.map(|message| panics::panicked(message).in_task("rayon::spawn"))
    }

    /// Drops what is not needed any more, and settles the promises of submissions that have ended: all outside the lock.
    pub(super) fn tidy<'e>(self: &'e Arc<Self>, mut shared: MutexGuard<'e, Shared>) -> MutexGuard<'e, Shared> {
        loop {
            let garbage = shared.scheduler.take_garbage();
            if !garbage.is_empty() {
                drop(shared);
                let (dropped, _) = discard(garbage);
                shared = self.lock();
                shared.note_dropped(dropped);
                continue;
            }
            let Some(id) = shared.scheduler.take_ended() else { return shared };
            let hold = !shared.closed;
            let (ended, record) = (shared.scheduler.finish(id, hold), shared.records.remove(&id));
            let garbage = shared.scheduler.take_garbage();
            drop(shared);
            let (dropped, nodes) = discard(garbage);
            // Of its own values the first panic is its failure; others' go to them.
            let is_own = |dropped: &Dropped| dropped.blamed.is_none_or(|(owner, _)| owner == id);
            let (own, others): (Vec<_>, Vec<_>) = dropped.into_iter().partition(is_own);
            let own = own.into_iter().find_map(|dropped| dropped.error).or(nodes);
            if let (Some(mut ended), Some(record)) = (ended, record) {
                if let (Ok(_), Some(error)) = (&ended.outcome, own) {
                    let values = std::mem::replace(&mut ended.outcome, Err(error));
                    drop(values.map(panics::discard_all));
                }
                self.conclude(id, record, ended);
            }
            // It may have left room for others.
            self.change.notify_all();
            shared = self.lock();
            shared.note_dropped(others);
        }
    }

    /// A submission has ended: it begins anew where the checkpoint has misled it, and else its promise is settled.
    fn conclude(self: &Arc<Self>, id: SubmissionId, record: Record, ended: Ended) {
        let Ended { plan, outcome, lost, peak } = ended;
        if let Some(cache) = &self.cache {
            cache.unwant(&plan.cached_keys());
        }
        if !lost.is_empty() {
            // Whatever else came of it. Another process has replaced them, say: what was done since then is kept.
            record.observers.finish(outcome.as_ref().err());
            drop(outcome.map(panics::discard_all));
            let Record { targets, promise, lost: mut all, .. } = record;
            all.extend(lost);
            self.begin(targets, &promise, all);
            return;
        }
        let outcome = outcome.and_then(|values| match self.take_spawned_panic() {
            Some(error) => panics::discard_all(values).and(Err(error)),
            None => Ok(values),
        });
        let promise = record.promise.clone();
        let samples = record.observers.finish(outcome.as_ref().err());
        let ran = match outcome {
            Ok(values) => Ok(record.into_ran(values, self.settings.thread_count(), (self.memory, peak), samples)),
            Err(error) => {
                drop_quietly(record);
                Err(error)
            }
        };
        drop_quietly(plan);
        if let Some(unwanted) = promise.settle(ran) {
            // It was cancelled just now.
            drop(unwanted.map(Ran::discard));
            let mut shared = self.lock();
            shared.scheduler.let_go(id);
            drop(self.tidy(shared));
        }
        promise.wake();
    }

    /// A submission that has not begun, or was cancelled.
    fn abandon(&self, record: Record) {
        let error = Error::new(ErrorKind::Cancelled);
        record.observers.finish(Some(&error));
        if let Some(cache) = &self.cache {
            cache.unwant(&record.plan.cached_keys());
        }
        self.settle(&record.promise, Err(error));
        drop_quietly(record);
    }

    fn settle(&self, promise: &Promise, outcome: Result<Ran>) {
        if promise.settle(outcome).is_none() {
            promise.wake();
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Shared> {
        // No code that can panic runs under the lock but our own, and predicates, whose panics are caught.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn note_dropped(&mut self, dropped: Vec<Dropped>) {
        dropped.into_iter().for_each(|dropped| self.scheduler.dropped(dropped));
    }
}

/// Drops values one after the other, and the nodes. Gives what came of each, and the first panic of the nodes.
fn discard(garbage: Vec<Garbage>) -> (Vec<Dropped>, Option<Error>) {
    let mut of_nodes = None;
    let drop_one = |Garbage { node, value, blamed }| {
        let error = panics::discard(value).map_err(|error| node.task.place(error)).err();
        of_nodes = of_nodes.take().or(drop_node(node));
        Dropped { blamed, error }
    };
    let dropped = garbage.into_iter().map(drop_one).collect();
    (dropped, of_nodes)
}

/// Drops a node. If nobody else has it, what it holds goes, too: gives the panic of that.
fn drop_node(node: Arc<Node>) -> Option<Error> {
    let node = Arc::into_inner(node)?;
    watched(|| {
        drop(node);
        Ok(())
    })
    .err()
}

/// Drops what holds nodes. Panics of what they hold are nobody's.
fn drop_quietly(holder: impl Sized) {
    drop(watched(|| {
        drop(holder);
        Ok(())
    }));
}
