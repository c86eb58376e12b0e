//! Widening floats of either width to `f64`.

use super::Float;

/// A float as `f64`, in which all sums are taken.
#[inline]
pub(crate) fn wide<F: Float>(x: F) -> f64 {
    // Both of linfa's floats convert; the default is never taken.
    x.to_f64().unwrap_or(f64::NAN)
}
