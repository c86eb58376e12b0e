//! Averaging the elastic nets of many chunks.

use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::NAME;
use super::examples::Examples;
use super::model::ElasticNet;
use super::params::ElasticNetParams;
use super::solve::{Solution, spread};
use crate::data::{FeatureRows, Footprint, Shared};
use crate::error::{Error, Result};
use crate::estimator::{AverageRounds, ByPasses, FitAverage, Weighting};
use crate::linear::LinearRegressor;
use crate::linear::average::{ChunkWeight, RegressorState};

/// The sum of some chunks' elastic nets; the default is that of no chunk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ElasticNetState {
    coef: RegressorState,
    /// The means of columns and targets, with which the intercept of an average is the best one.
    means: RegressorState,
    n_iter: usize,
    converged: bool,
}

/// An average: coefficients, and the means of columns and targets.
pub(super) struct Averages {
    pub coef: Array1<f64>,
    pub means: Array1<f64>,
    pub target_mean: f64,
}

impl Default for ElasticNetState {
    fn default() -> Self {
        let (coef, means) = (RegressorState::default(), RegressorState::default());
        ElasticNetState { coef, means, n_iter: 0, converged: true }
    }
}

impl ElasticNetState {
    fn of_chunk(solution: Solution, n_features: usize, weight: f64, weighting: Weighting) -> Result<Self> {
        let chunk_weight = match weighting {
            Weighting::Uniform => ChunkWeight::All(1.0),
            Weighting::Samples => ChunkWeight::All(weight),
            Weighting::Curvature => ChunkWeight::Each {
                coef: solution.squares.iter().map(|square| weight * square).collect(),
                intercept: vec![weight],
            },
        };
        let linear = LinearRegressor::trained(solution.spread(n_features), solution.intercept, NAME)?;
        let means = spread(n_features, &solution.columns, &solution.means);
        let means = LinearRegressor::trained(means, solution.target_mean, NAME)?;
        Ok(ElasticNetState {
            coef: RegressorState::from_columns(&linear, solution.columns.clone(), chunk_weight)?,
            means: RegressorState::from_columns(&means, solution.columns, ChunkWeight::All(weight))?,
            n_iter: solution.descended.n_iter,
            converged: solution.descended.converged,
        })
    }

    fn merge(self, other: Self) -> Result<Self> {
        Ok(ElasticNetState {
            coef: self.coef.merge(other.coef)?,
            means: self.means.merge(other.means)?,
            n_iter: self.n_iter.max(other.n_iter),
            converged: self.converged && other.converged,
        })
    }

    pub(super) fn averages(self) -> Result<Averages> {
        let (linear, means) = (self.coef.finish::<f64>(NAME)?, self.means.finish::<f64>(NAME)?);
        if linear.coef().len() != means.coef().len() {
            return Err(Error::shape("columns", linear.coef().len(), means.coef().len()));
        }
        Ok(Averages { coef: linear.coef().clone(), target_mean: means.intercept(), means: means.coef().clone() })
    }
}

impl Averages {
    /// The intercept with which these coefficients predict the mean of the targets.
    fn intercept(&self) -> f64 {
        self.target_mean - self.means.dot(&self.coef)
    }
}

impl Footprint for ElasticNetState {
    fn heap_bytes(&self) -> usize {
        self.coef.heap_bytes() + self.means.heap_bytes()
    }
}

/// The coefficients are averaged, each weighted by the mean square of its column about its mean
/// ([`Weighting::Curvature`]), or all by the chunk; the intercept is the best one for what comes out. A coefficient
/// of the average is 0 where it is 0 in all chunks.
impl<X, T> FitAverage<X, T> for ElasticNetParams
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    type State = ElasticNetState;
    type Model = ElasticNet<X::Elem>;

    fn fit_state(&self, chunk: &DatasetBase<X, T>, weighting: Weighting) -> Result<ElasticNetState> {
        let params = self.check_ref()?;
        let examples = Examples::of(chunk)?;
        if examples.n_rows() == 0 {
            return Ok(ElasticNetState::default());
        }
        ElasticNetState::of_chunk(params.solve(&examples)?, chunk.records.nfeatures(), examples.weight(), weighting)
    }

    fn merge(a: ElasticNetState, b: ElasticNetState) -> Result<ElasticNetState> {
        a.merge(b)
    }

    fn finish(&self, state: ElasticNetState) -> Result<Self::Model> {
        self.check_ref()?;
        let (n_iter, converged) = (state.n_iter, state.converged);
        let averages = state.averages()?;
        // Without an intercept all means are 0.
        ElasticNet::fitted(&averages.coef, averages.intercept(), n_iter, None, converged)
    }
}

impl<X, T> AverageRounds<X, T> for ElasticNetParams
where
    X: FeatureRows + Shared,
    T: AsSingleTargets<Elem = X::Elem> + Shared,
{
    type Way = ByPasses;
}
