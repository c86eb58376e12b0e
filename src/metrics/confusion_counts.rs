//! `ConfusionCounts`: counts of true against predicted labels by the labels' numbers, and the scores that are read from
//! them.

use serde::{Deserialize, Serialize};

use super::confusion::{LabelWeights, ratio};
use super::pair_counts::{Cell, PairCounts};
use super::report::{Line, report};
use super::{Average, Scorer};
use crate::error::Result;

/// The number of times that each of so many labels was predicted as which.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ConfusionCounts {
    pub(super) n_labels: usize,
    pub(super) cells: PairCounts,
}

/// Not derived, which would have it compiled in every crate that clones a tally.
impl Clone for ConfusionCounts {
    #[inline(never)]
    fn clone(&self) -> Self {
        ConfusionCounts { n_labels: self.n_labels, cells: self.cells.clone() }
    }
}

impl ConfusionCounts {
    /// Refuses counts from a file that no rows can have.
    pub(super) fn check_read(&self) -> Result<()> {
        self.cells.check_read(self.n_labels, Some(self.n_labels))
    }

    /// Adds the counts of other rows, of the same labels.
    pub(super) fn merge(self, other: &Self) -> Self {
        ConfusionCounts { n_labels: self.n_labels, cells: self.cells.merge(&other.cells) }
    }

    /// The counts of `n_labels` labels, in which every label has another place.
    pub(super) fn renumbered(&self, places: &[usize], n_labels: usize) -> Self {
        ConfusionCounts { n_labels, cells: self.cells.renumbered(Some(places), Some(places)) }
    }

    pub(super) fn n_rows(&self) -> usize {
        self.cells.n_rows()
    }

    pub(super) fn is_weighted(&self) -> bool {
        self.cells.cells().iter().any(|(_, cell)| cell.weight != cell.rows as f64)
    }

    /// Rows of this true label.
    pub(super) fn support(&self, label: usize) -> usize {
        self.cells.cells().iter().filter(|((truth, _), _)| *truth == label).map(|(_, cell)| cell.rows).sum()
    }

    /// Rows of this predicted label.
    pub(super) fn predicted(&self, label: usize) -> usize {
        self.cells.cells().iter().filter(|((_, predicted), _)| *predicted == label).map(|(_, cell)| cell.rows).sum()
    }

    pub(super) fn accuracy(&self) -> f64 {
        ratio(self.sum(|truth, predicted| truth == predicted), self.cells.total_weight())
    }

    pub(super) fn majority_rate(&self) -> f64 {
        let most = self.per_label().iter().map(|label| label.support).fold(0.0, f64::max);
        ratio(most, self.cells.total_weight())
    }

    /// The sums of one label; of one that does not occur zeros.
    pub(super) fn of_label(&self, label: Option<usize>) -> LabelWeights {
        let Some(label) = label else { return LabelWeights::default() };
        LabelWeights {
            hits: self.cells.get(label, label).weight,
            support: self.sum(|truth, _| truth == label),
            predicted: self.sum(|_, predicted| predicted == label),
        }
    }

    /// The sums of every label in one pass: those of each label in turn would read all pairs as often as there are
    /// labels.
    pub(super) fn per_label(&self) -> Vec<LabelWeights> {
        let mut labels = vec![LabelWeights::default(); self.n_labels];
        for &((truth, predicted), Cell { weight, .. }) in self.cells.cells() {
            if truth == predicted {
                labels[truth].hits += weight;
            }
            labels[truth].support += weight;
            labels[predicted].predicted += weight;
        }
        labels
    }

    pub(super) fn mean_of(&self, score: MeanOf, average: Average) -> f64 {
        match (score, average) {
            // A wrong row is in the union twice: by its true label, and by the predicted one.
            (MeanOf::Jaccard, Average::Micro) => ratio(self.accuracy(), 2.0 - self.accuracy()),
            (MeanOf::Precision, average) => self.mean(average, LabelWeights::precision),
            (MeanOf::Recall, average) => self.mean(average, LabelWeights::recall),
            (MeanOf::F1, average) => self.mean(average, LabelWeights::f1),
            (MeanOf::Jaccard, average) => self.mean(average, LabelWeights::jaccard),
        }
    }

    fn mean(&self, average: Average, score: fn(&LabelWeights) -> f64) -> f64 {
        let labels = self.per_label();
        let (total, weight) = match average {
            Average::Micro => return self.accuracy(),
            Average::Macro => (labels.iter().map(score).sum::<f64>(), labels.len() as f64),
            Average::Weighted => {
                (labels.iter().map(|label| score(label) * label.support).sum(), self.cells.total_weight())
            }
        };
        ratio(total, weight)
    }

    pub(super) fn positive_likelihood_ratio(&self, label: &LabelWeights) -> f64 {
        let LabelWeights { hits, support, predicted } = label;
        let (wrong, others) = (predicted - hits, self.cells.total_weight() - support);
        if wrong == 0.0 || *support == 0.0 { 1.0 } else { hits * others / (wrong * support) }
    }

    pub(super) fn negative_likelihood_ratio(&self, label: &LabelWeights) -> f64 {
        let LabelWeights { hits, support, predicted } = label;
        let others = self.cells.total_weight() - support;
        let right = others - (predicted - hits);
        if right <= 0.0 || *support == 0.0 { 1.0 } else { (support - hits) * others / (right * support) }
    }

    /// A score of one label, the positive one of two, by its scorer; `None` for another scorer.
    pub(super) fn of_positive(&self, scorer: &Scorer, label: &LabelWeights) -> Option<f64> {
        match scorer {
            Scorer::Precision => Some(label.precision()),
            Scorer::Recall => Some(label.recall()),
            Scorer::F1 => Some(label.f1()),
            Scorer::Jaccard => Some(label.jaccard()),
            Scorer::PositiveLikelihoodRatio => Some(self.positive_likelihood_ratio(label)),
            Scorer::NegNegativeLikelihoodRatio => Some(-self.negative_likelihood_ratio(label)),
            _ => None,
        }
    }

    /// The printed scores of labels of these names.
    pub(super) fn printed(&self, names: Vec<String>) -> std::result::Result<String, std::fmt::Error> {
        let (rows, accuracy, majority) = (self.n_rows(), self.accuracy(), self.majority_rate());
        let total = self.cells.total_weight();
        let labels: Vec<Line> =
            names.into_iter().zip(&self.per_label()).map(|(name, label)| Line::of_label(name, label)).collect();
        let mean = |average| [MeanOf::Precision, MeanOf::Recall, MeanOf::F1].map(|score| self.mean_of(score, average));
        let averages = [
            Line { name: "accuracy".to_owned(), scores: [None, None, Some(accuracy)], support: total },
            Line::of_scores("macro avg", mean(Average::Macro), total),
            Line::of_scores("weighted avg", mean(Average::Weighted), total),
        ];
        let table = report(&labels, &averages)?;
        Ok(format!("{rows} rows, accuracy {accuracy:.4} (always the most frequent label: {majority:.4})\n{table}"))
    }

    fn sum(&self, of: impl Fn(usize, usize) -> bool) -> f64 {
        let chosen = self.cells.cells().iter().filter(|((truth, predicted), _)| of(*truth, *predicted));
        // The sum of no floats is -0.
        chosen.fold(0.0, |sum, (_, cell)| sum + cell.weight)
    }
}

/// A score of one label that averages are taken of.
#[derive(Clone, Copy)]
pub(super) enum MeanOf {
    Precision,
    Recall,
    F1,
    Jaccard,
}
