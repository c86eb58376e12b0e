//! A file of Arrow's record batches, with a footer, or a stream of them. Its parts are the batches.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{RecordBatch, UInt64Array};
use arrow_buffer::Buffer;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::{Block, MetadataVersion, convert, root_as_footer};
use arrow_schema::{ArrowError, DataType, Schema, SchemaRef};
use arrow_select::take::take_record_batch;

use super::ipc_message::{self, damaged};
use super::ipc_stream::{CONTINUATION, open_stream};
use super::spans::{PartSize, Span};
use super::table_file::{Batches, TAIL, TableFile, guarded, sum};
use crate::error::{Error, Result};
use crate::sources::source_file::SourceFile;

/// The end of every file: the footer's length, and `ARROW1`.
const TRAILER: usize = 10;

pub(super) struct IpcFile {
    schema: SchemaRef,
    version: MetadataVersion,
    pub dictionaries: Vec<Dictionary>,
    pub batches: Vec<Block>,
}

/// A dictionary of one column, and the batches that it is for.
pub(super) struct Dictionary {
    /// Says whose it is.
    pub id: i64,
    /// True where it adds values to those before, else it takes their place.
    pub is_delta: bool,
    /// The first batch that it is for.
    pub first_batch: usize,
    pub block: Block,
}

impl TableFile for IpcFile {
    const FORMAT: &'static str = "Arrow IPC";

    fn open(file: &SourceFile) -> Result<Self> {
        guarded(Self::FORMAT, || {
            let Some(bytes) = read_footer(file)? else { return open_stream(file) };
            let footer = root_as_footer(&bytes).map_err(|error| damaged(format!("its footer: {error}")))?;
            let schema = footer.schema().ok_or_else(|| damaged("its footer has no schema"))?;
            let mut opened = IpcFile::new(checked_schema(schema)?, footer.version());
            opened.batches.extend(footer.recordBatches().iter().flatten());
            // Whose they are stands in their headers; in a file, all are for all batches.
            let blocks = footer.dictionaries().into_iter().flatten().enumerate();
            let dictionary = |(id, &block)| Dictionary { id: id as i64, is_delta: false, first_batch: 0, block };
            opened.dictionaries.extend(blocks.map(dictionary));
            Ok(opened)
        })
    }

    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// A batch is read whole, whatever columns are decoded, and for each of its pieces anew.
    fn part_sizes(&self, file: &SourceFile, _: &[usize], chunk_bytes: u64) -> Result<Vec<PartSize>> {
        let bytes = self.batches.iter().map(|block| place(block).map(|place| place.end - place.start));
        let bytes: Vec<u64> = bytes.collect::<Result<_>>()?;
        let large: Vec<usize> = (0..bytes.len()).filter(|&i| bytes[i] > chunk_bytes).collect();
        let mut rows = self.rows_of(file, large.iter().map(|&i| &self.batches[i]))?.into_iter();
        let size = |&bytes: &u64| PartSize {
            rows: if bytes > chunk_bytes { rows.next().unwrap_or(0) } else { 0 },
            bytes,
            // One that is cut is copied from, and its memory may not serve the next at once.
            working_bytes: if bytes > chunk_bytes { bytes.saturating_mul(2) } else { bytes },
            least_bytes: bytes,
            most_pieces: MOST_PIECES,
        };
        Ok(bytes.iter().map(size).collect())
    }

    fn ranges(&self, parts: Range<usize>, _: &[usize]) -> Vec<Range<u64>> {
        self.batches[parts].iter().filter_map(|block| place(block).ok()).collect()
    }

    fn rows_before(&self, file: &SourceFile, part: usize) -> Result<u64> {
        Ok(sum(self.rows_of(file, self.batches[..part].iter())?.into_iter()))
    }

    fn batches<'a>(&'a self, file: &'a SourceFile, span: &Span, columns: &[usize], _: usize) -> Result<Batches<'a>> {
        let columns = columns.to_vec();
        let mut decoder: Option<(Vec<usize>, FileDecoder)> = None;
        let mut parts = span.parts.clone();
        let rows = span.rows.clone();
        Ok(Box::new(std::iter::from_fn(move || {
            let part = parts.next()?;
            let batch = guarded(Self::FORMAT, || {
                let dictionaries = self.dictionaries_of(part, &columns);
                let (_, decoder) = match decoder.take() {
                    Some(known) if known.0 == dictionaries => decoder.insert(known),
                    _ => {
                        let new = self.decoder(file, &columns, &dictionaries)?;
                        decoder.insert((dictionaries, new))
                    }
                };
                let batch = self.read_batch(decoder, file, &self.batches[part])?;
                match &rows {
                    Some(rows) => copied(&batch, rows),
                    None => Ok(batch),
                }
            });
            Some(batch)
        })))
    }
}

/// A batch is read and decoded anew for each of its pieces: so many at most.
const MOST_PIECES: u64 = 8;

/// Some rows of a batch, which holds nothing of the others.
fn copied(batch: &RecordBatch, rows: &Range<u64>) -> Result<RecordBatch> {
    if rows.end > batch.num_rows() as u64 {
        return Err(damaged("a record batch has fewer rows than its header says"));
    }
    take_record_batch(batch, &UInt64Array::from_iter_values(rows.clone())).map_err(refused)
}

impl IpcFile {
    /// Nothing but a schema.
    pub(super) fn new(schema: Schema, version: MetadataVersion) -> Self {
        IpcFile { schema: Arc::new(schema), version, dictionaries: Vec::new(), batches: Vec::new() }
    }

    /// The numbers of rows of some batches.
    fn rows_of<'a>(&self, file: &SourceFile, blocks: impl Iterator<Item = &'a Block>) -> Result<Vec<u64>> {
        guarded(Self::FORMAT, || {
            let headers = blocks.map(|block| {
                let start = place(block)?.start;
                Ok(start..start.saturating_add_signed(block.metaDataLength().into()))
            });
            let headers = file.ranges(&headers.collect::<Result<Vec<_>>>()?)?;
            headers.iter().map(|header| ipc_message::n_rows(header)).collect()
        })
    }

    /// The dictionaries that a batch needs, in their order, if a column needs any.
    fn dictionaries_of(&self, batch: usize, columns: &[usize]) -> Vec<usize> {
        if !columns.iter().any(|&column| has_dictionary(self.schema.field(column).data_type())) {
            return Vec::new();
        }
        let before = &self.dictionaries[..self.dictionaries.partition_point(|one| one.first_batch <= batch)];
        let is_replaced = |i: usize| before[i + 1..].iter().any(|later| later.id == before[i].id && !later.is_delta);
        (0..before.len()).filter(|&i| !is_replaced(i)).collect()
    }

    /// A decoder that knows these dictionaries.
    fn decoder(&self, file: &SourceFile, columns: &[usize], dictionaries: &[usize]) -> Result<FileDecoder> {
        let mut decoder = FileDecoder::new(self.schema.clone(), self.version).with_projection(columns.to_vec());
        for &i in dictionaries {
            let block = &self.dictionaries[i].block;
            decoder.read_dictionary(block, &read(file, block)?).map_err(refused)?;
        }
        Ok(decoder)
    }

    fn read_batch(&self, decoder: &FileDecoder, file: &SourceFile, block: &Block) -> Result<RecordBatch> {
        let batch = decoder.read_record_batch(block, &read(file, block)?).map_err(refused)?;
        batch.ok_or_else(|| damaged("there is no record batch where its footer says"))
    }
}

fn has_dictionary(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(..) => true,
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::FixedSizeList(item, _)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::Map(item, _)
        | DataType::RunEndEncoded(_, item) => has_dictionary(item.data_type()),
        DataType::Struct(fields) => fields.iter().any(|field| has_dictionary(field.data_type())),
        DataType::Union(fields, _) => fields.iter().any(|(_, field)| has_dictionary(field.data_type())),
        _ => false,
    }
}

/// The schema, if this machine can read what it describes.
pub(super) fn checked_schema(schema: arrow_ipc::Schema) -> Result<Schema> {
    match schema.endianness().equals_to_target_endianness() {
        true => Ok(convert::fb_to_schema(schema)),
        false => Err(damaged("it was written on a machine of the other byte order: write it again on this one")),
    }
}

/// The footer; none of a stream.
fn read_footer(file: &SourceFile) -> Result<Option<Vec<u8>>> {
    let tail = file.range(file.bytes().saturating_sub(TAIL)..file.bytes())?;
    let length = tail.last_chunk::<TRAILER>().and_then(|trailer| read_footer_length(*trailer).ok());
    let Some(length) = length else {
        let start = file.range(0..file.bytes().min(6))?;
        return if start.starts_with(&CONTINUATION) { Ok(None) } else { Err(damaged(describe(&start))) };
    };
    let end = file.bytes() - TRAILER as u64;
    let start = end.checked_sub(length as u64).ok_or_else(|| damaged("its footer is longer than the file"))?;
    match tail.len().checked_sub(TRAILER + length) {
        Some(start) => Ok(Some(tail[start..start + length].to_vec())),
        None => file.range(start..end).map(Some),
    }
}

/// The mistake that a file seems to be, by its first bytes, that does not end as it should.
fn describe(start: &[u8]) -> &'static str {
    match start {
        [b'A', b'R', b'R', b'O', b'W', b'1'] => "it ends too early: it was not written to its end, or cut short",
        [b'F', b'E', b'A', b'1', ..] => "it is Feather of version 1: write it as version 2, which is Arrow IPC",
        _ => "it does not end with `ARROW1`, as files of Arrow's record batches do",
    }
}

/// Where a block lies in the file.
fn place(block: &Block) -> Result<Range<u64>> {
    let bounds = || {
        let start = u64::try_from(block.offset()).ok()?;
        let header = u64::try_from(block.metaDataLength()).ok()?;
        let body = u64::try_from(block.bodyLength()).ok()?;
        Some(start..start.checked_add(header)?.checked_add(body)?)
    };
    bounds().ok_or_else(|| damaged("its footer tells impossible places"))
}

fn read(file: &SourceFile, block: &Block) -> Result<Buffer> {
    let bytes = file.range(place(block)?)?;
    ipc_message::check_claims(&bytes, block.metaDataLength() as usize)?;
    Ok(Buffer::from_vec(bytes))
}

fn refused(error: ArrowError) -> Error {
    damaged(error)
}
