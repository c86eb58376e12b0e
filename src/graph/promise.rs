//! Promise: the place where the outcome of a submission is put, and where threads and async tasks wait for it.

use std::sync::PoisonError;
use std::task::Waker;
use std::time::Duration;

use super::panics;
use super::run::Ran;
use super::scheduler::SubmissionId;
use super::sync::{self, Condvar, Mutex, MutexGuard};
use crate::error::{Error, ErrorKind, Result};

/// The place for the outcome of a submission.
#[derive(Default)]
pub(super) struct Promise {
    state: Mutex<State>,
    settled: Condvar,
}

#[derive(Default)]
struct State {
    /// The submission that is under way, or whose results are held.
    submission: Option<SubmissionId>,
    /// The outcome, once it is there and until it is taken.
    outcome: Option<Result<Ran>>,
    is_settled: bool,
    wakers: Vec<Waker>,
}

impl Promise {
    /// True if the outcome is there.
    pub(super) fn is_settled(&self) -> bool {
        self.lock().is_settled
    }

    /// The submission that is under way for it, or whose results are held for it.
    pub(super) fn submission(&self) -> Option<SubmissionId> {
        self.lock().submission
    }

    /// The submission that is under way for it from now on.
    pub(super) fn begin(&self, submission: SubmissionId) {
        self.lock().submission = Some(submission);
    }

    /// Puts the outcome there. If one is there already, it is given back. No async task is woken yet.
    pub(super) fn settle(&self, outcome: Result<Ran>) -> Option<Result<Ran>> {
        let mut state = self.lock();
        if state.is_settled {
            return Some(outcome);
        }
        state.outcome = Some(outcome);
        state.is_settled = true;
        drop(state);
        self.settled.notify_all();
        None
    }

    /// Wakes the async tasks that wait for the outcome, which is there. Their wakers are code of others.
    pub(super) fn wake(&self) {
        let wakers = std::mem::take(&mut self.lock().wakers);
        for waker in wakers {
            // A waker that panics is not this run's failure, nor any other's.
            drop(panics::catch(|| waker.wake()));
        }
    }

    /// Has this waker woken when the outcome is there. True if it is there already.
    pub(super) fn register(&self, waker: &Waker) -> bool {
        let mut state = self.lock();
        if state.is_settled {
            return true;
        }
        if !state.wakers.iter().any(|known| known.will_wake(waker)) {
            state.wakers.push(waker.clone());
        }
        false
    }

    /// Waits until the outcome is there.
    pub(super) fn wait(&self) {
        let mut state = self.lock();
        while !state.is_settled {
            state = self.settled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until the outcome is there, but not longer than this. True if it is there.
    pub(super) fn wait_timeout(&self, timeout: Duration) -> bool {
        let start = sync::now();
        let mut state = self.lock();
        while !state.is_settled {
            let Some(left) = timeout.checked_sub(sync::now() - start) else { return false };
            (state, _) = self.settled.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
        }
        true
    }

    /// A copy of the outcome, which shares the values. If they were taken, it is that they are gone.
    pub(super) fn outcome(&self) -> Option<Result<Ran>> {
        let state = self.lock();
        let gone = || Err(Error::new(ErrorKind::Cancelled));
        state.is_settled.then(|| state.outcome.clone().unwrap_or_else(gone))
    }

    /// The number of tasks that ran for the values, if they are there.
    pub(super) fn tasks_done(&self) -> Option<usize> {
        let state = self.lock();
        let summary = &state.outcome.as_ref()?.as_ref().ok()?.summary;
        Some(summary.tasks() + summary.restored() + summary.loaded())
    }

    /// Takes the outcome away.
    pub(super) fn take(&self) -> Option<Result<Ran>> {
        self.lock().outcome.take()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Cloning and comparing wakers is code of others, but what a panic leaves behind is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
