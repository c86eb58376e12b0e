//! Minimising a smooth convex function by Newton's method, without its Hessian matrix.

/// A smooth convex function of `len` numbers, which can be asked for its curvature where it was
/// last evaluated.
pub(super) trait Objective {
    /// How many numbers it is a function of.
    fn len(&self) -> usize;

    /// The value at `point`; the gradient there is written to `gradient`. What follows speaks of
    /// this point.
    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> f64;

    /// The Hessian times `vector`, written to `product`.
    fn hessian_vector(&mut self, vector: &[f64], product: &mut [f64]);

    /// The diagonal of the Hessian, written to `diagonal`.
    fn hessian_diagonal(&self, diagonal: &mut [f64]);

    /// A diagonal that stands for the Hessian in the conjugate gradients: Jacobi's, unless
    /// something better is known.
    fn preconditioner(&self, diagonal: &mut [f64]) {
        self.hessian_diagonal(diagonal);
    }
}

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The most Newton steps.
    pub max_iter: usize,
    /// The gradient's norm at the end, relative to that at the start.
    pub tol: f64,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Outcome {
    /// The Newton steps taken.
    pub n_iter: usize,
    /// Whether the tolerance, or the limit of the arithmetic, was reached.
    pub converged: bool,
}

/// A step must gain this share of what the slope promises (Armijo's condition).
const SUFFICIENT: f64 = 1e-4;
/// A gain this small, relative to the value, drowns in rounding.
const ROUNDING: f64 = 1e-13;
/// Steps shorter than 2^-40 of Newton's gain nothing that could be told from rounding.
const MAX_HALVINGS: usize = 40;

/// Moves `point` to the minimum; the objective is left evaluated there.
///
/// Each step is solved for by conjugate gradients with a diagonal preconditioner, as roughly as the
/// distance from the minimum allows, and then halved until it descends (a truncated Newton method:
/// Dembo and Steihaug 1983; for linear classifiers Lin, Weng and Keerthi 2008, and Hsia, Chiang and
/// Lin 2018 for the preconditioner). The convergence is faster than linear, so more digits cost
/// little.
pub(super) fn minimize(objective: &mut impl Objective, point: &mut [f64], limits: Limits) -> Outcome {
    let n = objective.len();
    let mut work = Work::new(n);
    let (mut gradient, mut trial) = (vec![0.0; n], vec![0.0; n]);
    let mut trial_gradient = vec![0.0; n];
    let mut value = objective.value_and_gradient(point, &mut gradient);
    let start = norm(&gradient);
    let mut size = start;
    for n_iter in 0..limits.max_iter {
        if size <= limits.tol * start {
            return Outcome { n_iter, converged: true };
        }
        // Dembo and Steihaug's forcing term: rough far away, superlinear near the minimum.
        work.solve(objective, &gradient, (size / start).sqrt().min(0.25));
        let slope = dot(&gradient, &work.step);
        let mut length = 1.0;
        let mut descends = false;
        for _ in 0..MAX_HALVINGS {
            for ((t, &p), &s) in trial.iter_mut().zip(&*point).zip(&work.step) {
                *t = p + length * s;
            }
            let trial_value = objective.value_and_gradient(&trial, &mut trial_gradient);
            let trial_size = norm(&trial_gradient);
            // Where values cannot tell any more, the gradient still can.
            let promised = length * slope;
            let blind = -promised <= ROUNDING * value.abs();
            if (blind && trial_size < size) || (!blind && trial_value <= value + SUFFICIENT * promised) {
                (value, size, descends) = (trial_value, trial_size, true);
                break;
            }
            if blind {
                break;
            }
            length *= 0.5;
        }
        if !descends {
            objective.value_and_gradient(point, &mut gradient);
            return Outcome { n_iter, converged: slope.is_finite() };
        }
        point.copy_from_slice(&trial);
        std::mem::swap(&mut gradient, &mut trial_gradient);
    }
    Outcome { n_iter: limits.max_iter, converged: size <= limits.tol * start }
}

/// The vectors of the conjugate gradients, allocated once.
struct Work {
    step: Vec<f64>,
    inverse_diagonal: Vec<f64>,
    residual: Vec<f64>,
    search: Vec<f64>,
    product: Vec<f64>,
}

impl Work {
    fn new(n: usize) -> Self {
        let zeros = || vec![0.0; n];
        Work { step: zeros(), inverse_diagonal: zeros(), residual: zeros(), search: zeros(), product: zeros() }
    }

    /// Sets `step` to Hessian⁻¹ · -`gradient`, up to a residual of `forcing` times the gradient.
    fn solve(&mut self, objective: &mut impl Objective, gradient: &[f64], forcing: f64) {
        let Work { step, inverse_diagonal, residual, search, product } = self;
        objective.preconditioner(inverse_diagonal);
        for d in inverse_diagonal.iter_mut() {
            // A flat direction (no penalty, a column of zeros) has no gradient either.
            *d = if *d > 0.0 { d.recip() } else { 1.0 };
        }
        step.fill(0.0);
        let mut rz = 0.0;
        for (((r, s), &g), &d) in residual.iter_mut().zip(search.iter_mut()).zip(gradient).zip(&*inverse_diagonal) {
            *r = -g;
            *s = -g * d;
            rz += g * g * d;
        }
        let target = forcing * forcing * rz;
        // In exact arithmetic as many rounds as there are numbers are enough.
        for round in 0..step.len().max(10) {
            objective.hessian_vector(search, product);
            let curvature = dot(search, product);
            if curvature <= f64::MIN_POSITIVE {
                if round == 0 {
                    step.copy_from_slice(search);
                }
                return;
            }
            let length = rz / curvature;
            let mut next_rz = 0.0;
            for ((((t, r), &s), &p), &d) in
                step.iter_mut().zip(residual.iter_mut()).zip(&*search).zip(&*product).zip(&*inverse_diagonal)
            {
                *t += length * s;
                *r -= length * p;
                next_rz += *r * *r * d;
            }
            if next_rz <= target || next_rz == 0.0 {
                return;
            }
            let keep = next_rz / rz;
            rz = next_rz;
            for ((s, &r), &d) in search.iter_mut().zip(&*residual).zip(&*inverse_diagonal) {
                *s = r * d + keep * *s;
            }
        }
    }
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
    pub fn check_derivatives(objective: &mut impl Objective, point: &[f64]) {
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
    }

    /// The slow obvious twin: plain gradient descent with halving.
    pub fn descend(objective: &mut impl Objective, point: &mut [f64], steps: usize) {
        let n = objective.len();
        let (mut gradient, mut next) = (vec![0.0; n], vec![0.0; n]);
        let mut length = 1.0;
        for _ in 0..steps {
            let value = objective.value_and_gradient(point, &mut gradient);
            loop {
                let trial: Vec<f64> = point.iter().zip(&gradient).map(|(p, g)| p - length * g).collect();
                let gain = value - objective.value_and_gradient(&trial, &mut next);
                if gain >= 0.3 * length * dot(&gradient, &gradient) || length < 1e-12 {
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

    #[test]
    fn long_steps_are_halved_until_they_descend() {
        let mut objective = LnCosh { target: vec![3.0, -0.5, 1.0, 0.0], at: Vec::new() };
        check_derivatives(&mut objective, &[0.3, 0.2, -0.4, 0.0]);
        let mut point = vec![0.0; 4];
        let outcome = minimize(&mut objective, &mut point, Limits { max_iter: 100, tol: 1e-12 });
        assert!(outcome.converged && outcome.n_iter > 1, "{outcome:?}");
        for (p, t) in point.iter().zip(&objective.target) {
            assert!((p - t).abs() < 1e-10);
        }
        let again = minimize(&mut objective, &mut point, Limits { max_iter: 100, tol: 0.0 });
        assert!(again.converged && again.n_iter < 5, "the limit of the arithmetic is an end too: {again:?}");
        let mut point = vec![0.0; 4];
        assert!(!minimize(&mut objective, &mut point, Limits { max_iter: 1, tol: 1e-12 }).converged);
    }
}
