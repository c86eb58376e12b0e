//! The answers of numbered chunks in a pass, summed up in one order whatever order they come in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ordered_merge::{Count, OrderedMerge};
use crate::combine::NEIGHBOURS;
use crate::error::{Error, ErrorKind, Result};

/// The answers of numbered chunks, summed up as far as their neighbours are there.
///
/// As the passes of [`Averaged::rounds`](crate::combine::Averaged::rounds) do it: sixteen neighbours one after the
/// other, then these sums in the tree of [`OrderedMerge`]. So answers are kept until all sixteen of their block are
/// there,
/// or until the end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderedSum<P, S> {
    /// The answers of the blocks that are not complete, by the chunk's number.
    parts: BTreeMap<u32, P>,
    sums: OrderedMerge<S>,
    count: Count,
}

impl<P, S> Default for OrderedSum<P, S> {
    fn default() -> Self {
        OrderedSum { parts: BTreeMap::new(), sums: OrderedMerge::new(), count: Count::default() }
    }
}

impl<P, S> OrderedSum<P, S> {
    /// Of no chunk.
    pub fn new() -> Self {
        Self::default()
    }

    /// How much is in it.
    pub fn count(&self) -> Count {
        self.count
    }

    /// Adds a chunk's answer, made of so many rows. `sum` is [`FitPasses::sum`](crate::linear::FitPasses::sum),
    /// `merge` is
    /// [`merge_sums`](crate::linear::FitPasses::merge_sums).
    ///
    /// # Errors
    /// [`ErrorKind::RepeatedChunk`] when the chunk is in it already; those of the two.
    pub fn insert(
        &mut self,
        chunk: u32,
        rows: u64,
        part: P,
        sum: impl Fn(&[&P]) -> Result<S>,
        merge: impl Fn(S, S) -> Result<S>,
    ) -> Result<()> {
        self.add(chunk, part, &sum, &merge)?;
        self.count = self.count.plus(Count { chunks: 1, rows });
        Ok(())
    }

    /// Adds what is in another.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    pub fn absorb(
        &mut self,
        other: Self,
        sum: impl Fn(&[&P]) -> Result<S>,
        merge: impl Fn(S, S) -> Result<S>,
    ) -> Result<()> {
        let first_chunk = |error: Error| match error.kind() {
            ErrorKind::RepeatedChunk { chunk } => repeated(chunk * NEIGHBOURS as u64),
            _ => error,
        };
        self.sums.absorb(other.sums, &merge).map_err(first_chunk)?;
        for (chunk, part) in other.parts {
            self.add(chunk, part, &sum, &merge)?;
        }
        self.count = self.count.plus(other.count);
        Ok(())
    }

    fn add(
        &mut self,
        chunk: u32,
        part: P,
        sum: &impl Fn(&[&P]) -> Result<S>,
        merge: &impl Fn(S, S) -> Result<S>,
    ) -> Result<()> {
        let n = NEIGHBOURS as u32;
        let block = chunk / n;
        if self.parts.insert(chunk, part).is_some() || self.sums.covers(block) {
            return Err(repeated(chunk.into()));
        }
        let neighbours = block * n..=block * n + (n - 1);
        if self.parts.range(neighbours.clone()).count() == NEIGHBOURS {
            let parts: Vec<P> = neighbours.filter_map(|chunk| self.parts.remove(&chunk)).collect();
            self.sums.insert(block, 0, sum(&parts.iter().collect::<Vec<_>>())?, merge)?;
        }
        Ok(())
    }

    /// The sum of all answers; `None` if there was none.
    ///
    /// # Errors
    /// Those of `sum` and `merge`.
    pub fn finish(self, sum: impl Fn(&[&P]) -> Result<S>, merge: impl Fn(S, S) -> Result<S>) -> Result<Option<S>> {
        let OrderedSum { parts, mut sums, .. } = self;
        let mut blocks: BTreeMap<u32, Vec<&P>> = BTreeMap::new();
        parts.iter().for_each(|(chunk, part)| blocks.entry(chunk / NEIGHBOURS as u32).or_default().push(part));
        for (block, parts) in blocks {
            sums.insert(block, 0, sum(&parts)?, &merge)?;
        }
        sums.finish(merge)
    }

    /// The answers and sums as they lie: for their size.
    pub fn held(&self) -> (impl Iterator<Item = &P>, impl Iterator<Item = &S>) {
        (self.parts.values(), self.sums.states())
    }

    /// Refuses what no sum can have made: for values from elsewhere.
    pub(super) fn check(mut self) -> Result<Self> {
        self.sums = self.sums.check()?;
        Ok(self)
    }
}

fn repeated(chunk: u64) -> Error {
    Error::new(ErrorKind::RepeatedChunk { chunk })
}
