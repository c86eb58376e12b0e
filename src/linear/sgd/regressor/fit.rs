//! Fitting an SGD regressor: rows and values to a model.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::{Fit, FitWith};
use ndarray::ArrayView1;

use super::model::{NAME, SgdRegressor};
use super::params::SgdRegressorValidParams;
use crate::data::{FeatureRows, Float, check_model_bytes, weights_of, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::linear::sgd::classifier::fit::Rows;
use crate::linear::sgd::descent::train::{History, Learner, Stopping, train};
use crate::linear::sgd::kernel::lane_run::{Target, Truth};
use crate::linear::sgd::kernel::lanes::Lanes;
use crate::linear::sgd::kernel::pass::Examples;

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
        let rows = Rows::checked(x, y.reborrow(), sample_weight)?;
        let model = model.filter(SgdRegressor::is_fitted);
        if x.nsamples() == 0 {
            return Ok(model.unwrap_or_else(|| self.begin(0)));
        }
        if let Some(model) = model.as_ref().filter(|model| x.nfeatures() != model.lanes.columns()) {
            return Err(Error::shape("columns", model.lanes.columns(), x.nfeatures()));
        }
        if rows.count() == 0 {
            check_targets_finite(&rows)?;
            return Ok(model.unwrap_or_else(|| self.begin(0)));
        }
        check_model_bytes(NAME, &[(x.nfeatures(), "columns")], size_of::<X::Elem>())?;
        let model = model.unwrap_or_else(|| self.begin(x.nfeatures()));
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
        let rows = Rows::checked(x, y.reborrow(), sample_weight)?;
        if rows.count() == 0 {
            return Err(no_rows());
        }
        check_model_bytes("SgdRegressor", &[(x.nfeatures(), "columns")], size_of::<X::Elem>())?;
        self.run(self.begin(x.nfeatures()), &rows, self.descent.stopping())
    }

    pub(in crate::linear::sgd) fn begin<F: Float>(&self, columns: usize) -> SgdRegressor<F> {
        SgdRegressor::new(Lanes::zeros(1, columns), History::new(self.descent.loss))
    }

    pub(in crate::linear::sgd) fn run<X: FeatureRows>(
        &self,
        mut model: SgdRegressor<X::Elem>,
        rows: &Rows<'_, X, X::Elem>,
        stopping: Stopping,
    ) -> Result<SgdRegressor<X::Elem>> {
        check_targets_finite(rows)?;
        let values: Vec<f64> = match rows.counted() {
            Some(counted) => counted.iter().map(|&row| wide(rows.y[row])).collect(),
            None => rows.y.iter().map(|&y| wide(y)).collect(),
        };
        let SgdRegressor { lanes, history, .. } = &mut model;
        let learner = Learner { descent: &self.descent, history, lanes: 0..1, targets: vec![Target::Value] };
        let truth = Truth::Values(&values);
        let examples = Examples { x: rows.x, rows: rows.counted(), truth, sample_weight: rows.sample_weight };
        train(&mut [learner], lanes, &examples, stopping)?;
        model.history.check(NAME)?;
        model.linear.forget();
        Ok(model)
    }
}

/// Refuses values to learn that are not finite, those of rows of weight 0 too.
pub(in crate::linear::sgd) fn check_targets_finite<X: FeatureRows>(rows: &Rows<'_, X, X::Elem>) -> Result<()> {
    match rows.y.iter().position(|&y| !wide(y).is_finite()) {
        Some(row) => {
            let kind = ErrorKind::InvalidTarget { value: rows.y[row].to_string(), expected: "a finite number" };
            Err(Error::new(kind).at_row(row))
        }
        None => Ok(()),
    }
}

pub(in crate::linear::sgd) fn no_rows() -> Error {
    Error::new(ErrorKind::NoRows { estimator: NAME })
}
