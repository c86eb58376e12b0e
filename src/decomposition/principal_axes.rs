//! The directions in which rows vary most.

use linfa::Float;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use crate::data::wide;
#[cfg(feature = "persist")]
use crate::error::Error;
use crate::error::Result;
use crate::linear::FeatureRows;
use crate::preprocessing::check_columns;

/// The directions in which centred rows vary most, orthogonal to each other, most varying first; what
/// [`Pca`](super::Pca) and [`IncrementalPca`](super::IncrementalPca) learn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrincipalAxes {
    pub(super) n_rows: usize,
    pub(super) mean: Array1<f64>,
    pub(super) components: Array2<f64>,
    pub(super) singular_values: Array1<f64>,
    /// The sum of the variances of all columns.
    pub(super) total_variance: f64,
    pub(super) noise_variance: f64,
}

impl PrincipalAxes {
    /// How many rows they were learned from (scikit-learn's `n_samples_seen_`).
    pub fn n_rows(&self) -> usize {
        self.n_rows
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

    /// The variance in the direction of each axis, with `n - 1` in the denominator (scikit-learn's
    /// `explained_variance_`).
    pub fn explained_variance(&self) -> Array1<f64> {
        self.singular_values.mapv(|value| value * value / (self.n_rows as f64 - 1.0))
    }

    /// The [variances](Self::explained_variance) as shares of that of all columns (scikit-learn's
    /// `explained_variance_ratio_`).
    pub fn explained_variance_ratio(&self) -> Array1<f64> {
        self.explained_variance() / self.total_variance
    }

    /// The mean of the variances in all directions left out (scikit-learn's `noise_variance_`).
    pub fn noise_variance(&self) -> f64 {
        self.noise_variance
    }

    /// Refuses parts that do not fit together, as a file may have them.
    #[cfg(feature = "persist")]
    pub(super) fn check_parts(&self) -> Result<()> {
        check_columns(self.mean.len(), self.components.ncols())?;
        if self.components.nrows() != self.singular_values.len() {
            return Err(Error::shape("components", self.singular_values.len(), self.components.nrows()));
        }
        Ok(())
    }

    /// Rows in terms of the axes: shape (rows, components); divided by the standard deviation of each
    /// if they are to be `whiten`ed.
    pub(super) fn project<F: Float>(&self, rows: &Array2<F>, whiten: bool) -> Result<Array2<F>> {
        check_columns(self.mean.len(), rows.ncols())?;
        rows.check_finite()?;
        let mut projected = (rows.mapv(wide) - &self.mean).dot(&self.components.t());
        if whiten {
            // An axis of no variance would be divided by nothing (scikit-learn's rule).
            projected /= &self.explained_variance().mapv(|variance| variance.sqrt().max(f64::EPSILON));
        }
        Ok(projected.mapv(F::cast))
    }
}

/// The mean of every column, and the sum of its squared distances from it.
pub(super) fn moments(rows: &Array2<f64>) -> (Array1<f64>, Array1<f64>) {
    let mean = rows.sum_axis(Axis(0)) / rows.nrows() as f64;
    let squares = (rows - &mean).mapv(|apart| apart * apart).sum_axis(Axis(0));
    (mean, squares)
}
