//! Sufficient statistics of the centroids and of the deviations from them: sums that are exact to merge.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::NAME;
use super::priors::n_seen;
use super::sums::{Sums, divided, plus, product, squared, times};
use crate::data::{FeatureRow, FeatureRows, Twofold, wide};
use crate::error::{Error, ErrorKind, Result};

/// The weight of each class, the weighted sum of each class and column, and the weighted sum of squares of each column.
///
/// Rows are added one by one, so the bits do not depend on where chunks end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Statistics {
    pub(super) class_count: Vec<f64>,
    /// Shape (classes, columns).
    sums: Sums,
    /// Shape (1, columns).
    squares: Sums,
}

/// The rows of weight above 0 and the number of each one's class, and the weights of all rows.
pub(super) struct Examples<'a, X> {
    pub(super) x: &'a X,
    /// Their numbers in `x`; `None` for all.
    pub(super) rows: Option<Vec<usize>>,
    /// Of those rows.
    pub(super) class: Vec<usize>,
    /// Of all rows of `x`.
    pub(super) weight: Option<&'a [f64]>,
}

impl Statistics {
    /// The bytes of each class and column.
    pub(super) const BYTES: usize = 2 * size_of::<f64>();

    pub(super) fn empty(columns: usize) -> Self {
        Statistics { class_count: Vec::new(), sums: Sums::zeros((0, columns)), squares: Sums::zeros((1, columns)) }
    }

    pub(super) fn columns(&self) -> usize {
        self.sums.dim().1
    }

    /// True if they are the statistics of so many classes, as a file may not have them.
    pub(super) fn are_whole(&self, n_classes: usize) -> bool {
        let is_sum = |number: f64| number >= 0.0 && number.is_finite();
        (self.class_count.len(), self.sums.dim().0) == (n_classes, n_classes)
            && self.squares.dim() == (1, self.columns())
            && self.sums.are_whole()
            && self.squares.are_whole()
            && self.class_count.iter().all(|count| is_sum(*count))
            && (0..self.columns()).all(|j| is_sum(self.squares.get(0, j).high))
    }

    /// Adds rows that were checked.
    pub(super) fn learn<X: FeatureRows>(&mut self, rows: &Examples<'_, X>) {
        for (at, &class) in rows.class.iter().enumerate() {
            let i = rows.rows.as_ref().map_or(at, |rows| rows[at]);
            let weight = rows.weight.map_or(1.0, |weight| weight[i]);
            self.class_count[class] += weight;
            rows.x.feature_row(i).for_each(|j, x| {
                let x = wide(x);
                // Sparse and dense rows give the same bits.
                if x != 0.0 {
                    self.sums.add(class, j, product(weight, x));
                    self.squares.add(0, j, times(product(x, x), weight));
                }
            });
        }
    }

    /// Puts the classes into another order: class `k` is what class `origin[k]` was, or new.
    pub(super) fn rearrange(&mut self, origin: &[Option<usize>]) {
        self.class_count = origin.iter().map(|old| old.map_or(0.0, |old| self.class_count[old])).collect();
        self.sums.rearrange(origin);
    }

    /// Adds the statistics of other rows, whose class `k` is class `to[k]` here.
    pub(super) fn merge(&mut self, other: &Self, to: &[usize]) {
        to.iter().zip(&other.class_count).for_each(|(&class, count)| self.class_count[class] += count);
        self.sums.merge(&other.sums, to);
        self.squares.merge(&other.squares, &[0]);
    }

    /// Refuses sums that are beyond what a float can hold.
    pub(super) fn check_overflow(&self) -> Result<()> {
        if !self.weight().is_finite() {
            return Err(Error::new(ErrorKind::Diverged { estimator: NAME }));
        }
        match self.sums.first_odd_column().or_else(|| self.squares.first_odd_column()) {
            Some(column) => Err(Error::new(ErrorKind::Overflow { estimator: NAME, column })),
            None => Ok(()),
        }
    }

    /// The weight of all rows.
    pub(super) fn weight(&self) -> f64 {
        self.class_count.iter().sum()
    }

    /// The degrees of freedom of the deviations within the classes; may be below 0 where weights are small.
    pub(super) fn degrees_of_freedom(&self) -> f64 {
        self.weight() - n_seen(&self.class_count) as f64
    }

    /// The mean of each class: shape (classes, columns). Zeros for a class without weight.
    pub(super) fn means(&self) -> Array2<f64> {
        let mean = |(k, j)| match self.class_count[k] {
            count if count > 0.0 => divided(self.sums.get(k, j), count).high,
            _ => 0.0,
        };
        Array2::from_shape_fn(self.sums.dim(), mean)
    }

    /// The sum over all classes of a column.
    fn sum(&self, column: usize) -> Twofold {
        (0..self.class_count.len()).fold(Twofold::default(), |sum, k| plus(sum, self.sums.get(k, column)))
    }

    /// The mean of all rows, whose weight is above 0, column by column.
    pub(super) fn mean(&self) -> Vec<f64> {
        let weight = self.weight();
        (0..self.columns()).map(|j| divided(self.sum(j), weight).high).collect()
    }

    /// The sum of squared deviations of the rows from their class's mean, column by column; 0 where `n_rows` roundings
    /// would explain it.
    pub(super) fn deviations(&self, n_rows: usize) -> Vec<f64> {
        let of_class = |j, k: usize| (self.class_count[k] > 0.0).then(|| (self.sums.get(k, j), self.class_count[k]));
        let within = |j| self.deviation(j, n_rows, (0..self.class_count.len()).filter_map(|k| of_class(j, k)));
        (0..self.columns()).map(within).collect()
    }

    /// True if no column differs between any two rows.
    pub(super) fn are_constant(&self, n_rows: usize) -> bool {
        let weight = self.weight();
        (0..self.columns()).all(|j| self.deviation(j, n_rows, [(self.sum(j), weight)]) == 0.0)
    }

    /// The sum of squared deviations of a column from the means of groups of rows, given by their sums and weights.
    fn deviation(&self, column: usize, n_rows: usize, groups: impl IntoIterator<Item = (Twofold, f64)>) -> f64 {
        let squares = self.squares.get(0, column);
        let left = groups.into_iter().fold(squares, |left, (sum, weight)| {
            let of_mean = times(squared(divided(sum, weight)), weight);
            plus(left, Twofold { high: -of_mean.high, low: -of_mean.low })
        });
        let (left, rounding) = (left.high + left.low, 8.0 * f64::EPSILON.powi(2) * n_rows as f64 * squares.high);
        if left > rounding || left.is_nan() { left } else { 0.0 }
    }
}
