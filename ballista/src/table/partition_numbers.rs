//! The numbers of partitions, as a plan beside the one whose partitions they are.
//!
//! A node is told no more than the place of a partition among those of its task: Ballista cuts the plan of a task down to
//! the partitions that the task has, and counts these from 0. What it cuts are the leaves. So the numbers are a leaf.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, RecordBatch, UInt32Array};
use datafusion::arrow::datatypes::{Schema, UInt32Type};
use datafusion::catalog::memory::MemorySourceConfig;
use datafusion::error::Result;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};
use futures::StreamExt;

use super::chunk_field;
use crate::error::refused;

/// As many partitions as a plan has, each of one row: its number.
///
/// # Errors
/// More partitions than 2^32.
pub(crate) fn partition_numbers(plan: &Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    let n = u32::try_from(plan.output_partitioning().partition_count())
        .map_err(|_| refused("there are more partitions than chunks have numbers"))?;
    let schema = Arc::new(Schema::new(vec![chunk_field()]));
    let partition = |number| {
        let numbers = Arc::new(UInt32Array::from(vec![number]));
        Ok(vec![RecordBatch::try_new(schema.clone(), vec![numbers])?])
    };
    let partitions = (0..n).map(partition).collect::<Result<Vec<_>>>()?;
    Ok(MemorySourceConfig::try_new_exec(&partitions, schema.clone(), None)?)
}

/// The number in a partition of them.
///
/// # Errors
/// Those of reading it; a partition that has none.
pub(crate) async fn partition_number(mut rows: SendableRecordBatchStream) -> Result<u32> {
    while let Some(batch) = rows.next().await {
        if let Some(number) = batch?.column(0).as_primitive::<UInt32Type>().iter().flatten().next() {
            return Ok(number);
        }
    }
    Err(refused("a partition came without its number"))
}
