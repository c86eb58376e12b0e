//! Averaging the generalized linear regressions of many chunks.

use linfa::Float as _;
use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::curvature::Curvature;
use super::family::AveragedFamily;
use super::model::Glm;
use super::params::{GlmParams, GlmValidParams};
use crate::data::checked::{checked_when_read, contradiction};
use crate::data::{FeatureRows, Footprint, Shared, check_model_bytes, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{AverageRounds, ByPasses, FitAverage, RefineAverage, Weighting};
use crate::linear::LinearRegressor;
use crate::linear::average::{ChunkWeight, RegressorState};
use crate::linear::newton::{Limits, Outcome, PASSES_A_ROUND};
use crate::linear::smooth::{Found, Minimization, rows_that_count};

/// The sum of some chunks' generalized linear regressions; the default is that of no chunk.
///
/// Chunks weighed by curvature are summed up about the centres of their columns: with the coefficients go the linear
/// predictors at the centres, from which and from the mean of the centres the intercept follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct GlmState {
    /// The coefficients, and as intercepts the linear predictors at the centres.
    linear: RegressorState,
    /// The centres, as coefficients; none unless chunks are weighed by curvature.
    centers: RegressorState,
    /// The intercept of the only chunk: that of an average would have other last bits.
    alone: Option<f64>,
    n_iter: usize,
    converged: bool,
}

checked_when_read!(GlmState, serialize: [], deserialize: []);

impl GlmState {
    fn check_read(&self) -> Result<()> {
        let (columns, of_centers) = (self.linear.n_features(), self.centers.n_features());
        let centers = of_centers.is_none() || of_centers == columns;
        match centers && (self.alone.is_none() || columns.is_some()) && self.alone.is_none_or(f64::is_finite) {
            true => Ok(()),
            false => Err(contradiction("centres of other columns than the coefficients, or an intercept of no chunk")),
        }
    }

    /// The mean: coefficients and intercept.
    fn mean(self, estimator: &'static str) -> Result<LinearRegressor<f64>> {
        let means = self.linear.finish::<f64>(estimator)?;
        let intercept = match self.alone {
            Some(intercept) => intercept,
            None if self.centers.n_features().is_none() => means.intercept(),
            None => means.intercept() - self.centers.finish::<f64>(estimator)?.coef().dot(means.coef()),
        };
        LinearRegressor::trained(means.into_coef(), intercept, estimator)
    }
}

impl Default for GlmState {
    fn default() -> Self {
        let (linear, centers) = (RegressorState::default(), RegressorState::default());
        GlmState { linear, centers, alone: None, n_iter: 0, converged: true }
    }
}

impl Footprint for GlmState {
    fn heap_bytes(&self) -> usize {
        self.linear.heap_bytes() + self.centers.heap_bytes()
    }
}

impl<K: AveragedFamily> GlmValidParams<K> {
    /// The state of a chunk of which this was found.
    fn state_of<X, T>(&self, chunk: &DatasetBase<X, T>, found: Found, weighting: Weighting) -> Result<GlmState>
    where
        X: FeatureRows,
        T: AsSingleTargets<Elem = X::Elem>,
    {
        let Found { n_features, columns, coef, intercept, outcome } = found;
        let mut all = Array1::zeros(n_features);
        columns.iter().zip(coef).for_each(|(&j, w)| all[j as usize] = w);
        let linear = LinearRegressor::trained(all, intercept[0], K::NAME)?;
        let (rows, weights) = rows_that_count(chunk)?;
        let alone = Some(linear.intercept());
        let (linear, centers) = match weighting {
            Weighting::Uniform => (RegressorState::from_columns(&linear, columns, ChunkWeight::All(1.0))?, None),
            Weighting::Samples => {
                let weight = ChunkWeight::All(weights.iter().sum());
                (RegressorState::from_columns(&linear, columns, weight)?, None)
            }
            Weighting::Curvature => {
                let targets = chunk.targets.as_single_targets();
                let targets: Vec<f64> = rows.iter().map(|&i| wide(targets[i])).collect();
                let settings = (self.family.power(), self.fit_intercept);
                let curvature = Curvature::of_rows(chunk, (&rows, &targets, &weights), settings, &linear);
                let weight = curvature.chunk_weight(&columns);
                if !weight.is_finite() {
                    return Err(Error::new(ErrorKind::Diverged { estimator: K::NAME }));
                }
                let (total, center) = (curvature.total(), Array1::from_vec(curvature.center));
                let at_center = linear.intercept() + center.dot(linear.coef());
                let centers = LinearRegressor::trained(center, 0.0, K::NAME)?;
                let linear = LinearRegressor::trained(linear.into_coef(), at_center, K::NAME)?;
                let centers = RegressorState::from_columns(&centers, columns.clone(), ChunkWeight::All(total))?;
                (RegressorState::from_columns(&linear, columns, weight)?, self.fit_intercept.then_some(centers))
            }
        };
        let centers = centers.unwrap_or_default();
        Ok(GlmState { linear, centers, alone, n_iter: outcome.n_iter, converged: outcome.converged })
    }
}

/// The regressions of the chunks, averaged.
///
/// [`Weighting::Curvature`] weighs each coefficient by the curvature of its chunk's deviance at the chunk's optimum,
/// `Σ c (x - x̄)²`, where `c` is the curvature of a row's half deviance (for counts the predicted mean) and `x̄` the mean
/// of the column with these weights; and averages the linear predictors at these means, not the intercepts far from all
/// rows. A column that is the same in all rows of each chunk is the intercept's: its coefficient is 0. The other weightings
/// average coefficients and intercepts alike.
///
/// An average is near to the fit of all rows if every chunk alone would do, and no more: the smaller the chunks, the more
/// logarithms of means differ from the mean of logarithms. [Rounds](crate::combine::Averaged::rounds) lead to that fit.
impl<K, X, T> FitAverage<X, T> for GlmParams<K>
where
    K: AveragedFamily,
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    type State = GlmState;
    type Model = Glm<K, X::Elem>;

    fn fit_state(&self, chunk: &DatasetBase<X, T>, weighting: Weighting) -> Result<GlmState> {
        let params = self.check_ref()?;
        let rows = params.gather(chunk)?;
        if rows.row_count() == 0 {
            return Ok(GlmState::default());
        }
        let found = params.best_of(params.minimize(&rows)?)?;
        params.state_of(chunk, found, weighting)
    }

    fn merge(a: GlmState, b: GlmState) -> Result<GlmState> {
        // One chunk beside none stays alone.
        match (a.linear.n_features(), b.linear.n_features()) {
            (None, _) => Ok(b),
            (_, None) => Ok(a),
            _ => Ok(GlmState {
                linear: a.linear.merge(b.linear)?,
                centers: a.centers.merge(b.centers)?,
                alone: None,
                n_iter: a.n_iter.max(b.n_iter),
                converged: a.converged && b.converged,
            }),
        }
    }

    fn finish(&self, state: GlmState) -> Result<Self::Model> {
        let params = self.check_ref()?;
        let (n_iter, converged) = (state.n_iter, state.converged);
        let mean = state.mean(K::NAME)?;
        check_model_bytes(K::NAME, &[(mean.coef().len(), "columns")], size_of::<X::Elem>())?;
        let (coef, intercept) = (mean.coef().mapv(X::Elem::cast), X::Elem::cast(mean.intercept()));
        Glm::new(params.family, coef, intercept, n_iter, converged)
    }
}

impl<K, X, T> RefineAverage<X, T> for GlmParams<K>
where
    K: AveragedFamily,
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    fn go_on(&self, state: GlmState) -> Result<Self::PassState> {
        let params = self.check_ref()?;
        let mean = state.mean(K::NAME)?;
        let (columns, coef) = (0..).zip(mean.coef()).filter(|(_, w)| **w != 0.0).unzip();
        let (n_features, intercept) = (mean.coef().len(), vec![mean.intercept()]);
        let start = Found { n_features, columns, coef, intercept, outcome: Outcome::default() };
        Ok(Minimization::new(Limits::of_round(params.tol), params.intercept(), Some(start)))
    }

    fn next_round(&self, mut state: Self::PassState) -> Self::PassState {
        state.go_on();
        state
    }

    fn passes_a_round(&self) -> usize {
        PASSES_A_ROUND
    }
}

impl<K, X, T> AverageRounds<X, T> for GlmParams<K>
where
    K: AveragedFamily,
    X: FeatureRows + Shared,
    T: AsSingleTargets<Elem = X::Elem> + Shared,
{
    type Way = ByPasses;
}
