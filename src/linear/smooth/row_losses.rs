//! The loss of prepared rows: the targets as numbers, by kind of loss.

use std::borrow::Cow;

use super::class_squares::ClassSquares;
use super::design::Design;
use super::margin_loss::MarginLoss;
use super::point_loss::{Logistic, Squared, Tweedie};
use super::problem::{Loss, Problem};
use super::softmax::SoftmaxLoss;

/// A loss and the targets of some rows, as numbers: what it is minimized by knows no labels.
pub(in crate::linear) struct RowLosses<'a> {
    pub targets: RowTargets<'a>,
    /// Other weights than the rows' own, one a row.
    pub weights: Option<Vec<f64>>,
}

/// The targets of rows, by kind of loss.
pub(in crate::linear) enum RowTargets<'a> {
    /// The logistic loss; targets are 1 and -1.
    Logistic(Vec<f64>),
    /// The squared error.
    Squared(Cow<'a, [f64]>),
    /// Half the deviance of a Tweedie distribution of this power.
    Tweedie { power: f64, targets: &'a [f64] },
    /// Softmax cross entropy of three or more classes; the number of each row's class.
    Softmax { class_of: Vec<u32>, classes: usize },
    /// Squared errors of three or more classes.
    ClassSquares { class_of: Vec<u32>, classes: usize },
}

impl<'a> From<RowTargets<'a>> for RowLosses<'a> {
    fn from(targets: RowTargets<'a>) -> Self {
        RowLosses { targets, weights: None }
    }
}

impl RowLosses<'_> {
    /// Hands the loss of a problem's rows to `f`.
    pub(super) fn with_loss<D: Design, R>(&self, problem: Problem<'_, D>, f: impl FnOnce(&mut dyn Loss) -> R) -> R {
        let share = self.weights.as_deref().unwrap_or(problem.share);
        let problem = Problem { share, ..problem };
        match &self.targets {
            RowTargets::Logistic(signs) => f(&mut MarginLoss::new(problem, Logistic, signs)),
            RowTargets::Squared(targets) => f(&mut MarginLoss::new(problem, Squared, targets)),
            RowTargets::Tweedie { power, targets } => f(&mut MarginLoss::new(problem, Tweedie(*power), targets)),
            RowTargets::Softmax { class_of, classes } => f(&mut SoftmaxLoss::new(problem, class_of, *classes)),
            RowTargets::ClassSquares { class_of, classes } => f(&mut ClassSquares::new(problem, class_of, *classes)),
        }
    }
}
