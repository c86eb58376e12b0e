//! The lazy list of chunks.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use super::each::map_each;
use crate::data::{Chunk, Footprint, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{AnyLazy, AnyWork, Compute, Key, Lazy, Results, Runtime, Targets, Task};

/// A lazy list of chunks of type `D`: cheap to clone, read again whenever it is computed again.
///
/// A chunk is the unit of work and of memory. Nothing is read or computed until something made
/// from the list is given to [`Runtime::compute`](crate::graph::Runtime::compute); computing the
/// list itself gives its chunks as a `Vec<D>`.
///
/// ```
/// use chunkfit::{Chunks, Runtime};
/// let chunks = Chunks::from_memory([vec![1, 2, 3], vec![4, 5]]);
/// let even = chunks.filter("even", |x| x % 2 == 0);
/// assert_eq!(Runtime::new().compute(even)?, [vec![2], vec![4]]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[must_use = "chunks are lazy and do nothing until something made from them is computed"]
pub struct Chunks<D> {
    parts: Arc<Vec<Lazy<D>>>,
}

impl<D> Clone for Chunks<D> {
    fn clone(&self) -> Self {
        Chunks { parts: self.parts.clone() }
    }
}

impl<D> fmt::Debug for Chunks<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chunks({})", self.parts.len())
    }
}

impl<D: Shared> Chunks<D> {
    /// The chunks that these handles stand for, in this order.
    ///
    /// To have them count against the memory limit, make them with [`Task::measured`] and
    /// [`Task::remakeable`].
    pub fn from_lazies(parts: impl IntoIterator<Item = Lazy<D>>) -> Self {
        let mut list = Vec::new();
        for part in parts {
            list.push(part);
        }
        Chunks { parts: Arc::new(list) }
    }

    /// Handles on chunks of type `D`: see [`Lazy::of_any`].
    pub(crate) fn of_any(parts: Vec<AnyLazy>) -> Self {
        let mut list = Vec::with_capacity(parts.len());
        for part in parts {
            list.push(Lazy::of_any(part));
        }
        Chunks { parts: Arc::new(list) }
    }

    /// The handles, whatever the type of their values.
    pub(crate) fn any(&self) -> Vec<AnyLazy> {
        Lazy::all_any(&self.parts)
    }

    /// A list that cannot be computed, for this reason.
    pub(crate) fn failed(error: Error) -> Self {
        Self::of_any(vec![Lazy::<D>::failed(error).any()])
    }

    /// How many chunks there are.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there is no chunk.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// A handle on each chunk, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Lazy<D>> {
        self.parts.iter()
    }

    /// The handles, in order.
    pub fn as_slice(&self) -> &[Lazy<D>] {
        &self.parts
    }

    /// The same chunks by an identity that holds in every process, as a
    /// [checkpoint](crate::Runtime::checkpoint) needs it: for data from memory or made by a closure,
    /// which is identified by its handle otherwise.
    ///
    /// The caller vouches that chunks of equal identity and equal number in the list are equal.
    /// Whatever else the data depends on (a seed, a file's time of change, the version of the
    /// function that makes it) has to be part of the identity. From here on use the result only:
    /// beside it, these chunks would be made once more. An identity that does not serialize is as
    /// good as none.
    ///
    /// ```
    /// use chunkfit::Chunks;
    /// let squares = |n| Chunks::from_fn("squares", n, |c| Ok(vec![c * c])).identified(("squares", 1));
    /// assert_eq!(squares(3).as_slice()[1].key(), squares(5).as_slice()[1].key());
    /// ```
    pub fn identified(&self, identity: impl Serialize) -> Self {
        let key = Key::of("identified chunk").params(&identity);
        let mut parts = Vec::with_capacity(self.len());
        for part in self.iter() {
            parts.push(part.identified(key.clone().params(&parts.len()).finish()));
        }
        Self::from_lazies(parts)
    }

    /// Computes the chunks now and keeps them in memory (dask's `persist`): what is made from the
    /// result does not read or transform them again. They do not count against the memory limit.
    ///
    /// # Errors
    /// As [`Runtime::compute`].
    pub fn keep_in_memory(&self, runtime: &Runtime) -> Result<Self>
    where
        D: Clone,
    {
        let chunks = runtime.compute(self)?;
        let held = |(c, (part, chunk)): (usize, (&Lazy<D>, D))| {
            let task = Task::new("chunk", Key::of("persist").input(part.key()).finish()).chunk(c);
            let task = match part.file() {
                Some(file) => task.file(file.clone()),
                None => task,
            };
            Lazy::given(task, chunk)
        };
        Ok(Self::from_lazies(self.iter().zip(chunks).enumerate().map(held)))
    }

    /// The same chunks, which a run with a [chunk cache](Runtime::chunk_cache) writes there once they were
    /// made, and takes from there where they are, so that neither their files nor what transforms them
    /// is needed again. What a pipeline's vectorizer makes is marked so already.
    ///
    /// From here on use the result only: beside it, these chunks may be made once more. Chunks of a type
    /// without a [`Compact`](crate::data::Compact) form are an error when they are computed
    /// ([`NotCacheable`](ErrorKind::NotCacheable)).
    pub fn cached(&self) -> Self
    where
        D: Footprint,
    {
        if D::COMPACT.is_none() {
            return Self::failed(Error::new(ErrorKind::NotCacheable { chunk: std::any::type_name::<D>() }));
        }
        self.cached_if_possible()
    }

    /// The same; chunks of a type without such a form as they are.
    pub(crate) fn cached_if_possible(&self) -> Self
    where
        D: Footprint,
    {
        let mut parts = self.any();
        for part in &mut parts {
            *part = Lazy::<D>::of_any(part.clone()).cached().any();
        }
        Self::of_any(parts)
    }

    /// These chunks, then the others.
    pub fn concat(&self, others: &Chunks<D>) -> Self {
        let mut parts = self.any();
        parts.append(&mut others.any());
        Self::of_any(parts)
    }

    /// The chunks of some visits, going over the list again and again: visit `v` is of chunk
    /// `v mod len`. None if the list is empty.
    pub(crate) fn visits(&self, visits: Range<usize>) -> Self {
        Self::from_lazies(visits.filter_map(|visit| self.parts.get(visit % self.len().max(1))).cloned())
    }

    /// Applies a function to every chunk. `name` shows in progress and errors.
    ///
    /// The identity of the result is this call's: map once and use the result twice to have the
    /// work done once. It does not last, so that a chunk cache does not hold it and a checkpoint or a sink refuses it: there
    /// take [`map_versioned`](Self::map_versioned), or [`map_keyed`](Self::map_keyed) for a function that captures values.
    pub fn map<E: Chunk>(&self, name: impl Into<Cow<'static, str>>, f: impl Fn(&D) -> E + Shared) -> Chunks<E> {
        self.try_map(name, move |chunk| Ok(f(chunk)))
    }

    /// Applies a function that may fail to every chunk.
    pub fn try_map<E: Chunk>(
        &self,
        name: impl Into<Cow<'static, str>>,
        f: impl Fn(&D) -> Result<E> + Shared,
    ) -> Chunks<E> {
        self.map_keyed(name, Key::unique(), f)
    }

    /// Applies a function that may fail to every chunk, identified by `key`: two calls with equal
    /// keys on the same chunks are the same work, which is done once. Name and version of the function and all values that
    /// it captures belong in the key; where it captures none, [`map_versioned`](Self::map_versioned) is shorter.
    ///
    /// ```
    /// use chunkfit::Chunks;
    /// use chunkfit::graph::Key;
    /// let chunks = Chunks::from_memory([vec![1.0, 2.0]]).identified("numbers");
    /// let scaled = |factor: f64| {
    ///     let key = Key::of("scale, version 1").params(&factor).finish();
    ///     chunks.map_keyed("scale", key, move |x| Ok(x.iter().map(|x| x * factor).collect::<Vec<f64>>()))
    /// };
    /// assert_eq!(scaled(2.0).as_slice()[0].key(), scaled(2.0).as_slice()[0].key());
    /// assert_ne!(scaled(2.0).as_slice()[0].key(), scaled(3.0).as_slice()[0].key());
    /// ```
    pub fn map_keyed<E: Chunk>(
        &self,
        name: impl Into<Cow<'static, str>>,
        key: Key,
        f: impl Fn(&D) -> Result<E> + Shared,
    ) -> Chunks<E> {
        let task = Task::new(name, key).remakeable().measured::<E>();
        Chunks::of_any(map_each(&self.any(), key, &task, &AnyWork::new(move |inputs| f(inputs.get(0)))))
    }
}

impl<D: Clone + Shared> Compute for Chunks<D> {
    type Output = Vec<D>;

    fn targets(&self, targets: &mut Targets) {
        self.as_slice().targets(targets);
    }

    fn extract(&self, results: &mut Results) -> Vec<D> {
        self.as_slice().extract(results)
    }
}
