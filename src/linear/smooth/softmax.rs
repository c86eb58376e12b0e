//! Softmax cross entropy of three or more classes.

use super::design::Design;
use super::problem::{Loss, NOWHERE, Problem, positions, soften};
use crate::linear::newton::{Objective, triangle_len};

/// `Σ share · (ln Σ exp(margins) - margin of the class) + alpha/2 |w|²`, one coefficient a column
/// and class; interleaved as [`Design`] says, the intercepts last.
pub(in crate::linear) struct SoftmaxLoss<'a, D> {
    problem: Problem<'a, D>,
    /// The number of each row's class.
    class_of: &'a [u32],
    classes: usize,
    /// The probability of each class in each row, where last evaluated.
    proba: Vec<f64>,
    /// One number a class.
    change: Vec<f64>,
    intercept: Vec<f64>,
}

impl<'a, D: Design> SoftmaxLoss<'a, D> {
    /// Of a problem with so many classes.
    pub(crate) fn new(problem: Problem<'a, D>, class_of: &'a [u32], classes: usize) -> Self {
        let proba = vec![0.0; problem.rows.n_rows() * classes];
        SoftmaxLoss { problem, class_of, classes, proba, change: vec![0.0; classes], intercept: vec![0.0; classes] }
    }

    /// Where the coefficients end and the intercepts, if any, begin.
    fn split(&self) -> usize {
        self.problem.rows.width() * self.classes
    }

    /// The intercepts of `vector`, or zeros.
    fn load_intercept(&mut self, vector: &[f64]) {
        match &vector[self.split()..] {
            [] => self.intercept.fill(0.0),
            given => self.intercept.copy_from_slice(given),
        }
    }
}

impl<D: Design> Objective for SoftmaxLoss<'_, D> {
    fn len(&self) -> usize {
        self.problem.blocks() * self.classes
    }

    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> f64 {
        self.load_intercept(point);
        let (k, split) = (self.classes, self.split());
        let Problem { rows, share, .. } = self.problem;
        let mut value = self.problem.penalize(k, point, gradient);
        for (i, proba) in self.proba.chunks_exact_mut(k).enumerate() {
            proba.copy_from_slice(&self.intercept);
            rows.dots(i, &point[..split], proba);
            let own = self.class_of[i] as usize;
            let (max, margin) = (proba.iter().copied().fold(f64::NEG_INFINITY, f64::max), proba[own]);
            proba.iter_mut().for_each(|p| *p = (*p - max).exp());
            let sum: f64 = proba.iter().sum();
            value += share[i] * (sum.ln() + max - margin);
            for (c, (p, change)) in proba.iter_mut().zip(&mut self.change).enumerate() {
                *p /= sum;
                *change = share[i] * (*p - f64::from(u8::from(c == own)));
            }
            rows.add_outer(i, &self.change, gradient);
            gradient[split..].iter_mut().zip(&self.change).for_each(|(g, c)| *g += c);
        }
        value
    }

    fn hessian_vector(&mut self, vector: &[f64], product: &mut [f64]) {
        self.load_intercept(vector);
        let (k, split) = (self.classes, self.split());
        let Problem { rows, share, .. } = self.problem;
        self.problem.penalize(k, vector, product);
        for (i, proba) in self.proba.chunks_exact(k).enumerate() {
            self.change.copy_from_slice(&self.intercept);
            rows.dots(i, &vector[..split], &mut self.change);
            let mean: f64 = proba.iter().zip(&self.change).map(|(p, c)| p * c).sum();
            for (change, p) in self.change.iter_mut().zip(proba) {
                *change = share[i] * p * (*change - mean);
            }
            rows.add_outer(i, &self.change, product);
            product[split..].iter_mut().zip(&self.change).for_each(|(p, c)| *p += c);
        }
    }

    fn hessian_diagonal(&self, diagonal: &mut [f64]) {
        self.data_diagonal(diagonal);
        self.problem.penalize_diagonal(self.classes, diagonal);
    }

    fn hessian_of(&mut self, set: &[u32], triangle: &mut [f64]) {
        let (k, split, positions) = (self.classes, self.split(), positions(set, self.len()));
        let Problem { rows, share, .. } = self.problem;
        triangle.fill(0.0);
        // Position, class and value of each number of a row that is in the set.
        let mut members: Vec<(usize, usize, f64)> = Vec::with_capacity(set.len());
        for (i, proba) in self.proba.chunks_exact(k).enumerate() {
            members.clear();
            let mut add = |first: usize, x: f64| {
                let places = positions[first..first + k].iter().enumerate();
                let inside = places.filter(|(_, position)| **position != NOWHERE);
                members.extend(inside.map(|(c, &position)| (position as usize, c, x)));
            };
            rows.for_each(i, |j, x| add(j * k, x));
            if split < positions.len() {
                add(split, 1.0);
            }
            for (last, &(a, c, x)) in members.iter().enumerate() {
                let (scale, row) = (share[i] * proba[c] * x, &mut triangle[triangle_len(a)..][..=a]);
                for &(b, other, y) in &members[..=last] {
                    let own = if c == other { 1.0 } else { 0.0 };
                    row[b] += scale * (own - proba[other]) * y;
                }
            }
        }
        self.problem.penalize_triangle(k, set, triangle);
    }

    fn preconditioner(&self, diagonal: &mut [f64]) {
        self.hessian_diagonal(diagonal);
        if D::SPARSE {
            soften(diagonal);
        }
    }
}

impl<D: Design> Loss for SoftmaxLoss<'_, D> {
    fn data_diagonal(&self, diagonal: &mut [f64]) {
        let (k, split) = (self.classes, self.split());
        let Problem { rows, share, .. } = self.problem;
        diagonal.fill(0.0);
        let mut curvature = vec![0.0; k];
        for (i, proba) in self.proba.chunks_exact(k).enumerate() {
            curvature.iter_mut().zip(proba).for_each(|(c, p)| *c = share[i] * p * (1.0 - p));
            rows.for_each(i, |j, x| {
                for (d, c) in diagonal[j * k..(j + 1) * k].iter_mut().zip(&curvature) {
                    *d += c * x * x;
                }
            });
            diagonal[split..].iter_mut().zip(&curvature).for_each(|(d, c)| *d += c);
        }
    }

    fn memory(&mut self) -> &mut Vec<f64> {
        &mut self.proba
    }
}

/// Adds the same number to a column's coefficients of all classes so that they sum to zero. That
/// changes no probability; the penalty, where there is one, has done it already.
pub(in crate::linear) fn center(point: &mut [f64], classes: usize) {
    for block in point.chunks_exact_mut(classes) {
        let mean = block.iter().sum::<f64>() / classes as f64;
        block.iter_mut().for_each(|w| *w -= mean);
    }
}
