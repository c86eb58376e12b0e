//! Workers of an engine: each takes the next task, runs it and hands in its value.
//!
//! A worker has a thread of the session's pool from the beginning to the end. One that finds nothing to start does what
//! tasks have given to rayon, and looks again now and then. So tasks begin at the bottom of a thread's stack only, never
//! within rayon: a thread that waits there, for another part of what it does a part of, would hold that up, and its new
//! task might want a lock that is held until all parts are done. There is a thread more than workers, which does
//! nothing but what tasks give to rayon: where all tasks wait for what they have spawned, it is free to do that.

use std::cell::Cell;
use std::ptr;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use rayon::Yield;

use super::engine::{Engine, Shared};
use super::execution::{Executed, Watched};
use super::node::Failed;
use super::outcome::Outcome;
use super::panics;
use super::scheduler::{Job, TaskId};
use super::sync::{self, MutexGuard, resident_bytes};

/// The time that a worker may go without looking for what others have given to all threads of the pool.
const ATTENTION: Duration = Duration::from_micros(200);

/// The time between two readings of the resident memory, each of which takes some microseconds.
const READING: Duration = Duration::from_millis(4);

/// The time that a worker without a task rests before it looks for what tasks have given to rayon: at first, and at
/// last.
const REST: (Duration, Duration) = (Duration::from_micros(50), Duration::from_millis(10));

thread_local! {
    /// The engine that this thread works for.
    static WORKS_FOR: Cell<*const Engine> = const { Cell::new(ptr::null()) };
}

impl Engine {
    /// True if the calling thread is a worker of this engine.
    pub(super) fn is_own_thread(&self) -> bool {
        WORKS_FOR.get() == ptr::from_ref(self)
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
            // What made room for the job goes before it runs.
            drop(self.tidy(shared));
            let end;
            (shared, end) = self.take_turn(job, worker, &run);
            shared.read_memory(end);
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
        let (id, moved, submission, again) = (job.id, job.moved, job.submission, job.again);
        let (node, mut kept) = (job.node.clone(), job.keeps.len());
        let mut executed = self.execute(&node, job, worker, run);
        executed.show(&node, again, worker, run);
        let end = executed.end;
        let mut shared = self.lock();
        // Submissions that have joined meanwhile may want it in other slots of the checkpoint.
        while let (Some(value), Some(keeps)) = (executed.outcome.value(), shared.scheduler.keeps_beyond(id, kept)) {
            drop(shared);
            kept += keeps.len();
            let written = self.keep(&node, &keeps, value);
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
}

impl Shared {
    /// Gives the scheduler the resident memory of the process, now and then.
    fn read_memory(&mut self, now: Instant) {
        if self.memory_read.is_none_or(|read| now.saturating_duration_since(read) >= READING) {
            self.memory_read = Some(now);
            self.scheduler.note_resident(resident_bytes());
        }
    }
}
