//! Files, each a chunk.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::csv;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingTableUrl, PartitionedFile};
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;
use datafusion::scalar::ScalarValue;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use super::{Format, NamedScan, chunk_field, with_chunk};
use crate::error::{from_scan, from_store, unplanned};

/// Files of one format, sorted by their paths: file `i` is partition `i`, and its rows have `i` in the column
/// [`chunk`](super::CHUNK).
///
/// Which files there are is settled when the table is opened, and travels with it: a file that comes later is not in
/// it,
/// one that goes is an error. There are as many partitions as files, whatever `target_partitions` is.
#[derive(Clone, Debug)]
pub struct FileChunks {
    store: ObjectStoreUrl,
    format: Format,
    files: Vec<ObjectMeta>,
    file_schema: SchemaRef,
    schema: SchemaRef,
}

impl FileChunks {
    /// The files of a folder (`/data/stories/`, `s3://bucket/stories/`), of a pattern (`/data/*.parquet`), or one file.
    /// Columns and their types are read off the files: for JSON lines off their first thousand records, for CSV off
    /// those of
    /// the first file.
    ///
    /// # Errors
    /// No file, or one that cannot be read; a store that is not registered; a column called `chunk`.
    pub async fn open(context: &SessionContext, path: &str, format: Format) -> Result<Self> {
        let url = ListingTableUrl::parse(path)?;
        let state = context.state();
        let store = state.runtime_env().object_store(&url)?;
        let listed = url.list_all_files(&state, store.as_ref(), "").await?;
        let mut files: Vec<ObjectMeta> = listed.try_collect().await?;
        files.retain(|file| {
            let hidden = file.location.filename().is_some_and(|name| name.starts_with(['.', '_']));
            file.size > 0 && !hidden
        });
        if url.is_collection() && url.get_glob().is_none() {
            files.retain(|file| Format::of(file.location.as_ref()).is_ok_and(|own| own == format));
        }
        if files.is_empty() {
            return Err(unplanned(format!("found no {format:?} files in {path}: name a folder, a pattern or a file")));
        }
        files.sort_by(|a, b| a.location.cmp(&b.location));
        let file_schema = match format {
            Format::Csv => csv_schema(store.as_ref(), &files).await?,
            _ => schema(&state, &store, format, &files).await?,
        };
        Self::new(url.object_store(), format, files, file_schema)
    }

    pub(crate) fn new(
        store: ObjectStoreUrl,
        format: Format,
        files: Vec<ObjectMeta>,
        file_schema: SchemaRef,
    ) -> Result<Self> {
        if u32::try_from(files.len()).is_err() {
            return Err(unplanned(format!("{} files are more than chunks have numbers", files.len())));
        }
        let schema = with_chunk(&file_schema)?;
        Ok(FileChunks { store, format, files, file_schema, schema })
    }

    /// How the files' columns are read: other types than those that were found, or fewer columns.
    ///
    /// # Errors
    /// A column called `chunk`.
    pub fn with_schema(self, schema: &Schema) -> Result<Self> {
        Self::new(self.store, self.format, self.files, Arc::new(schema.clone()))
    }

    /// The files, in their order.
    pub fn files(&self) -> impl ExactSizeIterator<Item = &Path> {
        self.files.iter().map(|file| &file.location)
    }

    pub(crate) fn parts(&self) -> (&ObjectStoreUrl, Format, &[ObjectMeta], &SchemaRef) {
        (&self.store, self.format, &self.files, &self.file_schema)
    }
}

fn file_format(format: Format) -> Arc<dyn FileFormat> {
    match format {
        // Views grow when Arrow's IPC writes parts of them.
        Format::Parquet => Arc::new(ParquetFormat::default().with_force_view_types(false)),
        Format::JsonLines => Arc::new(JsonFormat::default()),
        Format::Csv => Arc::new(CsvFormat::default().with_has_header(true).with_newlines_in_values(true)),
    }
}

/// The columns of files that are no CSV. An error names the first file that has it.
async fn schema(
    state: &dyn Session,
    store: &Arc<dyn ObjectStore>,
    format: Format,
    files: &[ObjectMeta],
) -> Result<SchemaRef> {
    let format = file_format(format);
    let error = match format.infer_schema(state, store, files).await {
        Ok(schema) => return Ok(schema),
        Err(error) => error,
    };
    for file in files {
        if let Err(error) = format.infer_schema(state, store, std::slice::from_ref(file)).await {
            return Err(from_scan(&format!("reading {}", file.location), error));
        }
    }
    // Each by itself is good: they do not fit together.
    Err(error)
}

/// The columns of CSV files, off the first that has rows. DataFusion's own way reads a file in pieces, and cuts
/// quoted values of several lines.
async fn csv_schema(store: &dyn ObjectStore, files: &[ObjectMeta]) -> Result<SchemaRef> {
    let mut found = None;
    for file in files {
        let doing = || format!("reading {}", file.location);
        let content = store.get(&file.location).await.map_err(from_store(doing()))?;
        let content = content.bytes().await.map_err(from_store(doing()))?;
        let format = csv::reader::Format::default().with_header(true);
        let (schema, rows) =
            format.infer_schema(&*content, Some(1000)).map_err(|error| from_scan(&doing(), error.into()))?;
        found = Some(schema);
        if rows > 0 {
            break;
        }
    }
    Ok(Arc::new(found.unwrap_or_else(Schema::empty)))
}

#[async_trait]
impl TableProvider for FileChunks {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let format = file_format(self.format);
        let source = format.file_source(
            TableSchema::builder(self.file_schema.clone()).with_table_partition_cols(vec![chunk_field()]).build(),
        );
        // The number stands beside the file as the value of a partition column does, and is found again whatever
        // becomes of the files' groups.
        let groups = (0_u32..).zip(&self.files).map(|(chunk, meta)| {
            let file = PartitionedFile::new_from_meta(meta.clone());
            FileGroup::new(vec![file.with_partition_values(vec![ScalarValue::UInt32(Some(chunk))])])
        });
        let config = FileScanConfigBuilder::new(self.store.clone(), source)
            .with_file_groups(groups.collect())
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(Arc::new(NamedScan::new(format.create_physical_plan(state, config).await?)))
    }
}
