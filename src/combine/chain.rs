//! A state that goes from chunk to chunk.

use crate::chunks::Chunks;
use crate::error::Result;
use crate::graph::{Codec, Key, Lazy, Task};

/// What a chain's steps have in common.
pub(super) struct Chain<'a, S> {
    /// Identifies what is done with a chunk.
    pub(super) key: Key,
    /// A task of this name and key.
    pub(super) task: &'a dyn Fn(&'static str, Key) -> Task,
    /// How many chunks there are in an epoch.
    pub(super) n: usize,
    /// How the state is kept in a checkpoint, if it can be.
    pub(super) codec: Option<Codec<S>>,
}

impl<S: Clone + Send + Sync + 'static> Chain<'_, S> {
    /// One step for every chunk of every epoch, one after the other. `step` is given the handle on
    /// the chunk, too: it names the place in errors.
    pub(super) fn over<D>(
        &self,
        mut state: Lazy<S>,
        epochs: impl IntoIterator<Item = Chunks<D>>,
        step: impl Fn(S, &D, &Lazy<D>) -> Result<S> + Clone + Send + Sync + 'static,
    ) -> Lazy<S>
    where
        D: Send + Sync + 'static,
    {
        let mut slot = None;
        for (epoch, chunks) in epochs.into_iter().enumerate() {
            for (c, chunk) in chunks.iter().enumerate() {
                let key = Key::of("partial_fit").input(self.key).input(state.key()).input(chunk.key());
                let task = (self.task)("partial_fit", key.finish()).order(epoch * self.n + c);
                let (handle, step) = (chunk.clone(), step.clone());
                state = state.step(chunk, task, move |state, chunk| step(state, chunk, &handle));
                // The first step's key tells one chain from another; each step takes its place.
                let slot = *slot.get_or_insert(state.key());
                if let Some(codec) = &self.codec {
                    state = state.kept(slot, codec.clone());
                }
            }
        }
        state
    }
}
