//! Submission: the tasks that one call asked for, and how far they are.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Scheduler, TaskId, TaskState};
use crate::error::Error;
use crate::graph::key::Key;
use crate::graph::plan;
use crate::graph::plan::{Plan, Rank};
use crate::graph::run_checkpoint::Keep;
use crate::graph::warning::Warning;

/// The number of a submission, in the order in which they came.
pub(in crate::graph) type SubmissionId = u64;

/// A submission that is under way.
pub(super) struct Submission {
    pub(super) plan: Arc<Plan>,
    /// The tasks of the plan's entries.
    pub(super) tasks: Vec<TaskId>,
    /// The rank of the plan's first task among those of all submissions.
    pub(super) base: Rank,
    /// The tasks in the order of their ranks.
    order: Vec<TaskId>,
    /// All tasks before this one in `order` were done at some time.
    frontier: usize,
    /// See [`Plan::turns_of_sources`].
    source_turns: Vec<usize>,
    /// The number of targets whose values are not there, and of values that are still to be kept.
    pub(super) missing: usize,
    pub(super) running: usize,
    /// The number of its tasks that are waiting, ready or running.
    pub(super) left: usize,
    /// The number of its tasks that have come to their ends.
    pub(super) done: usize,
    pub(super) failed: Option<(Rank, Error)>,
    /// The keys of values that were not to be had from the checkpoint.
    pub(super) lost: Vec<Key>,
    /// The number of its values that are being dropped.
    pub(super) dropping: usize,
    /// It stands in the list of those that have come to an end.
    pub(super) ended: bool,
}

impl Submission {
    pub(super) fn new(plan: Arc<Plan>, tasks: Vec<TaskId>, base: Rank) -> Self {
        let mut order = vec![0; tasks.len()];
        plan.entries.iter().zip(&tasks).for_each(|(entry, &id)| order[entry.rank] = id);
        let source_turns = plan.turns_of_sources();
        Submission {
            plan,
            tasks,
            base,
            order,
            frontier: 0,
            source_turns,
            missing: 0,
            running: 0,
            left: 0,
            done: 0,
            failed: None,
            lost: Vec::new(),
            dropping: 0,
            ended: false,
        }
    }

    /// True if nothing more of it is started: it has failed.
    pub(super) fn is_ending(&self) -> bool {
        self.failed.is_some()
    }

    /// The first task that has not been done.
    pub(super) fn frontier(&self) -> Option<TaskId> {
        self.order.get(self.frontier).copied()
    }

    /// The number of turns up to this one at which sources are read.
    pub(super) fn n_sources_until(&self, turn: usize) -> usize {
        self.source_turns.partition_point(|&source| source <= turn)
    }

    /// The frontier moves over what is done.
    pub(super) fn advance(&mut self, tasks: &[TaskState]) {
        while self.frontier().is_some_and(|id| tasks[id].passed) {
            self.frontier += 1;
        }
    }
}

impl Scheduler {
    /// The submission that a task runs for, and its number there. None if it was cancelled, and no other has the task.
    pub(in crate::graph) fn payer(&self, id: TaskId) -> Option<(SubmissionId, plan::TaskId)> {
        self.tasks[id].owners.first().map(|owner| (owner.submission, owner.local))
    }

    /// The submissions that have a task, and its number there.
    pub(in crate::graph) fn owners(&self, id: TaskId) -> impl Iterator<Item = (SubmissionId, plan::TaskId)> + '_ {
        self.tasks[id].owners.iter().map(|owner| (owner.submission, owner.local))
    }

    /// The warnings about a value, for submissions that join.
    pub(in crate::graph) fn keep_warnings(&mut self, id: TaskId, warnings: Vec<Warning>) {
        if self.is_open() {
            self.tasks[id].warnings = warnings;
        }
    }

    /// The slots of the checkpoint that a task's value goes to, beyond so many of them.
    pub(in crate::graph) fn keeps_beyond(&self, id: TaskId, known: usize) -> Option<Vec<Keep>> {
        self.tasks[id].keeps.get(known..).filter(|keeps| !keeps.is_empty()).map(<[Keep]>::to_vec)
    }

    /// The number of a submission's tasks that have ended, and of those that are left.
    pub(in crate::graph) fn progress(&self, id: SubmissionId) -> Option<(usize, usize)> {
        self.submissions.get(&id).map(|submission| (submission.done, submission.left))
    }

    /// A task is wanted.
    pub(super) fn count_wanted(&mut self, id: TaskId) {
        self.in_submissions(id, |submission| submission.left += 1);
    }

    /// A task that was wanted is not needed any more.
    pub(super) fn count_unwanted(&mut self, id: TaskId) {
        self.in_submissions(id, |submission| submission.left -= 1);
    }

    pub(super) fn begin_in_submissions(&mut self, id: TaskId) {
        self.in_submissions(id, |submission| submission.running += 1);
    }

    /// A task has come to the end of its running. It leaves the submissions that are ending, and they may have ended.
    pub(super) fn end_in_submissions(&mut self, id: TaskId) {
        self.in_submissions(id, |submission| {
            submission.running -= 1;
            submission.left -= 1;
            submission.done += 1;
        });
        let mut i = 0;
        while let Some(owner) = self.tasks[id].owners.get(i) {
            if self.submissions[&owner.submission].is_ending() {
                self.part(owner.submission, owner.local, id);
            } else {
                i += 1;
            }
            self.end_if_over(owner.submission);
        }
    }

    /// A task that has come to its end will run once more.
    pub(super) fn uncount_end(&mut self, id: TaskId) {
        self.in_submissions(id, |submission| submission.done -= 1);
    }

    /// The frontiers of a task's submissions move.
    pub(super) fn advance(&mut self, id: TaskId) {
        for owner in self.tasks[id].owners.iter() {
            if let Some(submission) = self.submissions.get_mut(&owner.submission) {
                submission.advance(&self.tasks);
            }
        }
    }

    /// A value is there: the submissions that it is a target of may have come to their ends.
    pub(super) fn reach_targets(&mut self, id: TaskId) {
        if self.tasks[id].pins == 0 {
            return;
        }
        let mut reached = Vec::new();
        for owner in self.tasks[id].owners.iter() {
            let submission = self.submissions.get_mut(&owner.submission).expect("owners are submissions");
            if submission.plan.entries[owner.local].is_target {
                submission.missing -= 1;
                reached.push(owner.submission);
            }
        }
        reached.into_iter().for_each(|submission| self.end_if_over(submission));
    }

    /// Notes that a submission has come to its end, if it has.
    pub(super) fn end_if_over(&mut self, id: SubmissionId) {
        // A run that nothing joins tells of all its tasks. Among others one's own may always run for another's sake.
        let waits_for_all = !self.is_open();
        let Some(submission) = self.submissions.get_mut(&id) else { return };
        let is_over = match submission.failed {
            Some(_) => submission.running == 0,
            None => submission.missing == 0 && !(waits_for_all && submission.running > 0),
        };
        let is_over = is_over && !(waits_for_all && submission.dropping > 0);
        if is_over && !submission.ended {
            submission.ended = true;
            self.ended.push(id);
        }
    }

    fn in_submissions(&mut self, id: TaskId, change: impl Fn(&mut Submission)) {
        for owner in self.tasks[id].owners.iter() {
            if let Some(submission) = self.submissions.get_mut(&owner.submission) {
                change(submission);
            }
        }
    }
}

/// The numbers of the kinds of tasks of all submissions, in a session's memory accounting.
#[derive(Default)]
pub(super) struct StageNumbers(HashMap<(String, Option<Arc<str>>), usize>);

impl StageNumbers {
    /// The numbers of a plan's stages.
    pub(super) fn of(&mut self, stages: &[(String, Option<Arc<str>>)]) -> Vec<usize> {
        let number = |stage: &(String, Option<Arc<str>>)| {
            let next = self.0.len();
            *self.0.entry(stage.clone()).or_insert(next)
        };
        stages.iter().map(number).collect()
    }
}
