//! Known row counts: the number of rows of each chunk, before the chunks are made.

use std::borrow::Cow;

use super::Chunks;
use crate::data::{Chunk, Rows, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Key, Lazy, RowCount, Runtime, Task};

impl<D: Rows + Chunk> Chunks<D> {
    /// Counts the rows of all chunks now, in a run of its own (dask's `compute_chunk_sizes`): the same chunks, of which the
    /// row counts are known, and the bytes that each holds.
    ///
    /// Operations that cut chunks at numbers of rows need the counts before anything is read:
    /// [`rechunk`](Self::rechunk), [`rechunk_bytes`](Self::rechunk_bytes). They are known without counting of chunks that
    /// are in memory ([`from_memory`](Chunks::from_memory), [`keep_in_memory`](Chunks::keep_in_memory)), that
    /// [`synthetic`](crate::datasets::synthetic) data sets make, and whose counts the caller
    /// [states](Self::with_row_counts); and of what keeps rows: [`map_rows`](Self::map_rows), [`concat`](Chunks::concat),
    /// [`cached`](Chunks::cached), [`identified`](Chunks::identified), `rechunk` itself.
    /// [`map`](Chunks::map), [`filter`](Self::filter), [`flat_map`](Self::flat_map) and splits make them unknown.
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    ///
    /// let runtime = Runtime::new();
    /// let even = Chunks::from_memory([vec![1, 2, 3], vec![4, 5, 6]]).filter("even", |x| x % 2 == 0);
    /// assert_eq!(even.row_counts(), None);
    /// assert_eq!(even.counted(&runtime)?.row_counts(), Some(vec![1, 2]));
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Runtime::compute`].
    pub fn counted(&self, runtime: &Runtime) -> Result<Self> {
        let count = |part: &Lazy<D>| {
            let task = Task::new("count rows", Key::of("count rows").input(part.key()).finish());
            part.map(task, |chunk| Ok((chunk.n_rows(), bytes_of(chunk))))
        };
        let counts = runtime.compute(self.iter().map(count).collect::<Vec<_>>())?;
        let known = |(rows, bytes)| Some(RowCount { rows, bytes: Some(bytes) });
        Ok(self.with_known_rows(counts.into_iter().map(known)))
    }

    /// The same chunks, with the numbers of their rows as the caller knows them, one a chunk: from a catalogue, say, or the
    /// metadata of the files.
    ///
    /// A chunk that has another number of rows is an error when it is computed
    /// ([`ShapeMismatch`](ErrorKind::ShapeMismatch), which names the chunk), and so are counts for another number of chunks.
    /// From here on use the result only: beside it, these chunks may be made once more.
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    ///
    /// let chunks = Chunks::from_fn("squares", 3, |c| Ok(vec![c * c; 2])).with_row_counts([2; 3]);
    /// assert_eq!(Runtime::new().compute(chunks.rechunk(4))?, [vec![0, 0, 1, 1], vec![4, 4]]);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn with_row_counts(&self, counts: impl IntoIterator<Item = usize>) -> Self {
        let counts: Vec<usize> = counts.into_iter().collect();
        if counts.len() != self.len() {
            return Self::failed(Error::shape("row counts", self.len(), counts.len()));
        }
        Self::from_lazies(self.iter().zip(counts).map(|(part, rows)| {
            let key = Key::of("row count").params(&rows).input(part.key()).finish();
            let check = move |chunk: &D| check_rows(rows, chunk);
            part.checked(key, check).with_known_rows(RowCount { rows, bytes: None })
        }))
    }

    /// The number of rows of each chunk; `None` if that of any is not known before it is made. See
    /// [`counted`](Self::counted).
    pub fn row_counts(&self) -> Option<Vec<usize>> {
        self.known_rows(|_| None).into_iter().map(|known| Some(known?.rows)).collect()
    }

    /// The known row count of each chunk, if there is one; `bytes` gives the bytes of a chunk that is in memory.
    pub(crate) fn known_rows(&self, bytes: impl Fn(&D) -> Option<usize>) -> Vec<Option<RowCount>> {
        let count = |chunk: &D| RowCount { rows: chunk.n_rows(), bytes: bytes(chunk) };
        self.iter().map(|part| part.known_rows().or_else(|| part.given_value().map(count))).collect()
    }

    /// The numbers of rows, or the error that `operation` does not know them.
    pub(crate) fn needed_rows(&self, operation: &'static str) -> Result<Vec<RowCount>> {
        let unknown = || Error::new(ErrorKind::UnknownRowCounts { operation });
        let needed = |(c, known): (usize, Option<RowCount>)| known.ok_or_else(|| unknown().in_chunk(c));
        self.known_rows(|chunk| Some(bytes_of(chunk))).into_iter().enumerate().map(needed).collect()
    }
}

impl<D: Shared> Chunks<D> {
    /// The same chunks, of which this is known.
    pub(crate) fn with_known_rows(&self, known: impl IntoIterator<Item = Option<RowCount>>) -> Self {
        let with = |(part, known): (&Lazy<D>, Option<RowCount>)| match known {
            Some(known) => part.with_known_rows(known),
            None => part.clone(),
        };
        Self::from_lazies(self.iter().zip(known).map(with))
    }

    /// The same chunks, each of which has so many rows; the caller vouches for it.
    pub(crate) fn with_rows_each(&self, rows: usize) -> Self {
        self.with_known_rows(self.iter().map(|_| Some(RowCount { rows, bytes: None })))
    }
}

/// The bytes that a chunk takes, as the memory limit counts them.
fn bytes_of<D: Chunk>(chunk: &D) -> usize {
    size_of::<D>() + chunk.heap_bytes()
}

/// Fails unless the chunk has so many rows.
pub(super) fn check_rows<D: Rows>(rows: usize, chunk: &D) -> Result<()> {
    let found = chunk.n_rows();
    if found == rows { Ok(()) } else { Err(Error::shape("rows", rows, found)) }
}

/// The task of a chunk that is cut out of others: it is made again when it was dropped, and counts against the memory
/// limit.
pub(super) fn chunk_task<D: Chunk>(name: impl Into<Cow<'static, str>>, key: Key, chunk: usize) -> Task {
    Task::new(name, key).chunk(chunk).remakeable().measured::<D>()
}
