//! A plan node that numbers partitions.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, UInt32Array};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::EquivalenceProperties;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, Partitioning, PhysicalExpr, PlanProperties,
    ReplaceChildrenOptions,
};
use futures::{StreamExt, TryStreamExt, stream};

use super::{partition_number, partition_numbers, with_chunk};
use crate::error::refused;

/// Appends the number of the partition to every row, as the column [`chunk`](super::CHUNK).
#[derive(Debug)]
pub struct NumberPartitions {
    input: Arc<dyn ExecutionPlan>,
    numbers: Arc<dyn ExecutionPlan>,
    schema: SchemaRef,
    properties: Arc<PlanProperties>,
}

impl NumberPartitions {
    /// Above this plan.
    ///
    /// # Errors
    /// A plan that has a column `chunk`.
    pub fn new(input: Arc<dyn ExecutionPlan>) -> Result<Self> {
        let numbers = partition_numbers(&input)?;
        Self::with_numbers(input, numbers)
    }

    /// Above this plan, whose partitions have these numbers.
    pub(crate) fn with_numbers(input: Arc<dyn ExecutionPlan>, numbers: Arc<dyn ExecutionPlan>) -> Result<Self> {
        let schema = with_chunk(&input.schema())?;
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema.clone()),
            Partitioning::UnknownPartitioning(input.output_partitioning().partition_count()),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        Ok(NumberPartitions { input, numbers, schema, properties: Arc::new(properties) })
    }
}

impl DisplayAs for NumberPartitions {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NumberPartitions")
    }
}

impl ExecutionPlan for NumberPartitions {
    fn name(&self) -> &str {
        "NumberPartitions"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true, false]
    }

    /// Others would be numbered.
    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false, false]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input, &self.numbers]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        match <[_; 2]>::try_from(children) {
            Ok([input, numbers]) => Ok(Arc::new(NumberPartitions::with_numbers(input, numbers)?)),
            Err(children) => Err(refused(format!("NumberPartitions has two inputs, not {}", children.len()))),
        }
    }

    // The trait asks for the older form, too.
    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        use datafusion::physical_plan::ChildrenPropertiesMode::Recompute;
        self.replace_children(children, ReplaceChildrenOptions::new(Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let numbers = self.numbers.execute(partition, context.clone())?;
        let (input, schema) = (self.input.execute(partition, context)?, self.schema.clone());
        let numbered = async move {
            let number = partition_number(numbers).await?;
            Ok::<_, DataFusionError>(input.map(move |batch| {
                let batch = batch?;
                let numbers = Arc::new(UInt32Array::from_value(number, batch.num_rows()));
                let columns = batch.columns().iter().cloned().chain([numbers as _]).collect();
                Ok(RecordBatch::try_new(schema.clone(), columns)?)
            }))
        };
        let numbered = stream::once(numbered).try_flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), numbered)))
    }
}
