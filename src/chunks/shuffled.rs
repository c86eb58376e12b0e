//! Chunks and rows in random order.

use super::Chunks;
use super::deal::{below, draw};
use crate::data::{Chunk, Footprint, Rows, Shared};
use crate::error::{Error, Result};
use crate::graph::{Key, Lazy, Task};

/// The numbers below `n` in random order: Fisher and Yates' shuffle. Each `stream` of a seed gives an order of its own.
pub(crate) fn permutation(n: usize, seed: u64, stream: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, below(draw(seed, stream, i as u64), i + 1));
    }
    order
}

/// The stream of the order of chunks; the others are those of windows.
const CHUNKS: u64 = u64::MAX;

/// The rows of a window of chunks, shuffled and dealt out to as many outputs.
#[derive(Clone)]
struct Deal {
    /// The number of the first row of each chunk in the window, and of all rows.
    firsts: Vec<usize>,
    /// The numbers of all rows, shuffled: equal shares of them are the outputs.
    order: Vec<usize>,
}

impl Footprint for Deal {
    fn heap_bytes(&self) -> usize {
        self.firsts.heap_bytes() + self.order.heap_bytes()
    }
}

impl Deal {
    /// For chunks of so many rows.
    fn new(n_rows: impl Iterator<Item = usize>, seed: u64, stream: u64) -> Self {
        let mut firsts = vec![0];
        firsts.extend(n_rows.scan(0, |end, n| {
            *end += n;
            Some(*end)
        }));
        let order = permutation(firsts[firsts.len() - 1], seed, stream);
        Deal { firsts, order }
    }

    /// The rows of one output, in the order that they were dealt in.
    fn output<D: Rows>(&self, output: usize, chunks: &[&D]) -> Result<D> {
        let end = |output: usize| (output as u128 * self.order.len() as u128 / chunks.len() as u128) as usize;
        let dealt = &self.order[end(output)..end(output + 1)];
        // Rows are taken chunk by chunk, ascending, and then put into their order.
        let mut ascending = dealt.to_vec();
        ascending.sort_unstable();
        let rows_of = |part: usize| {
            let (first, end) = (self.firsts[part], self.firsts[part + 1]);
            let from = ascending.partition_point(|&row| row < first);
            ascending[from..].iter().take_while(|&&row| row < end).map(|row| row - first).collect::<Vec<_>>()
        };
        let taken: Vec<D> = chunks.iter().enumerate().map(|(part, chunk)| chunk.select_rows(&rows_of(part))).collect();
        let place = |row: &usize| ascending.partition_point(|taken| taken < row);
        let order: Vec<usize> = dealt.iter().map(place).collect();
        Ok(D::concat_rows(&taken.iter().collect::<Vec<_>>())?.select_rows(&order))
    }
}

impl<D: Rows + Chunk> Chunks<D> {
    /// Shuffles chunks, and then rows among every `window` of them: chunks come in random order, and the rows of the
    /// first `window` chunks of that order are mixed, those of the next, and so on. There are as many chunks as before,
    /// those of a window with equal numbers of rows, to within one (WebDataset's and tf.data's shuffle buffer, by whole
    /// windows).
    ///
    /// So files sorted by label or date serve [`Chained`](crate::combine::Chained) nearly as well as shuffled ones do, if
    /// chunks are many and windows not too small; a `window` of all chunks shuffles all rows. As many chunks as a window
    /// has are in memory together. A `window` of 1 mixes the rows of each chunk only, and 0 is an error when anything
    /// made from the result is computed.
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
            return Chunks::from_lazies([Lazy::failed(Error::parameter("window", 0, "1 chunk or more"))]);
        }
        let chunks = self.in_order(&permutation(self.len(), seed, CHUNKS));
        let windows = chunks.as_slice().chunks(window).enumerate();
        Chunks::from_lazies(windows.flat_map(|(w, chunks)| mixed(chunks, w * window, seed, w as u64)))
    }
}

impl<D: Shared> Chunks<D> {
    /// The chunks with these numbers, in the order given.
    pub(crate) fn in_order(&self, order: &[usize]) -> Chunks<D> {
        Chunks::from_lazies(order.iter().map(|&c| self.as_slice()[c].clone()))
    }
}

/// The chunks of one window, mixed. They take the places of the list from number `first`.
fn mixed<D: Rows + Chunk>(window: &[Lazy<D>], first: usize, seed: u64, stream: u64) -> Vec<Lazy<D>> {
    let key = window.iter().fold(Key::of("shuffle").params(&(seed, stream)), |key, chunk| key.input(chunk.key()));
    let key = key.finish();
    let task = |name, key, place: usize| Task::new(name, key).chunk(place).order(place).inputs_in_turn().remakeable();
    let deal = Lazy::gather(window, task("deal rows", key, first).measured::<Deal>(), move |chunks| {
        Ok(Deal::new(chunks.iter().map(|chunk| chunk.n_rows()), seed, stream))
    });
    let deal = &deal;
    let output = |output: usize| {
        let key = Key::of("shuffled").params(&output).input(key).finish();
        let task = task("shuffle", key, first + output).measured::<D>();
        deal.zip_all(window, task, move |deal: &Deal, chunks| deal.output(output, chunks))
    };
    (0..window.len()).map(output).collect()
}
