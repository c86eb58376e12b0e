//! The number of the partition as a column.

use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, UInt32Array};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use futures::StreamExt;
use futures::stream::BoxStream;

use super::numbered::PartitionWork;
use super::with_chunk;

/// Appends the number of the partition to every row, as the column [`chunk`](super::CHUNK).
#[derive(Clone, Debug)]
pub(crate) struct AppendNumber;

impl PartitionWork for AppendNumber {
    const NAME: &'static str = "NumberPartitions";
    const PASSES_ROWS: bool = true;

    fn schema(&self, rows: &Schema) -> Result<SchemaRef> {
        with_chunk(rows)
    }

    fn run(
        self,
        number: u32,
        rows: SendableRecordBatchStream,
        schema: SchemaRef,
        _: &TaskContext,
    ) -> BoxStream<'static, Result<RecordBatch>> {
        rows.map(move |batch| {
            let batch = batch?;
            let numbers = Arc::new(UInt32Array::from_value(number, batch.num_rows()));
            let columns = batch.columns().iter().cloned().chain([numbers as _]).collect();
            Ok(RecordBatch::try_new(schema.clone(), columns)?)
        })
        .boxed()
    }
}
