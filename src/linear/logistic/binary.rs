//! The logistic loss of two classes.

use super::design::Design;
use super::problem::{Loss, Problem};
use crate::linear::newton::Objective;

/// `Σ share · ln(1 + exp(∓margin)) + alpha/2 |w|²`, one coefficient a column and the intercept last.
pub(super) struct BinaryLoss<'a, D> {
    problem: Problem<'a, D>,
    /// share · p(1-p) of each row, where last evaluated.
    curvature: Vec<f64>,
}

impl<'a, D: Design> BinaryLoss<'a, D> {
    /// Of a problem whose classes are 0 and 1.
    pub fn new(problem: Problem<'a, D>) -> Self {
        let curvature = vec![0.0; problem.rows.n_rows()];
        BinaryLoss { problem, curvature }
    }
}

impl<D: Design> Objective for BinaryLoss<'_, D> {
    fn len(&self) -> usize {
        self.problem.blocks()
    }

    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> f64 {
        let Problem { rows, class_of, share, .. } = self.problem;
        let width = rows.width();
        let intercept = point.get(width).copied().unwrap_or(0.0);
        let mut value = self.problem.penalize(1, point, gradient);
        let mut residuals = 0.0;
        for i in 0..rows.n_rows() {
            let margin = rows.dot(i, point) + intercept;
            let sign = if class_of[i] == 1 { 1.0 } else { -1.0 };
            let right = sign * margin;
            // exp of a negative number never overflows.
            let e = (-right.abs()).exp();
            let one = 1.0 / (1.0 + e);
            value += share[i] * ((-right).max(0.0) + e.ln_1p());
            let residual = -sign * share[i] * if right > 0.0 { e * one } else { one };
            self.curvature[i] = share[i] * e * one * one;
            rows.add_to(i, residual, gradient);
            residuals += residual;
        }
        if let Some(g) = gradient.get_mut(width) {
            *g += residuals;
        }
        value
    }

    fn hessian_vector(&mut self, vector: &[f64], product: &mut [f64]) {
        let rows = self.problem.rows;
        let width = rows.width();
        let intercept = vector.get(width).copied().unwrap_or(0.0);
        self.problem.penalize(1, vector, product);
        let mut sum = 0.0;
        for (i, &curvature) in self.curvature.iter().enumerate() {
            let change = curvature * (rows.dot(i, vector) + intercept);
            rows.add_to(i, change, product);
            sum += change;
        }
        if let Some(p) = product.get_mut(width) {
            *p += sum;
        }
    }

    fn hessian_diagonal(&self, diagonal: &mut [f64]) {
        self.data_diagonal(diagonal);
        self.problem.penalize_diagonal(1, diagonal);
    }

    fn preconditioner(&self, diagonal: &mut [f64]) {
        self.hessian_diagonal(diagonal);
        Problem::<D>::soften(diagonal);
    }
}

impl<D: Design> Loss for BinaryLoss<'_, D> {
    fn outputs(&self) -> usize {
        1
    }

    fn data_diagonal(&self, diagonal: &mut [f64]) {
        let rows = self.problem.rows;
        diagonal.fill(0.0);
        for (i, &curvature) in self.curvature.iter().enumerate() {
            rows.for_each(i, |j, x| diagonal[j] += curvature * x * x);
        }
        if let Some(d) = diagonal.get_mut(rows.width()) {
            *d = self.curvature.iter().sum();
        }
    }

    /// A single output has no direction without effect.
    fn center(&self, _point: &mut [f64]) {}
}
