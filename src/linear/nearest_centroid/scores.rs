//! Distances of rows to centroids, and the scores of classes that follow from them.

use linfa::Float;
use ndarray::{Array2, ArrayView1};

use super::centroids::Centroids;
use crate::data::{FeatureRow, FeatureRows, wide};
use crate::error::{Error, ErrorKind, Result};

impl Centroids {
    /// The scores of rows that were checked by minus the squared distance: shape (rows, classes). The largest names the
    /// nearest centroid; a class without rows has -∞. Columns are multiplied by `scale`.
    pub(super) fn nearness<X: FeatureRows>(&self, x: &X, scale: Option<&[f64]>) -> Result<Scores> {
        let mut distances = Array2::<f64>::zeros((x.nsamples(), self.seen.len()));
        let of_origin = if X::SPARSE { self.squared_norms(scale) } else { vec![0.0; self.seen.len()] };
        for (i, mut sums) in distances.rows_mut().into_iter().enumerate() {
            sums.assign(&ndarray::aview1(&of_origin));
            x.feature_row(i).for_each(|j, value| {
                let factor = scale.map_or(1.0, |scale| scale[j]);
                let (value, centroids) = (wide(value), self.by_column.row(j));
                if X::SPARSE {
                    let value = value * factor;
                    // What a value that is not 0 changes in the distance.
                    sums.iter_mut().zip(centroids).for_each(|(sum, c)| *sum += value * (value - 2.0 * factor * c));
                } else {
                    sums.iter_mut().zip(centroids).for_each(|(sum, c)| *sum += ((value - c) * factor).powi(2));
                }
            });
            if sums.iter().zip(&self.seen).any(|(sum, seen)| *seen && !sum.is_finite()) {
                return Err(Error::new(ErrorKind::NonFiniteResult { what: "distance" }).at_row(i));
            }
            // Below 0 by rounding only.
            let nearness = |(sum, seen): (&f64, &bool)| if *seen { -sum.max(0.0) } else { f64::NEG_INFINITY };
            let nearness: Vec<f64> = sums.iter().zip(&self.seen).map(nearness).collect();
            sums.assign(&ndarray::aview1(&nearness));
        }
        Ok(Scores(distances))
    }

    /// The squared distance of each centroid to the origin.
    fn squared_norms(&self, scale: Option<&[f64]>) -> Vec<f64> {
        let mut norms = vec![0.0; self.seen.len()];
        for (j, centroids) in self.by_column.rows().into_iter().enumerate() {
            let factor = scale.map_or(1.0, |scale| scale[j]);
            norms.iter_mut().zip(centroids).for_each(|(norm, c)| *norm += (factor * c).powi(2));
        }
        norms
    }

    /// The discriminant scores of rows that were checked: shape (rows, classes). -∞ for a class that cannot be.
    pub(super) fn discriminant<X: FeatureRows>(&self, x: &X, weight: f64) -> Result<Scores> {
        let mut scores = self.nearness(x, Some(&self.scale(weight)?))?;
        for mut row in scores.0.rows_mut() {
            row.iter_mut().zip(&self.log_priors).for_each(|(score, log_prior)| *score += 2.0 * log_prior);
        }
        Ok(scores)
    }
}

/// Shape (rows, classes): how well each class fits each row; -∞ if it cannot be.
pub(super) struct Scores(Array2<f64>);

impl Scores {
    /// The number of the best class of each row; the first of equal ones, as numpy's argmax.
    pub(super) fn best(&self) -> impl ExactSizeIterator<Item = usize> {
        let first = |row: ArrayView1<'_, f64>| {
            row.iter().enumerate().fold(0, |best, (k, &score)| if score > row[best] { k } else { best })
        };
        self.0.rows().into_iter().map(first)
    }

    /// Shape (rows, 1) for two classes, by how much the second is better; else all scores.
    pub(super) fn decision<F: Float>(&self) -> Result<Array2<F>> {
        if self.0.ncols() != 2 {
            return narrowed(&self.0, "decision value");
        }
        let better = |row: ArrayView1<'_, f64>| if row[0] == row[1] { 0.0 } else { row[1] - row[0] };
        let better = Array2::from_shape_fn((self.0.nrows(), 1), |(i, _)| better(self.0.row(i)));
        narrowed(&better, "decision value")
    }

    /// The logarithms of the probabilities: shape (rows, classes).
    pub(super) fn log_probabilities<F: Float>(&self) -> Result<Array2<F>> {
        narrowed(&self.normalized(), "log probability")
    }

    /// Shape (rows, classes); every row sums to 1.
    pub(super) fn probabilities<F: Float>(&self) -> Array2<F> {
        self.normalized().mapv(|log| F::cast(log.exp()))
    }

    fn normalized(&self) -> Array2<f64> {
        let mut logs = self.0.clone();
        for mut row in logs.rows_mut() {
            let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            // No class can be: none is likelier than another.
            let max = if max.is_finite() {
                max
            } else {
                row.fill(0.0);
                0.0
            };
            let sum = row.iter().map(|score| (score - max).exp()).sum::<f64>();
            // The largest is subtracted first: beside it, the logarithm of the sum may be lost in rounding.
            row.mapv_inplace(|score| (score - max) - sum.ln());
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
