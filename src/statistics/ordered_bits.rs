//! Floats as whole numbers of the same order.

/// Bits that fall below the exponent: how many can be dropped with sign and exponent kept.
pub(crate) const MANTISSA_BITS: u32 = f64::MANTISSA_DIGITS - 1;

const SIGN: u64 = 1 << 63;

/// A whole number that is larger for larger floats; the two zeros are one.
pub(crate) fn to_ordered(value: f64) -> u64 {
    let bits = if value == 0.0 { 0 } else { value.to_bits() };
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// The float of a whole number that [`to_ordered`] gave.
pub(crate) fn from_ordered(ordered: u64) -> f64 {
    f64::from_bits(if ordered & SIGN == 0 { !ordered } else { ordered & !SIGN })
}

/// The lowest `n` bits of a whole number, of less than 64.
pub(crate) fn low_bits(number: u64, n: u32) -> u64 {
    number & ((1 << n) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn order_and_value_are_kept(a in -1e300..1e300f64, b in prop_oneof![-1e3..1e3f64, -1e-310..1e-310f64, Just(-0.0)]) {
            prop_assert_eq!(a < b, to_ordered(a) < to_ordered(b));
            prop_assert_eq!(from_ordered(to_ordered(a)), a);
            prop_assert_eq!(from_ordered(to_ordered(b)), b);
        }
    }
}
