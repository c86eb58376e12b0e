//! Settings of a logistic regression: its parameters without the type of the labels.

use std::fmt;

use super::Regularization;
use crate::error::{Error, Result};
use crate::linear::newton::Limits;
use crate::linear::ranges::{check_at_least_zero, check_stopping};
use crate::linear::smooth::{Intercept, Penalty};

/// The parameters of a logistic regression, whatever its labels are; see
/// [`LogisticRegressionParams`](super::LogisticRegressionParams).
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Settings {
    pub regularization: Regularization,
    pub l1_ratio: f64,
    pub fit_intercept: bool,
    pub penalize_intercept: bool,
    pub max_iter: usize,
    pub tol: f64,
}

impl Settings {
    pub(super) fn intercept(&self) -> Intercept {
        match (self.fit_intercept, self.penalize_intercept) {
            (false, _) => Intercept::None,
            (true, false) => Intercept::Free,
            (true, true) => Intercept::Penalized,
        }
    }

    pub(super) fn limits(&self) -> Limits {
        Limits::new(self.max_iter, self.tol)
    }

    /// True if there is an L1 penalty.
    pub(super) fn has_l1(&self) -> bool {
        self.l1_ratio > 0.0 && self.regularization != Regularization::PerExample(0.0)
    }

    /// The penalty per example, of rows of this total weight.
    pub(super) fn penalty(&self, weight: f64) -> Penalty {
        Penalty::elastic_net(self.regularization.alpha(weight), self.l1_ratio)
    }

    /// Refuses parameters out of range.
    pub(super) fn check(&self) -> Result<()> {
        let &Settings { regularization, l1_ratio, max_iter, tol, .. } = self;
        match regularization {
            Regularization::PerExample(alpha) => check_at_least_zero("alpha", alpha)?,
            Regularization::C(c) if !(c.is_finite() && c > 0.0) => {
                return Err(Error::parameter("c", c, "a finite number above 0; for no penalty set alpha to 0"));
            }
            Regularization::C(_) => {}
        }
        if !(0.0..=1.0).contains(&l1_ratio) {
            return Err(Error::parameter("l1_ratio", l1_ratio, "a number from 0 to 1"));
        }
        check_stopping(max_iter, tol)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogisticRegression")
            .field("regularization", &self.regularization)
            .field("l1_ratio", &self.l1_ratio)
            .field("fit_intercept", &self.fit_intercept)
            .field("penalize_intercept", &self.penalize_intercept)
            .field("max_iter", &self.max_iter)
            .field("tol", &self.tol)
            .finish()
    }
}
