//! Reading tables: parts of files to chunks.

use std::sync::Arc;

use arrow_schema::Schema;
use serde::Serialize;

use super::spans::{PartSize, Span, spans};
use super::table_file::{TAIL, TableFile};
use super::table_rows::TableRows;
use super::wanted::{Projection, TableSchema, Wanted};
use crate::data::Shared;
use crate::error::Result;
use crate::graph::Key;
use crate::sources::bad_records::RecordTally;
use crate::sources::look_ahead::LookAhead;
use crate::sources::partitions::partitions;
use crate::sources::reading::{Parsed, Part, Reading};
use crate::sources::set_aside;
use crate::sources::set_aside::Origin;
use crate::sources::source::Source;
use crate::sources::source_file::SourceFile;

/// How many rows are decoded at once, where they need not be all of a chunk.
pub(super) const BATCH_ROWS: usize = 8192;

/// Bytes of the rows that are decoded at once, about: 1 MiB.
const BATCH_BYTES: u64 = 1 << 20;

/// The number of a chunk's rows to decode at once: `most`, or fewer where they are large. [`usize::MAX`] is for all.
fn rows_at_once(chunk: PartSize, most: usize) -> usize {
    if most == usize::MAX || chunk.rows == 0 || chunk.bytes <= BATCH_BYTES {
        return most;
    }
    let rows = u128::from(chunk.rows) * u128::from(BATCH_BYTES) / u128::from(chunk.bytes);
    usize::try_from(rows).unwrap_or(usize::MAX).clamp(1, most)
}

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
            let opened = ahead.opening(i, || Table::<T>::open(file, &wanted, source.chunk_bytes));
            let opened = opened.map_err(|error| error.in_file(file.path()));
            let (table, sizes) = opened.map(|(table, sizes)| (Arc::new(table), sizes))?;
            for span in spans(&sizes, source.chunk_bytes) {
                let size = span.size(&sizes);
                parts.push(Part {
                    file: file.clone(),
                    key: file
                        .identify(Key::of("rows").input(recipe))
                        .params(&span)
                        .params(&partitions(file.path()))
                        .params(&bad_records.number(parts.len()))
                        .finish(),
                    expected_bytes: size.bytes,
                    least_bytes: size.least_bytes,
                    working_bytes: size.working_bytes.saturating_add(file.reading_bytes()),
                    header_lines: 0,
                });
                chunks.push((table.clone(), span, rows_at_once(size, batch_rows)));
            }
        }
        let ranges = |(table, span, _): &(Arc<Table<T>>, Span, usize)| {
            (table.file.clone(), table.table.ranges(span.parts.clone(), &table.projection.columns))
        };
        let ahead = LookAhead::to_read(chunks.iter().map(ranges));
        parts.iter_mut().for_each(|part: &mut Part| part.working_bytes += ahead.bytes());
        Ok(Reading::new(parts, move |c| {
            let (table, span, batch_rows) = &chunks[c];
            let mut tally = RecordTally::of_rows(T::FORMAT, &bad_records);
            let read = ahead.reading(c, || table.read(span, *batch_rows, &mut tally, &make));
            let path = table.file.path();
            let origin = Origin { file: &table.file, reading, chunk: c };
            let read = read.and_then(|(rows, passed)| Ok((rows, passed, tally.finish(&origin)?)));
            let (rows, passed, mut report) = read.map_err(|error| {
                let first = span.rows.as_ref().map_or(0, |rows| rows.start);
                let before =
                    || table.table.rows_before(&table.file, span.parts.start).unwrap_or(0).saturating_add(first);
                error.renumber_file_row(|row| row.saturating_add(before())).in_file(path)
            })?;
            report.lines = passed;
            Ok(Parsed { rows, report })
        }))
    }
}

impl<T: TableFile> Table<T> {
    /// The table, and how large its parts are.
    fn open(
        file: &SourceFile,
        wanted: impl Fn(&Schema) -> Result<Vec<Wanted>>,
        chunk_bytes: u64,
    ) -> Result<(Self, Vec<PartSize>)> {
        let table = T::open(file)?;
        let schema = TableSchema::new(table.schema(), file.path());
        let projection = Projection::of(&wanted(schema.schema())?, &schema, T::FORMAT)?;
        let sizes = table.part_sizes(file, &projection.columns, chunk_bytes)?;
        Ok((Table { file: file.clone(), table, projection }, sizes))
    }

    /// The value made of a span, and the number of its rows.
    fn read<D>(
        &self,
        span: &Span,
        batch_rows: usize,
        tally: &mut RecordTally,
        make: impl Fn(&mut TableRows) -> Result<D>,
    ) -> Result<(D, u64)> {
        self.file.check()?;
        let batches = self.table.batches(&self.file, span, &self.projection.columns, batch_rows)?;
        let (projection, rejected) = (&self.projection, Vec::new());
        let mut rows = TableRows { format: T::FORMAT, projection, batches, tally, passed: 0, rejected };
        let made = make(&mut rows).and_then(|made| Ok((made, rows.finish()?)));
        // Looked at last: what was read while somebody wrote does not count, whether it could be read or not.
        self.file.check()?;
        made
    }
}
