//! Losses of rows with one output each.

use super::design::{Design, MOST_TOGETHER};
use super::point_loss::PointLoss;
use super::problem::{Intercept, Loss, NOWHERE, Problem, positions, soften};
use super::row_kernel::RowKernel;
use crate::linear::newton::{Limits, Objective, Outcome, RowLosses, RowPenalty, minimize_by_rows, triangle_len};

/// `Σ share · loss(target, margin) + alpha/2 |w|²`, one coefficient a column and the intercept last.
pub(in crate::linear) struct MarginLoss<'a, D, P> {
    problem: Problem<'a, D>,
    loss: P,
    /// One a row.
    targets: &'a [f64],
    /// share · curvature of each row, where last evaluated.
    curvature: Vec<f64>,
}

impl<'a, D: Design, P: PointLoss> MarginLoss<'a, D, P> {
    pub(crate) fn new(problem: Problem<'a, D>, loss: P, targets: &'a [f64]) -> Self {
        let curvature = vec![0.0; problem.rows.n_rows()];
        MarginLoss { problem, loss, targets, curvature }
    }
}

/// Multiplies each row with `vector`, and adds it to `sums`, scaled by what `scale` makes of the product and of the row's
/// part of `examples`.
fn each_and_add<D: Design, T>(
    rows: &D,
    vector: &[f64],
    sums: &mut [f64],
    examples: impl IntoIterator<Item = T>,
    mut scale: impl FnMut(f64, T) -> f64,
) {
    let mut examples = examples.into_iter();
    let mut scales = [0.0; MOST_TOGETHER];
    for first in (0..rows.n_rows()).step_by(D::TOGETHER) {
        let together = first..rows.n_rows().min(first + D::TOGETHER);
        let scales = &mut scales[..together.len()];
        rows.multiply(together.clone(), vector, scales);
        for (number, example) in scales.iter_mut().zip(examples.by_ref()) {
            *number = scale(*number, example);
        }
        rows.add(together, scales, sums);
    }
}

/// Adds the products of a row's values with each other to the lower triangle of a set of `n`, of which the row has these
/// members, ascending.
fn add_products(scale: f64, members: &[usize], values: &[f64], n: usize, triangle: &mut [f64]) {
    for (last, (&a, x)) in members.iter().zip(values).enumerate() {
        let (scaled, row) = (scale * x, &mut triangle[triangle_len(a)..][..=a]);
        if members.len() == n {
            row.iter_mut().zip(values).for_each(|(h, x)| *h += scaled * x);
        } else {
            members[..=last].iter().zip(values).for_each(|(&b, x)| row[b] += scaled * x);
        }
    }
}

impl<D: Design, P: PointLoss> Objective for MarginLoss<'_, D, P> {
    fn len(&self) -> usize {
        self.problem.blocks()
    }

    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> f64 {
        let Problem { rows, share, .. } = self.problem;
        let width = rows.width();
        let intercept = point.get(width).copied().unwrap_or(0.0);
        let mut value = self.problem.penalize(1, point, gradient);
        let mut residuals = 0.0;
        let examples = self.targets.iter().zip(share).zip(&mut self.curvature);
        each_and_add(rows, point, gradient, examples, |margin, ((&target, &share), curvature_of_row)| {
            let (loss, slope, curvature) = self.loss.at(target, margin + intercept);
            value += share * loss;
            *curvature_of_row = share * curvature;
            let residual = share * slope;
            residuals += residual;
            residual
        });
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
        each_and_add(rows, vector, product, &self.curvature, |margin, &curvature| {
            let change = curvature * (margin + intercept);
            sum += change;
            change
        });
        if let Some(p) = product.get_mut(width) {
            *p += sum;
        }
    }

    fn hessian_diagonal(&self, diagonal: &mut [f64]) {
        self.data_diagonal(diagonal);
        self.problem.penalize_diagonal(1, diagonal);
    }

    fn hessian_of(&mut self, set: &[u32], triangle: &mut [f64]) {
        let rows = self.problem.rows;
        let (positions, width) = (positions(set, self.len()), rows.width());
        triangle.fill(0.0);
        let (mut members, mut values) = (Vec::with_capacity(set.len()), Vec::with_capacity(set.len()));
        for (i, &curvature) in self.curvature.iter().enumerate() {
            members.clear();
            values.clear();
            let mut add = |j: usize, x: f64| {
                if positions[j] != NOWHERE {
                    members.push(positions[j] as usize);
                    values.push(x);
                }
            };
            rows.for_each(i, &mut add);
            if width < positions.len() {
                add(width, 1.0);
            }
            add_products(curvature, &members, &values, set.len(), triangle);
        }
        self.problem.penalize_triangle(1, set, triangle);
    }

    fn preconditioner(&self, diagonal: &mut [f64]) {
        self.hessian_diagonal(diagonal);
        if D::SPARSE {
            soften(diagonal);
        }
    }
}

impl<D: Design, P: PointLoss> RowLosses for MarginLoss<'_, D, P> {
    fn evaluate(&mut self, margins: &[f64], intercept: f64, slopes: &mut [f64]) -> f64 {
        let examples = self.targets.iter().zip(self.problem.share).zip(&mut self.curvature);
        let mut value = 0.0;
        for (((&target, &share), curvature_of_row), (margin, slope_of_row)) in examples.zip(margins.iter().zip(slopes))
        {
            let (loss, slope, curvature) = self.loss.at(target, margin + intercept);
            value += share * loss;
            *curvature_of_row = share * curvature;
            *slope_of_row = share * slope;
        }
        value
    }

    fn curvatures(&self) -> &[f64] {
        &self.curvature
    }
}

impl<D: Design, P: PointLoss> MarginLoss<'_, D, P> {
    /// Minimizes the loss from zero in the space of the rows; writes the minimum to `point`.
    pub(crate) fn minimize_by_rows(
        &mut self,
        kernel: &RowKernel<D::Elem>,
        limits: Limits,
        point: &mut [f64],
    ) -> Outcome {
        let Problem { rows, alpha, intercept, .. } = self.problem;
        let intercept = match intercept {
            Intercept::None => None,
            Intercept::Free => Some(0.0),
            Intercept::Penalized => Some(alpha),
        };
        let penalty = RowPenalty { alpha, intercept };
        let multiply = |vector: &[f64], product: &mut [f64]| kernel.multiply(vector, product);
        let minimum = minimize_by_rows(self, multiply, rows.n_rows(), penalty, limits);
        point.fill(0.0);
        rows.add(0..rows.n_rows(), &minimum.of_rows, point);
        if let Some(last) = point.get_mut(rows.width()) {
            *last = minimum.intercept;
        }
        minimum.outcome
    }
}

impl<D: Design, P: PointLoss> Loss for MarginLoss<'_, D, P> {
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

    fn memory(&mut self) -> &mut Vec<f64> {
        &mut self.curvature
    }
}
