//! Locks, condition variables, atomics, the clock and the memory that decide who does what: those of the standard library
//! and of the process.
//!
//! In the library's own tests they are wrappers with the same interface. On ordinary threads these do what the standard
//! library does; on the threads of a simulation it decides which thread goes on, and what the time is.

#[cfg(test)]
mod atomic;
#[cfg(test)]
mod lock;
#[cfg(test)]
pub(in crate::graph) mod simulation;

#[cfg(not(test))]
mod standard {
    use std::time::Instant;

    pub(in crate::graph) use std::sync::atomic::AtomicBool;
    pub(in crate::graph) use std::sync::{Condvar, Mutex, MutexGuard};

    /// The time that decides what happens next.
    pub(in crate::graph) fn now() -> Instant {
        Instant::now()
    }

    /// The resident memory of the process, in bytes.
    pub(in crate::graph) fn resident_bytes() -> usize {
        crate::data::resident_bytes()
    }
}

/// The resident memory of the process: none, as that of a test is not its own.
#[cfg(test)]
pub(in crate::graph) fn resident_bytes() -> usize {
    0
}

#[cfg(test)]
pub(in crate::graph) use atomic::AtomicBool;
#[cfg(test)]
pub(in crate::graph) use lock::{Condvar, Mutex, MutexGuard};
#[cfg(test)]
pub(in crate::graph) use simulation::now;
#[cfg(not(test))]
pub(in crate::graph) use standard::{AtomicBool, Condvar, Mutex, MutexGuard, now, resident_bytes};
