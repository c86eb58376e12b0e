//! Train and test rows of every chunk.

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase, Records};

use super::Chunks;
use super::deal::{ALL, Dealer, check_share, dealers, label_keys};
use super::share::{EveryNth, Share, TEST};
use crate::data::{Chunk, Rows, Shared};
use crate::error::Error;
use crate::graph::Key;

/// The train rows and the test rows of every chunk.
pub type TrainTest<D> = (Chunks<D>, Chunks<D>);

/// Holds out a share of all rows, at random: `(train, test)`. As scikit-learn's `train_test_split`, for rows of any
/// number that are read once.
///
/// `test_size` is the share of test rows, from 0 to 1 without these. It holds over all rows, whatever the chunks: of
/// any number of first rows the share is held out, to within one row. Which rows are test rows depends on `seed` and
/// their numbers in all rows only, not on where chunks end. The first row is a train row. Rows keep their order.
///
/// Rows are counted from chunk to chunk: to deal out a chunk those before it have to be read.
///
/// A `test_size` out of range is an error when anything made from the chunks is computed; a side that has no rows at
/// all is one when the last chunk of either side is.
pub fn train_test_split<D: Rows + Chunk>(data: &Chunks<D>, test_size: f64, seed: u64) -> TrainTest<D> {
    if let Err(error) = check_share(test_size) {
        return failed(error);
    }
    let key = Key::of("random").params(&(test_size, seed)).finish();
    split(data, key, Share::new(test_size, seed), |chunk| vec![ALL; chunk.n_rows()])
}

/// Holds out a share of all rows, at random, each label in its proportion:
/// `(train, test)`.
///
/// As [`train_test_split`] with scikit-learn's `stratify`: the share holds for the rows of each label over all chunks,
/// to within one row, however rare the label is. The first row of a label is a train row: a label with a single row
/// is learned and not tested, where scikit-learn refuses to split.
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
    split(data, key, Share::new(test_size, seed), |chunk| label_keys(&chunk.targets))
}

/// Holds out every `n`-th row of every chunk, with no randomness: row `i` of a chunk is a test
/// row where `i mod n = n - 1`. `(train, test)`.
///
/// Chunks of fewer than `n` rows are taken together: their rows are numbered on from one such chunk to the next, so
/// that small chunks hold out every `n`-th row, too.
///
/// An `n` below 2 is an error when anything made from the chunks is computed; a side that has no rows at all is one
/// when the last chunk of either side is.
pub fn every_nth_split<D: Rows + Chunk>(data: &Chunks<D>, n: usize) -> TrainTest<D> {
    if n < 2 {
        return failed(Error::parameter("n", n, "2 or more"));
    }
    let key = Key::of("every nth").params(&n).finish();
    split(data, key, EveryNth::new(n), |chunk| vec![ALL; chunk.n_rows()])
}

/// The rows that a dealer deals out as test rows, by their keys, and all others.
fn split<D: Rows + Chunk>(
    data: &Chunks<D>,
    key: Key,
    dealer: impl Dealer,
    keys: impl Fn(&D) -> Vec<u64> + Copy + Shared,
) -> TrainTest<D> {
    let dealers = dealers(data, key, dealer, keys);
    // Each side deals for itself: that is cheaper than a value that holds both.
    let side = |name: &'static str, test: bool| {
        data.map_noted(&dealers, name, key, move |dealer, chunk: &D| {
            Ok(chunk.select_rows(&rows_of(&dealer.clone().deal_chunk(&keys(chunk)), test)))
        })
    };
    (side("split train", false), side("split test", true))
}

/// The rows that were dealt out as test rows, or all others.
fn rows_of(piles: &[usize], test: bool) -> Vec<usize> {
    (0..piles.len()).filter(|&i| (piles[i] == TEST) == test).collect()
}

fn failed<D: Shared>(error: Error) -> TrainTest<D> {
    let chunks = Chunks::failed(error);
    (chunks.clone(), chunks)
}
