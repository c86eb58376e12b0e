//! A plan node that does something with every partition, whose number it knows.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::EquivalenceProperties;
use datafusion::physical_plan::execution_plan::EmissionType;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, Partitioning, PhysicalExpr, PlanProperties,
    ReplaceChildrenOptions,
};
use futures::stream::BoxStream;
use futures::{TryStreamExt, stream};

use super::{partition_number, partition_numbers};
use crate::error::refused;

/// What a [`Numbered`] node does.
pub(crate) trait PartitionWork: Clone + fmt::Debug + Send + Sync + 'static {
    /// What the node is called in a plan.
    const NAME: &'static str;

    /// Whether it gives the rows that it gets, in their order, as they come; else something when all have come.
    const PASSES_ROWS: bool;

    /// What it gives of rows with this schema.
    ///
    /// # Errors
    /// Rows that it has no use for.
    fn schema(&self, rows: &Schema) -> Result<SchemaRef>;

    /// The work on the rows of partition `number`, which gives batches with this schema.
    fn run(
        self,
        number: u32,
        rows: SendableRecordBatchStream,
        schema: SchemaRef,
        context: &TaskContext,
    ) -> BoxStream<'static, Result<RecordBatch>>;
}

/// Does this work with every partition of the input. The second input has the partitions' numbers.
#[derive(Debug)]
pub(crate) struct Numbered<W> {
    work: W,
    input: Arc<dyn ExecutionPlan>,
    numbers: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
}

impl<W: PartitionWork> Numbered<W> {
    /// Above this plan.
    ///
    /// # Errors
    /// Rows that the work has no use for; more partitions than 2^32.
    pub fn new(work: W, input: Arc<dyn ExecutionPlan>) -> Result<Self> {
        let numbers = partition_numbers(&input)?;
        Self::with_numbers(work, input, numbers)
    }

    /// The same above a plan whose partitions have these numbers.
    pub fn with_numbers(work: W, input: Arc<dyn ExecutionPlan>, numbers: Arc<dyn ExecutionPlan>) -> Result<Self> {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(work.schema(&input.schema())?),
            Partitioning::UnknownPartitioning(input.output_partitioning().partition_count()),
            if W::PASSES_ROWS { input.pipeline_behavior() } else { EmissionType::Final },
            input.boundedness(),
        );
        Ok(Numbered { work, input, numbers, properties: Arc::new(properties) })
    }

    /// What is done.
    pub fn work(&self) -> &W {
        &self.work
    }
}

impl<W: PartitionWork> DisplayAs for Numbered<W> {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", W::NAME, self.work)
    }
}

impl<W: PartitionWork> ExecutionPlan for Numbered<W> {
    fn name(&self) -> &str {
        W::NAME
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![W::PASSES_ROWS, false]
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
            Ok([input, numbers]) => Ok(Arc::new(Numbered::with_numbers(self.work.clone(), input, numbers)?)),
            Err(children) => Err(refused(format!("{} has two inputs, not {}", W::NAME, children.len()))),
        }
    }

    // The trait asks for the older form, too.
    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        use datafusion::physical_plan::ChildrenPropertiesMode::Recompute;
        self.replace_children(children, ReplaceChildrenOptions::new(Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let numbers = self.numbers.execute(partition, context.clone())?;
        let rows = self.input.execute(partition, context.clone())?;
        let (work, schema) = (self.work.clone(), self.schema());
        let given =
            async move { Ok::<_, DataFusionError>(work.run(partition_number(numbers).await?, rows, schema, &context)) };
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), stream::once(given).try_flatten())))
    }
}
