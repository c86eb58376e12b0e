//! Sample weights: how often each row counts.

use linfa::dataset::{DatasetBase, Records};

use crate::error::{Error, Result};

/// Refuses weights that are not one for each row, or of which one is negative, NaN or infinite.
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

/// The sample weights of a data set, of shape `(n_rows,)`, checked; `None` if it has none, or if all are 1. For estimators
/// of your own: a row of weight 0 counts as absent, one of weight 2 as two rows.
///
/// ```
/// use chunkfit::data::checked_weights;
/// use chunkfit::linfa::DatasetBase;
/// use chunkfit::ndarray::array;
///
/// let rows = DatasetBase::from(array![[1.0], [2.0]]);
/// assert_eq!(checked_weights(&rows)?, None);
/// assert_eq!(checked_weights(&rows.clone().with_weights(array![1.0, 2.5]))?, Some(vec![1.0, 2.5]));
/// assert!(checked_weights(&rows.with_weights(array![1.0, -1.0])).is_err());
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// # Errors
/// - [`ShapeMismatch`](crate::ErrorKind::ShapeMismatch): weights that are not one for each row.
/// - [`InvalidParameter`](crate::ErrorKind::InvalidParameter): a weight that is negative, NaN or infinite, with the row.
pub fn checked_weights<R: Records, T>(dataset: &DatasetBase<R, T>) -> Result<Option<Vec<f64>>> {
    if dataset.weights.is_empty() {
        return Ok(None);
    }
    let weights: Vec<f64> = dataset.weights.iter().map(|&weight| f64::from(weight)).collect();
    check_weights(dataset.records.nsamples(), Some(&weights))?;
    Ok(weights.iter().any(|weight| *weight != 1.0).then_some(weights))
}

/// Refuses weights other than 1, for what has no use for them: they are never ignored silently.
pub(crate) fn refuse_weights(sample_weight: Option<&[f64]>, expected: &'static str) -> Result<()> {
    let Some(weights) = sample_weight else { return Ok(()) };
    match weights.iter().position(|weight| *weight != 1.0) {
        Some(i) => Err(Error::parameter("sample_weight", weights[i], expected).at_row(i)),
        None => Ok(()),
    }
}

/// The sum of the weights of so many rows; that of rows without weights is their number.
///
/// # Errors
/// A sum that is beyond what a float can hold (kind `InvalidParameter`, name `sample_weight`).
pub(crate) fn total_weight(n_rows: usize, sample_weight: Option<&[f64]>) -> Result<f64> {
    let Some(weights) = sample_weight else { return Ok(n_rows as f64) };
    let total: f64 = weights.iter().sum();
    if total.is_finite() {
        return Ok(total);
    }
    Err(Error::parameter("sample_weight", total, "weights whose sum is finite: divide them by a large number"))
}

/// The numbers of the rows whose weight is above 0; `None` if that is all of them. A row of weight 0 counts as absent.
pub(crate) fn present_rows(sample_weight: Option<&[f64]>) -> Option<Vec<usize>> {
    let weights = sample_weight.filter(|weights| weights.contains(&0.0))?;
    Some((0..weights.len()).filter(|&i| weights[i] > 0.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use ndarray::{Array1, Array2, array};

    #[test]
    fn bad_weights_are_refused_with_their_row() {
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            let error = check_weights(2, Some(&[1.0, bad])).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "sample_weight", .. }));
            assert_eq!(error.place().row, Some(1));
        }
        assert!(matches!(check_weights(2, Some(&[1.0])).unwrap_err().kind(), ErrorKind::ShapeMismatch { .. }));
        assert!(total_weight(2, Some(&[1e308, 1e308])).is_err());
        assert_eq!(refuse_weights(Some(&[1.0, 2.0]), "1").unwrap_err().place().row, Some(1));
    }

    #[test]
    fn weights_of_one_are_no_weights() {
        let data = |weights: Array1<f32>| DatasetBase::from(Array2::<f64>::zeros((2, 1))).with_weights(weights);
        assert_eq!(checked_weights(&data(array![])).unwrap(), None);
        assert_eq!(checked_weights(&data(array![1.0, 1.0])).unwrap(), None);
        assert_eq!(checked_weights(&data(array![1.0, 0.0])).unwrap(), Some(vec![1.0, 0.0]));
        assert!(checked_weights(&data(array![1.0])).is_err());
        assert_eq!(present_rows(Some(&[1.0, 0.0, 2.0])), Some(vec![0, 2]));
        assert_eq!((present_rows(Some(&[1.0])), present_rows(None)), (None, None));
    }
}
