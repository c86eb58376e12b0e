//! Log likelihoods that are linear in the features.

use ndarray::Array2;

use super::event_model::for_each_nonzero;
use crate::data::{FeatureRow, FeatureRows, Float, wide};

/// One weight a class and column, those of a column side by side: a row reads the few columns that
/// it has, and of each all classes.
#[derive(Debug)]
pub struct LogWeights {
    by_column: Vec<f64>,
    n_classes: usize,
}

impl LogWeights {
    /// From weights of shape (classes, columns).
    pub(super) fn new(weights: &Array2<f64>) -> Self {
        LogWeights { by_column: weights.t().iter().copied().collect(), n_classes: weights.nrows() }
    }

    /// The weights of column `j`, one a class.
    #[inline]
    pub(super) fn of_column(&self, j: usize) -> &[f64] {
        &self.by_column[j * self.n_classes..][..self.n_classes]
    }

    /// Whether a column that is there in the row has an infinite weight for the class.
    pub(super) fn has_infinite<F: Float>(&self, row: impl FeatureRow<F>, class: usize) -> bool {
        let mut infinite = false;
        for_each_nonzero(row, |j, _| infinite |= self.of_column(j)[class].is_infinite());
        infinite
    }

    /// Adds the product of rows and weights to `joint`, of shape (rows, classes).
    pub(super) fn add_products<X: FeatureRows>(&self, x: &X, joint: &mut Array2<f64>) {
        // Sums of known number stay in registers: two classes take a third of the time (benches/bayes.rs).
        match self.n_classes {
            2 => self.add_products_of::<2, X>(x, joint),
            3 => self.add_products_of::<3, X>(x, joint),
            4 => self.add_products_of::<4, X>(x, joint),
            _ => self.add_products_of_any(x, joint),
        }
    }

    fn add_products_of<const N: usize, X: FeatureRows>(&self, x: &X, joint: &mut Array2<f64>) {
        let (columns, _) = self.by_column.as_chunks::<N>();
        for (i, mut row) in joint.rows_mut().into_iter().enumerate() {
            let mut sums = [0.0; N];
            sums.iter_mut().zip(&row).for_each(|(sum, start)| *sum = *start);
            for_each_nonzero(x.feature_row(i), |j, value| add_scaled(&mut sums, wide(value), &columns[j]));
            row.iter_mut().zip(sums).for_each(|(all, sum)| *all = sum);
        }
    }

    fn add_products_of_any<X: FeatureRows>(&self, x: &X, joint: &mut Array2<f64>) {
        for (i, mut sums) in joint.rows_mut().into_iter().enumerate() {
            let sums = sums.as_slice_mut().expect("sums lie row by row");
            for_each_nonzero(x.feature_row(i), |j, value| add_scaled(sums, wide(value), self.of_column(j)));
        }
    }
}

#[inline]
fn add_scaled(sums: &mut [f64], scale: f64, weights: &[f64]) {
    for (sum, weight) in sums.iter_mut().zip(weights) {
        *sum += scale * weight;
    }
}

/// The logarithm of the share of a smoothed count in a total. What was not counted at all has none,
/// even if nothing was.
#[inline]
pub(super) fn log_share(count: f64, log_total: f64) -> f64 {
    if count == 0.0 { f64::NEG_INFINITY } else { count.ln() - log_total }
}

/// A function that remembers its last value: most counts are 0, and logarithms are dear.
pub(super) fn remembering(f: impl Fn(f64) -> f64) -> impl FnMut(f64) -> f64 {
    let mut last = None;
    move |x| match last {
        Some((known, value)) if known == x => value,
        _ => {
            let value = f(x);
            last = Some((x, value));
            value
        }
    }
}

/// Whether a feature is above a threshold of its own width.
#[inline]
pub(super) fn is_above<F: Float>(value: F, threshold: f64) -> bool {
    value > F::cast(threshold)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn few_classes_have_the_sums_of_many() {
        let x = Array2::from_shape_fn((5, 7), |(i, j)| ((i * 5 + j * 3) % 4) as f64 * 0.3);
        for n_classes in 1..7 {
            let weights =
                LogWeights::new(&Array2::from_shape_fn((n_classes, 7), |(k, j)| -((k + j * j) as f64).sqrt()));
            let mut any = Array2::from_elem((5, n_classes), -0.7);
            let mut chosen = any.clone();
            weights.add_products_of_any(&x, &mut any);
            weights.add_products(&x, &mut chosen);
            assert_eq!(chosen, any);
            assert!(any.iter().all(|sum| *sum < -1.0));
        }
    }
}
