//! Checks that all transformers share: columns, rows, overflow, and numbers that were read from a file.

use crate::error::{Error, ErrorKind, Result};

/// Refuses rows of another width than those of training.
pub(crate) fn check_columns(trained: usize, found: usize) -> Result<()> {
    if trained == found {
        return Ok(());
    }
    Err(Error::shape("columns", trained, found))
}

/// Refuses to finish on no rows.
pub(crate) fn check_rows(n_rows: usize, estimator: &'static str) -> Result<()> {
    if n_rows > 0 {
        return Ok(());
    }
    Err(Error::new(ErrorKind::NoRows { estimator }))
}

/// Refuses numbers of columns that have overflowed, each slice having one number a column.
pub(crate) fn check_overflow(estimator: &'static str, numbers: &[&[f64]]) -> Result<()> {
    let overflowed = |numbers: &&[f64]| numbers.iter().position(|number| !number.is_finite());
    match numbers.iter().filter_map(overflowed).min() {
        Some(column) => Err(Error::new(ErrorKind::Overflow { estimator, column })),
        None => Ok(()),
    }
}

/// Refuses numbers that no training makes, as a file may have them.
pub(crate) fn check_numbers(name: &'static str, numbers: &[f64], fits: impl Fn(f64) -> bool) -> Result<()> {
    match numbers.iter().position(|&number| !fits(number)) {
        Some(at) => Err(Error::parameter(name, numbers[at], format!("a number that training makes, at place {at}"))),
        None => Ok(()),
    }
}
