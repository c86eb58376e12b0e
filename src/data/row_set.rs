//! Sets of rows of a chunk, by number.

use super::compact::{Compact, containers};
use super::{Footprint, Rows};

/// The numbers of some rows of a chunk, ascending: a fold's train or test rows, say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowSet(Vec<usize>);

impl RowSet {
    /// The rows for which `is_in` is true, of so many.
    pub fn of(n_rows: usize, is_in: impl Fn(usize) -> bool) -> Self {
        RowSet((0..n_rows).filter(|&i| is_in(i)).collect())
    }

    /// These rows, which ascend, as whoever calls this knows.
    pub(super) fn from_ascending(rows: Vec<usize>) -> Self {
        RowSet(rows)
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there is no row.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their numbers, ascending.
    pub fn as_slice(&self) -> &[usize] {
        &self.0
    }

    /// A copy of these rows of `chunk`.
    ///
    /// # Panics
    /// When the chunk has not all of them.
    pub fn select<D: Rows>(&self, chunk: &D) -> D {
        chunk.select_rows(&self.0)
    }
}

impl Footprint for RowSet {
    const COMPACT: Option<Compact<Self>> = containers::ROW_SET;

    fn heap_bytes(&self) -> usize {
        self.0.heap_bytes()
    }
}
