//! Outcomes of laws: held, or violated and how.

use std::fmt;

use crate::error::Error;

/// A law that does not hold, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation(String);

/// Whether a law holds.
pub type Outcome = Result<(), Violation>;

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An error where none was due.
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

/// Returns a violation unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($message:tt)*) => {
        if !$condition {
            return Err($crate::testing::outcome::violation(format!($($message)*)));
        }
    };
}
pub(super) use ensure;
