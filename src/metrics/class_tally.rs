//! `ClassTally`: the counts that scorers of classifiers read.

use linfa::Label;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::class_core::{ClassCore, ClassRows, Truth, check_binary, had, pack, unpack};
use super::numbering::{Numbering, union};
use super::probability_loss::unknown;
use super::row_means::RowMeans;
use super::row_weights;
use super::widen::Widen;
use super::{ClassRow, ConfusionMatrix, Needs, ProbabilityLoss, Scorer};
use crate::data::{Float, wide};
use crate::error::Result;

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
#[derive(Clone, Debug, PartialEq)]
pub struct ClassTally<L: Ord> {
    /// Sorted; empty if the model does not tell.
    pub(super) classes: Vec<L>,
    pub(super) labels: ConfusionMatrix<L>,
    /// By the classes' places.
    pub(super) core: ClassCore,
}

/// The labels, and the counts as bytes.
impl<L: Ord + Serialize> Serialize for ClassTally<L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let counts = pack(&self.labels.counts, &self.core).map_err(serde::ser::Error::custom)?;
        (&self.classes, &self.labels.labels, counts).serialize(serializer)
    }
}

/// Counts are checked when they are read: those that no rows have are an error.
impl<'de, L: Ord + Deserialize<'de>> Deserialize<'de> for ClassTally<L> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let (classes, labels, counts): (Vec<L>, Vec<L>, Vec<u8>) = Deserialize::deserialize(deserializer)?;
        if !ascend(&classes) || !ascend(&labels) {
            return Err(serde::de::Error::custom("labels that do not ascend"));
        }
        let (counts, core) = unpack(&counts, labels.len(), classes.len()).map_err(serde::de::Error::custom)?;
        Ok(ClassTally { classes, labels: ConfusionMatrix { labels, counts }, core })
    }
}

fn ascend<L: Ord>(labels: &[L]) -> bool {
    labels.windows(2).all(|pair| pair[0] < pair[1])
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
        let mut numbering = Numbering::new(&[]);
        numbering.numbers(classes.iter());
        let (classes, _) = numbering.sorted(&vec![true; numbering.len()]);
        let core = ClassCore::new(classes.len());
        ClassTally { classes, labels: ConfusionMatrix::default(), core }
    }

    /// Counts the outputs of a model for some rows, as far as the scorers need them.
    ///
    /// # Errors
    /// As the methods that count one of them; an output that the model does not have (kind `InvalidParameter`, name
    /// `scoring`).
    pub(crate) fn of_outputs<'a>(
        classes: &[L],
        truth: impl Iterator<Item = &'a L>,
        rows: &ClassRows<'_>,
        scorers: &[Scorer],
        sample_weight: Option<&[f64]>,
    ) -> Result<Self>
    where
        L: 'static,
    {
        let mut tally = ClassTally::new(classes);
        let mut numbering = Numbering::new(classes);
        let numbers = numbering.numbers(truth);
        if scorers.iter().any(|scorer| scorer.needs() == Needs::Labels) {
            tally.labels = ConfusionMatrix::of_numbers(&numbering, &numbers, rows.labels, sample_weight)?;
        }
        let unknown = |row: usize| unknown(numbering.label(numbers[row]), classes).at_row(row);
        let truth = Truth { numbers: (&numbers).into(), n_classes: classes.len(), unknown: &unknown };
        tally.core.count(&truth, rows, scorers, sample_weight, &classes)?;
        for (given, values) in [(Needs::Decision, &rows.decision), (Needs::Probabilities, &rows.probabilities)] {
            if scorers.iter().any(|scorer| matches!(scorer, Scorer::Custom(_)) && scorer.needs() == given) {
                let values = had(values.as_ref(), scorers, given)?;
                tally.core.means.count(classes, scorers, given, &truth, values.view(), sample_weight)?;
            }
        }
        Ok(tally)
    }

    /// The classes of rows by number, and what to do with them.
    fn with_truth<'a, T>(
        &mut self,
        truth: impl Iterator<Item = &'a L>,
        count: impl FnOnce(&mut ClassCore, &[L], &Truth<'_>) -> Result<T>,
    ) -> Result<T>
    where
        L: 'a,
    {
        let classes = &self.classes;
        let mut numbering = Numbering::new(classes);
        let numbers = numbering.numbers(truth);
        let unknown = |row: usize| unknown(numbering.label(numbers[row]), classes).at_row(row);
        let truth = Truth { numbers: (&numbers).into(), n_classes: classes.len(), unknown: &unknown };
        count(&mut self.core, classes, &truth)
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
    /// As [`count_decision`](Self::count_decision) and [`RankedScores::count_weighted`](super::RankedScores::count_weighted).
    pub fn count_decision_weighted<'a, F: Float>(
        &mut self,
        truth: impl ExactSizeIterator<Item = &'a L>,
        decision: &Array2<F>,
        sample_weight: Option<&[f64]>,
    ) -> Result<()>
    where
        L: 'a,
    {
        check_binary(self.classes.len(), &self.classes)?;
        let decision = F::run::<Widen<'_>>(decision);
        self.with_truth(truth, |core, _, truth| core.count_decision(truth, decision.view(), sample_weight))
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
        let (probabilities, epsilon) = (F::run::<Widen<'_>>(probabilities), wide(F::epsilon()));
        self.with_truth(truth, |core, _, truth| {
            core.count_probabilities(truth, probabilities.view(), epsilon, sample_weight)
        })
    }

    /// Counts class probabilities of shape (rows, classes) as decision values of each class against all others: for
    /// [`Scorer::RocAucOvr`] and [`Scorer::RocAucOvrWeighted`]. Takes the memory of [`RankedScores`](super::RankedScores) for every class.
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
        let probabilities = F::run::<Widen<'_>>(probabilities);
        self.with_truth(truth, |core, _, truth| core.by_class.count_ranks(truth, probabilities.view(), sample_weight))
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
        let values = F::run::<Widen<'_>>(values);
        self.with_truth(truth, |core, classes, truth| {
            core.means.count(classes, scorers, given, truth, values.view(), sample_weight)
        })
    }

    /// Adds the counts of other rows. Parts of models with different classes have the classes of
    /// both.
    pub fn merge(self, other: &Self) -> Self {
        let labels = self.labels.merge(&other.labels);
        if self.classes == other.classes {
            return ClassTally { classes: self.classes, labels, core: self.core.merge(&other.core) };
        }
        let (classes, [own, others]) = union(&self.classes, &other.classes);
        let core = self.core.renumbered(&own, classes.len());
        let others = other.core.clone().renumbered(&others, classes.len());
        ClassTally { core: core.merge(&others), classes, labels }
    }

    /// How many rows were counted, be it their labels, decision values or probabilities.
    pub fn n_rows(&self) -> usize {
        self.labels.n_rows().max(self.core.n_rows())
    }

    /// The true against the predicted labels.
    pub fn confusion(&self) -> &ConfusionMatrix<L> {
        &self.labels
    }

    /// The losses of the probabilities.
    pub fn probability_loss(&self) -> &ProbabilityLoss {
        &self.core.probabilities
    }
}

impl RowMeans {
    /// Sums up the means over rows of one's own among the scorers that need what is given.
    fn count<L: Label + 'static>(
        &mut self,
        classes: &[L],
        scorers: &[Scorer],
        given: Needs,
        truth: &Truth<'_>,
        values: ArrayView2<'_, f64>,
        sample_weight: Option<&[f64]>,
    ) -> Result<()> {
        row_weights::check(truth.numbers.len(), sample_weight)?;
        for scorer in scorers.iter().filter(|scorer| scorer.needs() == given) {
            let Scorer::Custom(custom) = scorer else { continue };
            scorer.check_labels::<L>()?;
            let Some(of_row) = custom.of_row::<L>() else { continue };
            ClassCore::check_means(truth, scorer, given, values)?;
            let of_row = |row: usize, values: &[f64]| {
                let class = truth.numbers[row];
                of_row(&ClassRow { truth: &classes[class], class, classes, values })
            };
            self.add_rows(custom.identity(), values, &of_row, sample_weight);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
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
