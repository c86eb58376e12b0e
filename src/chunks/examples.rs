//! Examples, features and label, computed from every row.

use std::borrow::Cow;
use std::error::Error as StdError;

use linfa::DatasetBase;
use ndarray::Array1;

use super::{Chunks, versioned};
use crate::data::{Chunk, FeatureValues, Footprint, Rows, Shared};
use crate::error::{Error, Result};
use crate::graph::Key;

impl<D: Rows + Chunk> Chunks<D> {
    /// Examples for an estimator: a function gives the features and the label of every row. `name` shows in progress and
    /// errors.
    ///
    /// Features are an array of numbers (`[x, y]`, a dense row), a `Vec` of them, or a text (`String`): see
    /// [`FeatureValues`]. Rows without labels have the label `()`. The identity of the result is this call's, as of
    /// [`map`](Self::map): with a chunk cache, a checkpoint or a sink take
    /// [`examples_versioned`](Self::examples_versioned).
    ///
    /// ```
    /// use chunkfit::data::Record;
    /// use chunkfit::prelude::*;
    ///
    /// #[derive(Clone, serde::Serialize, serde::Deserialize)]
    /// struct Customer {
    ///     age: f64,
    ///     calls: u32,
    ///     left: bool,
    /// }
    ///
    /// let customer = |age, calls, left| Record(Customer { age, calls, left });
    /// let customers = Chunks::from_memory([vec![customer(34.0, 5, true), customer(61.0, 0, false)]]);
    /// let examples = customers.examples("columns", |c| ([c.age, f64::from(c.calls)], c.left));
    /// let chunk = Runtime::new().compute(&examples)?.remove(0);
    /// assert_eq!(chunk.records, ndarray::array![[34.0, 5.0], [61.0, 0.0]]);
    /// assert_eq!(chunk.targets, ndarray::array![true, false]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn examples<X: FeatureValues, L: Chunk>(
        &self,
        name: impl Into<Cow<'static, str>>,
        f: impl Fn(D::Row<'_>) -> (X, L) + Shared,
    ) -> Chunks<DatasetBase<X::Rows, Array1<L>>> {
        self.try_examples(name, move |row| Ok::<_, Error>(f(row)))
    }

    /// [`examples`](Self::examples) by a function that may fail: the error names the row, and has the function's own error
    /// as its source, as that of [`try_with_column`](Self::try_with_column).
    ///
    /// ```
    /// use chunkfit::prelude::*;
    ///
    /// let rows = Chunks::from_memory([vec![("1.5", true), ("?", false)]]);
    /// let examples = rows.try_examples("numbers", |(x, label)| x.parse::<f64>().map(|x| ([x], *label)));
    /// let error = Runtime::new().compute(examples).unwrap_err();
    /// assert_eq!((error.place().chunk, error.place().row), (Some(0), Some(1)));
    /// ```
    pub fn try_examples<X: FeatureValues, L: Chunk, E: StdError + Shared>(
        &self,
        name: impl Into<Cow<'static, str>>,
        f: impl Fn(D::Row<'_>) -> std::result::Result<(X, L), E> + Shared,
    ) -> Chunks<DatasetBase<X::Rows, Array1<L>>> {
        self.examples_keyed(name, Key::unique(), f)
    }

    /// [`examples`](Self::examples) by a function that its name and a version identify, so that a chunk cache, a checkpoint
    /// and a sink know the result in every process, if these chunks are known (such as chunks of files). Raise the version
    /// whenever the function changes; it must not capture anything: see [`map_versioned`](Self::map_versioned).
    ///
    /// ```
    /// use chunkfit::Chunks;
    /// let rows = Chunks::from_memory([vec![("oil is up", true)]]).identified("headlines");
    /// let examples = rows.examples_versioned("text", 1, |(text, label)| (text.to_string(), *label));
    /// assert!(examples.as_slice()[0].key().is_lasting());
    /// ```
    pub fn examples_versioned<X: FeatureValues, L: Chunk>(
        &self,
        name: impl Into<Cow<'static, str>>,
        version: u32,
        f: impl Fn(D::Row<'_>) -> (X, L) + Shared,
    ) -> Chunks<DatasetBase<X::Rows, Array1<L>>> {
        match versioned(version, &f) {
            Ok(key) => self.examples_keyed(name, key, move |row| Ok::<_, Error>(f(row))),
            Err(error) => Chunks::failed(error),
        }
    }

    /// [`try_examples`](Self::try_examples) by a function that `key` identifies: its name and version, and all values that
    /// it captures, as of [`map_keyed`](Self::map_keyed).
    pub fn examples_keyed<X: FeatureValues, L: Chunk, E: StdError + Shared>(
        &self,
        name: impl Into<Cow<'static, str>>,
        key: Key,
        f: impl Fn(D::Row<'_>) -> std::result::Result<(X, L), E> + Shared,
    ) -> Chunks<DatasetBase<X::Rows, Array1<L>>> {
        let key = Key::of("examples").input(key).finish();
        self.map_keyed(name, key, move |rows| examples_of((0..rows.n_rows()).map(|i| f(rows.row(i)))))
    }
}

/// Examples as a data set; an error with the row.
pub(crate) fn examples_of<X: FeatureValues, L: Footprint, E: StdError + Shared>(
    examples: impl Iterator<Item = std::result::Result<(X, L), E>>,
) -> Result<DatasetBase<X::Rows, Array1<L>>> {
    let (mut features, mut labels) = (Vec::new(), Vec::new());
    for (i, example) in examples.enumerate() {
        let (x, label) = example.map_err(|error| Error::from_row_function(error).at_row(i))?;
        features.push(x);
        labels.push(label);
    }
    Ok(DatasetBase::new(X::rows_of(features)?, Array1::from(labels)))
}
