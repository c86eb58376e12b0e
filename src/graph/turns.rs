//! Turns of chunks that are used in another order than that of their numbers, such as a shuffled one.

use super::plan::Plan;

impl Plan {
    /// Chunks have the turn of the first task that asks for them [in its own turn](super::Task::inputs_in_turn), with
    /// all that they are made from, as far as it can be made again; and what else is made from them goes along.
    ///
    /// Else the chunks before that number would be read first, and be held or dropped until they are used.
    pub(super) fn follow_users(&mut self) {
        let n = self.entries.len();
        if !self.entries.iter().any(|entry| entry.node.task.inputs_in_turn) {
            return;
        }
        let mut first_use: Vec<Option<usize>> = vec![None; n];
        let mut has_moved = vec![false; n];
        for id in (0..n).rev() {
            let before = self.entries[id].turn;
            let turn = first_use[id].unwrap_or(before);
            self.entries[id].turn = turn;
            self.entries[id].follows = first_use[id].is_some();
            has_moved[id] = turn != before;
            if self.entries[id].node.task.inputs_in_turn || first_use[id].is_some() {
                for i in 0..self.entries[id].inputs.len() {
                    let input = self.entries[id].inputs[i];
                    if self.entries[input].node.task.remakeable {
                        first_use[input] = Some(first_use[input].map_or(turn, |first| first.min(turn)));
                    }
                }
            }
        }
        for id in 0..n {
            let entry = &self.entries[id];
            let states_turn = entry.node.task.order.is_some() || first_use[id].is_some();
            if !states_turn && entry.inputs.iter().any(|&input| has_moved[input]) {
                let turn = entry.inputs.iter().map(|&input| self.entries[input].turn).max();
                has_moved[id] = turn != Some(entry.turn);
                self.entries[id].turn = turn.unwrap_or(entry.turn);
            }
        }
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
