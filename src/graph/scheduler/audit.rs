//! Audit of a scheduler, for tests: what it holds, and whether its counts agree with each other.

use std::collections::BTreeMap;

use super::{Phase, Scheduler, TaskId};

/// All that a scheduler holds.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(in crate::graph) struct Audit {
    pub(in crate::graph) submissions: usize,
    /// The submissions whose results are held.
    pub(in crate::graph) results: usize,
    pub(in crate::graph) tasks: usize,
    pub(in crate::graph) values: usize,
    pub(in crate::graph) bytes_held: usize,
    pub(in crate::graph) bytes_reserved: usize,
    pub(in crate::graph) garbage: usize,
    pub(in crate::graph) records: usize,
}

impl Scheduler {
    /// All that it holds.
    pub(in crate::graph) fn audit(&self) -> Audit {
        Audit {
            submissions: self.submissions.len(),
            results: self.held.len(),
            tasks: self.living().count(),
            values: self.living().filter(|&id| self.tasks[id].value.is_some()).count(),
            bytes_held: self.ledger.held(),
            bytes_reserved: self.ledger.reserved(),
            garbage: self.garbage.len(),
            records: 0,
        }
    }

    /// The counts that do not agree with what is counted.
    pub(in crate::graph) fn contradictions(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: String, count: usize, counted: usize| {
            if count != counted {
                found.push(format!("{what}: {count} instead of {counted}"));
            }
        };
        let (mut uses, mut pins): (BTreeMap<TaskId, usize>, BTreeMap<TaskId, usize>) = Default::default();
        for id in self.living().filter(|&id| self.tasks[id].is_wanted()) {
            self.needed(id).for_each(|input| *uses.entry(input).or_default() += 1);
        }
        for submission in self.submissions.values() {
            for (entry, &id) in submission.plan.entries.iter().zip(&submission.tasks) {
                let is_owner = self.tasks[id].owners.iter().any(|owner| Some(&id) == submission.tasks.get(owner.local));
                *pins.entry(id).or_default() += usize::from(entry.is_target && is_owner);
            }
        }
        self.held.values().flatten().for_each(|&id| *pins.entry(id).or_default() += 1);
        for id in self.living() {
            let task = &self.tasks[id];
            let count = |counts: &BTreeMap<TaskId, usize>| counts.get(&id).copied().unwrap_or_default();
            compare(format!("uses of {id} {}", task.node.task.name), task.uses, count(&uses));
            let running = task.consumers.iter().filter(|&&consumer| self.tasks[consumer].phase == Phase::Running);
            let in_hand = running.collect::<std::collections::BTreeSet<_>>().into_iter();
            let in_hand = in_hand.map(|&consumer| self.needed(consumer).filter(|&input| input == id).count()).sum();
            compare(format!("uses in hand of {id}"), task.in_hand, in_hand);
            compare(
                format!("value of {id}, {:?}", task.phase),
                usize::from(task.value.is_some()),
                usize::from(task.phase == Phase::Done),
            );
            if self.submissions.values().all(|submission| !submission.is_ending()) {
                compare(format!("pins of {id}"), task.pins, count(&pins));
            }
        }
        for (id, submission) in self.submissions.iter().filter(|(_, submission)| !submission.is_ending()) {
            let own = |is: &dyn Fn(TaskId) -> bool| {
                let owned =
                    self.living().filter(|&task| self.tasks[task].owners.iter().any(|owner| owner.submission == *id));
                owned.filter(|&task| is(task)).count()
            };
            compare(format!("tasks left of {id}"), submission.left, own(&|task| self.tasks[task].is_wanted()));
            compare(
                format!("running of {id}"),
                submission.running,
                own(&|task| self.tasks[task].phase == Phase::Running),
            );
        }
        let sum = |of: fn(&super::TaskState) -> usize| self.living().map(|id| of(&self.tasks[id])).sum::<usize>();
        compare("bytes reserved".into(), self.ledger.reserved(), sum(|task| task.reserved));
        let working = |task: &super::TaskState| match task.phase {
            Phase::Running => task.node.task.working_bytes,
            _ => 0,
        };
        compare("bytes worked with".into(), self.ledger.working(), sum(working));
        compare("running".into(), self.running, sum(|task| usize::from(task.phase == Phase::Running)));
        if self.running == 0 {
            // Else some may have been moved into a task.
            let held = sum(|task| if task.value.is_some() { task.bytes } else { 0 });
            compare("bytes held".into(), self.ledger.held(), held);
        }
        let resident = self.living().filter(|&id| self.tasks[id].phase == Phase::Done && self.tasks[id].is_chunk());
        compare("resident".into(), self.resident.len(), resident.count());
        let is_spare = |&(rank, id): &(usize, TaskId)| {
            let task = &self.tasks[id];
            task.rank == rank && task.phase == Phase::Done && task.uses == 0 && task.pins == 0
        };
        compare("spare".into(), self.spare.len(), self.spare.iter().filter(|spare| is_spare(spare)).count());
        found
    }

    fn living(&self) -> impl Iterator<Item = TaskId> + '_ {
        (0..self.tasks.len()).filter(|&id| self.tasks[id].phase != Phase::Vacant)
    }
}
