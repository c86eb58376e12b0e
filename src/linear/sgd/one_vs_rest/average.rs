//! Averaging the one-vs-rest classifiers that single passes over many chunks give.

use linfa::ParamGuard;
use linfa::dataset::{AsMultiTargets, DatasetBase};
use ndarray::ArrayView2;

use super::fit::{check, check_size};
use super::model::NAME;
use super::{OneVsRest, OneVsRestParams, OneVsRestValidParams};
use crate::data::{CompiledRows, FeatureRows, Float, RowsView, Shared, weights_of};
use crate::error::Result;
use crate::estimator::{AverageRounds, ByMixing, FitAverage, FitAverageFrom, Weighting};
use crate::linear::sgd::descent::train::Stopping;
use crate::linear::sgd::kernel::squares::touched;
use crate::linear::sgd::vector_state::{PassOver, SgdVectorState, begin_round};

impl OneVsRestValidParams {
    /// One pass over a chunk, from the average of an earlier round or from nothing: what
    /// [`FitAverage::fit_state`] is for the first round, this is for those after it (iterative
    /// parameter mixing: McDonald, Hall and Mann, NAACL 2010). Merge and finish the states as those.
    ///
    /// Steps and squared gradients go on as those of
    /// [`SgdClassifier`](crate::linear::SgdClassifierValidParams::fit_state_from).
    ///
    /// # Errors
    /// As [`partial_fit_weighted`](Self::partial_fit_weighted).
    pub fn fit_state_from<X, T>(
        &self,
        model: Option<&OneVsRest<X::Elem>>,
        chunk: &DatasetBase<X, T>,
        weighting: Weighting,
    ) -> Result<SgdVectorState>
    where
        X: FeatureRows,
        T: AsMultiTargets<Elem = bool>,
    {
        let (x, weights) = (CompiledRows::of(&chunk.records)?, weights_of(chunk));
        self.state_of(model, (x.view(), chunk.as_multi_targets()), weights.as_deref(), weighting)
    }

    fn state_of<F: Float>(
        &self,
        model: Option<&OneVsRest<F>>,
        (x, y): (RowsView<'_, F>, ArrayView2<'_, bool>),
        weights: Option<&[f64]>,
        weighting: Weighting,
    ) -> Result<SgdVectorState> {
        let n = x.n_rows();
        check(n, y, weights)?;
        self.refuse_balanced()?;
        let counted = x.rows_of_weight(None, weights)?;
        let rows = counted.as_ref().map_or(n, Vec::len);
        if rows == 0 {
            return Ok(SgdVectorState::default());
        }
        let model = model.filter(|model| model.is_fitted());
        if let Some(model) = model {
            model.check_goes_on(x.n_columns(), y.ncols())?;
        }
        check_size::<F>(y.ncols(), x.n_columns())?;
        let columns = touched(x, counted.as_deref(), model.map(OneVsRest::coef));
        let mut begun = match model {
            Some(model) => {
                let lanes = begin_round(&self.each.descent, &model.lanes, (model.n_rows_seen(), rows));
                OneVsRest::new(lanes, model.history.clone())
            }
            None => self.begin(y.ncols(), x.n_columns()),
        };
        if weighting == Weighting::Curvature {
            begun.lanes.sum_squares();
        }
        let informed = informed(y, counted.as_deref());
        let fitted = self.run(begun, x, y, (weights, counted), Stopping::AFTER_ONE_PASS)?;
        let total_weight = weights.map_or(n as f64, |weights| weights.iter().sum());
        let pass = PassOver { columns, informed, rows, total_weight };
        SgdVectorState::of_pass((&fitted.lanes, &fitted.history), pass, weighting, NAME)
    }
}

/// Of each label, whether some of these rows, or of all, have it and some have not.
fn informed(y: ArrayView2<'_, bool>, rows: Option<&[usize]>) -> Vec<bool> {
    let differs = |label: usize| {
        let column = y.column(label);
        let with_label = match rows {
            Some(rows) => rows.iter().filter(|&&i| column[i]).count(),
            None => column.iter().filter(|&&has| has).count(),
        };
        with_label > 0 && with_label < rows.map_or(column.len(), <[usize]>::len)
    };
    (0..y.ncols()).map(differs).collect()
}

/// One pass over each chunk, as `partial_fit` makes one, and the average of each label's classifiers as of
/// [`SgdClassifier`](crate::linear::SgdClassifier)s: that of one chunk is what `partial_fit` gives, bit for bit.
///
/// A chunk whose rows all have a label, or of which none has it, has nothing to say about that label where another chunk
/// has rows of both kinds. Where none has, which is no error, the classifiers of all are averaged. Steps are counted for
/// all labels alike.
///
/// A state holds, for every label, a number or two for each column that the chunk touched.
impl<X, T> FitAverage<X, T> for OneVsRestParams
where
    X: FeatureRows,
    T: AsMultiTargets<Elem = bool>,
{
    type State = SgdVectorState;
    type Model = OneVsRest<X::Elem>;

    fn fit_state(&self, chunk: &DatasetBase<X, T>, weighting: Weighting) -> Result<Self::State> {
        self.check_ref()?.fit_state_from(None, chunk, weighting)
    }

    fn merge(a: Self::State, b: Self::State) -> Result<Self::State> {
        a.merge(b)
    }

    fn finish(&self, state: Self::State) -> Result<Self::Model> {
        let (lanes, history) = state.finish(&self.check_ref()?.each.descent, NAME)?;
        Ok(OneVsRest::new(lanes, history))
    }
}

impl<X, T> FitAverageFrom<X, T> for OneVsRestParams
where
    X: FeatureRows,
    T: AsMultiTargets<Elem = bool>,
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

impl<X, T> AverageRounds<X, T> for OneVsRestParams
where
    X: FeatureRows + Shared,
    T: AsMultiTargets<Elem = bool> + Shared,
{
    type Way = ByMixing;
}
