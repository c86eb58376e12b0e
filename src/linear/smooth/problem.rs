//! Penalized problems: the rows, weights and L2 penalty that all losses share.

use serde::{Deserialize, Serialize};

use super::design::Design;
use crate::linear::newton::{MOST_TOGETHER, Objective, triangle_len};

/// The kind of intercept: none, free, or penalized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::linear) enum Intercept {
    None,
    Free,
    Penalized,
}

/// Rows to be fitted.
pub(in crate::linear) struct Problem<'a, D> {
    pub rows: &'a D,
    /// Each row's share of all weight.
    pub share: &'a [f64],
    /// The penalty per example.
    pub alpha: f64,
    pub intercept: Intercept,
}

/// A loss that Newton's method minimises, and what is asked of it afterwards.
pub(in crate::linear) trait Loss: Objective {
    /// The diagonal of the Hessian without the penalty.
    fn data_diagonal(&self, diagonal: &mut [f64]);

    /// What it remembers of the point where it was last evaluated. Another loss of the same rows that
    /// is given it can do without evaluating.
    fn memory(&mut self) -> &mut Vec<f64>;
}

/// The Hessian's diagonal made a preconditioner for sparse rows.
///
/// Dense tables mix units, and the diagonal evens them out. In text a column's diagonal tells how
/// common the word is, and dividing by all of it lets the rare words lead: on hashed news its
/// square root takes 20 Hessian products where the diagonal takes 36 and no preconditioner 19
/// (C = 1, files of 700 documents), and 68, 119 and 65 for alpha = 1e-5. On all files together it
/// is the fastest of the three by a fifth.
pub(super) fn soften(diagonal: &mut [f64]) {
    diagonal.iter_mut().for_each(|d| *d = d.sqrt());
}

/// A penalty per example: `l2/2 · |w|² + l1 · |w|₁`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::linear) struct Penalty {
    pub l2: f64,
    pub l1: f64,
}

impl Penalty {
    /// An L2 penalty alone.
    pub(crate) fn l2(alpha: f64) -> Self {
        Penalty { l2: alpha, l1: 0.0 }
    }

    /// An elastic net: this share of `alpha` for L1, the rest for L2.
    pub(crate) fn elastic_net(alpha: f64, l1_ratio: f64) -> Self {
        Penalty { l2: alpha * (1.0 - l1_ratio), l1: alpha * l1_ratio }
    }
}

impl Intercept {
    /// The number of penalized numbers among all coefficients and as many intercepts as there are outputs.
    pub(crate) fn penalized(self, width: usize, outputs: usize) -> usize {
        (width + usize::from(self == Intercept::Penalized)) * outputs
    }
}

/// The most numbers of which the Hessian is asked for at once. A row of sparse rows has some of them only; of dense rows
/// the Hessian of many takes longer than the products that it spares.
pub(in crate::linear) fn most_together(sparse: bool, numbers: usize) -> usize {
    let worth = if sparse { MOST_TOGETHER } else { (16.0 * (numbers as f64).sqrt()) as usize };
    worth.min(MOST_TOGETHER)
}

/// The position of each number in a set: `NOWHERE` for numbers that are not in it.
pub(super) fn positions(set: &[u32], len: usize) -> Vec<u32> {
    let mut positions = vec![NOWHERE; len];
    (0..).zip(set).for_each(|(position, &j)| positions[j as usize] = position);
    positions
}

/// The position of a number that is not in the set.
pub(super) const NOWHERE: u32 = u32::MAX;

impl<D: Design> Problem<'_, D> {
    /// The columns, and one more for the intercept.
    pub(crate) fn blocks(&self) -> usize {
        self.rows.width() + usize::from(self.intercept != Intercept::None)
    }

    /// The number of penalized numbers.
    fn penalized(&self, outputs: usize) -> usize {
        self.intercept.penalized(self.rows.width(), outputs)
    }

    /// Sets `gradient` to the penalty's at `point`, and gives its value.
    pub(crate) fn penalize(&self, outputs: usize, point: &[f64], gradient: &mut [f64]) -> f64 {
        let seen = self.penalized(outputs);
        let mut squares = 0.0;
        for (g, w) in gradient[..seen].iter_mut().zip(&point[..seen]) {
            *g = self.alpha * w;
            squares += w * w;
        }
        gradient[seen..].fill(0.0);
        0.5 * self.alpha * squares
    }

    /// Adds the penalty's part to the Hessian of a set of numbers.
    pub(crate) fn penalize_triangle(&self, outputs: usize, set: &[u32], triangle: &mut [f64]) {
        penalize_triangle(self.alpha, self.penalized(outputs), set, triangle);
    }

    /// Adds the penalty's part to the Hessian's diagonal.
    pub(crate) fn penalize_diagonal(&self, outputs: usize, diagonal: &mut [f64]) {
        diagonal[..self.penalized(outputs)].iter_mut().for_each(|d| *d += self.alpha);
    }
}

/// Adds an L2 penalty on the first numbers to the lower triangle of the Hessian of a set.
pub(super) fn penalize_triangle(alpha: f64, penalized: usize, set: &[u32], triangle: &mut [f64]) {
    for (a, _) in set.iter().enumerate().filter(|(_, j)| (**j as usize) < penalized) {
        triangle[triangle_len(a) + a] += alpha;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::newton::tests::{check_derivatives, descend};
    use crate::linear::newton::{L1, Limits, minimize};
    use crate::linear::smooth::design::DenseDesign;
    use crate::linear::smooth::margin_loss::MarginLoss;
    use crate::linear::smooth::point_loss::{Logistic, Squared, Tweedie};
    use crate::linear::smooth::softmax::{SoftmaxLoss, center};
    use ndarray::Array2;

    const ROWS: usize = 12;

    fn rows() -> DenseDesign<f64> {
        let x = Array2::from_shape_fn((ROWS, 3), |(i, j)| ((i * 7 + j * 5) % 11) as f64 / 5.0 - 1.0);
        DenseDesign::gather(&x, &(0..ROWS).collect::<Vec<_>>()).0
    }

    fn shares() -> Vec<f64> {
        (0..ROWS).map(|i| (i + 1) as f64 / 78.0).collect()
    }

    fn classes(n: u32) -> Vec<u32> {
        (0..ROWS as u32).map(|i| (i * i + i / 3) % n).collect()
    }

    fn signs() -> Vec<f64> {
        classes(2).into_iter().map(|class| if class == 1 { 1.0 } else { -1.0 }).collect()
    }

    const INTERCEPTS: [Intercept; 3] = [Intercept::None, Intercept::Free, Intercept::Penalized];

    #[test]
    fn derivatives_are_those_of_finite_differences() {
        let (rows, share) = (rows(), shares());
        for intercept in INTERCEPTS {
            let problem = || Problem { rows: &rows, share: &share, alpha: 0.3, intercept };
            let point: Vec<f64> = (0..16).map(|j| (j as f64).cos()).collect();
            let two = signs();
            let mut binary = MarginLoss::new(problem(), Logistic, &two);
            let n = binary.len();
            check_derivatives(&mut binary, &point[..n]);
            check_derivatives(&mut MarginLoss::new(problem(), Squared, &two), &point[..n]);
            check_derivatives(&mut MarginLoss::new(problem(), Tweedie(1.5), &share), &point[..n]);
            let four = classes(4);
            let mut softmax = SoftmaxLoss::new(problem(), &four, 4);
            let n = softmax.len();
            check_derivatives(&mut softmax, &point[..n]);
        }
    }

    #[test]
    fn gradient_descent_ends_at_the_same_minimum() {
        let (rows, share, two, three) = (rows(), shares(), signs(), classes(3));
        for intercept in INTERCEPTS {
            let problem = || Problem { rows: &rows, share: &share, alpha: 0.05, intercept };
            agree(MarginLoss::new(problem(), Logistic, &two), 1);
            agree(MarginLoss::new(problem(), Tweedie(1.0), &share), 1);
            agree(SoftmaxLoss::new(problem(), &three, 3), 3);
        }
    }

    #[test]
    fn proximal_gradient_descent_ends_at_the_same_minimum() {
        let (rows, share, two, three) = (rows(), shares(), signs(), classes(3));
        for intercept in INTERCEPTS {
            for penalty in
                [Penalty::elastic_net(0.05, 0.4), Penalty::elastic_net(0.03, 1.0), Penalty::elastic_net(1.0, 1.0)]
            {
                let problem = || Problem { rows: &rows, share: &share, alpha: penalty.l2, intercept };
                let l1 = |outputs| L1 { strength: penalty.l1, penalized: intercept.penalized(rows.width(), outputs) };
                agree_l1(MarginLoss::new(problem(), Logistic, &two), 1, l1(1));
                agree_l1(MarginLoss::new(problem(), Squared, &two), 1, l1(1));
                agree_l1(SoftmaxLoss::new(problem(), &three, 3), 3, l1(3));
            }
        }
    }

    fn agree_l1(mut loss: impl Loss, outputs: usize, l1: L1) {
        let mut slow = vec![0.0; loss.len()];
        descend(&mut loss, l1, &mut slow, 4000);
        for together in [0, 3, 100] {
            let mut fast = vec![0.0; loss.len()];
            let outcome = minimize(&mut loss, &mut fast, Limits::new(100, 1e-10), l1, together);
            assert!(outcome.converged, "{l1:?} {together} {outcome:?}");
            if outputs > 1 && l1.penalized < fast.len() {
                center(&mut fast[l1.penalized..], outputs);
            }
            for (a, b) in fast.iter().zip(&slow) {
                assert!((a - b).abs() < 1e-6 && (*a == 0.0) == (*b == 0.0), "{together} {fast:?} {slow:?}");
            }
        }
    }

    fn agree(mut loss: impl Loss, outputs: usize) {
        let (mut fast, mut slow) = (vec![0.0; loss.len()], vec![0.0; loss.len()]);
        assert!(minimize(&mut loss, &mut fast, Limits::new(100, 1e-12), L1::NONE, 0).converged);
        descend(&mut loss, L1::NONE, &mut slow, 3000);
        if outputs > 1 {
            center(&mut fast, outputs);
        }
        for (a, b) in fast.iter().zip(&slow) {
            assert!((a - b).abs() < 1e-7, "{fast:?} {slow:?}");
        }
    }
}
