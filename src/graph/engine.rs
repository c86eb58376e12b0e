//! Engine of a session: worker threads that take the next task, run it and hand in its value, and the state they share.
//!
//! Each worker has a thread of the session's pool from the beginning to the end. One that finds nothing to start does what
//! tasks have given to rayon, and looks again now and then. So tasks begin at the bottom of a thread's stack only, never
//! within rayon: a thread that waits there, for another part of what it does a part of, would hold that up, and its new
//! task might want a lock that is held until all parts are done. There is a thread more than workers, which does
//! nothing but what tasks give to rayon: where all tasks wait for what they have spawned, it is free to do that.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};
use std::ptr;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use rayon::Yield;

use super::chunk_cache::RunCache;
use super::compute::Targets;
use super::execution::{Executed, Watched};
use super::explain::Explanation;
use super::key::Key;
use super::node::{Failed, Node};
use super::observers::{Beginning, Observers};
use super::outcome::Outcome;
use super::panics;
use super::panics::caught;
use super::plan::Plan;
use super::promise::Promise;
use super::record::Record;
use super::run::Ran;
use super::run_checkpoint::RunCheckpoint;
use super::runtime::Runtime;
use super::scheduler::{Dropped, Ended, Garbage, Job, Joined, LateKeep, Scheduler, SubmissionId, TaskId};
use super::sync::{self, AtomicBool, Condvar, Mutex, MutexGuard};
use super::teardown::watched;
use crate::error::{Error, ErrorKind, Result};

/// The time that a worker may go without looking for what others have given to all threads of the pool.
const ATTENTION: Duration = Duration::from_micros(200);

/// The time that a worker without a task rests before it looks for what tasks have given to rayon: at first, and at
/// last.
const REST: (Duration, Duration) = (Duration::from_micros(50), Duration::from_millis(10));

thread_local! {
    /// The engine that this thread works for.
    static WORKS_FOR: Cell<*const Engine> = const { Cell::new(ptr::null()) };
}

/// The engine of a session.
pub(super) struct Engine {
    shared: Mutex<Shared>,
    /// There may be something to start, or nothing any more.
    change: Condvar,
    settings: Runtime,
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
struct Shared {
    scheduler: Scheduler,
    /// What is noted of the submissions that are under way.
    records: BTreeMap<SubmissionId, Record>,
    /// The number of workers that wait for a change.
    resting: usize,
    /// Nothing begins any more.
    closed: bool,
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
        let scheduler = Scheduler::new(settings.memory_limit, settings.thread_count(), open);
        Ok(Engine {
            shared: Mutex::new(Shared { scheduler, records: BTreeMap::new(), resting: 0, closed: false }),
            change: Condvar::new(),
            checkpoint: settings.checkpoint.clone().map(RunCheckpoint::new),
            cache: settings.chunk_cache.clone().map(RunCache::new),
            #[cfg(feature = "dashboard")]
            watcher: std::sync::Mutex::new(settings.watcher.clone()),
            settings: settings.clone(),
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
            let Runtime { checkpoint, chunk_cache, memory_limit, .. } = &self.settings;
            let plan = Plan::new(targets.nodes(), checkpoint.as_ref(), chunk_cache.as_ref(), &lost)?;
            plan.check_sizes(*memory_limit)?;
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
            let kept = caught(|| match &self.checkpoint {
                Some(checkpoint) => checkpoint.keep(&node, &[keep], &value),
                None => Ok(false),
            });
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
            explanation: &|| Explanation::of_stages(plan, targets.nodes(), self.settings.memory_limit),
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
        if promise.settle(Err(error)).is_err() {
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

    /// True if the calling thread is a worker of this engine.
    pub(super) fn is_own_thread(&self) -> bool {
        WORKS_FOR.get() == ptr::from_ref(self)
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

    /// One worker, from the first task to the last.
    pub(super) fn work(self: &Arc<Self>, worker: usize) {
        WORKS_FOR.set(ptr::from_ref(&**self));
        if let Err(message) = panics::catch(|| self.take_turns(worker)) {
            // No code of a user's runs unguarded: it is a fault of this crate. What waits learns of it.
            self.note_spawned_panic(message);
            self.close();
        }
        WORKS_FOR.set(ptr::null());
    }

    fn take_turns(self: &Arc<Self>, worker: usize) {
        let (mut attended, mut rest) = (sync::now(), REST.0);
        let mut shared = self.lock();
        while !shared.closed {
            let Some(job) = shared.scheduler.next() else {
                shared = self.rest(shared, &mut rest);
                continue;
            };
            rest = REST.0;
            if shared.resting > 0 && shared.scheduler.backlog() > 0 {
                self.change.notify_one();
            }
            let run = shared.records[&job.submission].watched(job.local);
            drop(shared);
            let end;
            (shared, end) = self.take_turn(job, worker, &run);
            if end - attended > ATTENTION {
                attended = end;
                drop(shared);
                // A task of another worker may have given something to every thread, and wait for it.
                rayon::yield_local();
                shared = self.lock();
            }
        }
    }

    /// One job, from its start to its end.
    fn take_turn<'e>(self: &'e Arc<Self>, job: Job, worker: usize, run: &Watched) -> (MutexGuard<'e, Shared>, Instant) {
        let (submission, again, node) = (job.submission, job.again, job.node.clone());
        let ((id, moved), mut kept) = (job.receipt(), job.keeps.len());
        let mut executed = self.execute(&node, job, worker, run);
        executed.show(&node, again, worker, run);
        let end = executed.end;
        let mut shared = self.lock();
        // Submissions that have joined meanwhile may want it in other slots of the checkpoint.
        while let (Some(value), Some(keeps)) = (executed.outcome.value(), shared.scheduler.keeps_beyond(id, kept)) {
            drop(shared);
            kept += keeps.len();
            let written = caught(|| match &self.checkpoint {
                Some(checkpoint) => checkpoint.keep(&node, &keeps, value),
                None => Ok(false),
            });
            if let (Err(error), Some(value)) = (written, executed.outcome.value().cloned()) {
                executed.outcome = Outcome::not_kept(node.task.place(error), value);
            }
            shared = self.lock();
        }
        if let Some(owner) = shared.scheduler.payer(id).filter(|&(owner, _)| owner != submission) {
            // The run that it was for was cancelled, and another goes on with it.
            let run = shared.records[&owner.0].watched(owner.1);
            drop(shared);
            executed.show(&node, again, worker, &run);
            shared = self.lock();
        }
        self.hand_in(&mut shared, (id, moved), (worker, again), executed);
        if !run.observers.is_empty() {
            run.observers.memory(shared.scheduler.held_bytes());
        }
        shared.scheduler.give_back(id, node);
        (self.tidy(shared), end)
    }

    /// Hands the outcome of a job to the scheduler, and notes it where it belongs.
    fn hand_in(
        &self,
        shared: &mut Shared,
        (id, moved): (TaskId, usize),
        (worker, again): (usize, bool),
        mut executed: Executed,
    ) {
        let Shared { scheduler, records, .. } = shared;
        let warnings = std::mem::take(&mut executed.measures.warnings);
        if !warnings.is_empty() {
            for (owner, local) in scheduler.owners(id) {
                if let Some(record) = records.get_mut(&owner) {
                    record.warn(local, &warnings);
                }
            }
            scheduler.keep_warnings(id, warnings);
        }
        let is_made = executed.outcome.value().is_some();
        for (place, (owner, local)) in scheduler.owners(id).enumerate() {
            let Some(record) = records.get_mut(&owner) else { continue };
            match place {
                // It has run for the first.
                0 => record.note(local, (worker, again), &mut executed),
                _ if is_made => record.share(local),
                _ => {}
            }
        }
        let bytes = executed.measures.bytes;
        match executed.outcome {
            Outcome::Made { value, cached, .. } => {
                let is_cached = match cached {
                    Ok(is_cached) => is_cached,
                    Err(error) => {
                        scheduler.throw_away(id, Arc::new(Failed(error)));
                        false
                    }
                };
                scheduler.complete(id, moved, value, bytes, is_cached);
            }
            Outcome::Restored(value) | Outcome::Loaded(value) => scheduler.complete(id, moved, value, bytes, false),
            Outcome::Failed(error) => scheduler.fail(id, moved, error, true),
            Outcome::Stopped(error, value) => {
                scheduler.throw_away(id, value);
                scheduler.fail(id, moved, error, false);
            }
            Outcome::Missed => scheduler.missed(id, moved),
            Outcome::Lost(error) => scheduler.lose(id, moved, error),
        }
    }

    /// Drops what is not needed any more, and settles the promises of submissions that have ended: all outside the lock.
    fn tidy<'e>(self: &'e Arc<Self>, mut shared: MutexGuard<'e, Shared>) -> MutexGuard<'e, Shared> {
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
        let outcome = match outcome {
            Ok(values) => match self.take_spawned_panic() {
                Some(error) => panics::discard_all(values).and(Err(error)),
                None => Ok(values),
            },
            Err(error) => Err(error),
        };
        let promise = record.promise.clone();
        let samples = record.observers.finish(outcome.as_ref().err());
        let ran = match outcome {
            Ok(values) => Ok(record.into_ran(values, self.settings.thread_count(), peak, samples)),
            Err(error) => {
                drop_quietly(record);
                Err(error)
            }
        };
        drop_quietly(plan);
        if promise.settle(ran).is_err() {
            // It was cancelled just now.
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
        if record.promise.settle(Err(error)).is_ok() {
            record.promise.wake();
        }
        drop_quietly(record);
    }

    fn settle(&self, promise: &Promise, outcome: Result<Ran>) {
        if promise.settle(outcome).is_ok() {
            promise.wake();
        }
    }

    /// A worker that has found nothing to start waits for a change; if none comes, it does what tasks have given to
    /// rayon. It looks for that soon at first, then ever more rarely.
    fn rest<'e>(&'e self, mut shared: MutexGuard<'e, Shared>, rest: &mut Duration) -> MutexGuard<'e, Shared> {
        shared.resting += 1;
        if shared.scheduler.is_idle() {
            let mut shared = self.change.wait(shared).unwrap_or_else(PoisonError::into_inner);
            shared.resting -= 1;
            return shared;
        }
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

    fn lock(&self) -> MutexGuard<'_, Shared> {
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
