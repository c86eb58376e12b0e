//! Random samples of the rows of chunks.

use super::deal::draw;
use super::{Chunks, merge_tree};
use crate::data::{Chunk, Rows};
use crate::error::Result;
use crate::graph::{Key, Lazy, Task};

/// The key of draws for samples, which are to differ from the draws of splits with the same seed.
const SAMPLE: u64 = 0x7361_6d70_6c65;

/// Rows of smallest random number, in their order.
#[derive(Clone)]
struct Sample<D> {
    /// The random number of each.
    draws: Vec<u64>,
    rows: D,
}

impl<D: Rows + Chunk + Clone> Chunks<D> {
    /// So many rows, drawn at random without replacement (pandas' and dask's `sample`), in the order of the rows; all of
    /// them if there are fewer.
    ///
    /// A row is drawn by its number among all rows: wherever chunks end, the sample is the same. Every row is equally
    /// likely, and of two sizes with one seed the smaller sample is part of the larger one. Each chunk is read once;
    /// up to `n` rows of every part that waits to be merged are in memory, and do not count against the memory limit.
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    ///
    /// let numbers: Vec<u32> = (0..1000).collect();
    /// let cut = |rows| Chunks::from_memory(numbers.chunks(rows).map(<[u32]>::to_vec));
    /// let (sample, same) = Runtime::new().compute((cut(300).sample(5, 42), cut(7).sample(5, 42)))?;
    /// assert_eq!((sample.len(), sample.is_sorted()), (5, true));
    /// assert_eq!(sample, same);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn sample(&self, n: usize, seed: u64) -> Lazy<D> {
        let key = Key::of("sample").params(&(n, seed)).finish();
        let rows_before = self.carry("count rows", Key::of("rows before").finish(), 0_u64, |rows, chunk| {
            let before = *rows;
            *rows += chunk.n_rows() as u64;
            Ok(before)
        });
        let parts = self.iter().zip(rows_before.iter()).map(|(part, before)| {
            let key = Key::of("sample").input(key).input(part.key()).input(before.key()).finish();
            before.zip(part, Task::new("sample", key), move |&before, chunk| Ok(Sample::of(chunk, before, n, seed)))
        });
        let merged = merge_tree(parts.collect(), |key| Task::new("merge samples", key), move |a, b| a.merge(b, n));
        match merged {
            Some(sample) => {
                let key = Key::of("sampled rows").input(sample.key()).finish();
                sample.map_owned(Task::new("sampled rows", key), |sample| Ok(sample.rows))
            }
            None => self.gather(),
        }
    }
}

impl<D: Rows> Sample<D> {
    /// At most `n` rows of a chunk, before which there are so many rows.
    fn of(chunk: &D, before: u64, n: usize, seed: u64) -> Self {
        let draws: Vec<u64> = (0..chunk.n_rows() as u64).map(|i| draw(seed, SAMPLE, before + i)).collect();
        let rows = smallest(&draws, n);
        Sample { draws: rows.iter().map(|&row| draws[row]).collect(), rows: chunk.select_rows(&rows) }
    }

    /// At most `n` rows of both.
    fn merge(self, later: Self, n: usize) -> Result<Self> {
        let draws = [self.draws, later.draws].concat();
        let rows = D::concat_rows(&[&self.rows, &later.rows])?;
        if draws.len() <= n {
            return Ok(Sample { draws, rows });
        }
        let kept = smallest(&draws, n);
        Ok(Sample { draws: kept.iter().map(|&row| draws[row]).collect(), rows: rows.select_rows(&kept) })
    }
}

/// The places of the `n` smallest numbers, ascending; of equal numbers the first.
fn smallest(draws: &[u64], n: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..draws.len()).collect();
    if n < places.len() {
        if n > 0 {
            places.select_nth_unstable_by_key(n - 1, |&place| (draws[place], place));
        }
        places.truncate(n);
        places.sort_unstable();
    }
    places
}
