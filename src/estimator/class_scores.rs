//! Class scores: the labels, decision values and probabilities that follow from one logarithm for each row and class.

use ndarray::{Array2, ArrayView1};

use crate::data::Float;
use crate::error::{Error, ErrorKind, Result};

/// Shape (rows, classes): the logarithm of how well each class fits each row, up to a number that all classes of a row share;
/// -∞ if it cannot be. Of naive Bayes these are joint probabilities.
pub(crate) struct ClassScores(pub(crate) Array2<f64>);

impl ClassScores {
    /// The number of the most probable class of each row; the first of equal ones, as numpy's argmax.
    pub(crate) fn best(&self) -> impl ExactSizeIterator<Item = usize> {
        let first = |row: ArrayView1<'_, f64>| {
            row.iter().enumerate().fold(0, |best, (k, &joint)| if joint > row[best] { k } else { best })
        };
        self.0.rows().into_iter().map(first)
    }

    /// As they are, in the rows' own width.
    pub(crate) fn values<F: Float>(&self) -> Result<Array2<F>> {
        narrowed(&self.0, "log probability")
    }

    /// The logarithms of [`probabilities`](Self::probabilities).
    pub(crate) fn log_probabilities<F: Float>(&self) -> Result<Array2<F>> {
        narrowed(&self.normalized(), "log probability")
    }

    /// Shape (rows, classes); every row sums to 1.
    pub(crate) fn probabilities<F: Float>(&self) -> Array2<F> {
        self.normalized().mapv(|log| F::cast(log.exp()))
    }

    /// Shape (rows, 1) for two classes, by how much the second fits better; else all scores, which an error calls `scores`.
    pub(crate) fn decision<F: Float>(&self, scores: &'static str) -> Result<Array2<F>> {
        if self.0.ncols() != 2 {
            return narrowed(&self.0, scores);
        }
        let odds = |row: ArrayView1<'_, f64>| if row[0] == row[1] { 0.0 } else { row[1] - row[0] };
        let odds = Array2::from_shape_fn((self.0.nrows(), 1), |(i, _)| odds(self.0.row(i)));
        narrowed(&odds, "decision value")
    }

    fn normalized(&self) -> Array2<f64> {
        let mut logs = self.0.clone();
        for mut row in logs.rows_mut() {
            let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            if max.is_infinite() {
                // Without smoothing every class may be ruled out, or several be certain: then none of
                // these is likelier than another.
                let equal = row.iter().filter(|&&joint| joint == max).count() as f64;
                row.mapv_inplace(|joint| if joint == max { -equal.ln() } else { f64::NEG_INFINITY });
            } else {
                let sum = row.iter().map(|joint| (joint - max).exp()).sum::<f64>();
                // The largest is subtracted first: beside it, the logarithm of the sum may be lost in rounding.
                row.mapv_inplace(|joint| (joint - max) - sum.ln());
            }
        }
        logs
    }
}

/// The values in another width, in which those that are finite have to be finite, too.
fn narrowed<F: Float>(values: &Array2<f64>, what: &'static str) -> Result<Array2<F>> {
    let narrow = values.mapv(F::cast);
    let odd = narrow.indexed_iter().find(|(place, narrow)| !narrow.is_finite() && values[*place].is_finite());
    match odd {
        Some(((row, _), _)) => Err(Error::new(ErrorKind::NonFiniteResult { what }).at_row(row)),
        None => Ok(narrow),
    }
}
