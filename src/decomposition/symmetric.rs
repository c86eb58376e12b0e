//! Eigenvalues of symmetric matrices, and signs of vectors.

use linfa_linalg::eigh::EighInto;
use ndarray::{Array2, ArrayViewMut1, Axis};

use crate::error::{Error, Result};

/// The eigenvalues of a symmetric positive semidefinite matrix that are more than rounding errors of
/// the largest, descending, and their eigenvectors, one a column.
pub(super) fn eigenpairs(matrix: Array2<f64>) -> Result<(Vec<f64>, Array2<f64>)> {
    let rounding = matrix.nrows() as f64 * f64::EPSILON;
    let (values, vectors) = all_eigenpairs(matrix)?;
    let least = rounding * values.first().copied().unwrap_or(0.0);
    let kept: Vec<usize> = (0..values.len()).filter(|&k| values[k] > least).collect();
    Ok((kept.iter().map(|&k| values[k]).collect(), vectors.select(Axis(1), &kept)))
}

/// All eigenvalues of a symmetric matrix, descending, and their eigenvectors, one a column.
pub(super) fn all_eigenpairs(matrix: Array2<f64>) -> Result<(Vec<f64>, Array2<f64>)> {
    if matrix.is_empty() {
        return Ok((Vec::new(), matrix));
    }
    let (values, vectors) = matrix.eigh_into().map_err(Error::from_estimator)?;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    Ok((order.iter().map(|&k| values[k]).collect(), vectors.select(Axis(1), &order)))
}

/// Makes the entry of largest absolute value positive, of equals the first (scikit-learn's `svd_flip`).
pub(super) fn flip_sign(mut vector: ArrayViewMut1<'_, f64>) {
    let largest =
        vector.iter().fold(0.0f64, |largest, &entry| if entry.abs() > largest.abs() { entry } else { largest });
    if largest < 0.0 {
        vector.mapv_inplace(|entry| -entry);
    }
}
