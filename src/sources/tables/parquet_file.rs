//! A Parquet file. Its parts are its row groups.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::DecodeResult;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::arrow::push_decoder::{ParquetPushDecoder, ParquetPushDecoderBuilder};
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataPushDecoder,
    ParquetStatisticsPolicy, RowGroupMetaData,
};

use super::table_file::{Batches, TAIL, TableFile, guarded, malformed, sum};
use crate::error::{Error, Result};
use crate::sources::source_file::SourceFile;

/// The decoders are given bytes when they ask for them: the bytes of the columns that are wanted, and no
/// others, wherever the file lies.
pub(super) struct ParquetFile {
    footer: ArrowReaderMetadata,
}

impl TableFile for ParquetFile {
    const FORMAT: &'static str = "Parquet";

    fn open(file: &SourceFile) -> Result<Self> {
        guarded(Self::FORMAT, || {
            let footer = Arc::new(read_footer(file)?);
            let footer = ArrowReaderMetadata::try_new(footer, ArrowReaderOptions::new()).map_err(refused)?;
            Ok(ParquetFile { footer })
        })
    }

    fn schema(&self) -> &SchemaRef {
        self.footer.schema()
    }

    fn part_bytes(&self, columns: &[usize]) -> Result<Vec<u64>> {
        let group_bytes = |group: &RowGroupMetaData| {
            sum(self.wanted(group, columns).map(|column| u64::try_from(column.uncompressed_size()).unwrap_or(0)))
        };
        guarded(Self::FORMAT, || Ok(self.footer.metadata().row_groups().iter().map(group_bytes).collect()))
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
        Ok(sum(groups.iter().map(|group| u64::try_from(group.num_rows()).unwrap_or(0))))
    }

    fn batches<'a>(
        &'a self,
        file: &'a SourceFile,
        parts: Range<usize>,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'a>> {
        let decoder = guarded(Self::FORMAT, || {
            let columns = ProjectionMask::roots(self.footer.parquet_schema(), columns.iter().copied());
            ParquetPushDecoderBuilder::new_with_metadata(self.footer.clone())
                .with_row_groups(parts.collect())
                .with_projection(columns)
                .with_batch_size(batch_rows)
                .build()
                .map_err(refused)
        })?;
        let mut decoder = Some(decoder);
        Ok(Box::new(std::iter::from_fn(move || {
            let batch = guarded(Self::FORMAT, || next_batch(decoder.as_mut(), file)).transpose();
            // What comes after an error is not to be trusted.
            if !matches!(batch, Some(Ok(_))) {
                decoder = None;
            }
            batch
        })))
    }
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

fn next_batch(decoder: Option<&mut ParquetPushDecoder>, file: &SourceFile) -> Result<Option<RecordBatch>> {
    let Some(decoder) = decoder else { return Ok(None) };
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

/// Without statistics, which may be larger than all else and serve nobody here.
fn read_footer(file: &SourceFile) -> Result<ParquetMetaData> {
    let options = ParquetMetaDataOptions::new()
        .with_column_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_encoding_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll);
    let mut decoder = ParquetMetaDataPushDecoder::try_new(file.bytes())
        .map_err(refused)?
        .with_page_index_policy(PageIndexPolicy::Skip)
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

fn refused(error: ParquetError) -> Error {
    let problem = match &error {
        ParquetError::General(problem) | ParquetError::NYI(problem) | ParquetError::EOF(problem) => problem.clone(),
        other => other.to_string(),
    };
    malformed(ParquetFile::FORMAT, problem)
}
