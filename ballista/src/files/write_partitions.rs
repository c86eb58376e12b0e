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
use crate::table::Format;

/// Writes the rows of every partition to a file of its own, and gives a row for it: `file`, `rows`, `bytes`, `sha256`.
#[derive(Debug)]
pub struct WritePartitions {
    input: Arc<dyn ExecutionPlan>,
    folder: String,
    format: Format,
    properties: Arc<PlanProperties>,
}

impl WritePartitions {
    /// Writes what this plan gives into a folder of an object store.
    pub fn new(input: Arc<dyn ExecutionPlan>, folder: &str, format: Format) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(part::receipt_schema()),
            Partitioning::UnknownPartitioning(input.output_partitioning().partition_count()),
            EmissionType::Final,
            input.boundedness(),
        );
        WritePartitions { input, folder: folder.to_owned(), format, properties: Arc::new(properties) }
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
        vec![false]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
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
        match <[_; 1]>::try_from(children) {
            Ok([input]) => Ok(Arc::new(WritePartitions::new(input, &self.folder, self.format))),
            Err(children) => Err(refused(format!("WritePartitions has one input, not {}", children.len()))),
        }
    }

    // The trait asks for the older form, too.
    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        use datafusion::physical_plan::ChildrenPropertiesMode::Recompute;
        self.replace_children(children, ReplaceChildrenOptions::new(Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let stores = Stores::new(context.runtime_env().object_store_registry.clone());
        let url = format!("{}/{}", self.folder.trim_end_matches('/'), part::name(partition, self.format));
        let (rows, format) = (self.input.execute(partition, context)?, self.format);
        let written = async move { part::write(&stores, &url, format, rows).await };
        Ok(Box::pin(RecordBatchStreamAdapter::new(part::receipt_schema(), stream::once(written))))
    }
}
