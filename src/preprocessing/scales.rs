//! Scales of columns, as the scalers divide by them.

use crate::data::Float;
use crate::error::Result;
use crate::estimator::check_numbers;

/// Refuses scales by which no column can have been scaled, as a file may have them.
pub(super) fn check_scales(scales: &[f64]) -> Result<()> {
    check_numbers("scale", scales, |scale| scale > 0.0 && scale.is_finite())
}

/// The scale, unless it is so small that dividing by it would blow up rounding errors: then 1
/// (scikit-learn's rule, which goes by the precision of the data).
pub(super) fn no_small_scale<F: Float>(scale: f64) -> f64 {
    let epsilon = if size_of::<F>() == size_of::<f32>() { f64::from(f32::EPSILON) } else { f64::EPSILON };
    if scale < 10.0 * epsilon { 1.0 } else { scale }
}
