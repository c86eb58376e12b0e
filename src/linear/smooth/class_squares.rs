//! Squared errors of three or more classes: one target a class.

use super::design::Design;
use super::problem::{Loss, Problem};
use crate::linear::newton::Objective;

/// `½ Σ share · |margins - targets|² + alpha/2 |w|²`, one coefficient a column and class; interleaved as [`Design`] says,
/// the intercepts last.
pub(in crate::linear) struct ClassSquares<'a, D> {
    problem: Problem<'a, D>,
    /// The number of each row's class.
    class_of: &'a [u32],
    classes: usize,
    /// One number a class.
    margins: Vec<f64>,
    /// The curvature is the same everywhere.
    memory: Vec<f64>,
}

impl<'a, D: Design> ClassSquares<'a, D> {
    pub(in crate::linear) fn new(problem: Problem<'a, D>, class_of: &'a [u32], classes: usize) -> Self {
        ClassSquares { problem, class_of, classes, margins: vec![0.0; classes], memory: Vec::new() }
    }

    /// Adds to `sums` each row times what `scale` makes of its margins at `point` and its class, and these to the
    /// intercepts.
    fn add_rows(&mut self, point: &[f64], sums: &mut [f64], mut scale: impl FnMut(&mut [f64], usize, f64)) {
        let Problem { rows, share, .. } = self.problem;
        let split = rows.width() * self.classes;
        for (i, (share, &class)) in share.iter().zip(self.class_of).enumerate() {
            match &point[split..] {
                [] => self.margins.fill(0.0),
                intercept => self.margins.copy_from_slice(intercept),
            }
            rows.dots(i, &point[..split], &mut self.margins);
            scale(&mut self.margins, class as usize, *share);
            rows.add_outer(i, &self.margins, sums);
            sums[split..].iter_mut().zip(&self.margins).for_each(|(sum, change)| *sum += change);
        }
    }
}

impl<D: Design> Objective for ClassSquares<'_, D> {
    fn len(&self) -> usize {
        self.problem.blocks() * self.classes
    }

    fn value_and_gradient(&mut self, point: &[f64], gradient: &mut [f64]) -> f64 {
        let mut value = self.problem.penalize(self.classes, point, gradient);
        self.add_rows(point, gradient, |margins, own, share| {
            for (class, margin) in margins.iter_mut().enumerate() {
                let error = *margin - target(class == own);
                value += 0.5 * share * error * error;
                *margin = share * error;
            }
        });
        value
    }

    fn hessian_vector(&mut self, vector: &[f64], product: &mut [f64]) {
        self.problem.penalize(self.classes, vector, product);
        self.add_rows(vector, product, |margins, _, share| margins.iter_mut().for_each(|margin| *margin *= share));
    }

    fn hessian_diagonal(&self, diagonal: &mut [f64]) {
        self.data_diagonal(diagonal);
        self.problem.penalize_diagonal(self.classes, diagonal);
    }
}

impl<D: Design> Loss for ClassSquares<'_, D> {
    fn data_diagonal(&self, diagonal: &mut [f64]) {
        let Problem { rows, share, .. } = self.problem;
        let (k, split) = (self.classes, rows.width() * self.classes);
        diagonal.fill(0.0);
        for (i, share) in share.iter().enumerate() {
            // The same for all classes: the first has it, and gives it to the others.
            rows.for_each(i, |j, x| diagonal[j * k] += share * x * x);
        }
        if let Some(first) = diagonal.get_mut(split) {
            *first = share.iter().sum();
        }
        for block in diagonal.chunks_exact_mut(k) {
            let first = block[0];
            block.fill(first);
        }
    }

    fn memory(&mut self) -> &mut Vec<f64> {
        &mut self.memory
    }
}

/// The target of a class: 1 for the row's own, -1 for the others.
fn target(own: bool) -> f64 {
    if own { 1.0 } else { -1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::newton::tests::check_derivatives;
    use crate::linear::smooth::{DenseDesign, Intercept};
    use ndarray::Array2;

    #[test]
    fn derivatives_are_those_of_finite_differences() {
        let x = Array2::from_shape_fn((9, 3), |(i, j)| ((i * 7 + j * 5) % 11) as f64 / 5.0 - 1.0);
        let (rows, _) = DenseDesign::gather(&x, &(0..9).collect::<Vec<_>>());
        let share: Vec<f64> = (1..10).map(|i| f64::from(i) / 45.0).collect();
        let class_of: Vec<u32> = (0..9).map(|i| i * i % 3).collect();
        for intercept in [Intercept::None, Intercept::Free] {
            let mut loss =
                ClassSquares::new(Problem { rows: &rows, share: &share, alpha: 0.3, intercept }, &class_of, 3);
            let point: Vec<f64> = (0..loss.len()).map(|j| (j as f64).cos()).collect();
            check_derivatives(&mut loss, &point);
        }
    }
}
