//! The first rows of a list of chunks: as one value, or as a list.

use std::iter;
use std::sync::Arc;

use super::Chunks;
use super::rechunk::no_chunk;
use super::row_counts::chunk_task;
use crate::data::{Chunk, Rows};
use crate::error::Result;
use crate::graph::{Key, KeyBuilder, Lazy, RowCount, Task};

/// The first rows, as far as they have been found.
struct Found<D> {
    /// The number of rows.
    rows: usize,
    /// The rows found in the last chunk.
    piece: D,
    before: Option<Arc<Found<D>>>,
}

/// Without recursion: there may be as many as chunks.
impl<D> Drop for Found<D> {
    fn drop(&mut self) {
        let mut next = self.before.take();
        while let Some(found) = next {
            next = Arc::into_inner(found).and_then(|mut found| found.before.take());
        }
    }
}

impl<D: Rows> Found<D> {
    /// The rows found so far, and further ones up to the `n`-th.
    fn more(before: Option<Arc<Found<D>>>, chunk: &D, n: usize) -> Arc<Self> {
        let found = before.as_ref().map_or(0, |before| before.rows);
        let piece = first_rows(chunk, n - found);
        Arc::new(Found { rows: found + piece.n_rows(), piece, before })
    }

    fn concat(&self) -> Result<D> {
        let pieces = iter::successors(Some(self), |found| found.before.as_deref()).map(|found| &found.piece);
        let mut pieces: Vec<&D> = pieces.collect();
        pieces.reverse();
        D::concat_rows(&pieces)
    }
}

/// The number of rows in the chunks so far, and a chunk like these that has no rows.
struct Passed<D> {
    rows: usize,
    empty: Arc<D>,
}

impl<D: Rows + Chunk> Chunks<D> {
    /// The first `n` rows as one value (pandas' and dask's `head`, which has 5 by default); all, if there are fewer.
    ///
    /// Chunks behind the `n`-th row are not needed: with one thread they are not read, with more a few may be by the time
    /// that enough rows are there. Where the [row counts](Self::row_counts) are known, none of them is. The first chunk is
    /// always read: an empty result still has the columns of the data.
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    ///
    /// let chunks = Chunks::from_fn("numbers", 1000, |c| Ok(vec![c; 2]));
    /// assert_eq!(Runtime::new().compute(chunks.head(5))?, [0, 0, 1, 1, 2]);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn head(&self, n: usize) -> Lazy<D> {
        let Some(first) = self.as_slice().first() else {
            return no_chunk(chunk_task::<D>("head", Key::of("no rows").finish(), 0));
        };
        if let Some(counts) = self.counts_up_to(n) {
            let all = counts.iter().map(|count| count.rows).sum::<usize>().min(n);
            let whole = Chunks::from_lazies(self.iter().take(counts.len()).cloned());
            return whole.regroup("head", &counts, iter::once(0..all)).as_slice()[0].clone();
        }
        let task = |key: KeyBuilder| Task::new("head", key.finish());
        let key = || Key::of("head").params(&n);
        let begin = first.map(task(key().input(first.key())), move |chunk| Ok(Found::more(None, chunk, n)));
        let all_found: Vec<_> = iter::successors(Some((0, begin)), |(c, found)| {
            let chunk = self.as_slice().get(c + 1)?;
            let task = task(key().input(found.key()).input(chunk.key()));
            let more = move |found: &Arc<_>, chunk: &D| Ok(Found::more(Some(Arc::clone(found)), chunk, n));
            Some((c + 1, found.zip(chunk, task, more).failing_in_turn()))
        })
        .map(|(_, found)| found)
        .collect();
        // The first that has enough is the result of all, and nothing behind it is needed any more.
        let enough = all_found.into_iter().rev().reduce(|later, found| {
            let task = task(Key::of("enough").params(&n).input(found.key()).input(later.key()));
            found.zip_unless(
                &later,
                task,
                move |found: &Arc<Found<D>>| found.rows >= n,
                |found, later| Ok(later.unwrap_or(found).clone()),
            )
        });
        let enough = enough.expect("there is a chunk");
        enough.map(task(Key::of("end of head").input(enough.key())), |found| found.concat())
    }

    /// The first `n` rows as a list of chunks, cut as these are; all, if there are fewer. With one thread the chunks behind
    /// the `n`-th row are not read; with more, some may be before it is known that they are not needed.
    ///
    /// Where the [row counts](Self::row_counts) are known, the list ends with the `n`-th row. Else it is as long as this
    /// one, and the chunks behind have no rows.
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    ///
    /// let chunks = Chunks::from_memory([vec![1, 2, 3], vec![4, 5, 6], vec![7, 8, 9]]);
    /// assert_eq!(Runtime::new().compute(chunks.take(4))?, [vec![1, 2, 3], vec![4]]);
    /// let odd = chunks.filter("odd", |x| x % 2 == 1);
    /// assert_eq!(Runtime::new().compute(odd.take(2))?, [vec![1, 3], vec![], vec![]]);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn take(&self, n: usize) -> Chunks<D> {
        if let Some(counts) = self.counts_up_to(n) {
            let ends = counts.iter().scan(0, |end: &mut usize, count| {
                let begin = *end;
                *end = (begin + count.rows).min(n);
                Some(begin..*end)
            });
            return Chunks::from_lazies(self.iter().take(counts.len()).cloned()).regroup("take", &counts, ends);
        }
        let mut passed: Option<Lazy<Passed<D>>> = None;
        Chunks::from_lazies(self.iter().enumerate().map(|(c, part)| {
            let key = Key::of("take").params(&n).input(part.key());
            let (counted, taken) = match &passed {
                None => (
                    part.map(count_task(key.clone()), |chunk| Ok(Passed::of(0, chunk))),
                    part.map(chunk_task::<D>("take", key.finish(), c), move |chunk| Ok(first_rows(chunk, n))),
                ),
                Some(before) => {
                    let key = key.input(before.key());
                    let is_over = move |passed: &Passed<D>| passed.rows >= n;
                    let counted = before.zip_unless(part, count_task(key.clone()), is_over, |before, chunk| {
                        Ok(chunk.map_or(before.clone(), |chunk| Passed::of(before.rows, chunk)))
                    });
                    let task = chunk_task::<D>("take", key.finish(), c);
                    let taken = before.zip_unless(part, task, is_over, move |before, chunk| {
                        Ok(chunk.map_or(before.empty.select_rows(&[]), |chunk| first_rows(chunk, n - before.rows)))
                    });
                    (counted.failing_in_turn(), taken.failing_in_turn())
                }
            };
            passed = Some(counted);
            taken
        }))
    }

    /// The row counts of the first chunks, as many as have `n` rows, and one at least; `None` if one of them is not known.
    fn counts_up_to(&self, n: usize) -> Option<Vec<RowCount>> {
        let (mut counts, mut rows) = (Vec::new(), 0usize);
        for known in self.known_rows(|_| None) {
            if rows >= n && !counts.is_empty() {
                break;
            }
            counts.push(known?);
            rows = rows.saturating_add(known?.rows);
        }
        Some(counts)
    }
}

impl<D> Clone for Passed<D> {
    fn clone(&self) -> Self {
        Passed { rows: self.rows, empty: self.empty.clone() }
    }
}

impl<D: Rows> Passed<D> {
    /// After a chunk that so many rows came before.
    fn of(before: usize, chunk: &D) -> Self {
        Passed { rows: before + chunk.n_rows(), empty: Arc::new(chunk.select_rows(&[])) }
    }
}

fn count_task(key: KeyBuilder) -> Task {
    Task::new("count rows", key.bytes(b"count").finish()).carried()
}

fn first_rows<D: Rows>(chunk: &D, n: usize) -> D {
    chunk.select_rows(&(0..chunk.n_rows().min(n)).collect::<Vec<_>>())
}
