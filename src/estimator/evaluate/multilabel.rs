//! Scores of multilabel classifiers, from the labels that they give to rows and from decision values.

use linfa::dataset::{AsMultiTargets, DatasetBase};
use ndarray::ArrayView2;

use super::EvaluateAs;
use crate::data::{FeatureRows, Float, checked_weights, first_odd_row};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::decision::DecisionFunction;
use crate::estimator::kind::MultilabelClassifier;
use crate::metrics::{MultilabelCounts, Needs, Problem, Scorer};

/// A label is given where its decision value is above 0.
impl<M, X, T, F> EvaluateAs<M, DatasetBase<X, T>> for MultilabelClassifier
where
    M: DecisionFunction<X>,
    X: FeatureRows<Elem = F>,
    T: AsMultiTargets<Elem = bool>,
    F: Float,
{
    type Tally = MultilabelCounts;
    type Seen = ();
    const PROBLEM: Problem = Problem::Multilabel;
    const DEFAULT_SCORER: Scorer = Scorer::Accuracy;

    fn tally(model: &M, rows: &DatasetBase<X, T>, scorers: &[Scorer]) -> Result<MultilabelCounts> {
        let decision = model.decision_function(&rows.records)?;
        check_decision(decision.view())?;
        let predicted = decision.mapv(|value| value > F::zero());
        let (truth, weights) = (rows.targets.as_multi_targets(), checked_weights(rows)?);
        let weights = weights.as_deref();
        let mut counts = MultilabelCounts::count_weighted(truth.view(), predicted.view(), weights)?;
        if scorers.iter().any(|scorer| scorer.needs() == Needs::Decision) {
            counts.count_decision_weighted(truth.view(), decision.view(), weights)?;
        }
        Ok(counts)
    }
}

/// Refuses decision values that are NaN or infinite: on which side of the boundary they are cannot be said.
fn check_decision<F: Float>(values: ArrayView2<'_, F>) -> Result<()> {
    match first_odd_row(values) {
        Some(row) => Err(Error::new(ErrorKind::NonFiniteResult { what: "decision value" }).at_row(row)),
        None => Ok(()),
    }
}
