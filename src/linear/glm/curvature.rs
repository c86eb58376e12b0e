//! Curvature of a regression's loss over the rows of a chunk, about their centre.

use linfa::dataset::DatasetBase;

use super::family::{WithLoss, with_loss};
use crate::data::{FeatureRow, FeatureRows, wide};
use crate::linear::LinearRegressor;
use crate::linear::average::ChunkWeight;
use crate::linear::smooth::PointLoss;

/// The curvature `c` of every row's loss at a regression, summed up over the rows.
///
/// With an intercept the columns are taken about their centre, `Σ c x / Σ c`: there a change of the intercept and one of
/// the coefficients do not make up for each other, so that they may be averaged with weights of their own.
pub(super) struct Curvature {
    /// `Σ c`.
    total: f64,
    /// One a column; zeros without an intercept.
    pub(super) center: Vec<f64>,
    /// `Σ c (x - center)²`, one a column.
    squares: Vec<f64>,
}

/// The curvature of a row's loss: of a target and a margin.
struct AtMargin {
    target: f64,
    margin: f64,
}

impl WithLoss for AtMargin {
    type Output = f64;

    fn call(self, loss: impl PointLoss) -> f64 {
        loss.at(self.target, self.margin).2
    }
}

impl Curvature {
    /// Over these rows of a chunk, whose targets and weights are given in the same order.
    pub(super) fn of_rows<X: FeatureRows, T>(
        chunk: &DatasetBase<X, T>,
        (rows, targets, weights): (&[usize], &[f64], &[f64]),
        (power, fit_intercept): (f64, bool),
        linear: &LinearRegressor<f64>,
    ) -> Self {
        let (x, columns) = (&chunk.records, chunk.records.nfeatures());
        let of_row = |((&i, &target), weight): ((&usize, &f64), &f64)| {
            let mut margin = linear.intercept();
            x.feature_row(i).for_each(|j, v| margin += wide(v) * linear.coef()[j]);
            (i, weight * with_loss(power, AtMargin { target, margin }))
        };
        let curvatures: Vec<(usize, f64)> = rows.iter().zip(targets).zip(weights).map(of_row).collect();
        let total: f64 = curvatures.iter().map(|(_, c)| c).sum();
        let (mut center, mut squares) = (vec![0.0; columns], vec![0.0; columns]);
        if !fit_intercept || total <= 0.0 {
            curvatures.iter().for_each(|&(i, c)| x.feature_row(i).for_each(|j, v| squares[j] += c * wide(v) * wide(v)));
            return Curvature { total, center, squares };
        }
        // Of the rows that store a value in a column; the others have a zero there.
        let mut stored = vec![0.0; columns];
        for &(i, c) in &curvatures {
            let share = c / total;
            x.feature_row(i).for_each(|j, v| {
                center[j] += share * wide(v);
                stored[j] += c;
            });
        }
        for &(i, c) in &curvatures {
            x.feature_row(i).for_each(|j, v| squares[j] += c * (wide(v) - center[j]).powi(2));
        }
        for ((square, center), stored) in squares.iter_mut().zip(&center).zip(stored) {
            *square += (total - stored).max(0.0) * center * center;
        }
        Curvature { total, center, squares }
    }

    /// The weight of each coefficient in these columns, and of the intercept.
    pub(super) fn chunk_weight(&self, columns: &[u32]) -> ChunkWeight {
        let coef = columns.iter().map(|&j| self.squares[j as usize]).collect();
        ChunkWeight::Each { coef, intercept: vec![self.total] }
    }

    /// `Σ c`, the weight of the intercept and of the centre.
    pub(super) fn total(&self) -> f64 {
        self.total
    }
}
