//! Rechunking: the same rows in chunks of another size.

use std::ops::Range;

use super::Chunks;
use super::row_counts::{check_rows, chunk_task};
use crate::data::{Chunk, Rows};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Key, KeyBuilder, Lazy, RowCount, Task};

impl<D: Rows + Chunk> Chunks<D> {
    /// The same rows in the same order, in chunks of `rows` rows each, the last with what is left (dask's `rechunk`). So
    /// many small chunks become batches, and chunks that are too large for memory beside each other become small ones.
    ///
    /// A chunk is made of the chunks that its rows lie in, and of no others; one that has the right rows already is taken
    /// as it is. Weights of data sets go along with their rows. Chunks without rows go.
    ///
    /// Computing the result is an error where the row counts are not known
    /// ([`UnknownRowCounts`](ErrorKind::UnknownRowCounts)): [`counted`](Self::counted) counts them, and says where they are
    /// known without. So it is where `rows` is 0, and where a chunk turns out to have another number of rows.
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    ///
    /// let chunks = Chunks::from_memory([vec![1, 2, 3], vec![], vec![4], vec![5, 6, 7]]);
    /// assert_eq!(Runtime::new().compute(chunks.rechunk(2))?, [vec![1, 2], vec![3, 4], vec![5, 6], vec![7]]);
    /// assert_eq!(chunks.rechunk(2).row_counts(), Some(vec![2, 2, 2, 1]));
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn rechunk(&self, rows: usize) -> Chunks<D> {
        let cut = || {
            let counts = self.needed_rows("rechunk")?;
            if rows == 0 {
                return Err(Error::parameter("rows", 0, "1 or more"));
            }
            let all = total(counts.iter().map(|count| count.rows))?;
            Ok(self.regroup(
                "rechunk",
                &counts,
                (0..all.div_ceil(rows)).map(|j| j * rows..all.min((j + 1).saturating_mul(rows))),
            ))
        };
        cut().unwrap_or_else(Chunks::failed)
    }

    /// [`rechunk`](Self::rechunk) to as many rows as take about `bytes` bytes, by the mean over all chunks; one row at
    /// least.
    ///
    /// The bytes have to be known as well as the rows: of chunks in memory they are, of others [`counted`](Self::counted)
    /// counts them, and a chunk cut from these has its share. Else computing the result is an error
    /// ([`UnknownRowCounts`](ErrorKind::UnknownRowCounts)); and so it is where `bytes` is 0.
    ///
    /// ```
    /// use chunkfit::{Chunks, Runtime};
    ///
    /// let chunks = Chunks::from_memory([vec![0u64; 700], vec![1; 500]]);
    /// assert_eq!(chunks.rechunk_bytes(3300).row_counts(), Some(vec![410, 410, 380]));
    /// ```
    pub fn rechunk_bytes(&self, bytes: usize) -> Chunks<D> {
        let rows = || {
            if bytes == 0 {
                return Err(Error::parameter("bytes", 0, "1 or more"));
            }
            let unknown = |c| Error::new(ErrorKind::UnknownRowCounts { operation: "rechunk_bytes" }).in_chunk(c);
            let counts = self.needed_rows("rechunk_bytes")?;
            let sizes = counts.iter().enumerate().map(|(c, count)| count.bytes.ok_or_else(|| unknown(c)));
            let all_bytes = total(sizes.collect::<Result<Vec<_>>>()?)?.max(1);
            let all_rows = total(counts.iter().map(|count| count.rows))?;
            let rows = bytes as u128 * all_rows as u128 / all_bytes as u128;
            Ok(usize::try_from(rows).unwrap_or(usize::MAX).max(1))
        };
        rows().map_or_else(Chunks::failed, |rows| self.rechunk(rows))
    }

    /// Chunks of these ranges of all rows, made by tasks of this name. The ranges have to be in order, and must not overlap.
    pub(super) fn regroup(
        &self,
        name: &'static str,
        counts: &[RowCount],
        ranges: impl Iterator<Item = Range<usize>>,
    ) -> Chunks<D> {
        // The new chunks count their turns from where these began.
        let first_turn = self.iter().map(Lazy::turn).min().unwrap_or(0);
        let (mut c, mut before) = (0, 0);
        Chunks::from_lazies(ranges.enumerate().map(|(j, rows)| {
            let mut pieces = Vec::new();
            while c < self.len() {
                let end = before + counts[c].rows;
                let piece = rows.start.max(before)..rows.end.min(end);
                if !piece.is_empty() {
                    let rows = piece.start - before..piece.end - before;
                    pieces.push(Piece { part: &self.as_slice()[c], chunk: c, count: counts[c], rows });
                }
                if end > rows.end {
                    break;
                }
                before = end;
                c += 1;
            }
            let chunk = match &pieces[..] {
                [] => self.none(name, j),
                [whole] if whole.is_whole() => whole.part.with_known_rows(whole.known_rows()),
                _ => joined(name, &pieces, j),
            };
            chunk.at_turn(first_turn + j)
        }))
    }

    /// A chunk like the first that has no rows.
    fn none(&self, name: &'static str, j: usize) -> Lazy<D> {
        let task =
            |key: KeyBuilder| chunk_task::<D>(name, key.finish(), j).known_rows(RowCount { rows: 0, bytes: Some(0) });
        match self.as_slice().first() {
            None => no_chunk(task(Key::of("no rows"))),
            Some(first) => first.map(task(Key::of("no rows").input(first.key())), |chunk| Ok(chunk.select_rows(&[]))),
        }
    }
}

/// Some rows of a chunk.
struct Piece<'a, D> {
    part: &'a Lazy<D>,
    /// The number of the chunk in its list.
    chunk: usize,
    count: RowCount,
    rows: Range<usize>,
}

impl<D> Piece<'_, D> {
    fn is_whole(&self) -> bool {
        self.rows.len() == self.count.rows
    }

    /// The rows, and their share of the chunk's bytes.
    fn known_rows(&self) -> RowCount {
        let share = |bytes| (bytes as u128 * self.rows.len() as u128 / self.count.rows.max(1) as u128) as usize;
        RowCount { rows: self.rows.len(), bytes: self.count.bytes.map(share) }
    }
}

/// One chunk of the rows of these pieces.
fn joined<D: Rows + Chunk>(name: &'static str, pieces: &[Piece<'_, D>], j: usize) -> Lazy<D> {
    let known = pieces.iter().map(Piece::known_rows).fold(RowCount { rows: 0, bytes: Some(0) }, |all, piece| {
        RowCount { rows: all.rows + piece.rows, bytes: all.bytes.zip(piece.bytes).map(|(a, b)| a + b) }
    });
    let key = pieces.iter().fold(Key::of("rechunk"), |key, piece| {
        key.params(&(piece.rows.start, piece.rows.end, piece.count.rows)).input(piece.part.key())
    });
    let task = chunk_task::<D>(name, key.finish(), j).known_rows(known);
    let task = task.expected_bytes(known.bytes.unwrap_or(0));
    let parts: Vec<Lazy<D>> = pieces.iter().map(|piece| piece.part.clone()).collect();
    let cuts: Vec<_> = pieces.iter().map(|piece| (piece.chunk, piece.count.rows, piece.rows.clone())).collect();
    Lazy::gather(&parts, task, move |parts| {
        for ((c, rows, _), part) in cuts.iter().zip(parts) {
            check_rows(*rows, *part).map_err(|error| error.in_chunk(*c))?;
        }
        let cut = |part: &D, rows: &Range<usize>| part.select_rows(&rows.clone().collect::<Vec<_>>());
        if let ([(_, _, rows)], [part]) = (&cuts[..], parts) {
            return Ok(cut(part, rows));
        }
        // Only the first and the last can be parts of chunks.
        let ends: Vec<Option<D>> =
            cuts.iter().zip(parts).map(|((_, all, rows), part)| (rows.len() < *all).then(|| cut(part, rows))).collect();
        D::concat_rows(&ends.iter().zip(parts).map(|(cut, part)| cut.as_ref().unwrap_or(part)).collect::<Vec<_>>())
    })
}

/// A chunk of no rows, where there is none that it could be cut from.
pub(super) fn no_chunk<D: Rows + Chunk>(task: Task) -> Lazy<D> {
    Lazy::source(task, || D::concat_rows(&[]))
}

/// The sum of all; more than a number can hold is an error.
pub(super) fn total(counts: impl IntoIterator<Item = usize>) -> Result<usize> {
    let add = |sum: usize, count| sum.checked_add(count);
    let too_many = || Error::parameter("row counts", "their sum", "at most 2^64 - 1 rows or bytes in all");
    counts.into_iter().try_fold(0, add).ok_or_else(too_many)
}
