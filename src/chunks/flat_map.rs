//! Flat map: any number of values made from every row.

use std::borrow::Cow;

use super::Chunks;
use crate::data::{Chunk, Footprint, Rows, Shared};

impl<D: Rows + Chunk> Chunks<D> {
    /// Any number of values made from every row, in the order of rows: `map`, then `flatten`, of `dask.bag`; pandas'
    /// `explode`. `name` shows in progress and errors.
    ///
    /// ```
    /// use chunkfit::prelude::*;
    ///
    /// let lines = Chunks::from_memory([Text::from_iter(["to be", ""]), Text::from_iter(["or not"])]);
    /// let words = lines.flat_map("words", |line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    /// assert_eq!(Runtime::new().compute(words)?, [vec!["to", "be"], vec!["or", "not"]]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn flat_map<U: Footprint + Shared, I: IntoIterator<Item = U>>(
        &self,
        name: impl Into<Cow<'static, str>>,
        f: impl Fn(D::Row<'_>) -> I + Shared,
    ) -> Chunks<Vec<U>> {
        self.map(name, move |chunk| (0..chunk.n_rows()).flat_map(|i| f(chunk.row(i))).collect())
    }
}
