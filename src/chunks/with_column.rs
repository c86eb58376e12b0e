//! Columns computed row by row.

use std::error::Error as StdError;
use std::sync::Arc;

use super::Chunks;
use crate::data::{Chunk, Rows, Shared, WithColumn, WithColumns, row_by_row};
use crate::error::{Error, Result};
use crate::graph::{Key, Lazy, RowCount, Task};

impl<D: Rows + Chunk + Clone> Chunks<D> {
    /// The rows and one more column, computed from every row by a function: pandas' and dask's
    /// `df["name"] = df.apply(f, axis=1)`.
    ///
    /// A row of the result is a pair: the row as it was, and the value. A further column can so be computed from this
    /// one; columns that do not need each other are better computed [side by side](Self::with_columns). The rows are moved
    /// on, not copied, unless something else uses them as well. Rows show in progress bars, under `column` and the name.
    /// A sink writes the columns of the rows, then this one, if the value serializes as a boolean, a number, a string or
    /// an [`Option`] of such.
    ///
    /// As of [`map`](Self::map), the identity of the result is this call's: for a sink that is to skip what is done, and
    /// for checkpoints, take [`with_column_keyed`](Self::with_column_keyed).
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    /// let chunks = Chunks::from_memory([vec![1.0, 2.0], vec![3.0]]);
    /// let squares = chunks.with_column("square", |x| x * x);
    /// let halves = squares.with_column("half", |(_, square)| square / 2.0);
    /// let rows = Runtime::new().compute(halves.gather())?;
    /// assert_eq!(rows.values(), [0.5, 2.0, 4.5]);
    /// assert_eq!(rows.rows().values(), [1.0, 4.0, 9.0]);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn with_column<U: Chunk>(
        &self,
        name: impl Into<Arc<str>>,
        f: impl Fn(D::Row<'_>) -> U + Shared,
    ) -> Chunks<WithColumn<D, U>> {
        self.try_with_column(name, move |row| Ok::<U, Error>(f(row)))
    }

    /// [`with_column`](Self::with_column) by a function that may fail: the error names the file, the chunk, the row within
    /// it and the column, and has the function's own error as its source. An [`Error`] of this crate keeps its kind; others
    /// are of kind [`RowFunction`](crate::ErrorKind::RowFunction).
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    /// let chunks = Chunks::from_memory([vec!["1", "2"], vec!["3", "four"]]);
    /// let numbers = chunks.try_with_column("number", |text| text.parse::<u32>());
    /// let error = Runtime::new().compute(numbers).unwrap_err();
    /// assert_eq!((error.place().chunk, error.place().row), (Some(1), Some(1)));
    /// assert!(error.full_message().ends_with("invalid digit found in string"));
    /// ```
    pub fn try_with_column<U: Chunk, E: StdError + Shared>(
        &self,
        name: impl Into<Arc<str>>,
        f: impl Fn(D::Row<'_>) -> std::result::Result<U, E> + Shared,
    ) -> Chunks<WithColumn<D, U>> {
        self.with_column_keyed(name, Key::unique(), f)
    }

    /// [`try_with_column`](Self::try_with_column) by a function that `key` identifies: name and version of the function,
    /// and all parameters that it holds. The chunks are then known in every process, if those that they are made of are
    /// (such as chunks of files), so that a sink skips what is done and a checkpoint goes on.
    ///
    /// ```
    /// use chunkfit::graph::Key;
    /// use chunkfit::{Chunks, Error};
    /// let scaled = |chunks: &Chunks<Vec<f64>>, factor: f64| {
    ///     let key = Key::of("scaled, version 1").params(&factor).finish();
    ///     chunks.with_column_keyed("scaled", key, move |x| Ok::<_, Error>(x * factor))
    /// };
    /// let chunks = Chunks::from_memory([vec![1.0]]);
    /// assert_eq!(scaled(&chunks, 2.0).as_slice()[0].key(), scaled(&chunks, 2.0).as_slice()[0].key());
    /// assert_ne!(scaled(&chunks, 2.0).as_slice()[0].key(), scaled(&chunks, 3.0).as_slice()[0].key());
    /// ```
    pub fn with_column_keyed<U: Chunk, E: StdError + Shared>(
        &self,
        name: impl Into<Arc<str>>,
        key: Key,
        f: impl Fn(D::Row<'_>) -> std::result::Result<U, E> + Shared,
    ) -> Chunks<WithColumn<D, U>> {
        let (name, f) = (name.into(), Arc::new(f));
        let made = Chunks::from_lazies(self.iter().map(|part| {
            let (name, f) = (name.clone(), f.clone());
            let key = Key::of("with column").bytes(name.as_bytes()).input(key).input(part.key()).finish();
            let task = column_task(&name, key).measured::<WithColumn<D, U>>();
            part.map_owned(task, move |rows| {
                let values = values_of(&rows, &*f)?;
                WithColumn::new(rows, name.clone(), values)
            })
        }));
        self.keeping_rows(&made)
    }

    /// The rows and several more columns of one type, each by a function of a row: names with functions, as a loop makes
    /// them.
    ///
    /// Every column of a chunk is a task of its own, so that columns do not wait for each other, and all of them are in
    /// the result: nothing is overwritten. Functions of several kinds go into a `Box<dyn Fn(…) -> U + Send + Sync>`. The
    /// identity of the result is this call's.
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    /// let chunks = Chunks::from_memory([vec![1, 2], vec![3]]);
    /// let powers = (2..=4).map(|n| (format!("power {n}"), move |x: &i32| x.pow(n)));
    /// let rows = Runtime::new().compute(chunks.with_columns(powers).gather())?;
    /// assert_eq!(rows.names(), ["power 2", "power 3", "power 4"]);
    /// assert_eq!(rows.column(2).copied().collect::<Vec<_>>(), [1, 16, 81]);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn with_columns<N: Into<String>, F, U: Clone + Chunk>(
        &self,
        columns: impl IntoIterator<Item = (N, F)>,
    ) -> Chunks<WithColumns<D, U>>
    where
        F: Fn(D::Row<'_>) -> U + Shared,
    {
        let (names, functions): (Vec<String>, Vec<Arc<F>>) =
            columns.into_iter().map(|(name, f)| (name.into(), Arc::new(f))).unzip();
        let (names, call): (Arc<[String]>, Key) = (names.into(), Key::unique());
        let made = Chunks::from_lazies(self.iter().map(|part| {
            let columns: Vec<Lazy<Vec<U>>> = names
                .iter()
                .zip(&functions)
                .enumerate()
                .map(|(j, (name, f))| {
                    let key = Key::of("column").params(&j).input(call).input(part.key()).finish();
                    let f = f.clone();
                    part.map(column_task(name, key).measured::<Vec<U>>(), move |rows| {
                        values_of(rows, |row| Ok::<U, Error>(f(row)))
                    })
                })
                .collect();
            beside(part, &columns, names.clone())
        }));
        self.keeping_rows(&made)
    }

    /// Chunks made of the rows of these, one each: of which as many are known.
    fn keeping_rows<E: Chunk>(&self, made: &Chunks<E>) -> Chunks<E> {
        let rows = |known: Option<RowCount>| known.map(|known| RowCount { rows: known.rows, bytes: None });
        made.with_known_rows(self.known_rows(|_| None).into_iter().map(rows))
    }
}

fn column_task(name: &str, key: Key) -> Task {
    Task::new(format!("column {name}"), key).remakeable()
}

/// A value of every row; an error with the row.
fn values_of<D: Rows, U, E: StdError + Shared>(
    rows: &D,
    f: impl Fn(D::Row<'_>) -> std::result::Result<U, E>,
) -> Result<Vec<U>> {
    let mut values = Vec::with_capacity(rows.n_rows());
    for i in 0..rows.n_rows() {
        values.push(f(rows.row(i)).map_err(|error| Error::from_row_function(error).at_row(i))?);
    }
    Ok(values)
}

/// A chunk and its columns as one.
fn beside<D: Rows + Chunk + Clone, U: Clone + Chunk>(
    part: &Lazy<D>,
    columns: &[Lazy<Vec<U>>],
    names: Arc<[String]>,
) -> Lazy<WithColumns<D, U>> {
    let key = |name| columns.iter().fold(Key::of(name), |key, column| key.input(column.key()));
    let task = Task::new("columns", key("columns").finish()).remakeable().measured::<Vec<U>>();
    let values =
        Lazy::gather(columns, task, |columns| row_by_row(columns.first().map_or(0, |column| column.len()), columns));
    let task = Task::new("with columns", key("with columns").input(part.key()).finish());
    let task = task.remakeable().measured::<WithColumns<D, U>>();
    values.step_owned(part, task, move |values, rows| Ok(WithColumns::from_parts(rows, names.clone(), values)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_rows_stay_known() {
        let chunks = Chunks::from_memory([vec![1, 2, 3], vec![4]]);
        let columns = chunks.with_column("a", |x| x * 2);
        assert_eq!(columns.row_counts(), Some(vec![3, 1]));
        assert_eq!(columns.with_columns([("b", |_: (&i32, &i32)| 0)]).row_counts(), Some(vec![3, 1]));
        assert_eq!(chunks.filter("all", |_| true).with_column("a", |x| x * 2).row_counts(), None);
    }
}
