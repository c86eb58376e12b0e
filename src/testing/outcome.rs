//! Outcomes of laws: held, or violated and how.

use std::fmt;

use crate::error::Error;

/// A violation of a law, as a message.
///
/// Made by [`hold`](super::hold).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation(String);

/// The outcome of a law: nothing, or the violation.
pub type Outcome = Result<(), Violation>;

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Violation {}

/// An error where none was expected.
impl From<Error> for Violation {
    fn from(error: Error) -> Self {
        Violation(error.to_string())
    }
}

impl From<std::io::Error> for Violation {
    fn from(error: std::io::Error) -> Self {
        Violation(error.to_string())
    }
}

pub(super) fn violation(how: String) -> Violation {
    Violation(how)
}

impl Violation {
    /// The same, with what it was tried on.
    pub(super) fn of(self, what: impl fmt::Display) -> Self {
        Violation(format!("{what}: {}", self.0))
    }
}

/// Adds what was tried to a violation.
pub(super) trait On<T> {
    fn on(self, what: impl fmt::Display) -> Result<T, Violation>;
}

impl<T, E: Into<Violation>> On<T> for Result<T, E> {
    fn on(self, what: impl fmt::Display) -> Result<T, Violation> {
        self.map_err(|error| error.into().of(what))
    }
}

/// The error of a result that has to be one.
///
/// # Errors
/// It is none: `accepted` says so, such as `learned`.
pub(super) fn refused<T>(
    result: crate::error::Result<T>,
    what: impl fmt::Display,
    accepted: &str,
) -> Result<Error, Violation> {
    match result {
        Ok(_) => Err(violation(format!("{what}: {accepted}"))),
        Err(error) => Ok(error),
    }
}

/// Returns a violation unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($message:tt)*) => {
        if !$condition {
            return Err($crate::testing::outcome::violation(format!($($message)*)));
        }
    };
}
pub(super) use ensure;
