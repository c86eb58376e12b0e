//! Leaving of submissions: at their ends, by failures, and when they are cancelled. What no other has goes with them.

use std::collections::BTreeSet;
use std::mem;
use std::sync::Arc;

use super::submission::SubmissionId;
use super::{Phase, Rank, Scheduler, TaskId};
use crate::error::Error;
use crate::graph::key::Key;
use crate::graph::node::{Failed, Node, Value};
use crate::graph::plan;
use crate::graph::plan::Plan;

/// Something to be dropped outside the lock, for its `Drop` may be a user's.
pub(in crate::graph) struct Garbage {
    pub(in crate::graph) node: Arc<Node>,
    pub(in crate::graph) value: Option<Value>,
    /// The submission that a panic of the `Drop` is an error of, and the task's rank in it.
    pub(in crate::graph) blamed: Option<(SubmissionId, Rank)>,
}

/// A value that was dropped: the submission to blame, the rank of a task in it, and the panic, if there was one.
pub(in crate::graph) struct Dropped {
    pub(in crate::graph) blamed: Option<(SubmissionId, Rank)>,
    pub(in crate::graph) error: Option<Error>,
}

/// The end of a submission.
pub(in crate::graph) struct Ended {
    pub(in crate::graph) plan: Arc<Plan>,
    /// The values of the targets; or the first failure.
    pub(in crate::graph) outcome: Result<Vec<Value>, Error>,
    /// The keys of values that were not to be had from the checkpoint: it has to begin anew.
    pub(in crate::graph) lost: Vec<Key>,
    /// The most bytes that values held while it was under way.
    pub(in crate::graph) peak: usize,
}

impl Scheduler {
    /// A submission that has come to an end, for [`finish`](Self::finish).
    pub(in crate::graph) fn take_ended(&mut self) -> Option<SubmissionId> {
        let waits_for_all = !self.is_open();
        while let Some(id) = self.ended.pop() {
            match self.submissions.get_mut(&id) {
                // More of it has begun meanwhile.
                Some(submission) if waits_for_all && submission.running > 0 => submission.ended = false,
                _ => return Some(id),
            }
        }
        None
    }

    /// Takes a submission out. If `hold`, the values of its targets can be shared until [`let_go`](Self::let_go).
    pub(in crate::graph) fn finish(&mut self, id: SubmissionId, hold: bool) -> Option<Ended> {
        let submission = self.submissions.get_mut(&id)?;
        let (failed, lost) = (submission.failed.take(), mem::take(&mut submission.lost));
        let (plan, tasks) = (submission.plan.clone(), mem::take(&mut submission.tasks));
        let value = |&target: &plan::TaskId| self.tasks[tasks[target]].value.clone().expect("every target is there");
        let outcome = match failed {
            None => Ok(plan.targets.iter().map(value).collect()),
            Some((_, error)) => Err(error),
        };
        let held: Vec<TaskId> = match outcome {
            Ok(_) if hold && self.is_open() => {
                let targets = plan.entries.iter().zip(&tasks).filter(|(entry, _)| entry.is_target);
                targets.map(|(_, &task)| task).collect()
            }
            _ => Vec::new(),
        };
        if self.is_open() {
            held.iter().for_each(|&task| self.tasks[task].pins += 1);
            self.disown(id, &tasks, false);
            self.vacate(&tasks);
        } else {
            self.drop_values();
        }
        if !held.is_empty() {
            self.held.insert(id, held);
        }
        self.submissions.remove(&id);
        let peak = self.ledger.end(id);
        Some(Ended { plan, outcome, lost, peak })
    }

    /// Takes a submission out that is not wanted any more. Its running tasks go on to their ends.
    pub(in crate::graph) fn cancel(&mut self, id: SubmissionId) {
        let Some(submission) = self.submissions.get_mut(&id) else { return };
        let (plan, tasks) = (submission.plan.clone(), mem::take(&mut submission.tasks));
        let failed = submission.failed.take();
        self.disown(id, &tasks, false);
        self.vacate(&tasks);
        self.submissions.remove(&id);
        self.ledger.end(id);
        if let Some((rank, error)) = failed {
            let node = plan.entries.iter().find(|entry| entry.rank == rank).map(|entry| entry.node.clone());
            let value: Option<Value> = Some(Arc::new(Failed(error)));
            self.garbage.extend(node.map(|node| Garbage { node, value, blamed: None }));
        }
    }

    /// The results of an ended submission hold nothing any more.
    pub(in crate::graph) fn let_go(&mut self, id: SubmissionId) {
        let held = self.held.remove(&id).unwrap_or_default();
        for &task in &held {
            self.tasks[task].pins -= 1;
            self.drop_if_unused(task);
        }
        self.vacate(&held);
    }

    /// The values of these tasks were not to be had from the checkpoint: their submissions begin anew.
    pub(in crate::graph) fn lose(&mut self, id: TaskId, moved: usize, error: Error) {
        let key = self.tasks[id].node.task.key;
        if let Some(index) = &mut self.index {
            // Whatever joins from now on makes it.
            index.remove(&key);
        }
        for owner in self.tasks[id].owners.iter() {
            if let Some(submission) = self.submissions.get_mut(&owner.submission) {
                submission.lost.push(key.in_files());
            }
        }
        self.fail(id, moved, error, false);
    }

    /// A submission has failed: nothing more of it is started, and it ends with this error, unless one of a lower rank is
    /// there.
    pub(in crate::graph) fn blame(&mut self, id: SubmissionId, rank: Rank, error: Error) {
        let Some(submission) = self.submissions.get_mut(&id) else { return };
        match &mut submission.failed {
            // Its cause is of the user's making, but it is an error that others have, too.
            Some((first, known)) => {
                if rank < *first {
                    (*first, *known) = (rank, error);
                }
            }
            None => {
                submission.failed = Some((rank, error));
                let tasks = mem::take(&mut submission.tasks);
                self.disown(id, &tasks, true);
                self.vacate(&tasks);
                if let Some(submission) = self.submissions.get_mut(&id) {
                    submission.tasks = tasks;
                }
            }
        }
        self.end_if_over(id);
    }

    /// A value that is not needed.
    pub(in crate::graph) fn throw_away(&mut self, id: TaskId, value: Value) {
        let task = &self.tasks[id];
        let blamed = task.owners.first().and_then(|owner| {
            let submission = self.submissions.get_mut(&owner.submission)?;
            submission.dropping += 1;
            Some((owner.submission, submission.plan.entries[owner.local].rank))
        });
        self.garbage.push(Garbage { node: task.node.clone(), value: Some(value), blamed });
    }

    /// A value was dropped.
    pub(in crate::graph) fn dropped(&mut self, dropped: Dropped) {
        let Dropped { blamed: Some((id, rank)), error } = dropped else { return };
        if let Some(submission) = self.submissions.get_mut(&id) {
            submission.dropping -= 1;
        }
        error.into_iter().for_each(|error| self.blame(id, rank, error));
        self.end_if_over(id);
    }

    /// A worker has no use for the node of its job any more. If no task has it, it is garbage.
    pub(in crate::graph) fn give_back(&mut self, id: TaskId, node: Arc<Node>) {
        if !Arc::ptr_eq(&self.tasks[id].node, &node) {
            self.garbage.push(Garbage { node, value: None, blamed: None });
        }
    }

    /// Values and nodes to be dropped by the caller, outside the lock.
    pub(in crate::graph) fn take_garbage(&mut self) -> Vec<Garbage> {
        mem::take(&mut self.garbage)
    }

    /// Drops all values of a run that nothing joins, and that is over. Its tasks go with the scheduler.
    fn drop_values(&mut self) {
        self.ready.clear();
        self.sources.clear();
        self.evicted.clear();
        for task in &mut self.tasks {
            if let Some(value) = task.value.take() {
                self.garbage.push(Garbage { node: task.node.clone(), value: Some(value), blamed: None });
            }
        }
    }

    /// True if a task is a submission's, or its value is a result or has users.
    pub(super) fn has_use(&self, id: TaskId) -> bool {
        let task = &self.tasks[id];
        !task.owners.is_empty() || task.pins > 0 || task.uses > 0
    }

    /// True if something that is made from it is there: a task that runs on, say, of a submission that was cancelled. One
    /// that joins is to find that task, by what it is made from.
    fn is_in_use(&self, id: TaskId) -> bool {
        self.tasks[id].consumers.iter().any(|&consumer| self.tasks[consumer].phase != Phase::Vacant)
    }

    /// A submission leaves its tasks: all of them, or all that do not run.
    fn disown(&mut self, id: SubmissionId, tasks: &[TaskId], but_running: bool) {
        // Users before what they use.
        for (local, &task) in tasks.iter().enumerate().rev() {
            let runs = self.tasks[task].phase == Phase::Running;
            if !(but_running && runs) && self.tasks[task].owners.iter().any(|owner| owner.submission == id) {
                self.part(id, local, task);
            }
        }
        for &task in tasks {
            let state = &self.tasks[task];
            if state.pins > 0 && state.owners.is_empty() {
                self.detach(task);
            }
        }
    }

    /// A submission leaves a task.
    pub(super) fn part(&mut self, id: SubmissionId, local: plan::TaskId, task: TaskId) {
        let is_target = self.submissions[&id].plan.entries[local].is_target;
        let state = &mut self.tasks[task];
        let was_first = state.owners.first().is_some_and(|owner| owner.submission == id);
        state.owners.remove(id);
        state.pins -= usize::from(is_target);
        if self.is_idle_wish(task) {
            self.unwant(task);
        }
        self.drop_if_unused(task);
        if was_first {
            self.take_rank_of_next(task);
        }
    }

    /// A task whose first submission has left has the rank that the next one gives it.
    fn take_rank_of_next(&mut self, id: TaskId) {
        let Some(owner) = self.tasks[id].owners.first() else { return };
        let submission = &self.submissions[&owner.submission];
        let entry = &submission.plan.entries[owner.local];
        let (rank, turn, follows) = (submission.base + entry.rank, entry.turn, entry.follows);
        let task = &mut self.tasks[id];
        let old = mem::replace(&mut task.rank, rank);
        (task.turn, task.follows) = (turn, follows);
        task.priority = (if task.priority.0 == old { rank } else { task.priority.0 }, rank);
        self.move_spare(id, old);
        if self.tasks[id].phase == Phase::Ready {
            self.make_ready(id);
        }
    }

    /// A value that only results hold needs nothing of what it was made from.
    fn detach(&mut self, id: TaskId) {
        let inputs = mem::take(&mut self.tasks[id].inputs);
        for input in inputs.into_iter().collect::<BTreeSet<_>>() {
            self.tasks[input].consumers.retain(|&consumer| consumer != id);
        }
        if let Some(source) = self.tasks[id].family.take() {
            self.tasks[source].members.retain(|&member| member != id);
        }
    }

    /// The tasks among these that nobody has any more go, and with them what only they were made from.
    pub(super) fn vacate(&mut self, ids: &[TaskId]) {
        let mut gone = Vec::new();
        // Users before what they use.
        let mut stack = ids.to_vec();
        while let Some(id) = stack.pop() {
            let phase = self.tasks[id].phase;
            if self.has_use(id) || !matches!(phase, Phase::Idle | Phase::Done) || self.is_in_use(id) {
                continue;
            }
            if phase == Phase::Done {
                self.drop_value(id);
            }
            self.tasks[id].phase = Phase::Vacant;
            stack.extend(&self.tasks[id].inputs);
            gone.push(id);
        }
        self.unlink(&gone);
        for id in gone {
            self.broken.remove(&id);
            let task = &mut self.tasks[id];
            if let Some(index) = &mut self.index
                && index.get(&task.node.task.key) == Some(&id)
            {
                index.remove(&task.node.task.key);
            }
            (task.inputs, task.consumers, task.members, task.waiters) = Default::default();
            (task.keeps, task.warnings, task.family) = Default::default();
            let node = mem::replace(&mut task.node, self.no_node.clone());
            self.garbage.push(Garbage { node, value: None, blamed: None });
            self.vacant.push(id);
        }
    }

    /// Tasks that stay forget those that go.
    fn unlink(&mut self, gone: &[TaskId]) {
        let stays = |&id: &TaskId| self.tasks[id].phase != Phase::Vacant;
        let inputs: BTreeSet<TaskId> =
            gone.iter().flat_map(|&id| self.tasks[id].inputs.iter().copied()).filter(stays).collect();
        let sources: BTreeSet<TaskId> = gone.iter().filter_map(|&id| self.tasks[id].family).filter(stays).collect();
        for id in inputs {
            let mut consumers = mem::take(&mut self.tasks[id].consumers);
            consumers.retain(|&consumer| self.tasks[consumer].phase != Phase::Vacant);
            self.tasks[id].consumers = consumers;
        }
        for id in sources {
            let mut members = mem::take(&mut self.tasks[id].members);
            members.retain(|&member| self.tasks[member].phase != Phase::Vacant);
            self.tasks[id].members = members;
        }
    }
}
