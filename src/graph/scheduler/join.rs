//! Joining of a submission: its plan's tasks become those of equal keys that are there already, or new ones.

use std::sync::Arc;

use super::owners::{Owner, Owners};
use super::submission::{Submission, SubmissionId};
use super::{Phase, Rank, Scheduler, TaskId, TaskState};
use crate::graph::node::{Action, Failed, Node, Value};
use crate::graph::plan;
use crate::graph::plan::{Plan, TaskEntry};
use crate::graph::run_checkpoint::{Keep, OpenSlot};
use crate::graph::warning::Warning;

/// A value that is there and that the checkpoint is to hold for another submission, too.
pub(in crate::graph) struct LateKeep {
    pub(in crate::graph) node: Arc<Node>,
    pub(in crate::graph) value: Value,
    pub(in crate::graph) keep: Keep,
}

/// The outcome of joining.
pub(in crate::graph) struct Joined {
    pub(in crate::graph) id: SubmissionId,
    /// Values that are to be written to the checkpoint before the submission ends: see [`Scheduler::kept`].
    pub(in crate::graph) late: Vec<LateKeep>,
    /// The warnings about values that it shares, each with its rank in the plan.
    pub(in crate::graph) warnings: Vec<(Rank, Warning)>,
    /// The tasks of the plan that need not run, for what others have made is there.
    pub(in crate::graph) there: Vec<plan::TaskId>,
}

impl Scheduler {
    /// A further submission: what it needs and what is not there is wanted from now on. `slots`: those of the plan, in a
    /// checkpoint.
    pub(in crate::graph) fn join(&mut self, plan: Arc<Plan>, slots: &[Arc<OpenSlot>]) -> Joined {
        let id = self.next_submission;
        let base = self.next_rank;
        self.next_submission += 1;
        self.next_rank += plan.entries.len();
        self.ledger.begin(id);
        let stages = self.stages.of(&plan.stages);
        let mut joined = Joined { id, late: Vec::new(), warnings: Vec::new(), there: Vec::new() };
        let mut tasks: Vec<TaskId> = Vec::with_capacity(plan.entries.len());
        self.tasks.reserve(plan.entries.len().saturating_sub(self.vacant.len()));
        for (local, entry) in plan.entries.iter().enumerate() {
            let inputs: Vec<TaskId> = entry.inputs.iter().map(|&input| tasks[input]).collect();
            let keep = entry.keep.map(|keep| Keep { slot: slots[keep.slot].clone(), depth: keep.depth });
            let task = match self.equal(entry, &inputs) {
                Some(task) => {
                    self.share(task, entry, keep, &mut joined);
                    if self.tasks[task].inputs.len() < inputs.len() {
                        self.attach(task, inputs);
                    }
                    task
                }
                None => self.add(entry, inputs, base + entry.rank, stages[entry.stage], keep),
            };
            self.tasks[task].owners.push(Owner { submission: id, local });
            tasks.push(task);
            self.tell_family(task, entry.family.map(|source| tasks[source]));
        }
        let mut submission = Submission::new(plan.clone(), tasks.clone(), base);
        for (entry, &task) in plan.entries.iter().zip(&tasks) {
            let state = &mut self.tasks[task];
            submission.left += usize::from(state.is_wanted());
            submission.running += usize::from(state.phase == Phase::Running);
            if entry.is_target {
                state.pins += 1;
                let is_there = state.value.as_ref().is_some_and(|value| !value.is::<Failed>());
                submission.missing += usize::from(!is_there);
                let spare = (state.rank, task);
                self.spare.remove(&spare);
            }
        }
        submission.missing += joined.late.len();
        self.submissions.insert(id, submission);
        self.want_targets(&plan, &tasks);
        let is_there = |local: &plan::TaskId| plan.entries[*local].is_made() && !self.tasks[tasks[*local]].is_wanted();
        joined.there = (0..tasks.len()).filter(is_there).collect();
        self.fail_with_failed(id, &plan, &tasks);
        if let Some(submission) = self.submissions.get_mut(&id) {
            submission.advance(&self.tasks);
        }
        self.end_if_over(id);
        joined
    }

    /// A value that came late to a slot of the checkpoint was written.
    pub(in crate::graph) fn kept(&mut self, id: SubmissionId) {
        if let Some(submission) = self.submissions.get_mut(&id) {
            submission.missing -= 1;
        }
        self.end_if_over(id);
    }

    /// The task that is there already, of an equal key and made from the same tasks.
    fn equal(&self, entry: &TaskEntry, inputs: &[TaskId]) -> Option<TaskId> {
        let id = *self.index.as_ref()?.get(&entry.node.task.key)?;
        let task = &self.tasks[id];
        let same = task.inputs == inputs && task.restored.is_some() == entry.restored.is_some();
        // What it was made from may have gone, if only results hold it, or held it: then it gets new inputs.
        let is_made_anew = task.phase == Phase::Idle && !inputs.is_empty() && entry.restored.is_none();
        let held = task.inputs.is_empty() && task.owners.is_empty() && (task.phase == Phase::Done || is_made_anew);
        (same || held).then_some(id)
    }

    /// Takes over a task that is there.
    fn share(&mut self, id: TaskId, entry: &TaskEntry, keep: Option<Keep>, joined: &mut Joined) {
        let task = &mut self.tasks[id];
        if task.phase == Phase::Idle {
            task.in_cache |= entry.in_cache;
        }
        joined.warnings.extend(task.warnings.iter().map(|warning| (entry.rank, warning.clone())));
        let Some(keep) = keep.filter(|keep| !task.keeps.iter().any(|other| other.is_same(keep))) else { return };
        if let Some(value) = &task.value {
            joined.late.push(LateKeep { node: task.node.clone(), value: value.clone(), keep: keep.clone() });
        }
        task.keeps.push(keep);
    }

    /// A task that is not there yet.
    fn add(&mut self, entry: &TaskEntry, inputs: Vec<TaskId>, rank: Rank, stage: usize, keep: Option<Keep>) -> TaskId {
        let value = match &entry.node.action {
            Action::Given(value) => Some(value.clone()),
            _ => None,
        };
        let state = TaskState {
            node: entry.node.clone(),
            owners: Owners::default(),
            inputs,
            consumers: Vec::with_capacity(entry.consumers.len()),
            rank,
            turn: entry.turn,
            follows: entry.follows,
            family: None,
            members: Vec::new(),
            stage,
            restored: entry.restored,
            keeps: keep.into_iter().collect(),
            is_cached: entry.is_cached(),
            phase: if value.is_some() { Phase::Done } else { Phase::Idle },
            priority: (rank, rank),
            passed: value.is_some() || entry.asleep,
            value,
            bytes: 0,
            reserved: 0,
            uses: 0,
            in_hand: 0,
            missing: 0,
            waiters: Vec::new(),
            pins: 0,
            made_for: None,
            settled: false,
            in_cache: entry.in_cache,
            warnings: Vec::new(),
        };
        let id = match self.vacant.pop() {
            Some(id) => {
                self.tasks[id] = state;
                id
            }
            None => {
                self.tasks.push(state);
                self.tasks.len() - 1
            }
        };
        for i in 0..self.tasks[id].inputs.len() {
            let input = self.tasks[id].inputs[i];
            self.tasks[input].consumers.push(id);
        }
        if let Some(index) = &mut self.index {
            // One of the same key that is made from other tasks may be there still, and go before this one.
            index.insert(entry.node.task.key, id);
        }
        id
    }

    /// A value that only results held is in a plan again, with what it is made from.
    fn attach(&mut self, id: TaskId, inputs: Vec<TaskId>) {
        inputs.iter().for_each(|&input| self.tasks[input].consumers.push(id));
        self.tasks[id].inputs = inputs;
        self.tasks[id].restored = None;
    }

    fn tell_family(&mut self, id: TaskId, family: Option<TaskId>) {
        if let (None, Some(source)) = (self.tasks[id].family, family) {
            self.tasks[id].family = family;
            self.tasks[source].members.push(id);
        }
    }

    /// Wants the targets that are neither there nor on the way, and what they need.
    fn want_targets(&mut self, plan: &Plan, tasks: &[TaskId]) {
        let mut needed = vec![false; tasks.len()];
        let mut wanted = Vec::new();
        for (local, entry) in plan.entries.iter().enumerate().rev() {
            let task = &self.tasks[tasks[local]];
            if !(needed[local] || entry.is_target) || task.phase != Phase::Idle {
                continue;
            }
            wanted.push(local);
            if !task.in_cache {
                entry.inputs.iter().for_each(|&input| needed[input] = true);
            }
        }
        // Inputs first, as a single thread would have it.
        for local in wanted.into_iter().rev() {
            if self.tasks[tasks[local]].phase == Phase::Idle {
                self.tasks[tasks[local]].passed = false;
                self.want(tasks[local]);
            }
        }
        let skipped = |local: &plan::TaskId| !needed[*local] && !plan.entries[*local].is_target;
        for local in (0..tasks.len()).filter(skipped) {
            let task = &mut self.tasks[tasks[local]];
            task.passed |= task.phase == Phase::Idle;
        }
    }

    /// A target may share a failure that another submission has caught.
    fn fail_with_failed(&mut self, id: SubmissionId, plan: &Plan, tasks: &[TaskId]) {
        for (entry, &task) in plan.entries.iter().zip(tasks).filter(|(entry, _)| !entry.guarded) {
            let failed = self.tasks[task].value.as_ref().and_then(|value| value.downcast_ref::<Failed>());
            if let Some(Failed(error)) = failed {
                let error = error.clone();
                return self.blame(id, entry.rank, error);
            }
        }
    }
}
