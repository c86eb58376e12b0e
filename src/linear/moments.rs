//! Moments of rows and targets: means, and sums of squares and products about them, which merge over chunks.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use crate::data::checked::{checked_when_read, contradiction};
use crate::data::{FeatureRow, FeatureRows, Footprint, check_model_bytes, two_sum, wide};
use crate::error::{Error, ErrorKind, Result};

/// The widest table whose products are summed up: they take 32 MiB.
pub(super) const MOST_COLUMNS: usize = 2048;
/// As many rows are multiplied at once.
const BLOCK: usize = 256;

/// All that least squares needs to know of some rows: weight, means, and the sums of squares and products about the means,
/// of one target or of several. Merging the moments of two chunks gives the moments of both.
///
/// Means are kept in two parts, of which the second is what the first is too coarse for: next to a mean of 10^12, the
/// means of two chunks differ by as little as it rounds off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(super) struct Moments {
    pub(super) weight: f64,
    pub(super) mean_x: Array1<f64>,
    pub(super) rest_x: Array1<f64>,
    /// One a target.
    pub(super) mean_y: Array1<f64>,
    pub(super) rest_y: Array1<f64>,
    /// Shape (columns, columns).
    pub(super) squares: Array2<f64>,
    /// Shape (targets, columns).
    pub(super) products: Array2<f64>,
    /// Of the targets, one each; may be beyond what floats hold, which least squares does not mind.
    pub(super) square_y: Array1<f64>,
}

checked_when_read!(Moments, serialize: [], deserialize: []);

impl Moments {
    fn check_read(&self) -> Result<()> {
        let (n, targets) = (self.mean_x.len(), self.mean_y.len());
        let rests = (self.rest_x.len(), self.rest_y.len(), self.square_y.len()) == (n, targets, targets);
        if n > MOST_COLUMNS || self.squares.dim() != (n, n) || self.products.dim() != (targets, n) || !rests {
            return Err(contradiction(format!("the sums of squares and products are not of {n} columns")));
        }
        let numbers = self.mean_x.iter().chain(&self.squares).chain(&self.products).chain(&self.mean_y);
        let numbers = numbers.chain([&self.weight]);
        match numbers.into_iter().all(|number| number.is_finite()) && self.weight > 0.0 {
            true => Ok(()),
            false => Err(contradiction("the sums of squares and products are no finite numbers of rows of a weight")),
        }
    }
}

impl Moments {
    /// Refuses tables whose normal equations are too many.
    pub(super) fn check_columns(columns: usize) -> Result<()> {
        let what = "the normal equations of Averaged (Summed fits any number)";
        match columns > MOST_COLUMNS {
            true => Err(Error::new(ErrorKind::TooManyColumns { found: columns, most: MOST_COLUMNS, what })),
            false => Ok(()),
        }
    }

    /// The moments of rows, each of this weight, which are read twice: for the means, and for what deviates from them.
    /// `target` gives the targets of each of them by number, of which there are `n_targets`.
    pub(super) fn of_rows<X: FeatureRows>(
        x: &X,
        (rows, weights): (&[usize], &[f64]),
        n_targets: usize,
        target: impl Fn(usize, usize) -> f64,
        estimator: &'static str,
    ) -> Result<Self> {
        let columns = x.nfeatures();
        check_model_bytes(estimator, &[(columns, "columns"), (columns, "columns")], size_of::<f64>())?;
        check_model_bytes(estimator, &[(n_targets, "targets"), (columns.max(BLOCK), "columns")], size_of::<f64>())?;
        let weight: f64 = weights.iter().sum();
        let (mut mean_x, mut mean_y) = (Array1::<f64>::zeros(columns), Array1::<f64>::zeros(n_targets));
        for (row, (&i, w)) in rows.iter().zip(weights).enumerate() {
            x.feature_row(i).for_each(|j, v| mean_x[j] += w / weight * wide(v));
            mean_y.iter_mut().enumerate().for_each(|(t, mean)| *mean += w / weight * target(row, t));
        }
        let (mut squares, mut products) = (Array2::zeros((columns, columns)), Array2::zeros((n_targets, columns)));
        let (mut rest_x, mut rest_y) = (Array1::<f64>::zeros(columns), Array1::<f64>::zeros(n_targets));
        let mut square_y = Array1::<f64>::zeros(n_targets);
        let mut block = Array2::zeros((BLOCK, columns));
        for (number, (rows, weights)) in rows.chunks(BLOCK).zip(weights.chunks(BLOCK)).enumerate() {
            let mut block = block.slice_axis_mut(Axis(0), (0..rows.len()).into());
            let roots: Array1<f64> = weights.iter().map(|w| w.sqrt()).collect();
            for (k, &i) in rows.iter().enumerate() {
                let mut row = block.row_mut(k);
                row.assign(&mean_x);
                row.mapv_inplace(|mean| -mean);
                x.feature_row(i).for_each(|j, v| row[j] += wide(v));
                row *= roots[k];
            }
            let error = |(t, k): (usize, usize)| roots[k] * (target(number * BLOCK + k, t) - mean_y[t]);
            let errors = Array2::from_shape_fn((n_targets, rows.len()), error);
            squares += &block.t().dot(&block);
            add_products(&mut products, &errors, &block.view());
            rest_x += &block.t().dot(&roots);
            for ((rest, square), errors) in rest_y.iter_mut().zip(&mut square_y).zip(errors.rows()) {
                *rest += roots.dot(&errors);
                *square += errors.fold(0.0, |sum, error| sum + error * error);
            }
        }
        // What the means are off, and the sums with them: they are about these means, not yet about the true ones.
        rest_x /= weight;
        rest_y /= weight;
        add_outer(&mut squares, &rest_x, -weight);
        add_scaled(&mut products, &rest_x, rest_y.iter().map(|rest| -weight * rest));
        square_y.iter_mut().zip(&rest_y).for_each(|(square, rest)| *square -= weight * rest * rest);
        let moments = Moments { weight, mean_x, rest_x, mean_y, rest_y, squares, products, square_y };
        moments.check(estimator).map(|()| moments)
    }

    /// The number of targets.
    pub(super) fn n_targets(&self) -> usize {
        self.mean_y.len()
    }

    /// The same rows with other targets: target `t` is what target `origin[t]` was, or of this value in all rows.
    pub(super) fn with_targets(self, origin: &[Option<usize>], value: f64) -> Self {
        let of = |numbers: &Array1<f64>, new: f64| origin.iter().map(|t| t.map_or(new, |t| numbers[t])).collect();
        let (mean_y, rest_y, square_y) = (of(&self.mean_y, value), of(&self.rest_y, 0.0), of(&self.square_y, 0.0));
        let mut products = Array2::zeros((origin.len(), self.mean_x.len()));
        for (mut row, own) in products.rows_mut().into_iter().zip(origin) {
            own.iter().for_each(|&t| row.assign(&self.products.row(t)));
        }
        Moments { mean_y, rest_y, products, square_y, ..self }
    }

    /// Of both (Chan, Golub and LeVeque 1983).
    pub(super) fn merge(mut self, other: Self) -> Result<Self> {
        if self.mean_x.len() != other.mean_x.len() {
            return Err(Error::shape("columns", self.mean_x.len(), other.mean_x.len()));
        }
        if self.n_targets() != other.n_targets() {
            return Err(Error::shape("targets", self.n_targets(), other.n_targets()));
        }
        let weight = self.weight + other.weight;
        let apart_x = (&other.mean_x - &self.mean_x) + (&other.rest_x - &self.rest_x);
        let apart_y = (&other.mean_y - &self.mean_y) + (&other.rest_y - &self.rest_y);
        let (scale, share) = (self.weight * (other.weight / weight), other.weight / weight);
        self.squares += &other.squares;
        add_outer(&mut self.squares, &apart_x, scale);
        self.products += &other.products;
        add_scaled(&mut self.products, &apart_x, apart_y.iter().map(|apart| scale * apart));
        self.square_y += &other.square_y;
        self.square_y.iter_mut().zip(&apart_y).for_each(|(square, apart)| *square += scale * apart * apart);
        let of_x = self.mean_x.iter_mut().zip(&mut self.rest_x).zip(&apart_x);
        let of_y = self.mean_y.iter_mut().zip(&mut self.rest_y).zip(&apart_y);
        for ((mean, rest), apart) in of_x.chain(of_y) {
            (*mean, *rest) = two_sum(*mean, *rest + share * apart);
        }
        self.weight = weight;
        Ok(self)
    }

    /// Refuses sums beyond what floats hold.
    pub(super) fn check(&self, estimator: &'static str) -> Result<()> {
        // Means that overflowed leave no product finite.
        let own = self.mean_y.iter().chain([&self.weight]);
        match own.chain(&self.squares).chain(&self.products).all(|sum| sum.is_finite()) {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::Diverged { estimator })),
        }
    }

    /// Sums about zero, not about the means; the means stay.
    pub(super) fn about_zero(mut self) -> Self {
        add_outer(&mut self.squares, &self.mean_x, self.weight);
        let scales = self.mean_y.iter().map(|mean| self.weight * mean);
        add_scaled(&mut self.products, &self.mean_x, scales);
        self.square_y.iter_mut().zip(&self.mean_y).for_each(|(square, mean)| *square += self.weight * mean * mean);
        self
    }

    /// The intercepts with which these coefficients, of shape (targets, columns), predict the mean of the targets.
    pub(super) fn intercepts(&self, coef: &Array2<f64>) -> Array1<f64> {
        let Moments { mean_x, rest_x, mean_y, rest_y, .. } = self;
        let of =
            |(t, coef): (usize, ArrayView1<'_, f64>)| mean_y[t] - mean_x.dot(&coef) + (rest_y[t] - rest_x.dot(&coef));
        coef.rows().into_iter().enumerate().map(of).collect()
    }
}

/// Adds the products of the targets' deviations, shape (targets, rows), with those of the columns.
fn add_products(products: &mut Array2<f64>, errors: &Array2<f64>, block: &ArrayView2<'_, f64>) {
    if errors.nrows() == 1 {
        // A product with a vector reads the block once, and one of matrices is not worth its preparations.
        let mut products = products.row_mut(0);
        products += &block.t().dot(&errors.row(0));
    } else {
        *products += &errors.dot(block);
    }
}

/// Adds a vector to every row, scaled for each.
fn add_scaled(matrix: &mut Array2<f64>, vector: &Array1<f64>, scales: impl Iterator<Item = f64>) {
    matrix.rows_mut().into_iter().zip(scales).for_each(|(mut row, scale)| row.scaled_add(scale, vector));
}

fn add_outer(matrix: &mut Array2<f64>, vector: &Array1<f64>, scale: f64) {
    for (mut row, v) in matrix.rows_mut().into_iter().zip(vector) {
        row.scaled_add(scale * v, vector);
    }
}

impl Footprint for Moments {
    fn heap_bytes(&self) -> usize {
        let numbers = self.squares.len() + self.products.len() + 2 * self.mean_x.len() + 3 * self.mean_y.len();
        numbers * size_of::<f64>()
    }
}
