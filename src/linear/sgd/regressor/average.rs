//! Averaging the regressors that single passes over many chunks give.

use linfa::ParamGuard;
use linfa::dataset::{AsSingleTargets, DatasetBase};
use ndarray::Axis;

use super::fit::check_targets_finite;
use super::model::{NAME, SgdRegressor};
use super::params::{SgdRegressorParams, SgdRegressorValidParams};
use crate::data::{CompiledRows, FeatureRows, Float, Shared, check_model_bytes, weights_of};
use crate::error::{Error, Result};
use crate::estimator::{AverageRounds, ByMixing, FitAverage, FitAverageFrom, Weighting};
use crate::linear::sgd::classifier::fit::Rows;
use crate::linear::sgd::descent::train::Stopping;
use crate::linear::sgd::kernel::squares::touched;
use crate::linear::sgd::vector_state::{PassOver, SgdVectorState, begin_round};

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
    ) -> Result<SgdVectorState>
    where
        X: FeatureRows,
        T: AsSingleTargets<Elem = X::Elem>,
    {
        let (x, sample_weight) = (CompiledRows::of(&chunk.records)?, weights_of(chunk));
        let rows = Rows::checked(x.view(), chunk.as_single_targets(), sample_weight.as_deref())?;
        self.state_of(model, &rows, weighting)
    }

    fn state_of<F: Float>(
        &self,
        model: Option<&SgdRegressor<F>>,
        rows: &Rows<'_, F, F>,
        weighting: Weighting,
    ) -> Result<SgdVectorState> {
        let n_columns = rows.x.n_columns();
        if rows.count() == 0 {
            check_targets_finite(rows)?;
            return Ok(SgdVectorState::default());
        }
        let model = model.filter(|model| model.is_fitted());
        if let Some(model) = model.filter(|model| model.n_features() != n_columns) {
            return Err(Error::shape("columns", model.n_features(), n_columns));
        }
        let columns = touched(rows.x, rows.counted(), model.map(|model| model.coef().insert_axis(Axis(0))));
        let mut begun = match model {
            Some(model) => {
                let lanes = begin_round(&self.descent, &model.lanes, (model.n_rows_seen(), rows.count()));
                SgdRegressor::new(lanes, model.history.clone())
            }
            None => {
                check_model_bytes(NAME, &[(n_columns, "columns")], size_of::<F>())?;
                self.begin(n_columns)
            }
        };
        if weighting == Weighting::Curvature {
            begun.lanes.sum_squares();
        }
        let fitted = self.run(begun, rows, Stopping::AFTER_ONE_PASS)?;
        let (informed, total_weight) = (vec![true], rows.total_weight());
        let pass = PassOver { columns, informed, rows: rows.count(), total_weight };
        SgdVectorState::of_pass((&fitted.lanes, &fitted.history), pass, weighting, NAME)
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
    type State = SgdVectorState;
    type Model = SgdRegressor<X::Elem>;

    fn fit_state(&self, chunk: &DatasetBase<X, T>, weighting: Weighting) -> Result<Self::State> {
        self.fit_state_from(None, chunk, weighting)
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        a.merge(b)
    }

    fn finish(&self, state: Self::State) -> Result<Self::Model> {
        let (lanes, history) = state.finish(&self.descent, NAME)?;
        Ok(SgdRegressor::new(lanes, history))
    }
}

/// Checks the parameters, then does as the checked ones.
#[diagnostic::do_not_recommend]
impl<X, T> FitAverage<X, T> for SgdRegressorParams
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    type State = SgdVectorState;
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

impl<X, T> AverageRounds<X, T> for SgdRegressorParams
where
    X: FeatureRows + Shared,
    T: AsSingleTargets<Elem = X::Elem> + Shared,
{
    type Way = ByMixing;
}
