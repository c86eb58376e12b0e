//! The answers of numbered chunks in a pass, summed up in one order whatever order they come in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ordered_merge::{Count, OrderedMerge, guarded};
use crate::combine::NEIGHBOURS;
use crate::error::{Error, ErrorKind, Result};

/// The answers of numbered chunks, summed up as far as their neighbours are there.
///
/// As the passes of [`Averaged::rounds`](crate::combine::Averaged::rounds) do it: sixteen neighbours one after the
/// other, then these sums in the tree of [`OrderedMerge`]. So answers are kept until all sixteen of their block are
/// there,
/// or until the end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked<P, S>")]
pub struct OrderedSum<P, S> {
    /// The answers of the blocks that are not complete, by the chunk's number.
    parts: BTreeMap<u32, P>,
    sums: OrderedMerge<S>,
    count: Count,
}

/// The fields as they are deserialized, not checked yet.
#[derive(Deserialize)]
pub(super) struct Unchecked<P, S> {
    parts: BTreeMap<u32, P>,
    sums: OrderedMerge<S>,
    count: Count,
}

impl<P, S> TryFrom<Unchecked<P, S>> for OrderedSum<P, S> {
    type Error = Error;

    fn try_from(Unchecked { parts, sums, count }: Unchecked<P, S>) -> Result<Self> {
        OrderedSum { parts, sums, count }.check()
    }
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

    /// Adds a chunk's answer, made of so many rows. `sum` is [`FitPasses::sum`](crate::estimator::FitPasses::sum),
    /// `merge` is
    /// [`merge_sums`](crate::estimator::FitPasses::merge_sums).
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
            let sum = guarded(|| sum(&parts.iter().collect::<Vec<_>>()))?;
            self.sums.insert(block, 0, sum, merge)?;
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
            sums.insert(block, 0, guarded(|| sum(&parts))?, &merge)?;
        }
        sums.finish(merge)
    }

    /// The answers and sums as they lie: for their size.
    pub fn held(&self) -> (impl Iterator<Item = &P>, impl Iterator<Item = &S>) {
        (self.parts.values(), self.sums.states())
    }

    /// Refuses what no sum can have made: for values from elsewhere.
    fn check(self) -> Result<Self> {
        let malformed = |problem: String| Error::new(ErrorKind::Malformed { format: "state", problem });
        let n = NEIGHBOURS as u32;
        let mut in_block: BTreeMap<u32, usize> = BTreeMap::new();
        self.parts.keys().for_each(|chunk| *in_block.entry(chunk / n).or_default() += 1);
        if in_block.iter().any(|(&block, &parts)| parts == NEIGHBOURS || self.sums.covers(block)) {
            return Err(malformed("the chunks that it covers overlap".into()));
        }
        let chunks = self.parts.len() as u64 + self.sums.count().chunks * NEIGHBOURS as u64;
        match self.count.chunks {
            told if told == chunks && self.sums.lie_below(u64::from(u32::MAX / n) + 1) => Ok(self),
            told => Err(malformed(format!("it is of {told} chunks, and covers {chunks}"))),
        }
    }
}

fn repeated(chunk: u64) -> Error {
    Error::new(ErrorKind::RepeatedChunk { chunk })
}
