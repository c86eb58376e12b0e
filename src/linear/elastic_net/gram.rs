//! Least squares from sums of squares and products.

use std::borrow::Cow;

use ndarray::Array2;

use super::descent::{LeastSquares, Quadratic};
use super::penalty::dot;
use crate::linear::moments::Moments;

/// The deviation left by rounding in a column of one value, as a share of its mean.
const ROUNDING: f64 = 8.0 * f64::EPSILON;

/// Half the mean of squared errors, of rows whose squares and products are summed up.
pub(super) struct Gram {
    /// Shape (columns, columns), over the weight; 0 on the diagonal for a column that tells nothing.
    squares: Array2<f64>,
    /// The slopes where all coefficients are 0, and where they are now.
    first_slopes: Vec<f64>,
    slopes: Vec<f64>,
    target_square: f64,
}

impl Gram {
    /// At coefficients of 0, of one target.
    pub(super) fn new(moments: &mut Moments) -> Self {
        let weight = moments.weight;
        let mut squares = std::mem::take(&mut moments.squares);
        squares.mapv_inplace(|square| square / weight);
        for (square, mean) in squares.diag_mut().into_iter().zip(&moments.mean_x) {
            if *square <= (ROUNDING * mean).powi(2) {
                *square = 0.0;
            }
        }
        let slopes: Vec<f64> = moments.products.row(0).iter().map(|product| -product / weight).collect();
        Gram { squares, first_slopes: slopes.clone(), slopes, target_square: moments.square_y[0].max(0.0) / weight }
    }
}

impl Quadratic for Gram {
    fn width(&self) -> usize {
        self.slopes.len()
    }

    fn curvature(&self, j: usize) -> f64 {
        self.squares[(j, j)]
    }

    fn slope(&self, j: usize) -> f64 {
        self.slopes[j]
    }

    fn step(&mut self, j: usize, by: f64) {
        self.slopes.iter_mut().zip(self.squares.row(j)).for_each(|(slope, square)| *slope += by * square);
    }
}

impl LeastSquares for Gram {
    fn target_square(&self) -> f64 {
        self.target_square
    }

    fn error_square(&self, coef: &[f64]) -> f64 {
        (self.target_square + dot(&self.first_slopes, coef) + dot(&self.slopes, coef)).max(0.0)
    }

    fn slopes(&self) -> Cow<'_, [f64]> {
        Cow::Borrowed(&self.slopes)
    }
}
