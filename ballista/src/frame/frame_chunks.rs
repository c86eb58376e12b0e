//! A `DataFrame` as chunks.

use std::sync::Arc;

use chunkfit::data::{Text, arrow};
use chunkfit::{Chunks, Error, ErrorKind};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::common::Column;
use datafusion::dataframe::DataFrame;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::execution_plan::reset_plan_states;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};
use futures::TryStreamExt;
use linfa::DatasetBase;
use ndarray::Array1;
use serde::de::DeserializeOwned;

use super::columns::Columns;
use crate::error::from_core;
use crate::runtime::runtime;

/// The partitions of a `DataFrame` as chunks of the local engine: any table that DataFusion reads.
///
/// Nothing is read yet. A chunk is read when its turn comes, by the thread whose turn it is, and again when it is
/// needed
/// again; it counts against the memory limit. Chunks are identified by this call: make them once, and use them often.
///
/// A frame that deals rows anew (joins, `GROUP BY`, `ORDER BY`) does so from the beginning for every chunk: write its
/// result to files first, or [`cache`](DataFrame::cache) it. On a cluster all of the result is one partition.
///
/// ```
/// use chunkfit::Runtime;
/// use chunkfit_ballista::frame::frame_chunks;
/// use datafusion::prelude::SessionContext;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let context = SessionContext::new();
/// let frame = context.sql("SELECT * FROM (VALUES (1), (2)) AS t(number)").await?;
/// let chunks = frame_chunks(&frame).await?;
/// let rows: usize = Runtime::new().compute(chunks)?.iter().map(|chunk| chunk.num_rows()).sum();
/// assert_eq!(rows, 2);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// A frame that cannot be planned. What reading meets with shows when a chunk is computed.
pub async fn frame_chunks(frame: &DataFrame) -> Result<Chunks<RecordBatch>> {
    let context = Arc::new(frame.task_ctx());
    let plan = frame.clone().create_physical_plan().await?;
    let n = plan.output_partitioning().partition_count();
    Ok(Chunks::from_fn("partition", n, move |partition| read(&plan, partition, &context).map_err(failed)))
}

/// The same with a text and a label: chunks of examples, as files of the local engine give them. The weight of
/// [`Columns`] goes with them. Labels are read as in [`arrow::values`]: `bool`, `usize`, `String`, an enum by its
/// names.
///
/// # Errors
/// A column that is not there; as [`frame_chunks`]. NULL, or a label that cannot be read, shows when a chunk is
/// computed.
pub async fn text_chunks<L>(frame: &DataFrame, columns: &Columns) -> Result<Chunks<DatasetBase<Text, Array1<L>>>>
where
    L: DeserializeOwned + chunkfit::data::Chunk,
{
    columns.check(frame.schema())?;
    let (text, label) = (columns.text().to_owned(), columns.label().to_owned());
    let weight = columns.weight_column().map(ToOwned::to_owned);
    let wanted = [&text, &label].into_iter().chain(&weight);
    let wanted = wanted.map(|name| Expr::Column(Column::new_unqualified(name)));
    let chunks = frame_chunks(&frame.clone().select(wanted.collect::<Vec<_>>())?).await?;
    Ok(chunks.try_map("examples", move |batch| {
        let weights = match &weight {
            Some(name) => {
                let column = batch.column_by_name(name).cloned();
                let column = column.ok_or_else(|| Error::parameter("weight", name, "a column"))?;
                arrow::values(&column)?
            }
            None => Vec::new(),
        };
        let examples = arrow::text_and_label(batch.clone(), &text, &label)?;
        Ok(examples.with_weights(Array1::from(weights)))
    }))
}

/// All rows of a partition. Nodes that remember what they handed out begin anew.
fn read(plan: &Arc<dyn ExecutionPlan>, partition: usize, context: &Arc<TaskContext>) -> Result<RecordBatch> {
    let plan = reset_plan_states(plan.clone())?;
    let batches: Vec<RecordBatch> = runtime()?.block_on(async {
        // Within the runtime: nodes may start tasks of their own.
        plan.execute(partition, context.clone())?.try_collect().await
    })?;
    Ok(concat_batches(&plan.schema(), &batches)?)
}

/// As an error of the core, which is what chunks fail with.
fn failed(error: DataFusionError) -> Error {
    Error::new(ErrorKind::Io { action: "read a partition" }).caused_by(error)
}

/// Errors of chunks, for those who go on with DataFusion.
pub(super) fn computed<T>(result: chunkfit::Result<T>) -> Result<T> {
    result.map_err(from_core("computing chunks"))
}
