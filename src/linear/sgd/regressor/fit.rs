//! Fitting an SGD regressor: rows and values to a model.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::{Fit, FitWith};
use ndarray::ArrayView1;

use super::model::{NAME, SgdRegressor};
use super::params::SgdRegressorValidParams;
use crate::data::{CompiledRows, FeatureRows, Float, check_model_bytes, float_computation, weights_of, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::linear::sgd::classifier::fit::Rows;
use crate::linear::sgd::descent::train::{History, Stopping, Training};
use crate::linear::sgd::kernel::lane_run::{Target, Truth};
use crate::linear::sgd::kernel::lanes::Lanes;

/// One pass over a chunk (scikit-learn's `partial_fit`); see
/// [`partial_fit_weighted`](SgdRegressorValidParams::partial_fit_weighted) for its errors.
impl<'a, X, T> FitWith<'a, X, T, Error> for SgdRegressorValidParams
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    type ObjectIn = Option<SgdRegressor<X::Elem>>;
    type ObjectOut = SgdRegressor<X::Elem>;

    fn fit_with(&self, model: Self::ObjectIn, chunk: &'a DatasetBase<X, T>) -> Result<Self::ObjectOut> {
        let weights = weights_of(chunk);
        self.partial_fit_weighted(model, &chunk.records, chunk.as_single_targets(), weights.as_deref())
    }
}

/// Passes over one data set until it stops getting better (scikit-learn's `fit`); see
/// [`fit_weighted`](SgdRegressorValidParams::fit_weighted) for its errors.
impl<X, T> Fit<X, T, Error> for SgdRegressorValidParams
where
    X: FeatureRows,
    T: AsSingleTargets<Elem = X::Elem>,
{
    type Object = SgdRegressor<X::Elem>;

    fn fit(&self, dataset: &DatasetBase<X, T>) -> Result<Self::Object> {
        let weights = weights_of(dataset);
        self.fit_weighted(&dataset.records, dataset.as_single_targets(), weights.as_deref())
    }
}

impl SgdRegressorValidParams {
    /// One pass over a chunk, each row counting `sample_weight` times: from a model, or none, to
    /// the next. The chunk may have no rows; the model then stays as it is. Rows of weight 0 are as if absent.
    ///
    /// linfa's [`FitWith`] does the same with the data set's own `f32` weights.
    ///
    /// # Errors
    /// - [`ShapeMismatch`](ErrorKind::ShapeMismatch): as many values and weights as rows are needed,
    ///   and as many columns as the model has.
    /// - [`InvalidParameter`](ErrorKind::InvalidParameter): a weight that is negative or not finite,
    ///   or a value to be learned that is not finite.
    /// - [`NonFinite`](ErrorKind::NonFinite): a NaN or infinite feature.
    /// - [`Diverged`](ErrorKind::Diverged): the weights overflowed.
    pub fn partial_fit_weighted<X: FeatureRows>(
        &self,
        model: Option<SgdRegressor<X::Elem>>,
        x: &X,
        y: ArrayView1<'_, X::Elem>,
        sample_weight: Option<&[f64]>,
    ) -> Result<SgdRegressor<X::Elem>> {
        let x = CompiledRows::of(x)?;
        self.fit_chunk(model, Rows::checked(x.view(), y.reborrow(), sample_weight)?)
    }

    fn fit_chunk<F: Float>(&self, model: Option<SgdRegressor<F>>, rows: Rows<'_, F, F>) -> Result<SgdRegressor<F>> {
        let model = model.filter(SgdRegressor::is_fitted);
        let columns = rows.x.n_columns();
        if rows.x.n_rows() == 0 {
            return Ok(model.unwrap_or_else(|| self.begin(0)));
        }
        if let Some(model) = model.as_ref().filter(|model| columns != model.lanes.columns()) {
            return Err(Error::shape("columns", model.lanes.columns(), columns));
        }
        if rows.count() == 0 {
            check_targets_finite(&rows)?;
            return Ok(model.unwrap_or_else(|| self.begin(0)));
        }
        check_model_bytes(NAME, &[(columns, "columns")], size_of::<F>())?;
        let model = model.unwrap_or_else(|| self.begin(columns));
        self.run(model, &rows, Stopping::AFTER_ONE_PASS)
    }

    /// Passes over one data set until it stops getting better, each row counting `sample_weight`
    /// times. linfa's [`Fit`] does the same with the data set's own `f32` weights.
    ///
    /// # Errors
    /// As [`partial_fit_weighted`](Self::partial_fit_weighted); and
    /// [`NoRows`](ErrorKind::NoRows) when there are none of weight above 0.
    pub fn fit_weighted<X: FeatureRows>(
        &self,
        x: &X,
        y: ArrayView1<'_, X::Elem>,
        sample_weight: Option<&[f64]>,
    ) -> Result<SgdRegressor<X::Elem>> {
        let x = CompiledRows::of(x)?;
        self.fit_rows(Rows::checked(x.view(), y.reborrow(), sample_weight)?)
    }

    fn fit_rows<F: Float>(&self, rows: Rows<'_, F, F>) -> Result<SgdRegressor<F>> {
        let columns = rows.x.n_columns();
        if rows.count() == 0 {
            return Err(no_rows());
        }
        check_model_bytes(NAME, &[(columns, "columns")], size_of::<F>())?;
        self.run(self.begin(columns), &rows, self.descent.stopping())
    }

    pub(in crate::linear::sgd) fn begin<F: Float>(&self, columns: usize) -> SgdRegressor<F> {
        SgdRegressor::new(Lanes::zeros(1, columns), History::new(self.descent.loss))
    }

    pub(in crate::linear::sgd) fn run<F: Float>(
        &self,
        mut model: SgdRegressor<F>,
        rows: &Rows<'_, F, F>,
        stopping: Stopping,
    ) -> Result<SgdRegressor<F>> {
        check_targets_finite(rows)?;
        let values = F::run::<Values<'_>>((rows.y.view(), rows.counted()));
        let SgdRegressor { lanes, history, .. } = &mut model;
        let (descent, targets, examples) = (&self.descent, vec![Target::Value], rows.examples(Truth::Values(&values)));
        Training { descent, history, lanes, targets, examples, stopping, estimator: NAME }.run()?;
        model.linear.forget();
        Ok(model)
    }
}

/// Refuses values to learn that are not finite, those of rows of weight 0 too.
pub(in crate::linear::sgd) fn check_targets_finite<F: Float>(rows: &Rows<'_, F, F>) -> Result<()> {
    F::run::<CheckFinite<'_>>(rows.y.view())
}

float_computation!(CheckFinite<'a>(ArrayView1<'a, F>) -> Result<()> = check_finite);
float_computation!(Values<'a>((ArrayView1<'a, F>, Option<&'a [usize]>)) -> Vec<f64> = values);

/// The values, of these rows only if they are given.
fn values<F: Float>((y, rows): (ArrayView1<'_, F>, Option<&[usize]>)) -> Vec<f64> {
    match rows {
        Some(rows) => rows.iter().map(|&row| wide(y[row])).collect(),
        None => y.iter().map(|&y| wide(y)).collect(),
    }
}

fn check_finite<F: Float>(y: ArrayView1<'_, F>) -> Result<()> {
    match y.iter().position(|&y| !wide(y).is_finite()) {
        Some(row) => {
            let kind = ErrorKind::InvalidTarget { value: y[row].to_string(), expected: "a finite number" };
            Err(Error::new(kind).at_row(row))
        }
        None => Ok(()),
    }
}

pub(in crate::linear::sgd) fn no_rows() -> Error {
    Error::new(ErrorKind::NoRows { estimator: NAME })
}
