//! What of a graph a checkpoint holds already, and what then need not run.
//!
//! A value goes into the slot that its task names, where that of the next task of the slot will
//! replace it, if nobody but that next task needs it. If somebody does (it is the end of a chain,
//! say, or is scored on the way), it goes into a slot of its own. So what is replaced is never
//! missed: a run that begins anew finds all that is needed and was done.
//!
//! A task whose value is stored needs no inputs, and what only it needed is left out of the plan.

use std::collections::{HashMap, HashSet};

use super::checkpoint::Checkpoint;
use super::kept::Kept;
use super::key::Key;
use super::names;
use super::node::{Action, Node, Task};
use super::plan::{Row, TaskId};
use super::summary::title;
use crate::error::{Error, ErrorKind, Result};

/// A slot that the plan's values go into.
pub(super) struct Slot {
    pub(super) key: Key,
    /// How deep in the graph the value stands that is stored, if it is one of the graph's.
    pub(super) stored: Option<usize>,
}

/// That a value is to be kept.
#[derive(Clone, Copy)]
pub(super) struct Keep {
    /// An index into the plan's slots.
    pub(super) slot: usize,
    /// How deep in the graph it stands: a slot's later values stand deeper.
    pub(super) depth: usize,
}

/// A plan's rows, inputs first, with the rows of the targets.
pub(super) struct Graph {
    pub(super) rows: Vec<Row>,
    pub(super) targets: Vec<TaskId>,
}

impl Graph {
    /// Restores what the checkpoint holds, and leaves out what nobody needs then. Gives the slots
    /// that the rest will go into. Values of `lost` tasks are not stored, whatever it looks like.
    ///
    /// # Errors
    /// A value that is to be kept has a key that means nothing to another process.
    pub(super) fn restore(&mut self, checkpoint: &Checkpoint, lost: &HashSet<Key>) -> Result<Vec<Slot>> {
        self.check_keys()?;
        // Files know types by their names only.
        let mut contents = checkpoint.contents();
        contents.retain(|_, key| !lost.contains(key));
        let mut slots = self.find_slots();
        let mut needed = self.is_target();
        // From the targets down, so that of a chain the newest value is met first.
        for id in (0..self.rows.len()).rev() {
            if !needed[id] {
                continue;
            }
            let row = &mut self.rows[id];
            let key = row.node.task.key.in_files();
            let slots = kept(row).map(|kept| [own_slot(kept, key), kept.slot.in_files()]);
            for slot in slots.into_iter().flatten() {
                if row.restored.is_none() && contents.get(&slot) == Some(&key) {
                    if checkpoint.holds(slot, key) {
                        row.restored = Some(slot);
                    } else {
                        contents.remove(&slot);
                    }
                }
            }
            if row.restored.is_none() {
                row.inputs.iter().for_each(|&input| needed[input] = true);
            }
        }
        self.find_stored(&mut slots, &contents);
        self.prune(&needed);
        Ok(slots)
    }

    /// Marks the values that would be taken for others in files.
    pub(super) fn claim(&mut self) {
        for row in &mut self.rows {
            let Task { kept, cached, key, .. } = &row.node.task;
            row.namesake = (kept.is_some() || cached.is_some()) && key.is_lasting() && !names::claim(*key);
        }
    }

    fn check_keys(&self) -> Result<()> {
        for row in &self.rows {
            if kept(row).is_some() && !row.node.task.key.is_lasting() {
                return Err(not_lasting(&row.node));
            }
        }
        Ok(())
    }

    fn is_target(&self) -> Vec<bool> {
        let mut is_target = vec![false; self.rows.len()];
        self.targets.iter().for_each(|&target| is_target[target] = true);
        is_target
    }

    /// The slots that values go into; every row whose value does learns its own.
    fn find_slots(&mut self) -> Vec<Slot> {
        let (mut slots, mut numbers) = (Vec::new(), HashMap::new());
        let mut depths: Vec<usize> = Vec::with_capacity(self.rows.len());
        for (id, is_target) in self.is_target().into_iter().enumerate() {
            let row = &self.rows[id];
            let depth = row.inputs.iter().map(|&input| depths[input] + 1).max().unwrap_or(0);
            depths.push(depth);
            let Some(kept) = kept(row) else { continue };
            let in_chain = !is_target && self.next_in_slot(id, kept.slot);
            let key = if in_chain { kept.slot.in_files() } else { own_slot(kept, row.node.task.key) };
            let slot = *numbers.entry(key).or_insert_with(|| {
                slots.push(Slot { key, stored: None });
                slots.len() - 1
            });
            self.rows[id].keep = Some(Keep { slot, depth });
        }
        slots
    }

    /// Every slot learns how deep the value stands that is stored there.
    fn find_stored(&self, slots: &mut [Slot], contents: &HashMap<Key, Key>) {
        let depths: HashMap<Key, usize> =
            self.rows.iter().filter_map(|row| Some((row.node.task.key.in_files(), row.keep?.depth))).collect();
        for slot in slots {
            slot.stored = contents.get(&slot.key).and_then(|key| depths.get(key)).copied();
        }
    }

    /// Whether only one task needs a value, one that goes into the same slot and is made from
    /// nothing else that does.
    fn next_in_slot(&self, id: TaskId, slot: Key) -> bool {
        let in_slot = |&id: &TaskId| kept(&self.rows[id]).is_some_and(|kept| kept.slot == slot);
        match self.rows[id].consumers[..] {
            [next] => in_slot(&next) && self.rows[next].inputs.iter().copied().filter(in_slot).count() == 1,
            _ => false,
        }
    }

    /// Leaves out the rows that are not needed, and the inputs of those that are restored.
    fn prune(&mut self, needed: &[bool]) {
        let mut lonely = vec![false; self.rows.len()];
        for (id, row) in self.rows.iter_mut().enumerate() {
            if row.restored.is_some() || !needed[id] {
                row.inputs.drain(..).for_each(|input| lonely[input] = true);
            }
        }
        let mut number = 0;
        let numbers: Vec<TaskId> = needed.iter().map(|&needed| (number, number += usize::from(needed)).0).collect();
        let rows = std::mem::take(&mut self.rows);
        let mut early = Vec::new();
        for (id, mut row) in rows.into_iter().enumerate().filter(|(id, _)| needed[*id]) {
            row.consumers.clear();
            row.inputs.iter_mut().for_each(|input| *input = numbers[*input]);
            for &input in &row.inputs {
                self.rows[input].consumers.push(numbers[id]);
            }
            early.push(lonely[id] || row.restored.is_some());
            self.rows.push(row);
        }
        self.targets.iter_mut().for_each(|target| *target = numbers[*target]);
        self.delay(early);
    }

    /// A value whose first users are left out has its turn when the next wants it. Else a run that
    /// goes on in its last pass would begin by reading all that the first pass has read.
    fn delay(&mut self, mut early: Vec<bool>) {
        // What the caller asks for has its turn whoever else wants it.
        self.targets.iter().for_each(|&target| early[target] = false);
        let is_target = self.is_target();
        for id in (0..self.rows.len()).rev().filter(|&id| !is_target[id]) {
            let Row { consumers, turn, .. } = &self.rows[id];
            early[id] |= consumers.iter().any(|&consumer| early[consumer]);
            let first_use = consumers.iter().map(|&consumer| self.rows[consumer].turn).min();
            if let (true, Some(first_use)) = (early[id], first_use) {
                self.rows[id].turn = first_use.max(*turn);
            }
        }
    }
}

/// How a value is to be kept. One that is there already need not be.
fn kept(row: &Row) -> Option<&Kept> {
    row.node.task.kept.as_ref().filter(|_| matches!(row.node.action, Action::Run(_)) && !row.namesake)
}

/// The slot of a value that others than the next of its slot need.
fn own_slot(kept: &Kept, key: Key) -> Key {
    Key::of("own slot").input(kept.slot).input(key).finish().in_files()
}

/// The error that names where a key that does not last comes from.
pub(super) fn not_lasting(node: &Node) -> Error {
    let titled = |node: &Node| title(&node.task.name, node.task.label.as_deref());
    let mut cause = node;
    while let Some(input) = cause.inputs.iter().find(|input| !input.task.key.is_lasting()) {
        cause = input;
    }
    cause.task.place(Error::new(ErrorKind::NotLasting { task: titled(node), cause: titled(cause) }))
}
