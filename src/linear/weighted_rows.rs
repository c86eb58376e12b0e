//! Rows, what is to be learned of them, and how much each counts.

use linfa::dataset::{DatasetBase, Records};
use ndarray::ArrayView1;

use super::feature_rows::FeatureRows;
use crate::error::{Error, Result};

/// A data set's own weights, if it has any.
pub(crate) fn weights_of<R: Records, T>(dataset: &DatasetBase<R, T>) -> Option<Vec<f64>> {
    (!dataset.weights.is_empty()).then(|| dataset.weights.iter().map(|&weight| f64::from(weight)).collect())
}

/// Refuses labels, or values, and weights that do not fit the rows.
pub(crate) fn check_rows<X: FeatureRows, L>(x: &X, y: &ArrayView1<'_, L>, sample_weight: Option<&[f64]>) -> Result<()> {
    if y.len() != x.nsamples() {
        return Err(Error::shape("labels", x.nsamples(), y.len()));
    }
    check_weights(x.nsamples(), sample_weight)
}

/// Refuses weights that do not fit so many rows.
pub(crate) fn check_weights(n_rows: usize, sample_weight: Option<&[f64]>) -> Result<()> {
    let Some(weights) = sample_weight else { return Ok(()) };
    if weights.len() != n_rows {
        return Err(Error::shape("sample weights", n_rows, weights.len()));
    }
    match weights.iter().position(|weight| !(*weight >= 0.0 && weight.is_finite())) {
        Some(i) => Err(Error::parameter("sample_weight", weights[i], "a finite number of 0 or more").at_row(i)),
        None => Ok(()),
    }
}
