//! Parameters of ridge classification.

use linfa::{Label, ParamGuard};
use serde::{Deserialize, Serialize};

use super::{NAME, RidgeClassifier};
use crate::data::Identified;
use crate::error::{Error, Result};
use crate::linear::ClassWeight;
use crate::linear::newton::Limits;
use crate::linear::ranges::{check_at_least_zero, check_stopping};
use crate::linear::smooth::Intercept;

/// The parameters of [`RidgeClassifier`], free to set; checked when it is fitted.
///
/// ```
/// use chunkfit::linear::{ClassWeight, RidgeClassifier};
/// use linfa::ParamGuard;
///
/// assert!(RidgeClassifier::params().class_weight(ClassWeight::ByLabel(vec![(true, 2.0)])).check().is_ok());
/// assert!(RidgeClassifier::<f64, bool>::params().alpha(-1.0).check().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RidgeClassifierParams<L>(RidgeClassifierValidParams<L>);

/// The checked parameters of [`RidgeClassifier`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RidgeClassifierValidParams<L> {
    pub(super) alpha: f64,
    pub(super) fit_intercept: bool,
    pub(super) class_weight: ClassWeight<L>,
    pub(super) max_iter: usize,
    pub(super) tol: f64,
}

impl<L> RidgeClassifier<f64, L> {
    /// The default parameters. The type of the coefficients is that of the records in `fit`.
    pub fn params() -> RidgeClassifierParams<L> {
        RidgeClassifierParams::default()
    }
}

impl<L> Default for RidgeClassifierParams<L> {
    fn default() -> Self {
        let (alpha, fit_intercept, class_weight) = (1.0, true, ClassWeight::Uniform);
        RidgeClassifierParams(RidgeClassifierValidParams {
            alpha,
            fit_intercept,
            class_weight,
            max_iter: 100,
            tol: 1e-6,
        })
    }
}

impl<L> RidgeClassifierParams<L> {
    /// The penalty: minimises the sum of the squared errors + `alpha · |w|²` for every class, as scikit-learn does.
    /// 0 or more, which is no penalty; default 1. The [`alpha`](crate::linear::GlmParams::alpha) of
    /// [`LinearRegression`](crate::linear::LinearRegression) is one per example: this one over the number of rows.
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.0.alpha = alpha;
        self
    }

    /// Fits an intercept, which is never penalized, or not; default `true`.
    pub fn fit_intercept(mut self, fit: bool) -> Self {
        self.0.fit_intercept = fit;
        self
    }

    /// The weights of the examples of each class; default [`ClassWeight::Uniform`].
    /// [`Averaged`](crate::combine::Averaged) has no use for [`ClassWeight::Balanced`], which needs to know how often each
    /// class occurs before it begins: [`Summed`](crate::combine::Summed) counts first.
    pub fn class_weight(mut self, class_weight: ClassWeight<L>) -> Self {
        self.0.class_weight = class_weight;
        self
    }

    /// The most Newton steps; at least 1, default 100. A fit that needs more is no error. The normal equations of
    /// [`Averaged`](crate::combine::Averaged) take none.
    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.0.max_iter = max_iter;
        self
    }

    /// Stops when the gradient's Euclidean norm has fallen to `tol` times what it is at the start, where all decision
    /// values are their means. At least 0, default 1e-6; scikit-learn's default is 1e-4, and most of its solvers are exact.
    pub fn tol(mut self, tol: f64) -> Self {
        self.0.tol = tol;
        self
    }
}

impl<L: 'static> Identified for RidgeClassifierParams<L> {
    const NAME: &'static str = NAME;
}

impl<L: Label> ParamGuard for RidgeClassifierParams<L> {
    type Checked = RidgeClassifierValidParams<L>;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        let RidgeClassifierValidParams { alpha, class_weight, max_iter, tol, .. } = &self.0;
        check_at_least_zero("alpha", *alpha)?;
        check_stopping(*max_iter, *tol)?;
        class_weight.check(None).map(|()| &self.0)
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<L> RidgeClassifierValidParams<L> {
    pub(super) fn intercept(&self) -> Intercept {
        if self.fit_intercept { Intercept::Free } else { Intercept::None }
    }

    pub(super) fn limits(&self) -> Limits {
        Limits::new(self.max_iter, self.tol)
    }
}
