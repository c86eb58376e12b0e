//! `ClassTally`: the counts that scorers of classifiers read.

use linfa::Label;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::class_probabilities::ClassProbabilities;
use super::probability_loss::unknown;
use super::row_means::RowMeans;
use super::row_weights;
use super::scorer::MULTICLASS;
use super::{ClassRow, ConfusionMatrix, Needs, ProbabilityLoss, RankedScores, Scorer};
use crate::data::checked::{checked_when_read, contradiction};
use crate::data::{Float, wide};
use crate::error::{Error, ErrorKind, Result};

/// Labels, decision values and probabilities of a classifier against the truth; mergeable over
/// chunks.
///
/// Count what the [`needs`](Scorer::needs) of the scorers ask for, and only that:
///
/// ```
/// use chunkfit::metrics::{ClassTally, Scorer};
/// use ndarray::array;
///
/// # fn main() -> Result<(), chunkfit::Error> {
/// let truth = ["ham", "spam", "spam"];
/// let mut tally = ClassTally::new(&["ham", "spam"]);
/// tally.count_labels(truth.iter(), ["ham", "spam", "ham"].iter())?;
/// tally.count_decision(truth.iter(), &array![[-1.0], [2.0], [-0.5]])?;
/// assert_eq!(tally.score(&Scorer::Recall)?, 0.5);
/// assert_eq!(tally.score(&Scorer::RocAuc)?, 1.0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[serde(bound(serialize = "L: Ord + Serialize", deserialize = "L: Ord + Deserialize<'de>"))]
pub struct ClassTally<L: Ord> {
    /// Sorted; empty if the model does not tell.
    pub(super) classes: Vec<L>,
    pub(super) labels: ConfusionMatrix<L>,
    pub(super) decision: RankedScores,
    pub(super) probabilities: ProbabilityLoss,
    pub(super) by_class: ClassProbabilities<L>,
    /// Of the scorers of one's own.
    pub(super) means: RowMeans,
}

checked_when_read!(ClassTally<L>, serialize: [L: Ord + Serialize], deserialize: [L: Ord + Deserialize<'de>]);

impl<L: Ord> ClassTally<L> {
    fn check_read(&self) -> Result<()> {
        match self.classes.windows(2).all(|pair| pair[0] < pair[1]) {
            true => Ok(()),
            false => Err(contradiction("classes that do not ascend")),
        }
    }
}

/// For a model that does not tell its classes: decision values and probabilities cannot be counted,
/// and which of two classes is the positive one is read off the labels that occur.
impl<L: Label> Default for ClassTally<L> {
    fn default() -> Self {
        ClassTally::new(&[])
    }
}

impl<L: Label> ClassTally<L> {
    /// Nothing counted yet, of a model with these classes. Of two, the second in sorted order is the
    /// positive one, whichever of them occur among the rows.
    pub fn new(classes: &[L]) -> Self {
        let mut classes = classes.to_vec();
        classes.sort();
        classes.dedup();
        ClassTally {
            classes,
            labels: ConfusionMatrix::default(),
            decision: RankedScores::default(),
            probabilities: ProbabilityLoss::default(),
            by_class: ClassProbabilities::default(),
            means: RowMeans::default(),
        }
    }

    /// Counts the pairs of true and predicted labels ([`Needs::Labels`]).
    ///
    /// # Errors
    /// Numbers of rows that differ.
    pub fn count_labels<'a>(
        &mut self,
        truth: impl ExactSizeIterator<Item = &'a L>,
        predicted: impl ExactSizeIterator<Item = &'a L>,
    ) -> Result<()>
    where
        L: 'a,
    {
        self.count_labels_weighted(truth, predicted, None)
    }

    /// The same, each row counting `sample_weight` times.
    ///
    /// # Errors
    /// As [`ConfusionMatrix::count_weighted`].
    pub fn count_labels_weighted<'a>(
        &mut self,
        truth: impl ExactSizeIterator<Item = &'a L>,
        predicted: impl ExactSizeIterator<Item = &'a L>,
        sample_weight: Option<&[f64]>,
    ) -> Result<()>
    where
        L: 'a,
    {
        let counts = ConfusionMatrix::count_weighted(truth, predicted, sample_weight)?;
        self.labels = std::mem::take(&mut self.labels).merge(&counts);
        Ok(())
    }

    /// Counts decision values of shape (rows, 1), or probabilities of shape (rows, 2) in their
    /// place ([`Needs::Decision`]).
    ///
    /// # Errors
    /// Classes other than two (kind `InvalidParameter`, name `scoring`); a label that is neither
    /// (`UnknownLabel`); a NaN or infinite value (`NonFinite`); shapes that do not fit.
    pub fn count_decision<'a, F: Float>(
        &mut self,
        truth: impl ExactSizeIterator<Item = &'a L>,
        decision: &Array2<F>,
    ) -> Result<()>
    where
        L: 'a,
    {
        self.count_decision_weighted(truth, decision, None)
    }

    /// The same, each row counting `sample_weight` times.
    ///
    /// # Errors
    /// As [`count_decision`](Self::count_decision) and [`RankedScores::count_weighted`].
    pub fn count_decision_weighted<'a, F: Float>(
        &mut self,
        truth: impl ExactSizeIterator<Item = &'a L>,
        decision: &Array2<F>,
        sample_weight: Option<&[f64]>,
    ) -> Result<()>
    where
        L: 'a,
    {
        let positive = positive(&Scorer::RocAuc, &self.classes)?;
        let scores = match decision.ncols() {
            columns @ (1 | 2) => decision.column(columns - 1),
            columns => return Err(Error::shape("columns of decision values", 1, columns)),
        };
        let truth = truth
            .enumerate()
            .map(|(row, label)| match self.classes.binary_search(label) {
                Ok(_) => Ok(label == positive),
                Err(_) => Err(unknown(label, &self.classes).at_row(row)),
            })
            .collect::<Result<Vec<bool>>>()?;
        let scores = scores.iter().map(|&score| wide(score));
        let counts = RankedScores::count_weighted(truth.into_iter(), scores, sample_weight)?;
        self.decision = std::mem::take(&mut self.decision).merge(&counts);
        Ok(())
    }

    /// Counts class probabilities of shape (rows, classes), the columns in the order of the sorted
    /// classes ([`Needs::Probabilities`]).
    ///
    /// # Errors
    /// Those of [`ProbabilityLoss::count`].
    pub fn count_probabilities<'a, F: Float>(
        &mut self,
        truth: impl ExactSizeIterator<Item = &'a L> + Clone,
        probabilities: &Array2<F>,
    ) -> Result<()>
    where
        L: 'a,
    {
        self.count_probabilities_weighted(truth, probabilities, None)
    }

    /// The same, each row counting `sample_weight` times.
    ///
    /// # Errors
    /// Those of [`ProbabilityLoss::count_weighted`].
    pub fn count_probabilities_weighted<'a, F: Float>(
        &mut self,
        truth: impl ExactSizeIterator<Item = &'a L> + Clone,
        probabilities: &Array2<F>,
        sample_weight: Option<&[f64]>,
    ) -> Result<()>
    where
        L: 'a,
    {
        let sums = ProbabilityLoss::count_weighted(truth.clone(), probabilities, &self.classes, sample_weight)?;
        self.probabilities = self.probabilities.merge(&sums);
        self.by_class.count_weights(truth, sample_weight);
        Ok(())
    }

    /// Counts class probabilities of shape (rows, classes) as decision values of each class against all others: for
    /// [`Scorer::RocAucOvr`] and [`Scorer::RocAucOvrWeighted`]. Takes the memory of [`RankedScores`] for every class.
    ///
    /// # Errors
    /// Those of [`count_probabilities_weighted`](Self::count_probabilities_weighted), and a NaN or infinite probability
    /// (kind `NonFinite`).
    pub fn count_one_vs_rest_weighted<'a, F: Float>(
        &mut self,
        truth: impl ExactSizeIterator<Item = &'a L> + Clone,
        probabilities: &Array2<F>,
        sample_weight: Option<&[f64]>,
    ) -> Result<()>
    where
        L: 'a,
    {
        self.by_class.count_ranks(&self.classes, truth, probabilities, sample_weight)
    }

    /// Sums up those of `scorers` that are [means over rows](Scorer::mean_of_decision) of one's own
    /// and need what is given: decision values of shape (rows, 1) for two classes, else (rows,
    /// classes), or probabilities of shape (rows, classes).
    ///
    /// # Errors
    /// Shapes that do not fit; a label that is no class (kind `UnknownLabel`); a NaN (`NonFinite`); a scorer of other
    /// labels, or classes that are not known (`InvalidParameter`, name `scoring`).
    pub fn count_means<'a, F: Float>(
        &mut self,
        scorers: &[Scorer],
        given: Needs,
        truth: impl ExactSizeIterator<Item = &'a L> + Clone,
        values: &Array2<F>,
    ) -> Result<()>
    where
        L: 'static,
    {
        self.count_means_weighted(scorers, given, truth, values, None)
    }

    /// The same, each row counting `sample_weight` times.
    ///
    /// # Errors
    /// As [`count_means`](Self::count_means); weights that are not one for each row (kind `ShapeMismatch`); a weight
    /// that is negative, NaN or infinite (`InvalidParameter`, name `sample_weight`).
    pub fn count_means_weighted<'a, F: Float>(
        &mut self,
        scorers: &[Scorer],
        given: Needs,
        truth: impl ExactSizeIterator<Item = &'a L> + Clone,
        values: &Array2<F>,
        sample_weight: Option<&[f64]>,
    ) -> Result<()>
    where
        L: 'static,
    {
        row_weights::check(truth.len(), sample_weight)?;
        for scorer in scorers.iter().filter(|scorer| scorer.needs() == given) {
            let Scorer::Custom(custom) = scorer else { continue };
            scorer.check_labels::<L>()?;
            let Some(of_row) = custom.of_row::<L>() else { continue };
            if values.nrows() != truth.len() {
                return Err(Error::shape("rows of values", truth.len(), values.nrows()));
            }
            let columns = match (given, self.classes.len()) {
                (_, 0) => return Err(classless(scorer)),
                (Needs::Decision, 2) => 1,
                (_, n_classes) => n_classes,
            };
            if values.ncols() != columns {
                return Err(Error::shape("columns of values", columns, values.ncols()));
            }
            let mut scratch = Vec::with_capacity(columns);
            let mut scores = Vec::with_capacity(values.nrows());
            for (row, (truth, values)) in truth.clone().zip(values.rows()).enumerate() {
                let class = self.classes.binary_search(truth);
                let class = class.map_err(|_| unknown(truth, &self.classes).at_row(row))?;
                // Infinite ones are certain, as naive Bayes may be.
                if let Some(column) = values.iter().position(|value| value.is_nan()) {
                    return Err(Error::new(ErrorKind::NonFinite { column }).at_row(row));
                }
                scratch.clear();
                scratch.extend(values.iter().map(|&value| wide(value)));
                scores.push(of_row(&ClassRow { truth, class, classes: &self.classes, values: &scratch }));
            }
            self.means.add(custom.identity(), scores.into_iter(), sample_weight);
        }
        Ok(())
    }

    /// Adds the counts of other rows. Parts of models with different classes have the classes of
    /// both.
    pub fn merge(mut self, other: &Self) -> Self {
        if self.classes != other.classes {
            self.classes = union(&self.classes, &other.classes);
        }
        ClassTally {
            classes: self.classes,
            labels: self.labels.merge(&other.labels),
            decision: self.decision.merge(&other.decision),
            probabilities: self.probabilities.merge(&other.probabilities),
            by_class: self.by_class.merge(&other.by_class),
            means: self.means.merge(&other.means),
        }
    }

    /// How many rows were counted, be it their labels, decision values or probabilities.
    pub fn n_rows(&self) -> usize {
        self.labels.n_rows().max(self.decision.n_rows()).max(self.probabilities.n_rows()).max(self.means.n_rows())
    }

    /// The true against the predicted labels.
    pub fn confusion(&self) -> &ConfusionMatrix<L> {
        &self.labels
    }

    /// The losses of the probabilities.
    pub fn probability_loss(&self) -> &ProbabilityLoss {
        &self.probabilities
    }
}

/// The second of two sorted classes.
pub(super) fn positive<'a, L: Label>(scorer: &Scorer, classes: &'a [L]) -> Result<&'a L> {
    match classes {
        [_, positive] => Ok(positive),
        [] => Err(classless(scorer)),
        _ => Err(scorer.unfit(format!("{MULTICLASS}, as the classes are {classes:?}"))),
    }
}

/// The error of a scorer of classes that are not known.
fn classless(scorer: &Scorer) -> Error {
    scorer.unfit("a scorer of labels, such as accuracy: the model does not tell its classes")
}

pub(super) fn union<L: Label>(a: &[L], b: &[L]) -> Vec<L> {
    let mut classes = [a, b].concat();
    classes.sort();
    classes.dedup();
    classes
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn problem(result: Result<f64>) -> String {
        let error = result.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "scoring", .. }), "{error}");
        error.to_string()
    }

    #[test]
    fn the_positive_class_is_the_models_second_whatever_occurs() {
        let (ham, spam) = (["ham", "ham"], ["spam", "spam"]);
        let score = |mut tally: ClassTally<&'static str>, labels: &[&'static str]| {
            tally.count_labels(labels.iter(), labels.iter()).unwrap();
            tally.score(&Scorer::F1)
        };
        let known = || ClassTally::new(&["spam", "ham"]);
        assert_eq!((score(known(), &ham).unwrap(), score(known(), &spam).unwrap()), (0.0, 1.0));
        assert_eq!(score(ClassTally::default(), &["ham", "spam"]).unwrap(), 1.0);
        assert!(problem(score(ClassTally::default(), &spam)).contains(r#"as the classes are ["spam"]"#));
        assert!(problem(score(known(), &["ham", "eggs"])).contains("\"f1\""));
    }

    #[test]
    fn a_scorer_that_does_not_fit_says_so() {
        let mut tally = ClassTally::new(&[0usize, 1, 2]);
        assert_eq!(tally.score(&Scorer::F1).unwrap_err().kind(), &ErrorKind::NoScoredRows { score: "f1".into() });
        tally.count_labels([0, 1, 2].iter(), [0, 1, 1].iter()).unwrap();
        assert!(problem(tally.score(&Scorer::R2)).contains("a scorer of classifiers"));
        assert!(problem(tally.score(&Scorer::NegLogLoss)).contains("probabilities: they were not counted"));
        assert!(problem(tally.score(&Scorer::Recall)).contains("[0, 1, 2]"));
        problem(tally.count_decision([0].iter(), &array![[1.0]]).map(|()| 0.0));
        assert_eq!(tally.score(&Scorer::MeanF1(crate::metrics::Average::Micro)).unwrap(), 2.0 / 3.0);
    }

    #[test]
    fn the_second_probability_ranks_as_a_decision_value_does() {
        let truth = [false, true, true];
        let mut one = ClassTally::new(&[false, true]);
        one.count_decision(truth.iter(), &array![[-2.0f32], [0.0], [-3.0]]).unwrap();
        let mut two = ClassTally::new(&[false, true]);
        two.count_decision(truth.iter(), &array![[0.9, 0.1], [0.5, 0.5], [0.95, 0.05]]).unwrap();
        assert_eq!(one.score(&Scorer::RocAuc).unwrap(), 0.5);
        assert_eq!(two.score(&Scorer::RocAuc).unwrap(), 0.5);
        assert!(two.count_decision(truth.iter(), &array![[0.9, 0.1, 0.0]]).is_err());
        assert_eq!(two.n_rows(), 3);
    }

    #[test]
    fn parts_of_other_classes_are_not_ranked_together() {
        let part = |classes: [usize; 2]| {
            let mut tally = ClassTally::new(&classes);
            tally.count_decision(classes.iter(), &array![[-1.0], [1.0]]).unwrap();
            tally
        };
        assert_eq!(ClassTally::default().merge(&part([0, 1])).score(&Scorer::RocAuc).unwrap(), 1.0);
        assert!(problem(part([0, 1]).merge(&part([1, 2])).score(&Scorer::RocAuc)).contains("[0, 1, 2]"));
        let error = part([0, 1]).count_decision([1, 2].iter(), &array![[0.0], [0.0]]).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::UnknownLabel { .. }));
        assert_eq!(error.place().row, Some(1));
    }
}
