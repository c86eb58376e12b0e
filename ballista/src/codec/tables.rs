//! Tables as bytes.

use std::sync::Arc;

use chunkfit::distributed::{seal, unseal};
use datafusion::arrow::datatypes::Schema;
use datafusion::catalog::TableProvider;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion_proto::logical_plan::{AsLogicalPlan, LogicalExtensionCodec};
use datafusion_proto::protobuf::{self, LogicalPlanNode};
use object_store::ObjectMeta;
use object_store::path::Path;
use prost::Message;
use serde::{Deserialize, Serialize};

use crate::error::{from_core, refused};
use crate::files::WrittenFiles;
use crate::table::{FileChunks, Format, PartitionChunks};

const TABLE: &str = "table";

#[derive(Serialize, Deserialize)]
enum Table {
    Files {
        store: String,
        format: Format,
        files: Vec<File>,
        /// As DataFusion writes schemas.
        schema: Vec<u8>,
    },
    Partitions {
        /// As DataFusion writes plans.
        plan: Vec<u8>,
    },
    Written {
        plan: Vec<u8>,
        folder: String,
        format: Format,
    },
}

#[derive(Serialize, Deserialize)]
struct File {
    path: String,
    size: u64,
    /// In microseconds.
    modified: i64,
    e_tag: Option<String>,
    version: Option<String>,
}

/// Writes a table if it is ours.
pub(super) fn encode_table(
    table: &dyn TableProvider,
    codec: &dyn LogicalExtensionCodec,
    bytes: &mut Vec<u8>,
) -> Result<bool> {
    let table = if let Some(table) = table.downcast_ref::<FileChunks>() {
        let (store, format, files, schema) = table.parts();
        let schema = protobuf::Schema::try_from(&**schema).map_err(|error| refused(error.to_string()))?;
        let files = files.iter().map(|meta| File {
            path: meta.location.to_string(),
            size: meta.size,
            modified: meta.last_modified.timestamp_micros(),
            e_tag: meta.e_tag.clone(),
            version: meta.version.clone(),
        });
        let (store, files) = (store.as_str().to_owned(), files.collect());
        Table::Files { store, format, files, schema: schema.encode_to_vec() }
    } else if let Some(table) = table.downcast_ref::<PartitionChunks>() {
        Table::Partitions { plan: LogicalPlanNode::try_from_logical_plan(table.plan(), codec)?.encode_to_vec() }
    } else if let Some(table) = table.downcast_ref::<WrittenFiles>() {
        let (plan, folder, format) = table.parts();
        let plan = LogicalPlanNode::try_from_logical_plan(plan, codec)?.encode_to_vec();
        Table::Written { plan, folder: folder.to_owned(), format }
    } else {
        return Ok(false);
    };
    bytes.extend(seal(TABLE, &table).map_err(from_core("encoding a table"))?);
    Ok(true)
}

/// Reads a table of ours.
pub(super) fn decode_table(
    bytes: &[u8],
    context: &TaskContext,
    codec: &dyn LogicalExtensionCodec,
) -> Result<Arc<dyn TableProvider>> {
    match unseal(TABLE, bytes).map_err(from_core("decoding a table"))? {
        Table::Files { store, format, files, schema } => {
            let wrong = |problem: String| refused(format!("decoding a table: {problem}"));
            let schema = protobuf::Schema::decode(&*schema).map_err(|error| wrong(error.to_string()))?;
            let schema = Schema::try_from(&schema).map_err(|error| wrong(error.to_string()))?;
            let file = |File { path, size, modified, e_tag, version }| -> Result<ObjectMeta> {
                Ok(ObjectMeta {
                    location: Path::parse(path).map_err(|error| wrong(error.to_string()))?,
                    last_modified: chrono::DateTime::from_timestamp_micros(modified)
                        .ok_or_else(|| wrong("a time of change is none".to_owned()))?,
                    size,
                    e_tag,
                    version,
                })
            };
            let files = files.into_iter().map(file).collect::<Result<Vec<_>>>()?;
            Ok(Arc::new(FileChunks::new(ObjectStoreUrl::parse(store)?, format, files, Arc::new(schema))?))
        }
        Table::Partitions { plan } => {
            let plan = LogicalPlanNode::try_decode(&plan)?.try_into_logical_plan(context, codec)?;
            Ok(Arc::new(PartitionChunks::of_plan(plan)?))
        }
        Table::Written { plan, folder, format } => {
            let plan = LogicalPlanNode::try_decode(&plan)?.try_into_logical_plan(context, codec)?;
            Ok(Arc::new(WrittenFiles::new(plan, &folder, format)))
        }
    }
}
