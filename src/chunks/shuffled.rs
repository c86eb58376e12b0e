//! Chunks and rows in random order.

use super::Chunks;
use super::deal::{below, draw};
use super::repartition::share;
use super::row_counts::chunk_task;
use crate::data::{Chunk, Rows, Shared};
use crate::error::{Error, Result};
use crate::graph::{AnyLazy, Key, Lazy, RowCount};

/// The numbers below `n` in random order: Fisher and Yates' shuffle. Each `stream` of a seed gives an order of its own.
pub(crate) fn permutation(n: usize, seed: u64, stream: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, below(draw(seed, stream, i as u64), i + 1));
    }
    order
}

/// The stream of the order of chunks; the others belong to windows.
const CHUNKS: u64 = u64::MAX;

/// The rows of these chunks, shuffled and dealt out to as many chunks.
fn mix<D: Rows>(chunks: &[&D], seed: u64, stream: u64) -> Result<Vec<D>> {
    // The number of the first row of each chunk among all of them, and how many there are.
    let mut firsts = vec![0];
    for chunk in chunks {
        firsts.push(firsts[firsts.len() - 1] + chunk.n_rows());
    }
    let n_rows = firsts[chunks.len()];
    let order = permutation(n_rows, seed, stream);
    (0..chunks.len()).map(|i| pick(&order[share(i, chunks.len(), n_rows)], &firsts, chunks)).collect()
}

/// The rows with these numbers among the rows of all chunks, in the order given.
fn pick<D: Rows>(rows: &[usize], firsts: &[usize], chunks: &[&D]) -> Result<D> {
    // They are taken chunk by chunk, ascending, and then put into their order.
    let mut ascending = rows.to_vec();
    ascending.sort_unstable();
    let rows_of = |c: usize| {
        let (from, to) = (firsts[c], firsts[c + 1]);
        let (begin, end) = (ascending.partition_point(|&row| row < from), ascending.partition_point(|&row| row < to));
        ascending[begin..end].iter().map(|row| row - from).collect::<Vec<_>>()
    };
    let taken: Vec<D> = chunks.iter().enumerate().map(|(c, chunk)| chunk.select_rows(&rows_of(c))).collect();
    let places: Vec<usize> = rows.iter().map(|row| ascending.partition_point(|taken| taken < row)).collect();
    Ok(D::concat_rows(&taken.iter().collect::<Vec<_>>())?.select_rows(&places))
}

impl<D: Rows + Chunk> Chunks<D> {
    /// Shuffles chunks, and then rows among every `window` of them: chunks come in random order, and the rows of the
    /// first `window` chunks of that order are mixed, then the rows of the next, and so on. There are as many chunks as
    /// before, within a window with equal numbers of rows, to within one (WebDataset's and tf.data's shuffle buffer, by
    /// whole windows).
    ///
    /// So files sorted by label or date serve [`Chained`](crate::combine::Chained) nearly as well as shuffled ones do, if
    /// chunks are many and windows not too small: of Reuters sorted by label, in 1,621 chunks of 8 KiB, one pass of
    /// averaged SGD has an F1 of 0.811 with windows of 100 and of 0.816 with windows of 300, where the shuffled file gives
    /// 0.817 and the sorted one 0. A `window` of all chunks shuffles all rows.
    ///
    /// The chunks of a window are in memory together, twice while they are mixed. A `window` of 1 mixes the rows of each
    /// chunk only, and 0 is an error when anything made from the result is computed.
    ///
    /// The order depends on the seed, the number of chunks and their rows only, and is the same whenever the chunks are
    /// computed again. For another order of chunks in each epoch see
    /// [`Chained::shuffle_chunks`](crate::combine::Chained::shuffle_chunks). Split before shuffling: to deal out train and
    /// test rows chunks are counted in their order.
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    ///
    /// let sorted = Chunks::from_memory([vec![1, 1, 1], vec![2, 2], vec![3, 3, 3]]);
    /// let chunks = Runtime::new().compute(sorted.shuffled(3, 42))?;
    /// assert_eq!(chunks.iter().map(Vec::len).collect::<Vec<_>>(), [2, 3, 3]);
    /// let mut rows = chunks.concat();
    /// assert_ne!(rows, [1, 1, 1, 2, 2, 3, 3, 3]);
    /// rows.sort();
    /// assert_eq!(rows, [1, 1, 1, 2, 2, 3, 3, 3]);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn shuffled(&self, window: usize, seed: u64) -> Chunks<D> {
        if window == 0 {
            return Chunks::failed(Error::parameter("window", 0, "1 chunk or more"));
        }
        let chunks = self.in_order(&permutation(self.len(), seed, CHUNKS));
        let counts = chunks.known_rows(|_| None);
        let windows = chunks.as_slice().chunks(window).zip(counts.chunks(window)).enumerate();
        Chunks::from_lazies(windows.flat_map(|(w, (chunks, counts))| {
            // Known before, if the numbers of rows of all chunks are.
            let n_rows = counts.iter().map(|count| Some((*count)?.rows)).sum();
            mixed(chunks, n_rows, w * window, seed, w as u64)
        }))
    }
}

impl<D: Shared> Chunks<D> {
    /// The chunks with these numbers, in the order given.
    pub(crate) fn in_order(&self, order: &[usize]) -> Chunks<D> {
        Chunks::of_any(in_order(&self.any(), order))
    }
}

/// The handles with these numbers, in the order given.
fn in_order(chunks: &[AnyLazy], order: &[usize]) -> Vec<AnyLazy> {
    order.iter().map(|&c| chunks[c].clone()).collect()
}

/// The chunks of one window of so many rows, mixed. They take the places of the list from number `first`.
fn mixed<D: Rows + Chunk>(
    window: &[Lazy<D>],
    n_rows: Option<usize>,
    first: usize,
    seed: u64,
    stream: u64,
) -> Vec<Lazy<D>> {
    let key = window.iter().fold(Key::of("shuffle").params(&(seed, stream)), |key, chunk| key.input(chunk.key()));
    let key = key.finish();
    let task = chunk_task::<Vec<D>>("shuffle", key, first).order(first).inputs_in_turn();
    let mixed = Lazy::gather(window, task, move |chunks| mix(chunks, seed, stream));
    let chunk = |i: usize| {
        let key = Key::of("shuffled chunk").params(&i).input(key).finish();
        let task = chunk_task::<D>("shuffled chunk", key, first + i).order(first + i).inputs_in_turn();
        let task = match n_rows {
            Some(n_rows) => task.known_rows(RowCount { rows: share(i, window.len(), n_rows).len(), bytes: None }),
            None => task,
        };
        mixed.map(task, move |mixed| D::concat_rows(&[&mixed[i]]))
    };
    (0..window.len()).map(chunk).collect()
}
