//! Arrow record batches as chunks.

use std::sync::Arc;

use arrow_array::{RecordBatch, UInt64Array};
use arrow_schema::Schema;
use arrow_select::concat::concat_batches;
use arrow_select::take::take_record_batch;

use super::unfit;
use crate::data::{Footprint, Rows};
use crate::error::Result;

/// Counts the buffers as Arrow does: those that columns or batches share are counted for each.
impl Footprint for RecordBatch {
    fn heap_bytes(&self) -> usize {
        self.get_array_memory_size()
    }

    fn row_count(&self) -> usize {
        self.num_rows()
    }
}

/// A row is a batch of one row, which shares the columns.
impl Rows for RecordBatch {
    type Row<'a> = RecordBatch;

    fn n_rows(&self) -> usize {
        self.num_rows()
    }

    fn row(&self, i: usize) -> RecordBatch {
        self.slice(i, 1)
    }

    fn select_rows(&self, rows: &[usize]) -> Self {
        let rows = UInt64Array::from_iter_values(rows.iter().map(|&row| row as u64));
        take_record_batch(self, &rows).expect("Arrow can take rows of every type, and the rows are there")
    }

    fn concat_rows(parts: &[&Self]) -> Result<Self> {
        let schema = parts.first().map_or_else(|| Arc::new(Schema::empty()), |first| first.schema());
        concat_batches(&schema, parts.iter().copied()).map_err(|error| unfit(error.to_string()))
    }
}
