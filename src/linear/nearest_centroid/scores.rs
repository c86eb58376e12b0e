//! Distances of rows to centroids, and the scores of classes that follow from them.

use ndarray::Array2;

use super::centroids::Centroids;
use crate::data::{FeatureRow, FeatureRows, wide};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::ClassScores;

impl Centroids {
    /// The scores of rows that were checked by minus the squared distance: shape (rows, classes). The largest names the
    /// nearest centroid; a class without rows has -∞. Columns are multiplied by `scale`.
    pub(super) fn nearness<X: FeatureRows>(&self, x: &X, scale: Option<&[f64]>) -> Result<ClassScores> {
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
        Ok(ClassScores(distances))
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
    pub(super) fn discriminant<X: FeatureRows>(&self, x: &X, weight: f64) -> Result<ClassScores> {
        let mut scores = self.nearness(x, Some(&self.scale(weight)?))?;
        for mut row in scores.0.rows_mut() {
            row.iter_mut().zip(&self.log_priors).for_each(|(score, log_prior)| *score += 2.0 * log_prior);
        }
        Ok(scores)
    }
}
