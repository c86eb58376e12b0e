//! Newton's method with conjugate gradients: minimizes a smooth convex function without its Hessian matrix; with an L1
//! penalty, the proximal Newton method.

mod conjugate_gradients;
mod l1;
mod l1_minimizer;
mod l1_quadratic;
mod line_search;
mod minimizer;
mod row_space;
mod search;

use serde::{Deserialize, Serialize};

pub(super) use l1::L1;
pub(super) use l1_minimizer::{L1Minimizer, MOST_TOGETHER};
pub(super) use minimizer::Minimizer;
pub(super) use row_space::{RowLosses, RowPenalty, minimize_by_rows};
pub(super) use search::{Question, Search};

use crate::error::{Error, ErrorKind, Result};

/// A smooth convex function of `len` numbers, which can be asked for its curvature where it was
/// last evaluated.
pub(super) trait Objective {
    /// The number of variables.
    fn len(&self) -> usize;

    /// The value at `point`; the gradient there is written to `gradient`. What follows speaks of
    /// this point.
    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> f64;

    /// The Hessian times `vector`, written to `product`.
    fn hessian_vector(&mut self, vector: &[f64], product: &mut [f64]);

    /// The diagonal of the Hessian, written to `diagonal`.
    fn hessian_diagonal(&self, diagonal: &mut [f64]);

    /// The Hessian of the numbers of `set` (ascending) alone: its lower triangle, row after row, written to `triangle`.
    fn hessian_of(&mut self, set: &[u32], triangle: &mut [f64]) {
        let (mut unit, mut product) = (vec![0.0; self.len()], vec![0.0; self.len()]);
        for (a, &j) in set.iter().enumerate() {
            unit[j as usize] = 1.0;
            self.hessian_vector(&unit, &mut product);
            unit[j as usize] = 0.0;
            let row = &mut triangle[triangle_len(a)..][..=a];
            row.iter_mut().zip(set).for_each(|(h, &i)| *h = product[i as usize]);
        }
    }

    /// A diagonal that stands for the Hessian in the conjugate gradients: Jacobi's, unless
    /// something better is known.
    fn preconditioner(&self, diagonal: &mut [f64]) {
        self.hessian_diagonal(diagonal);
    }
}

/// The most products with the Hessian that a [round](Limits::of_round) over chunks takes.
const PRODUCTS_A_ROUND: usize = 8;

/// The most passes of a round from an average. The first has to survey the chunks and to evaluate the average. Then there
/// are the products, and the point they lead to, which is almost always good.
pub(super) const PASSES_A_ROUND: usize = 2 + PRODUCTS_A_ROUND + 1;

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Limits {
    /// The most Newton steps.
    pub max_iter: usize,
    /// The gradient's norm at the end, relative to that at the start.
    pub tol: f64,
    /// The most products with the Hessian for one step.
    pub max_products: usize,
    /// The largest residual, relative to the gradient, up to which a step is solved for.
    pub roughest: f64,
}

impl Limits {
    /// For a function whose every answer costs the same: steps as rough as is usual.
    pub(super) fn new(max_iter: usize, tol: f64) -> Self {
        Limits { max_iter, tol, max_products: usize::MAX, roughest: 0.25 }
    }

    /// For one step over chunks, each of whose products is a pass: it needs not be exact.
    pub(super) fn of_round(tol: f64) -> Self {
        Limits { max_products: PRODUCTS_A_ROUND, roughest: 0.1, ..Limits::new(1, tol) }
    }
}

/// The outcome of a minimization; the default is that of one that has taken no step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Outcome {
    /// The Newton steps taken.
    pub n_iter: usize,
    /// True if the tolerance, or the limit of the arithmetic, was reached.
    pub converged: bool,
    /// True if values, gradients or curvatures are beyond what floats hold, so that the point is no minimum of
    /// anything.
    pub overflowed: bool,
}

impl Outcome {
    /// Refuses a minimization that overflowed.
    pub(super) fn check(self, estimator: &'static str) -> Result<()> {
        if self.overflowed { Err(Error::new(ErrorKind::Diverged { estimator })) } else { Ok(()) }
    }
}

/// Moves `point` to the minimum, as [`Minimizer`] does, or [`L1Minimizer`] if there is a penalty; the objective is left
/// evaluated there. With a penalty, the Hessian is asked for of `together` numbers at once at most.
pub(super) fn minimize(
    objective: &mut impl Objective,
    point: &mut [f64],
    limits: Limits,
    l1: L1,
    together: usize,
) -> Outcome {
    let mut search = Search::new(point.to_vec(), limits, l1, together);
    let mut answer = vec![0.0; objective.len()];
    loop {
        match search.question() {
            Some(Question::Evaluate(at)) => {
                let value = objective.value_and_gradient(at, &mut answer);
                search.evaluated(value, &mut answer, |diagonal| objective.preconditioner(diagonal));
            }
            Some(Question::Multiply(vector)) => {
                objective.hessian_vector(vector, &mut answer);
                search.multiplied(&mut answer);
            }
            Some(Question::Curve(set)) => {
                let mut triangle = vec![0.0; triangle_len(set.len())];
                objective.hessian_of(set, &mut triangle);
                search.curved(&triangle);
            }
            None => break,
        }
    }
    point.copy_from_slice(search.point());
    if search.is_elsewhere() {
        objective.value_and_gradient(point, &mut answer);
    }
    search.outcome()
}

/// The number of entries in the lower triangle of a square of `n` rows; row `n` of a larger one begins there.
pub(super) fn triangle_len(n: usize) -> usize {
    n * (n + 1) / 2
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Finite differences of the value and of the gradient at `point` against what is claimed.
    pub(crate) fn check_derivatives(objective: &mut impl Objective, point: &[f64]) {
        let n = objective.len();
        let (mut gradient, mut up, mut down, mut product) = (vec![0.0; n], vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        let mut diagonal = vec![0.0; n];
        objective.value_and_gradient(point, &mut gradient);
        objective.hessian_diagonal(&mut diagonal);
        let h = 1e-5;
        for j in 0..n {
            let mut unit = vec![0.0; n];
            unit[j] = 1.0;
            objective.value_and_gradient(point, &mut up);
            objective.hessian_vector(&unit, &mut product);
            let mut moved = point.to_vec();
            moved[j] = point[j] + h;
            let value_up = objective.value_and_gradient(&moved, &mut up);
            moved[j] = point[j] - h;
            let value_down = objective.value_and_gradient(&moved, &mut down);
            assert!(((value_up - value_down) / (2.0 * h) - gradient[j]).abs() < 1e-8, "gradient {j}");
            for i in 0..n {
                let difference = (up[i] - down[i]) / (2.0 * h);
                assert!((difference - product[i]).abs() < 1e-8, "hessian {i} {j}: {difference} {}", product[i]);
            }
            assert!((product[j] - diagonal[j]).abs() < 1e-12, "diagonal {j}");
        }
        check_hessian_of(objective, &(0..n as u32).collect::<Vec<_>>());
        check_hessian_of(objective, &(0..n as u32).filter(|j| j % 3 != 1).collect::<Vec<_>>());
        check_hessian_of(objective, &[n as u32 - 1]);
        check_hessian_of(objective, &[]);
    }

    /// The Hessian of a set of numbers against products with unit vectors.
    fn check_hessian_of(objective: &mut impl Objective, set: &[u32]) {
        let mut triangle = vec![f64::NAN; triangle_len(set.len())];
        objective.hessian_of(set, &mut triangle);
        let (mut unit, mut product) = (vec![0.0; objective.len()], vec![0.0; objective.len()]);
        for (a, &j) in set.iter().enumerate() {
            unit[j as usize] = 1.0;
            objective.hessian_vector(&unit, &mut product);
            unit[j as usize] = 0.0;
            for (b, &i) in set[..=a].iter().enumerate() {
                let (found, expected) = (triangle[triangle_len(a) + b], product[i as usize]);
                assert!((found - expected).abs() < 1e-12, "Hessian of {set:?} at {i} {j}: {found} {expected}");
            }
        }
    }

    /// The slow obvious twin: gradient steps, with an L1 penalty proximal ones (ISTA), with halving.
    pub(crate) fn descend(objective: &mut impl Objective, l1: L1, point: &mut [f64], steps: usize) {
        let n = objective.len();
        let (mut gradient, mut next) = (vec![0.0; n], vec![0.0; n]);
        let mut length = 1.0;
        for _ in 0..steps {
            let value = objective.value_and_gradient(point, &mut gradient);
            loop {
                let shrunk = |j: usize| {
                    let (x, most) = (point[j] - length * gradient[j], length * l1.strength_of(j));
                    x.signum() * (x.abs() - most).max(0.0)
                };
                let trial: Vec<f64> = (0..n).map(shrunk).collect();
                let moved: Vec<f64> = trial.iter().zip(&*point).map(|(t, p)| t - p).collect();
                let bound = value + dot(&gradient, &moved) + 0.5 / length * dot(&moved, &moved);
                if objective.value_and_gradient(&trial, &mut next) <= bound + 1e-15 || length < 1e-12 {
                    point.copy_from_slice(&trial);
                    length *= 1.5;
                    break;
                }
                length *= 0.5;
            }
        }
    }

    /// ln cosh of each number minus its target: the full Newton step from far away overshoots.
    struct LnCosh {
        target: Vec<f64>,
        at: Vec<f64>,
    }

    impl Objective for LnCosh {
        fn len(&self) -> usize {
            self.target.len()
        }

        fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> f64 {
            self.at = point.iter().zip(&self.target).map(|(p, t)| p - t).collect();
            gradient.iter_mut().zip(&self.at).for_each(|(g, x)| *g = x.tanh());
            self.at.iter().map(|x| x.abs() + (-2.0 * x.abs()).exp().ln_1p()).sum()
        }

        fn hessian_vector(&mut self, vector: &[f64], product: &mut [f64]) {
            self.hessian_diagonal(product);
            product.iter_mut().zip(vector).for_each(|(p, v)| *p *= v);
        }

        fn hessian_diagonal(&self, diagonal: &mut [f64]) {
            diagonal.iter_mut().zip(&self.at).for_each(|(d, x)| *d = x.cosh().powi(-2));
        }
    }

    /// Ends with what is written, wherever the arithmetic overflows: in the value, the gradient, the curvature or a step.
    struct Broken {
        value: f64,
        gradient: f64,
        curvature: f64,
        /// Of all points but the first, where all others hold.
        later: f64,
        evaluated: bool,
    }

    impl Objective for Broken {
        fn len(&self) -> usize {
            2
        }

        fn value_and_gradient(&mut self, _: &[f64], gradient: &mut [f64]) -> f64 {
            gradient.fill(self.gradient);
            if std::mem::replace(&mut self.evaluated, true) { self.later } else { self.value }
        }

        fn hessian_vector(&mut self, _: &[f64], product: &mut [f64]) {
            product.fill(self.curvature);
        }

        fn hessian_diagonal(&self, diagonal: &mut [f64]) {
            diagonal.fill(if self.curvature.is_finite() { self.curvature } else { 1.0 });
        }
    }

    #[test]
    fn what_overflows_is_never_converged() {
        let (inf, nan) = (f64::INFINITY, f64::NAN);
        let end = |value, gradient, curvature, later| {
            let mut broken = Broken { value, gradient, curvature, later, evaluated: false };
            minimize(&mut broken, &mut [0.0; 2], Limits::new(100, 1e-6), L1::NONE, 0)
        };
        for (value, gradient, curvature) in [
            (inf, 1.0, 1.0),
            (nan, 1.0, 1.0),
            (1.0, inf, 1.0),
            (1.0, nan, 1.0),
            (1.0, 1e200, 1.0),
            (1.0, 1.0, inf),
            (1.0, 1.0, nan),
        ] {
            let outcome = end(value, gradient, curvature, 1.0);
            assert_eq!(
                outcome,
                Outcome { n_iter: 0, converged: false, overflowed: true },
                "{value} {gradient} {curvature}"
            );
            assert!(outcome.check("this").is_err());
        }
        // No part of the step, however small, leads to a number.
        for later in [inf, nan] {
            let outcome = end(1.0, -1.0, 1.0, later);
            assert!(!outcome.converged && outcome.n_iter == 0, "{outcome:?}");
        }
    }

    /// With every size of working sets: products alone, one number at a time, all.
    #[test]
    fn an_l1_penalty_shrinks_to_zero() {
        let target = vec![3.0, -0.5, 1.0, 0.1, -4.0, 0.0];
        let mut objective = LnCosh { target: target.clone(), at: Vec::new() };
        for (strength, penalized) in [(0.3, 6), (0.3, 2), (0.9, 6), (2.0, 6), (2.0, 0)] {
            let l1 = L1 { strength, penalized };
            for together in [0, 1, 2, 4, 1000] {
                let mut point = vec![0.0; 6];
                let outcome = minimize(&mut objective, &mut point, Limits::new(200, 1e-12), l1, together);
                assert!(outcome.converged, "{l1:?} {together}: {outcome:?}");
                for (j, (p, t)) in point.iter().zip(&target).enumerate() {
                    // tanh(target - x) = strength.
                    let strength = l1.strength_of(j);
                    let far = (t.abs().tanh() > strength).then(|| t.signum() * (t.abs() - strength.atanh()));
                    let expected = far.unwrap_or(0.0);
                    assert!((p - expected).abs() < 1e-9, "{l1:?} {together}: {point:?}");
                    assert!(far.is_some() || *p == 0.0, "{l1:?} {together}: {point:?}");
                }
                if strength > 1.0 && penalized == 6 {
                    assert_eq!(outcome.n_iter, 0, "no number leaves zero");
                }
                let again = minimize(&mut objective, &mut point, Limits::new(200, 0.0), l1, together);
                assert!(again.converged && again.n_iter < 9, "{again:?}");
            }
        }
        let l1 = L1 { strength: 0.1, penalized: 6 };
        assert!(!minimize(&mut objective, &mut [0.0; 6], Limits::new(1, 1e-12), l1, 9).converged);
    }

    #[test]
    fn what_overflows_with_an_l1_penalty_is_never_converged() {
        let (inf, nan) = (f64::INFINITY, f64::NAN);
        for together in [0, 9] {
            for (value, gradient, curvature, later) in [
                (inf, 1.0, 1.0, 1.0),
                (nan, 1.0, 1.0, 1.0),
                (1.0, inf, 1.0, 1.0),
                (1.0, nan, 1.0, 1.0),
                (1.0, 1.0, inf, 1.0),
                (1.0, 1.0, nan, 1.0),
                (1.0, -1.0, 1.0, inf),
                (1.0, -1.0, 1.0, nan),
            ] {
                let mut broken = Broken { value, gradient, curvature, later, evaluated: false };
                let l1 = L1 { strength: 0.1, penalized: 2 };
                let outcome = minimize(&mut broken, &mut [0.0; 2], Limits::new(100, 1e-6), l1, together);
                assert!(
                    !outcome.converged && outcome.n_iter == 0,
                    "{value} {gradient} {curvature} {later} {outcome:?}"
                );
                assert_eq!(outcome.overflowed, later == 1.0, "{value} {gradient} {curvature} {later} {together}");
            }
        }
    }

    #[test]
    fn long_steps_are_halved_until_they_descend() {
        let mut objective = LnCosh { target: vec![3.0, -0.5, 1.0, 0.0], at: Vec::new() };
        check_derivatives(&mut objective, &[0.3, 0.2, -0.4, 0.0]);
        let mut point = vec![0.0; 4];
        let outcome = minimize(&mut objective, &mut point, Limits::new(100, 1e-12), L1::NONE, 0);
        assert!(outcome.converged && outcome.n_iter > 1, "{outcome:?}");
        for (p, t) in point.iter().zip(&objective.target) {
            assert!((p - t).abs() < 1e-10);
        }
        let again = minimize(&mut objective, &mut point, Limits::new(100, 0.0), L1::NONE, 0);
        assert!(again.converged && again.n_iter < 5, "the limit of the arithmetic is an end too: {again:?}");
        let mut point = vec![0.0; 4];
        assert!(!minimize(&mut objective, &mut point, Limits::new(1, 1e-12), L1::NONE, 0).converged);
    }
}
