//! Admission of sources under the memory limit: room for what a source leads to, and which values make it.

use super::{Phase, Priority, Rank, Scheduler, TaskId};

impl Scheduler {
    /// Sets aside what a source and all that is made from it will hold, if it fits or can be made
    /// to fit; always, if forced.
    pub(super) fn admit(&mut self, source: TaskId, force: bool) -> bool {
        let itself = [source];
        // What is read from the cache leads to what its own source does.
        let first = self.tasks[source].family.unwrap_or(source);
        let family: &[TaskId] = if self.tasks[first].members.is_empty() { &itself } else { &self.tasks[first].members };
        let mut needs: Vec<(TaskId, usize)> = Vec::new();
        for &id in family.iter().filter(|&&id| self.tasks[id].is_pending()) {
            match self.estimate(id, first) {
                Some(bytes) => needs.push((id, bytes.saturating_sub(self.tasks[id].reserved))),
                // Nothing is known of such values: the first one is made while no other is, and measured.
                None if !force && self.measuring > 0 => return false,
                None => {}
            }
        }
        let working = self.tasks[source].node.task.working_bytes;
        let excess =
            self.excess_without_spare(needs.iter().map(|(_, bytes)| bytes).sum::<usize>().saturating_add(working));
        if excess > 0 && !self.make_room(excess, self.tasks[source].priority.0, force) && !force {
            return false;
        }
        for (id, bytes) in needs {
            self.tasks[id].reserved += bytes;
            self.ledger.reserve(bytes);
        }
        true
    }

    /// About what a value will hold, made from this source: what it held before; else a little
    /// more than any of its kind so far; else what it, or its source, was expected to hold; else
    /// what it is made from holds, if that is there.
    fn estimate(&self, id: TaskId, source: TaskId) -> Option<usize> {
        let task = &self.tasks[id];
        if task.node.task.measure.is_none() {
            return Some(0);
        }
        let expected = || {
            let hints = [id, source].map(|id| self.tasks[id].node.task.expected_bytes);
            hints.into_iter().find(|&bytes| bytes > 0)
        };
        let before = task.made_for.map(|_| task.bytes);
        let inputs = || Some(task.inputs.iter().map(|&input| self.tasks[input].bytes).sum()).filter(|&bytes| bytes > 0);
        before.or_else(|| self.ledger.estimate(task.stage)).or_else(expected).or_else(inputs)
    }

    /// Drops values that can be made again and are needed only after the task of rank `before`,
    /// furthest next use first, until `excess` bytes are free. If not enough of them are there,
    /// drops none, or all if forced.
    ///
    /// What that very task needs is spared: of two inputs that do not fit together each would
    /// else drop the other, for ever.
    fn make_room(&mut self, excess: usize, before: Rank, force: bool) -> bool {
        let mut candidates: Vec<(Priority, TaskId)> = self
            .resident
            .iter()
            .filter_map(|&id| Some((self.next_use_if_droppable(id)?, id)))
            .filter(|(next_use, _)| next_use.0 > before)
            .collect();
        candidates.sort_unstable_by(|a, b| b.cmp(a));
        let available: usize = candidates.iter().map(|&(_, id)| self.tasks[id].bytes).sum();
        if available < excess && !force {
            return false;
        }
        let mut freed = 0;
        for (_, id) in candidates {
            if freed >= excess {
                break;
            }
            freed += self.tasks[id].bytes;
            self.drop_value(id);
            self.evicted.push(id);
        }
        freed >= excess
    }

    /// When a value is needed next, if it can be dropped until then.
    fn next_use_if_droppable(&self, id: TaskId) -> Option<Priority> {
        let task = &self.tasks[id];
        let in_use = || task.consumers.iter().any(|&consumer| self.tasks[consumer].phase == Phase::Running);
        if task.pins > 0 || in_use() { None } else { self.next_use(id) }
    }
}
