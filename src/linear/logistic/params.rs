//! Parameters of logistic regression.

use std::fmt;
use std::marker::PhantomData;

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::{LogisticRegression, Settings};
use crate::data::Identified;
use crate::error::{Error, Result};

/// The strength of the penalty, which holds coefficients near zero.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Regularization {
    /// Minimises the mean loss + `alpha · penalty`, as SGD does; the penalty is `1/2 · |w|²`, unless there is an
    /// [`l1_ratio`](LogisticRegressionParams::l1_ratio). A chunk and the whole then solve
    /// the same problem, so this is what averaging needs.
    PerExample(f64),
    /// scikit-learn's `C`: minimises `C` times the sum of the losses + the penalty. The same `C`
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
    pub(super) l1_ratio: f64,
    pub(super) fit_intercept: bool,
    pub(super) penalize_intercept: bool,
    pub(super) max_iter: usize,
    pub(super) tol: f64,
    #[serde(skip)]
    label: PhantomData<fn() -> L>,
}

impl<L> LogisticRegressionValidParams<L> {
    /// The same without the type of the labels.
    pub(super) fn settings(&self) -> Settings {
        let &LogisticRegressionValidParams {
            regularization,
            l1_ratio,
            fit_intercept,
            penalize_intercept,
            max_iter,
            tol,
            ..
        } = self;
        Settings { regularization, l1_ratio, fit_intercept, penalize_intercept, max_iter, tol }
    }
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
            l1_ratio: 0.0,
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

    /// The strength of the penalty, which holds coefficients near zero; default `PerExample(1e-5)`.
    pub fn regularization(mut self, regularization: Regularization) -> Self {
        self.0.regularization = regularization;
        self
    }

    /// The share of L1 in the penalty (scikit-learn's `l1_ratio`), which is
    /// `l1_ratio · |w|₁ + (1 - l1_ratio)/2 · |w|²`: 0 for L2 alone, 1 for L1 alone (the lasso), an elastic net between them.
    /// From 0 to 1, default 0.
    ///
    /// With L1, coefficients that gain too little are exactly 0: see [`LogisticRegression::n_nonzero`]. The minimum is found
    /// by a proximal Newton method: two passes over the rows a step where a thousand coefficients or fewer are not 0, and
    /// about as many steps as without L1. An average of chunks' fits has the coefficients that any chunk selected;
    /// [further rounds](crate::combine::Averaged::rounds) lead on to the fit of all rows.
    ///
    /// ```
    /// use chunkfit::linear::LogisticRegression;
    /// use linfa::prelude::*;
    /// use ndarray::array;
    ///
    /// // The second column says nothing.
    /// let x = array![[0.0, 1.0], [1.0, 0.0], [2.0, 0.0], [3.0, 1.0]];
    /// let data = Dataset::new(x, array![false, false, true, true]);
    /// let model = LogisticRegression::params().alpha(0.01).l1_ratio(1.0).fit(&data)?;
    /// assert!(model.coef()[(0, 0)] > 0.0 && model.coef()[(0, 1)] == 0.0);
    /// assert_eq!(model.n_nonzero(), 1);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn l1_ratio(mut self, l1_ratio: f64) -> Self {
        self.0.l1_ratio = l1_ratio;
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
    /// coefficients; with an L1 penalty, when that of the minimum-norm subgradient has. At least 0, default 1e-6.
    ///
    /// scikit-learn's `tol` (1e-4) bounds the gradient itself, which depends on the features'
    /// scale: with hashed text, rare words never move. With 0 the fit ends where rounding ends it.
    pub fn tol(mut self, tol: f64) -> Self {
        self.0.tol = tol;
        self
    }
}

impl<L: 'static> Identified for LogisticRegressionParams<L> {
    const NAME: &'static str = super::NAME;
    /// The first one had no `l1_ratio`.
    const VERSION: u32 = 2;
}

impl<L> ParamGuard for LogisticRegressionParams<L> {
    type Checked = LogisticRegressionValidParams<L>;
    type Error = Error;

    fn check_ref(&self) -> Result<&Self::Checked> {
        self.0.settings().check().map(|()| &self.0)
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
        self.settings().fmt(f)
    }
}

impl<L> PartialEq for LogisticRegressionValidParams<L> {
    fn eq(&self, other: &Self) -> bool {
        self.settings() == other.settings()
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
