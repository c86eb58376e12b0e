//! Ranges of the parameters that several linear models have.

use crate::error::{Error, Result};

/// Refuses a parameter that is negative or not finite.
pub(super) fn check_at_least_zero(name: &'static str, value: f64) -> Result<()> {
    match value.is_finite() && value >= 0.0 {
        true => Ok(()),
        false => Err(Error::parameter(name, value, "a finite number, at least 0")),
    }
}

/// Refuses an iterative fit of no step, or to a tolerance that is negative or not finite.
pub(super) fn check_stopping(max_iter: usize, tol: f64) -> Result<()> {
    if max_iter == 0 {
        return Err(Error::parameter("max_iter", max_iter, "at least 1"));
    }
    check_at_least_zero("tol", tol)
}
