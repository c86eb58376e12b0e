//! Chain steps: a state that goes from chunk to chunk, whatever its type.

use super::epochs::Epochs;
use crate::graph::{AnyCodec, AnyLazy, AnyWork, Key, Task};

/// What a chain's steps have in common.
pub(in crate::combine) struct Chain<'a> {
    pub(in crate::combine) epochs: &'a Epochs,
    /// Identifies what is done with a chunk.
    pub(in crate::combine) key: Key,
    /// The task of a step, whose key and turn are set for each.
    pub(in crate::combine) task: Task,
    /// How the state is kept in a checkpoint, if it can be.
    pub(in crate::combine) codec: Option<AnyCodec>,
}

/// One step of a chain.
pub(in crate::combine) struct Visit {
    /// When it is due: see [`Task::order`].
    turn: usize,
    chunk: AnyLazy,
    /// The rows of the chunk that are looked at, if not all.
    rows: Option<AnyLazy>,
}

/// The steps over all chunks of the epochs, which are given in the order of their visits, `n` chunks an epoch.
pub(in crate::combine) fn visits_of(epochs: Vec<Vec<AnyLazy>>, n: usize) -> Vec<Visit> {
    let mut visits = Vec::new();
    for (epoch, chunks) in epochs.into_iter().enumerate() {
        for (c, chunk) in chunks.into_iter().enumerate() {
            visits.push(Visit { turn: epoch * n + c, chunk, rows: None });
        }
    }
    visits
}

/// The steps over these rows of the chunks in all epochs.
pub(in crate::combine) fn visits_of_rows(epochs: &Epochs, chunks: &[AnyLazy], rows: &[AnyLazy]) -> Vec<Visit> {
    let (n, mut visits) = (chunks.len(), Vec::new());
    for epoch in 0..epochs.n_epochs {
        for (place, c) in epochs.order(epoch, n).into_iter().enumerate() {
            let (chunk, rows) = (chunks[c].clone(), Some(rows[c].clone()));
            visits.push(Visit { turn: epoch * n + place, chunk, rows });
        }
    }
    visits
}

impl Chain<'_> {
    /// One step for every visit, one after the other; `work` makes the work of a step over a chunk.
    pub(in crate::combine) fn over(
        &self,
        begin: AnyLazy,
        visits: Vec<Visit>,
        work: &dyn Fn(&AnyLazy) -> AnyWork,
    ) -> AnyLazy {
        let (mut state, mut slot) = (begin, None);
        for Visit { turn, chunk, rows } in visits {
            let seen = match &rows {
                None => chunk.key(),
                Some(rows) => Key::of("rows of a chunk").input(chunk.key()).input(rows.key()).finish(),
            };
            let key = Key::of("partial_fit").input(self.key).input(state.key()).input(seen).finish();
            let task = self.epochs.step(self.task.keyed(key).order(turn));
            state = match &rows {
                None => state.zip(&chunk, task, work(&chunk)),
                Some(rows) => state.zip2(&chunk, rows, task, work(&chunk)),
            };
            // The first step's key tells one chain from another; each step takes its place.
            let slot = *slot.get_or_insert(state.key());
            if let Some(codec) = &self.codec {
                state = state.kept(slot, codec.clone());
            }
        }
        state
    }
}

/// The numbers of those whose epochs are equal, for all that are valid.
pub(in crate::combine) fn of_equal_epochs(all: &[Epochs]) -> Vec<Vec<usize>> {
    let mut distinct: Vec<Epochs> = all.iter().filter(|epochs| epochs.check().is_ok()).copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct.iter().map(|epochs| (0..all.len()).filter(|&i| all[i] == *epochs).collect()).collect()
}
