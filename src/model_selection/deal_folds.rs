//! Dealers that give every row to one fold: in turn for every label, or group by group.

use std::collections::{BTreeMap, HashMap};

use crate::chunks::{Dealer, KeysOf, below, carried_by, draw};
use crate::error::{Error, Result};
use crate::graph::{AnyLazy, Key};

/// Deals the rows of every label out to all folds in turn.
///
/// The rows of a label are taken in blocks of as many as there are folds, and each fold gets one row of every block. A
/// row goes to the fold with the fewest rows of those that still lack one of the block, to the first of several, counted
/// from another fold in every block, or to one at random: so folds are about equally large as well, however few rows
/// each label has.
#[derive(Clone, Debug)]
pub(super) struct InTurn {
    seed: Option<u64>,
    by_label: bool,
    /// For every label how many rows it has, and the folds that still lack one of the current block.
    labels: BTreeMap<u64, (usize, Vec<usize>)>,
    /// The number of rows of each fold.
    sizes: Vec<usize>,
}

/// Gives every group to the fold that has the fewest rows when the group's first row comes.
#[derive(Clone, Debug)]
pub(super) struct ByGroup {
    folds: HashMap<u64, usize>,
    sizes: Vec<usize>,
}

impl InTurn {
    /// Before the first row, for so many folds. Rows of one key for all are those of one label.
    pub(super) fn new(n_splits: usize, seed: Option<u64>, by_label: bool) -> Self {
        InTurn { seed, by_label, labels: BTreeMap::new(), sizes: vec![0; n_splits] }
    }

    fn n_rows(&self) -> usize {
        self.sizes.iter().sum()
    }
}

impl Dealer for InTurn {
    fn carried(self, chunks: &[AnyLazy], key: Key, keys: KeysOf) -> Vec<AnyLazy> {
        carried_by(self, chunks, key, keys)
    }

    fn deal(&mut self, label: u64) -> usize {
        let row = self.n_rows();
        let (rows, lacking) = self.labels.entry(label).or_default();
        if lacking.is_empty() {
            // Each block begins with another fold: labels that alternate would all be in the same folds else.
            let n = self.sizes.len();
            lacking.extend((0..n).map(|fold| (fold + *rows / n) % n));
        }
        *rows += 1;
        let fewest = lacking.iter().map(|&fold| self.sizes[fold]).min().unwrap_or(0);
        let mut smallest = (0..lacking.len()).filter(|&i| self.sizes[lacking[i]] == fewest);
        let place = match self.seed {
            None => smallest.next(),
            Some(seed) => {
                let smallest: Vec<usize> = smallest.collect();
                smallest.get(below(draw(seed, 0, row as u64), smallest.len())).copied()
            }
        };
        let fold = lacking.remove(place.unwrap_or(0));
        self.sizes[fold] += 1;
        fold
    }

    fn only(&self, keys: &[u64]) -> Self {
        let labels = keys.iter().filter_map(|key| Some((*key, self.labels.get(key)?.clone())));
        InTurn { labels: labels.collect(), sizes: self.sizes.clone(), ..*self }
    }

    fn finish(&self) -> Result<Vec<String>> {
        let n = self.sizes.len();
        let counts = || self.labels.values().map(|(rows, _)| *rows);
        let (most, least) = (counts().max().unwrap_or(0), counts().min().unwrap_or(0));
        if most < n {
            let of = if self.by_label { " of a label, which has the most" } else { "" };
            let expected = format!("at most the number of rows{of}: {most}; a fold has no test rows else");
            return Err(Error::parameter("n_splits", n, expected));
        }
        if least < n {
            let scarce = counts().filter(|&rows| rows < n).count();
            return Ok(vec![format!(
                "{scarce} of {} labels have fewer rows than the {n} folds, the rarest {least}: some folds have no test \
                 row of them",
                self.labels.len()
            )]);
        }
        Ok(Vec::new())
    }
}

impl ByGroup {
    /// Before the first row, for so many folds.
    pub(super) fn new(n_splits: usize) -> Self {
        ByGroup { folds: HashMap::new(), sizes: vec![0; n_splits] }
    }
}

impl Dealer for ByGroup {
    fn carried(self, chunks: &[AnyLazy], key: Key, keys: KeysOf) -> Vec<AnyLazy> {
        carried_by(self, chunks, key, keys)
    }

    fn deal(&mut self, group: u64) -> usize {
        let sizes = &mut self.sizes;
        let smallest = || (0..sizes.len()).min_by_key(|&fold| sizes[fold]).unwrap_or(0);
        let fold = *self.folds.entry(group).or_insert_with(smallest);
        sizes[fold] += 1;
        fold
    }

    fn only(&self, keys: &[u64]) -> Self {
        let folds = keys.iter().filter_map(|key| Some((*key, *self.folds.get(key)?)));
        ByGroup { folds: folds.collect(), sizes: self.sizes.clone() }
    }

    fn finish(&self) -> Result<Vec<String>> {
        let (n, groups) = (self.sizes.len(), self.folds.len());
        if groups < n {
            let expected = format!("at most the number of groups: {groups}; a fold has no test rows else");
            return Err(Error::parameter("n_splits", n, expected));
        }
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deal(mut dealer: impl Dealer, keys: &[u64]) -> (Vec<usize>, Result<Vec<String>>) {
        let folds = dealer.deal_chunk(keys);
        (folds, dealer.finish())
    }

    #[test]
    fn one_label_is_dealt_in_turn() {
        let (folds, said) = deal(InTurn::new(3, None, false), &[0; 7]);
        assert_eq!((folds, said.unwrap().len()), (vec![0, 1, 2, 1, 2, 0, 2], 0));
        // Every fold has rows of both of two labels that alternate.
        for n in [2, 4, 6] {
            let (folds, _) = deal(InTurn::new(n, None, false), &vec![0; 2 * n]);
            for fold in 0..n {
                let of_label = |label| (0..2 * n).any(|row| row % 2 == label && folds[row] == fold);
                assert!(of_label(0) && of_label(1), "{n} folds: {folds:?}");
            }
        }
        let (folds, _) = deal(InTurn::new(3, Some(1), false), &[0; 300]);
        assert!(folds.chunks(3).all(|block| (0..3).all(|fold| block.contains(&fold))));
        assert!(folds.chunks(3).any(|block| block != &folds[..3]));
        let mut first = [0; 3];
        (0..3000).for_each(|seed| first[deal(InTurn::new(3, Some(seed), false), &[0]).0[0]] += 1);
        assert!(first.iter().all(|count| (880..1120).contains(count)), "{first:?}");
    }

    #[test]
    fn labels_are_even_and_folds_about_equally_large() {
        for (seed, n_splits, n_labels) in [(None, 5, 7), (Some(1), 5, 7), (Some(2), 3, 100), (None, 10, 40)] {
            let mut dealer = InTurn::new(n_splits, seed, true);
            let mut counts: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
            for row in 0..5000 {
                // Squared: the first labels are frequent, the last rare.
                let random = draw(9, n_labels, row) as f64 / u64::MAX as f64;
                let label = (random * random * n_labels as f64) as u64;
                counts.entry(label).or_insert_with(|| vec![0; n_splits])[dealer.deal(label)] += 1;
                let even = |sizes: &[usize], by| sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= by;
                assert!(counts.values().all(|counts| even(counts, 1)), "{counts:?}");
                assert!(even(&dealer.sizes, 8), "{row}: {:?}", dealer.sizes);
            }
        }
    }

    #[test]
    fn rare_labels_are_told_and_too_many_folds_refused() {
        let said = |keys: &[u64]| deal(InTurn::new(3, None, true), keys).1;
        assert!(said(&[1, 1, 1, 2, 2]).unwrap()[0].contains("1 of 2 labels have fewer rows than the 3 folds"));
        assert!(said(&[1, 1, 2, 2]).unwrap_err().to_string().contains("n_splits = 3: expected at most"));
        assert!(said(&[]).is_err() && said(&[1; 3]).unwrap().is_empty());
        assert!(deal(InTurn::new(3, None, false), &[0; 2]).1.is_err());
        let said = |keys: &[u64]| deal(ByGroup::new(3), keys).1;
        assert!(said(&[5, 5, 6, 5]).unwrap_err().to_string().contains("the number of groups: 2"));
        assert!(said(&[5, 5, 6, 5, 7]).is_ok());
    }

    #[test]
    fn a_group_goes_where_there_are_fewest_rows() {
        let (folds, _) = deal(ByGroup::new(2), &[4, 4, 4, 5, 6, 4, 7, 5]);
        assert_eq!(folds, [0, 0, 0, 1, 1, 0, 1, 1]);
    }
}
