//! Means and variances, class by class.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::event_model::{for_each_nonzero, rearranged};
use crate::data::wide;
use crate::linear::FeatureRows;

/// The weight, the mean and the sum of squared deviations from it, of every class and column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    pub(super) weight: Vec<f64>,
    /// Shape (classes, columns).
    pub(super) mean: Array2<f64>,
    /// Shape (classes, columns).
    pub(super) deviations: Array2<f64>,
}

impl Moments {
    pub(super) fn zeros(n_classes: usize, columns: usize) -> Self {
        let zeros = Array2::zeros((n_classes, columns));
        Moments { weight: vec![0.0; n_classes], mean: zeros.clone(), deviations: zeros }
    }

    /// Whether they are those of so many classes and columns.
    #[cfg(feature = "persist")]
    pub(super) fn are_whole(&self, n_classes: usize, columns: usize) -> bool {
        let shape = (n_classes, columns);
        (self.weight.len(), self.mean.dim(), self.deviations.dim()) == (n_classes, shape, shape)
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
        for (i, k, w) in rows {
            for_each_nonzero(x.feature_row(i), |j, value| {
                all.deviations[(k, j)] += w * (wide(value) - all.mean[(k, j)]).powi(2);
            });
        }
        for ((k, j), deviations) in all.deviations.indexed_iter_mut() {
            *deviations += (all.weight[k] - nonzero[(k, j)]).max(0.0) * all.mean[(k, j)].powi(2);
        }
        all
    }

    /// Whether no sum is beyond what floats hold.
    pub(super) fn are_finite(&self) -> bool {
        self.weight.iter().chain(&self.mean).chain(&self.deviations).all(|sum| sum.is_finite())
    }

    pub(super) fn rearrange(&mut self, origin: &[Option<usize>]) {
        self.weight = origin.iter().map(|old| old.map_or(0.0, |old| self.weight[old])).collect();
        self.mean = rearranged(&self.mean, origin);
        self.deviations = rearranged(&self.deviations, origin);
    }

    /// Adds those of other rows, whose class `k` is class `to[k]` here.
    ///
    /// Chan, Golub and LeVeque, *Updating Formulae and a Pairwise Algorithm for Computing Sample
    /// Variances*, 1979; scikit-learn's `_update_mean_variance`.
    pub(super) fn merge(&mut self, other: &Self, to: &[usize]) {
        for (k, &class) in to.iter().enumerate() {
            let (old, new) = (self.weight[class], other.weight[k]);
            if new == 0.0 {
                continue;
            }
            let total = old + new;
            self.weight[class] = total;
            for j in 0..self.mean.ncols() {
                let (mean, new_mean) = (&mut self.mean[(class, j)], other.mean[(k, j)]);
                let apart = if old == 0.0 { 0.0 } else { new * old / total * (*mean - new_mean).powi(2) };
                self.deviations[(class, j)] += other.deviations[(k, j)] + apart;
                *mean = if old == 0.0 { new_mean } else { (new * new_mean + old * *mean) / total };
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
