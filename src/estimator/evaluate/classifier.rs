//! Scores of classifiers, from labels, decision values and probabilities.

use linfa::dataset::{AsSingleTargets, DatasetBase, Records};

use super::EvaluateAs;
use crate::data::{ClassLabel, Float, checked_weights, labels};
use crate::error::Result;
use crate::estimator::classify::{Classify, Wanted};
use crate::estimator::kind::Classifier;
use crate::metrics::{ClassTally, Problem, Scorer};

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
        let outputs = model.outputs(&rows.records, Wanted::by(scorers))?;
        let outputs = outputs.widened(classes.len(), scorers)?;
        let truth = rows.targets.as_single_targets();
        ClassTally::of_outputs(classes, truth.iter(), &outputs, scorers, weights.as_deref())
    }

    fn add_seen(model: &M, seen: &mut Vec<L>) {
        *seen = labels::with_those_of(seen, model.classes());
    }

    fn check_seen(rows: &DatasetBase<X, T>, seen: &Vec<L>) -> Result<()> {
        labels::check_known(rows.targets.as_single_targets(), seen)
    }
}
