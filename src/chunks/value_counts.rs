//! Counts of the values of rows over chunks.

use std::borrow::Cow;

use super::{Chunks, Grouped};
use crate::data::{Chunk, Rows, Shared};
use crate::statistics::ValueCounts;

impl<D: Rows + Chunk> Chunks<D> {
    /// The number of rows that have each value of `key` (pandas' and dask's `value_counts`): exact, the most frequent
    /// values first, equally frequent ones in order; printed, it is a table. An `Option` counts missing values as `None`.
    ///
    /// Memory is that of the distinct values. More than 1,000,000 of them are an error when it is computed
    /// ([`TooManyGroups`](crate::ErrorKind::TooManyGroups)), unless [`max_groups`](Grouped::max_groups) says otherwise.
    /// `name` shows in progress and errors.
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    ///
    /// let chunks = Chunks::from_memory([vec!["ham", "spam"], vec!["ham"]]);
    /// let counts = Runtime::new().compute(chunks.value_counts("labels", |label| label.to_string()))?;
    /// assert_eq!(counts.to_string(), "3 rows, 2 values\n\"ham\"   2  66.7 %\n\"spam\"  1  33.3 %");
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn value_counts<K: Ord + Clone + Shared>(
        &self,
        name: impl Into<Cow<'static, str>>,
        key: impl Fn(D::Row<'_>) -> K + Shared,
    ) -> Grouped<ValueCounts<K>> {
        let count = |count: &mut u64, more| *count += more;
        self.group_with(name.into(), move |counts, chunk, i| *counts.entry(key(chunk.row(i))).or_default() += 1, count)
            .map_groups("value counts", ValueCounts::from_counts)
    }
}
