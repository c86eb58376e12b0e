//! Record batches of the local engine as a `DataFrame`.

use std::sync::Arc;

use chunkfit::{Chunks, Runtime};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::Schema;
use datafusion::dataframe::DataFrame;
use datafusion::datasource::MemTable;
use datafusion::error::Result;
use datafusion::prelude::SessionContext;

use super::frame_chunks::computed;

/// Computes chunks of record batches, such as predictions that were put into columns, and makes a `DataFrame` of them,
/// a partition a chunk. All of them are in memory then: for more than that, write files with the core's `sinks`.
///
/// ```
/// use std::sync::Arc;
/// use chunkfit::{Chunks, Runtime};
/// use chunkfit_ballista::frame::chunks_frame;
/// use datafusion::arrow::array::{BooleanArray, RecordBatch};
/// use datafusion::prelude::SessionContext;
///
/// # #[tokio::main]
/// # async fn main() -> datafusion::error::Result<()> {
/// let predicted = Chunks::from_memory([vec![true, false], vec![true]]);
/// let batches = predicted.map("batch", |labels| {
///     let column: BooleanArray = labels.clone().into();
///     RecordBatch::try_from_iter([("predicted", Arc::new(column) as _)]).expect("one column is a batch")
/// });
/// let frame = chunks_frame(&SessionContext::new(), &Runtime::new(), &batches)?;
/// assert_eq!(frame.count().await?, 3);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// What computing the chunks meets with; batches of different columns.
pub fn chunks_frame(context: &SessionContext, runtime: &Runtime, chunks: &Chunks<RecordBatch>) -> Result<DataFrame> {
    let batches = computed(runtime.compute(chunks))?;
    let schema = batches.first().map_or_else(|| Arc::new(Schema::empty()), RecordBatch::schema);
    let partitions = batches.into_iter().map(|batch| vec![batch]).collect();
    context.read_table(Arc::new(MemTable::try_new(schema, partitions)?))
}
