//! Means and variances, class by class.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::event_model::{for_each_nonzero, rearranged};
use crate::data::{FeatureRows, Twofold, wide};
use crate::error::{Error, ErrorKind, Result};

/// The weight, the mean and the sum of squared deviations from it, of every class and column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Moments {
    pub(super) weight: Vec<f64>,
    /// Shape (classes, columns).
    pub(super) mean: Array2<f64>,
    /// Shape (classes, columns).
    pub(super) deviations: Array2<f64>,
    /// The digits of the mean beyond those of a float. A file of an earlier version has none.
    #[serde(default)]
    mean_rest: Array2<f64>,
}

impl Moments {
    pub(super) fn zeros(n_classes: usize, columns: usize) -> Self {
        let zeros = Array2::zeros((n_classes, columns));
        Moments { weight: vec![0.0; n_classes], mean: zeros.clone(), deviations: zeros.clone(), mean_rest: zeros }
    }

    /// Whether they are those of so many classes and columns.
    pub(super) fn are_whole(&self, n_classes: usize, columns: usize) -> bool {
        let shape = (n_classes, columns);
        (self.weight.len(), self.mean.dim(), self.deviations.dim()) == (n_classes, shape, shape)
            && (self.mean_rest.is_empty() || self.mean_rest.dim() == shape)
            && self.weight.iter().chain(&self.deviations).all(|number| *number >= 0.0 && number.is_finite())
            && self.mean.iter().chain(&self.mean_rest).all(|number| number.is_finite())
    }

    /// Refuses sums that have overflowed.
    pub(super) fn check_overflow(&self, estimator: &'static str) -> Result<()> {
        let is_beyond = |column: &usize| {
            let (mean, deviations) = (self.mean.column(*column), self.deviations.column(*column));
            mean.iter().chain(deviations).any(|number| !number.is_finite())
        };
        if !self.weight.iter().all(|weight| weight.is_finite()) {
            return Err(Error::new(ErrorKind::Diverged { estimator }));
        }
        if self.mean.iter().chain(&self.deviations).all(|number| number.is_finite()) {
            return Ok(());
        }
        let column = (0..self.mean.ncols()).find(is_beyond).unwrap_or(0);
        Err(Error::new(ErrorKind::Overflow { estimator, column }))
    }

    /// The mean with all of its digits.
    fn whole_mean(&self, class: usize, column: usize) -> Twofold {
        let low = self.mean_rest.get((class, column)).copied().unwrap_or(0.0);
        Twofold { high: self.mean[(class, column)], low }
    }

    /// Those of some rows, each given as its number, its class and its weight. Reads them twice: squares minus the
    /// square of the mean would lose the digits of a small variance.
    pub(super) fn of_rows<X: FeatureRows>(
        x: &X,
        n_classes: usize,
        rows: impl Iterator<Item = (usize, usize, f64)> + Clone,
    ) -> Self {
        let mut all = Moments::zeros(n_classes, x.nfeatures());
        // The weight of the values that are not 0; the others deviate all by the same.
        let mut nonzero = all.mean.clone();
        for (i, k, w) in rows.clone() {
            all.weight[k] += w;
            for_each_nonzero(x.feature_row(i), |j, value| {
                all.mean[(k, j)] += w * wide(value);
                nonzero[(k, j)] += w;
            });
        }
        for (mut mean, &weight) in all.mean.rows_mut().into_iter().zip(&all.weight) {
            if weight > 0.0 {
                mean /= weight;
            }
        }
        // Where the mean is large, a float has no digits left for what it is: what the values are above it on average
        // is the rest of it.
        let mut above = Array2::<f64>::zeros(all.mean.dim());
        for (i, k, w) in rows {
            for_each_nonzero(x.feature_row(i), |j, value| {
                let apart = wide(value) - all.mean[(k, j)];
                above[(k, j)] += w * apart;
                all.deviations[(k, j)] += w * apart.powi(2);
            });
        }
        for ((k, j), deviations) in all.deviations.indexed_iter_mut() {
            let (weight, mean) = (all.weight[k], all.mean[(k, j)]);
            let zeros = (weight - nonzero[(k, j)]).max(0.0);
            *deviations += zeros * mean.powi(2);
            if weight > 0.0 {
                let rest = (above[(k, j)] - zeros * mean) / weight;
                *deviations -= weight * rest * rest;
                // By rounding; a NaN stays one.
                if *deviations < 0.0 {
                    *deviations = 0.0;
                }
                let whole = Twofold { high: mean, low: 0.0 }.plus(rest);
                (all.mean[(k, j)], all.mean_rest[(k, j)]) = (whole.high, whole.low);
            }
        }
        all
    }

    pub(super) fn rearrange(&mut self, origin: &[Option<usize>]) {
        self.weight = origin.iter().map(|old| old.map_or(0.0, |old| self.weight[old])).collect();
        self.mean = rearranged(&self.mean, origin);
        self.deviations = rearranged(&self.deviations, origin);
        if !self.mean_rest.is_empty() {
            self.mean_rest = rearranged(&self.mean_rest, origin);
        }
    }

    /// Adds those of other rows, whose class `k` is class `to[k]` here.
    ///
    /// Chan, Golub and LeVeque, *Updating Formulae and a Pairwise Algorithm for Computing Sample
    /// Variances*, 1979; scikit-learn's `_update_mean_variance`.
    pub(super) fn merge(&mut self, other: &Self, to: &[usize]) {
        if self.mean_rest.dim() != self.mean.dim() {
            self.mean_rest = Array2::zeros(self.mean.dim());
        }
        for (k, &class) in to.iter().enumerate() {
            let (old, new) = (self.weight[class], other.weight[k]);
            if new == 0.0 {
                continue;
            }
            let total = old + new;
            self.weight[class] = total;
            for j in 0..self.mean.ncols() {
                let new_mean = other.whole_mean(k, j);
                let (mean, apart) = match old == 0.0 {
                    true => (new_mean, 0.0),
                    false => {
                        let own = self.whole_mean(class, j);
                        let apart = new_mean.minus(own);
                        (own.plus(apart * (new / total)), new * old / total * apart.powi(2))
                    }
                };
                self.deviations[(class, j)] += other.deviations[(k, j)] + apart;
                (self.mean[(class, j)], self.mean_rest[(class, j)]) = (mean.high, mean.low);
            }
        }
    }

    /// Shape (classes, columns); 0 for a class without weight.
    pub(super) fn variance(&self) -> Array2<f64> {
        let mut variance = self.deviations.clone();
        for (mut variance, &weight) in variance.rows_mut().into_iter().zip(&self.weight) {
            if weight > 0.0 {
                variance /= weight;
            }
        }
        variance
    }
}
