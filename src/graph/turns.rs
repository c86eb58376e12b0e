//! Turns of chunks that are used in another order than that of their numbers (shuffled), or by other numbers (cut anew).

use super::plan::{Plan, TaskEntry};

impl Plan {
    /// Chunks have the turn of the first task that asks for them [in its own turn](super::Task::inputs_in_turn), with
    /// all that they are made from, as far as it can be made again; and what else is made from them goes along.
    ///
    /// Else the chunks before a number would be read first, and be held or dropped until they are used.
    pub(super) fn follow_users(&mut self) {
        if !self.entries.iter().any(|entry| entry.node.task.inputs_in_turn) {
            return;
        }
        let first_uses = self.turns_of_first_uses();
        let mut has_moved = vec![false; self.entries.len()];
        for (id, first_use) in first_uses.into_iter().enumerate() {
            let entry = &self.entries[id];
            let states_turn = entry.node.task.order.is_some();
            let latest = || entry.inputs.iter().map(|&input| self.entries[input].turn).max();
            let moves_along = !states_turn && entry.inputs.iter().any(|&input| has_moved[input]);
            let turn = first_use.or_else(|| if moves_along { latest() } else { None }).unwrap_or(entry.turn);
            has_moved[id] = turn != entry.turn;
            self.entries[id].turn = turn;
            self.entries[id].follows = first_use.is_some();
        }
    }

    /// For each task the turn of the first that asks for it in its own. Consumers stand behind their inputs.
    fn turns_of_first_uses(&self) -> Vec<Option<usize>> {
        let mut first_uses: Vec<Option<usize>> = vec![None; self.entries.len()];
        for (id, entry) in self.entries.iter().enumerate().rev() {
            let own = entry.node.task.inputs_in_turn.then_some(entry.turn);
            let Some(turn) = first_uses[id].or(own) else { continue };
            for &input in entry.inputs.iter().filter(|&&input| can_follow(&self.entries[input])) {
                first_uses[input] = Some(first_uses[input].map_or(turn, |first| first.min(turn)));
            }
        }
        first_uses
    }

    /// The turns of what is read when something else has its turn, ascending, each once. Where large chunks are cut into
    /// many small ones, these turns are far from each other.
    pub(super) fn turns_of_sources(&self) -> Vec<usize> {
        let sources = self.entries.iter().filter(|entry| entry.follows && entry.inputs.is_empty() && !entry.is_given());
        let mut turns: Vec<usize> = sources.map(|entry| entry.turn).collect();
        turns.sort_unstable();
        turns.dedup();
        turns
    }
}

/// True of chunks, and of what is known of the rows before one. A model that is passed on has its turn as it is.
fn can_follow(entry: &TaskEntry) -> bool {
    let task = &entry.node.task;
    task.remakeable || task.carried || task.carries
}
