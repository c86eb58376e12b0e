//! Scores of regressors, from the numbers that they predict.

use linfa::dataset::{AsSingleTargets, DatasetBase, Records};
use linfa::traits::PredictInplace;
use ndarray::Array1;

use super::EvaluateAs;
use crate::data::{Float, checked_weights, wide};
use crate::error::Result;
use crate::estimator::kind::Regressor;
use crate::estimator::try_predict::TryPredict;
use crate::metrics::{Problem, Scorer, ValueTally};

impl<M, R, T, F> EvaluateAs<M, DatasetBase<R, T>> for Regressor
where
    M: PredictInplace<R, Array1<F>>,
    R: Records,
    T: AsSingleTargets<Elem = F>,
    F: Float,
{
    type Tally = ValueTally;
    type Seen = ();
    const PROBLEM: Problem = Problem::Regression;
    const DEFAULT_SCORER: Scorer = Scorer::R2;

    fn tally(model: &M, rows: &DatasetBase<R, T>, scorers: &[Scorer]) -> Result<ValueTally> {
        evaluate_values(model, rows, scorers)
    }
}

/// Counts what scorers of predicted numbers need.
pub(in crate::estimator) fn evaluate_values<M, R, T, F>(
    model: &M,
    rows: &DatasetBase<R, T>,
    scorers: &[Scorer],
) -> Result<ValueTally>
where
    M: PredictInplace<R, Array1<F>>,
    R: Records,
    T: AsSingleTargets<Elem = F>,
    F: Float,
{
    let predicted = model.try_predict(&rows.records)?;
    let (truth, weights) = (rows.targets.as_single_targets(), checked_weights(rows)?);
    let wide = |x: &F| wide(*x);
    ValueTally::count_weighted(truth.iter().map(wide), predicted.iter().map(wide), scorers, weights.as_deref())
}
