//! Row-wise operations on chunks: filter, map, select, count, gather.

use std::borrow::Cow;

use super::Chunks;
use crate::data::{Chunk, Footprint, RowSet, Rows, Shared};
use crate::error::Error;
use crate::graph::{Key, Lazy, RowCount, Task};

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
        Chunks::from_lazies(self.iter().zip(rows.iter()).enumerate().map(|(c, (chunk, rows))| {
            let key = Key::of("select").params(&pass).input(chunk.key()).input(rows.key()).finish();
            let task = Task::new("select rows", key).order(pass * n + c).remakeable().measured::<D>();
            rows.zip(chunk, task, |rows, chunk| Ok(rows.select(chunk)))
        }))
    }

    /// How many rows there are in all chunks together. Not known until it is computed.
    pub fn n_rows(&self) -> Lazy<usize> {
        let counts: Vec<Lazy<usize>> = self
            .iter()
            .map(|part| {
                let key = Key::of("count").input(part.key()).finish();
                part.map(Task::new("count", key), |chunk| Ok(chunk.n_rows()))
            })
            .collect();
        let key = counts.iter().fold(Key::of("sum"), |key, count| key.input(count.key())).finish();
        Lazy::gather(&counts, Task::new("sum", key), |counts| Ok(counts.iter().copied().sum()))
    }

    /// All rows as one value: for data that fits into memory.
    pub fn gather(&self) -> Lazy<D> {
        let key = self.iter().fold(Key::of("gather"), |key, part| key.input(part.key())).finish();
        Lazy::gather(self.as_slice(), Task::new("gather", key), D::concat_rows)
    }
}
