//! Row-wise operations on chunks: filter, map, select, count, gather.

use std::borrow::Cow;

use super::Chunks;
use super::each::{gather_each, map_each, select_each};
use crate::data::{Chunk, Footprint, RowSet, Rows, Shared};
use crate::error::Error;
use crate::graph::{AnyLazy, AnyWork, Key, Lazy, RowCount, Task};

impl<D: Rows + Chunk> Chunks<D> {
    /// The rows of every chunk for which `keep` is true.
    pub fn filter(&self, name: impl Into<Cow<'static, str>>, keep: impl Fn(D::Row<'_>) -> bool + Shared) -> Chunks<D> {
        self.map(name, move |chunk| {
            let rows: Vec<usize> = (0..chunk.n_rows()).filter(|&i| keep(chunk.row(i))).collect();
            chunk.select_rows(&rows)
        })
    }

    /// A value made from every row.
    pub fn map_rows<U: Footprint + Shared>(
        &self,
        name: impl Into<Cow<'static, str>>,
        f: impl Fn(D::Row<'_>) -> U + Shared,
    ) -> Chunks<Vec<U>> {
        let made = self.map(name, move |chunk| (0..chunk.n_rows()).map(|i| f(chunk.row(i))).collect());
        let rows = |known: Option<RowCount>| known.map(|known| RowCount { rows: known.rows, bytes: None });
        made.with_known_rows(self.known_rows(|_| None).into_iter().map(rows))
    }

    /// Some rows of every chunk; `rows` names them chunk by chunk.
    ///
    /// As many lists of rows as chunks are needed; else computing the result is an error.
    pub fn select(&self, rows: &Chunks<RowSet>) -> Chunks<D> {
        self.select_in_pass(rows, 0)
    }

    /// The same for pass number `pass` over the chunks. Each pass has copies of its own, made when
    /// its turn comes, so that no copy is kept from one pass to the next.
    pub(crate) fn select_in_pass(&self, rows: &Chunks<RowSet>, pass: usize) -> Chunks<D> {
        let n = self.len();
        if rows.len() != n {
            return Chunks::failed(Error::shape("lists of rows", n, rows.len()));
        }
        let task = Task::new("select rows", Key::of("select").finish()).remakeable().measured::<D>();
        let work = AnyWork::new(|inputs| Ok(inputs.get::<RowSet>(0).select::<D>(inputs.get(1))));
        Chunks::of_any(select_each(&self.any(), &rows.any(), pass, &task, &work))
    }

    /// How many rows there are in all chunks together. Not known until it is computed.
    pub fn n_rows(&self) -> Lazy<usize> {
        let count = AnyWork::new(|inputs| Ok(inputs.get::<D>(0).n_rows()));
        let key = Key::of("count").finish();
        Lazy::of_any(count_each(&self.any(), key, count))
    }

    /// All rows as one value: for data that fits into memory.
    pub fn gather(&self) -> Lazy<D> {
        Lazy::of_any(gather_each(self.any(), "gather", AnyWork::new(|inputs| D::concat_rows(&inputs.all()))))
    }
}

/// The sum of the counts that `count` makes of each chunk.
fn count_each(chunks: &[AnyLazy], key: Key, count: AnyWork) -> AnyLazy {
    let counts = map_each(chunks, key, &Task::new("count", key), &count);
    gather_each(counts, "sum", AnyWork::new(|inputs| Ok(inputs.all::<usize>().into_iter().sum::<usize>())))
}
