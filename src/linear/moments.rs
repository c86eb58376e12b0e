//! Moments of rows and targets: means, and sums of squares and products about them, which merge over chunks.

use ndarray::{Array1, Array2, Axis};
use serde::{Deserialize, Serialize};

use crate::data::checked::{checked_when_read, contradiction};
use crate::data::{FeatureRow, FeatureRows, two_sum, wide};
use crate::error::{Error, ErrorKind, Result};

/// The widest table whose products are summed up: they take 32 MiB.
pub(super) const MOST_COLUMNS: usize = 2048;
/// As many rows are multiplied at once.
const BLOCK: usize = 256;

/// All that least squares needs to know of some rows: weight, means, and the sums of squares and products about the
/// means. Merging those of two chunks gives those of both.
///
/// Means are in two parts, of which the second is what the first is too coarse for: next to a mean of 10^12, the
/// means of two chunks differ by as little as it rounds off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(super) struct Moments {
    pub weight: f64,
    pub mean_x: Array1<f64>,
    pub rest_x: Array1<f64>,
    pub mean_y: f64,
    pub rest_y: f64,
    /// Shape (columns, columns).
    pub squares: Array2<f64>,
    pub products: Array1<f64>,
    /// Of the targets; may be beyond what floats hold, which least squares does not mind.
    pub square_y: f64,
}

checked_when_read!(Moments, serialize: [], deserialize: []);

impl Moments {
    fn check_read(&self) -> Result<()> {
        let n = self.mean_x.len();
        if n > MOST_COLUMNS || self.squares.dim() != (n, n) || self.products.len() != n {
            return Err(contradiction(format!("the sums of squares and products are not of {n} columns")));
        }
        let numbers = self.mean_x.iter().chain(&self.squares).chain(&self.products).chain([&self.mean_y, &self.weight]);
        match numbers.into_iter().all(|number| number.is_finite()) && self.weight > 0.0 {
            true => Ok(()),
            false => Err(contradiction("the sums of squares and products are no finite numbers of rows of a weight")),
        }
    }
}

impl Moments {
    /// Those of rows, each of this weight, which are read twice: for the means, and for what deviates from them.
    pub(super) fn of_rows<X: FeatureRows>(x: &X, targets: &[f64], rows: &[usize], weights: &[f64]) -> Self {
        let columns = x.nfeatures();
        let weight: f64 = weights.iter().sum();
        let (mut mean_x, mut mean_y) = (Array1::<f64>::zeros(columns), 0.0);
        for ((&i, w), y) in rows.iter().zip(weights).zip(targets) {
            x.feature_row(i).for_each(|j, v| mean_x[j] += w / weight * wide(v));
            mean_y += w / weight * y;
        }
        let (mut squares, mut products) = (Array2::zeros((columns, columns)), Array1::zeros(columns));
        let (mut rest_x, mut rest_y, mut square_y) = (Array1::zeros(columns), 0.0, 0.0);
        let mut block = Array2::zeros((BLOCK, columns));
        for ((rows, weights), targets) in rows.chunks(BLOCK).zip(weights.chunks(BLOCK)).zip(targets.chunks(BLOCK)) {
            let mut block = block.slice_axis_mut(Axis(0), (0..rows.len()).into());
            let roots: Array1<f64> = weights.iter().map(|w| w.sqrt()).collect();
            let mut errors = Array1::zeros(rows.len());
            for (k, (&i, y)) in rows.iter().zip(targets).enumerate() {
                let mut row = block.row_mut(k);
                row.assign(&mean_x);
                row.mapv_inplace(|mean| -mean);
                x.feature_row(i).for_each(|j, v| row[j] += wide(v));
                row *= roots[k];
                errors[k] = roots[k] * (y - mean_y);
            }
            squares += &block.t().dot(&block);
            products += &block.t().dot(&errors);
            rest_x += &block.t().dot(&roots);
            rest_y += errors.dot(&roots);
            square_y += errors.dot(&errors);
        }
        // What the means are off, and the sums with them: they are about these means, not yet about the true ones.
        rest_x /= weight;
        rest_y /= weight;
        add_outer(&mut squares, &rest_x, -weight);
        products.scaled_add(-weight * rest_y, &rest_x);
        square_y -= weight * rest_y * rest_y;
        Moments { weight, mean_x, rest_x, mean_y, rest_y, squares, products, square_y }
    }

    /// Of both (Chan, Golub and LeVeque 1983).
    pub(super) fn merge(mut self, other: Self) -> Result<Self> {
        if self.mean_x.len() != other.mean_x.len() {
            return Err(Error::shape("columns", self.mean_x.len(), other.mean_x.len()));
        }
        let weight = self.weight + other.weight;
        let apart_x = (&other.mean_x - &self.mean_x) + (&other.rest_x - &self.rest_x);
        let apart_y = (other.mean_y - self.mean_y) + (other.rest_y - self.rest_y);
        let (scale, share) = (self.weight * (other.weight / weight), other.weight / weight);
        self.squares += &other.squares;
        add_outer(&mut self.squares, &apart_x, scale);
        self.products += &other.products;
        self.products.scaled_add(scale * apart_y, &apart_x);
        self.square_y += other.square_y + scale * apart_y * apart_y;
        for ((mean, rest), apart) in self.mean_x.iter_mut().zip(&mut self.rest_x).zip(&apart_x) {
            (*mean, *rest) = two_sum(*mean, *rest + share * apart);
        }
        (self.mean_y, self.rest_y) = two_sum(self.mean_y, self.rest_y + share * apart_y);
        self.weight = weight;
        Ok(self)
    }

    /// Refuses sums of squares and products, for this estimator, that are beyond what floats hold.
    pub(super) fn check(&self, estimator: &'static str) -> Result<()> {
        // Means that overflowed leave no product finite.
        let own = [self.weight, self.mean_y];
        match own.iter().chain(&self.squares).chain(&self.products).all(|sum| sum.is_finite()) {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::Diverged { estimator })),
        }
    }

    /// The sums of squares and products about zero, not about the means; the means stay.
    pub(super) fn about_zero(mut self) -> Self {
        add_outer(&mut self.squares, &self.mean_x, self.weight);
        self.products.scaled_add(self.weight * self.mean_y, &self.mean_x);
        self.square_y += self.weight * self.mean_y * self.mean_y;
        self
    }

    /// The intercept with which these coefficients predict the mean of the targets.
    pub(super) fn intercept(&self, coef: &Array1<f64>) -> f64 {
        self.mean_y - self.mean_x.dot(coef) + (self.rest_y - self.rest_x.dot(coef))
    }

    pub(super) fn heap_bytes(&self) -> usize {
        (self.squares.len() + 3 * self.mean_x.len()) * size_of::<f64>()
    }
}

fn add_outer(matrix: &mut Array2<f64>, vector: &Array1<f64>, scale: f64) {
    for (mut row, v) in matrix.rows_mut().into_iter().zip(vector) {
        row.scaled_add(scale * v, vector);
    }
}
