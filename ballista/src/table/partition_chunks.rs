//! Any table or query, each of its partitions a chunk.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Column;
use datafusion::dataframe::DataFrame;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableType};
use datafusion::physical_plan::ExecutionPlan;

use super::{AppendNumber, Numbered, pick, with_chunk};

/// A query, of whose rows each knows its partition by the column [`chunk`](super::CHUNK).
///
/// The chunks are what the query's partitions are: of a table in memory those it was made of, of files what
/// DataFusion makes of them ([`FileChunks`](super::FileChunks) keeps to the files). A query that deals rows anew (a
/// join, `GROUP BY`, `DISTINCT`) has `target_partitions` of them, in an order of their rows that depends on who was
/// first:
/// a fit of such a table is a fit, but not the same bits every time.
#[derive(Clone, Debug)]
pub struct PartitionChunks {
    plan: LogicalPlan,
    schema: SchemaRef,
}

impl PartitionChunks {
    /// Of this query.
    ///
    /// # Errors
    /// One with a column called `chunk`.
    pub fn new(frame: &DataFrame) -> Result<Self> {
        Self::of_plan(frame.logical_plan().clone())
    }

    pub(crate) fn of_plan(plan: LogicalPlan) -> Result<Self> {
        let schema = with_chunk(plan.schema().as_arrow())?;
        Ok(PartitionChunks { plan, schema })
    }

    pub(crate) fn plan(&self) -> &LogicalPlan {
        &self.plan
    }
}

#[async_trait]
impl TableProvider for PartitionChunks {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let n = self.schema.fields().len() - 1;
        let wanted = projection.cloned().unwrap_or_else(|| (0..=n).collect());
        // Only what is wanted is read; without any column the rows still have to be counted.
        let mut inner: Vec<usize> = wanted.iter().copied().filter(|&column| column < n).collect();
        inner.sort_unstable();
        inner.dedup();
        if inner.is_empty() && n > 0 {
            inner.push(0);
        }
        let columns = inner.iter().map(|&i| Expr::Column(Column::from(self.plan.schema().qualified_field(i))));
        let plan = LogicalPlanBuilder::from(self.plan.clone()).project(columns)?.build()?;
        let input = state.create_physical_plan(&plan).await?;
        let place = |column: &usize| inner.iter().position(|own| own == column).unwrap_or(inner.len());
        let places: Vec<usize> = wanted.iter().map(place).collect();
        pick(Arc::new(Numbered::new(AppendNumber, input)?), &places)
    }
}
