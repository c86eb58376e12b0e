//! Averaging the one-class machines that single passes over many chunks give.

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use ndarray::Axis;

use super::model::NAME;
use super::{SgdOneClassSvm, SgdOneClassSvmParams, SgdOneClassSvmValidParams};
use crate::data::{CompiledRows, FeatureRows, Float, RowsView, Shared, check_model_bytes, check_weights, weights_of};
use crate::error::Result;
use crate::estimator::{AverageRounds, ByMixing, FitAverage, FitAverageFrom, Weighting};
use crate::linear::sgd::descent::train::Stopping;
use crate::linear::sgd::kernel::squares::touched;
use crate::linear::sgd::vector_state::{PassOver, SgdVectorState, begin_round};

impl SgdOneClassSvmValidParams {
    /// One pass over a chunk, from the average of an earlier round or from nothing: what
    /// [`FitAverage::fit_state`] is for the first round, this is for those after it (iterative
    /// parameter mixing: McDonald, Hall and Mann, NAACL 2010). Merge and finish the states as those.
    ///
    /// The steps go on from the number that the model has, so that schedules get shorter from round to round.
    ///
    /// # Errors
    /// As [`partial_fit_weighted`](Self::partial_fit_weighted).
    pub fn fit_state_from<X: FeatureRows, T>(
        &self,
        model: Option<&SgdOneClassSvm<X::Elem>>,
        chunk: &DatasetBase<X, T>,
        weighting: Weighting,
    ) -> Result<SgdVectorState> {
        self.state_of(model, CompiledRows::of(&chunk.records)?.view(), weights_of(chunk).as_deref(), weighting)
    }

    fn state_of<F: Float>(
        &self,
        model: Option<&SgdOneClassSvm<F>>,
        x: RowsView<'_, F>,
        sample_weight: Option<&[f64]>,
        weighting: Weighting,
    ) -> Result<SgdVectorState> {
        let n = x.n_rows();
        check_weights(n, sample_weight)?;
        let counted = x.rows_of_weight(None, sample_weight)?;
        let rows = counted.as_ref().map_or(n, Vec::len);
        if rows == 0 {
            return Ok(SgdVectorState::default());
        }
        let model = model.filter(|model| model.is_fitted());
        if let Some(model) = model {
            model.check_columns(x.n_columns())?;
        }
        check_model_bytes(NAME, &[(x.n_columns(), "columns")], size_of::<F>())?;
        let columns = touched(x, counted.as_deref(), model.map(|model| model.coef().insert_axis(Axis(0))));
        let mut begun = match model {
            Some(model) => {
                let lanes = begin_round(&self.descent, &model.lanes, (model.n_rows_seen(), rows));
                SgdOneClassSvm::new(lanes, model.history.clone())
            }
            None => self.begin(x.n_columns()),
        };
        if weighting == Weighting::Curvature {
            begun.lanes.sum_squares();
        }
        let fitted = self.run(begun, x, (sample_weight, counted.as_deref()), Stopping::AFTER_ONE_PASS)?;
        let total_weight = sample_weight.map_or(n as f64, |weights| weights.iter().sum());
        let pass = PassOver { columns, informed: vec![true], rows, total_weight };
        SgdVectorState::of_pass((&fitted.lanes, &fitted.history), pass, weighting, NAME)
    }
}

/// One pass over each chunk, as `partial_fit` makes one, and the average of coefficients and offsets: that of one chunk is
/// what `partial_fit` gives, bit for bit.
///
/// [`Weighting::Curvature`] weighs each coefficient by the sum of the squared gradients of the hinge loss that its chunk
/// met there, and the offset by that of the intercept's (Agarwal et al., *A Reliable Effective Terascale Linear Learning
/// System*, JMLR 2014).
impl<X, T> FitAverage<X, T> for SgdOneClassSvmParams
where
    X: FeatureRows,
{
    type State = SgdVectorState;
    type Model = SgdOneClassSvm<X::Elem>;

    fn fit_state(&self, chunk: &DatasetBase<X, T>, weighting: Weighting) -> Result<Self::State> {
        self.check_ref()?.fit_state_from(None, chunk, weighting)
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        a.merge(b)
    }

    fn finish(&self, state: Self::State) -> Result<Self::Model> {
        let (lanes, history) = state.finish(&self.check_ref()?.descent, NAME)?;
        Ok(SgdOneClassSvm::new(lanes, history))
    }
}

impl<X, T> FitAverageFrom<X, T> for SgdOneClassSvmParams
where
    X: FeatureRows,
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

impl<X, T> AverageRounds<X, T> for SgdOneClassSvmParams
where
    X: FeatureRows + Shared,
    T: Shared,
{
    type Way = ByMixing;
}
