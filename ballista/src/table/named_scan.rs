//! A plan node whose errors name the file.

use std::fmt;
use std::sync::Arc;

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, PhysicalExpr, PlanProperties, ReplaceChildrenOptions,
};
use futures::TryStreamExt;

use crate::error::{from_scan, refused};

/// A scan of files. DataFusion's own say what is wrong, but not where.
#[derive(Debug)]
pub(crate) struct NamedScan {
    scan: Arc<dyn ExecutionPlan>,
}

impl NamedScan {
    pub fn new(scan: Arc<dyn ExecutionPlan>) -> Self {
        NamedScan { scan }
    }

    /// The files of a partition, as far as the plan tells.
    fn files(&self, partition: usize) -> String {
        let scan = self.scan.downcast_ref::<DataSourceExec>();
        let config = scan.and_then(|scan| scan.data_source().downcast_ref::<FileScanConfig>());
        let group = config.and_then(|config| config.file_groups.get(partition));
        let names = group.into_iter().flat_map(|group| group.files()).map(|file| file.object_meta.location.to_string());
        names.collect::<Vec<_>>().join(", ")
    }
}

impl DisplayAs for NamedScan {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl ExecutionPlan for NamedScan {
    fn name(&self) -> &str {
        "NamedScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.scan.properties()
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    /// A partition is a file.
    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.scan]
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
            Ok([scan]) => Ok(Arc::new(NamedScan::new(scan))),
            Err(children) => Err(refused(format!("NamedScan has one input, not {}", children.len()))),
        }
    }

    // The trait asks for the older form, too.
    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        use datafusion::physical_plan::ChildrenPropertiesMode::Recompute;
        self.replace_children(children, ReplaceChildrenOptions::new(Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let doing = format!("reading {}", self.files(partition));
        let rows = self.scan.execute(partition, context)?.map_err(move |error| from_scan(&doing, error));
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), rows)))
    }
}
