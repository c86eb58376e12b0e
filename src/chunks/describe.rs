//! Descriptions of chunks: count, mean, deviation, quantiles and distinct values of every column.

use super::{Chunks, merge_tree};
use crate::data::Chunk;
use crate::graph::{Key, Lazy, Task};
use crate::statistics::{Describe, DescribeOptions, Description};

impl<D: Chunk> Chunks<D> {
    /// Count, missing values, mean, standard deviation, quantiles, extremes and distinct values of every column (pandas'
    /// and dask's `describe`): see [`Description`]. Printed, it is a table.
    ///
    /// Each chunk is described by itself and the descriptions are merged in a fixed tree, so memory is bounded by the
    /// columns, whatever the number of rows. The bits are the same for any number of threads and any memory limit.
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    ///
    /// let chunks = Chunks::from_memory([vec![1.0, 2.0], vec![3.0, f64::NAN], vec![10.0]]);
    /// let description = Runtime::new().compute(chunks.describe())?;
    /// let column = description.column("0").expect("there is one column");
    /// assert_eq!((column.count(), column.missing(), column.mean(), column.max()), (4, 1, 4.0, 10.0));
    /// assert_eq!(column.quantile(0.5)?, 2.5);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    ///
    /// # Errors
    /// Computing it: chunks of other columns (kinds `ShapeMismatch`, `InvalidParameter`).
    pub fn describe(&self) -> Lazy<Description>
    where
        D: Describe,
    {
        self.describe_with(DescribeOptions::default())
    }

    /// The same, with other bins for the quantiles.
    ///
    /// # Errors
    /// Computing it: as [`describe`](Self::describe), and options out of range (kind `InvalidParameter`).
    pub fn describe_with(&self, options: DescribeOptions) -> Lazy<Description>
    where
        D: Describe,
    {
        let parts = self.iter().map(|part| {
            let options = options.clone();
            let key = Key::of("describe").params(&options).input(part.key()).finish();
            part.map(Task::new("describe", key), move |chunk| chunk.describe(&options))
        });
        let merged = merge_tree(parts.collect(), |key| Task::new("merge descriptions", key), Description::merge);
        merged.unwrap_or_else(|| Lazy::by_content(Description::default()))
    }
}
