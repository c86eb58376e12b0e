//! Spare values: chunks that every submission has used, and that stay for one which may join while there is room.

use super::{Scheduler, TaskId};

impl Scheduler {
    /// Drops spare values until so many bytes are free, or none is left. Gives the bytes.
    ///
    /// A submission that joins uses chunks in their order: those of the highest rank go first.
    pub(super) fn shed(&mut self, excess: usize) -> usize {
        let mut freed = 0;
        while freed < excess
            && let Some((_, id)) = self.spare.pop_last()
        {
            freed += self.tasks[id].bytes;
            self.drop_value(id);
        }
        freed
    }

    /// Makes room for what a waiting source needs, as [`shed`](Self::shed). Gives the bytes that are still missing.
    pub(super) fn excess_without_spare(&mut self, bytes: usize) -> usize {
        let excess = self.ledger.excess(bytes);
        excess.saturating_sub(self.shed(excess))
    }

    /// A value's rank has changed.
    pub(super) fn move_spare(&mut self, id: TaskId, old_rank: usize) {
        if self.spare.remove(&(old_rank, id)) {
            self.spare.insert((self.tasks[id].rank, id));
        }
    }
}
