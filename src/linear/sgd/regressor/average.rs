//! Averaging the regressors that single passes over many chunks give.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::{Float, ParamGuard};
use ndarray::Axis;
use serde::{Deserialize, Serialize};

use super::fit::check_targets_finite;
use super::model::{NAME, SgdRegressor};
use super::params::{SgdRegressorParams, SgdRegressorValidParams};
use crate::data::checked::{checked_when_read, contradiction, is_count, is_steps};
use crate::data::{FeatureRows, Footprint, check_model_bytes, weights_of};
use crate::error::{Error, Result};
use crate::estimator::{FitAverage, FitAverageFrom, Weighting};
use crate::linear::LinearRegressor;
use crate::linear::average::{ChunkWeight, RegressorState};
use crate::linear::sgd::classifier::fit::Rows;
use crate::linear::sgd::descent::train::{History, Stopping};
use crate::linear::sgd::kernel::squares::touched;

/// The sum of the regressors of some chunks; the default is that of no chunk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", bound(serialize = "F: Float + Serialize", deserialize = "F: Float + Deserialize<'de>"))]
pub struct SgdRegressorState<F> {
    sums: RegressorState,
    /// The only chunk's regression: the weighted mean of one would have other last bits.
    alone: Option<LinearRegressor<F>>,
    rows: usize,
    /// One more than the number of steps on the way to the model of the chunk that took most.
    t: f64,
}

checked_when_read!(SgdRegressorState<F>, serialize: [F: Float + Serialize], deserialize: [F: Float + Deserialize<'de>]);

impl<F: Float> SgdRegressorState<F> {
    fn check_read(&self) -> Result<()> {
        if self.alone.as_ref().is_some_and(|linear| self.sums.n_features() != Some(linear.coef().len())) {
            return Err(contradiction("the only chunk's coefficients are not those of the sums"));
        }
        match is_count([self.rows as u64]) && is_steps(self.t) {
            true => Ok(()),
            false => Err(contradiction(format!("{} rows or {} steps", self.rows, self.t))),
        }
    }
}

impl<F> Default for SgdRegressorState<F> {
    fn default() -> Self {
        SgdRegressorState { sums: RegressorState::default(), alone: None, rows: 0, t: 1.0 }
    }
}

impl<F: Float> Footprint for SgdRegressorState<F> {
    fn heap_bytes(&self) -> usize {
        self.sums.heap_bytes() + self.alone.as_ref().map_or(0, LinearRegressor::heap_bytes)
    }
}

impl SgdRegressorValidParams {
    /// One pass over a chunk, from the average of an earlier round or from nothing: what
    /// [`FitAverage::fit_state`] is for the first round, this is for those after it (iterative
    /// parameter mixing: McDonald, Hall and Mann, NAACL 2010). Merge and finish the states as those.
    ///
    /// The steps go on from the number that the model has, so that schedules get shorter from round
    /// to round. With [`AdaGrad`](crate::linear::LearningRate::AdaGrad) it has the sums of squared gradients too,
    /// if chunks were weighed by [`Weighting::Curvature`]; each chunk begins with a share of them, by its
    /// rows. [`Ftrl`](crate::linear::LearningRate::Ftrl) sums up its own anew.
    ///
    /// # Errors
    /// As [`partial_fit_weighted`](Self::partial_fit_weighted).
    pub fn fit_state_from<X, T>(
        &self,
        model: Option<&SgdRegressor<X::Elem>>,
        chunk: &DatasetBase<X, T>,
        weighting: Weighting,
    ) -> Result<SgdRegressorState<X::Elem>>
    where
        X: FeatureRows,
        T: AsSingleTargets<Elem = X::Elem>,
    {
        let (x, y, sample_weight) = (&chunk.records, chunk.as_single_targets(), weights_of(chunk));
        let rows = Rows::checked(x, y.reborrow(), sample_weight.as_deref())?;
        if rows.count() == 0 {
            check_targets_finite(&rows)?;
            return Ok(SgdRegressorState::default());
        }
        let model = model.filter(|model| model.is_fitted());
        if let Some(model) = model.filter(|model| model.n_features() != x.nfeatures()) {
            return Err(Error::shape("columns", model.n_features(), x.nfeatures()));
        }
        let columns = touched(x, rows.counted(), model.map(|model| model.coef().insert_axis(Axis(0))));
        let mut begun = match model {
            Some(model) => SgdRegressor::from_linear(model.linear()?, model.history.clone()),
            None => {
                check_model_bytes("SgdRegressor", &[(x.nfeatures(), "columns")], size_of::<X::Elem>())?;
                self.begin(x.nfeatures())
            }
        };
        if let Some(model) = model.filter(|_| self.descent.keeps_squares()) {
            let share = rows.count() as f64 / model.n_rows_seen().max(rows.count()) as f64;
            begun.lanes.share_squares(&model.lanes, share);
        }
        if weighting == Weighting::Curvature {
            begun.lanes.sum_squares();
        }
        let fitted = self.run(begun, &rows, Stopping::AFTER_ONE_PASS)?;

        let weight = match weighting {
            Weighting::Uniform => ChunkWeight::All(1.0),
            Weighting::Samples => ChunkWeight::All(rows.total_weight()),
            Weighting::Curvature => fitted.lanes.chunk_weight(&columns, NAME)?,
        };
        let linear = fitted.linear()?;
        Ok(SgdRegressorState {
            sums: RegressorState::from_columns(linear, columns, weight)?,
            alone: Some(linear.clone()),
            rows: rows.count(),
            t: fitted.history.t,
        })
    }
}

/// One pass over each chunk, as `partial_fit` makes one: the average of one chunk is what
/// `partial_fit` gives, bit for bit.
///
/// [`Weighting::Curvature`] weighs each coefficient by the sum of the squared gradients that its chunk
/// met there (Agarwal et al., *A Reliable Effective Terascale Linear Learning System*, JMLR 2014).
impl<X, T> FitAverage<X, T> for SgdRegressorValidParams
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    type State = SgdRegressorState<X::Elem>;
    type Model = SgdRegressor<X::Elem>;

    fn fit_state(&self, chunk: &DatasetBase<X, T>, weighting: Weighting) -> Result<Self::State> {
        self.fit_state_from(None, chunk, weighting)
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        a.merge(b)
    }

    fn finish(&self, state: Self::State) -> Result<Self::Model> {
        let SgdRegressorState { sums, alone, rows, t } = state;
        let known = sums.total_weight().filter(|_| self.descent.keeps_squares());
        let linear = alone.map_or_else(|| sums.finish(NAME), Ok)?;
        let mut model = SgdRegressor::from_linear(&linear, History::of_average(self.descent.loss, t, rows));
        if let Some(known) = known {
            model.lanes.restore_squares(known);
        }
        Ok(model)
    }
}

/// Checks the parameters, then does as the checked ones.
impl<X, T> FitAverage<X, T> for SgdRegressorParams
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    type State = SgdRegressorState<X::Elem>;
    type Model = SgdRegressor<X::Elem>;

    fn fit_state(&self, chunk: &DatasetBase<X, T>, weighting: Weighting) -> Result<Self::State> {
        self.check_ref()?.fit_state(chunk, weighting)
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        a.merge(b)
    }

    fn finish(&self, state: Self::State) -> Result<Self::Model> {
        FitAverage::<X, T>::finish(self.check_ref()?, state)
    }
}

impl<X, T> FitAverageFrom<X, T> for SgdRegressorParams
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    fn fit_state_from(
        &self,
        model: &Self::Model,
        chunk: &DatasetBase<X, T>,
        weighting: Weighting,
    ) -> Result<Self::State> {
        self.check_ref()?.fit_state_from(Some(model), chunk, weighting)
    }
}

impl<F: Float> SgdRegressorState<F> {
    /// The state of the chunks of both.
    fn merge(self, other: Self) -> Result<Self> {
        // One chunk beside none stays alone.
        match (self.rows, other.rows) {
            (0, _) => Ok(other),
            (_, 0) => Ok(self),
            (a, b) => Ok(SgdRegressorState {
                sums: self.sums.merge(other.sums)?,
                alone: None,
                rows: a + b,
                t: self.t.max(other.t),
            }),
        }
    }
}
