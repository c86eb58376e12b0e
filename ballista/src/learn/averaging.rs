//! The average of chunks, in rounds that fit every chunk.

use std::fmt;

use chunkfit::data::Footprint;
use chunkfit::distributed::{Count, OrderedMerge};
use datafusion::error::Result;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Examples;
use super::answers::Answers;
use crate::error::from_core;

/// What makes a state of a chunk.
pub(super) type FitChunk<L, S> = Box<dyn Fn(&Examples<L>) -> Result<S> + Send + Sync>;

/// How states are made, merged and finished.
pub(super) struct Way<L, S> {
    /// Of states, by which partial results of another fit are told apart.
    pub kind: String,
    pub fit: FitChunk<L, S>,
    pub merge: fn(S, S) -> chunkfit::Result<S>,
    pub finish: Box<dyn Fn(S, Count) -> Result<Vec<u8>> + Send + Sync>,
    /// What is fitted, for the error when there are no rows.
    pub estimator: &'static str,
}

/// The states of the chunks so far.
pub(super) struct Averaging<L, S> {
    way: Way<L, S>,
    states: OrderedMerge<S>,
    bytes: usize,
}

impl<L, S> Averaging<L, S> {
    pub fn new(way: Way<L, S>) -> Self {
        Averaging { way, states: OrderedMerge::new(), bytes: 0 }
    }
}

impl<L, S> fmt::Debug for Averaging<L, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {:?}", self.way.kind, self.states.count())
    }
}

impl<L, S> Averaging<L, S>
where
    S: Footprint,
{
    fn weigh(&mut self) {
        self.bytes = self.states.states().map(|state| size_of::<S>() + state.heap_bytes()).sum();
    }
}

impl<L, S> Answers<L> for Averaging<L, S>
where
    S: Footprint + Serialize + DeserializeOwned + Send + Sync,
{
    fn add(&mut self, chunk: u32, examples: &Examples<L>) -> Result<()> {
        let state = (self.way.fit)(examples)?;
        let rows = examples.records.row_count() as u64;
        self.states.insert(chunk, rows, state, self.way.merge).map_err(from_core("fit"))?;
        self.weigh();
        Ok(())
    }

    fn take(&mut self) -> Result<Vec<u8>> {
        self.bytes = 0;
        std::mem::take(&mut self.states).to_bytes(&self.way.kind).map_err(from_core("fit"))
    }

    fn absorb(&mut self, bytes: &[u8]) -> Result<()> {
        let states = OrderedMerge::from_bytes(&self.way.kind, bytes).map_err(from_core("fit, merging"))?;
        self.states.absorb(states, self.way.merge).map_err(from_core("fit, merging"))?;
        self.weigh();
        Ok(())
    }

    fn finish(&mut self) -> Result<Vec<u8>> {
        self.bytes = 0;
        let states = std::mem::take(&mut self.states);
        let count = states.count();
        let state = states.finish(self.way.merge).map_err(from_core("fit, merging"))?;
        let estimator = self.way.estimator;
        let no_rows = || chunkfit::Error::new(chunkfit::ErrorKind::NoRows { estimator });
        let state = state.ok_or_else(no_rows).map_err(from_core("fit"))?;
        (self.way.finish)(state, count)
    }

    fn bytes(&self) -> usize {
        self.bytes
    }
}
