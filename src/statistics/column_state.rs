//! Sums over the values of a column of any kind.

use serde::{Deserialize, Serialize};

use super::distinct::Distinct;
use super::number_column::NumberColumn;
use super::text_column::TextColumn;

/// Sums over the values of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum ColumnState {
    Numbers(Box<NumberColumn>),
    /// Strings and booleans.
    Text(Box<TextColumn>),
    /// Values of other types, of which only their number is known, and how many are missing.
    Other {
        count: u64,
        missing: u64,
    },
}

impl ColumnState {
    /// Adds the values of another column; false if they are of another kind.
    #[must_use]
    pub(super) fn merge(&mut self, other: &Self) -> bool {
        match (self, other) {
            (Self::Numbers(own), Self::Numbers(theirs)) => own.merge(theirs),
            (Self::Text(own), Self::Text(theirs)) => own.merge(theirs),
            (Self::Other { count, missing }, Self::Other { count: more, missing: more_missing }) => {
                *count += more;
                *missing += more_missing;
            }
            _ => return false,
        }
        true
    }

    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Numbers(numbers) => numbers.moments.count(),
            Self::Text(text) => text.count,
            Self::Other { count, .. } => *count,
        }
    }

    pub(super) fn missing(&self) -> u64 {
        match self {
            Self::Numbers(numbers) => numbers.moments.missing(),
            Self::Text(text) => text.missing,
            Self::Other { missing, .. } => *missing,
        }
    }

    pub(super) fn distinct(&self) -> Option<Distinct> {
        match self {
            Self::Numbers(numbers) => Some(numbers.distinct()),
            Self::Text(text) => Some(text.distinct()),
            Self::Other { .. } => None,
        }
    }

    /// The kind of values, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Numbers(_) => "numbers",
            Self::Text(_) => "strings or booleans",
            Self::Other { .. } => "values of another type",
        }
    }

    /// True if the parts are of the same values, of so many rows, as far as that can be seen.
    pub(super) fn is_whole(&self, n_rows: u64) -> bool {
        let parts = match self {
            Self::Numbers(numbers) => numbers.is_whole(),
            Self::Text(text) => text.is_whole(),
            Self::Other { .. } => true,
        };
        let rows = self.count().checked_add(self.missing());
        // Of numbers, zeros need not be stored.
        parts && rows.is_some_and(|rows| rows == n_rows || rows < n_rows && matches!(self, Self::Numbers(_)))
    }
}
