//! SGD regressor: linear regression by stochastic gradient descent.

use linfa::dataset::{AsSingleTargets, DatasetBase};
use linfa::traits::{Fit, FitWith, Predict, PredictInplace};
use linfa::{Float, ParamGuard};
use ndarray::{Array1, ArrayView1, aview1};
use serde::{Deserialize, Serialize};

use crate::data::{Csr, FeatureRows, Identified, Remembered, check_model_bytes, check_values, weights_of, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{Model, check_targets, kind, settle};
use crate::linear::LinearRegressor;
use crate::linear::sgd::classifier::fit::Rows;
use crate::linear::sgd::classifier::params::Averaging;
use crate::linear::sgd::descent::schedule::LearningRate;
use crate::linear::sgd::descent::settings::{Descent, descent_setters};
use crate::linear::sgd::descent::train::{History, Learner, Stopping, train};
use crate::linear::sgd::descent::{Loss, Penalty};
use crate::linear::sgd::kernel::lane_run::{Target, Truth};
use crate::linear::sgd::kernel::lanes::Lanes;
use crate::linear::sgd::kernel::pass::Examples;

pub(in crate::linear::sgd) const NAME: &str = "SgdRegressor";

/// A linear regression trained by stochastic gradient descent, one example at a time
/// (scikit-learn's `SGDRegressor`).
///
/// Without shuffling it has scikit-learn 1.9's coefficients; with it, the orders are its own. Sums,
/// losses and the intercept are `f64` whatever the element type.
///
/// Its [parameters](SgdRegressorParams) fit linfa's [`FitWith`], one pass over a chunk
/// (scikit-learn's `partial_fit`), and [`Fit`], passes over one data set until it stops getting
/// better; both over sparse and dense rows.
///
/// ```
/// use chunkfit::linear::SgdRegressor;
/// use linfa::DatasetBase;
/// use linfa::traits::{FitWith, Predict};
/// use ndarray::array;
///
/// let chunk = DatasetBase::new(array![[0.0], [1.0], [2.0]], array![1.0, 2.0, 3.0]);
/// let params = SgdRegressor::params().eta0(0.1);
/// let mut model = None;
/// for _ in 0..200 {
///     model = Some(params.fit_with(model, &chunk)?);
/// }
/// let model = model.expect("there were chunks");
/// let predicted: f64 = model.predict(&array![[3.0]])[0];
/// assert!((predicted - 4.0).abs() < 0.1);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "F: Float + Serialize", deserialize = "F: Float + Deserialize<'de>"))]
pub struct SgdRegressor<F> {
    pub(in crate::linear::sgd) lanes: Lanes<F>,
    pub(in crate::linear::sgd) history: History,
    /// The coefficients written out, once they were asked for.
    #[serde(skip)]
    linear: Remembered<LinearRegressor<F>>,
}

/// The checked parameters of a [`SgdRegressor`]; see [`SgdRegressorParams`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SgdRegressorValidParams {
    pub(in crate::linear::sgd) descent: Descent,
}

/// The parameters of a [`SgdRegressor`]. All have scikit-learn's defaults.
///
/// They are plain data: the same parameters are the same bytes. Ranges are checked when fitting
/// begins, or by [`check`](ParamGuard::check).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SgdRegressorParams(SgdRegressorValidParams);

impl Default for SgdRegressorParams {
    fn default() -> Self {
        let learning_rate = LearningRate::InvScaling { power_t: 0.25 };
        SgdRegressorParams(SgdRegressorValidParams { descent: Descent::new(Loss::SquaredError, learning_rate) })
    }
}

impl SgdRegressor<f64> {
    /// Default parameters. The models they fit have the records' element type, whatever stands here.
    pub fn params() -> SgdRegressorParams {
        SgdRegressorParams::default()
    }
}

impl SgdRegressorParams {
    /// The loss that is minimised: [`Loss::SquaredError`], the default, [`Loss::Huber`],
    /// [`Loss::EpsilonInsensitive`] or [`Loss::SquaredEpsilonInsensitive`]. An `epsilon` must be 0 or
    /// more.
    pub fn loss(mut self, loss: Loss) -> Self {
        self.0.descent.loss = loss;
        self
    }

    /// The learning rate schedule. Default [`LearningRate::InvScaling`] with a `power_t` of 0.25,
    /// which must be 0 or more; a `beta` must be above 0.
    pub fn learning_rate(mut self, learning_rate: LearningRate) -> Self {
        self.0.descent.learning_rate = learning_rate;
        self
    }

    descent_setters!();
}

impl Identified for SgdRegressorParams {
    const NAME: &'static str = NAME;
}

impl ParamGuard for SgdRegressorParams {
    type Checked = SgdRegressorValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        let descent = &self.0.descent;
        descent.check()?;
        match descent.loss {
            Loss::SquaredError
            | Loss::Huber { .. }
            | Loss::EpsilonInsensitive { .. }
            | Loss::SquaredEpsilonInsensitive { .. } => Ok(&self.0),
            loss => {
                let expected = "SquaredError, Huber, EpsilonInsensitive or SquaredEpsilonInsensitive for a regression";
                Err(Error::parameter("loss", loss, expected))
            }
        }
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}

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

impl<F: Float> SgdRegressor<F> {
    pub(in crate::linear::sgd) fn new(lanes: Lanes<F>, history: History) -> Self {
        SgdRegressor { lanes, history, linear: Remembered::default() }
    }

    /// True if all parts fit together.
    pub(crate) fn is_whole(&self) -> bool {
        self.lanes.len() == 1 && self.lanes.are_whole() && self.history.fits(&self.lanes)
    }

    /// True if it has learned from any row, or was [made of parts](Self::from_parts). A model begun on an empty
    /// chunk has no columns, and is not.
    pub fn is_fitted(&self) -> bool {
        self.history.n_rows_seen > 0 || self.lanes.columns() > 0
    }

    /// Refuses a model that has learned from no row.
    pub(crate) fn check_learned(&self) -> Result<()> {
        if self.is_fitted() { Ok(()) } else { Err(no_rows()) }
    }

    /// The number of rows it has learned from, each counted once however many passes were made.
    pub fn n_rows_seen(&self) -> usize {
        self.history.n_rows_seen
    }

    /// The number of columns it has learned from; 0 if it has learned nothing.
    pub fn n_features(&self) -> usize {
        if self.is_fitted() { self.lanes.columns() } else { 0 }
    }

    /// The coefficients, one a column; none if it has learned nothing. They are the average once
    /// that has begun.
    pub fn coef(&self) -> ArrayView1<'_, F> {
        self.linear().map_or_else(|_| aview1(&[]), |linear| linear.coef().view())
    }

    /// The value where all features are 0; 0 if it has learned nothing.
    pub fn intercept(&self) -> F {
        self.linear().map_or_else(|_| F::zero(), LinearRegressor::intercept)
    }

    /// One more than the number of steps taken (scikit-learn's `t_`).
    pub fn t(&self) -> f64 {
        self.history.t
    }

    /// The number of passes of the last training (scikit-learn's `n_iter_`). If it is the number of
    /// `epochs`, training ran out of them.
    pub fn n_iter(&self) -> usize {
        self.history.n_iter
    }

    /// The coefficients and the intercept: all that predicting needs. They are written out when they
    /// are first asked for, and stay beside the training state until training goes on.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`] if it has learned nothing.
    pub fn linear(&self) -> Result<&LinearRegressor<F>> {
        if !self.is_fitted() {
            return Err(no_rows());
        }
        self.linear.get_or_make(|| {
            let (coef, intercept) = self.lanes.coefficients(0..1);
            LinearRegressor::from_parts(coef.row(0).to_owned(), intercept[0])
        })
    }
}

impl<F: Float> SgdRegressor<F> {
    /// Writes the value of each row, and refuses those that are NaN or infinite.
    fn write_values<X: FeatureRows<Elem = F>>(&self, x: &X, y: &mut Array1<F>) -> Result<()> {
        if !self.is_fitted() {
            return Err(no_rows());
        }
        if x.nfeatures() != self.n_features() {
            return Err(Error::shape("columns", self.n_features(), x.nfeatures()));
        }
        check_targets(x.nsamples(), y.len())?;
        let values = self.lanes.margins(x, 1);
        check_values(x, values.view(), "prediction")?;
        y.assign(&values.column(0));
        Ok(())
    }
}

/// # Panics
/// `predict` panics when the number of columns differs from training, nothing was learned, or a feature is NaN or
/// infinite; [`TryPredict`](crate::estimator::TryPredict) and everything lazy report it as an error instead.
impl<F: Float, X: FeatureRows<Elem = F>> PredictInplace<X, Array1<F>> for SgdRegressor<F> {
    fn predict_inplace(&self, x: &X, y: &mut Array1<F>) {
        settle(self.write_values(x, y));
    }

    fn default_target(&self, x: &X) -> Array1<F> {
        Array1::zeros(x.nsamples())
    }
}

/// linfa predicts for data sets and dense matrices; this is the same for sparse ones.
impl<F: Float> Predict<&Csr<F>, Array1<F>> for SgdRegressor<F> {
    fn predict(&self, x: &Csr<F>) -> Array1<F> {
        let mut values = self.default_target(x);
        self.predict_inplace(x, &mut values);
        values
    }
}

impl<F: Float> Model for SgdRegressor<F> {
    type Kind = kind::Regressor;
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    fn example() -> (Array2<f64>, Array1<f64>) {
        let x = Array2::from_shape_fn((50, 4), |(i, j)| ((i * 7 + j * 5 + i * i * j) % 11) as f64 / 4.0 - 1.25);
        let y = x.rows().into_iter().map(|row| 1.0 + row[0] - 2.0 * row[1] + 0.5 * row[3]).collect();
        (x, y)
    }

    #[test]
    fn a_linear_function_is_found_and_sparse_rows_find_the_same() {
        let (x, y) = example();
        let params = SgdRegressor::params().penalty(Penalty::None).eta0(0.05).tol(Some(1e-9)).fit_intercept(false);
        let y = y - 1.0;
        let dense = params.fit(&DatasetBase::new(x.clone(), y.clone())).unwrap();
        for (found, expected) in dense.coef().iter().zip([1.0, -2.0, 0.0, 0.5]) {
            assert!((found - expected).abs() < 0.02, "{found} {expected}");
        }
        let csr = Csr::from_dense(&x).unwrap();
        let sparse = params.fit(&DatasetBase::new(csr.clone(), y)).unwrap();
        assert_eq!(sparse.coef(), dense.coef());
        assert_eq!(sparse.predict(&csr), sparse.linear().unwrap().predict(&csr));
        assert_eq!(sparse.predict(&csr), dense.predict(&x));
        assert!(dense.n_iter() < 1000 && dense.n_rows_seen() == 50);
    }

    #[test]
    fn chunks_go_on_where_the_last_ended_and_empty_ones_change_nothing() {
        let (x, y) = example();
        let params = SgdRegressor::params().average(Averaging::From(10)).check().unwrap();
        let none = (Array2::<f64>::zeros((0, 4)), Array1::zeros(0));
        let empty = params.partial_fit_weighted(None, &none.0, none.1.view(), None).unwrap();
        assert!(!empty.is_fitted() && empty.coef().is_empty());
        assert_eq!(*empty.linear().unwrap_err().kind(), ErrorKind::NoRows { estimator: NAME });
        let first = params.partial_fit_weighted(Some(empty), &x, y.view(), None).unwrap();
        let bytes = postcard::to_stdvec(&first).unwrap();
        let read = postcard::from_bytes::<SgdRegressor<f64>>(&bytes).unwrap();
        let next = |model| params.partial_fit_weighted(Some(model), &x, y.view(), None).unwrap();
        assert_eq!(next(read), next(first.clone()));
        assert_eq!(SgdRegressor::<f64>::from_snapshot(first.snapshot()).unwrap(), first);
        assert!(SgdRegressor::<f32>::from_snapshot(first.snapshot()).is_none());
        assert_eq!(params.partial_fit_weighted(Some(first.clone()), &none.0, none.1.view(), None).unwrap(), first);
    }

    #[test]
    fn bad_input_is_refused_by_name() {
        let (x, mut y) = example();
        let params = || SgdRegressor::params();
        for (wrong, bad) in [
            ("loss", params().loss(Loss::Hinge)),
            ("loss", params().loss(Loss::LogLoss)),
            ("alpha", params().alpha(-1.0)),
            ("power_t", params().learning_rate(LearningRate::InvScaling { power_t: -1.0 })),
        ] {
            let error = bad.check().unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name, .. } if *name == wrong), "{error}");
        }
        y[3] = f64::NAN;
        let error = params().fit(&DatasetBase::new(x.clone(), y.clone())).unwrap_err();
        assert_eq!(
            (error.place().row, matches!(error.kind(), ErrorKind::InvalidTarget { .. })),
            (Some(3), true),
            "{error}"
        );
        let model = params().fit(&DatasetBase::new(x, Array1::zeros(50))).unwrap();
        let narrow = DatasetBase::new(array![[1.0]], array![1.0]);
        let error = params().fit_with(Some(model), &narrow).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::ShapeMismatch { what: "columns", expected: 4, found: 1 });
    }
}
