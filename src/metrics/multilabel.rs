//! Counts of true against predicted labels where a row may have several.

use ndarray::{ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use super::average::Average;
use super::confusion::{LabelWeights, ratio};
use super::ranked_scores::RankedScores;
use super::row_weights;
use super::scorer::{Problem, Scorer};
use crate::data::checked::{checked_when_read, contradiction, is_count, is_weight};
use crate::data::{Float, wide};
use crate::error::{Error, ErrorKind, Result};

/// How often each label was rightly and wrongly given, where a row may have several labels or none;
/// mergeable over chunks.
///
/// All scores are from 0 to 1 and scikit-learn's for matrices of labels; one whose denominator is
/// zero is 0, as there. Rows may have weights: the scores go by them (scikit-learn's `sample_weight`), while what
/// is a `usize` counts rows. A row of weight 0 counts as absent.
///
/// ```
/// use chunkfit::metrics::{Average, MultilabelCounts};
/// use ndarray::array;
///
/// let truth = array![[true, false], [true, true]];
/// let predicted = array![[true, false], [false, true]];
/// let counts = MultilabelCounts::count(truth.view(), predicted.view())?;
/// assert_eq!((counts.recall(0), counts.f1(1)), (0.5, 1.0));
/// assert_eq!(counts.mean_f1(Average::Micro), 0.8);
/// assert_eq!((counts.subset_accuracy(), counts.hamming_loss()), (0.5, 0.25));
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct MultilabelCounts {
    labels: Vec<LabelCounts>,
    weights: Vec<LabelWeights>,
    n_rows: usize,
    /// The sum of the weights of the rows; without weights their number.
    weight: f64,
    /// That of the rows all of whose labels are right.
    exact: f64,
    /// Weighted sums over the rows of each row's own precision, recall, F1 and Jaccard index.
    of_rows: [f64; 4],
    /// The decision values of each label, if they were counted.
    ranks: Vec<RankedScores>,
}

checked_when_read!(MultilabelCounts, serialize: [], deserialize: []);

impl MultilabelCounts {
    fn check_read(&self) -> Result<()> {
        let fits = |label: &LabelCounts| {
            let most = label.support.max(label.predicted);
            label.hits <= label.support.min(label.predicted) && most <= self.n_rows
        };
        let counts = self.n_rows as u64;
        let labels = self.labels.iter().all(fits) && self.weights.len() == self.labels.len();
        let rows = is_count(counts.checked_mul(self.labels.len().max(1) as u64).or(Some(u64::MAX)));
        // Sums of the same weights in another order differ by rounding.
        let most = 0.0..=self.weight * 1.000_001;
        let sums = is_weight(self.weight) && self.of_rows.iter().chain([&self.exact]).all(|sum| most.contains(sum));
        match labels && rows && sums {
            true => Ok(()),
            false => Err(contradiction(format!("counts of labels that {} rows cannot have", self.n_rows))),
        }
    }
}

/// How many rows have a label, were predicted as it, and both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct LabelCounts {
    hits: usize,
    support: usize,
    predicted: usize,
}

impl MultilabelCounts {
    /// Counts the labels, both of shape (rows, labels).
    ///
    /// # Errors
    /// Different numbers of rows or of labels.
    pub fn count(truth: ArrayView2<'_, bool>, predicted: ArrayView2<'_, bool>) -> Result<Self> {
        Self::count_weighted(truth, predicted, None)
    }

    /// The same, each row counting `sample_weight` times (scikit-learn's `sample_weight`).
    ///
    /// # Errors
    /// Different numbers of rows, labels or weights (kind `ShapeMismatch`); a weight that is negative, NaN or infinite
    /// (kind `InvalidParameter`, name `sample_weight`).
    pub fn count_weighted(
        truth: ArrayView2<'_, bool>,
        predicted: ArrayView2<'_, bool>,
        sample_weight: Option<&[f64]>,
    ) -> Result<Self> {
        for (what, expected, found) in [
            ("rows of predicted labels", truth.nrows(), predicted.nrows()),
            ("predicted labels", truth.ncols(), predicted.ncols()),
        ] {
            if expected != found {
                return Err(Error::shape(what, expected, found));
            }
        }
        row_weights::check(truth.nrows(), sample_weight)?;
        let mut counts = MultilabelCounts {
            labels: vec![LabelCounts::default(); truth.ncols()],
            weights: vec![LabelWeights::default(); truth.ncols()],
            ..Self::default()
        };
        let rows = truth.rows().into_iter().zip(predicted.rows());
        for ((truth, predicted), weight) in row_weights::present(rows, sample_weight) {
            counts.add(truth, predicted, weight);
        }
        Ok(counts)
    }

    /// Counts the decision values of the rows, of shape (rows, labels), beside their labels: for
    /// [`mean_roc_auc`](Self::mean_roc_auc) and [`mean_average_precision`](Self::mean_average_precision). Takes the
    /// memory of [`RankedScores`] for every label.
    ///
    /// # Errors
    /// Different numbers of rows, labels or weights (kind `ShapeMismatch`); those of [`RankedScores::count_weighted`].
    pub fn count_decision_weighted<F: Float>(
        &mut self,
        truth: ArrayView2<'_, bool>,
        decision: ArrayView2<'_, F>,
        sample_weight: Option<&[f64]>,
    ) -> Result<()> {
        for (what, expected, found) in [
            ("labels", self.n_labels(), truth.ncols()),
            ("columns of decision values", truth.ncols(), decision.ncols()),
        ] {
            if expected != found {
                return Err(Error::shape(what, expected, found));
            }
        }
        self.count_ranks(truth, decision.mapv(wide).view(), sample_weight)
    }

    fn count_ranks(
        &mut self,
        truth: ArrayView2<'_, bool>,
        decision: ArrayView2<'_, f64>,
        sample_weight: Option<&[f64]>,
    ) -> Result<()> {
        self.ranks.resize_with(truth.ncols(), RankedScores::default);
        for ((ranks, has), values) in self.ranks.iter_mut().zip(truth.columns()).zip(decision.columns()) {
            let counts = RankedScores::count_rows(&has.to_vec(), &values.to_vec(), sample_weight)?;
            *ranks = std::mem::take(ranks).merge(&counts);
        }
        Ok(())
    }

    fn add(&mut self, truth: ArrayView1<'_, bool>, predicted: ArrayView1<'_, bool>, weight: f64) {
        let mut row = LabelWeights::default();
        let labels = self.labels.iter_mut().zip(&mut self.weights);
        for ((counts, weights), (&has, &given)) in labels.zip(truth.iter().zip(predicted)) {
            counts.add(has, given);
            weights.add(has, given, weight);
            row.add(has, given, 1.0);
        }
        self.n_rows += 1;
        self.weight += weight;
        self.exact += if row.hits == row.support && row.hits == row.predicted { weight } else { 0.0 };
        let of_row = [row.precision(), row.recall(), row.f1(), row.jaccard()];
        self.of_rows.iter_mut().zip(of_row).for_each(|(sum, score)| *sum += weight * score);
    }

    /// Adds the counts of other rows.
    ///
    /// # Errors
    /// A different number of labels, unless one of the two has no rows.
    pub fn merge(mut self, other: &Self) -> Result<Self> {
        match (self.n_rows, other.n_rows) {
            (_, 0) => return Ok(self),
            (0, _) => return Ok(other.clone()),
            _ if self.n_labels() != other.n_labels() => {
                return Err(Error::shape("labels", self.n_labels(), other.n_labels()));
            }
            _ => {}
        }
        self.labels.iter_mut().zip(&other.labels).for_each(|(own, others)| own.merge(others));
        self.weights.iter_mut().zip(&other.weights).for_each(|(own, others)| own.merge(others));
        self.n_rows += other.n_rows;
        self.weight += other.weight;
        self.exact += other.exact;
        self.of_rows.iter_mut().zip(other.of_rows).for_each(|(own, others)| *own += others);
        match self.ranks.len() == other.ranks.len() {
            true => self
                .ranks
                .iter_mut()
                .zip(&other.ranks)
                .for_each(|(own, others)| *own = std::mem::take(own).merge(others)),
            // Of some of the rows alone there is no ranking.
            false => self.ranks.clear(),
        }
        Ok(self)
    }

    /// The score of this name: accuracy is that of [`subset_accuracy`](Self::subset_accuracy), as in scikit-learn.
    ///
    /// # Errors
    /// A scorer that is not one of multilabel classifiers, or of decision values that were not counted (kind
    /// `InvalidParameter`, name `scoring`); no rows (`NoScoredRows`); ranks of a label that no row has, or every row
    /// (`OneClass`).
    pub fn score(&self, scorer: &Scorer) -> Result<f64> {
        scorer.check_problem(Problem::Multilabel)?;
        if self.n_rows == 0 {
            return Err(scorer.no_rows());
        }
        match scorer {
            Scorer::MeanPrecision(average) => Ok(self.mean_precision(*average)),
            Scorer::MeanRecall(average) => Ok(self.mean_recall(*average)),
            Scorer::MeanF1(average) => Ok(self.mean_f1(*average)),
            Scorer::MeanJaccard(average) => Ok(self.mean_jaccard(*average)),
            Scorer::SamplesPrecision => Ok(self.samples_precision()),
            Scorer::SamplesRecall => Ok(self.samples_recall()),
            Scorer::SamplesF1 => Ok(self.samples_f1()),
            Scorer::SamplesJaccard => Ok(self.samples_jaccard()),
            Scorer::NegHammingLoss => Ok(-self.hamming_loss()),
            Scorer::RocAuc | Scorer::AveragePrecision if self.ranks.is_empty() => {
                Err(scorer.unfit("a scorer that does without decision values: they were not counted"))
            }
            Scorer::RocAuc => self.mean_roc_auc(),
            Scorer::AveragePrecision => self.mean_average_precision(),
            _ => Ok(self.subset_accuracy()),
        }
    }

    /// The number of rows that were counted.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The number of labels.
    pub fn n_labels(&self) -> usize {
        self.labels.len()
    }

    /// How many rows have this label.
    ///
    /// # Panics
    /// This and the other counts and scores of one label, when there are not more than `label` labels.
    pub fn support(&self, label: usize) -> usize {
        self.labels[label].support
    }

    /// For how many rows this label was predicted.
    pub fn predicted(&self, label: usize) -> usize {
        self.labels[label].predicted
    }

    /// For how many rows this label was predicted rightly.
    pub fn true_positives(&self, label: usize) -> usize {
        self.labels[label].hits
    }

    /// For how many rows this label was predicted wrongly.
    pub fn false_positives(&self, label: usize) -> usize {
        self.labels[label].predicted - self.labels[label].hits
    }

    /// How many rows have this label and were not predicted to.
    pub fn false_negatives(&self, label: usize) -> usize {
        self.labels[label].support - self.labels[label].hits
    }

    /// Of the rows that this label was predicted for, the share that have it.
    pub fn precision(&self, label: usize) -> f64 {
        self.weights[label].precision()
    }

    /// Of the rows that have this label, the share that it was predicted for.
    pub fn recall(&self, label: usize) -> f64 {
        self.weights[label].recall()
    }

    /// The harmonic mean of precision and recall for this label.
    pub fn f1(&self, label: usize) -> f64 {
        self.weights[label].f1()
    }

    /// The precision of all labels (scikit-learn's `precision_score`).
    pub fn mean_precision(&self, average: Average) -> f64 {
        self.mean(average, LabelWeights::precision)
    }

    /// The recall of all labels (scikit-learn's `recall_score`).
    pub fn mean_recall(&self, average: Average) -> f64 {
        self.mean(average, LabelWeights::recall)
    }

    /// The F1 of all labels (scikit-learn's `f1_score`).
    pub fn mean_f1(&self, average: Average) -> f64 {
        self.mean(average, LabelWeights::f1)
    }

    /// The mean over the rows of each row's own precision (scikit-learn's `precision_score` with
    /// `average='samples'`).
    pub fn samples_precision(&self) -> f64 {
        self.mean_of_rows(0)
    }

    /// The mean over the rows of each row's own recall; a row without labels counts 0 (scikit-learn's
    /// `recall_score` with `average='samples'`).
    pub fn samples_recall(&self) -> f64 {
        self.mean_of_rows(1)
    }

    /// The mean over the rows of each row's own F1 (scikit-learn's `f1_score` with
    /// `average='samples'`).
    pub fn samples_f1(&self) -> f64 {
        self.mean_of_rows(2)
    }

    /// The Jaccard index of all labels (scikit-learn's `jaccard_score`).
    pub fn mean_jaccard(&self, average: Average) -> f64 {
        self.mean(average, LabelWeights::jaccard)
    }

    /// The mean over the rows of each row's own Jaccard index; a row without labels, true or given, counts 0
    /// (scikit-learn's `jaccard_score` with `average='samples'`).
    pub fn samples_jaccard(&self) -> f64 {
        self.mean_of_rows(3)
    }

    /// The mean over the labels of the area under the ROC curve (scikit-learn's `roc_auc_score`).
    ///
    /// # Errors
    /// No decision values were counted (kind `NoScoredRows`); a label that no row has, or every row (`OneClass`), where
    /// scikit-learn warns and gives NaN.
    pub fn mean_roc_auc(&self) -> Result<f64> {
        self.mean_of_ranks("roc_auc", RankedScores::roc_auc)
    }

    /// The mean over the labels of the average precision (scikit-learn's `average_precision_score`).
    ///
    /// # Errors
    /// No decision values were counted (kind `NoScoredRows`); a label that no row has (`OneClass`), where scikit-learn
    /// warns and counts 0.
    pub fn mean_average_precision(&self) -> Result<f64> {
        self.mean_of_ranks("average_precision", RankedScores::average_precision)
    }

    fn mean_of_ranks(&self, score: &'static str, of_label: fn(&RankedScores) -> Result<f64>) -> Result<f64> {
        if self.ranks.is_empty() {
            return Err(Error::new(ErrorKind::NoScoredRows { score: score.to_owned() }));
        }
        let scores = self.ranks.iter().map(of_label).collect::<Result<Vec<f64>>>()?;
        Ok(scores.iter().sum::<f64>() / scores.len() as f64)
    }

    /// The share of rows all of whose labels are right (scikit-learn's `accuracy_score`); 0 for no
    /// rows.
    pub fn subset_accuracy(&self) -> f64 {
        ratio(self.exact, self.weight)
    }

    /// The share of wrong answers, a row's label being a question each (scikit-learn's
    /// `hamming_loss`); the smaller the better.
    pub fn hamming_loss(&self) -> f64 {
        let wrong = self.weights.iter().map(|label| label.support + label.predicted - 2.0 * label.hits).sum();
        ratio(wrong, self.weight * self.n_labels() as f64)
    }

    fn mean(&self, average: Average, score: fn(&LabelWeights) -> f64) -> f64 {
        let all = self.weights.iter().fold(LabelWeights::default(), |mut all, label| {
            all.merge(label);
            all
        });
        let (total, weight): (f64, f64) = match average {
            Average::Micro => return score(&all),
            Average::Macro => (self.weights.iter().map(score).sum(), self.n_labels() as f64),
            Average::Weighted => (self.weights.iter().map(|label| score(label) * label.support).sum(), all.support),
        };
        ratio(total, weight)
    }

    /// The sums of each label.
    pub(super) fn label_weights(&self) -> &[LabelWeights] {
        &self.weights
    }

    fn mean_of_rows(&self, score: usize) -> f64 {
        ratio(self.of_rows[score], self.weight)
    }
}

impl LabelCounts {
    fn add(&mut self, has: bool, given: bool) {
        self.hits += usize::from(has && given);
        self.support += usize::from(has);
        self.predicted += usize::from(given);
    }

    fn merge(&mut self, other: &Self) {
        self.hits += other.hits;
        self.support += other.support;
        self.predicted += other.predicted;
    }
}

impl LabelWeights {
    fn add(&mut self, has: bool, given: bool, weight: f64) {
        self.hits += if has && given { weight } else { 0.0 };
        self.support += if has { weight } else { 0.0 };
        self.predicted += if given { weight } else { 0.0 };
    }

    fn merge(&mut self, other: &Self) {
        self.hits += other.hits;
        self.support += other.support;
        self.predicted += other.predicted;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, Axis, array};

    #[test]
    fn parts_merged_are_the_whole() {
        let truth = Array2::from_shape_fn((9, 4), |(i, j)| (i * 5 + j * 3) % 4 == 0);
        let predicted = Array2::from_shape_fn((9, 4), |(i, j)| (i * 7 + j * 3) % 4 < 2);
        let whole = MultilabelCounts::count(truth.view(), predicted.view()).unwrap();
        for cut in 0..=9 {
            let (first, rest) = truth.view().split_at(Axis(0), cut);
            let (guess, guesses) = predicted.view().split_at(Axis(0), cut);
            let left = MultilabelCounts::count(first, guess).unwrap();
            let merged = left.merge(&MultilabelCounts::count(rest, guesses).unwrap()).unwrap();
            assert_eq!((&merged.labels, merged.n_rows, merged.exact), (&whole.labels, 9, whole.exact));
            assert!((merged.samples_f1() - whole.samples_f1()).abs() < 1e-15);
        }
        for label in 0..4 {
            let is = |of: &Array2<bool>, i: usize| of[(i, label)];
            let count = |what: &dyn Fn(usize) -> bool| (0..9).filter(|&i| what(i)).count();
            assert_eq!(whole.true_positives(label), count(&|i| is(&truth, i) && is(&predicted, i)));
            assert_eq!(whole.false_positives(label), count(&|i| !is(&truth, i) && is(&predicted, i)));
            assert_eq!(whole.false_negatives(label), count(&|i| is(&truth, i) && !is(&predicted, i)));
        }
    }

    #[test]
    fn shapes_that_differ_are_refused_and_no_rows_score_zero() {
        let two = array![[true, false]];
        let three = array![[true, false, true]];
        let count = |a: &Array2<bool>, b: &Array2<bool>| MultilabelCounts::count(a.view(), b.view());
        assert!(count(&two, &three).is_err() && count(&two, &array![[true, false], [true, true]]).is_err());
        assert!(count(&two, &two).unwrap().merge(&count(&three, &three).unwrap()).is_err());
        let empty = MultilabelCounts::default();
        assert_eq!(empty.clone().merge(&count(&two, &two).unwrap()).unwrap(), count(&two, &two).unwrap());
        let scores = [empty.mean_f1(Average::Macro), empty.mean_f1(Average::Weighted), empty.mean_f1(Average::Micro)];
        assert_eq!(scores, [0.0; 3]);
        assert_eq!((empty.subset_accuracy(), empty.hamming_loss(), empty.samples_f1()), (0.0, 0.0, 0.0));
    }
}
