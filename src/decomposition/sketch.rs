//! Sketch of a singular value decomposition: sums over rows that a pass takes.

use ndarray::{Array2, ArrayView1, Axis};

use super::symmetric::eigenpairs;
use crate::data::{ColumnRows, FeatureRow, FeatureRows, check_model_bytes, check_weights, total_weight, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::check_columns;

/// The estimator, in errors.
const NAME: &str = "TruncatedSvd";

/// For rows `A` and a test matrix `Q` of few columns: `Aᵀ A Q` and `(A Q)ᵀ (A Q)`, and the sums that the
/// variances need. All of it is a sum over rows.
#[derive(Clone, Debug, PartialEq)]
pub struct SvdSketch {
    /// Those of a weight above 0.
    pub(super) n_rows: usize,
    /// The sum of the weights of the rows.
    pub(super) weight: f64,
    pub(super) n_features: usize,
    /// `Aᵀ A Q`, and in the last place the sum of each column of `A`.
    products: ColumnRows,
    /// `(A Q)ᵀ (A Q)`, its upper triangle.
    gram: Array2<f64>,
    /// The sum of all squared values.
    squares: f64,
}

/// The singular values and right singular vectors that a sketch tells of.
pub(super) struct RitzPairs {
    /// Descending.
    pub(super) singular_values: Vec<f64>,
    /// One vector a column of this, over the columns of the rows that have values.
    pub(super) vectors: Array2<f64>,
    /// The columns that have values.
    pub(super) columns: Vec<u32>,
    /// The mean of each of these columns.
    pub(super) means: Vec<f64>,
    /// The sum of the variances of all columns.
    pub(super) total_variance: f64,
}

impl SvdSketch {
    /// Of some rows, each counting so many times; `test_row` writes the row of the test matrix that belongs to a
    /// column.
    pub(super) fn of<X: FeatureRows>(
        x: &X,
        weights: Option<&[f64]>,
        width: usize,
        test_row: impl FnMut(usize, &mut [f64]),
    ) -> Result<Self> {
        check_weights(x.nsamples(), weights)?;
        x.check_finite()?;
        check_model_bytes(NAME, &[(x.nfeatures(), "columns")], size_of::<f64>())?;
        let columns = ColumnRows::columns_of(x);
        // The test matrix, and its products.
        let shape = [(columns.len(), "columns"), (width, "components and oversamples")];
        check_model_bytes(NAME, &shape, 2 * size_of::<f64>())?;
        check_model_bytes(NAME, &[shape[1], shape[1]], size_of::<f64>())?;
        let test = ColumnRows::new(columns, width, test_row);
        let slots = test.slots(NAME, x.nfeatures())?;
        let slot = |column| slots.of(column).expect("the columns with values were just collected");
        let mut products = ColumnRows::zeros(test.columns().to_vec(), width + 1);
        let (mut gram, mut squares, mut image) = (Array2::zeros((width, width)), 0.0, vec![0.0; width]);
        let weight_of = |i: usize| weights.map_or(1.0, |weights| weights[i]);
        for i in (0..x.nsamples()).filter(|&i| weight_of(i) > 0.0) {
            let (row, weight) = (x.feature_row(i), weight_of(i));
            image.fill(0.0);
            row.for_each(|j, value| {
                let value = wide(value);
                squares += weight * value * value;
                image.iter_mut().zip(test.row(slot(j))).for_each(|(sum, test)| *sum += value * test);
            });
            row.for_each(|j, value| {
                let value = weight * wide(value);
                let product = products.row_mut(slot(j));
                product.iter_mut().zip(&image).for_each(|(sum, image)| *sum += value * image);
                product[width] += value;
            });
            for (k, mut gram) in gram.rows_mut().into_iter().enumerate() {
                gram.iter_mut().zip(&image).skip(k).for_each(|(sum, other)| *sum += weight * image[k] * other);
            }
        }
        let n_rows = (0..x.nsamples()).filter(|&i| weight_of(i) > 0.0).count();
        let weight = total_weight(x.nsamples(), weights)?;
        Ok(SvdSketch { n_rows, weight, n_features: x.nfeatures(), products, gram, squares })
    }

    /// Of the rows of both. A part without rows says nothing, not even how many columns there are.
    pub(super) fn merge(mut self, other: Self) -> Result<Self> {
        if other.n_rows == 0 || self.n_rows == 0 {
            return Ok(if other.n_rows == 0 { self } else { other });
        }
        check_columns(self.n_features, other.n_features)?;
        self.n_rows += other.n_rows;
        self.weight += other.weight;
        self.products = self.products.add(&other.products);
        self.gram += &other.gram;
        self.squares += other.squares;
        Ok(self)
    }

    /// The best that can be said of the singular vectors, given the test matrix: those of
    /// `Y W⁻¹ Yᵀ`, where `Y = Aᵀ A Q` and `W = (A Q)ᵀ (A Q)`. That is `Bᵀ B` for the projection `B` of
    /// `A` on the range of `A Q`, by which Halko, Martinsson and Tropp (2011) end.
    pub(super) fn ritz_pairs(&self) -> Result<RitzPairs> {
        self.check_overflow()?;
        let width = self.gram.nrows();
        let all = self.products.matrix();
        let (products, sums) = all.split_at(Axis(1), width);
        let gram = Array2::from_shape_fn((width, width), |(i, j)| self.gram[(i.min(j), i.max(j))]);
        // Y W^(-1/2), whose singular values are those of A. Directions that rounding made are left out.
        let projected = products.dot(&scaled(eigenpairs(NAME, gram)?));
        let pairs = eigenpairs(NAME, projected.t().dot(&projected))?;
        let singular_values = pairs.0.iter().map(|square| square.sqrt()).collect();
        let vectors = projected.dot(&scaled(pairs));
        let n = self.weight;
        let means: Vec<f64> = sums.iter().map(|sum| sum / n).collect();
        let total_variance = self.squares / n - means.iter().map(|mean| mean * mean).sum::<f64>();
        // Below zero by rounding.
        let total_variance = total_variance.max(0.0);
        Ok(RitzPairs { singular_values, vectors, columns: self.products.columns().to_vec(), means, total_variance })
    }

    /// Refuses sums that are beyond what a float can hold, with the column whose values are the largest.
    fn check_overflow(&self) -> Result<()> {
        let sums = self.products.matrix();
        let is_beyond = |numbers: ArrayView1<'_, f64>| numbers.iter().any(|number| !number.is_finite());
        let beyond = sums.rows().into_iter().position(is_beyond);
        let gram = self.gram.iter().all(|number| number.is_finite());
        if beyond.is_none() && gram && self.squares.is_finite() {
            return Ok(());
        }
        let size = |slot: usize| sums.row(slot).iter().fold(0.0f64, |size, number| size.max(number.abs()));
        let largest = || (0..sums.nrows()).max_by(|&a, &b| size(a).total_cmp(&size(b)));
        let slot = beyond.or_else(largest).unwrap_or(0);
        let column = self.products.columns().get(slot).map_or(0, |&column| column as usize);
        Err(Error::new(ErrorKind::Overflow { estimator: NAME, column }))
    }
}

/// Eigenvectors divided by the square roots of their eigenvalues.
fn scaled((values, mut vectors): (Vec<f64>, Array2<f64>)) -> Array2<f64> {
    for (value, mut vector) in values.iter().zip(vectors.columns_mut()) {
        vector /= value.sqrt();
    }
    vectors
}
