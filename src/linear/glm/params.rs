//! Parameters of generalized linear regressions.

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::family::{Family, Tweedie};
use crate::data::Identified;
use crate::error::{Error, Result};
use crate::linear::newton::Limits;
use crate::linear::ranges::{check_at_least_zero, check_stopping};
use crate::linear::smooth::Intercept;

/// The parameters of a [`Glm`](super::Glm), free to set; checked when it is fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GlmParams<K>(GlmValidParams<K>);

/// The checked parameters of a [`Glm`](super::Glm).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GlmValidParams<K> {
    pub(super) family: K,
    pub(super) alpha: f64,
    pub(super) fit_intercept: bool,
    pub(super) max_iter: usize,
    pub(super) tol: f64,
}

impl<K: Family> Default for GlmParams<K> {
    fn default() -> Self {
        let (family, alpha, fit_intercept, max_iter, tol) = (K::default(), K::ALPHA, true, 100, 1e-6);
        GlmParams(GlmValidParams { family, alpha, fit_intercept, max_iter, tol })
    }
}

impl<K: Family> GlmParams<K> {
    /// The penalty per example: minimises the mean of half the deviance + `alpha/2 · |w|²`, as
    /// scikit-learn's `PoissonRegressor`, `GammaRegressor` and `TweedieRegressor` do. 0 or more, which
    /// is no penalty; default 1 for those, and 0 for `LinearRegression`. scikit-learn's `Ridge` has the
    /// sum in place of the mean: its `alpha` is this one times the number of rows.
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.0.alpha = alpha;
        self
    }

    /// Fits an intercept, which is never penalized, or not; default `true`.
    pub fn fit_intercept(mut self, fit: bool) -> Self {
        self.0.fit_intercept = fit;
        self
    }

    /// The most Newton steps; at least 1, default 100. A fit that needs more is no error.
    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.0.max_iter = max_iter;
        self
    }

    /// Stops when the gradient's Euclidean norm has fallen to `tol` times what it is at the start, where
    /// all predictions are the mean. At least 0, default 1e-6.
    pub fn tol(mut self, tol: f64) -> Self {
        self.0.tol = tol;
        self
    }
}

impl GlmParams<Tweedie> {
    /// The power of the mean to which the variance is proportional: 0 is the normal distribution and
    /// predicts the mean itself; 1 Poisson, 2 gamma, between them a sum of a Poisson number of gamma
    /// amounts: these predict its logarithm (scikit-learn's `link='auto'`). 0, or from 1 to 2; default 0.
    /// Above 2, which scikit-learn allows, the loss is not convex, and what is found depends on the way.
    pub fn power(mut self, power: f64) -> Self {
        self.0.family.power = power;
        self
    }
}

impl<K: Family> Identified for GlmParams<K> {
    const NAME: &'static str = K::NAME;
}

impl<K: Family> ParamGuard for GlmParams<K> {
    type Checked = GlmValidParams<K>;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        let GlmValidParams { family, alpha, max_iter, tol, .. } = self.0;
        let power = family.power();
        if !(power == 0.0 || (1.0..=2.0).contains(&power)) {
            return Err(Error::parameter("power", power, "0, or from 1 to 2: others have no convex loss"));
        }
        check_at_least_zero("alpha", alpha)?;
        check_stopping(max_iter, tol).map(|()| &self.0)
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<K> GlmValidParams<K> {
    pub(super) fn intercept(&self) -> Intercept {
        if self.fit_intercept { Intercept::Free } else { Intercept::None }
    }

    pub(super) fn limits(&self) -> Limits {
        Limits::new(self.max_iter, self.tol)
    }
}
