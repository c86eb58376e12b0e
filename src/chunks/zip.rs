//! Zip: two lists of chunks, worked on side by side.

use std::borrow::Cow;
use std::sync::Arc;

use super::Chunks;
use super::row_counts::chunk_task;
use crate::data::{Chunk, Shared};
use crate::error::{Error, Result};
use crate::graph::Key;

impl<D: Chunk> Chunks<D> {
    /// Applies a function to every chunk and the chunk of the same number in another list (dask's `map_blocks` of two
    /// arrays, `dask.bag.map` of two bags): elementwise arithmetic, records with their targets, rows with what was made of
    /// them. `name` shows in progress and errors.
    ///
    /// Lists of different lengths are an error when the result is computed, and so are two chunks of different numbers of
    /// rows, if both have rows ([`row_count`](crate::data::Footprint::row_count)): a [`rechunk`](Chunks::rechunk) of both
    /// cuts them alike. Where chunks are to go with values that are no rows, such as the means of columns, use
    /// [`Lazy::zip`](crate::Lazy::zip) of the handles.
    ///
    /// The identity of the result is this call's, as of [`map`](Chunks::map).
    ///
    /// ```
    /// use chunkfit::prelude::*;
    /// use ndarray::array;
    ///
    /// let x = Chunks::from_memory([array![1.0, 2.0], array![3.0]]);
    /// let y = x.map("square", |x| x * x);
    /// assert_eq!(Runtime::new().compute(x.zip(&y, "add", |x, y| x + y))?, [array![2.0, 6.0], array![12.0]]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn zip<O: Chunk, E: Chunk>(
        &self,
        other: &Chunks<O>,
        name: impl Into<Cow<'static, str>>,
        f: impl Fn(&D, &O) -> E + Shared,
    ) -> Chunks<E> {
        self.try_zip(other, name, move |one, other| Ok(f(one, other)))
    }

    /// The same with a function that may fail.
    pub fn try_zip<O: Chunk, E: Chunk>(
        &self,
        other: &Chunks<O>,
        name: impl Into<Cow<'static, str>>,
        f: impl Fn(&D, &O) -> Result<E> + Shared,
    ) -> Chunks<E> {
        if self.len() != other.len() {
            return Chunks::failed(Error::shape("chunks", self.len(), other.len()));
        }
        let (name, call, f) = (name.into(), Key::unique(), Arc::new(f));
        Chunks::from_lazies(self.iter().zip(other.iter()).enumerate().map(|(c, (one, other))| {
            let key = Key::of(&name).input(call).input(one.key()).input(other.key()).finish();
            let f = f.clone();
            one.zip(other, chunk_task::<E>(name.clone(), key, c), move |one, other| {
                match (one.row_count(), other.row_count()) {
                    (a, b) if a != b && a > 0 && b > 0 => Err(Error::shape("rows", a, b)),
                    _ => f(one, other),
                }
            })
        }))
    }
}
