//! From blocks of files to chunks.

use std::sync::Arc;

use memchr::memchr_iter;
use serde::Serialize;

use super::bad_records::{BadRecords, Tally};
use super::block::{Block, Content};
use super::report::{BlockReport, ReadReport};
use crate::chunks::{Chunk, Chunks};
use crate::data::Footprint;
use crate::error::Result;
use crate::graph::{Key, Lazy, Task};

/// What is read from files, and how: a recipe for [`chunks`](Reading::chunks). Nothing is read yet.
#[must_use = "a reading does nothing until chunks() is called"]
pub struct Reading<D> {
    format: &'static str,
    key: Key,
    blocks: Arc<[Block]>,
    bad_records: BadRecords,
    parse: Arc<Parse<D>>,
}

/// Makes a chunk of a block's bytes.
type Parse<D> = dyn Fn(&Block, Content, &mut Tally) -> Result<D> + Send + Sync;

impl<D> Clone for Reading<D> {
    fn clone(&self) -> Self {
        let Reading { format, key, blocks, bad_records, parse } = self;
        let (blocks, bad_records, parse) = (blocks.clone(), bad_records.clone(), parse.clone());
        Reading { format, key: *key, blocks, bad_records, parse }
    }
}

/// A chunk and how it was read.
#[derive(Clone)]
struct Parsed<D> {
    rows: D,
    report: BlockReport,
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
    /// `parameters` are all that the chunks depend on besides the files, the type and `bad_records`.
    pub(super) fn new(
        format: &'static str,
        parameters: &impl Serialize,
        blocks: Vec<Block>,
        bad_records: BadRecords,
        parse: impl Fn(&Block, Content, &mut Tally) -> Result<D> + Send + Sync + 'static,
    ) -> Self {
        let key = Key::of("read").bytes(format.as_bytes()).params(parameters).params(&bad_records).finish();
        Reading { format, key, blocks: blocks.into(), bad_records, parse: Arc::new(parse) }
    }

    /// The chunks, in the order of the files and of the records in them.
    ///
    /// They last from process to process, as a checkpoint needs it: a chunk is known by its file's
    /// path, size and time of change, by its place in the file, and by what is read of it.
    pub fn chunks(&self) -> Chunks<D> {
        Chunks::from_lazies((0..self.blocks.len()).map(|c| {
            let this = self.clone();
            Lazy::source(self.task::<D>(c), move || Ok(this.read(c)?.rows))
        }))
    }

    /// The chunks, and what could not be read of all of them together: lazy as well, so compute it in
    /// one run with what is made from the chunks.
    pub fn chunks_and_report(&self) -> (Chunks<D>, Lazy<ReadReport>)
    where
        D: Clone,
    {
        let parsed: Vec<Lazy<Parsed<D>>> = (0..self.blocks.len())
            .map(|c| {
                let this = self.clone();
                Lazy::source(self.task::<Parsed<D>>(c), move || this.read(c))
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
        let blocks = self.blocks.clone();
        let report = Lazy::gather(&reports, Task::new("reports", key), move |reports| Ok(join(&blocks, reports)));
        (rows, report)
    }

    fn task<T: Footprint + 'static>(&self, c: usize) -> Task {
        let Block { file, cut, .. } = &self.blocks[c];
        // What is set aside goes by the number of the chunk; all else is the same wherever the file is in the list.
        let number = Some(c).filter(|_| self.bad_records.sets_aside());
        let key = Key::of("block").input(self.key).params(&file.identity()).params(cut).params(&number).finish();
        let task = Task::new("parse", key).chunk(c).file(file.path.clone()).remakeable().measured::<T>();
        match self.blocks[c].expected_bytes() {
            // All of a block is read before it is parsed.
            Some(bytes) => task.expected_bytes(bytes as usize).least_bytes(bytes as usize),
            None => task,
        }
    }

    fn read(&self, c: usize) -> Result<Parsed<D>> {
        let block = &self.blocks[c];
        let content = block.read()?;
        let offset = content.offset;
        let lines = if self.bad_records.skips() { memchr_iter(b'\n', &content.bytes).count() as u64 } else { 0 };
        let mut tally = Tally::new(self.format, &self.bad_records, offset);
        let rows = (self.parse)(block, content, &mut tally);
        let read = rows.and_then(|rows| Ok((rows, tally.finish(block, c)?))).map_err(|error| {
            let before = block.lines_before(offset).unwrap_or(0);
            error.renumber_line(|line| before + line).in_file(&block.file.path)
        });
        let (rows, mut report) = read?;
        report.lines = lines;
        Ok(Parsed { rows, report })
    }
}

/// One report of all; lines are counted on from block to block of a file.
fn join(blocks: &[Block], reports: &[&BlockReport]) -> ReadReport {
    let mut whole = ReadReport::default();
    let mut lines = 0;
    for (i, (block, report)) in blocks.iter().zip(reports).enumerate() {
        if i == 0 || blocks[i - 1].file.path != block.file.path {
            lines = block.header_lines;
        }
        whole.records += report.records;
        whole.skipped += report.skipped;
        let in_file = |bad: &super::BadRecord| super::BadRecord { line: bad.line + lines, ..bad.clone() };
        whole.bad.extend(report.bad.iter().map(|bad| (block.file.path.to_path_buf(), in_file(bad))));
        lines += report.lines;
    }
    whole
}
