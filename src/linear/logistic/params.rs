//! Parameters of logistic regression.

use std::fmt;
use std::marker::PhantomData;

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::LogisticRegression;
use crate::data::Identified;
use crate::error::{Error, Result};

/// The strength of the L2 penalty, which holds coefficients near zero.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Regularization {
    /// Minimises the mean loss + `alpha/2 · |w|²`, as SGD does. A chunk and the whole then solve
    /// the same problem, so this is what averaging needs.
    PerExample(f64),
    /// scikit-learn's `C`: minimises `C` times the sum of the losses + `1/2 · |w|²`. The same `C`
    /// holds a chunk more strongly than the whole.
    C(f64),
}

impl Regularization {
    /// The penalty per example on rows of this total weight.
    pub(super) fn alpha(self, total: f64) -> f64 {
        match self {
            Regularization::PerExample(alpha) => alpha,
            Regularization::C(c) => 1.0 / (c * total),
        }
    }
}

/// The parameters of [`LogisticRegression`], free to set; checked when it is fitted.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct LogisticRegressionParams<L>(LogisticRegressionValidParams<L>);

/// The checked parameters of [`LogisticRegression`].
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct LogisticRegressionValidParams<L> {
    pub(super) regularization: Regularization,
    pub(super) fit_intercept: bool,
    pub(super) penalize_intercept: bool,
    pub(super) max_iter: usize,
    pub(super) tol: f64,
    #[serde(skip)]
    label: PhantomData<fn() -> L>,
}

impl<L> LogisticRegression<f64, L> {
    /// The default parameters: see the setters of [`LogisticRegressionParams`].
    ///
    /// The type of the coefficients is not chosen here: it is that of the records in `fit`.
    pub fn params() -> LogisticRegressionParams<L> {
        LogisticRegressionParams::default()
    }
}

impl<L> Default for LogisticRegressionParams<L> {
    fn default() -> Self {
        LogisticRegressionParams(LogisticRegressionValidParams {
            regularization: Regularization::PerExample(1e-5),
            fit_intercept: true,
            penalize_intercept: false,
            max_iter: 100,
            tol: 1e-6,
            label: PhantomData,
        })
    }
}

impl<L> LogisticRegressionParams<L> {
    /// The penalty per example: [`Regularization::PerExample`]. At least 0, which is no penalty;
    /// default 1e-5. Replaces [`c`](Self::c).
    pub fn alpha(self, alpha: f64) -> Self {
        self.regularization(Regularization::PerExample(alpha))
    }

    /// scikit-learn's `C`: [`Regularization::C`]. Above 0; scikit-learn's default is 1. Replaces
    /// [`alpha`](Self::alpha).
    pub fn c(self, c: f64) -> Self {
        self.regularization(Regularization::C(c))
    }

    /// The strength of the L2 penalty, which holds coefficients near zero; default `PerExample(1e-5)`.
    pub fn regularization(mut self, regularization: Regularization) -> Self {
        self.0.regularization = regularization;
        self
    }

    /// Fits an intercept or not; default `true`.
    pub fn fit_intercept(mut self, fit: bool) -> Self {
        self.0.fit_intercept = fit;
        self
    }

    /// Penalizes the intercept too or not, as scikit-learn's `liblinear`
    /// solver does; default `false`.
    pub fn penalize_intercept(mut self, penalize: bool) -> Self {
        self.0.penalize_intercept = penalize;
        self
    }

    /// The most Newton steps; at least 1, default 100. Some ten are usual. A fit that needs more is
    /// no error: see [`LogisticRegression::converged`].
    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.0.max_iter = max_iter;
        self
    }

    /// Stops when the gradient's Euclidean norm has fallen to `tol` times what it is at zero
    /// coefficients. At least 0, default 1e-6.
    ///
    /// scikit-learn's `tol` (1e-4) bounds the gradient itself, which depends on the features'
    /// scale: with hashed text, rare words never move. With 0 the fit ends where rounding ends it.
    pub fn tol(mut self, tol: f64) -> Self {
        self.0.tol = tol;
        self
    }
}

impl<L: 'static> Identified for LogisticRegressionParams<L> {
    const NAME: &'static str = super::fit::NAME;
}

impl<L> ParamGuard for LogisticRegressionParams<L> {
    type Checked = LogisticRegressionValidParams<L>;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        let LogisticRegressionValidParams { regularization, max_iter, tol, .. } = self.0;
        match regularization {
            Regularization::PerExample(alpha) if !(alpha.is_finite() && alpha >= 0.0) => {
                Err(Error::parameter("alpha", alpha, "a finite number, at least 0"))
            }
            Regularization::C(c) if !(c.is_finite() && c > 0.0) => {
                Err(Error::parameter("c", c, "a finite number above 0; for no penalty set alpha to 0"))
            }
            _ if max_iter == 0 => Err(Error::parameter("max_iter", max_iter, "at least 1")),
            _ if !(tol.is_finite() && tol >= 0.0) => Err(Error::parameter("tol", tol, "a finite number, at least 0")),
            _ => Ok(&self.0),
        }
    }

    fn check(self) -> Result<Self::Checked> {
        self.check_ref()?;
        Ok(self.0)
    }
}

// By hand, because derived ones would ask the same of the label type, which is only named here.
impl<L> Clone for LogisticRegressionValidParams<L> {
    fn clone(&self) -> Self {
        LogisticRegressionValidParams { label: PhantomData, ..*self }
    }
}

impl<L> fmt::Debug for LogisticRegressionValidParams<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogisticRegression")
            .field("regularization", &self.regularization)
            .field("fit_intercept", &self.fit_intercept)
            .field("penalize_intercept", &self.penalize_intercept)
            .field("max_iter", &self.max_iter)
            .field("tol", &self.tol)
            .finish()
    }
}

impl<L> PartialEq for LogisticRegressionValidParams<L> {
    fn eq(&self, other: &Self) -> bool {
        let plain = |p: &Self| (p.regularization, p.fit_intercept, p.penalize_intercept, p.max_iter, p.tol);
        plain(self) == plain(other)
    }
}

impl<L> Clone for LogisticRegressionParams<L> {
    fn clone(&self) -> Self {
        LogisticRegressionParams(self.0.clone())
    }
}

impl<L> fmt::Debug for LogisticRegressionParams<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<L> PartialEq for LogisticRegressionParams<L> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
