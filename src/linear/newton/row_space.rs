//! Newton's method in the space of the rows, for problems with fewer rows than columns.
//!
//! With an L2 penalty, coefficients that begin at zero are sums of rows all the way: `w = Xᵀ·a`, a number for each row (the
//! representer theorem: Kimeldorf and Wahba 1970; Chapelle 2007 for Newton's method). So are gradients and the vectors of
//! conjugate gradients, whose lengths and angles come from products with `K = X·Xᵀ`. A file of news has some hundred rows and
//! ten thousand columns; and with the margins at hand, a step is tried without any product.

use super::line_search::{LineSearch, Progress, Stage};
use super::{Limits, Outcome, dot};

/// A sum of losses of the rows' margins.
pub(in crate::linear) trait RowLosses {
    /// The value at margins, to which the intercept is added; writes the slope of each row. What follows speaks of these
    /// margins.
    fn evaluate(&mut self, margins: &[f64], intercept: f64, slopes: &mut [f64]) -> f64;

    /// The curvature of each row.
    fn curvatures(&self) -> &[f64];
}

/// The L2 penalties: on the coefficients, and on the intercept if there is one.
#[derive(Clone, Copy, Debug)]
pub(in crate::linear) struct RowPenalty {
    pub alpha: f64,
    /// 0 for a free intercept.
    pub intercept: Option<f64>,
}

/// The minimum in the space of the rows.
pub(in crate::linear) struct RowMinimum {
    /// A number for each row, whose sum of rows the coefficients are.
    pub of_rows: Vec<f64>,
    pub intercept: f64,
    pub outcome: Outcome,
}

/// A sum of rows and an intercept.
#[derive(Clone, Default)]
struct RowVector {
    /// A number for each row.
    rows: Vec<f64>,
    intercept: f64,
    /// The product of the rows' numbers with `K`: the margins of what they stand for.
    margins: Vec<f64>,
}

impl RowVector {
    fn zeros(n: usize) -> Self {
        RowVector { rows: vec![0.0; n], intercept: 0.0, margins: vec![0.0; n] }
    }

    /// The scalar product of what both stand for, by the margins of this one.
    fn dot(&self, other: &Self) -> f64 {
        dot(&self.margins, &other.rows) + self.intercept * other.intercept
    }

    fn multiply(&mut self, kernel: &impl Fn(&[f64], &mut [f64])) {
        kernel(&self.rows, &mut self.margins);
    }

    fn negated(&self) -> Self {
        let negated = |numbers: &[f64]| numbers.iter().map(|x| -x).collect();
        RowVector { rows: negated(&self.rows), intercept: -self.intercept, margins: negated(&self.margins) }
    }

    /// Takes away another one, scaled, whose margins are not known; its own margins are those of before.
    fn subtract(&mut self, other: &Self, scale: f64) {
        self.rows.iter_mut().zip(&other.rows).for_each(|(x, y)| *x -= scale * y);
        self.intercept -= scale * other.intercept;
    }

    /// The rows' numbers, the intercept, the margins.
    fn packed(&self) -> Vec<f64> {
        [&self.rows[..], &[self.intercept], &self.margins].concat()
    }

    /// Adds another one, scaled, to itself, scaled.
    fn combine(&mut self, own: f64, other: &Self, scale: f64) {
        let add = |to: &mut [f64], from: &[f64]| to.iter_mut().zip(from).for_each(|(x, y)| *x = own * *x + scale * y);
        add(&mut self.rows, &other.rows);
        add(&mut self.margins, &other.margins);
        self.intercept = own * self.intercept + scale * other.intercept;
    }
}

/// Minimizes `losses` plus the penalty from zero. `kernel` writes the product of `K` with a vector, a number for each of `n`
/// rows. The losses are left evaluated at the minimum.
pub(in crate::linear) fn minimize_by_rows(
    losses: &mut impl RowLosses,
    kernel: impl Fn(&[f64], &mut [f64]),
    n: usize,
    penalty: RowPenalty,
    limits: Limits,
) -> RowMinimum {
    // Points and steps are the parts of a vector, one after the other.
    let mut line = LineSearch::new(RowVector::zeros(n).packed(), limits);
    let (mut gradient, mut trial, mut step) = (RowVector::zeros(n), RowVector::zeros(n), RowVector::zeros(n));
    loop {
        match line.stage {
            Stage::Begun | Stage::Trying => {
                let value = evaluate(losses, line.evaluated_at(), penalty, &mut trial);
                trial.multiply(&kernel);
                let size = trial.dot(&trial).max(0.0).sqrt();
                match line.evaluated(value, size, size, &mut Vec::new()) {
                    Progress::Step => {
                        std::mem::swap(&mut gradient, &mut trial);
                        line.solve(true);
                    }
                    Progress::Shorter => promise(&mut line, &gradient, &step),
                    Progress::Over => {}
                }
            }
            Stage::Solving if line.outcome().n_iter < limits.max_iter => {
                match solve(losses.curvatures(), &kernel, &gradient, penalty, &line) {
                    Some(solved) => {
                        step = solved;
                        line.begin_trials();
                        promise(&mut line, &gradient, &step);
                    }
                    None => line.solve(false),
                }
            }
            Stage::Solving | Stage::Over { .. } | Stage::Overflowed => break,
        }
    }
    if line.is_elsewhere() {
        evaluate(losses, &line.point, penalty, &mut trial);
    }
    let outcome = line.outcome();
    let mut point = line.point;
    point.truncate(n + 1);
    let intercept = point.pop().unwrap_or(0.0);
    RowMinimum { of_rows: point, intercept, outcome }
}

/// The value at a point; writes the gradient without its margins.
fn evaluate(losses: &mut impl RowLosses, point: &[f64], penalty: RowPenalty, gradient: &mut RowVector) -> f64 {
    let (rows, rest) = point.split_at(gradient.rows.len());
    let (intercept, margins) = (rest[0], &rest[1..]);
    let value = losses.evaluate(margins, intercept, &mut gradient.rows);
    let slopes: f64 = gradient.rows.iter().sum();
    gradient.intercept = penalty.intercept.map_or(0.0, |alpha| slopes + alpha * intercept);
    gradient.rows.iter_mut().zip(rows).for_each(|(g, a)| *g += penalty.alpha * a);
    let of_intercept = penalty.intercept.map_or(0.0, |alpha| alpha * intercept * intercept);
    value + 0.5 * (penalty.alpha * dot(rows, margins) + of_intercept)
}

/// Sets the trial point along a step, and the change that the slope promises there.
fn promise(line: &mut LineSearch, gradient: &RowVector, step: &RowVector) {
    let length = line.set_trial(&step.packed());
    line.promised = length * gradient.dot(step);
}

/// A step by conjugate gradients, without a preconditioner: as good as asked. None where a curvature is beyond what floats
/// hold.
fn solve(
    curvatures: &[f64],
    kernel: &impl Fn(&[f64], &mut [f64]),
    gradient: &RowVector,
    penalty: RowPenalty,
    line: &LineSearch,
) -> Option<RowVector> {
    let n = curvatures.len();
    let (mut step, mut product, mut residual) = (RowVector::zeros(n), RowVector::zeros(n), gradient.negated());
    let mut search = residual.clone();
    let mut squares = residual.dot(&residual);
    let (target, most) = (line.forcing().powi(2) * squares, line.limits.max_products.min((n + 1).max(10)));
    for round in 1.. {
        // The Hessian times what the search vector stands for.
        let mut sum = 0.0;
        let parts = product.rows.iter_mut().zip(&search.rows).zip(&search.margins).zip(curvatures);
        for (((product, row), margin), curvature) in parts {
            let change = curvature * (margin + search.intercept);
            sum += change;
            *product = penalty.alpha * row + change;
        }
        product.intercept = penalty.intercept.map_or(0.0, |alpha| sum + alpha * search.intercept);
        let curvature = search.dot(&product);
        if !curvature.is_finite() {
            return None;
        }
        if curvature <= f64::MIN_POSITIVE {
            return Some(if round == 1 { search } else { step });
        }
        let length = squares / curvature;
        step.combine(1.0, &search, length);
        residual.subtract(&product, length);
        residual.multiply(kernel);
        let next = residual.dot(&residual);
        if next <= target || next <= 0.0 || round >= most {
            return Some(step);
        }
        search.combine(next / squares, &residual, 1.0);
        squares = next;
    }
    Some(step)
}
