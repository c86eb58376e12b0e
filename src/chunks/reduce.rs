//! Reductions: one value made of all chunks, or of all rows, in a fixed tree.

use std::borrow::Cow;

use super::Chunks;
use super::each::{map_each, merge_each};
use crate::data::{Chunk, Rows, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{AnyWork, Key, Lazy, Task};

impl<D: Shared> Chunks<D> {
    /// A value of each chunk, merged into one (dask's `reduction` of arrays and bags): sums, means, products such as
    /// `XᵀX`. `name` shows in progress and errors.
    ///
    /// Neighbours are merged, then neighbouring pairs, and so on: the tree depends on the number of chunks only, so that
    /// the result has the same bits for any number of threads. Other chunks of the same rows may give sums of floats that
    /// differ in their last bits. The values are not counted against the memory limit; as many as the tree is high wait for
    /// each other, and some a thread.
    ///
    /// The identity of the result is this call's. No chunk at all is an error when the result is computed
    /// ([`TooFewChunks`](ErrorKind::TooFewChunks)).
    ///
    /// ```
    /// use chunkfit::prelude::*;
    ///
    /// let chunks = Chunks::from_memory([vec![1, 5, 2], vec![4], vec![3, 3]]);
    /// let sum = chunks.reduce("sum", |chunk| chunk.iter().sum::<i32>(), |a, b| a + b);
    /// assert_eq!(Runtime::new().compute(sum)?, 18);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn reduce<A: Clone + Shared>(
        &self,
        name: impl Into<Cow<'static, str>>,
        part: impl Fn(&D) -> A + Shared,
        merge: impl Fn(A, A) -> A + Shared,
    ) -> Lazy<A> {
        self.try_reduce(name, move |chunk| Ok(part(chunk)), move |a, b| Ok(merge(a, b)))
    }

    /// The same with functions that may fail.
    pub fn try_reduce<A: Clone + Shared>(
        &self,
        name: impl Into<Cow<'static, str>>,
        part: impl Fn(&D) -> Result<A> + Shared,
        merge: impl Fn(A, A) -> Result<A> + Shared,
    ) -> Lazy<A> {
        let call = Key::unique();
        let part = AnyWork::new(move |inputs| part(inputs.get(0)));
        let merge = AnyWork::new(move |inputs| {
            let left = inputs.take(0);
            merge(left, inputs.take(1))
        });
        let parts = map_each(&self.any(), call, &Task::new(name, call), &part);
        match merge_each(parts, &|key| Task::new("merge", key), &merge) {
            Some(merged) => Lazy::of_any(merged),
            None => Lazy::failed(Error::new(ErrorKind::TooFewChunks { needed: 1, found: 0 })),
        }
    }
}

impl<D: Rows + Chunk> Chunks<D> {
    /// All rows folded into one value (`fold` of `dask.bag`): `step` takes up a row, and `merge` joins what two chunks
    /// have come to. `name` shows in progress and errors.
    ///
    /// Every chunk begins with `initial`, so that it has to be one that `merge` makes nothing of: 0 for a sum, an empty map
    /// for counts. Of no chunks it is the result. Chunks are merged in the tree of [`reduce`](Self::reduce), and what is
    /// said there holds.
    ///
    /// ```
    /// use chunkfit::prelude::*;
    ///
    /// let chunks = Chunks::from_memory([vec![3, 1], vec![], vec![2]]);
    /// let longest = chunks.fold("most", i32::MIN, |most, &x| most.max(x), i32::max);
    /// assert_eq!(Runtime::new().compute(longest)?, 3);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn fold<A: Clone + Shared>(
        &self,
        name: impl Into<Cow<'static, str>>,
        initial: A,
        step: impl Fn(A, D::Row<'_>) -> A + Shared,
        merge: impl Fn(A, A) -> A + Shared,
    ) -> Lazy<A> {
        if self.is_empty() {
            return Lazy::value(initial);
        }
        let part = move |chunk: &D| (0..chunk.n_rows()).fold(initial.clone(), |so_far, i| step(so_far, chunk.row(i)));
        self.reduce(name, part, merge)
    }
}
