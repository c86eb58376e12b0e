//! Weighted sums in double-double arithmetic, which merge without loss.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::data::Twofold;

/// A matrix of sums, each of twice the digits of an `f64`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Sums {
    high: Array2<f64>,
    low: Array2<f64>,
}

impl Sums {
    pub(super) fn zeros(shape: (usize, usize)) -> Self {
        Sums { high: Array2::zeros(shape), low: Array2::zeros(shape) }
    }

    pub(super) fn dim(&self) -> (usize, usize) {
        self.high.dim()
    }

    pub(super) fn get(&self, row: usize, column: usize) -> Twofold {
        Twofold { high: self.high[(row, column)], low: self.low[(row, column)] }
    }

    /// Adds a number to one of the sums.
    #[inline]
    pub(super) fn add(&mut self, row: usize, column: usize, number: Twofold) {
        let sum = plus(self.get(row, column), number);
        (self.high[(row, column)], self.low[(row, column)]) = (sum.high, sum.low);
    }

    /// Adds other sums, whose row `k` is row `to[k]` here.
    pub(super) fn merge(&mut self, other: &Self, to: &[usize]) {
        for (k, &row) in to.iter().enumerate() {
            (0..other.high.ncols()).for_each(|j| self.add(row, j, other.get(k, j)));
        }
    }

    /// Puts the rows into another order: row `k` is what row `origin[k]` was, or zeros.
    pub(super) fn rearrange(&mut self, origin: &[Option<usize>]) {
        for matrix in [&mut self.high, &mut self.low] {
            let value = |(k, j): (usize, usize)| origin[k].map_or(0.0, |old| matrix[(old, j)]);
            *matrix = Array2::from_shape_fn((origin.len(), matrix.ncols()), value);
        }
    }

    /// True if the parts are of one shape, and all numbers finite.
    pub(super) fn are_whole(&self) -> bool {
        self.high.dim() == self.low.dim() && self.first_odd_column().is_none()
    }

    /// The first column with a sum that is beyond what a float can hold.
    pub(super) fn first_odd_column(&self) -> Option<usize> {
        let all = self.high.iter().chain(&self.low);
        if all.fold(true, |all, sum| all & sum.is_finite()) {
            return None;
        }
        let odd = |j: &usize| self.high.column(*j).iter().chain(self.low.column(*j)).any(|sum| !sum.is_finite());
        (0..self.high.ncols()).find(odd)
    }
}

/// The sum of two numbers.
#[inline]
pub(super) fn plus(a: Twofold, b: Twofold) -> Twofold {
    let sum = a.plus(b.high);
    if b.low == 0.0 { sum } else { sum.plus(b.low) }
}

/// The product of two floats, with all of its digits.
#[inline]
pub(super) fn product(a: f64, b: f64) -> Twofold {
    let high = a * b;
    Twofold { high, low: a.mul_add(b, -high) }
}

/// The product of a number and a float.
#[inline]
pub(super) fn times(a: Twofold, b: f64) -> Twofold {
    let Twofold { high, low } = product(a.high, b);
    Twofold { high, low: low + a.low * b }
}

/// A number divided by a float.
pub(super) fn divided(a: Twofold, by: f64) -> Twofold {
    let high = a.high / by;
    let rest = (-high).mul_add(by, a.high) + a.low;
    Twofold { high, low: rest / by }
}

/// The square of a number.
pub(super) fn squared(a: Twofold) -> Twofold {
    let Twofold { high, low } = product(a.high, a.high);
    Twofold { high, low: low + 2.0 * a.high * a.low }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_squares_and_quotients_keep_digits_beyond_a_float() {
        let x = 1.0 + f64::EPSILON;
        let square = product(x, x);
        assert_eq!((square.high, square.low), (1.0 + 2.0 * f64::EPSILON, f64::EPSILON * f64::EPSILON));
        let third = divided(Twofold { high: 1.0, low: 0.0 }, 3.0);
        assert!(third.low != 0.0 && plus(times(third, 3.0), Twofold { high: -1.0, low: 0.0 }).high.abs() < 1e-31);
        let ninth = plus(times(squared(third), 9.0), Twofold { high: -1.0, low: 0.0 });
        assert!((ninth.high + ninth.low).abs() < 1e-30);
    }

    #[test]
    fn sums_overflow_into_what_is_not_finite_and_name_the_column() {
        let mut sums = Sums::zeros((2, 3));
        assert!(sums.are_whole());
        sums.add(1, 2, product(1e200, 1e200));
        assert_eq!((sums.first_odd_column(), sums.are_whole()), (Some(2), false));
    }
}
