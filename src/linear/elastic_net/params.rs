//! Parameters of the elastic net.

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::NAME;
use super::penalty::Penalty;
use crate::data::Identified;
use crate::error::{Error, Result};
use crate::linear::ranges::{check_at_least_zero, check_stopping};

/// Checked parameters of an [`ElasticNet`](super::ElasticNet); see [`ElasticNetParams`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ElasticNetValidParams {
    pub(super) alpha: f64,
    pub(super) l1_ratio: f64,
    pub(super) fit_intercept: bool,
    pub(super) positive: bool,
    pub(super) max_iter: usize,
    pub(super) tol: f64,
}

/// The parameters of an [`ElasticNet`](super::ElasticNet), with scikit-learn's names and defaults.
///
/// They are plain data: the same parameters are the same bytes. Ranges are checked when fitting begins, or by
/// [`check`](ParamGuard::check).
///
/// ```
/// use chunkfit::linear::{ElasticNet, Lasso};
/// use linfa::ParamGuard;
///
/// assert!(ElasticNet::params().alpha(0.1).l1_ratio(0.9).check().is_ok());
/// assert!(ElasticNet::params().l1_ratio(1.5).check().is_err());
/// assert_eq!(Lasso::params(), ElasticNet::params().l1_ratio(1.0));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ElasticNetParams(ElasticNetValidParams);

impl Default for ElasticNetParams {
    fn default() -> Self {
        let (alpha, l1_ratio, max_iter, tol) = (1.0, 0.5, 1000, 1e-4);
        let (fit_intercept, positive) = (true, false);
        ElasticNetParams(ElasticNetValidParams { alpha, l1_ratio, fit_intercept, positive, max_iter, tol })
    }
}

impl ElasticNetParams {
    /// The strength of the penalty `alpha · (l1_ratio · |w|₁ + (1 - l1_ratio)/2 · |w|²)`, which is added to half the
    /// mean of the squared errors. 0 or more; default 1.
    ///
    /// With 0 there is no penalty and no coefficient is 0: then
    /// [`LinearRegression`](crate::linear::LinearRegression) gives the same predictions sooner and more exactly.
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.0.alpha = alpha;
        self
    }

    /// The share of the L1 penalty, which makes coefficients 0, against the L2 penalty; from 0 to 1, default 0.5.
    /// With 1 it is the [`Lasso`](super::Lasso). With 0 it is ridge regression, which
    /// [`LinearRegression`](crate::linear::LinearRegression) with an `alpha` fits sooner and more exactly.
    pub fn l1_ratio(mut self, l1_ratio: f64) -> Self {
        self.0.l1_ratio = l1_ratio;
        self
    }

    /// Fits an intercept, which is never penalized, or not; default `true`.
    pub fn fit_intercept(mut self, fit: bool) -> Self {
        self.0.fit_intercept = fit;
        self
    }

    /// Allows only coefficients of 0 or more; default `false`.
    pub fn positive(mut self, positive: bool) -> Self {
        self.0.positive = positive;
        self
    }

    /// The most sweeps over the coefficients; at least 1, default 1000. A fit that needs more is no error: see
    /// [`converged`](super::ElasticNet::converged).
    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.0.max_iter = max_iter;
        self
    }

    /// Stops when the [duality gap](super::ElasticNet::dual_gap), by which the objective is above the least one at
    /// most, has fallen to `tol` times the mean square of the targets (about their mean, with an intercept). At least
    /// 0, default 1e-4.
    pub fn tol(mut self, tol: f64) -> Self {
        self.0.tol = tol;
        self
    }
}

impl Identified for ElasticNetParams {
    const NAME: &'static str = NAME;
}

impl ParamGuard for ElasticNetParams {
    type Checked = ElasticNetValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        let ElasticNetValidParams { alpha, l1_ratio, max_iter, tol, .. } = self.0;
        check_at_least_zero("alpha", alpha)?;
        if !(0.0..=1.0).contains(&l1_ratio) {
            return Err(Error::parameter("l1_ratio", l1_ratio, "from 0 to 1"));
        }
        check_stopping(max_iter, tol).map(|()| &self.0)
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl ElasticNetValidParams {
    pub(super) fn penalty(&self) -> Penalty {
        let &ElasticNetValidParams { alpha, l1_ratio, positive, .. } = self;
        Penalty { l1: alpha * l1_ratio, l2: alpha * (1.0 - l1_ratio), positive }
    }
}
