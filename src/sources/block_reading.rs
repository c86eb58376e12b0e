//! Reading blocks of bytes to chunks.

use std::sync::Arc;

use memchr::memchr_iter;
use serde::Serialize;

use super::bad_records::{BadRecords, RecordTally};
use super::block::{Block, Content};
use super::look_ahead::LookAhead;
use super::partitions::partitions;
use super::reading::{Parsed, Part, Reading};
use super::set_aside;
use super::set_aside::Origin;
use crate::data::Shared;
use crate::error::Result;
use crate::graph::Key;

impl<D: Shared> Reading<D> {
    /// Makes a chunk of each block with `parse`. `parameters` are all that the chunks depend on besides the
    /// files, the type and `bad_records`.
    pub(super) fn of_blocks(
        format: &'static str,
        parameters: &impl Serialize,
        blocks: Vec<Block>,
        bad_records: BadRecords,
        parse: impl Fn(&Block, Content, &mut RecordTally) -> Result<D> + Shared,
    ) -> Self {
        let recipe = Key::of("read").bytes(format.as_bytes()).params(parameters).params(&bad_records).finish();
        let reading = set_aside::reading::<D>(format, parameters);
        bad_records.sweep();
        let ahead = LookAhead::to_read(blocks.iter().map(|block| (block.file().clone(), vec![block.range()])));
        let part = |(c, block): (usize, &Block)| Part {
            file: block.file().clone(),
            key: block
                .file()
                .identify(Key::of("bytes").input(recipe))
                .params(&block.cut)
                .params(&block.settings.contents.encoding)
                .params(&partitions(block.file().path()))
                .params(&bad_records.number(c))
                .finish(),
            expected_bytes: block.expected_bytes(),
            least_bytes: block.least_bytes(),
            working_bytes: block.working_bytes() + ahead.bytes(),
            header_lines: block.header_lines,
        };
        let parts = blocks.iter().enumerate().map(part).collect();
        let blocks: Arc<[Block]> = blocks.into();
        Reading::new(parts, move |c| {
            let block = &blocks[c];
            let content = ahead.reading(c, || block.read(format))?;
            let offset = content.offset;
            let lines = if bad_records.skips() { memchr_iter(b'\n', &content.bytes).count() as u64 } else { 0 };
            let mut tally = RecordTally::new(format, &bad_records, offset);
            let rows = parse(block, content, &mut tally);
            let origin = Origin { file: block.file(), reading, chunk: c };
            let read = rows.and_then(|rows| Ok((rows, tally.finish(&origin)?))).map_err(|error| {
                let before = block.lines_before(offset).unwrap_or(0);
                error.renumber_line(|line| before + line).in_file(block.file().path())
            });
            let (rows, mut report) = read?;
            report.lines = lines;
            Ok(Parsed { rows, report })
        })
    }
}
