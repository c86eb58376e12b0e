//! Admission of sources under the memory limit: room for what a source leads to, and which values make it.

use super::{Phase, Priority, Rank, Scheduler, TaskId};

impl Scheduler<'_> {
    /// Sets aside what a source and all that is made from it will hold, if it fits or can be made
    /// to fit; always, if forced.
    pub(super) fn admit(&mut self, source: TaskId, force: bool) -> bool {
        let plan = self.plan;
        let itself = [source];
        // What is read from the cache leads to what its own source does.
        let first = plan.entries[source].family.unwrap_or(source);
        let family: &[TaskId] = if plan.families[first].is_empty() { &itself } else { &plan.families[first] };
        let pending = |&&id: &&TaskId| matches!(self.states[id].phase, Phase::Waiting | Phase::Ready);
        let mut needs: Vec<(TaskId, usize)> = Vec::new();
        for &id in family.iter().filter(pending) {
            match self.estimate(id, first) {
                Some(bytes) => needs.push((id, bytes.saturating_sub(self.states[id].reserved))),
                // Nothing is known of such values: the first one goes alone, and is measured.
                None if !force => return false,
                None => {}
            }
        }
        let excess = self.ledger.excess(needs.iter().map(|(_, bytes)| bytes).sum());
        if excess > 0 && !self.make_room(excess, self.states[source].priority.0, force) && !force {
            return false;
        }
        for (id, bytes) in needs {
            self.states[id].reserved += bytes;
            self.ledger.reserve(bytes);
        }
        true
    }

    /// About what a value will hold, made from this source: what it held before; else a little
    /// more than any of its kind so far; else what it, or its source, was expected to hold; else
    /// what it is made from holds, if that is there.
    fn estimate(&self, id: TaskId, source: TaskId) -> Option<usize> {
        let (entry, state) = (&self.plan.entries[id], &self.states[id]);
        if entry.node.task.measure.is_none() {
            return Some(0);
        }
        let expected = || {
            let hints = [id, source].map(|id| self.plan.entries[id].node.task.expected_bytes);
            hints.into_iter().find(|&bytes| bytes > 0)
        };
        let before = state.made_before.then_some(state.bytes);
        let inputs =
            || Some(entry.inputs.iter().map(|&input| self.states[input].bytes).sum()).filter(|&bytes| bytes > 0);
        before.or_else(|| self.ledger.estimate(entry.stage)).or_else(expected).or_else(inputs)
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
        let available: usize = candidates.iter().map(|&(_, id)| self.states[id].bytes).sum();
        if available < excess && !force {
            return false;
        }
        let mut freed = 0;
        for (_, id) in candidates {
            if freed >= excess {
                break;
            }
            freed += self.states[id].bytes;
            self.drop_value(id);
            self.evicted.push(id);
        }
        freed >= excess
    }

    /// When a value is needed next, if it can be dropped until then.
    fn next_use_if_droppable(&self, id: TaskId) -> Option<Priority> {
        let (entry, state) = (&self.plan.entries[id], &self.states[id]);
        if state.target {
            return None;
        }
        if entry.consumers.iter().any(|&consumer| self.states[consumer].phase == Phase::Running) {
            return None;
        }
        self.next_use(id)
    }

    pub(super) fn next_use(&self, id: TaskId) -> Option<Priority> {
        let consumers = self.plan.entries[id].consumers.iter().filter(|&&consumer| self.needed(consumer).contains(&id));
        let states = consumers.map(|&consumer| &self.states[consumer]);
        states.filter(|state| matches!(state.phase, Phase::Waiting | Phase::Ready)).map(|state| state.priority).min()
    }
}
