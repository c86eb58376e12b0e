//! Folds for cross-validation: ways to hold rows out of all chunks.

use std::hash::Hash;

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase, Records};
use serde::Serialize;

use super::deal_folds::{ByGroup, InTurn};
use crate::chunks::{ALL, Chunks, Dealer, Share, TEST, check_share, dealers, hash, label_keys};
use crate::data::{Chunk, RowSet, Rows, Shared};
use crate::error::{Error, Result};
use crate::graph::Key;

/// Rows to train on and rows to test on, chunk by chunk.
#[derive(Clone, Debug)]
pub struct Fold {
    /// The rows to train on.
    pub train: Chunks<RowSet>,
    /// The rows to test on.
    pub test: Chunks<RowSet>,
}

/// A way to hold rows out.
///
/// Folds are numbers of rows, not copies of them. They depend on the parameters, on a chunk's own rows and on what
/// was counted of the rows before it, which goes along the chunks once ([`Chunks::carry`]). So shares hold over all
/// rows, chunks may be of any size, and each can be dropped and read again on its own.
///
/// The folds of this module are the same however the rows are cut into chunks. One that has no rows to test or to
/// train on is an error that names it when its last chunk is computed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` makes no folds of chunks of type `{D}`",
    note = "folds come from a split: `KFold::new(5)`, `StratifiedKFold`, `GroupKFold`, `ShuffleSplit` or \
            `HashSplit`",
    note = "`StratifiedKFold` needs labels, such as `usize`, `bool` or `String`; for targets that are numbers take \
            `KFold`"
)]
pub trait Split<D> {
    /// The folds of these chunks. Nothing runs yet.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidParameter`](crate::ErrorKind::InvalidParameter): fewer than two folds,
    /// a share of test rows that is not between 0 and 1, or no split at all.
    fn folds(&self, data: &Chunks<D>) -> Result<Vec<Fold>>;
}

/// Every row is a test row of exactly one of `n_splits` folds (scikit-learn's `KFold`), dealt out in turn. The numbers
/// of their test rows differ by one at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KFold {
    n_splits: usize,
    seed: Option<u64>,
}

/// [`KFold`] with each label in its proportion in every fold (scikit-learn's `StratifiedKFold`): of every label the
/// numbers of test rows differ by one at most from fold to fold, over all chunks, and folds are about equally large.
///
/// Labels with fewer rows than there are folds are among the [warnings](crate::graph::Summary::warnings) of the
/// run; if there are no others, the folds are an error, as in scikit-learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StratifiedKFold(KFold);

/// [`KFold`] over groups: rows with equal keys, of one customer say, are in one fold (scikit-learn's
/// `GroupKFold`).
///
/// A group goes to the fold with the fewest rows when its first row comes, and stays there in all later chunks. Which
/// fold each group has is remembered while the chunks are counted: some 20 bytes a group. Fewer groups than folds are an
/// error, as in scikit-learn.
#[derive(Clone, Debug)]
pub struct GroupKFold<G> {
    n_splits: usize,
    group: G,
    key: Key,
}

/// Holds out a random share of all rows, several times over (scikit-learn's `ShuffleSplit`), each time as
/// [`train_test_split`](crate::chunks::train_test_split) does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShuffleSplit {
    n_splits: usize,
    test_size: f64,
    seed: u64,
}

/// Holds out the rows whose id hashes below a share: a row stays on its side as the data grows,
/// moves between files, or is read in another order. One fold.
///
/// The share holds for many ids only about, and for few ids a side may have no rows: that is an error in a search.
#[derive(Clone, Debug)]
pub struct HashSplit<I> {
    test_size: f64,
    id: I,
    key: Key,
}

impl KFold {
    /// `n_splits` folds, 2 or more, in the order of the rows: row `i` of all rows is a test row of fold
    /// `(i + i / n_splits) mod n_splits`, so that rows whose labels alternate are not all in one fold. More folds than rows are an error when the last chunk is dealt out.
    pub fn new(n_splits: usize) -> Self {
        KFold { n_splits, seed: None }
    }

    /// Deals the rows out at random, depending on the seed: of each `n_splits` rows in a row every fold gets one.
    pub fn shuffle(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }
}

impl StratifiedKFold {
    /// `n_splits` folds, 2 or more.
    pub fn new(n_splits: usize) -> Self {
        StratifiedKFold(KFold::new(n_splits))
    }

    /// Deals the rows out at random, depending on the seed: of each `n_splits` rows of a label every fold gets one.
    pub fn shuffle(self, seed: u64) -> Self {
        StratifiedKFold(self.0.shuffle(seed))
    }
}

impl<G> GroupKFold<G> {
    /// `n_splits` folds, 2 or more, of the groups that `group` names.
    pub fn new(n_splits: usize, group: G) -> Self {
        GroupKFold { n_splits, group, key: Key::unique() }
    }

    /// A name for `group`, which is known by its handle otherwise: folds of equal identity over
    /// equal chunks are the same in every process, as a checkpoint needs it.
    pub fn identified(mut self, identity: impl Serialize) -> Self {
        self.key = Key::of("group k-fold").params(&self.n_splits).params(&identity).finish();
        self
    }
}

impl ShuffleSplit {
    /// `n_splits` folds, 1 or more, each holding out `test_size` of the rows, above 0 and below 1.
    pub fn new(n_splits: usize, test_size: f64, seed: u64) -> Self {
        ShuffleSplit { n_splits, test_size, seed }
    }
}

impl<I> HashSplit<I> {
    /// Holds out `test_size` of the rows, above 0 and below 1, by the id that `id` gives.
    pub fn new(test_size: f64, id: I) -> Self {
        HashSplit { test_size, id, key: Key::unique() }
    }

    /// A name for `id`, which is known by its handle otherwise: folds of equal identity over equal
    /// chunks are the same in every process, as a checkpoint needs it.
    pub fn identified(mut self, identity: impl Serialize) -> Self {
        self.key = Key::of("hash split").params(&self.test_size).params(&identity).finish();
        self
    }
}

impl<D: Rows + Chunk> Split<D> for KFold {
    fn folds(&self, data: &Chunks<D>) -> Result<Vec<Fold>> {
        let KFold { n_splits, seed } = *self;
        let key = Key::of("k-fold").params(&(n_splits, seed)).finish();
        deal_out(data, n_splits, key, InTurn::new(n_splits, seed, false), |chunk: &D| vec![ALL; chunk.n_rows()])
    }
}

#[diagnostic::do_not_recommend]
impl<R, T> Split<DatasetBase<R, T>> for StratifiedKFold
where
    R: Records,
    T: AsSingleTargets<Elem: Label>,
    DatasetBase<R, T>: Rows + Chunk,
{
    fn folds(&self, data: &Chunks<DatasetBase<R, T>>) -> Result<Vec<Fold>> {
        let StratifiedKFold(KFold { n_splits, seed }) = *self;
        let key = Key::of("stratified k-fold").params(&(n_splits, seed)).finish();
        let labels = |chunk: &DatasetBase<R, T>| label_keys(&chunk.targets);
        deal_out(data, n_splits, key, InTurn::new(n_splits, seed, true), labels)
    }
}

impl<D, G, K> Split<D> for GroupKFold<G>
where
    D: Rows + Chunk,
    G: Fn(D::Row<'_>) -> K + Clone + Shared,
    K: Hash,
{
    fn folds(&self, data: &Chunks<D>) -> Result<Vec<Fold>> {
        let group = self.group.clone();
        let groups = move |chunk: &D| (0..chunk.n_rows()).map(|i| hash(&group(chunk.row(i)))).collect();
        deal_out(data, self.n_splits, self.key, ByGroup::new(self.n_splits), groups)
    }
}

impl<D: Rows + Chunk> Split<D> for ShuffleSplit {
    fn folds(&self, data: &Chunks<D>) -> Result<Vec<Fold>> {
        if self.n_splits == 0 {
            return Err(Error::parameter("n_splits", 0, "1 or more"));
        }
        check_share(self.test_size)?;
        let folds = (0..self.n_splits).map(|split| {
            let ShuffleSplit { test_size, seed, .. } = *self;
            let key = Key::of("shuffle split").params(&(test_size, seed, split)).finish();
            let share = Share::new(test_size, hash(&(seed, split as u64)));
            let piles = deal(data, key, share, |chunk: &D| vec![ALL; chunk.n_rows()]);
            side_fold(&piles)
        });
        Ok(folds.collect())
    }
}

impl<D, I, K> Split<D> for HashSplit<I>
where
    D: Rows + Chunk,
    I: Fn(D::Row<'_>) -> K + Clone + Shared,
    K: Hash,
{
    fn folds(&self, data: &Chunks<D>) -> Result<Vec<Fold>> {
        check_share(self.test_size)?;
        let (id, test_size) = (self.id.clone(), self.test_size);
        // By the row alone: no count of other rows may move it.
        let piles = data.map_keyed("deal rows", self.key, move |chunk: &D| {
            // The hash as a number from 0 to 1.
            let place = |i| hash(&id(chunk.row(i))) as f64 / u64::MAX as f64;
            let is_test = |i| place(i) < test_size;
            Ok((0..chunk.n_rows()).map(|i| if is_test(i) { TEST } else { 1 - TEST }).collect::<Vec<usize>>())
        });
        Ok(vec![side_fold(&piles.cached())])
    }
}

/// One fold for each pile that a dealer deals rows out to.
fn deal_out<D: Chunk>(
    data: &Chunks<D>,
    n_splits: usize,
    key: Key,
    dealer: impl Dealer,
    keys: impl Fn(&D) -> Vec<u64> + Clone + Shared,
) -> Result<Vec<Fold>> {
    if n_splits < 2 {
        return Err(Error::parameter("n_splits", n_splits, "2 or more"));
    }
    let piles = deal(data, key, dealer, keys);
    Ok((0..n_splits).map(|k| Fold { train: rows_of(&piles, k, false), test: rows_of(&piles, k, true) }).collect())
}

/// The pile of every row.
fn deal<D: Chunk, P: Dealer>(
    data: &Chunks<D>,
    key: Key,
    dealer: P,
    keys: impl Fn(&D) -> Vec<u64> + Clone + Shared,
) -> Chunks<Vec<usize>> {
    let dealers = dealers(data, key, dealer, keys.clone());
    let dealt = move |dealer: &P, chunk: &D| Ok(dealer.clone().deal_chunk(&keys(chunk)));
    data.map_noted(&dealers, "deal rows", key, dealt).cached()
}

/// The fold whose test rows are in the pile of that name.
fn side_fold(piles: &Chunks<Vec<usize>>) -> Fold {
    Fold { train: rows_of(piles, TEST, false), test: rows_of(piles, TEST, true) }
}

/// The rows of a pile, or all others.
fn rows_of(piles: &Chunks<Vec<usize>>, pile: usize, inside: bool) -> Chunks<RowSet> {
    let key = Key::of("fold").params(&(pile, inside)).finish();
    piles.map_keyed("fold", key, move |piles| Ok(RowSet::of(piles.len(), |i| (piles[i] == pile) == inside)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Runtime;
    use ndarray::{Array1, Array2};
    use std::collections::BTreeMap;

    type Numbers = Chunks<Vec<u64>>;

    fn numbers() -> Numbers {
        Chunks::from_memory((0..4u64).map(|c| (0..10 * c + 3).map(|i| 1000 * c + i).collect()))
    }

    fn test_rows(folds: &[Fold]) -> Vec<Vec<Vec<usize>>> {
        let sides: Vec<_> = folds.iter().map(|fold| (fold.train.clone(), fold.test.clone())).collect();
        let sides = Runtime::new().threads(2).compute(sides).unwrap();
        for (train, test) in &sides {
            for (train, test) in train.iter().zip(test) {
                let mut all = [train.as_slice(), test.as_slice()].concat();
                all.sort_unstable();
                assert_eq!(all, (0..all.len()).collect::<Vec<_>>(), "every row is on one side");
            }
        }
        sides.into_iter().map(|(_, test)| test.iter().map(|rows| rows.as_slice().to_vec()).collect()).collect()
    }

    #[test]
    fn every_row_is_tested_once_and_folds_are_even() {
        for kfold in [KFold::new(4), KFold::new(4).shuffle(7)] {
            let folds = test_rows(&kfold.folds(&numbers()).unwrap());
            for c in 0..4 {
                let n = 10 * c + 3;
                let mut all = folds.iter().flat_map(|fold| fold[c].clone()).collect::<Vec<_>>();
                all.sort_unstable();
                assert_eq!(all, (0..n).collect::<Vec<_>>());
                assert!(folds.iter().all(|fold| fold[c].len().abs_diff(n / 4) <= 1));
            }
            assert!(folds.iter().all(|fold| fold.concat().len() == 18));
        }
        let shuffled = |seed| test_rows(&KFold::new(4).shuffle(seed).folds(&numbers()).unwrap());
        assert_eq!(shuffled(1), shuffled(1));
        assert_ne!(shuffled(1), shuffled(2));
        assert_eq!(
            test_rows(&KFold::new(4).folds(&numbers()).unwrap())[0][2],
            (0..23).filter(|i| (i + 16 + (i + 16) / 4) % 4 == 0).collect::<Vec<_>>()
        );
    }

    #[test]
    fn strata_keep_their_share() {
        let labels = |c: usize| Array1::from_shape_fn(60, |i| (i + c) % 10 / 7);
        let data = Chunks::from_memory((0..3).map(|c| DatasetBase::new(Array2::<f64>::zeros((60, 1)), labels(c))));
        let folds = test_rows(&StratifiedKFold::new(3).shuffle(5).folds(&data).unwrap());
        for (k, fold) in folds.iter().enumerate() {
            for (c, rows) in fold.iter().enumerate() {
                let of_label = |label| rows.iter().filter(|&&i| labels(c)[i] == label).count();
                assert_eq!((of_label(0), of_label(1)), (14, 6), "fold {k}, chunk {c}");
            }
        }
    }

    #[test]
    fn groups_stay_together_over_all_chunks() {
        let group = |x: &u64| x % 7;
        let folds = test_rows(&GroupKFold::new(3, group).folds(&numbers()).unwrap());
        let mut fold_of_group = BTreeMap::new();
        for (k, fold) in folds.iter().enumerate() {
            for (c, rows) in fold.iter().enumerate() {
                for &i in rows {
                    assert_eq!(*fold_of_group.entry((1000 * c as u64 + i as u64) % 7).or_insert(k), k);
                }
            }
        }
        assert_eq!(fold_of_group.len(), 7);
    }

    #[test]
    fn shuffled_splits_hold_out_their_share_and_differ() {
        let folds = test_rows(&ShuffleSplit::new(3, 0.2, 1).folds(&numbers()).unwrap());
        for c in 0..4 {
            let share = 0.2 * (10 * c + 3) as f64;
            assert!(folds.iter().all(|fold| (fold[c].len() as f64 - share).abs() < 2.0));
        }
        assert!(folds.iter().all(|fold| fold.concat().len().abs_diff(14) <= 1));
        assert!(folds[0] != folds[1] && folds[1] != folds[2]);
    }

    #[test]
    fn a_hashed_row_stays_on_its_side_as_the_data_grows() {
        let split = |data: &Numbers| test_rows(&HashSplit::new(0.3, |x: &u64| *x).folds(data).unwrap());
        let all: Vec<u64> = (0..2000).collect();
        let alone = split(&Chunks::from_memory([all.clone()]));
        let share = alone[0][0].len() as f64 / 2000.0;
        assert!((share - 0.3).abs() < 0.04, "{share}");
        let more: Vec<u64> = (5000..5100).chain(all.iter().rev().copied()).collect();
        let (grown, held) = (split(&Chunks::from_memory([vec![1], more.clone()])), &alone[0][0]);
        let held_again: Vec<usize> =
            grown[0][1].iter().map(|&i| more[i] as usize).filter(|&x| x < 2000).rev().collect();
        assert_eq!(&held_again, held);
    }

    #[test]
    fn impossible_splits_are_refused_before_anything_runs() {
        let refused = |folds: Result<Vec<Fold>>| folds.unwrap_err().to_string();
        assert!(refused(KFold::new(1).folds(&numbers())).contains("n_splits = 1"));
        assert!(refused(GroupKFold::new(0, |x: &u64| *x).folds(&numbers())).contains("n_splits = 0"));
        assert!(refused(ShuffleSplit::new(0, 0.5, 1).folds(&numbers())).contains("n_splits = 0"));
        assert!(refused(ShuffleSplit::new(2, 1.0, 1).folds(&numbers())).contains("test_size = 1.0"));
        assert!(refused(HashSplit::new(0.0, |x: &u64| *x).folds(&numbers())).contains("test_size = 0.0"));
    }
}
