//! The checkpoint of a session: writes kept values while runs go on, and reads those of earlier ones.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::checkpoint::Checkpoint;
use super::key::Key;
use super::node::{Node, Value};
use super::plan::Plan;
use crate::error::{Error, ErrorKind, Result};

/// The checkpoint of a session. A slot has a lock of its own, held while it is written, so that of
/// two values the later one stays.
pub(super) struct RunCheckpoint {
    checkpoint: Checkpoint,
    slots: Mutex<HashMap<Key, Arc<OpenSlot>>>,
}

/// A slot that values of the session go to.
pub(super) struct OpenSlot {
    key: Key,
    state: Mutex<State>,
}

/// A value is to be kept in a slot. Later values of the slot stand deeper in the graph.
#[derive(Clone)]
pub(super) struct Keep {
    pub(super) slot: Arc<OpenSlot>,
    pub(super) depth: usize,
}

/// The state of a slot.
struct State {
    depth: Option<usize>,
    /// When this session wrote it.
    written: Option<Instant>,
    /// The number of values that it could have held since.
    passed_over: usize,
}

impl Keep {
    /// True if both mean the same slot.
    pub(super) fn is_same(&self, other: &Keep) -> bool {
        Arc::ptr_eq(&self.slot, &other.slot)
    }
}

impl RunCheckpoint {
    pub(super) fn new(checkpoint: Checkpoint) -> Self {
        RunCheckpoint { checkpoint, slots: Mutex::default() }
    }

    /// The slots of a plan, in its order. What this session has written to them is known.
    pub(super) fn open_slots(&self, plan: &Plan) -> Vec<Arc<OpenSlot>> {
        // What a panic leaves behind is whole: a slot is there or is not.
        let mut open = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, slot| Arc::strong_count(slot) > 1);
        let slots = plan.slots.iter().map(|slot| {
            let state = || State { depth: slot.stored, written: None, passed_over: 0 };
            let new = || Arc::new(OpenSlot { key: slot.key, state: Mutex::new(state()) });
            open.entry(slot.key).or_insert_with(new).clone()
        });
        slots.collect()
    }

    /// Writes the value of a task into these slots, where it is time to. Says whether it wrote any.
    ///
    /// # Errors
    /// The value cannot be encoded, or its file not be written.
    pub(super) fn keep(&self, node: &Node, keeps: &[Keep], value: &Value) -> Result<bool> {
        let mut kept = false;
        for keep in keeps {
            kept |= self.keep_in(node, keep, value)?;
        }
        Ok(kept)
    }

    fn keep_in(&self, node: &Node, keep: &Keep, value: &Value) -> Result<bool> {
        let Some(kept) = &node.task.kept else { return Ok(false) };
        // What a panic leaves behind is whole: the state is changed last.
        let mut state = keep.slot.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Not back: a run that needs an early value once more must not give up the late one.
        let later = state.depth.is_none_or(|depth| depth < keep.depth);
        let due = state.written.is_none_or(|written| {
            state.passed_over + 1 >= self.checkpoint.steps() && written.elapsed() >= self.checkpoint.interval()
        });
        if !later || !due {
            state.passed_over += usize::from(later);
            return Ok(false);
        }
        let Some(content) = kept.codec.encode(value)? else { return Ok(false) };
        self.checkpoint.write(keep.slot.key, node.task.key.in_files(), &content)?;
        *state = State { depth: Some(keep.depth), written: Some(Instant::now()), passed_over: 0 };
        Ok(true)
    }

    /// The value of a task that an earlier run has kept in this slot. If it goes into others
    /// now, for others need it than before, it is put there, too.
    ///
    /// # Errors
    /// It was there when the run was planned and is no longer, or its codec does not know it.
    pub(super) fn restore(&self, node: &Node, slot: Key, keeps: &[Keep]) -> Result<Value> {
        let kept = node.task.kept.as_ref().expect("what is restored was kept");
        let gone = || Error::new(ErrorKind::Malformed { format: "checkpoint", problem: "the value is gone".into() });
        let content = self.checkpoint.read(slot, node.task.key.in_files()).ok_or_else(gone);
        let value = content.and_then(|content| kept.codec.decode(&content));
        let value = value.map_err(|error| error.in_file(self.checkpoint.file(slot)))?;
        for keep in keeps.iter().filter(|keep| keep.slot.key != slot) {
            self.keep_in(node, keep, &value)?;
        }
        Ok(value)
    }
}
