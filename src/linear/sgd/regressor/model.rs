//! SGD regressor: linear regression by stochastic gradient descent.

use linfa::traits::{Predict, PredictInplace};
use ndarray::{Array1, ArrayView1, aview1};
use serde::{Deserialize, Serialize};

use super::fit::no_rows;
use crate::data::{CompiledRows, Csr, FeatureRows, Float, Remembered};
use crate::error::{Error, Result};
use crate::estimator::{Model, check_targets, kind, settle};
use crate::linear::LinearRegressor;
use crate::linear::sgd::descent::train::History;
use crate::linear::sgd::kernel::lanes::Lanes;

pub(in crate::linear::sgd) const NAME: &str = "SgdRegressor";

/// A linear regression trained by stochastic gradient descent, one example at a time
/// (scikit-learn's `SGDRegressor`).
///
/// Without shuffling it has scikit-learn 1.9's coefficients; with it, the orders are its own. Sums,
/// losses and the intercept are `f64` whatever the element type.
///
/// Its [parameters](super::SgdRegressorParams) fit linfa's [`FitWith`](linfa::traits::FitWith), one pass over a chunk
/// (scikit-learn's `partial_fit`), and [`Fit`](linfa::traits::Fit), passes over one data set until it stops getting
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
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "F: Float + Serialize", deserialize = "F: Float + Deserialize<'de>"))]
pub struct SgdRegressor<F> {
    pub(in crate::linear::sgd) lanes: Lanes<F>,
    pub(in crate::linear::sgd) history: History,
    /// The coefficients written out, once they were asked for.
    #[serde(skip)]
    pub(super) linear: Remembered<LinearRegressor<F>>,
}

impl<F: Float> Clone for SgdRegressor<F> {
    fn clone(&self) -> Self {
        SgdRegressor { lanes: self.lanes.clone(), history: self.history.clone(), linear: self.linear.clone() }
    }
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
    /// [`NoRows`](crate::ErrorKind::NoRows) if it has learned nothing.
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
        let values = self.lanes.margins(CompiledRows::of(x)?.view(), 1, "prediction")?;
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
