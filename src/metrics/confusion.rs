//! Counts of true against predicted labels.

use linfa::Label;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::confusion_counts::ConfusionCounts;
use super::numbering::{Numbering, union};
use super::pair_counts::{Cell, PairCounts};
use crate::data::checked::{checked_when_read, contradiction, is_weight};
use crate::error::Result;

/// How often each label was predicted as which; mergeable over chunks.
///
/// All scores are scikit-learn's; one whose denominator is zero is 0, as there. Printed, it is a table of
/// the scores of every label.
///
/// Rows may have weights: the scores go by them (scikit-learn's `sample_weight`), while what is a `usize`
/// counts rows. A row of weight 0 counts as absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[serde(bound(serialize = "L: Ord + Serialize", deserialize = "L: Ord + Deserialize<'de>"))]
pub struct ConfusionMatrix<L: Ord> {
    /// Those that occur, true or predicted, sorted.
    pub(super) labels: Vec<L>,
    /// By the labels' places.
    pub(super) counts: ConfusionCounts,
}

checked_when_read!(ConfusionMatrix<L>, serialize: [L: Ord + Serialize], deserialize: [L: Ord + Deserialize<'de>]);

impl<L: Ord> ConfusionMatrix<L> {
    pub(super) fn check_read(&self) -> Result<()> {
        match self.labels.is_sorted_by(|a, b| a < b) && self.labels.len() == self.counts.n_labels {
            true => self.counts.check_read(),
            false => Err(contradiction("labels that do not ascend")),
        }
    }
}

/// Weights are finite, so a matrix equals itself.
impl<L: Ord> Eq for ConfusionMatrix<L> {}

/// What the scores of one label are made of: sums of weights.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(super) struct LabelWeights {
    /// Of the rows that have the label and were predicted as it.
    pub(super) hits: f64,
    /// Of the rows that have the label.
    pub(super) support: f64,
    /// Of the rows predicted as the label.
    pub(super) predicted: f64,
}

checked_when_read!(LabelWeights, serialize: [], deserialize: []);

impl LabelWeights {
    fn check_read(&self) -> Result<()> {
        // Sums of the same weights in another order differ by rounding.
        let most = self.support.min(self.predicted) * 1.000_001;
        match [self.hits, self.support, self.predicted].into_iter().all(is_weight) && self.hits <= most {
            true => Ok(()),
            false => Err(contradiction(format!("hits of weight {} of {}", self.hits, self.support))),
        }
    }
}

impl<L: Label> Default for ConfusionMatrix<L> {
    fn default() -> Self {
        ConfusionMatrix { labels: Vec::new(), counts: ConfusionCounts::default() }
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
        Self::count_weighted(truth, predicted, None)
    }

    /// The same, each row counting `sample_weight` times (scikit-learn's `sample_weight`).
    ///
    /// # Errors
    /// A different number of true and predicted labels, or of weights (kind `ShapeMismatch`); a weight that is
    /// negative, NaN or infinite (kind `InvalidParameter`, name `sample_weight`).
    pub fn count_weighted<'a>(
        truth: impl ExactSizeIterator<Item = &'a L>,
        predicted: impl ExactSizeIterator<Item = &'a L>,
        sample_weight: Option<&[f64]>,
    ) -> Result<Self>
    where
        L: 'a,
    {
        let mut numbering = Numbering::new(&[]);
        let (truth, predicted) = (numbering.numbers(truth), numbering.numbers(predicted));
        Self::of_numbers(&numbering, &truth, &predicted, sample_weight)
    }

    /// The same of labels by their numbers.
    pub(super) fn of_numbers(
        numbering: &Numbering<'_, L>,
        truth: &[usize],
        predicted: &[usize],
        sample_weight: Option<&[f64]>,
    ) -> Result<Self> {
        let cells = PairCounts::count(truth, ("predicted labels", predicted), sample_weight)?;
        let (labels, places) = numbering.sorted(&cells.used(numbering.len(), (true, true)));
        let counts = ConfusionCounts { n_labels: numbering.len(), cells }.renumbered(&places, labels.len());
        Ok(ConfusionMatrix { labels, counts })
    }

    /// Adds the counts of another matrix, of other rows.
    pub fn merge(self, other: &Self) -> Self {
        if self.labels == other.labels {
            return ConfusionMatrix { labels: self.labels, counts: self.counts.merge(&other.counts) };
        }
        let (labels, [own, others]) = union(&self.labels, &other.labels);
        let counts = self.counts.renumbered(&own, labels.len());
        ConfusionMatrix { counts: counts.merge(&other.counts.renumbered(&others, labels.len())), labels }
    }

    /// The number of rows that were counted.
    pub fn n_rows(&self) -> usize {
        self.counts.n_rows()
    }

    /// The sum of the weights of the rows; without weights their number.
    pub fn total_weight(&self) -> f64 {
        self.counts.cells.total_weight()
    }

    /// Whether some row had a weight other than 1.
    pub fn is_weighted(&self) -> bool {
        self.counts.is_weighted()
    }

    /// All labels, true or predicted, sorted.
    pub fn labels(&self) -> Vec<L> {
        self.labels.clone()
    }

    /// The counts as a matrix: true labels down, predicted ones across, both as
    /// [`labels`](Self::labels) has them (scikit-learn's `confusion_matrix`).
    pub fn to_array(&self) -> Array2<usize> {
        let n = self.labels.len();
        Array2::from_shape_fn((n, n), |(truth, predicted)| self.counts.cells.get(truth, predicted).rows)
    }

    /// The sums of the weights as a matrix (scikit-learn's `confusion_matrix` with `sample_weight`).
    pub fn to_weights(&self) -> Array2<f64> {
        let n = self.labels.len();
        Array2::from_shape_fn((n, n), |(truth, predicted)| self.counts.cells.get(truth, predicted).weight)
    }

    /// How many rows of the label `truth` were predicted as `predicted`.
    pub fn get(&self, truth: &L, predicted: &L) -> usize {
        self.cell(truth, predicted).rows
    }

    /// The sum of the weights of the rows of the label `truth` that were predicted as `predicted`.
    pub fn weight(&self, truth: &L, predicted: &L) -> f64 {
        self.cell(truth, predicted).weight
    }

    /// The pairs of a true and a predicted label that occur, sorted, and how many rows have each.
    pub fn pairs(&self) -> impl Iterator<Item = (&L, &L, usize)> {
        self.named_cells().map(|(truth, predicted, cell)| (truth, predicted, cell.rows))
    }

    /// The pairs of a true and a predicted label that occur, sorted, and the sum of the weights of the rows that have
    /// each.
    pub fn weighted_pairs(&self) -> impl Iterator<Item = (&L, &L, f64)> {
        self.named_cells().map(|(truth, predicted, cell)| (truth, predicted, cell.weight))
    }

    /// How many rows have this label.
    pub fn support(&self, label: &L) -> usize {
        self.number(label).map_or(0, |label| self.counts.support(label))
    }

    /// For how many rows this label was predicted.
    pub fn predicted(&self, label: &L) -> usize {
        self.number(label).map_or(0, |label| self.counts.predicted(label))
    }

    /// The share of rows whose label was predicted, from 0 to 1; 0 for no rows.
    pub fn accuracy(&self) -> f64 {
        self.counts.accuracy()
    }

    /// The share of the most frequent true label: the accuracy of predicting always that. An
    /// accuracy means something only beside it.
    pub fn majority_rate(&self) -> f64 {
        self.counts.majority_rate()
    }

    /// Of the rows predicted as this label, the share that have it.
    pub fn precision(&self, label: &L) -> f64 {
        self.of_label(label).precision()
    }

    /// Of the rows that have this label, the share predicted as it.
    pub fn recall(&self, label: &L) -> f64 {
        self.of_label(label).recall()
    }

    /// The harmonic mean of precision and recall for this label.
    pub fn f1(&self, label: &L) -> f64 {
        self.of_label(label).f1()
    }

    /// Of the rows that have this label or were predicted as it, the share that is both (scikit-learn's
    /// `jaccard_score`).
    pub fn jaccard(&self, label: &L) -> f64 {
        self.of_label(label).jaccard()
    }

    /// How many times likelier a row is predicted as this label if it has it, 0 or more (LR+ of scikit-learn's
    /// `class_likelihood_ratios`); 1, as for its scorer, where no other row was predicted as it or no row has it.
    pub fn positive_likelihood_ratio(&self, label: &L) -> f64 {
        self.counts.positive_likelihood_ratio(&self.of_label(label))
    }

    /// How many times likelier a row is not predicted as this label if it has it, 0 or more, the smaller the better
    /// (LR- of scikit-learn's `class_likelihood_ratios`); 1, as for its scorer, where every other row was predicted as
    /// it or no row has it.
    pub fn negative_likelihood_ratio(&self, label: &L) -> f64 {
        self.counts.negative_likelihood_ratio(&self.of_label(label))
    }

    fn of_label(&self, label: &L) -> LabelWeights {
        self.counts.of_label(self.number(label))
    }

    /// The place of a label among those that occur.
    pub(super) fn number(&self, label: &L) -> Option<usize> {
        self.labels.binary_search(label).ok()
    }

    fn cell(&self, truth: &L, predicted: &L) -> Cell {
        match (self.number(truth), self.number(predicted)) {
            (Some(truth), Some(predicted)) => self.counts.cells.get(truth, predicted),
            _ => Cell::default(),
        }
    }

    fn named_cells(&self) -> impl Iterator<Item = (&L, &L, Cell)> {
        let name =
            |&((truth, predicted), cell): &((usize, usize), Cell)| (&self.labels[truth], &self.labels[predicted], cell);
        self.counts.cells.cells().iter().map(name)
    }
}

pub(super) fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
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
        let none_right = ConfusionMatrix::count([0usize, 1].iter(), [1, 0].iter()).unwrap();
        assert!(none_right.accuracy().is_sign_positive() && none_right.recall(&9).is_sign_positive());
    }

    /// The numbers are scikit-learn's, with these weights.
    #[test]
    fn weighted_scores_are_those_of_scikit_learn() {
        let (truth, guess) = ([1usize, 1, 0, 2, 2, 1, 0], [1usize, 0, 0, 2, 1, 1, 0]);
        let weights = [0.5, 2.0, 1.0, 3.0, 0.25, 1.5, 0.75];
        let counts = ConfusionMatrix::count_weighted(truth.iter(), guess.iter(), Some(&weights)).unwrap();
        assert!(counts.is_weighted() && counts.n_rows() == 7 && counts.total_weight() == 9.0);
        assert_eq!(counts.to_weights(), ndarray::array![[1.75, 0.0, 0.0], [2.0, 2.0, 0.0], [0.0, 0.25, 3.0]]);
        assert_eq!((counts.accuracy(), counts.recall(&1), counts.precision(&1)), (0.75, 0.5, 2.0 / 2.25));
        for cut in 0..=truth.len() {
            let part = |rows: std::ops::Range<usize>| {
                let weights = Some(&weights[rows.clone()]);
                ConfusionMatrix::count_weighted(truth[rows.clone()].iter(), guess[rows].iter(), weights).unwrap()
            };
            assert_eq!(part(0..cut).merge(&part(cut..7)), counts);
        }
    }

    #[test]
    fn a_row_of_weight_zero_is_absent_and_bad_weights_are_refused() {
        let count =
            |weights: &[f64]| ConfusionMatrix::count_weighted([0usize, 1].iter(), [0usize, 5].iter(), Some(weights));
        assert_eq!(count(&[1.0, 0.0]).unwrap(), ConfusionMatrix::count([0usize].iter(), [0usize].iter()).unwrap());
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(count(&[1.0, bad]).unwrap_err().place().row, Some(1));
        }
        assert!(count(&[1.0]).is_err());
    }
}
