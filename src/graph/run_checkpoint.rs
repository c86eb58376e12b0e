//! The checkpoint of one run: writes kept values while the run goes on, and reads those of an earlier run.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::checkpoint::Checkpoint;
use super::key::Key;
use super::node::Value;
use super::plan::{Plan, TaskEntry};
use super::restore::Slot;
use crate::error::{Error, ErrorKind, Result};

/// The checkpoint of one run. A slot has a lock of its own, held while it is written, so that of
/// two values the later one stays.
pub(super) struct RunCheckpoint<'p> {
    checkpoint: &'p Checkpoint,
    slots: &'p [Slot],
    states: Vec<Mutex<State>>,
}

/// The state of a slot.
struct State {
    depth: Option<usize>,
    /// When this run wrote it.
    written: Option<Instant>,
    /// The number of values that it could have held since.
    passed_over: usize,
}

impl<'p> RunCheckpoint<'p> {
    pub(super) fn new(checkpoint: &'p Checkpoint, plan: &'p Plan) -> Self {
        let state = |slot: &Slot| Mutex::new(State { depth: slot.stored, written: None, passed_over: 0 });
        RunCheckpoint { checkpoint, slots: &plan.slots, states: plan.slots.iter().map(state).collect() }
    }

    /// Writes the value of a task into its slot, if it has one and it is time to. Says whether it
    /// did.
    ///
    /// # Errors
    /// The value cannot be encoded, or its file not be written.
    pub(super) fn keep(&self, entry: &TaskEntry, value: &Value) -> Result<bool> {
        let (Some(keep), Some(kept)) = (entry.keep, &entry.node.task.kept) else { return Ok(false) };
        let slot = &self.slots[keep.slot];
        // What a panic leaves behind is whole: the state is changed last.
        let mut state = self.states[keep.slot].lock().unwrap_or_else(PoisonError::into_inner);
        // Not back: a run that needs an early value once more must not give up the late one.
        let later = state.depth.is_none_or(|depth| depth < keep.depth);
        let due = state.written.is_none_or(|written| {
            state.passed_over + 1 >= self.checkpoint.steps() && written.elapsed() >= self.checkpoint.interval()
        });
        if !later || !due {
            state.passed_over += usize::from(later);
            return Ok(false);
        }
        let Some(content) = (kept.codec.encode)(&**value)? else { return Ok(false) };
        self.checkpoint.write(slot.key, entry.node.task.key.in_files(), &content)?;
        *state = State { depth: Some(keep.depth), written: Some(Instant::now()), passed_over: 0 };
        Ok(true)
    }

    /// The value of a task that an earlier run has kept in this slot. If it goes into another one
    /// now, for others need it than before, it is put there, too.
    ///
    /// # Errors
    /// It was there when the run was planned and is no longer, or its codec does not know it.
    pub(super) fn restore(&self, entry: &TaskEntry, slot: Key) -> Result<Value> {
        let kept = entry.node.task.kept.as_ref().expect("what is restored was kept");
        let gone = || Error::new(ErrorKind::Malformed { format: "checkpoint", problem: "the value is gone".into() });
        let content = self.checkpoint.read(slot, entry.node.task.key.in_files()).ok_or_else(gone);
        let value = content.and_then(|content| (kept.codec.decode)(&content));
        let value = value.map_err(|error| error.in_file(self.checkpoint.file(slot)))?;
        if entry.keep.is_some_and(|keep| self.slots[keep.slot].key != slot) {
            self.keep(entry, &value)?;
        }
        Ok(value)
    }
}
