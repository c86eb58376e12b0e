//! Tables with chunks by name.

use std::sync::Arc;

use datafusion::dataframe::DataFrame;
use datafusion::error::Result;
use datafusion::prelude::SessionContext;

use super::Format;
use super::file_chunks::FileChunks;
use super::partition_chunks::PartitionChunks;

/// Gives files a name in a session: [`FileChunks::open`], which see. The columns of the files, and `chunk`.
///
/// # Errors
/// As [`FileChunks::open`].
pub async fn register_files(context: &SessionContext, name: &str, path: &str, format: Format) -> Result<DataFrame> {
    context.register_table(name, Arc::new(FileChunks::open(context, path, format).await?))?;
    context.table(name).await
}

/// Gives a query a name in a session: [`PartitionChunks`], which see. The columns of the query, and `chunk`.
///
/// # Errors
/// A query with a column called `chunk`.
pub async fn register_partitions(context: &SessionContext, name: &str, frame: &DataFrame) -> Result<DataFrame> {
    context.register_table(name, Arc::new(PartitionChunks::new(frame)?))?;
    context.table(name).await
}
