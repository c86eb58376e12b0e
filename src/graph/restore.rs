//! Restoring from a checkpoint: the values of a graph that it holds already, and the tasks that need not run then.
//!
//! A value goes into the slot that its task names, where that of the next task of the slot will
//! replace it, if only that next task needs it. If another does (it is the end of a chain,
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
use super::plan::{TaskEntry, TaskId};
use super::summary::title;
use crate::error::{Error, ErrorKind, Result};

/// A slot that the plan's values go into.
pub(super) struct Slot {
    pub(super) key: Key,
    /// The depth in the graph of the value that is stored, if it is one of the graph's.
    pub(super) stored: Option<usize>,
}

/// That a value is to be kept.
#[derive(Clone, Copy)]
pub(super) struct Keep {
    /// An index into the plan's slots.
    pub(super) slot: usize,
    /// The depth of the value in the graph: a slot's later values stand deeper.
    pub(super) depth: usize,
}

/// A plan's entries, inputs first, with the entries of the targets.
pub(super) struct Graph {
    pub(super) entries: Vec<TaskEntry>,
    pub(super) targets: Vec<TaskId>,
}

impl Graph {
    /// Restores what the checkpoint holds, and leaves out what is not needed then. Gives the slots
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
        let mut needed: Vec<bool> = self.entries.iter().map(|entry| entry.is_target).collect();
        // From the targets down, so that of a chain the newest value is met first.
        for id in (0..self.entries.len()).rev() {
            if !needed[id] {
                continue;
            }
            let entry = &mut self.entries[id];
            let key = entry.node.task.key.in_files();
            let slots = kept(entry).map(|kept| [own_slot(kept, key), kept.slot.in_files()]);
            for slot in slots.into_iter().flatten() {
                if entry.restored.is_none() && contents.get(&slot) == Some(&key) {
                    if checkpoint.holds(slot, key) {
                        entry.restored = Some(slot);
                    } else {
                        contents.remove(&slot);
                    }
                }
            }
            if entry.restored.is_none() {
                entry.inputs.iter().for_each(|&input| needed[input] = true);
            }
        }
        self.find_stored(&mut slots, &contents);
        self.prune(&needed);
        Ok(slots)
    }

    /// Marks the values that would be taken for others in files.
    pub(super) fn claim(&mut self) {
        for entry in &mut self.entries {
            let Task { kept, cached, key, .. } = &entry.node.task;
            entry.namesake = (kept.is_some() || cached.is_some()) && key.is_lasting() && !names::claim(*key);
        }
    }

    fn check_keys(&self) -> Result<()> {
        for entry in &self.entries {
            if kept(entry).is_some() && !entry.node.task.key.is_lasting() {
                return Err(not_lasting(&entry.node));
            }
        }
        Ok(())
    }

    /// The slots that values go into; every entry whose value does learns its own.
    fn find_slots(&mut self) -> Vec<Slot> {
        let (mut slots, mut numbers) = (Vec::new(), HashMap::new());
        let mut depths: Vec<usize> = Vec::with_capacity(self.entries.len());
        for id in 0..self.entries.len() {
            let entry = &self.entries[id];
            let depth = entry.inputs.iter().map(|&input| depths[input] + 1).max().unwrap_or(0);
            depths.push(depth);
            let Some(kept) = kept(entry) else { continue };
            let in_chain = !entry.is_target && self.next_in_slot(id, kept.slot);
            let key = if in_chain { kept.slot.in_files() } else { own_slot(kept, entry.node.task.key) };
            let slot = *numbers.entry(key).or_insert_with(|| {
                slots.push(Slot { key, stored: None });
                slots.len() - 1
            });
            self.entries[id].keep = Some(Keep { slot, depth });
        }
        slots
    }

    /// Every slot learns how deep the value stands that is stored there.
    fn find_stored(&self, slots: &mut [Slot], contents: &HashMap<Key, Key>) {
        let depths: HashMap<Key, usize> =
            self.entries.iter().filter_map(|entry| Some((entry.node.task.key.in_files(), entry.keep?.depth))).collect();
        for slot in slots {
            slot.stored = contents.get(&slot.key).and_then(|key| depths.get(key)).copied();
        }
    }

    /// True if only one task needs a value, one that goes into the same slot and is made from
    /// nothing else that does.
    fn next_in_slot(&self, id: TaskId, slot: Key) -> bool {
        let in_slot = |&id: &TaskId| kept(&self.entries[id]).is_some_and(|kept| kept.slot == slot);
        match self.entries[id].consumers[..] {
            [next] => in_slot(&next) && self.entries[next].inputs.iter().copied().filter(in_slot).count() == 1,
            _ => false,
        }
    }

    /// Leaves out the entries that are not needed, and the inputs of those that are restored.
    fn prune(&mut self, needed: &[bool]) {
        let mut lonely = vec![false; self.entries.len()];
        for (id, entry) in self.entries.iter_mut().enumerate() {
            if entry.restored.is_some() || !needed[id] {
                entry.inputs.drain(..).for_each(|input| lonely[input] = true);
            }
        }
        let mut number = 0;
        let numbers: Vec<TaskId> = needed.iter().map(|&needed| (number, number += usize::from(needed)).0).collect();
        let entries = std::mem::take(&mut self.entries);
        let mut early = Vec::new();
        for (id, mut entry) in entries.into_iter().enumerate().filter(|(id, _)| needed[*id]) {
            entry.consumers.clear();
            entry.inputs.iter_mut().for_each(|input| *input = numbers[*input]);
            for &input in &entry.inputs {
                self.entries[input].consumers.push(numbers[id]);
            }
            early.push(lonely[id] || entry.restored.is_some());
            self.entries.push(entry);
        }
        self.targets.iter_mut().for_each(|target| *target = numbers[*target]);
        self.delay(early);
    }

    /// A value whose first users are left out has its turn when the next wants it. Else a run that
    /// goes on in its last pass would begin by reading all that the first pass has read.
    fn delay(&mut self, mut early: Vec<bool>) {
        // What the caller asks for has its turn whoever else wants it.
        self.targets.iter().for_each(|&target| early[target] = false);
        for id in (0..self.entries.len()).rev() {
            if self.entries[id].is_target {
                continue;
            }
            let TaskEntry { consumers, turn, .. } = &self.entries[id];
            early[id] |= consumers.iter().any(|&consumer| early[consumer]);
            let first_use = consumers.iter().map(|&consumer| self.entries[consumer].turn).min();
            if let (true, Some(first_use)) = (early[id], first_use) {
                self.entries[id].turn = first_use.max(*turn);
            }
        }
    }
}

/// The way a value is to be kept. One that is there already need not be.
fn kept(entry: &TaskEntry) -> Option<&Kept> {
    entry.node.task.kept.as_ref().filter(|_| matches!(entry.node.action, Action::Run(_)) && !entry.namesake)
}

/// The slot of a value that others than the next of its slot need.
fn own_slot(kept: &Kept, key: Key) -> Key {
    Key::of("own slot").input(kept.slot).input(key).finish().in_files()
}

/// The error that names where a key that does not last comes from.
pub(super) fn not_lasting(node: &Node) -> Error {
    let cause = source_of_unknown(node);
    cause.task.place(Error::new(ErrorKind::NotLasting { task: titled(node), cause: titled(cause) }))
}

/// Name and display name of a node's task.
pub(super) fn titled(node: &Node) -> String {
    title(&node.task.name, node.task.display_name.as_deref())
}

/// The node because of which a key does not last: one whose inputs' keys do.
pub(super) fn source_of_unknown(node: &Node) -> &Node {
    let mut cause = node;
    while let Some(input) = cause.inputs.iter().find(|input| !input.task.key.is_lasting()) {
        cause = input;
    }
    cause
}
