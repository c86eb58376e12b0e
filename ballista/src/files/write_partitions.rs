//! A plan node that writes every partition to a file.

use std::fmt;
use std::sync::Arc;

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::EquivalenceProperties;
use datafusion::physical_plan::execution_plan::EmissionType;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, Partitioning, PhysicalExpr, PlanProperties,
    ReplaceChildrenOptions,
};
use futures::stream;

use super::part;
use crate::error::refused;
use crate::model::Stores;
use crate::table::{Format, partition_number, partition_numbers};

/// Writes the rows of every partition to a file of its own, and gives a row for it: `file`, `rows`, `bytes`, `sha256`.
#[derive(Debug)]
pub struct WritePartitions {
    input: Arc<dyn ExecutionPlan>,
    numbers: Arc<dyn ExecutionPlan>,
    folder: String,
    format: Format,
    properties: Arc<PlanProperties>,
}

impl WritePartitions {
    /// Writes what this plan gives into a folder of an object store.
    ///
    /// # Errors
    /// More partitions than 2^32.
    pub fn new(input: Arc<dyn ExecutionPlan>, folder: &str, format: Format) -> Result<Self> {
        let numbers = partition_numbers(&input)?;
        Ok(Self::with_numbers(input, numbers, folder, format))
    }

    /// The same of a plan whose partitions have these numbers.
    pub(crate) fn with_numbers(
        input: Arc<dyn ExecutionPlan>,
        numbers: Arc<dyn ExecutionPlan>,
        folder: &str,
        format: Format,
    ) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(part::receipt_schema()),
            Partitioning::UnknownPartitioning(input.output_partitioning().partition_count()),
            EmissionType::Final,
            input.boundedness(),
        );
        WritePartitions { input, numbers, folder: folder.to_owned(), format, properties: Arc::new(properties) }
    }

    /// The folder.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// The format of the files.
    pub fn format(&self) -> Format {
        self.format
    }
}

impl DisplayAs for WritePartitions {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WritePartitions: folder={}, format={:?}", self.folder, self.format)
    }
}

impl ExecutionPlan for WritePartitions {
    fn name(&self) -> &str {
        "WritePartitions"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    /// The files are what the query's partitions are.
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
            Ok([input, numbers]) => {
                Ok(Arc::new(WritePartitions::with_numbers(input, numbers, &self.folder, self.format)))
            }
            Err(children) => Err(refused(format!("WritePartitions has two inputs, not {}", children.len()))),
        }
    }

    // The trait asks for the older form, too.
    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        use datafusion::physical_plan::ChildrenPropertiesMode::Recompute;
        self.replace_children(children, ReplaceChildrenOptions::new(Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let stores = Stores::new(context.runtime_env().object_store_registry.clone());
        let numbers = self.numbers.execute(partition, context.clone())?;
        let (rows, folder, format) = (self.input.execute(partition, context)?, self.folder.clone(), self.format);
        let written = async move {
            let name = part::name(partition_number(numbers).await?, format);
            part::write(&stores, &format!("{}/{name}", folder.trim_end_matches('/')), format, rows).await
        };
        Ok(Box::pin(RecordBatchStreamAdapter::new(part::receipt_schema(), stream::once(written))))
    }
}
