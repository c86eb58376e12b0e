//! A state that goes from chunk to chunk.

use crate::chunks::Chunks;
use crate::error::Result;
use crate::graph::{Key, Lazy, Task};

/// What a chain's steps have in common.
pub(super) struct Chain<'a> {
    /// Identifies what is done with a chunk.
    pub(super) key: Key,
    /// A task of this name and key.
    pub(super) task: &'a dyn Fn(&'static str, Key) -> Task,
    /// How many chunks there are in an epoch.
    pub(super) n: usize,
}

impl Chain<'_> {
    /// One step for every chunk of every epoch, one after the other. `step` is given the handle on
    /// the chunk, too: it names the place in errors.
    pub(super) fn over<S, D>(
        &self,
        mut state: Lazy<S>,
        epochs: impl IntoIterator<Item = Chunks<D>>,
        step: impl Fn(S, &D, &Lazy<D>) -> Result<S> + Clone + Send + Sync + 'static,
    ) -> Lazy<S>
    where
        S: Clone + Send + Sync + 'static,
        D: Send + Sync + 'static,
    {
        for (epoch, chunks) in epochs.into_iter().enumerate() {
            for (c, chunk) in chunks.iter().enumerate() {
                let key = Key::of("partial_fit").input(self.key).input(state.key()).input(chunk.key());
                let task = (self.task)("partial_fit", key.finish()).order(epoch * self.n + c);
                let (handle, step) = (chunk.clone(), step.clone());
                state = state.step(chunk, task, move |state, chunk| step(state, chunk, &handle));
            }
        }
        state
    }
}
