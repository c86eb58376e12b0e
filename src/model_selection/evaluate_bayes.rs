//! Naive Bayes, scored by name.

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use ndarray::Array2;

use super::evaluate::{CLASSIFICATION, Evaluate};
use crate::bayes::{EventModel, NaiveBayes};
use crate::data::{FeatureRows, checked_weights};
use crate::error::Result;
use crate::metrics::{ClassTally, Needs, Problem, Scorer};

/// Ranked by probabilities, as scikit-learn ranks what has no decision function. A scorer of one's own
/// that takes decision values gets the [log odds](crate::estimator::DecisionFunction).
impl<K, L, X, T> Evaluate<X, T> for NaiveBayes<K, L>
where
    K: EventModel,
    L: Label + Send + Sync + 'static,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    type Tally = ClassTally<L>;
    const PROBLEM: Problem = CLASSIFICATION;

    fn check(scorer: &Scorer) -> Result<()> {
        scorer.check_problem(CLASSIFICATION)?;
        scorer.check_labels::<L>()
    }

    fn tally(&self, rows: &DatasetBase<X, T>, scorers: &[Scorer]) -> Result<ClassTally<L>> {
        let weights = checked_weights(rows)?;
        let (truth, weights) = (rows.targets.as_single_targets(), weights.as_deref());
        let mut tally = ClassTally::new(self.classes());
        let joint = self.joint(&rows.records)?;
        let named = |what| scorers.iter().any(|s| s.needs() == what && !matches!(s, Scorer::Custom(_)));
        if scorers.iter().any(|scorer| scorer.needs() == Needs::Labels) {
            tally.count_labels_weighted(truth.iter(), joint.best().map(|class| &self.classes()[class]), weights)?;
        }
        let probabilities: Array2<X::Elem> = joint.probabilities();
        if named(Needs::Decision) {
            tally.count_decision_weighted(truth.iter(), &probabilities, weights)?;
        }
        if named(Needs::Probabilities) {
            tally.count_probabilities_weighted(truth.iter(), &probabilities, weights)?;
        }
        tally.count_means_weighted(scorers, Needs::Probabilities, truth.iter(), &probabilities, weights)?;
        tally.count_means_weighted(scorers, Needs::Decision, truth.iter(), &joint.decision::<X::Elem>()?, weights)?;
        Ok(tally)
    }

    fn merge(a: ClassTally<L>, b: &ClassTally<L>) -> ClassTally<L> {
        a.merge(b)
    }

    fn score(tally: &ClassTally<L>, scorer: &Scorer) -> Result<f64> {
        tally.score(scorer)
    }
}
