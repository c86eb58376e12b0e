//! Counts of true against predicted labels.

use std::collections::BTreeMap;

use linfa::Label;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::data::checked::{checked_when_read, contradiction, is_count};
use crate::error::{Error, Result};

/// How often each label was predicted as which; mergeable over chunks.
///
/// All scores are scikit-learn's; one whose denominator is zero is 0, as there. Printed, it is a table of
/// the scores of every label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[serde(bound(serialize = "L: Ord + Serialize", deserialize = "L: Ord + Deserialize<'de>"))]
pub struct ConfusionMatrix<L: Ord> {
    counts: BTreeMap<(L, L), usize>,
}

checked_when_read!(ConfusionMatrix<L>, serialize: [L: Ord + Serialize], deserialize: [L: Ord + Deserialize<'de>]);

impl<L: Ord> ConfusionMatrix<L> {
    fn check_read(&self) -> Result<()> {
        match is_count(self.counts.values().map(|&count| count as u64)) {
            true => Ok(()),
            false => Err(contradiction("counts of more rows than there can be")),
        }
    }
}

/// What the scores of one label are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(super) struct LabelCounts {
    /// Rows that have the label and were predicted as it.
    pub(super) hits: usize,
    /// Rows that have the label.
    pub(super) support: usize,
    /// Rows predicted as the label.
    pub(super) predicted: usize,
}

checked_when_read!(LabelCounts, serialize: [], deserialize: []);

impl LabelCounts {
    fn check_read(&self) -> Result<()> {
        let counts = [self.support, self.predicted].map(|count| count as u64);
        match self.hits <= self.support.min(self.predicted) && is_count(counts) {
            true => Ok(()),
            false => Err(contradiction(format!("{} hits of {} rows", self.hits, self.support))),
        }
    }
}

impl<L: Label> Default for ConfusionMatrix<L> {
    fn default() -> Self {
        ConfusionMatrix { counts: BTreeMap::new() }
    }
}

impl<L: Label> ConfusionMatrix<L> {
    /// Counts the pairs of true and predicted labels, row by row.
    ///
    /// # Errors
    /// A different number of true and predicted labels.
    pub fn count<'a>(
        truth: impl ExactSizeIterator<Item = &'a L>,
        predicted: impl ExactSizeIterator<Item = &'a L>,
    ) -> Result<Self>
    where
        L: 'a,
    {
        if truth.len() != predicted.len() {
            return Err(Error::shape("predicted labels", truth.len(), predicted.len()));
        }
        let mut counts: BTreeMap<(L, L), usize> = BTreeMap::new();
        for (truth, predicted) in truth.zip(predicted) {
            *counts.entry((truth.clone(), predicted.clone())).or_default() += 1;
        }
        Ok(ConfusionMatrix { counts })
    }

    /// Adds the counts of another matrix, of other rows.
    pub fn merge(mut self, other: &Self) -> Self {
        for (pair, count) in &other.counts {
            *self.counts.entry(pair.clone()).or_default() += count;
        }
        self
    }

    /// How many rows were counted.
    pub fn n_rows(&self) -> usize {
        self.counts.values().sum()
    }

    /// All labels, true or predicted, sorted.
    pub fn labels(&self) -> Vec<L> {
        let mut labels: Vec<L> = self.counts.keys().flat_map(|(a, b)| [a.clone(), b.clone()]).collect();
        labels.sort();
        labels.dedup();
        labels
    }

    /// The counts as a matrix: true labels down, predicted ones across, both as
    /// [`labels`](Self::labels) has them (scikit-learn's `confusion_matrix`).
    pub fn to_array(&self) -> Array2<usize> {
        let labels = self.labels();
        Array2::from_shape_fn((labels.len(), labels.len()), |(truth, predicted)| {
            self.get(&labels[truth], &labels[predicted])
        })
    }

    /// How many rows of the label `truth` were predicted as `predicted`.
    pub fn get(&self, truth: &L, predicted: &L) -> usize {
        self.counts.get(&(truth.clone(), predicted.clone())).copied().unwrap_or(0)
    }

    /// The pairs of a true and a predicted label that occur, sorted, and how many rows have each.
    pub fn pairs(&self) -> impl Iterator<Item = (&L, &L, usize)> {
        self.counts.iter().map(|((truth, predicted), &count)| (truth, predicted, count))
    }

    /// How many rows have this label.
    pub fn support(&self, label: &L) -> usize {
        self.sum(|truth, _| truth == label)
    }

    /// For how many rows this label was predicted.
    pub fn predicted(&self, label: &L) -> usize {
        self.sum(|_, predicted| predicted == label)
    }

    /// The share of rows whose label was predicted, from 0 to 1; 0 for no rows.
    pub fn accuracy(&self) -> f64 {
        ratio(self.sum(|truth, predicted| truth == predicted), self.n_rows())
    }

    /// The share of the most frequent true label: the accuracy of predicting always that. An
    /// accuracy means something only beside it.
    pub fn majority_rate(&self) -> f64 {
        let most = self.per_label().values().map(|label| label.support).max().unwrap_or(0);
        ratio(most, self.n_rows())
    }

    /// Of the rows predicted as this label, the share that have it.
    pub fn precision(&self, label: &L) -> f64 {
        ratio(self.get(label, label), self.predicted(label))
    }

    /// Of the rows that have this label, the share predicted as it.
    pub fn recall(&self, label: &L) -> f64 {
        ratio(self.get(label, label), self.support(label))
    }

    /// The harmonic mean of precision and recall for this label.
    pub fn f1(&self, label: &L) -> f64 {
        ratio(2 * self.get(label, label), self.support(label) + self.predicted(label))
    }

    /// The counts of every label, true or predicted, in one pass: [`support`](Self::support) of each
    /// label in turn would read all pairs as often as there are labels.
    pub(super) fn per_label(&self) -> BTreeMap<&L, LabelCounts> {
        let mut labels: BTreeMap<&L, LabelCounts> = BTreeMap::new();
        for ((truth, predicted), count) in &self.counts {
            if truth == predicted {
                labels.entry(truth).or_default().hits += count;
            }
            labels.entry(truth).or_default().support += count;
            labels.entry(predicted).or_default().predicted += count;
        }
        labels
    }

    fn sum(&self, of: impl Fn(&L, &L) -> bool) -> usize {
        self.counts.iter().filter(|((truth, predicted), _)| of(truth, predicted)).map(|(_, count)| count).sum()
    }
}

pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_merged_are_the_whole() {
        let (truth, guess) = ([1usize, 1, 0, 2, 2, 1, 0], [1usize, 0, 0, 2, 1, 1, 0]);
        let whole = ConfusionMatrix::count(truth.iter(), guess.iter()).unwrap();
        for cut in 0..=truth.len() {
            let left = ConfusionMatrix::count(truth[..cut].iter(), guess[..cut].iter()).unwrap();
            let right = ConfusionMatrix::count(truth[cut..].iter(), guess[cut..].iter()).unwrap();
            assert_eq!(left.merge(&right), whole);
        }
        assert_eq!((whole.accuracy(), whole.majority_rate()), (5.0 / 7.0, 3.0 / 7.0));
        assert_eq!((whole.precision(&1), whole.recall(&1)), (2.0 / 3.0, 2.0 / 3.0));
        assert_eq!((whole.precision(&9), whole.recall(&9), whole.f1(&9)), (0.0, 0.0, 0.0));
        assert_eq!(whole.to_array(), ndarray::array![[2, 0, 0], [1, 2, 0], [0, 1, 1]]);
        assert!(ConfusionMatrix::count(truth.iter(), guess[1..].iter()).is_err());
    }
}
