//! A Parquet file. Its parts are its row groups.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use parquet::DecodeResult;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderBuilder, ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::push_decoder::{ParquetPushDecoder, ParquetPushDecoderBuilder};
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataPushDecoder,
    ParquetStatisticsPolicy, RowGroupMetaData,
};

use super::parquet_bytes::FileBytes;
use super::parquet_sizes::{number, part_size};
use super::spans::{PartSize, Span};
use super::table_file::{Batches, TAIL, TableFile, guarded, malformed, sum};
use crate::error::{Error, Result};
use crate::sources::source_file::SourceFile;

/// The decoders are given bytes when they ask for them: the bytes of the columns that are wanted, and no
/// others. On the disk one page after the other is read; in a store, where each request takes long, all of a row group.
pub(super) struct ParquetFile {
    footer: ArrowReaderMetadata,
}

impl TableFile for ParquetFile {
    const FORMAT: &'static str = "Parquet";

    fn open(file: &SourceFile) -> Result<Self> {
        guarded(Self::FORMAT, || {
            let footer = Arc::new(read_footer(file)?);
            let footer = ArrowReaderMetadata::try_new(footer, ArrowReaderOptions::new())
                .map_err(|error| refused(file, error))?;
            Ok(ParquetFile { footer })
        })
    }

    fn schema(&self) -> &SchemaRef {
        self.footer.schema()
    }

    fn part_sizes(&self, file: &SourceFile, columns: &[usize], _: u64) -> Result<Vec<PartSize>> {
        let bytes = Arc::new(FileBytes(file.clone()));
        let size = |group: &RowGroupMetaData| {
            let mut size =
                part_size(group, self.wanted(group, columns), &bytes).map_err(|error| refused(file, error))?;
            if file.is_remote() {
                // What is fetched lies there until it is decoded.
                let fetched = sum(self.wanted(group, columns).map(|column| number(column.compressed_size())));
                size.working_bytes = size.working_bytes.saturating_add(fetched);
            }
            Ok(size)
        };
        guarded(Self::FORMAT, || self.footer.metadata().row_groups().iter().map(size).collect())
    }

    fn ranges(&self, parts: Range<usize>, columns: &[usize]) -> Vec<Range<u64>> {
        let range = |column: &ColumnChunkMetaData| {
            let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
            let start = u64::try_from(start).ok()?;
            Some(start..start.checked_add(u64::try_from(column.compressed_size()).ok()?)?)
        };
        let groups = &self.footer.metadata().row_groups()[parts];
        groups.iter().flat_map(|group| self.wanted(group, columns).filter_map(range)).collect()
    }

    fn rows_before(&self, _: &SourceFile, part: usize) -> Result<u64> {
        let groups = &self.footer.metadata().row_groups()[..part];
        Ok(sum(groups.iter().map(|group| number(group.num_rows()))))
    }

    fn batches<'a>(
        &'a self,
        file: &'a SourceFile,
        span: &Span,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'a>> {
        let columns = ProjectionMask::roots(self.footer.parquet_schema(), columns.iter().copied());
        if file.is_remote() {
            let builder = ParquetPushDecoderBuilder::new_with_metadata(self.footer.clone());
            let builder = of_span(builder, span).with_projection(columns).with_batch_size(batch_rows);
            let mut decoder = guarded(Self::FORMAT, || builder.build().map_err(|error| refused(file, error)))?;
            return Ok(until_error(move || next_batch(&mut decoder, file)));
        }
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(FileBytes(file.clone()), self.footer.clone());
        let builder = of_span(builder, span).with_projection(columns).with_batch_size(batch_rows);
        let mut reader = guarded(Self::FORMAT, || builder.build().map_err(|error| refused(file, error)))?;
        Ok(until_error(move || reader.next().transpose().map_err(|error| refused_batch(file, error))))
    }
}

/// The rows of a span.
fn of_span<T>(builder: ArrowReaderBuilder<T>, span: &Span) -> ArrowReaderBuilder<T> {
    let builder = builder.with_row_groups(span.parts.clone().collect());
    match &span.rows {
        Some(rows) => builder.with_offset(rows.start as usize).with_limit((rows.end - rows.start) as usize),
        None => builder,
    }
}

/// Batches up to the last, or to the first error: what comes after it is not to be trusted.
fn until_error<'a>(mut next: impl FnMut() -> Result<Option<RecordBatch>> + 'a) -> Batches<'a> {
    let mut ended = false;
    Box::new(std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let batch = guarded(ParquetFile::FORMAT, &mut next).transpose();
        ended = !matches!(batch, Some(Ok(_)));
        batch
    }))
}

impl ParquetFile {
    /// The columns of a row group that are read.
    fn wanted<'a>(
        &'a self,
        group: &'a RowGroupMetaData,
        columns: &'a [usize],
    ) -> impl Iterator<Item = &'a ColumnChunkMetaData> {
        let schema = self.footer.parquet_schema();
        let is_wanted = |leaf| columns.binary_search(&schema.get_column_root_idx(leaf)).is_ok();
        group.columns().iter().enumerate().filter(move |(leaf, _)| is_wanted(*leaf)).map(|(_, column)| column)
    }
}

fn next_batch(decoder: &mut ParquetPushDecoder, file: &SourceFile) -> Result<Option<RecordBatch>> {
    let refused = |error| refused(file, error);
    loop {
        match decoder.try_decode().map_err(refused)? {
            DecodeResult::Data(batch) => return Ok(Some(batch)),
            DecodeResult::Finished => return Ok(None),
            DecodeResult::NeedsData(ranges) => {
                let bytes = file.ranges(&ranges)?.into_iter().map(Into::into).collect();
                decoder.push_ranges(ranges, bytes).map_err(refused)?;
            }
        }
    }
}

/// Files that are larger have their index of pages read.
const LARGE: u64 = 4 << 20;

/// Without statistics of values, which may be larger than all else and serve nobody here.
fn read_footer(file: &SourceFile) -> Result<ParquetMetaData> {
    let refused = |error| refused(file, error);
    let options = ParquetMetaDataOptions::new()
        .with_column_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_encoding_stats_policy(ParquetStatisticsPolicy::SkipAll);
    let index = if file.bytes() > LARGE { PageIndexPolicy::Optional } else { PageIndexPolicy::Skip };
    let mut decoder = ParquetMetaDataPushDecoder::try_new(file.bytes())
        .map_err(refused)?
        .with_page_index_policy(PageIndexPolicy::Skip)
        .with_offset_index_policy(index)
        .with_metadata_options(Some(Arc::new(options)));
    let tail = file.bytes().saturating_sub(TAIL)..file.bytes();
    let mut wanted = vec![tail];
    loop {
        let bytes = file.ranges(&wanted)?.into_iter().map(Into::into).collect();
        decoder.push_ranges(wanted, bytes).map_err(refused)?;
        match decoder.try_decode().map_err(refused)? {
            DecodeResult::Data(footer) => return Ok(footer),
            DecodeResult::NeedsData(ranges) => wanted = ranges,
            DecodeResult::Finished => return Err(malformed(ParquetFile::FORMAT, "it has no footer")),
        }
    }
}

fn refused_batch(file: &SourceFile, error: ArrowError) -> Error {
    match error {
        ArrowError::ExternalError(error) => match error.downcast::<ParquetError>() {
            Ok(error) => refused(file, *error),
            Err(error) => malformed(ParquetFile::FORMAT, error),
        },
        ArrowError::ParquetError(problem) => malformed(ParquetFile::FORMAT, problem),
        other => malformed(ParquetFile::FORMAT, other),
    }
}

/// The error that something in a file is, or a failure to read it.
fn refused(file: &SourceFile, error: ParquetError) -> Error {
    let error = match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => return file.failed(*error),
            Err(error) => ParquetError::External(error),
        },
        other => other,
    };
    let problem = match &error {
        ParquetError::General(problem) | ParquetError::NYI(problem) | ParquetError::EOF(problem) => problem.clone(),
        other => other.to_string(),
    };
    malformed(ParquetFile::FORMAT, problem)
}
