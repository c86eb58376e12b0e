//! Reading tables: parts of files to chunks.

use std::ops::Range;
use std::sync::Arc;

use arrow_schema::Schema;
use serde::Serialize;

use super::table_file::{TAIL, TableFile, sum};
use super::table_rows::TableRows;
use super::wanted::{Projection, Wanted};
use crate::data::Shared;
use crate::error::Result;
use crate::graph::Key;
use crate::sources::bad_records::RecordTally;
use crate::sources::look_ahead::LookAhead;
use crate::sources::reading::{Parsed, Part, Reading};
use crate::sources::set_aside;
use crate::sources::set_aside::Origin;
use crate::sources::source::Source;
use crate::sources::source_file::SourceFile;

/// How many rows are decoded at once, where they need not be all of a chunk.
pub(super) const BATCH_ROWS: usize = 8192;

/// An opened file and what is wanted of it.
struct Table<T> {
    file: SourceFile,
    table: T,
    projection: Projection,
}

impl<D: Shared> Reading<D> {
    /// Makes a chunk with `make` of as many parts as fit into one. `wanted` names the columns, once the
    /// columns of a file are known; `parameters` are all that the chunks depend on besides the files and the
    /// type.
    pub(super) fn of_tables<T: TableFile>(
        source: &Source,
        wanted: impl Fn(&Schema) -> Result<Vec<Wanted>>,
        parameters: &impl Serialize,
        batch_rows: usize,
        make: impl Fn(&mut TableRows) -> Result<D> + Shared,
    ) -> Result<Self> {
        source.check()?;
        let bad_records = source.bad_records.clone();
        let recipe = Key::of("read").bytes(T::FORMAT.as_bytes()).params(parameters).params(&bad_records).finish();
        let reading = set_aside::reading::<D>(T::FORMAT, parameters);
        bad_records.sweep();
        let (mut parts, mut chunks) = (Vec::new(), Vec::new());
        let files = source.files.versions();
        let ahead = LookAhead::to_open(files, |file| file.bytes().saturating_sub(TAIL)..file.bytes());
        for (i, file) in files.iter().enumerate() {
            let opened = ahead.opening(i, || Table::<T>::open(file, &wanted));
            let opened = opened.map_err(|error| error.in_file(file.path()));
            let (table, part_bytes) = opened.map(|(table, part_bytes)| (Arc::new(table), part_bytes))?;
            for range in together(&part_bytes, source.chunk_bytes) {
                parts.push(Part {
                    file: file.clone(),
                    key: file
                        .identify(Key::of("rows").input(recipe))
                        .params(&range)
                        .params(&bad_records.number(parts.len()))
                        .finish(),
                    expected_bytes: Some(sum(part_bytes[range.clone()].iter().copied())),
                    least_bytes: 0,
                    working_bytes: file.reading_bytes(),
                    header_lines: 0,
                });
                chunks.push((table.clone(), range));
            }
        }
        let ranges = |(table, parts): &(Arc<Table<T>>, Range<usize>)| {
            (table.file.clone(), table.table.ranges(parts.clone(), &table.projection.columns))
        };
        let ahead = LookAhead::to_read(chunks.iter().map(ranges));
        parts.iter_mut().for_each(|part: &mut Part| part.working_bytes += ahead.bytes());
        Ok(Reading::new(parts, move |c| {
            let (table, range) = &chunks[c];
            let mut tally = RecordTally::of_rows(T::FORMAT, &bad_records);
            let read = ahead.reading(c, || table.read(range.clone(), batch_rows, &mut tally, &make));
            let path = table.file.path();
            let origin = Origin { file: &table.file, reading, chunk: c };
            let read = read.and_then(|(rows, passed)| Ok((rows, passed, tally.finish(&origin)?)));
            let (rows, passed, mut report) = read.map_err(|error| {
                let before = || table.table.rows_before(&table.file, range.start).unwrap_or(0);
                error.renumber_file_row(|row| row.saturating_add(before())).in_file(path)
            })?;
            report.lines = passed;
            Ok(Parsed { rows, report })
        }))
    }
}

impl<T: TableFile> Table<T> {
    /// The table, and how large its parts are.
    fn open(file: &SourceFile, wanted: impl Fn(&Schema) -> Result<Vec<Wanted>>) -> Result<(Self, Vec<u64>)> {
        let table = T::open(file)?;
        let projection = Projection::of(&wanted(table.schema())?, table.schema(), T::FORMAT)?;
        let part_bytes = table.part_bytes(&projection.columns)?;
        Ok((Table { file: file.clone(), table, projection }, part_bytes))
    }

    /// What is made of some parts, and how many rows they had.
    fn read<D>(
        &self,
        parts: Range<usize>,
        batch_rows: usize,
        tally: &mut RecordTally,
        make: impl Fn(&mut TableRows) -> Result<D>,
    ) -> Result<(D, u64)> {
        self.file.check()?;
        let batches = self.table.batches(&self.file, parts, &self.projection.columns, batch_rows)?;
        let (projection, rejected) = (&self.projection, Vec::new());
        let mut rows = TableRows { format: T::FORMAT, projection, batches, tally, passed: 0, rejected };
        let made = make(&mut rows).and_then(|made| Ok((made, rows.finish()?)));
        // Looked at last: what was read while somebody wrote does not count, whether it could be read or not.
        self.file.check()?;
        made
    }
}

/// Puts parts together that follow each other, up to the size of a chunk. A part that is larger is a chunk
/// alone. A file without parts is a chunk without rows.
fn together(part_bytes: &[u64], chunk_bytes: u64) -> Vec<Range<usize>> {
    let (mut chunks, mut chunk, mut size) = (Vec::new(), 0..0, 0u64);
    for (i, &bytes) in part_bytes.iter().enumerate() {
        size = size.saturating_add(bytes);
        if size > chunk_bytes && !chunk.is_empty() {
            chunks.push(chunk);
            (chunk, size) = (i..i, bytes);
        }
        chunk.end = i + 1;
    }
    chunks.push(chunk);
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn chunks_are_all_parts_in_order_and_no_larger_than_they_may_be(
            parts in proptest::collection::vec(0u64..20, 0..20),
            chunk_bytes in 1u64..40,
        ) {
            let chunks = together(&parts, chunk_bytes);
            let all: Vec<usize> = chunks.iter().cloned().flatten().collect();
            prop_assert_eq!(all, (0..parts.len()).collect::<Vec<_>>());
            let size = |chunk: &Range<usize>| parts[chunk.clone()].iter().sum::<u64>();
            prop_assert!(chunks.iter().all(|chunk| chunk.len() <= 1 || size(chunk) <= chunk_bytes));
            prop_assert!(chunks.windows(2).all(|pair| size(&pair[0]) + parts[pair[1].start] > chunk_bytes));
        }
    }
}
