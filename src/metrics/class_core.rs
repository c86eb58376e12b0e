//! `ClassCore`: what a `ClassTally` holds beside the labels, by the numbers of the classes.

use std::borrow::Cow;
use std::fmt::Debug;

use ndarray::{ArrayView2, CowArray, Ix2};
use serde::{Deserialize, Serialize};

use super::class_probabilities::ClassProbabilities;
use super::confusion::LabelWeights;
use super::confusion_counts::{ConfusionCounts, MeanOf};
use super::row_means::RowMeans;
use super::scorer::{CLASSIFICATION, MULTICLASS};
use super::{Needs, ProbabilityLoss, RankedScores, Scorer};
use crate::error::{Error, ErrorKind, Result};

/// Decision values and probabilities of a classifier against the truth, and means of scorers of one's own.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ClassCore {
    pub(super) decision: RankedScores,
    pub(super) probabilities: ProbabilityLoss,
    pub(super) by_class: ClassProbabilities,
    /// Of the scorers of one's own.
    pub(super) means: RowMeans,
}

/// Not derived, which would have it compiled in every crate that clones a tally.
impl Clone for ClassCore {
    #[inline(never)]
    fn clone(&self) -> Self {
        ClassCore {
            decision: self.decision.clone(),
            probabilities: self.probabilities,
            by_class: self.by_class.clone(),
            means: self.means.clone(),
        }
    }
}

/// The true classes of rows, by number.
pub(super) struct Truth<'a> {
    /// Numbers of `n_classes` and more are those of labels that are no classes.
    pub(super) numbers: Cow<'a, [usize]>,
    pub(super) n_classes: usize,
    /// The error of a row whose label is no class.
    pub(super) unknown: &'a dyn Fn(usize) -> Error,
}

impl Truth<'_> {
    /// The class of a row.
    pub(super) fn class(&self, row: usize) -> Result<usize> {
        match self.numbers[row] {
            class if class < self.n_classes => Ok(class),
            _ => Err((self.unknown)(row)),
        }
    }
}

/// The outputs of a classifier for some rows, in double precision.
pub(crate) struct ClassRows<'a> {
    /// The predicted label of each row, by its number among the sorted classes.
    pub(crate) labels: &'a [usize],
    /// The values that named scorers rank rows by.
    pub(crate) ranking: Option<CowArray<'a, f64, Ix2>>,
    /// The decision values.
    pub(crate) decision: Option<CowArray<'a, f64, Ix2>>,
    /// The class probabilities.
    pub(crate) probabilities: Option<CowArray<'a, f64, Ix2>>,
    /// The epsilon of the float in which the probabilities were computed.
    pub(crate) epsilon: f64,
}

/// The classes of a tally, where scores depend on what they are.
pub(super) struct Classes<'a> {
    pub(super) n_classes: usize,
    /// All of them, as they are shown.
    pub(super) shown: &'a dyn Debug,
    /// One of them, as it is shown.
    pub(super) label: &'a dyn Fn(usize) -> String,
    /// The sums of the second of two classes, in the confusion matrix.
    pub(super) positive: &'a dyn Fn() -> Result<LabelWeights>,
}

impl ClassCore {
    /// Nothing counted yet, of so many classes.
    pub(super) fn new(n_classes: usize) -> Self {
        ClassCore {
            decision: RankedScores::default(),
            probabilities: ProbabilityLoss::default(),
            by_class: ClassProbabilities::new(n_classes),
            means: RowMeans::default(),
        }
    }

    /// Adds the counts of other rows, of the same classes.
    pub(super) fn merge(self, other: &Self) -> Self {
        ClassCore {
            decision: self.decision.merge(&other.decision),
            probabilities: self.probabilities.merge(&other.probabilities),
            by_class: self.by_class.merge(&other.by_class),
            means: self.means.merge(&other.means),
        }
    }

    /// The counts of `n_classes` classes, in which every class has another place.
    pub(super) fn renumbered(self, places: &[usize], n_classes: usize) -> Self {
        ClassCore { by_class: self.by_class.renumbered(places, n_classes), ..self }
    }

    /// The number of rows that were counted.
    pub(super) fn n_rows(&self) -> usize {
        self.decision.n_rows().max(self.probabilities.n_rows()).max(self.means.n_rows())
    }

    /// Counts the outputs that named scorers need. `classes` is shown in errors.
    pub(super) fn count(
        &mut self,
        truth: &Truth<'_>,
        rows: &ClassRows<'_>,
        scorers: &[Scorer],
        sample_weight: Option<&[f64]>,
        classes: &dyn Debug,
    ) -> Result<()> {
        // Ranks and losses are not collected for scorers of one's own, which see the rows.
        let named = |what| scorers.iter().any(|scorer| scorer.needs() == what && !matches!(scorer, Scorer::Custom(_)));
        if named(Needs::Decision) {
            let ranking = had(rows.ranking.as_ref(), scorers, Needs::Decision)?;
            check_binary(truth.n_classes, classes)?;
            self.count_decision(truth, ranking.view(), sample_weight)?;
        }
        if named(Needs::Probabilities) {
            let probabilities = had(rows.probabilities.as_ref(), scorers, Needs::Probabilities)?;
            self.count_probabilities(truth, probabilities.view(), rows.epsilon, sample_weight)?;
            if scorers.iter().any(|scorer| matches!(scorer, Scorer::RocAucOvr | Scorer::RocAucOvrWeighted)) {
                self.by_class.count_ranks(truth, probabilities.view(), sample_weight)?;
            }
        }
        Ok(())
    }

    /// Counts decision values of shape (rows, 1), or probabilities of shape (rows, 2), of two classes.
    pub(super) fn count_decision(
        &mut self,
        truth: &Truth<'_>,
        decision: ArrayView2<'_, f64>,
        sample_weight: Option<&[f64]>,
    ) -> Result<()> {
        let scores = match decision.ncols() {
            columns @ (1 | 2) => decision.column(columns - 1),
            columns => return Err(Error::shape("columns of decision values", 1, columns)),
        };
        let positive = (0..truth.numbers.len()).map(|row| truth.class(row).map(|class| class == 1));
        let positive = positive.collect::<Result<Vec<bool>>>()?;
        let counts = RankedScores::count_rows(&positive, &scores.to_vec(), sample_weight)?;
        self.decision = std::mem::take(&mut self.decision).merge(&counts);
        Ok(())
    }

    /// Counts class probabilities of shape (rows, classes).
    pub(super) fn count_probabilities(
        &mut self,
        truth: &Truth<'_>,
        probabilities: ArrayView2<'_, f64>,
        epsilon: f64,
        sample_weight: Option<&[f64]>,
    ) -> Result<()> {
        let sums = ProbabilityLoss::count_rows(truth, probabilities, epsilon, sample_weight)?;
        self.probabilities = self.probabilities.merge(&sums);
        self.by_class.count_weights(&truth.numbers, sample_weight);
        Ok(())
    }

    /// Checks values that scorers of one's own are to be given, row by row.
    pub(super) fn check_means(
        truth: &Truth<'_>,
        scorer: &Scorer,
        given: Needs,
        values: ArrayView2<'_, f64>,
    ) -> Result<()> {
        if values.nrows() != truth.numbers.len() {
            return Err(Error::shape("rows of values", truth.numbers.len(), values.nrows()));
        }
        let columns = match (given, truth.n_classes) {
            (_, 0) => return Err(classless(scorer)),
            (Needs::Decision, 2) => 1,
            (_, n_classes) => n_classes,
        };
        if values.ncols() != columns {
            return Err(Error::shape("columns of values", columns, values.ncols()));
        }
        for (row, values) in values.rows().into_iter().enumerate() {
            truth.class(row)?;
            // Infinite ones are certain, as naive Bayes may be.
            if let Some(column) = values.iter().position(|value| value.is_nan()) {
                return Err(Error::new(ErrorKind::NonFinite { column }).at_row(row));
            }
        }
        Ok(())
    }

    /// Refuses a scorer that has nothing to be read from.
    pub(super) fn check_counted(&self, scorer: &Scorer, labels: &ConfusionCounts) -> Result<()> {
        let (counted, what) = match (scorer.needs(), scorer) {
            (Needs::Labels, _) => (labels.n_rows(), "labels"),
            (Needs::Values | Needs::Clusters, _) => return Err(scorer.unfit(CLASSIFICATION)),
            (_, Scorer::Custom(custom)) => (self.means.n_rows_of(custom.identity()), "means over rows"),
            (Needs::Decision, _) => (self.decision.n_rows(), "decision values"),
            (_, Scorer::RocAucOvr | Scorer::RocAucOvrWeighted) => (self.by_class.n_rows(), "ranks of each class"),
            (Needs::Probabilities, _) => (self.probabilities.n_rows(), "probabilities"),
        };
        match (self.n_rows().max(labels.n_rows()), counted) {
            (0, _) => Err(scorer.no_rows()),
            (_, 0) => Err(scorer.unfit(format!("a scorer that does without {what}: they were not counted"))),
            _ => Ok(()),
        }
    }

    /// The score of a scorer that has been [checked](Self::check_counted), other than a function of the confusion matrix.
    pub(super) fn score(&self, scorer: &Scorer, labels: &ConfusionCounts, classes: &Classes<'_>) -> Result<f64> {
        let check_binary = || check_two(scorer, classes.n_classes, classes.shown);
        match scorer {
            Scorer::Accuracy => Ok(labels.accuracy()),
            Scorer::BalancedAccuracy => Ok(labels.balanced_accuracy()),
            Scorer::MatthewsCorrelation => Ok(labels.matthews_correlation()),
            Scorer::Precision
            | Scorer::Recall
            | Scorer::F1
            | Scorer::Jaccard
            | Scorer::PositiveLikelihoodRatio
            | Scorer::NegNegativeLikelihoodRatio => {
                let label = (classes.positive)()?;
                labels.of_positive(scorer, &label).ok_or_else(|| scorer.unfit(CLASSIFICATION))
            }
            Scorer::MeanPrecision(average) => Ok(labels.mean_of(MeanOf::Precision, *average)),
            Scorer::MeanRecall(average) => Ok(labels.mean_of(MeanOf::Recall, *average)),
            Scorer::MeanF1(average) => Ok(labels.mean_of(MeanOf::F1, *average)),
            Scorer::MeanJaccard(average) => Ok(labels.mean_of(MeanOf::Jaccard, *average)),
            // Parts of different pairs of classes have no ranking in common.
            Scorer::RocAuc => check_binary().and_then(|()| self.decision.roc_auc()),
            Scorer::AveragePrecision => check_binary().and_then(|()| self.decision.average_precision()),
            Scorer::NegLogLoss => Ok(-self.probabilities.log_loss()),
            Scorer::NegBrierScore => Ok(-self.probabilities.brier_score()),
            Scorer::D2LogLoss => self.by_class.d2_log_loss(&self.probabilities, classes.label),
            Scorer::D2BrierScore => self.by_class.d2_brier_score(&self.probabilities, classes.label),
            Scorer::RocAucOvr => self.by_class.roc_auc(scorer, classes.label, false),
            Scorer::RocAucOvrWeighted => self.by_class.roc_auc(scorer, classes.label, true),
            Scorer::Custom(custom) => Ok(self.means.mean(custom.identity())),
            _ => Err(scorer.unfit(CLASSIFICATION)),
        }
    }
}

/// Refuses decision values of other than two classes.
pub(super) fn check_binary(n_classes: usize, shown: &dyn Debug) -> Result<()> {
    check_two(&Scorer::RocAuc, n_classes, shown)
}

/// Refuses a scorer of two classes for another number of them.
pub(super) fn check_two(scorer: &Scorer, n_classes: usize, shown: &dyn Debug) -> Result<()> {
    match n_classes {
        2 => Ok(()),
        0 => Err(classless(scorer)),
        _ => Err(scorer.unfit(format!("{MULTICLASS}, as the classes are {shown:?}"))),
    }
}

/// The error of a scorer of classes that are not known.
fn classless(scorer: &Scorer) -> Error {
    scorer.unfit("a scorer of labels, such as accuracy: the model does not tell its classes")
}

/// An output that some of the scorers need.
///
/// # Errors
/// The model does not have it: the first of these scorers does not fit.
pub(super) fn had<V>(output: Option<V>, scorers: &[Scorer], needs: Needs) -> Result<V> {
    output.ok_or_else(|| {
        let scorer = scorers.iter().find(|scorer| scorer.needs() == needs).map_or("", Scorer::name);
        let what = if needs == Needs::Probabilities { "probabilities" } else { "decision values" };
        Error::parameter("scoring", scorer, format!("a scorer that does without {what}: the model has none"))
    })
}

/// Counts as bytes: a serializer sees no more of them, whose code it would otherwise make anew in every crate.
pub(super) fn pack(labels: &ConfusionCounts, core: &ClassCore) -> std::result::Result<Vec<u8>, String> {
    postcard::to_stdvec(&(labels, core)).map_err(|error| error.to_string())
}

/// Counts from bytes, checked.
pub(super) fn unpack(
    bytes: &[u8],
    n_labels: usize,
    n_classes: usize,
) -> std::result::Result<(ConfusionCounts, ClassCore), String> {
    let (labels, core): (ConfusionCounts, ClassCore) =
        postcard::from_bytes(bytes).map_err(|error| error.to_string())?;
    match labels.n_labels == n_labels && core.by_class.n_classes() == n_classes {
        true => labels.check_read().map(|()| (labels, core)).map_err(|error| error.full_message()),
        false => Err("counts of other labels than those beside them".to_owned()),
    }
}
