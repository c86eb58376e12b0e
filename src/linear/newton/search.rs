//! A minimization with or without an L1 penalty, behind one set of questions.

use serde::{Deserialize, Serialize};

use super::line_search::LineSearch;
use super::{L1, L1Minimizer, Limits, Minimizer, Outcome};

/// A question of a minimization about its function.
pub(in crate::linear) enum Question<'a> {
    /// The value and the gradient at a point; the other questions are about the point evaluated last.
    Evaluate(&'a [f64]),
    /// The Hessian times a vector.
    Multiply(&'a [f64]),
    /// The Hessian of these numbers alone (ascending): its lower triangle, row after row.
    Curve(&'a [u32]),
}

/// A minimization of a smooth function, or of one plus an L1 penalty.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::linear) enum Search {
    Smooth(Box<Minimizer>),
    L1(Box<L1Minimizer>),
}

impl Search {
    /// Begins at a point. A penalty of strength 0 is none. With one, the Hessian is asked for of `together` numbers at once
    /// at most.
    pub(crate) fn new(point: Vec<f64>, limits: Limits, l1: L1, together: usize) -> Self {
        if l1.strength == 0.0 {
            Search::Smooth(Box::new(Minimizer::new(point, limits)))
        } else {
            Search::L1(Box::new(L1Minimizer::new(point, limits, l1, together)))
        }
    }

    /// The next question; `None` at the end, or after as many steps as it may take.
    pub(crate) fn question(&self) -> Option<Question<'_>> {
        match self {
            Search::Smooth(search) => search.question(),
            Search::L1(search) => search.question(),
        }
    }

    fn line(&self) -> &LineSearch {
        match self {
            Search::Smooth(search) => search.line(),
            Search::L1(search) => search.line(),
        }
    }

    /// Allows one step more.
    pub(crate) fn go_on(&mut self) {
        let line = match self {
            Search::Smooth(search) => search.line_mut(),
            Search::L1(search) => search.line_mut(),
        };
        line.limits.max_iter = line.limits.max_iter.saturating_add(1);
    }

    /// The best point so far.
    pub(crate) fn point(&self) -> &[f64] {
        &self.line().point
    }

    /// The function at the best point so far, with its penalty, once it was evaluated.
    pub(crate) fn value(&self) -> Option<f64> {
        Some(self.line().value()).filter(|value| value.is_finite())
    }

    /// The outcome, so far.
    pub(crate) fn outcome(&self) -> Outcome {
        self.line().outcome()
    }

    /// True if the function was last evaluated elsewhere than at the best point.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.line().is_elsewhere()
    }

    /// The answer to [`Question::Evaluate`]: see [`Minimizer::evaluated`].
    pub(crate) fn evaluated(&mut self, value: f64, gradient: &mut Vec<f64>, precondition: impl FnOnce(&mut [f64])) {
        match self {
            Search::Smooth(search) => search.evaluated(value, gradient, precondition),
            Search::L1(search) => search.evaluated(value, gradient, precondition),
        }
    }

    /// The answer to [`Question::Multiply`].
    pub(crate) fn multiplied(&mut self, product: &mut [f64]) {
        match self {
            Search::Smooth(search) => search.multiplied(product),
            Search::L1(search) => search.multiplied(product),
        }
    }

    /// The answer to [`Question::Curve`].
    pub(crate) fn curved(&mut self, triangle: &[f64]) {
        match self {
            // It never asks for one.
            Search::Smooth(_) => {}
            Search::L1(search) => search.curved(triangle),
        }
    }
}
