//! A model a group.

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::Int64Type;
use datafusion::common::Column;
use datafusion::dataframe::DataFrame;
use datafusion::error::Result;
use datafusion::execution::memory_pool::MemoryLimit;
use datafusion::functions::expr_fn::octet_length;
use datafusion::functions_aggregate::expr_fn::{count, count_distinct, sum};
use datafusion::logical_expr::{Expr, cast, col, lit, when};

use super::columns::{Columns, check_column};
use super::frame_fit::{FrameFit, numbered};
use crate::error::{refused, unplanned};
use crate::functions::fit_step_udaf;
use crate::learn::Step;
use crate::session;
use crate::table::CHUNK;

/// What a column of a state takes: its number, and a coefficient and its weight for every boundary.
const COLUMN_BYTES: i64 = 4;
const COEFFICIENT_BYTES: i64 = 16;

impl FrameFit {
    /// How much memory the states of all groups may take, in bytes, in [`fit_groups`](Self::fit_groups). By default
    /// what the session's memory pool has in all, if it is limited; on a cluster set it to what the executors that
    /// merge the groups have together.
    pub fn group_memory(mut self, bytes: usize) -> Self {
        self.group_memory = Some(bytes);
        self
    }

    /// A model for every group of rows that have the same values in the columns `keys`: a `DataFrame` of the keys
    /// and of `model`, the bytes of a model file. In SQL: `SELECT key, fit(text, label, chunk) FROM … GROUP BY key`.
    ///
    /// Each is the model of its rows alone, to the last bit; in one round. If the memory is limited, a query over
    /// the lengths of the texts comes first: groups × chunks × columns that a state can have at most.
    ///
    /// # Errors
    /// More rounds than one; columns that are not there; more memory than there is for the states.
    pub async fn fit_groups(&self, frame: &DataFrame, columns: &Columns, keys: &[&str]) -> Result<DataFrame> {
        if self.rounds != 1 {
            return Err(unplanned(format!("rounds = {}: groups are fitted in one round", self.rounds)));
        }
        if keys.is_empty() {
            return Err(unplanned("keys = []: name the columns whose values make a group"));
        }
        let frame = numbered(frame)?;
        columns.check(frame.schema())?;
        keys.iter().try_for_each(|key| check_column(frame.schema(), key))?;
        let keys: Vec<Expr> = keys.iter().map(|&key| Expr::Column(Column::new_unqualified(key))).collect();
        let (state, plan) = frame.into_parts();
        let stores = session::stores(&state);
        let limit = self.group_memory.or_else(|| match state.runtime_env().memory_pool.memory_limit() {
            MemoryLimit::Finite(bytes) => Some(bytes),
            _ => None,
        });
        let frame = DataFrame::new(state, plan);
        if let Some(limit) = limit {
            self.check_memory(&frame, columns, &keys, limit).await?;
        }
        let udaf = fit_step_udaf("fit", self.recipe.clone(), Step::Average, stores);
        frame.aggregate(keys, vec![udaf.call(columns.arguments()).alias("model")])
    }

    /// Refuses states that cannot find room: a query that runs out of memory half-way fails late.
    async fn check_memory(&self, frame: &DataFrame, columns: &Columns, keys: &[Expr], limit: usize) -> Result<()> {
        let column = |name: &str| Expr::Column(Column::new_unqualified(name));
        let classes = count_distinct(column(columns.label())).alias("classes");
        let classes = number(&frame.clone().aggregate(vec![], vec![classes])?, "classes").await?;
        let boundaries = if classes <= 2 { 1 } else { classes };

        // A word and what parts it from the next have two bytes at least.
        let bytes = cast(octet_length(column(columns.text())), datafusion::arrow::datatypes::DataType::Int64);
        let words = (sum(bytes) / lit(2_i64)).alias("words");
        let by = keys.iter().cloned().chain([column(CHUNK)]).collect();
        let states = frame.clone().aggregate(by, vec![words])?;
        let most = i64::try_from(self.recipe.n_features()?).unwrap_or(i64::MAX);
        let touched = when(col("words").gt(lit(most)), lit(most)).otherwise(col("words"))?;
        let totals = vec![sum(touched).alias("touched"), count(lit(1_i64)).alias("states")];
        let totals = states.aggregate(vec![], totals)?.cache().await?;
        let (touched, states) = (number(&totals, "touched").await?, number(&totals, "states").await?);
        let needed = touched.saturating_mul(boundaries.saturating_mul(COEFFICIENT_BYTES).saturating_add(COLUMN_BYTES));
        if needed.unsigned_abs() > limit as u64 {
            return Err(refused(format!(
                "the states of {states} groups in chunks may take {} MB, and there are {} MB for them: fit the groups in \
                 several queries (WHERE), have fewer columns (n_features) or larger chunks, or raise the limit \
                 (FrameFit::group_memory)",
                needed.unsigned_abs() >> 20,
                limit >> 20
            )));
        }
        Ok(())
    }
}

/// The only value of a column; 0 if it is null, as a sum over no rows is.
async fn number(frame: &DataFrame, name: &str) -> Result<i64> {
    let batches = frame.clone().collect().await?;
    let batch = batches.iter().find(|batch| batch.num_rows() > 0);
    let column = batch.and_then(|batch| batch.column_by_name(name));
    let column = column.and_then(|column| column.as_primitive_opt::<Int64Type>());
    Ok(column.and_then(|column| column.iter().next().flatten()).unwrap_or(0))
}
