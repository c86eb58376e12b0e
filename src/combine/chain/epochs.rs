//! Epochs of a chain: how many there are, and in which order each goes over the chunks.

use serde::Serialize;

use crate::chunks::{Chunks, permutation};
use crate::data::Shared;
use crate::error::{Error, Result};
use crate::graph::{AnyLazy, Key, Task};

/// The passes of a chain over all chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(in crate::combine) struct Epochs {
    pub(in crate::combine) n_epochs: usize,
    /// The seed of the orders of chunks, if they are shuffled.
    pub(in crate::combine) shuffle: Option<u64>,
}

impl Epochs {
    /// One epoch in the order of the chunks.
    pub(in crate::combine) const ONE: Epochs = Epochs { n_epochs: 1, shuffle: None };

    /// # Errors
    /// No epoch.
    pub(in crate::combine) fn check(&self) -> Result<()> {
        if self.n_epochs == 0 { Err(Error::parameter("epochs", 0, "1 or more")) } else { Ok(()) }
    }

    /// The numbers of so many chunks, in the order of an epoch.
    pub(in crate::combine) fn order(&self, epoch: usize, n_chunks: usize) -> Vec<usize> {
        match self.shuffle {
            None => (0..n_chunks).collect(),
            Some(seed) => permutation(n_chunks, seed, epoch as u64),
        }
    }

    /// The chunks in the order of an epoch.
    pub(in crate::combine) fn visited<D: Shared>(&self, chunks: &Chunks<D>, epoch: usize) -> Chunks<D> {
        match self.shuffle {
            None => chunks.clone(),
            Some(_) => chunks.in_order(&self.order(epoch, chunks.len())),
        }
    }

    /// The chunks of all epochs, each in its order.
    pub(in crate::combine) fn all_visited(&self, chunks: &[AnyLazy]) -> Vec<Vec<AnyLazy>> {
        let visited = |epoch| self.order(epoch, chunks.len()).into_iter().map(|c| chunks[c].clone()).collect();
        (0..self.n_epochs).map(visited).collect()
    }

    /// A step over a chunk, which is made for it where chunks are not visited in the order of their numbers.
    pub(in crate::combine) fn step(&self, task: Task) -> Task {
        if self.shuffle.is_some() { task.inputs_in_turn() } else { task }
    }

    /// The identity of an estimator that learns in these orders. It does not depend on the number of epochs: a chain of
    /// more epochs begins as one of fewer does.
    pub(in crate::combine) fn identify(&self, estimator: Key) -> Key {
        match self.shuffle {
            None => estimator,
            Some(seed) => Key::of("shuffled chunks").params(&seed).input(estimator).finish(),
        }
    }
}
