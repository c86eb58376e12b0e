//! The directions in which rows vary most.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::data::checked::checked_when_read;
use crate::data::{FeatureRow, FeatureRows, Figure, Float, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{check_columns, check_numbers};

/// The directions in which centred rows vary most, orthogonal to each other, most varying first; what
/// [`Pca`](super::Pca) and [`IncrementalPca`](super::IncrementalPca) learn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct PrincipalAxes {
    pub(super) n_rows: usize,
    pub(super) mean: Array1<f64>,
    pub(super) components: Array2<f64>,
    pub(super) singular_values: Array1<f64>,
    /// The sum of the variances of all columns.
    pub(super) total_variance: f64,
    pub(super) noise_variance: f64,
    /// The sum of the weights of the rows, if they had weights.
    #[serde(default)]
    pub(super) weight: Option<f64>,
}

checked_when_read!(PrincipalAxes, serialize: [], deserialize: []);

/// A sum of squared distances from a mean as a variance, with `n - 1` in the denominator; 0 if no more than one row
/// tells of it.
pub(super) fn variance(squares: f64, weight: f64) -> f64 {
    if weight > 1.0 { squares / (weight - 1.0) } else { 0.0 }
}

impl PrincipalAxes {
    /// How many rows of a weight above 0 they were learned from (scikit-learn's `n_samples_seen_`).
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The sum of the weights of the rows; without weights their number.
    pub fn weight(&self) -> f64 {
        self.weight.unwrap_or(self.n_rows as f64)
    }

    /// The mean of every column (scikit-learn's `mean_`).
    pub fn mean(&self) -> ArrayView1<'_, f64> {
        self.mean.view()
    }

    /// The axes: shape (components, columns), each of length 1, its entry of largest absolute value
    /// positive (scikit-learn's `components_`).
    pub fn components(&self) -> ArrayView2<'_, f64> {
        self.components.view()
    }

    /// The length of the column of all centred rows in the direction of each axis, descending
    /// (scikit-learn's `singular_values_`).
    pub fn singular_values(&self) -> ArrayView1<'_, f64> {
        self.singular_values.view()
    }

    /// The variance in the direction of each axis, with `n - 1` in the denominator, where `n` is the
    /// [weight](Self::weight) of the rows (scikit-learn's `explained_variance_`); 0 for one row, where that has NaN.
    pub fn explained_variance(&self) -> Array1<f64> {
        self.singular_values.mapv(|value| variance(value * value, self.weight()))
    }

    /// The [variances](Self::explained_variance) as shares of that of all columns (scikit-learn's
    /// `explained_variance_ratio_`); 0 for columns that do not vary, where that has NaN.
    pub fn explained_variance_ratio(&self) -> Array1<f64> {
        let total = if self.total_variance > 0.0 { self.total_variance } else { 1.0 };
        self.explained_variance() / total
    }

    /// The share of the variance that all axes together explain, for whoever watches the run.
    pub(super) fn figures(&self) -> Vec<Figure> {
        vec![Figure::new("explained_variance_ratio", self.explained_variance_ratio().sum())]
    }

    /// The mean of the variances in all directions left out (scikit-learn's `noise_variance_`).
    pub fn noise_variance(&self) -> f64 {
        self.noise_variance
    }

    /// Refuses numbers that have overflowed, with the column whose sum of squares is the largest.
    pub(super) fn check_overflow(&self, estimator: &'static str, squares: &[f64]) -> Result<()> {
        if self.total_variance.is_finite() && self.singular_values.iter().all(|value| value.is_finite()) {
            return Ok(());
        }
        let column = (0..squares.len()).max_by(|&a, &b| squares[a].total_cmp(&squares[b])).unwrap_or(0);
        Err(Error::new(ErrorKind::Overflow { estimator, column }))
    }

    /// Refuses weights of several rows of which no variance follows: it is divided by their sum less one.
    pub(crate) fn check_weight(&self) -> Result<()> {
        if self.n_rows < 2 || self.weight() > 1.0 {
            return Ok(());
        }
        let expected = "a sum above 1: a row counts as often as its weight says; multiply the weights by a number";
        Err(Error::parameter("sample_weight", self.weight(), expected))
    }

    /// Refuses parts that do not fit together, as a file may have them.
    fn check_read(&self) -> Result<()> {
        check_columns(self.mean.len(), self.components.ncols())?;
        if self.components.nrows() != self.singular_values.len() {
            return Err(Error::shape("components", self.singular_values.len(), self.components.nrows()));
        }
        let is_square_root = |value: f64| value >= 0.0 && (value * value).is_finite();
        check_numbers("mean", &self.mean.to_vec(), f64::is_finite)?;
        // Rows of a matrix of orthogonal rows of length 1.
        check_numbers("components", &self.components.iter().copied().collect::<Vec<_>>(), |entry| entry.abs() < 1.1)?;
        check_numbers("singular_values", &self.singular_values.to_vec(), is_square_root)?;
        check_numbers("variance", &[self.total_variance, self.noise_variance], |v| v >= 0.0 && v.is_finite())?;
        check_numbers("weight", &[self.weight()], |weight| weight > 0.0 && weight.is_finite())
    }

    /// Rows in terms of the axes: shape (rows, components); divided by the standard deviation of each
    /// if they are to be `whiten`ed.
    pub(super) fn project<F: Float>(
        &self,
        estimator: &'static str,
        rows: &Array2<F>,
        whiten: bool,
    ) -> Result<Array2<F>> {
        check_columns(self.mean.len(), rows.ncols())?;
        rows.check_finite()?;
        let mut projected = (rows.mapv(wide) - &self.mean).dot(&self.components.t());
        if whiten {
            // An axis of no variance would be divided by nothing (scikit-learn's rule).
            projected /= &self.explained_variance().mapv(|variance| variance.sqrt().max(f64::EPSILON));
        }
        let projected = projected.mapv(F::cast);
        check_projected(estimator, rows, &projected)?;
        Ok(projected)
    }
}

/// Refuses the products of rows that are beyond what a float can hold, with the row and its largest column.
pub(super) fn check_projected<X: FeatureRows>(
    estimator: &'static str,
    rows: &X,
    projected: &Array2<X::Elem>,
) -> Result<()> {
    let overflowed = |row: ArrayView1<'_, X::Elem>| row.iter().any(|&value| !wide(value).is_finite());
    let Some(row) = projected.rows().into_iter().position(overflowed) else { return Ok(()) };
    let mut largest = (0, 0.0);
    rows.feature_row(row).for_each(|column, value| {
        if wide(value).abs() > largest.1 {
            largest = (column, wide(value).abs());
        }
    });
    Err(Error::new(ErrorKind::Overflow { estimator, column: largest.0 }).at_row(row))
}
