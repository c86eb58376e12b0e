//! The mean and the variance of a column.

use super::column_states::ColumnState;
use crate::data::Twofold;

/// The weight, the mean and the sum of the squared distances from the mean of some values: sums that lose no digits
/// where the mean is large (Chan, Golub and LeVeque 1983), the mean having twice the digits of a float.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    weight: f64,
    mean: Twofold,
    squares: f64,
}

impl Moments {
    /// Those of a column whose rows have so much weight together: what was not stored is zero.
    pub(super) fn with_zeros(&self, weight: f64) -> Self {
        let mut all = self.clone();
        // Not below zero by rounding.
        all.merge(&Moments { weight: (weight - self.weight).max(0.0), ..Moments::default() });
        all
    }

    /// The mean of the values.
    pub(super) fn mean(&self) -> f64 {
        self.mean.high
    }

    /// The variance of the values, of which there is one at least; divided by their weight.
    pub(super) fn variance(&self) -> f64 {
        self.squares / self.weight
    }
}

impl ColumnState for Moments {
    fn add(&mut self, value: f64, weight: f64) {
        self.weight += weight;
        let from_old = self.mean.below(value);
        self.mean = self.mean.plus(from_old * weight / self.weight);
        self.squares += weight * from_old * self.mean.below(value);
    }

    fn merge(&mut self, other: &Self) {
        if other.weight == 0.0 {
            return;
        }
        if self.weight == 0.0 {
            self.clone_from(other);
            return;
        }
        let weight = self.weight + other.weight;
        let apart = other.mean.minus(self.mean);
        self.squares += other.squares + apart * apart * (self.weight * (other.weight / weight));
        self.mean = self.mean.plus(apart * (other.weight / weight));
        self.weight = weight;
    }
}
