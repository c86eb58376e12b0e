//! Start of tasks: which one is next, and what a worker gets to run it.

use std::cmp::Reverse;

use super::submission::Submission;
use super::{Job, Phase, Queue, Scheduler, TaskId, TaskState};
use crate::graph::node::{Inputs, Value};

impl Scheduler {
    /// The next task to run, if one can be started now.
    pub(in crate::graph) fn next(&mut self) -> Option<Job> {
        loop {
            let task = self.first(|s| &mut s.ready);
            let source = self.first(|s| &mut s.sources);
            let (task, source) = (task.filter(|&id| self.is_near(id)), source.filter(|&id| self.is_near(id)));
            let id = match (task, source) {
                (Some(task), None) => task,
                (Some(task), Some(source)) if self.tasks[task].priority < self.tasks[source].priority => task,
                (_, Some(source)) if self.admit(source, false) => source,
                (Some(task), Some(_)) => task,
                (None, Some(source)) if self.running == 0 => {
                    self.admit(source, true);
                    source
                }
                (None, Some(_)) => return None,
                (None, None) => {
                    let far = self.first(|s| &mut s.ready).or(self.first(|s| &mut s.sources));
                    if far.is_some() || !self.demand_ahead() {
                        return None;
                    }
                    continue;
                }
            };
            if let Some(job) = self.start(id) {
                return Some(job);
            }
        }
    }

    /// The number of tasks that could be started, beyond one.
    pub(in crate::graph) fn backlog(&self) -> usize {
        (self.ready.len() + self.sources.len()).saturating_sub(1)
    }

    /// True if a task's turn is near enough to run it now. If nothing runs, any turn is.
    fn is_near(&self, id: TaskId) -> bool {
        let TaskState { turn, follows, .. } = self.tasks[id];
        let near = |submission: &Submission| {
            let frontier = submission.frontier().map_or(usize::MAX, |id| self.tasks[id].turn);
            let is_near = |turn: usize, frontier: usize| turn <= frontier.saturating_add(self.window);
            let n_sources = |turn| submission.n_sources_until(turn);
            is_near(turn, frontier) || (follows && is_near(n_sources(turn), n_sources(frontier)))
        };
        self.running == 0
            || self.tasks[id].owners.iter().any(|owner| self.submissions.get(&owner.submission).is_some_and(near))
    }

    /// The first of a queue that is still ready, with its current priority.
    fn first(&mut self, queue: impl Fn(&mut Self) -> &mut Queue) -> Option<TaskId> {
        while let Some(&Reverse((priority, id))) = queue(self).peek() {
            if self.tasks[id].phase == Phase::Ready && self.tasks[id].priority == priority {
                return Some(id);
            }
            queue(self).pop();
        }
        None
    }

    pub(super) fn make_ready(&mut self, id: TaskId) {
        self.tasks[id].phase = Phase::Ready;
        let task = &self.tasks[id];
        // What a submission that has joined makes of a chunk that is there was not admitted with it.
        let is_late = self.is_open() && task.family.is_some() && task.reserved == 0;
        let begins = is_late || self.needed(id).next().is_none() || task.family == Some(id);
        let is_source = begins && task.node.task.measure.is_some();
        let queue = if is_source { &mut self.sources } else { &mut self.ready };
        queue.push(Reverse((self.tasks[id].priority, id)));
    }

    /// Starts a ready task, unless an input was dropped since it became ready: then it waits
    /// again, and the input is demanded.
    fn start(&mut self, id: TaskId) -> Option<Job> {
        let needed = self.n_needed(id);
        let mut missing = 0;
        for i in 0..needed {
            let input = self.tasks[id].inputs[i];
            if self.tasks[input].value.is_none() {
                missing += 1;
                self.tasks[input].waiters.push(id);
            }
        }
        if missing > 0 {
            self.tasks[id].phase = Phase::Waiting;
            self.tasks[id].missing = missing;
            let rank = self.tasks[id].priority.0;
            for i in 0..needed {
                self.demand(self.tasks[id].inputs[i], rank);
            }
            return None;
        }
        self.tasks[id].phase = Phase::Running;
        self.running += 1;
        self.measuring += usize::from(self.tasks[id].node.task.measure.is_some());
        self.ledger.begin_work(self.tasks[id].node.task.working_bytes);
        self.begin_in_submissions(id);
        let mut moved = 0;
        let values = (0..needed).map(|i| self.input_value(self.tasks[id].inputs[i], &mut moved)).collect();
        let broken = self.broken.get(&id).cloned();
        let task = &self.tasks[id];
        let payer = task.owners.first().expect("a task that is wanted is a submission's");
        Some(Job {
            id,
            node: task.node.clone(),
            submission: payer.submission,
            local: payer.local,
            inputs: Inputs(values),
            again: task.made_for == Some(payer.submission),
            load: task.in_cache,
            is_cached: task.is_cached,
            restored: task.restored,
            keeps: task.keeps.clone(),
            broken,
            moved,
        })
    }

    /// The value of an input for a task that starts. The last to use it has it by move, unless it may be spare.
    fn input_value(&mut self, input: TaskId, moved: &mut usize) -> Option<Value> {
        let open = self.is_open();
        let task = &mut self.tasks[input];
        task.in_hand += 1;
        let last = task.uses == 1 && task.pins == 0 && task.phase == Phase::Done;
        if last && !task.stays() && !(open && task.is_chunk()) {
            task.phase = Phase::Idle;
            self.resident.remove(&input);
            *moved += task.bytes;
            task.value.take()
        } else {
            task.value.clone()
        }
    }
}
