//! The weight, the mean and the variance of values: sums that merge.

use serde::{Deserialize, Serialize};

use crate::data::Twofold;
use crate::data::checked::is_weight;

/// The weight, the mean and the sum of the squared distances from the mean of some values: sums that lose no digits
/// where the mean is large (Chan, Golub and LeVeque 1983), the mean having twice the digits of a float.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WeightedMoments {
    weight: f64,
    mean: Twofold,
    squares: f64,
}

impl WeightedMoments {
    /// Those of these values, each of weight 1. Reads them twice, and divides once where adding them one by one divides
    /// every time.
    pub(crate) fn of_values(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let rough = lane_sum(values, |value| value) / n;
        if !rough.is_finite() {
            // No values, or a sum beyond what a float can hold.
            let mut moments = Self::default();
            values.iter().for_each(|&value| moments.add(value, 1.0));
            return moments;
        }
        let above = lane_sum(values, |value| value - rough) / n;
        let squares = lane_sum(values, |value| (value - rough) * (value - rough)) - n * above * above;
        let mean = Twofold { high: rough, low: 0.0 }.plus(above);
        // Not below zero by rounding; a NaN stays one.
        WeightedMoments { weight: n, mean, squares: if squares < 0.0 { 0.0 } else { squares } }
    }

    /// Those of a column whose rows have so much weight together: what was not stored is zero.
    pub(crate) fn with_zeros(&self, weight: f64) -> Self {
        let mut all = self.clone();
        // Not below zero by rounding.
        all.merge(&WeightedMoments { weight: (weight - self.weight).max(0.0), ..Self::default() });
        all
    }

    /// Adds one value, of a weight above 0.
    pub(crate) fn add(&mut self, value: f64, weight: f64) {
        self.weight += weight;
        let from_old = self.mean.below(value);
        self.mean = self.mean.plus(from_old * weight / self.weight);
        self.squares += weight * from_old * self.mean.below(value);
    }

    /// Adds other values.
    pub(crate) fn merge(&mut self, other: &Self) {
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

    /// The mean of the values.
    pub(crate) fn mean(&self) -> f64 {
        self.mean.high
    }

    /// The variance of the values, of which there is one at least; divided by their weight.
    pub(crate) fn variance(&self) -> f64 {
        self.squares / self.weight
    }

    /// The same, divided by their weight less `ddof`.
    pub(crate) fn variance_with(&self, ddof: f64) -> f64 {
        self.squares / (self.weight - ddof)
    }

    /// True if values of so much weight can have them.
    pub(crate) fn are_of(&self, weight: f64) -> bool {
        is_weight(self.weight) && self.weight == weight && (self.squares >= 0.0 || self.squares.is_nan())
    }
}

/// The sum of a function of the values, in eight lanes, which a processor adds at once; the order is always the same.
pub(super) fn lane_sum(values: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    let mut lanes = [0.0; 8];
    let blocks = values.chunks_exact(8);
    let rest: f64 = blocks.remainder().iter().map(|&value| of(value)).sum();
    for block in blocks {
        lanes.iter_mut().zip(block).for_each(|(lane, &value)| *lane += of(value));
    }
    lanes.iter().sum::<f64>() + rest
}
