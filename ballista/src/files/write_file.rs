//! A partition as a file.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use serde::{Deserialize, Serialize};

use super::part;
use crate::model::Stores;
use crate::table::{Format, PartitionWork};

/// Writes the rows of a partition to a file in this folder of an object store, and gives a row for it: `file`, `rows`,
/// `bytes`, `sha256`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WriteFile {
    pub folder: String,
    pub format: Format,
}

impl PartitionWork for WriteFile {
    const NAME: &'static str = "WritePartitions";
    const PASSES_ROWS: bool = false;

    fn schema(&self, _: &Schema) -> Result<SchemaRef> {
        Ok(part::receipt_schema())
    }

    fn run(
        self,
        number: u32,
        rows: SendableRecordBatchStream,
        _: SchemaRef,
        context: &TaskContext,
    ) -> BoxStream<'static, Result<RecordBatch>> {
        let stores = Stores::new(context.runtime_env().object_store_registry.clone());
        let url = format!("{}/{}", self.folder.trim_end_matches('/'), part::name(number, self.format));
        stream::once(async move { part::write(&stores, &url, self.format, rows).await }).boxed()
    }
}
