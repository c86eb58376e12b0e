//! Averaging the logistic regressions of many chunks.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::{Label, ParamGuard};
use serde::{Deserialize, Serialize};

use super::fit::Solved;
use super::solve::Solution;
use super::{LogisticRegression, LogisticRegressionParams, LogisticRegressionValidParams, NAME};
use crate::data::{FeatureRows, Footprint, Shared};
use crate::error::Result;
use crate::estimator::{AverageRounds, ByPasses, FitAverage, MergeWarning, Weighting};
use crate::linear::average::{CompactFit, LinearState};

/// The sum of some chunks' logistic regressions; the default is that of no chunk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "L: Label + Deserialize<'de>"))]
pub struct LogisticState<L> {
    linear: LinearState<L>,
    n_iter: usize,
    converged: bool,
}

impl<L> Default for LogisticState<L> {
    fn default() -> Self {
        LogisticState { linear: LinearState::default(), n_iter: 0, converged: true }
    }
}

impl<L> From<LinearState<L>> for LogisticState<L> {
    fn from(linear: LinearState<L>) -> Self {
        LogisticState { linear, ..LogisticState::default() }
    }
}

impl<L: Label> LogisticState<L> {
    /// The sums of the linear classifiers.
    pub fn linear(&self) -> &LinearState<L> {
        &self.linear
    }

    /// The average, in the columns that any chunk touched.
    pub(super) fn into_fit(self) -> Result<CompactFit<L>> {
        self.linear.into_fit(NAME)
    }
}

impl<L: Label> Footprint for LogisticState<L> {
    fn heap_bytes(&self) -> usize {
        self.linear.heap_bytes()
    }
}

impl<L, X, T> FitAverage<X, T> for LogisticRegressionValidParams<L>
where
    L: Label + Shared,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    type State = LogisticState<L>;
    type Model = LogisticRegression<X::Elem, L>;

    fn fit_state(&self, chunk: &DatasetBase<X, T>, weighting: Weighting) -> Result<Self::State> {
        let (classes, solution) = match self.solve(chunk, weighting)? {
            Solved::NoRows => return Ok(LogisticState::default()),
            Solved::OneClass { label, weight } => {
                let state = LinearState::one_class(label, chunk.records.nfeatures(), weight);
                return Ok(state.with_sample_of(chunk).into());
            }
            Solved::Solution { classes, solution } => (classes, solution),
        };
        let Solution { fit, chunk_weight, weight, n_iter, converged } = solution;
        let linear = LinearState::from_fit(fit.relabelled(classes), chunk_weight, weight)?.with_sample_of(chunk);
        Ok(LogisticState { linear, n_iter, converged })
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        Ok(LogisticState {
            linear: a.linear.merge(b.linear)?,
            n_iter: a.n_iter.max(b.n_iter),
            converged: a.converged && b.converged,
        })
    }

    fn finish(&self, state: Self::State) -> Result<Self::Model> {
        let warnings = state.linear.warnings();
        let linear = state.linear.finish(NAME)?;
        Ok(LogisticRegression::new(linear, state.n_iter, state.converged).warned(warnings))
    }

    fn warnings(model: &Self::Model) -> Vec<MergeWarning> {
        model.warnings().to_vec()
    }
}

/// Checks the parameters, then does as the checked ones.
impl<L, X, T> FitAverage<X, T> for LogisticRegressionParams<L>
where
    L: Label + Shared,
    X: FeatureRows,
    T: AsSingleTargets<Elem = L>,
{
    type State = LogisticState<L>;
    type Model = LogisticRegression<X::Elem, L>;

    fn fit_state(&self, chunk: &DatasetBase<X, T>, weighting: Weighting) -> Result<Self::State> {
        self.check_ref()?.fit_state(chunk, weighting)
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        <LogisticRegressionValidParams<L> as FitAverage<X, T>>::merge(a, b)
    }

    fn finish(&self, state: Self::State) -> Result<Self::Model> {
        FitAverage::<X, T>::finish(self.check_ref()?, state)
    }

    fn warnings(model: &Self::Model) -> Vec<MergeWarning> {
        model.warnings().to_vec()
    }
}

impl<L, X, T> AverageRounds<X, T> for LogisticRegressionParams<L>
where
    L: Label + Shared,
    X: FeatureRows + Shared,
    T: AsSingleTargets<Elem = L> + Shared,
{
    type Way = ByPasses;
}
