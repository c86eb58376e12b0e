//! Double-double arithmetic: numbers of twice the digits of an `f64`, for means that lose none.

use serde::{Deserialize, Serialize};

/// The sum of two numbers, and what rounding it lost (Knuth's TwoSum).
#[inline]
pub(crate) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

/// A number as the sum of a float and a much smaller one.
///
/// The mean of a column is kept in it: where the mean is a thousand billion times the deviations from it, one float has
/// no digits left to tell where between two of its neighbours the mean lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Twofold {
    pub(crate) high: f64,
    pub(crate) low: f64,
}

impl Twofold {
    /// The number and a float.
    #[inline]
    pub(crate) fn plus(self, x: f64) -> Self {
        let (high, lost) = two_sum(self.high, x);
        let (high, low) = two_sum(high, self.low + lost);
        Twofold { high, low }
    }

    /// The number less another, as one float.
    #[inline]
    pub(crate) fn minus(self, other: Self) -> f64 {
        let (high, lost) = two_sum(self.high, -other.high);
        high + (lost + (self.low - other.low))
    }

    /// How far above this number a float is.
    #[inline]
    pub(crate) fn below(self, x: f64) -> f64 {
        let (high, lost) = two_sum(x, -self.high);
        high + (lost - self.low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_beyond_a_float_are_kept() {
        let huge = Twofold::default().plus(1e12);
        let tenth = huge.plus(1e-6).plus(1e-9);
        assert_eq!((tenth.high - 1e12, tenth.minus(huge)), (0.0, 1e-6 + 1e-9));
        assert_eq!(tenth.below(1e12 + 1.0), 1.0 - (1e-6 + 1e-9));
        let (sum, lost) = two_sum(1e16, 1.0);
        assert_eq!((sum, lost), (1e16, 1.0));
    }

    #[test]
    fn what_overflows_is_not_finite_ever_after() {
        let beyond = Twofold::default().plus(1e308).plus(1e308).plus(-1e308);
        assert!(!(beyond.high + beyond.low).is_finite());
    }
}
