//! Repartition: the same rows in a given number of chunks.

use std::ops::Range;

use super::Chunks;
use super::rechunk::total;
use super::row_counts::chunk_task;
use crate::data::{Chunk, Rows};
use crate::error::Error;
use crate::graph::{Key, Lazy};

impl<D: Rows + Chunk> Chunks<D> {
    /// The same rows in the same order, in `n` chunks (dask's `repartition(npartitions=n)`).
    ///
    /// Where the [row counts](Self::row_counts) are known, the numbers of rows of any two of them differ by one at most.
    /// Else chunks stay together, as in `dask.bag`: neighbours are joined, as nearly as many in each chunk; or, if there
    /// are fewer than `n`, each is cut into parts of nearly as many rows. Weights of data sets go along with their rows.
    ///
    /// An `n` of 0 is an error when the result is computed.
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    ///
    /// let known = Chunks::from_memory([vec![1, 2, 3, 4], vec![5], vec![6]]);
    /// let unknown = known.filter("all", |_| true);
    /// let runtime = Runtime::new();
    /// assert_eq!(runtime.compute(known.repartition(2))?, [vec![1, 2, 3], vec![4, 5, 6]]);
    /// assert_eq!(runtime.compute(unknown.repartition(2))?, [vec![1, 2, 3, 4], vec![5, 6]]);
    /// assert_eq!(runtime.compute(unknown.repartition(4))?, [vec![1, 2, 3, 4], vec![5], vec![], vec![6]]);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn repartition(&self, n: usize) -> Chunks<D> {
        if n == 0 {
            return Chunks::failed(Error::parameter("n", 0, "1 or more chunks"));
        }
        if let Ok(counts) = self.needed_rows("repartition") {
            let cut = |all: usize| self.regroup("repartition", &counts, (0..n).map(|j| share(j, n, all)));
            return total(counts.iter().map(|count| count.rows)).map_or_else(Chunks::failed, cut);
        }
        let first_turn = self.iter().map(Lazy::turn).min().unwrap_or(0);
        let chunks = if n <= self.len() { self.joined_to(n) } else { self.cut_to(n) };
        Chunks::from_lazies(chunks.into_iter().enumerate().map(|(j, chunk)| chunk.at_turn(first_turn + j)))
    }

    /// Neighbours together, `n` chunks in all, of which there are no more than these.
    fn joined_to(&self, n: usize) -> Vec<Lazy<D>> {
        let join = |j| match &self.as_slice()[share(j, n, self.len())] {
            [one] => one.clone(),
            some => {
                let key = some.iter().fold(Key::of("join chunks"), |key, part| key.input(part.key())).finish();
                Lazy::gather(some, chunk_task::<D>("repartition", key, j), D::concat_rows)
            }
        };
        (0..n).map(join).collect()
    }

    /// Each chunk in parts, `n` chunks in all, of which there are more than these.
    fn cut_to(&self, n: usize) -> Vec<Lazy<D>> {
        let mut chunks = Vec::with_capacity(n);
        for (c, part) in self.iter().enumerate() {
            let parts = share(c, self.len(), n).len();
            for p in 0..parts {
                if parts == 1 {
                    chunks.push(part.clone());
                    continue;
                }
                let key = Key::of("part of chunk").params(&(p, parts)).input(part.key()).finish();
                chunks.push(part.map(chunk_task::<D>("repartition", key, chunks.len()), move |chunk| {
                    Ok(chunk.select_rows(&share(p, parts, chunk.n_rows()).collect::<Vec<_>>()))
                }));
            }
        }
        chunks
    }
}

/// Share `i` of `n` shares of so many rows or chunks, which are equal to within one.
pub(super) fn share(i: usize, n: usize, all: usize) -> Range<usize> {
    let end = |i: usize| (i as u128 * all as u128 / n as u128) as usize;
    end(i)..end(i + 1)
}
