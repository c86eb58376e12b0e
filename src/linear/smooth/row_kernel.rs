//! The products of sparse rows with each other: `X·Xᵀ` times a vector, column by column.

use super::design::sparse_dot;
use crate::data::{Float, wide};

/// Sparse rows by columns, for products of all rows with each other.
///
/// A column's values are read once, multiplied with the vector and then added to the product, while both vectors, of a number a
/// row, stay in the first cache. Columns are ordered by the number of their values, so that loops of equal length follow each
/// other; those with a single value need no loop, for they multiply a row with itself.
#[derive(Debug)]
pub(in crate::linear) struct RowKernel<F> {
    /// For each row, the sum of the squares of its values that are alone in their columns.
    alone: Vec<f64>,
    /// The end of each other column.
    ends: Vec<usize>,
    rows: Vec<u32>,
    values: Vec<F>,
}

impl<F: Float> RowKernel<F> {
    /// Of rows that lie one after the other, in columns from 0 to `width` - 1.
    pub(super) fn new(starts: &[usize], indices: &[u32], values: &[F], width: usize) -> Self {
        let n_rows = starts.len() - 1;
        let mut counts = vec![0_usize; width];
        indices.iter().for_each(|&j| counts[j as usize] += 1);
        let mut columns_of_count = vec![0_usize; n_rows + 1];
        counts.iter().for_each(|&count| columns_of_count[count] += 1);
        // Columns of few values first; those of equal counts in their order.
        let (mut ends, mut next_of_count, mut n_shared) = (Vec::new(), vec![0_usize; n_rows + 1], 0);
        for count in 2..=n_rows {
            next_of_count[count] = n_shared;
            for _ in 0..columns_of_count[count] {
                n_shared += count;
                ends.push(n_shared);
            }
        }
        let mut places = vec![ALONE; width];
        for (place, &count) in places.iter_mut().zip(&counts).filter(|(_, count)| **count > 1) {
            *place = next_of_count[count];
            next_of_count[count] += count;
        }
        let mut kernel =
            RowKernel { alone: vec![0.0; n_rows], ends, rows: vec![0; n_shared], values: vec![F::zero(); n_shared] };
        for (i, span) in starts.windows(2).enumerate() {
            for (&j, &x) in indices[span[0]..span[1]].iter().zip(&values[span[0]..span[1]]) {
                let place = &mut places[j as usize];
                if *place == ALONE {
                    kernel.alone[i] += wide(x) * wide(x);
                } else {
                    (kernel.rows[*place], kernel.values[*place]) = (i as u32, x);
                    *place += 1;
                }
            }
        }
        kernel
    }

    /// Writes the product with a vector, each of a number a row.
    pub(super) fn multiply(&self, vector: &[f64], product: &mut [f64]) {
        product.iter_mut().zip(vector).zip(&self.alone).for_each(|((p, v), square)| *p = square * v);
        let mut start = 0;
        for &end in &self.ends {
            let (rows, values) = (&self.rows[start..end], &self.values[start..end]);
            let sum = sparse_dot(rows, values, vector);
            rows.iter().zip(values).for_each(|(&i, &x)| product[i as usize] += wide(x) * sum);
            start = end;
        }
    }
}

/// Stands for a column with one value.
const ALONE: usize = usize::MAX;

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2};
    use proptest::prelude::*;

    use crate::data::Csr;
    use crate::linear::newton::{L1, Limits, Objective, minimize};
    use crate::linear::smooth::{
        Design, Intercept, Logistic, MarginLoss, PointLoss, Problem, SparseDesign, Squared, Tweedie,
    };

    /// Rows of which many values are zero, and fewer than columns.
    fn rows() -> impl Strategy<Value = Array2<f64>> {
        let value = prop_oneof![2 => Just(0.0), 1 => -2.0..2.0];
        (1_usize..12, 13_usize..40).prop_flat_map(move |(n, width)| {
            let values = prop::collection::vec(value.clone(), n * width);
            values.prop_map(move |values| Array2::from_shape_vec((n, width), values).unwrap())
        })
    }

    fn sparse(x: &Array2<f64>) -> SparseDesign<f64> {
        SparseDesign::gather(&Csr::from_dense(x).unwrap(), &(0..x.nrows()).collect::<Vec<_>>()).0
    }

    fn agree(loss: impl PointLoss, x: &Array2<f64>, targets: &[f64], intercept: Intercept, alpha: f64) {
        let design = sparse(x);
        let Some(kernel) = design.kernel() else { return };
        let n = x.nrows();
        let share: Vec<f64> = (0..n).map(|i| (i + 1) as f64 / (n * (n + 1) / 2) as f64).collect();
        let problem = || Problem { rows: &design, share: &share, alpha, intercept };
        let limits = Limits::new(100, 1e-11);
        let mut slow = MarginLoss::new(problem(), loss, targets);
        let (mut expected, mut found) = (vec![0.0; slow.len()], vec![0.0; slow.len()]);
        let outcome = minimize(&mut slow, &mut expected, limits, L1::NONE, 0);
        let mut fast = MarginLoss::new(problem(), loss, targets);
        let by_rows = fast.minimize_by_rows(&kernel, limits, &mut found);
        assert!(outcome.converged && by_rows.converged && !by_rows.overflowed, "{outcome:?} {by_rows:?}");
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-7 * (1.0 + expected.abs()), "{found} {expected}");
        }
        // The loss is left evaluated at the minimum.
        let (mut gradient, mut diagonals) = (vec![0.0; found.len()], [vec![0.0; found.len()], vec![0.0; found.len()]]);
        fast.hessian_diagonal(&mut diagonals[0]);
        fast.value_and_gradient(&found, &mut gradient);
        fast.hessian_diagonal(&mut diagonals[1]);
        assert!(gradient.iter().all(|g| g.abs() < 1e-8), "{gradient:?}");
        assert!(diagonals[0].iter().zip(&diagonals[1]).all(|(a, b)| (a - b).abs() < 1e-9 * (1.0 + b)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn products_are_those_of_the_rows(x in rows(), seed in any::<u64>()) {
            let Some(kernel) = sparse(&x).kernel() else { return Ok(()) };
            let vector: Array1<f64> = (0..x.nrows()).map(|i| (seed as f64 + i as f64).sin()).collect();
            let expected = x.dot(&x.t().dot(&vector));
            let mut product = vec![f64::NAN; x.nrows()];
            kernel.multiply(vector.as_slice().unwrap(), &mut product);
            for (found, expected) in product.iter().zip(&expected) {
                prop_assert!((found - expected).abs() < 1e-12 * (1.0 + expected.abs()), "{found} {expected}");
            }
        }

        #[test]
        fn minima_are_those_of_the_columns(x in rows(), classes in any::<u16>(), intercept in 0_usize..3) {
            let intercept = [Intercept::None, Intercept::Free, Intercept::Penalized][intercept];
            let n = x.nrows();
            let targets: Vec<f64> = (0..n).map(|i| if classes >> i & 1 == 1 || i == 0 { 1.0 } else { -1.0 }).collect();
            if n > 1 {
                let mut both = targets.clone();
                both[1] = -1.0;
                agree(Logistic, &x, &both, intercept, 0.05);
            }
            agree(Squared, &x, &targets, intercept, 0.3);
            let counts: Vec<f64> = (0..n).map(|i| (i % 4) as f64 + 1.0).collect();
            agree(Tweedie(1.5), &x, &counts, intercept, 0.2);
        }
    }
}
