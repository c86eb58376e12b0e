//! A fitted generalized linear regression.

use linfa::traits::{Predict, PredictInplace};
use ndarray::{Array1, ArrayViewMut1, Axis};
use serde::{Deserialize, Serialize};

use super::family;
use super::family::{Family, Gamma, Normal, Poisson, Tweedie};
use super::params::GlmParams;
use crate::data::{
    CompiledRows, Csr, FeatureRows, Float, Footprint, RowsView, check_values, float_computation, wide, with_rows,
};
use crate::error::Result;
use crate::estimator::{Model, kind, settle};
use crate::linear::linear_regressor::LinearRegressor;

/// A fitted generalized linear regression: `x · coef + intercept`, or the exponential of that.
///
/// It goes by the name of what it predicts: [`LinearRegression`], [`PoissonRegressor`],
/// [`GammaRegressor`], [`TweedieRegressor`].
///
/// ```
/// use chunkfit::linear::PoissonRegressor;
/// use linfa::prelude::*;
/// use ndarray::array;
///
/// let visits = DatasetBase::new(array![[0.0_f64], [1.0], [2.0], [3.0]], array![1.0, 2.0, 4.0, 8.0]);
/// let model = PoissonRegressor::params().alpha(0.0).tol(1e-9).fit(&visits)?;
/// assert!((model.predict(&array![[4.0]])[0] - 16.0).abs() < 1e-3);
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// [`Fit`](linfa::traits::Fit) fits all rows at once, [`Summed`](crate::combine::Summed) chunks in
/// passes, with the same minimum: both take Newton steps, solved for by conjugate gradients in the
/// columns that rows touch (scikit-learn's `solver='newton-cholesky'` without its matrix). Rows count as
/// often as the data set's weights say. [`Averaged`](crate::combine::Averaged) fits every chunk by itself and averages the
/// regressions; its [rounds](crate::combine::Averaged::rounds) lead on to the same minimum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Glm<K, F> {
    family: K,
    linear: LinearRegressor<F>,
    n_iter: usize,
    converged: bool,
}

/// Least squares (scikit-learn's `LinearRegression`; with [`alpha`](GlmParams::alpha) its `Ridge`). Of few
/// columns, [`Averaged`](crate::combine::Averaged) solves the normal equations of all chunks in one pass.
pub type LinearRegression<F> = Glm<Normal, F>;
/// Counts (scikit-learn's `PoissonRegressor`).
pub type PoissonRegressor<F> = Glm<Poisson, F>;
/// Amounts (scikit-learn's `GammaRegressor`).
pub type GammaRegressor<F> = Glm<Gamma, F>;
/// Whatever has a variance that is a power of the mean (scikit-learn's `TweedieRegressor`).
pub type TweedieRegressor<F> = Glm<Tweedie, F>;

impl<K: Family> Glm<K, f64> {
    /// The default parameters. The type of the coefficients is that of the records in `fit`.
    pub fn params() -> GlmParams<K> {
        GlmParams::default()
    }
}

impl<K: Family, F: Float> Glm<K, F> {
    pub(super) fn new(family: K, coef: Array1<F>, intercept: F, n_iter: usize, converged: bool) -> Result<Self> {
        Ok(Glm { family, linear: LinearRegressor::trained(coef, intercept, K::NAME)?, n_iter, converged })
    }

    /// A model of one coefficient a column and the intercept. They count as converged, after no step.
    ///
    /// # Errors
    /// Those of [`LinearRegressor::from_parts`].
    pub fn from_parts(family: K, coef: Array1<F>, intercept: F) -> Result<Self> {
        Ok(Glm { family, linear: LinearRegressor::from_parts(coef, intercept)?, n_iter: 0, converged: true })
    }

    /// The linear regression inside, before its values become means.
    pub fn linear(&self) -> &LinearRegressor<F> {
        &self.linear
    }

    /// The coefficients, one a column.
    pub fn coef(&self) -> &Array1<F> {
        self.linear.coef()
    }

    /// The intercept: the linear predictor of a row of zeros.
    pub fn intercept(&self) -> F {
        self.linear.intercept()
    }

    /// The Newton steps taken; 0 where the normal equations were solved.
    pub fn n_iter(&self) -> usize {
        self.n_iter
    }

    /// True if the tolerance was reached before the steps or passes ran out.
    pub fn converged(&self) -> bool {
        self.converged
    }

    /// Writes the mean of each row, and refuses those that are NaN or infinite.
    fn write_means<X: FeatureRows<Elem = F>>(&self, x: &X, y: &mut Array1<F>) -> Result<()> {
        self.linear.write_values(x, y)?;
        match self.family.power() {
            0.0 => Ok(()),
            power => F::run::<Means<'_>>((CompiledRows::of(x)?.view(), power, y.view_mut())),
        }
    }
}

float_computation!(Means<'a>((RowsView<'a, F>, f64, ArrayViewMut1<'a, F>)) -> Result<()> = means);

/// Replaces the linear predictor of each row by the mean, and refuses those that are NaN or infinite.
fn means<F: Float>((rows, power, mut y): (RowsView<'_, F>, f64, ArrayViewMut1<'_, F>)) -> Result<()> {
    y.mapv_inplace(|margin| F::cast(family::mean(power, wide(margin))));
    with_rows!(rows, x => check_values(x, y.view().insert_axis(Axis(1)), "prediction"))
}

/// # Panics
/// `predict` panics when the number of columns differs from training, as linfa's models do, on a NaN or infinite
/// feature, and where the exponential is beyond what a float can hold; [`TryPredict`](crate::estimator::TryPredict) and
/// everything lazy report it as an error instead.
impl<K: Family, F: Float, X: FeatureRows<Elem = F>> PredictInplace<X, Array1<F>> for Glm<K, F> {
    fn predict_inplace(&self, x: &X, y: &mut Array1<F>) {
        settle(self.write_means(x, y));
    }

    fn default_target(&self, x: &X) -> Array1<F> {
        Array1::zeros(x.nsamples())
    }
}

/// linfa predicts for data sets and dense matrices; this is the same for sparse ones.
impl<K: Family, F: Float> Predict<&Csr<F>, Array1<F>> for Glm<K, F> {
    fn predict(&self, x: &Csr<F>) -> Array1<F> {
        let mut values = self.default_target(x);
        self.predict_inplace(x, &mut values);
        values
    }
}

impl<K, F: Float> Footprint for Glm<K, F> {
    fn heap_bytes(&self) -> usize {
        self.linear.heap_bytes()
    }
}

impl<K: Family, F: Float> Model for Glm<K, F> {
    type Kind = kind::Regressor;
}
