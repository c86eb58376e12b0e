//! Count, sum, mean, standard deviation, least and greatest of some numbers: a metric of a group.

use serde::{Deserialize, Serialize};

use super::weighted_moments::{WeightedMoments, lane_sum};
use crate::data::Twofold;
use crate::data::checked::{checked_when_read, contradiction, is_count};

/// Count, sum, mean, standard deviation, least and greatest of numbers (what pandas' `agg` makes of a group); mergeable.
///
/// NaN is missing, as in pandas, and [counted](Self::missing) apart. Infinities are values: with one, the sum and the
/// mean are infinite, or NaN if there are both, and the deviation is NaN. Count, least and greatest are exact; mean and
/// deviation are good to rounding, also where the mean is large, and merged parts give the same up to rounding. Sums
/// beyond what a float can hold are infinite or NaN.
///
/// ```
/// use chunkfit::statistics::Moments;
///
/// let mut amounts = Moments::default();
/// for amount in [3.0, 5.0, f64::NAN] {
///     amounts.add(amount);
/// }
/// let mut all = Moments::of([10.0]);
/// all.merge(&amounts);
/// assert_eq!((all.count(), all.missing(), all.sum(), all.mean()), (3, 1, 18.0, 6.0));
/// assert_eq!((all.std(), all.min(), all.max()), (f64::sqrt(13.0), 3.0, 10.0));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Moments {
    n_finite: u64,
    missing: u64,
    /// Negative and positive infinities.
    infinite: [u64; 2],
    finite: WeightedMoments,
    sum: Twofold,
    /// The least and the greatest of the finite values.
    range: Option<(f64, f64)>,
}

checked_when_read!(Moments, serialize: [], deserialize: []);

impl Moments {
    fn check_read(&self) -> Result<(), crate::Error> {
        let counts = is_count([self.n_finite, self.missing, self.infinite[0], self.infinite[1]]);
        let range = match self.range {
            None => self.n_finite == 0,
            Some((least, greatest)) => {
                self.n_finite > 0 && least <= greatest && least.is_finite() && greatest.is_finite()
            }
        };
        match counts && range && self.finite.are_of(self.n_finite as f64) {
            true => Ok(()),
            false => Err(contradiction("moments of other numbers than were counted")),
        }
    }

    /// Those of these numbers.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut moments = Moments::default();
        values.into_iter().for_each(|value| moments.add(value));
        moments
    }

    /// Adds a number.
    pub fn add(&mut self, value: f64) {
        if value.is_finite() {
            self.n_finite += 1;
            self.finite.add(value, 1.0);
            self.sum = self.sum.plus(value);
            self.widen(value, value);
        } else {
            self.add_odd(value, 1);
        }
    }

    /// Adds a NaN or an infinity, so many times.
    fn add_odd(&mut self, value: f64, copies: u64) {
        match value.is_nan() {
            true => self.missing += copies,
            false => self.infinite[usize::from(value > 0.0)] += copies,
        }
    }

    /// Adds numbers, and leaves in the vector those that are no NaN. Faster than one by one; the bits of the mean and of
    /// the deviation are others.
    pub(super) fn add_block(&mut self, values: &mut Vec<f64>) {
        let n_odd = values.iter().filter(|value| !value.is_finite()).count();
        if n_odd == 0 {
            self.add_finite(values);
            return;
        }
        values.iter().filter(|value| !value.is_finite()).for_each(|&value| self.add_odd(value, 1));
        let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        self.add_finite(&finite);
        values.retain(|value| !value.is_nan());
    }

    fn add_finite(&mut self, values: &[f64]) {
        let [first, ..] = *values else { return };
        let moments = WeightedMoments::of_values(values);
        self.n_finite += values.len() as u64;
        self.finite.merge(&moments);
        self.sum = self.sum.plus(lane_sum(values, |value| value));
        let extremes =
            |(least, greatest): (f64, f64), &value: &f64| (f64::min(least, value), f64::max(greatest, value));
        let (least, greatest) = values.iter().fold((first, first), extremes);
        self.widen(least, greatest);
    }

    /// Adds so many zeros.
    pub(super) fn add_zeros(&mut self, n: u64) {
        if n > 0 {
            self.n_finite += n;
            self.finite = self.finite.with_zeros(self.n_finite as f64);
            self.widen(0.0, 0.0);
        }
    }

    /// Adds the numbers of another.
    pub fn merge(&mut self, other: &Self) {
        self.n_finite += other.n_finite;
        self.missing += other.missing;
        self.infinite.iter_mut().zip(other.infinite).for_each(|(own, theirs)| *own += theirs);
        self.finite.merge(&other.finite);
        self.sum = self.sum.plus(other.sum.high).plus(other.sum.low);
        if let Some((least, greatest)) = other.range {
            self.widen(least, greatest);
        }
    }

    fn widen(&mut self, least: f64, greatest: f64) {
        let (low, high) = self.range.unwrap_or((least, greatest));
        // The two zeros are one value, so that the order does not matter.
        self.range = Some((low.min(least) + 0.0, high.max(greatest) + 0.0));
    }

    /// The number of values that are not missing.
    pub fn count(&self) -> u64 {
        self.n_finite + self.infinite[0] + self.infinite[1]
    }

    /// The number of NaNs.
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// The number of infinities, of both signs.
    pub fn infinite(&self) -> u64 {
        self.infinite[0] + self.infinite[1]
    }

    /// The sum of the infinities: 0 if there are none.
    fn infinity(&self) -> f64 {
        match self.infinite {
            [0, 0] => 0.0,
            [_, 0] => f64::NEG_INFINITY,
            [0, _] => f64::INFINITY,
            _ => f64::NAN,
        }
    }

    /// The sum of the values; 0 of none.
    pub fn sum(&self) -> f64 {
        self.sum.high + self.infinity()
    }

    /// The mean of the values; NaN of none.
    pub fn mean(&self) -> f64 {
        match self.count() {
            0 => f64::NAN,
            _ => self.finite.mean() + self.infinity(),
        }
    }

    /// The variance of the sample, divided by the count less 1 (pandas' `var`); NaN of fewer than two values.
    pub fn var(&self) -> f64 {
        match self.count() {
            0 | 1 => f64::NAN,
            _ if self.infinite() > 0 => f64::NAN,
            _ => self.finite.variance_with(1.0),
        }
    }

    /// The standard deviation of the sample (pandas' `std`); NaN of fewer than two values.
    pub fn std(&self) -> f64 {
        self.var().sqrt()
    }

    /// The least value; NaN of none.
    pub fn min(&self) -> f64 {
        let [negative, positive] = self.infinite;
        match self.range {
            _ if negative > 0 => f64::NEG_INFINITY,
            Some((least, _)) => least,
            None if positive > 0 => f64::INFINITY,
            None => f64::NAN,
        }
    }

    /// The greatest value; NaN of none.
    pub fn max(&self) -> f64 {
        let [negative, positive] = self.infinite;
        match self.range {
            _ if positive > 0 => f64::INFINITY,
            Some((_, greatest)) => greatest,
            None if negative > 0 => f64::NEG_INFINITY,
            None => f64::NAN,
        }
    }
}
