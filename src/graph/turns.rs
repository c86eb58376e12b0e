//! Turns of chunks that are used in another order than that of their numbers (shuffled), or by other numbers (cut anew).

use super::node::InputOrder;
use super::plan::{Plan, TaskEntry};

/// The first task that asks for a value in its own turn.
#[derive(Clone, Copy)]
struct FirstUse {
    turn: usize,
    order: InputOrder,
}

impl Plan {
    /// Chunks have the turn of the first task that asks for them [in its own turn](super::Task::inputs_in_turn), with
    /// all that they are made from, as far as it can be made again; and what else is made from them goes along.
    ///
    /// Else the chunks before a number would be read first, and be held or dropped until they are used.
    pub(super) fn follow_users(&mut self) {
        if !self.entries.iter().any(|entry| entry.node.task.inputs_in_turn.is_some()) {
            return;
        }
        let first_uses = self.turns_of_first_uses();
        let mut has_moved = vec![false; self.entries.len()];
        for (id, first_use) in first_uses.into_iter().enumerate() {
            let entry = &self.entries[id];
            let turn = match first_use {
                Some(first) => first.turn,
                None if entry.node.task.order.is_none() && entry.inputs.iter().any(|&input| has_moved[input]) => {
                    entry.inputs.iter().map(|&input| self.entries[input].turn).max().unwrap_or(entry.turn)
                }
                None => continue,
            };
            let entry = &mut self.entries[id];
            has_moved[id] = turn != entry.turn;
            entry.own_turn = first_use.filter(|first| first.order == InputOrder::Kept).map(|_| entry.turn);
            entry.turn = turn;
        }
    }

    /// Consumers stand behind their inputs.
    fn turns_of_first_uses(&self) -> Vec<Option<FirstUse>> {
        let mut first_uses: Vec<Option<FirstUse>> = vec![None; self.entries.len()];
        for (id, entry) in self.entries.iter().enumerate().rev() {
            let own = entry.node.task.inputs_in_turn.map(|order| FirstUse { turn: entry.turn, order });
            let passed_on = match (first_uses[id], own) {
                (Some(FirstUse { order: InputOrder::Kept, turn }), Some(own)) => Some(FirstUse { turn, ..own }),
                (first_use, own) => first_use.or(own),
            };
            let Some(passed_on) = passed_on else { continue };
            for &input in entry.inputs.iter().filter(|&&input| follows(&self.entries[input])) {
                let first = first_uses[input].get_or_insert(passed_on);
                if passed_on.turn < first.turn {
                    *first = passed_on;
                }
            }
        }
        first_uses
    }
}

/// True of chunks, and of what is known of the rows before one. A model that is passed on has its turn as it is.
fn follows(entry: &TaskEntry) -> bool {
    let task = &entry.node.task;
    task.remakeable || task.carried || task.carries
}
