//! A fitted elastic net.

use linfa::traits::{Predict, PredictInplace};
use ndarray::Array1;
use serde::{Deserialize, Serialize};

use super::NAME;
use super::params::ElasticNetParams;
use crate::data::{Csr, FeatureRows, Float, Footprint, wide};
use crate::error::Result;
use crate::estimator::{Model, kind, settle};
use crate::linear::linear_regressor::LinearRegressor;

/// A fitted elastic net (scikit-learn's `ElasticNet`): `x · coef + intercept`, of which some coefficients are exactly
/// 0.
///
/// Minimises `1/2 · mean((y - x · w - b)²) + alpha · l1_ratio · |w|₁ + alpha · (1 - l1_ratio)/2 · |w|²` by cyclic
/// coordinate descent, until the duality gap is small. Rows count as often as the data set's weights say: the mean is
/// weighted, as in scikit-learn.
///
/// ```
/// use chunkfit::linear::ElasticNet;
/// use linfa::prelude::*;
/// use ndarray::array;
///
/// let x = array![[0.0, 1.0], [1.0, -1.0], [2.0, -1.0], [3.0, 1.0]];
/// let data = DatasetBase::new(x, array![0.1, 1.9, 4.1, 5.9]);
/// let model = ElasticNet::params().alpha(0.1).l1_ratio(0.9).fit(&data)?;
/// assert!((1.8..2.0).contains(&model.coef()[0]));
/// assert_eq!(model.coef()[1], 0.0);
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// - [`Fit`](linfa::traits::Fit) fits all rows at once: from sums of squares and products, or, where there are more
///   columns than rows or than 2,048, from the rows column by column.
/// - [`Summed`](crate::combine::Summed) fits chunks in one pass, with the same optimum: sums of squares and products
///   of up to 2,048 columns merge.
/// - [`Averaged`](crate::combine::Averaged) averages the coefficients of chunks, of any number of columns, and comes
///   to the optimum of all rows in [rounds](crate::combine::Averaged::rounds). A coefficient of the average is 0
///   where it is in all chunks, so an average has more coefficients than the optimum; further rounds make them 0
///   again.
///
/// [`SgdRegressor`](crate::linear::SgdRegressor) with [`Penalty::L1`](crate::linear::Penalty::L1) learns chunk after
/// chunk, and comes near.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ElasticNet<F> {
    linear: LinearRegressor<F>,
    n_iter: usize,
    dual_gap: Option<f64>,
    converged: bool,
}

/// The lasso (scikit-learn's `Lasso`): an [`ElasticNet`] with the L1 penalty alone.
///
/// ```
/// use chunkfit::combine::Summed;
/// use chunkfit::linear::Lasso;
/// use chunkfit::linfa::DatasetBase;
/// use chunkfit::ndarray::array;
/// use chunkfit::prelude::*;
///
/// let chunk = |shift: f64| DatasetBase::new(array![[shift, 1.0], [1.0 + shift, 0.0]], array![shift, 1.0 + shift]);
/// let chunks = Chunks::from_memory([0.0, 2.0, 4.0].map(chunk));
/// let model = Runtime::new().compute(Summed::new(Lasso::params().alpha(0.1)).fit(&chunks))?;
/// assert!((0.9..1.0).contains(&model.coef()[0]));
/// assert_eq!(model.coef()[1], 0.0);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Lasso {}

impl Lasso {
    /// The default parameters, with an [`l1_ratio`](ElasticNetParams::l1_ratio) of 1.
    pub fn params() -> ElasticNetParams {
        ElasticNetParams::default().l1_ratio(1.0)
    }
}

impl ElasticNet<f64> {
    /// The default parameters. The type of the coefficients is that of the records in `fit`.
    pub fn params() -> ElasticNetParams {
        ElasticNetParams::default()
    }
}

impl<F: Float> ElasticNet<F> {
    pub(super) fn fitted(
        coef: &Array1<f64>,
        intercept: f64,
        n_iter: usize,
        dual_gap: Option<f64>,
        converged: bool,
    ) -> Result<Self> {
        let linear = LinearRegressor::trained(coef.mapv(F::cast), F::cast(intercept), NAME)?;
        Ok(ElasticNet { linear, n_iter, dual_gap, converged })
    }

    /// A model of one coefficient a column and the intercept. They count as converged, after no sweep.
    ///
    /// # Errors
    /// Those of [`LinearRegressor::from_parts`].
    pub fn from_parts(coef: Array1<F>, intercept: F) -> Result<Self> {
        let linear = LinearRegressor::from_parts(coef, intercept)?;
        Ok(ElasticNet { linear, n_iter: 0, dual_gap: None, converged: true })
    }

    /// The linear regression inside.
    pub fn linear(&self) -> &LinearRegressor<F> {
        &self.linear
    }

    /// The coefficients, one a column.
    pub fn coef(&self) -> &Array1<F> {
        self.linear.coef()
    }

    /// The intercept: the value where all features are 0.
    pub fn intercept(&self) -> F {
        self.linear.intercept()
    }

    /// The number of coefficients that are not 0.
    pub fn n_nonzero(&self) -> usize {
        self.coef().iter().filter(|&&w| wide(w) != 0.0).count()
    }

    /// The sweeps over the coefficients; of an average the most that a chunk took, and after
    /// [rounds](crate::combine::Averaged::rounds) the number of those that followed the average.
    pub fn n_iter(&self) -> usize {
        self.n_iter
    }

    /// The duality gap, by which the objective is above the least one at most (scikit-learn's `dual_gap_`); `None`
    /// for an average without further rounds, and for a model made from its parts. Without a penalty there is no such
    /// bound, and it is the squared norm of the gradient.
    pub fn dual_gap(&self) -> Option<f64> {
        self.dual_gap
    }

    /// True if the duality gap fell to the tolerance before the sweeps or rounds ran out; of an average, in every
    /// chunk.
    pub fn converged(&self) -> bool {
        self.converged
    }
}

/// # Panics
/// `predict` panics when the number of columns differs from training, as linfa's models do, and on a NaN or infinite
/// feature; [`TryPredict`](crate::estimator::TryPredict) and everything lazy report it as an error instead.
impl<F: Float, X: FeatureRows<Elem = F>> PredictInplace<X, Array1<F>> for ElasticNet<F> {
    fn predict_inplace(&self, x: &X, y: &mut Array1<F>) {
        settle(self.linear.write_values(x, y));
    }

    fn default_target(&self, x: &X) -> Array1<F> {
        Array1::zeros(x.nsamples())
    }
}

/// linfa predicts for data sets and dense matrices; this is the same for sparse ones.
impl<F: Float> Predict<&Csr<F>, Array1<F>> for ElasticNet<F> {
    fn predict(&self, x: &Csr<F>) -> Array1<F> {
        self.linear.predict(x)
    }
}

impl<F: Float> Footprint for ElasticNet<F> {
    fn heap_bytes(&self) -> usize {
        self.linear.heap_bytes()
    }
}

impl<F: Float> Model for ElasticNet<F> {
    type Kind = kind::Regressor;
}
