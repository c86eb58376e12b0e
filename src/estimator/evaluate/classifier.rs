//! Scores of classifiers, from labels, decision values and probabilities.

use linfa::dataset::{AsSingleTargets, DatasetBase, Records};

use super::EvaluateAs;
use crate::data::{ClassLabel, Float, checked_weights, labels};
use crate::error::{Error, Result};
use crate::estimator::classify::{Classify, Wanted};
use crate::estimator::kind::Classifier;
use crate::metrics::{ClassTally, Needs, Problem, Scorer};

impl<M, X, T, L> EvaluateAs<M, DatasetBase<X, T>> for Classifier
where
    M: Classify<X, L>,
    X: Records<Elem: Float>,
    T: AsSingleTargets<Elem = L>,
    L: ClassLabel,
{
    type Tally = ClassTally<L>;
    type Seen = Vec<L>;
    const PROBLEM: Problem = Problem::Classification { n_classes: None };
    const DEFAULT_SCORER: Scorer = Scorer::Accuracy;

    fn check(scorer: &Scorer) -> Result<()> {
        scorer.check_problem(Problem::Classification { n_classes: None })?;
        scorer.check_labels::<L>()
    }

    fn tally(model: &M, rows: &DatasetBase<X, T>, scorers: &[Scorer]) -> Result<ClassTally<L>> {
        let (classes, weights) = (model.classes(), checked_weights(rows)?);
        let (truth, weights) = (rows.targets.as_single_targets(), weights.as_deref());
        let outputs = model.outputs(&rows.records, Wanted::by(scorers))?;
        let needs = |what| scorers.iter().any(|scorer| scorer.needs() == what);
        // Ranks and losses are not collected for scorers of one's own, which see the rows.
        let named = |what| scorers.iter().any(|scorer| scorer.needs() == what && !matches!(scorer, Scorer::Custom(_)));
        let mut tally = ClassTally::new(classes);
        if needs(Needs::Labels) {
            let predicted = outputs.labels(classes.len())?.iter().map(|&number| &classes[number]);
            tally.count_labels_weighted(truth.iter(), predicted, weights)?;
        }
        if named(Needs::Decision) {
            tally.count_decision_weighted(truth.iter(), had(outputs.ranking(), scorers, Needs::Decision)?, weights)?;
        }
        if needs(Needs::Decision) {
            tally.count_means_weighted(
                scorers,
                Needs::Decision,
                truth.iter(),
                had(outputs.decision(), scorers, Needs::Decision)?,
                weights,
            )?;
        }
        if named(Needs::Probabilities) {
            tally.count_probabilities_weighted(
                truth.iter(),
                had(outputs.probabilities(), scorers, Needs::Probabilities)?,
                weights,
            )?;
        }
        if scorers.iter().any(|scorer| matches!(scorer, Scorer::RocAucOvr | Scorer::RocAucOvrWeighted)) {
            let probabilities = had(outputs.probabilities(), scorers, Needs::Probabilities)?;
            tally.count_one_vs_rest_weighted(truth.iter(), probabilities, weights)?;
        }
        if needs(Needs::Probabilities) {
            tally.count_means_weighted(
                scorers,
                Needs::Probabilities,
                truth.iter(),
                had(outputs.probabilities(), scorers, Needs::Probabilities)?,
                weights,
            )?;
        }
        Ok(tally)
    }

    fn add_seen(model: &M, seen: &mut Vec<L>) {
        *seen = labels::with_those_of(seen, model.classes());
    }

    fn check_seen(rows: &DatasetBase<X, T>, seen: &Vec<L>) -> Result<()> {
        labels::check_known(rows.targets.as_single_targets(), seen)
    }
}

/// An output that some of the scorers need.
///
/// # Errors
/// The model does not have it: the first of these scorers does not fit.
fn had<V>(output: Option<V>, scorers: &[Scorer], needs: Needs) -> Result<V> {
    output.ok_or_else(|| {
        let scorer = scorers.iter().find(|scorer| scorer.needs() == needs).map_or("", Scorer::name);
        let what = if needs == Needs::Probabilities { "probabilities" } else { "decision values" };
        Error::parameter("scoring", scorer, format!("a scorer that does without {what}: the model has none"))
    })
}
