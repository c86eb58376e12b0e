//! The submissions that have a task in their plans.

use super::submission::SubmissionId;
use crate::graph::plan::TaskId;

/// A submission that has the task, and the task's number in its plan.
#[derive(Clone, Copy)]
pub(super) struct Owner {
    pub(super) submission: SubmissionId,
    pub(super) local: TaskId,
}

/// The submissions that have a task, the one for which it runs first. Mostly there is one, which takes no allocation.
#[derive(Default)]
pub(super) struct Owners {
    first: Option<Owner>,
    further: Vec<Owner>,
}

impl Owners {
    pub(super) fn first(&self) -> Option<Owner> {
        self.first
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(super) fn get(&self, i: usize) -> Option<Owner> {
        if i == 0 { self.first } else { self.further.get(i - 1).copied() }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Owner> + '_ {
        self.first.iter().chain(&self.further).copied()
    }

    pub(super) fn push(&mut self, owner: Owner) {
        match self.first {
            None => self.first = Some(owner),
            Some(_) => self.further.push(owner),
        }
    }

    pub(super) fn remove(&mut self, submission: SubmissionId) {
        self.further.retain(|owner| owner.submission != submission);
        if self.first.is_some_and(|first| first.submission == submission) {
            self.first = if self.further.is_empty() { None } else { Some(self.further.remove(0)) };
        }
    }
}
