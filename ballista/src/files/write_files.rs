//! Files as a table: of what a query wrote.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::dataframe::DataFrame;
use datafusion::datasource::provider_as_source;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableType};
use datafusion::physical_plan::ExecutionPlan;
use url::Url;

use super::part;
use super::write_file::WriteFile;
use crate::error::unplanned;
use crate::table::{Format, Numbered, pick};

/// Writes what a `DataFrame` gives, once the result is collected: every partition to a file of its own in `folder`, an
/// address such as `s3://bucket/predicted` or `file:///data/predicted`, by the task that has it.
///
/// Partition 7 goes to `part-00007.parquet`, `.jsonl` or `.csv`. The files are there whole or not at all, and take the
/// place of others of that name; other files in the folder stay. A task that is ended from outside may leave pieces beside
/// them, on a local disk as `part-00007.parquet#1`. A row of the result tells of each: `file`, `rows`,
/// `bytes`, `sha256`. A query over [`FileChunks`](crate::table::FileChunks) has a partition a file.
///
/// ```
/// use chunkfit_ballista::files::write_files;
/// use chunkfit_ballista::table::Format;
/// use datafusion::prelude::SessionContext;
///
/// # #[tokio::main]
/// # async fn main() -> datafusion::error::Result<()> {
/// # let folder = tempfile::tempdir()?;
/// # let address = format!("file://{}", folder.path().display());
/// let context = SessionContext::new();
/// let frame = context.sql("SELECT * FROM (VALUES ('a', 1), ('b', 2)) AS t(name, number)").await?;
/// write_files(&frame, &address, Format::JsonLines)?.show().await?;
/// let written = std::fs::read_to_string(folder.path().join("part-00000.jsonl"))?;
/// assert_eq!(written.lines().next(), Some(r#"{"name":"a","number":1}"#));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// A folder that is no address. What reading and writing meet with shows when the result is collected.
pub fn write_files(frame: &DataFrame, folder: &str, format: Format) -> Result<DataFrame> {
    Url::parse(folder).map_err(|error| {
        unplanned(format!("`{folder}` is no address, {error}: for a local folder write file:///folder"))
    })?;
    let (state, plan) = frame.clone().into_parts();
    let table: Arc<dyn TableProvider> = Arc::new(WrittenFiles::new(plan, folder, format));
    let plan = LogicalPlanBuilder::scan("written", provider_as_source(table), None)?.build()?;
    Ok(DataFrame::new(state, plan))
}

/// The table whose rows are the files that scanning it writes; see [`write_files`].
#[derive(Clone, Debug)]
pub struct WrittenFiles {
    plan: LogicalPlan,
    folder: String,
    format: Format,
}

impl WrittenFiles {
    pub(crate) fn new(plan: LogicalPlan, folder: &str, format: Format) -> Self {
        WrittenFiles { plan, folder: folder.to_owned(), format }
    }

    pub(crate) fn parts(&self) -> (&LogicalPlan, &str, Format) {
        (&self.plan, &self.folder, self.format)
    }
}

#[async_trait]
impl TableProvider for WrittenFiles {
    fn schema(&self) -> SchemaRef {
        part::receipt_schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let input = state.create_physical_plan(&self.plan).await?;
        let work = WriteFile { folder: self.folder.clone(), format: self.format };
        let written = Arc::new(Numbered::new(work, input)?);
        match projection {
            Some(wanted) => pick(written, wanted),
            None => Ok(written),
        }
    }
}
