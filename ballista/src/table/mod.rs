//! Tables whose rows know their chunk.
//!
//! An aggregate function cannot tell which partition its rows are from, and a fit has to: so these tables have a column
//! `chunk`, a number of type `UInt32`, which goes to `fit` as its third argument.
//!
//! - [`FileChunks`]: files, each a chunk and a partition, in the order of their paths, as the local engine has them.
//!   The model does then not depend on the size of a cluster.
//! - [`PartitionChunks`]: any table or query, each of its partitions a chunk.
//!
//! [`register_files`] and [`register_partitions`] give them a name in a session.

mod append_number;
mod file_chunks;
mod named_scan;
mod numbered;
mod partition_chunks;
mod partition_numbers;
mod registered;

pub(crate) use append_number::AppendNumber;
pub use file_chunks::FileChunks;
pub(crate) use named_scan::NamedScan;
pub(crate) use numbered::{Numbered, PartitionWork};
pub use partition_chunks::PartitionChunks;
pub(crate) use partition_numbers::{partition_number, partition_numbers};
pub use registered::{register_files, register_partitions};

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use datafusion::error::Result;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::expressions::Column;
use datafusion::physical_plan::projection::ProjectionExec;

use crate::error::unplanned;

/// What the column with the chunk's number is called.
pub const CHUNK: &str = "chunk";

/// The format of a table's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Format {
    /// Parquet.
    Parquet,
    /// A JSON object a line.
    JsonLines,
    /// CSV with the columns' names in the first line; quoted values may have several lines.
    Csv,
}

impl Format {
    /// The format that the end of a file's name tells: `.parquet`, `.jsonl`, `.ndjson`, `.json`, `.csv`.
    ///
    /// # Errors
    /// Another ending.
    pub fn of(path: &str) -> Result<Self> {
        match path.rsplit_once('.').map(|(_, ending)| ending) {
            Some("parquet") => Ok(Format::Parquet),
            Some("jsonl" | "ndjson" | "json") => Ok(Format::JsonLines),
            Some("csv") => Ok(Format::Csv),
            _ => Err(unplanned(format!(
                "`{path}` does not end in .parquet, .jsonl, .ndjson, .json or .csv: name the format"
            ))),
        }
    }
}

fn chunk_field() -> FieldRef {
    Arc::new(Field::new(CHUNK, DataType::UInt32, false))
}

/// A schema with the chunk's number behind it.
///
/// # Errors
/// One that has a column of this name.
fn with_chunk(schema: &Schema) -> Result<SchemaRef> {
    if schema.field_with_name(CHUNK).is_ok() {
        return Err(unplanned(format!("the table has a column `{CHUNK}` of its own: rename it")));
    }
    let fields: Vec<FieldRef> = schema.fields().iter().cloned().chain([chunk_field()]).collect();
    Ok(Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())))
}

/// The columns of a plan at these places, in this order.
pub(crate) fn pick(plan: Arc<dyn ExecutionPlan>, places: &[usize]) -> Result<Arc<dyn ExecutionPlan>> {
    let schema = plan.schema();
    let columns = places.iter().map(|&place| {
        let name = schema.field(place).name();
        (Arc::new(Column::new(name, place)) as _, name.clone())
    });
    Ok(Arc::new(ProjectionExec::try_new(columns.collect::<Vec<(_, _)>>(), plan)?))
}
