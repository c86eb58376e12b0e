//! Chain steps: a state that goes from chunk to chunk.

use crate::data::{Codec, Shared};
use crate::graph::{Key, Lazy, Task};

/// What a chain's steps have in common.
pub(in crate::combine) struct Chain<'a, S> {
    /// Identifies what is done with a chunk.
    pub(in crate::combine) key: Key,
    /// A step's task, of this name and key.
    pub(in crate::combine) task: &'a dyn Fn(&'static str, Key) -> Task,
    /// How the state is kept in a checkpoint, if it can be.
    pub(in crate::combine) codec: Option<Codec<S>>,
}

/// One step of a chain.
pub(in crate::combine) struct Visit<D> {
    /// When it is due: see [`Task::order`].
    pub(in crate::combine) turn: usize,
    /// Identifies what is looked at.
    pub(in crate::combine) key: Key,
    /// What is looked at.
    pub(in crate::combine) data: D,
}

impl<S: Clone + Shared> Chain<'_, S> {
    /// One step for every visit, one after the other.
    pub(in crate::combine) fn over<D>(
        &self,
        begin: Lazy<S>,
        visits: impl IntoIterator<Item = Visit<D>>,
        step: impl Fn(&Lazy<S>, Task, D) -> Lazy<S>,
    ) -> Lazy<S> {
        let (mut state, mut slot) = (begin, None);
        for Visit { turn, key, data } in visits {
            let key = Key::of("partial_fit").input(self.key).input(state.key()).input(key).finish();
            state = step(&state, (self.task)("partial_fit", key).order(turn), data);
            // The first step's key tells one chain from another; each step takes its place.
            let slot = *slot.get_or_insert(state.key());
            if let Some(codec) = &self.codec {
                state = state.kept(slot, codec.clone());
            }
        }
        state
    }
}
