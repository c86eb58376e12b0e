//! From parts of files to chunks.

use std::sync::Arc;

use super::report::{BadRecord, BlockReport, ReadReport};
use super::source_file::SourceFile;
use crate::chunks::Chunks;
use crate::data::{Chunk, Footprint, Shared};
use crate::error::Result;
use crate::graph::{Key, Lazy, Task};

/// What is read from files, and how: a recipe for [`chunks`](Reading::chunks). Nothing is read yet.
#[must_use = "a reading does nothing until chunks() is called"]
pub struct Reading<D> {
    parts: Arc<[Part]>,
    read: Arc<Read<D>>,
}

/// The part of a file that is one chunk, as the graph knows it.
pub(super) struct Part {
    pub file: SourceFile,
    /// Of the file, of the part's place in it, and of all that is done with it.
    pub key: Key,
    /// How many bytes it will have, if that is known.
    pub expected_bytes: Option<u64>,
    /// How many bytes are read in any case, whatever the file claims to hold.
    pub least_bytes: u64,
    /// The lines before the first record of the file.
    pub header_lines: u64,
}

/// Makes a chunk of the part with a number.
type Read<D> = dyn Fn(usize) -> Result<Parsed<D>> + Send + Sync;

impl<D> Clone for Reading<D> {
    fn clone(&self) -> Self {
        Reading { parts: self.parts.clone(), read: self.read.clone() }
    }
}

/// A chunk and how it was read.
#[derive(Clone)]
pub(super) struct Parsed<D> {
    pub rows: D,
    pub report: BlockReport,
}

impl<D: Footprint> Footprint for Parsed<D> {
    fn heap_bytes(&self) -> usize {
        self.rows.heap_bytes()
    }

    fn row_count(&self) -> usize {
        self.rows.row_count()
    }
}

impl<D: Chunk> Reading<D> {
    pub(super) fn new(parts: Vec<Part>, read: impl Fn(usize) -> Result<Parsed<D>> + Shared) -> Self {
        Reading { parts: parts.into(), read: Arc::new(read) }
    }

    /// The chunks, in the order of the files and of the records in them.
    ///
    /// They last from process to process, as a checkpoint needs it: a chunk is known by its file's
    /// absolute path and [state](crate::sources#what-tells-files-apart), by its place in the file, and by what is read of
    /// it.
    pub fn chunks(&self) -> Chunks<D> {
        Chunks::from_lazies((0..self.parts.len()).map(|c| {
            let read = self.read.clone();
            Lazy::source(self.task::<D>(c), move || Ok(read(c)?.rows))
        }))
    }

    /// The chunks, and what could not be read of all of them together: lazy as well, so compute it in
    /// one run with what is made from the chunks.
    pub fn chunks_and_report(&self) -> (Chunks<D>, Lazy<ReadReport>)
    where
        D: Clone,
    {
        let parsed: Vec<Lazy<Parsed<D>>> = (0..self.parts.len())
            .map(|c| {
                let read = self.read.clone();
                Lazy::source(self.task::<Parsed<D>>(c), move || read(c))
            })
            .collect();
        let derived =
            |name: &'static str, part: &Lazy<Parsed<D>>| Task::new(name, Key::of(name).input(part.key()).finish());
        let reports: Vec<_> =
            parsed.iter().map(|part| part.map(derived("report", part), |parsed| Ok(parsed.report.clone()))).collect();
        let rows = parsed.iter().map(|part| {
            let task = derived("rows", part).remakeable().measured::<D>();
            part.map_owned(task, |parsed| Ok(parsed.rows))
        });
        let rows = Chunks::from_lazies(rows);
        let key = reports.iter().fold(Key::of("reports"), |key, report| key.input(report.key())).finish();
        let parts = self.parts.clone();
        let report = Lazy::gather(&reports, Task::new("reports", key), move |reports| Ok(join(&parts, reports)));
        (rows, report)
    }

    fn task<T: Footprint + 'static>(&self, c: usize) -> Task {
        let Part { file, key, expected_bytes, least_bytes, .. } = &self.parts[c];
        let task = Task::new("parse", *key).chunk(c).file(file.path().clone()).remakeable().measured::<T>();
        let task = task.least_bytes(*least_bytes as usize);
        match expected_bytes {
            Some(bytes) => task.expected_bytes(*bytes as usize),
            None => task,
        }
    }
}

/// One report of all; lines are counted on from part to part of a file.
fn join(parts: &[Part], reports: &[&BlockReport]) -> ReadReport {
    let mut whole = ReadReport::default();
    let mut lines = 0;
    for (i, (part, report)) in parts.iter().zip(reports).enumerate() {
        if i == 0 || parts[i - 1].file.path() != part.file.path() {
            lines = part.header_lines;
        }
        whole.records += report.records;
        whole.skipped += report.skipped;
        let in_file = |bad: &BadRecord| BadRecord { line: bad.line + lines, ..bad.clone() };
        whole.bad.extend(report.bad.iter().map(|bad| (part.file.path().to_path_buf(), in_file(bad))));
        lines += report.lines;
    }
    whole
}
