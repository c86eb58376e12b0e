//! Scores of classifiers by name, read from the counts of a `ClassTally`.

use linfa::Label;

use super::class_tally::{positive, union};
use super::scorer::CLASSIFICATION;
use super::{ClassTally, ConfusionMatrix, Needs, Scorer};
use crate::error::Result;

impl<L: Label> ClassTally<L> {
    /// The score of this name, greater being better.
    ///
    /// # Errors
    /// A scorer of regressors or of labels of another type, one of two classes for more or fewer,
    /// one whose [`needs`](Scorer::needs) were not counted (all of kind `InvalidParameter`, name
    /// `scoring`); no rows (`NoScoredRows`); ranks of rows of one class, ranks of a class against the others where it
    /// has no row, and shares of the loss of the mean probabilities where all rows are of one class (`OneClass`).
    pub fn score(&self, scorer: &Scorer) -> Result<f64>
    where
        L: 'static,
    {
        scorer.check_labels::<L>()?;
        let (counted, what) = match (scorer.needs(), scorer) {
            (Needs::Labels, _) => (self.labels.n_rows(), "labels"),
            (Needs::Values | Needs::Clusters, _) => return Err(scorer.unfit(CLASSIFICATION)),
            (_, Scorer::Custom(custom)) => (self.means.n_rows_of(custom.identity()), "means over rows"),
            (Needs::Decision, _) => (self.decision.n_rows(), "decision values"),
            (_, Scorer::RocAucOvr | Scorer::RocAucOvrWeighted) => (self.by_class.n_rows(), "ranks of each class"),
            (Needs::Probabilities, _) => (self.probabilities.n_rows(), "probabilities"),
        };
        match (self.n_rows(), counted) {
            (0, _) => return Err(scorer.no_rows()),
            (_, 0) => return Err(scorer.unfit(format!("a scorer that does without {what}: they were not counted"))),
            _ => {}
        }
        let labels = &self.labels;
        let of_positive = |score: fn(&ConfusionMatrix<L>, &L) -> f64| {
            let classes = union(&self.classes, &labels.labels());
            positive(scorer, &classes).map(|positive| score(labels, positive))
        };
        match scorer {
            Scorer::Accuracy => Ok(labels.accuracy()),
            Scorer::BalancedAccuracy => Ok(labels.balanced_accuracy()),
            Scorer::MatthewsCorrelation => Ok(labels.matthews_correlation()),
            Scorer::Precision => of_positive(ConfusionMatrix::precision),
            Scorer::Recall => of_positive(ConfusionMatrix::recall),
            Scorer::F1 => of_positive(ConfusionMatrix::f1),
            Scorer::Jaccard => of_positive(ConfusionMatrix::jaccard),
            Scorer::PositiveLikelihoodRatio => of_positive(ConfusionMatrix::positive_likelihood_ratio),
            Scorer::NegNegativeLikelihoodRatio => of_positive(ConfusionMatrix::negative_likelihood_ratio).map(|r| -r),
            Scorer::MeanPrecision(average) => Ok(labels.mean_precision(*average)),
            Scorer::MeanRecall(average) => Ok(labels.mean_recall(*average)),
            Scorer::MeanF1(average) => Ok(labels.mean_f1(*average)),
            Scorer::MeanJaccard(average) => Ok(labels.mean_jaccard(*average)),
            // Parts of different pairs of classes have no ranking in common.
            Scorer::RocAuc => positive(scorer, &self.classes).and_then(|_| self.decision.roc_auc()),
            Scorer::AveragePrecision => positive(scorer, &self.classes).and_then(|_| self.decision.average_precision()),
            Scorer::NegLogLoss => Ok(-self.probabilities.log_loss()),
            Scorer::NegBrierScore => Ok(-self.probabilities.brier_score()),
            Scorer::D2LogLoss => self.by_class.d2_log_loss(&self.probabilities),
            Scorer::D2BrierScore => self.by_class.d2_brier_score(&self.probabilities),
            Scorer::RocAucOvr => self.by_class.roc_auc(scorer, &self.classes, false),
            Scorer::RocAucOvrWeighted => self.by_class.roc_auc(scorer, &self.classes, true),
            Scorer::Custom(custom) => match custom.of_confusion::<L>() {
                Some(_) if labels.is_weighted() && !custom.takes_weights() => Err(scorer.unfit(
                    "a scorer that heeds the rows' weights, such as Scorer::of_weighted_confusion, or rows without",
                )),
                Some(score) => Ok(score(labels)),
                None => Ok(self.means.mean(custom.identity())),
            },
            _ => Err(scorer.unfit(CLASSIFICATION)),
        }
    }
}
