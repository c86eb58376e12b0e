//! Rows, what is to be learned of them, and their sample weights.

use linfa::dataset::{DatasetBase, Records};
use ndarray::ArrayView1;

use super::feature_rows::{FeatureRow, FeatureRows, non_finite_column};
use super::{Float, check_weights};
use crate::error::{Error, ErrorKind, Result};

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

/// The rows that learners of one row after the other read: those of weight above 0, among the `chosen` ones if some
/// are; `None` if that is every row. A row of weight 0 counts as absent: it is no step, and its label is not looked at.
///
/// # Errors
/// [`ErrorKind::NonFinite`] for a NaN or infinite feature of a row of weight 0, which nobody else would find.
pub(crate) fn rows_of_weight<X: FeatureRows>(
    x: &X,
    chosen: Option<&[usize]>,
    sample_weight: Option<&[f64]>,
) -> Result<Option<Vec<usize>>> {
    let Some(weights) = sample_weight.filter(|weights| weights.contains(&0.0)) else {
        return Ok(chosen.map(<[usize]>::to_vec));
    };
    let mut rows = Vec::with_capacity(weights.len());
    let mut look_at = |i: usize| {
        if weights[i] > 0.0 {
            rows.push(i);
            return Ok(());
        }
        check_finite(x.feature_row(i)).map_err(|error| error.at_row(i))
    };
    match chosen {
        Some(chosen) => chosen.iter().try_for_each(|&i| look_at(i))?,
        None => (0..weights.len()).try_for_each(look_at)?,
    }
    Ok(Some(rows))
}

/// Refuses a row with a NaN or infinite feature.
#[cold]
pub(crate) fn check_finite<F: Float>(row: impl FeatureRow<F>) -> Result<()> {
    non_finite_column(row).map_or(Ok(()), |column| Err(Error::new(ErrorKind::NonFinite { column })))
}
