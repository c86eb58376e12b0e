//! Scores of outlier detectors, where it is known which rows are outliers.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::PredictInplace;
use ndarray::Array1;

use super::EvaluateAs;
use crate::data::{FeatureRows, checked_weights};
use crate::error::{Error, Result};
use crate::estimator::decision::DecisionFunction;
use crate::estimator::kind::OutlierDetector;
use crate::estimator::try_predict::TryPredict;
use crate::metrics::{ClassTally, Needs, Problem, Scorer};

const PROBLEM: Problem = Problem::Classification { n_classes: Some(2) };

/// As a classifier of two classes: `false` for an outlier, `true` for a row like those of training.
impl<M, X, T> EvaluateAs<M, DatasetBase<X, T>> for OutlierDetector
where
    M: DecisionFunction<X> + PredictInplace<X, Array1<bool>>,
    X: FeatureRows,
    T: AsSingleTargets<Elem = bool>,
{
    type Tally = ClassTally<bool>;
    type Seen = ();
    const PROBLEM: Problem = PROBLEM;
    const DEFAULT_SCORER: Scorer = Scorer::Accuracy;

    fn check(scorer: &Scorer) -> Result<()> {
        scorer.check_problem(PROBLEM)?;
        if scorer.needs() == Needs::Probabilities {
            let expected =
                "a scorer that does without probabilities, such as accuracy or roc_auc: outlier detectors have none";
            return Err(Error::parameter("scoring", scorer.name(), expected));
        }
        scorer.check_labels::<bool>()
    }

    fn tally(model: &M, rows: &DatasetBase<X, T>, scorers: &[Scorer]) -> Result<ClassTally<bool>> {
        let (truth, weights) = (rows.targets.as_single_targets(), checked_weights(rows)?);
        let weights = weights.as_deref();
        let needs = |what| scorers.iter().any(|scorer| scorer.needs() == what);
        let mut tally = ClassTally::new(&[false, true]);
        if needs(Needs::Labels) {
            let predicted = model.try_predict(&rows.records)?;
            tally.count_labels_weighted(truth.iter(), predicted.iter(), weights)?;
        }
        if needs(Needs::Decision) {
            let decision = model.decision_function(&rows.records)?;
            tally.count_decision_weighted(truth.iter(), &decision, weights)?;
            tally.count_means_weighted(scorers, Needs::Decision, truth.iter(), &decision, weights)?;
        }
        Ok(tally)
    }
}
