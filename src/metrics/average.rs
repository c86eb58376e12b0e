//! One number for all labels.

use linfa::Label;
use serde::{Deserialize, Serialize};

use super::confusion::{ConfusionMatrix, LabelWeights, ratio};
use super::confusion_counts::{ConfusionCounts, MeanOf};

/// How the scores of the labels become one (scikit-learn's `average`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Average {
    /// The mean over the labels: a rare one weighs as much as a frequent one.
    Macro,
    /// The score of the counts of all labels together. Where every row has one label, that is the
    /// accuracy, for precision, recall and F1 alike; where rows may have several, it is not.
    Micro,
    /// The mean over the labels, each weighted by the rows that have it.
    Weighted,
}

/// Averages go over the labels that occur, true or predicted; a label whose score has a zero
/// denominator contributes 0; so does having no rows.
impl<L: Label> ConfusionMatrix<L> {
    /// The precision of all labels, from 0 to 1 (scikit-learn's `precision_score`).
    pub fn mean_precision(&self, average: Average) -> f64 {
        self.counts.mean_of(MeanOf::Precision, average)
    }

    /// The recall of all labels, from 0 to 1 (scikit-learn's `recall_score`).
    pub fn mean_recall(&self, average: Average) -> f64 {
        self.counts.mean_of(MeanOf::Recall, average)
    }

    /// The F1 of all labels, from 0 to 1 (scikit-learn's `f1_score`).
    pub fn mean_f1(&self, average: Average) -> f64 {
        self.counts.mean_of(MeanOf::F1, average)
    }

    /// The Jaccard index of all labels, from 0 to 1 (scikit-learn's `jaccard_score`).
    pub fn mean_jaccard(&self, average: Average) -> f64 {
        self.counts.mean_of(MeanOf::Jaccard, average)
    }

    /// The mean recall of the labels that some row has, from 0 to 1: the accuracy if all of them
    /// were equally frequent (scikit-learn's `balanced_accuracy_score`); 0 for no rows.
    pub fn balanced_accuracy(&self) -> f64 {
        self.counts.balanced_accuracy()
    }

    /// The Matthews correlation of true and predicted labels, from -1 to 1 (Gorodkin 2004 for more
    /// than two labels; scikit-learn's `matthews_corrcoef`); 0 where one of the two is constant.
    pub fn matthews_correlation(&self) -> f64 {
        self.counts.matthews_correlation()
    }
}

impl ConfusionCounts {
    pub(super) fn balanced_accuracy(&self) -> f64 {
        let labels = self.per_label();
        let recalls: Vec<f64> = labels.iter().filter(|label| label.support > 0.0).map(LabelWeights::recall).collect();
        if recalls.is_empty() { 0.0 } else { recalls.iter().sum::<f64>() / recalls.len() as f64 }
    }

    pub(super) fn matthews_correlation(&self) -> f64 {
        let labels = self.per_label();
        let [both, truth, predicted] = whole_products(&labels).unwrap_or_else(|| products(&labels));
        if truth == 0.0 || predicted == 0.0 { 0.0 } else { both / (truth * predicted).sqrt() }
    }
}

/// The covariance of true and predicted labels and the variances of both, times the square of the number of rows.
fn products(labels: &[LabelWeights]) -> [f64; 3] {
    let over = |product: fn(&LabelWeights) -> f64| -> f64 { labels.iter().map(product).sum() };
    let (n, hits) = (over(|label| label.support), over(|label| label.hits));
    [
        hits * n - over(|label| label.support * label.predicted),
        n * n - over(|label| label.support * label.support),
        n * n - over(|label| label.predicted * label.predicted),
    ]
}

/// The same in integers, so that constant labels give an exact zero; `None` if some weight is no whole number.
fn whole_products(labels: &[LabelWeights]) -> Option<[f64; 3]> {
    let is_whole = |weight: f64| weight.fract() == 0.0 && weight < 2f64.powi(53);
    let numbers = |label: &LabelWeights| [label.hits, label.support, label.predicted];
    if !labels.iter().flat_map(numbers).all(is_whole) {
        return None;
    }
    let wide = |weight: f64| weight as i128;
    let over = |product: fn(&LabelWeights) -> (f64, f64)| -> i128 {
        labels.iter().map(product).map(|(a, b)| wide(a) * wide(b)).sum()
    };
    let n: i128 = labels.iter().map(|label| wide(label.support)).sum();
    let hits: i128 = labels.iter().map(|label| wide(label.hits)).sum();
    Some([
        (hits * n - over(|label| (label.support, label.predicted))) as f64,
        (n * n - over(|label| (label.support, label.support))) as f64,
        (n * n - over(|label| (label.predicted, label.predicted))) as f64,
    ])
}

impl LabelWeights {
    pub(super) fn precision(&self) -> f64 {
        ratio(self.hits, self.predicted)
    }

    pub(super) fn recall(&self) -> f64 {
        ratio(self.hits, self.support)
    }

    pub(super) fn f1(&self) -> f64 {
        ratio(2.0 * self.hits, self.support + self.predicted)
    }

    pub(super) fn jaccard(&self) -> f64 {
        ratio(self.hits, self.support + self.predicted - self.hits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Label 2 is never predicted, label 3 never true; the numbers are scikit-learn's.
    #[test]
    fn labels_on_one_side_only_count_as_in_scikit_learn() {
        let counts = ConfusionMatrix::count([0usize, 0, 1, 2].iter(), [0usize, 3, 1, 1].iter()).unwrap();
        let means = |average| [counts.mean_precision(average), counts.mean_recall(average), counts.mean_f1(average)];
        assert_eq!(means(Average::Micro), [0.5, 0.5, 0.5]);
        assert_eq!(means(Average::Weighted), [0.625, 0.5, 0.5]);
        let [precision, recall, f1] = means(Average::Macro);
        assert_eq!((precision, recall), (0.375, 0.375));
        assert!((f1 - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!((counts.balanced_accuracy(), counts.matthews_correlation()), (0.5, 0.4));
    }

    #[test]
    fn constant_labels_and_no_rows_give_zero() {
        let constant = ConfusionMatrix::count(["a", "a"].iter(), ["a", "a"].iter()).unwrap();
        assert_eq!((constant.balanced_accuracy(), constant.matthews_correlation()), (1.0, 0.0));
        let empty = ConfusionMatrix::<usize>::default();
        assert_eq!((empty.balanced_accuracy(), empty.matthews_correlation()), (0.0, 0.0));
        for average in [Average::Macro, Average::Micro, Average::Weighted] {
            assert_eq!((empty.mean_f1(average), constant.mean_f1(average)), (0.0, 1.0));
        }
    }
}
