//! A mutex and a condition variable that a simulation can schedule.
//!
//! The data lies in a mutex of the standard library, so that poisoning is the real thing. Of the threads of a simulation
//! one runs at a time: `try_lock` tells whether another holds the lock.

#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{self, LockResult, PoisonError, TryLockError};
use std::time::Duration;

use super::simulation::{self, Blocked};

/// [`std::sync::Mutex`] for ordinary threads and for those of a simulation.
#[derive(Default)]
pub(in crate::graph) struct Mutex<T>(sync::Mutex<T>);

/// [`std::sync::MutexGuard`] of such a mutex.
pub(in crate::graph) struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
    /// There until it is dropped.
    guard: Option<sync::MutexGuard<'a, T>>,
}

#[allow(dead_code)] // the interface of the standard library, as far as anybody may need it
impl<T> Mutex<T> {
    pub(in crate::graph) const fn new(value: T) -> Self {
        Mutex(sync::Mutex::new(value))
    }

    pub(in crate::graph) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        simulation::yield_now();
        self.acquire()
    }

    pub(in crate::graph) fn into_inner(self) -> LockResult<T> {
        self.0.into_inner()
    }

    pub(in crate::graph) fn get_mut(&mut self) -> LockResult<&mut T> {
        self.0.get_mut()
    }

    fn acquire(&self) -> LockResult<MutexGuard<'_, T>> {
        let own = |guard| MutexGuard { mutex: self, guard: Some(guard) };
        let poisoned = |error: PoisonError<_>| PoisonError::new(own(error.into_inner()));
        if !simulation::is_simulated() {
            return self.0.lock().map(own).map_err(poisoned);
        }
        loop {
            match self.0.try_lock() {
                Ok(guard) => return Ok(own(guard)),
                Err(TryLockError::Poisoned(error)) => return Err(poisoned(error)),
                Err(TryLockError::WouldBlock) => simulation::block(Blocked::Lock(self.address())),
            }
        }
    }

    fn address(&self) -> usize {
        (&raw const *self).addr()
    }
}

impl<T: fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.guard.as_ref().unwrap()
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.guard.as_mut().unwrap()
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if self.guard.take().is_some() {
            simulation::unblock_all(Blocked::Lock(self.mutex.address()));
        }
    }
}

/// [`std::sync::Condvar`] for ordinary threads and for those of a simulation.
#[derive(Debug, Default)]
pub(in crate::graph) struct Condvar {
    inner: sync::Condvar,
}

/// The result of a wait: true if its time was over.
pub(in crate::graph) struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    pub(in crate::graph) fn timed_out(&self) -> bool {
        self.0
    }
}

#[allow(dead_code)] // the interface of the standard library, as far as anybody may need it
impl Condvar {
    pub(in crate::graph) const fn new() -> Self {
        Condvar { inner: sync::Condvar::new() }
    }

    pub(in crate::graph) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        if simulation::is_simulated() {
            return self.wait_simulated(guard, None).map(|(guard, _)| guard).map_err(|error| {
                let (guard, _) = error.into_inner();
                PoisonError::new(guard)
            });
        }
        let (mutex, guard) = apart(guard);
        let own = |guard| MutexGuard { mutex, guard: Some(guard) };
        self.inner.wait(guard).map(own).map_err(|error| PoisonError::new(own(error.into_inner())))
    }

    pub(in crate::graph) fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        if simulation::is_simulated() {
            return self.wait_simulated(guard, Some(timeout));
        }
        let (mutex, guard) = apart(guard);
        let own = |(guard, result): (_, sync::WaitTimeoutResult)| {
            (MutexGuard { mutex, guard: Some(guard) }, WaitTimeoutResult(result.timed_out()))
        };
        let waited = self.inner.wait_timeout(guard, timeout);
        waited.map(own).map_err(|error| PoisonError::new(own(error.into_inner())))
    }

    pub(in crate::graph) fn notify_one(&self) {
        if simulation::is_simulated() {
            simulation::yield_now();
            simulation::unblock_one(self.blocked());
        } else {
            self.inner.notify_one();
        }
    }

    pub(in crate::graph) fn notify_all(&self) {
        if simulation::is_simulated() {
            simulation::yield_now();
            simulation::unblock_all(self.blocked());
        } else {
            self.inner.notify_all();
        }
    }

    fn wait_simulated<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Option<Duration>,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let mutex = guard.mutex;
        simulation::yield_now();
        // No other thread goes on between these two.
        drop(guard);
        let timed_out = simulation::block_until(self.blocked(), timeout);
        let own = |guard| (guard, WaitTimeoutResult(timed_out));
        mutex.acquire().map(own).map_err(|error| PoisonError::new(own(error.into_inner())))
    }

    fn blocked(&self) -> Blocked {
        Blocked::Condition((&raw const *self).addr())
    }
}

fn apart<'a, T>(mut guard: MutexGuard<'a, T>) -> (&'a Mutex<T>, sync::MutexGuard<'a, T>) {
    (guard.mutex, guard.guard.take().unwrap())
}
