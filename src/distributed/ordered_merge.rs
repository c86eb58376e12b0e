//! States of numbered chunks, merged in one tree whatever order they come in.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// How much went into a merge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Count {
    /// The chunks.
    pub chunks: u64,
    /// Their rows.
    pub rows: u64,
}

impl Count {
    /// Both together.
    pub(super) fn plus(self, other: Count) -> Count {
        Count { chunks: self.chunks.saturating_add(other.chunks), rows: self.rows.saturating_add(other.rows) }
    }
}

/// The states of numbered chunks, merged as far as their neighbours are there.
///
/// The chunks are the leaves of a binary tree: node `i` of level `k` covers the chunks from `i · 2^k` to
/// `(i + 1) · 2^k`. Two siblings are merged as soon as both are there, the lower first, and a node whose sibling
/// never comes stands for both in the end. For the chunks from 0 on that is the tree in which
/// [`Averaged`](crate::combine::Averaged) merges, so that the bits are the same, in whatever order and in whatever
/// groups the chunks come. Chunks that do not come (they had no rows) count for nothing, as the default state does.
///
/// A chunk that comes twice is an error: part of its rows were fitted by themselves, and the model would be
/// another one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked<S>")]
pub struct OrderedMerge<S> {
    /// By the first chunk that each covers.
    nodes: BTreeMap<u64, Node<S>>,
    count: Count,
}

/// The fields as they are deserialized, not checked yet.
#[derive(Deserialize)]
pub(super) struct Unchecked<S> {
    nodes: BTreeMap<u64, Node<S>>,
    count: Count,
}

impl<S> TryFrom<Unchecked<S>> for OrderedMerge<S> {
    type Error = Error;

    fn try_from(Unchecked { nodes, count }: Unchecked<S>) -> Result<Self> {
        OrderedMerge { nodes, count }.check()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Node<S> {
    level: u8,
    state: S,
}

/// The highest node covers all chunk numbers that there are.
const TOP: u8 = 32;

impl<S> Default for OrderedMerge<S> {
    fn default() -> Self {
        OrderedMerge { nodes: BTreeMap::new(), count: Count::default() }
    }
}

impl<S> OrderedMerge<S> {
    /// Of no chunk.
    pub fn new() -> Self {
        Self::default()
    }

    /// How much is in it.
    pub fn count(&self) -> Count {
        self.count
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The states as they lie, merged as far as they could be: for their size.
    pub fn states(&self) -> impl Iterator<Item = &S> {
        self.nodes.values().map(|node| &node.state)
    }

    /// Adds a chunk's state, made of so many rows.
    ///
    /// # Errors
    /// [`ErrorKind::RepeatedChunk`] when the chunk is in it already; those of `merge`.
    pub fn insert(&mut self, chunk: u32, rows: u64, state: S, merge: impl Fn(S, S) -> Result<S>) -> Result<()> {
        self.add(chunk.into(), Node { level: 0, state }, &merge)?;
        self.count = self.count.plus(Count { chunks: 1, rows });
        Ok(())
    }

    /// Adds what is in another.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    pub fn absorb(&mut self, other: Self, merge: impl Fn(S, S) -> Result<S>) -> Result<()> {
        for (first, node) in other.nodes {
            self.add(first, node, &merge)?;
        }
        self.count = self.count.plus(other.count);
        Ok(())
    }

    fn add(&mut self, mut first: u64, mut node: Node<S>, merge: &impl Fn(S, S) -> Result<S>) -> Result<()> {
        let end = first + (1 << node.level);
        let overlaps = |(&other, known): (&u64, &Node<S>)| other + (1 << known.level) > first;
        if self.nodes.range(..end).next_back().is_some_and(overlaps) {
            return Err(Error::new(ErrorKind::RepeatedChunk { chunk: first }));
        }
        while node.level < TOP {
            let sibling = first ^ (1 << node.level);
            match self.nodes.get(&sibling) {
                Some(other) if other.level == node.level => {}
                _ => break,
            }
            let Some(other) = self.nodes.remove(&sibling) else { break };
            let (left, right) = if sibling < first { (other, node) } else { (node, other) };
            first = first.min(sibling);
            node = Node { level: left.level + 1, state: guarded(|| merge(left.state, right.state))? };
        }
        self.nodes.insert(first, node);
        Ok(())
    }

    /// Whether this chunk is in it.
    pub(super) fn covers(&self, chunk: u32) -> bool {
        let below = self.nodes.range(..=u64::from(chunk)).next_back();
        below.is_some_and(|(first, node)| first + (1 << node.level) > chunk.into())
    }

    /// Whether all that it covers has numbers below this one.
    pub(super) fn lie_below(&self, end: u64) -> bool {
        self.nodes.last_key_value().is_none_or(|(first, node)| first + (1 << node.level) <= end)
    }

    /// The state of all chunks; `None` if there was none.
    ///
    /// # Errors
    /// Those of `merge`.
    pub fn finish(self, merge: impl Fn(S, S) -> Result<S>) -> Result<Option<S>> {
        let nodes = self.nodes.into_iter().map(|(first, node)| (first, node.state)).collect();
        finish(nodes, 0, TOP, &merge)
    }

    /// Refuses what no merge can have made: for values from elsewhere.
    fn check(self) -> Result<Self> {
        let malformed = |problem: String| Error::new(ErrorKind::Malformed { format: "state", problem });
        let (mut end, mut chunks) = (0, 0);
        for (&first, node) in &self.nodes {
            let aligned = node.level <= TOP && first % (1 << node.level) == 0;
            if !aligned || first < end || first > u64::from(u32::MAX) {
                return Err(malformed("the chunks that it covers overlap".into()));
            }
            end = first + (1 << node.level);
            // Only a node that is full has a level.
            chunks += 1 << node.level;
        }
        match self.count.chunks {
            told if told == chunks => Ok(self),
            told => Err(malformed(format!("it is of {told} chunks, and covers {chunks}"))),
        }
    }
}

/// States that came from elsewhere may be such as no chunk gives: where that makes merging them panic, it is an error.
pub(super) fn guarded<T>(merge: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(merge)).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let message = message.or_else(|| panic.downcast_ref::<String>().cloned());
        let problem = format!("states cannot be merged: {}", message.as_deref().unwrap_or("their code panicked"));
        // What a panic carries may panic again when it is dropped.
        std::mem::forget(panic);
        Err(Error::new(ErrorKind::Malformed { format: "state", problem }))
    })
}

/// Merges nodes, in order, that all lie below the node of this level that begins with chunk `first`.
fn finish<S>(mut nodes: Vec<(u64, S)>, first: u64, level: u8, merge: &impl Fn(S, S) -> Result<S>) -> Result<Option<S>> {
    if nodes.len() < 2 {
        return Ok(nodes.pop().map(|(_, state)| state));
    }
    // Two nodes that do not overlap lie below a node of level 1 at least.
    let middle = first + (1 << (level - 1));
    let right = nodes.split_off(nodes.partition_point(|(first, _)| *first < middle));
    match (finish(nodes, first, level - 1, merge)?, finish(right, middle, level - 1, merge)?) {
        (Some(left), Some(right)) => guarded(|| merge(left, right)).map(Some),
        (left, right) => Ok(left.or(right)),
    }
}
