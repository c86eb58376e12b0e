//! Cyclic coordinate descent on a quadratic function with an elastic-net penalty.

use std::borrow::Cow;

use super::duality_gap::duality_gap;
use super::penalty::Penalty;

/// A quadratic function of coefficients, at the point where they are.
pub(super) trait Quadratic {
    /// The number of coefficients.
    fn width(&self) -> usize;

    /// The second derivative by coefficient `j`; 0 for a column that tells nothing.
    fn curvature(&self, j: usize) -> f64;

    /// The first derivative by coefficient `j`.
    fn slope(&self, j: usize) -> f64;

    /// Moves coefficient `j` by so much.
    fn step(&mut self, j: usize, by: f64);
}

/// Half the mean of squared errors.
pub(super) trait LeastSquares: Quadratic {
    /// The mean square of the targets (about their mean, with an intercept).
    fn target_square(&self) -> f64;

    /// The mean square of the errors of these coefficients, which are where the function is.
    fn error_square(&self, coef: &[f64]) -> f64;

    /// All first derivatives.
    fn slopes(&self) -> Cow<'_, [f64]>;
}

/// The largest step of a sweep, and the largest coefficient.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Change {
    step: f64,
    coef: f64,
}

impl Change {
    fn is_small(self, tol: f64) -> bool {
        self.coef == 0.0 || self.step <= tol * self.coef
    }
}

/// The end of a descent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Descended {
    pub n_iter: usize,
    pub gap: f64,
    pub converged: bool,
}

/// Sets coefficient `j` to the best value beside the others; gives the step.
pub(super) fn improve(function: &mut impl Quadratic, penalty: &Penalty, coef: &mut f64, j: usize) -> f64 {
    let (old, curvature) = (*coef, function.curvature(j));
    let pull = if curvature > 0.0 { curvature * old - function.slope(j) } else { 0.0 };
    *coef = penalty.best(curvature, pull);
    let step = *coef - old;
    if step != 0.0 {
        function.step(j, step);
    }
    step
}

fn sweep(function: &mut impl Quadratic, penalty: &Penalty, coef: &mut [f64], only_used: bool) -> Change {
    let mut change = Change::default();
    for (j, w) in coef.iter_mut().enumerate() {
        if only_used && *w == 0.0 {
            continue;
        }
        let step = improve(function, penalty, w, j);
        change = Change { step: change.step.max(step.abs()), coef: change.coef.max(w.abs()) };
    }
    change
}

/// Sweeps over the coefficients until the duality gap is `tol` times the mean square of the targets: over all of them, and
/// between, over those that are not 0 until they hardly change.
pub(super) fn descend(
    function: &mut impl LeastSquares,
    penalty: &Penalty,
    coef: &mut [f64],
    (max_iter, tol): (usize, f64),
) -> Descended {
    let enough = tol * function.target_square();
    let mut end = Descended { n_iter: 0, gap: gap_of(function, penalty, coef), converged: false };
    end.converged = end.gap <= enough;
    let mut only_used = false;
    while !end.converged && end.n_iter < max_iter {
        end.n_iter += 1;
        let small = sweep(function, penalty, coef, only_used).is_small(tol);
        let last = end.n_iter == max_iter;
        if last || (small && !only_used) {
            end.gap = gap_of(function, penalty, coef);
            end.converged = end.gap <= enough;
        }
        only_used = !(only_used && small);
    }
    end
}

fn gap_of(function: &impl LeastSquares, penalty: &Penalty, coef: &[f64]) -> f64 {
    duality_gap(penalty, function.error_square(coef), &function.slopes(), coef)
}
