//! Eigenvalues of symmetric matrices, and signs of vectors.

use linfa_linalg::eigh::EighInto;
use linfa_linalg::svd::{SVDInto, SvdSort};
use ndarray::{Array1, Array2, ArrayViewMut1, Axis};

use crate::error::{Error, ErrorKind, Result};

/// The eigenvalues of a symmetric positive semidefinite matrix that are more than rounding errors of
/// the largest, descending, and their eigenvectors, one a column.
pub(super) fn eigenpairs(estimator: &'static str, matrix: Array2<f64>) -> Result<(Vec<f64>, Array2<f64>)> {
    let rounding = matrix.nrows() as f64 * f64::EPSILON;
    let (values, vectors) = all_eigenpairs(estimator, matrix)?;
    let least = rounding * values.first().copied().unwrap_or(0.0);
    let kept: Vec<usize> = (0..values.len()).filter(|&k| values[k] > least).collect();
    Ok((kept.iter().map(|&k| values[k]).collect(), vectors.select(Axis(1), &kept)))
}

/// All eigenvalues of a symmetric matrix, descending, and their eigenvectors, one a column.
pub(super) fn all_eigenpairs(estimator: &'static str, matrix: Array2<f64>) -> Result<(Vec<f64>, Array2<f64>)> {
    if matrix.is_empty() {
        return Ok((Vec::new(), matrix));
    }
    let (matrix, scale) = scaled(estimator, matrix)?;
    let (values, vectors) = matrix.eigh_into().map_err(Error::from_estimator)?;
    let values = values * scale;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    Ok((order.iter().map(|&k| values[k]).collect(), vectors.select(Axis(1), &order)))
}

/// The singular values of a matrix, descending, and its right singular vectors, one a row.
pub(super) fn singular_pairs(estimator: &'static str, matrix: Array2<f64>) -> Result<(Array1<f64>, Array2<f64>)> {
    let (matrix, scale) = scaled(estimator, matrix)?;
    let (_, values, vectors) = matrix.svd_into(false, true).map_err(Error::from_estimator)?.sort_svd_desc();
    Ok((values * scale, vectors.expect("vectors were asked for")))
}

/// The matrix divided by a number, and that: one unless the matrix has numbers whose squares are beyond what a float
/// can hold, or all are so small that theirs are 0. The algorithms run for ever on what is not finite, so that is
/// refused.
fn scaled(estimator: &'static str, matrix: Array2<f64>) -> Result<(Array2<f64>, f64)> {
    let mut largest = 0.0f64;
    for ((_, column), entry) in matrix.indexed_iter() {
        if !entry.is_finite() {
            return Err(Error::new(ErrorKind::Overflow { estimator, column }));
        }
        largest = largest.max(entry.abs());
    }
    if largest == 0.0 || (1e-100..1e100).contains(&largest) {
        return Ok((matrix, 1.0));
    }
    // In two steps, as the inverse of the smallest numbers is beyond what a float can hold.
    let root = largest.sqrt();
    Ok((matrix.mapv(|entry| entry / root / root), largest))
}

/// Makes the entry of largest absolute value positive, of equals the first (scikit-learn's `svd_flip`).
pub(super) fn flip_sign(mut vector: ArrayViewMut1<'_, f64>) {
    let largest =
        vector.iter().fold(0.0f64, |largest, &entry| if entry.abs() > largest.abs() { entry } else { largest });
    if largest < 0.0 {
        vector.mapv_inplace(|entry| -entry);
    }
}
