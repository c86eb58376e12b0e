//! Train and test rows within every chunk.

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase, Records};
use rand::seq::SliceRandom;

use super::deal::{check_share, generator, share, strata};
use super::{Chunk, Chunks};
use crate::data::Rows;
use crate::error::Error;
use crate::graph::{Key, Lazy};

/// The train rows and the test rows of every chunk.
pub type TrainTest<D> = (Chunks<D>, Chunks<D>);

/// Holds out a share of the rows of every chunk, at random: `(train, test)`.
///
/// `test_size` is the share of test rows, from 0 to 1 without these; every chunk holds out
/// `test_size` times its rows, rounded. Which rows depends on `seed` and the chunk's number only.
/// Rows keep their order. As scikit-learn's `train_test_split`, chunk by chunk.
///
/// A `test_size` out of range is an error when anything made from the chunks is computed.
pub fn train_test_split<D: Rows + Chunk>(data: &Chunks<D>, test_size: f64, seed: u64) -> TrainTest<D> {
    if let Err(error) = check_share(test_size) {
        return failed(error);
    }
    let key = Key::of("random").params(&(test_size, seed)).finish();
    split(data, key, move |c, chunk| {
        let mut rows: Vec<usize> = (0..chunk.n_rows()).collect();
        rows.shuffle(&mut generator(seed, c));
        rows.truncate(share(test_size, rows.len()));
        rows
    })
}

/// Holds out a share of the rows of every chunk, at random, each label in its proportion:
/// `(train, test)`.
///
/// As [`train_test_split`] with scikit-learn's `stratify`: of the rows of each label in a chunk,
/// `test_size` times their number, rounded, are test rows.
pub fn stratified_split<R, T>(
    data: &Chunks<DatasetBase<R, T>>,
    test_size: f64,
    seed: u64,
) -> TrainTest<DatasetBase<R, T>>
where
    R: Records,
    T: AsSingleTargets<Elem: Label>,
    DatasetBase<R, T>: Rows + Chunk,
{
    if let Err(error) = check_share(test_size) {
        return failed(error);
    }
    let key = Key::of("stratified").params(&(test_size, seed)).finish();
    split(data, key, move |c, chunk| {
        let mut random = generator(seed, c);
        let mut test = Vec::new();
        for mut rows in strata(&chunk.targets) {
            rows.shuffle(&mut random);
            test.extend(&rows[..share(test_size, rows.len())]);
        }
        test
    })
}

/// Holds out every `n`-th row of every chunk, with no randomness: row `i` of a chunk is a test
/// row where `i mod n = n - 1`. `(train, test)`.
///
/// An `n` below 2 is an error when anything made from the chunks is computed.
pub fn every_nth_split<D: Rows + Chunk>(data: &Chunks<D>, n: usize) -> TrainTest<D> {
    if n < 2 {
        return failed(Error::parameter("n", n, "2 or more"));
    }
    let key = Key::of("every nth").params(&n).finish();
    split(data, key, move |_, chunk| (n - 1..chunk.n_rows()).step_by(n).collect())
}

/// The rows that `test_rows` names for a chunk and its number, and all others.
fn split<D: Rows + Chunk>(
    data: &Chunks<D>,
    key: Key,
    test_rows: impl Fn(usize, &D) -> Vec<usize> + Clone + Send + Sync + 'static,
) -> TrainTest<D> {
    // Each side finds the rows for itself: that is cheaper than a value that holds both.
    let side = |name: &'static str, test: bool| {
        let test_rows = test_rows.clone();
        data.map_numbered(name, key, move |c, chunk: &D| {
            let mut is_test = vec![false; chunk.n_rows()];
            test_rows(c, chunk).into_iter().for_each(|i| is_test[i] = true);
            let rows: Vec<usize> = (0..is_test.len()).filter(|&i| is_test[i] == test).collect();
            Ok(chunk.select_rows(&rows))
        })
    };
    (side("split train", false), side("split test", true))
}

fn failed<D: Send + Sync + 'static>(error: Error) -> TrainTest<D> {
    let chunks = Chunks::from_lazies([Lazy::failed(error)]);
    (chunks.clone(), chunks)
}
