//! Fits over a `DataFrame`.

use std::sync::Arc;

use bytes::Bytes;
use chunkfit::persist::describe_bytes;
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::catalog::TableProvider;
use datafusion::dataframe::DataFrame;
use datafusion::datasource::provider_as_source;
use datafusion::error::Result;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{LogicalPlanBuilder, lit};

use super::columns::Columns;
use super::frame_model::FrameModel;
use crate::error::{from_core, refused, unplanned};
use crate::functions::fit_step_udaf;
use crate::label::LabelKind;
use crate::learn::{Step, minimization};
use crate::model::{MOST_EMBEDDED, ModelRef, Stores};
use crate::recipe::{Learner, Recipe};
use crate::session;
use crate::table::{CHUNK, PartitionChunks};

/// Fits a [`Recipe`] over a `DataFrame`: in this process or on a cluster, whichever the frame's session is of.
///
/// The result is that of the core's [`Averaged`](chunkfit::combine::Averaged), and of its
/// [`rounds`](chunkfit::combine::Averaged::rounds), over the same chunks, to the last bit. The chunks are those of the
/// column [`chunk`](crate::table::CHUNK); a frame without one is numbered by its partitions, see
/// [`PartitionChunks`].
///
/// ```
/// use chunkfit::combine::FittedPipeline;
/// use chunkfit::linear::LogisticRegression;
/// use chunkfit::text::HashingVectorizer;
/// use chunkfit_ballista::{Columns, FrameFit, Recipe, session};
/// use datafusion::prelude::SessionContext;
///
/// # #[tokio::main]
/// # async fn main() -> datafusion::error::Result<()> {
/// let context = SessionContext::new_with_config(session::config());
/// let reviews = context
///     .sql("SELECT * FROM (VALUES ('good', true), ('bad', false), ('very good', true)) AS t(review, positive)")
///     .await?;
/// let recipe = Recipe::new(HashingVectorizer::params(), LogisticRegression::<f64, bool>::params())?;
/// let fitted = FrameFit::new(recipe).rounds(2).fit(&reviews, &Columns::new("review", "positive")).await?;
/// let pipeline: FittedPipeline<HashingVectorizer<f64>, LogisticRegression<f64, bool>> = fitted.load()?;
/// assert_eq!(pipeline.model.classes(), [false, true]);
/// assert_eq!(fitted.describe()?.training.rows, Some(3));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FrameFit {
    pub(super) recipe: Recipe,
    pub(super) rounds: usize,
    scratch: Option<String>,
    pub(super) group_memory: Option<usize>,
}

impl Recipe {
    /// Fits the recipe over a `DataFrame` in one round: [`FrameFit`], which has more to choose, and see there.
    ///
    /// # Errors
    /// Those of [`FrameFit::fit`].
    pub async fn fit_frame(&self, frame: &DataFrame, columns: &Columns) -> Result<FrameModel> {
        FrameFit::new(self.clone()).fit(frame, columns).await
    }
}

impl FrameFit {
    /// In one round.
    pub fn new(recipe: Recipe) -> Self {
        FrameFit { recipe, rounds: 1, scratch: None, group_memory: None }
    }

    /// Goes on from the average for so many rounds in all; see the core's
    /// [`Averaged::rounds`](chunkfit::combine::Averaged::rounds). Default 1.
    ///
    /// Each pass over the chunks is a query: one a round for the SGD classifier, up to eleven for logistic regression.
    pub fn rounds(mut self, rounds: usize) -> Self {
        self.rounds = rounds;
        self
    }

    /// A folder of an object store that client and executors reach, such as `s3://bucket/tmp`: what one query leaves
    /// to the next and is too large for a plan lies there meanwhile. Needed for rounds on a cluster, unless the
    /// model has less than a megabyte.
    pub fn scratch(mut self, folder: &str) -> Self {
        self.scratch = Some(folder.to_owned());
        self
    }

    /// The model.
    ///
    /// # Errors
    /// A column that is not there, or of a type that is of no use; NULL among the values; no rows, or one class; a
    /// chunk
    /// that came in parts; rows of which not all were learned from; a scratch folder that is needed and was not named;
    /// whatever reading the frame meets with.
    pub async fn fit(&self, frame: &DataFrame, columns: &Columns) -> Result<FrameModel> {
        if self.rounds == 0 {
            return Err(unplanned("rounds = 0: 1 or more are needed"));
        }
        let (state, plan) = numbered(frame)?.into_parts();
        let label = columns.check(plan.schema())?;
        let stores = session::stores(&state);
        let run = Run { fit: self, frame: DataFrame::new(state, plan), columns, label, stores };
        let bytes = match (self.rounds, self.recipe.learner()) {
            (1, _) => run.query(Step::Average).await?,
            (_, Learner::LogisticRegression(_)) => run.by_passes().await?,
            (_, Learner::SgdClassifier(_)) => run.by_mixing().await?,
        };
        Ok(FrameModel::new(bytes, label))
    }
}

/// The frame with chunks.
pub(super) fn numbered(frame: &DataFrame) -> Result<DataFrame> {
    if frame.schema().field_with_unqualified_name(CHUNK).is_ok() {
        return Ok(frame.clone());
    }
    let (state, _) = frame.clone().into_parts();
    let table: Arc<dyn TableProvider> = Arc::new(PartitionChunks::new(frame)?);
    let plan = LogicalPlanBuilder::scan("numbered", provider_as_source(table), None)?.build()?;
    Ok(DataFrame::new(state, plan))
}

/// One fit.
struct Run<'a> {
    fit: &'a FrameFit,
    frame: DataFrame,
    columns: &'a Columns,
    label: LabelKind,
    stores: Stores,
}

impl Run<'_> {
    /// What a step gives, if it is of all rows that were read.
    async fn query(&self, step: Step) -> Result<Bytes> {
        let minimizes = matches!(step, Step::Begin | Step::Pass(_));
        let udaf = fit_step_udaf("fit", self.fit.recipe.clone(), step, self.stores.clone());
        let fitted = udaf.call(self.columns.arguments()).alias("fitted");
        let rows = count(lit(1)).alias("rows");
        let batches = self.frame.clone().aggregate(vec![], vec![fitted, rows])?.collect().await?;
        let (bytes, read) = one_row(&batches)?;
        let learned = if minimizes {
            Some(minimization::count(&bytes, self.label)?.rows)
        } else {
            describe_bytes(&bytes).map_err(from_core("describing a model"))?.training.rows.map(|rows| rows as u64)
        };
        if learned != Some(read) {
            return Err(refused(format!(
                "{read} rows were read and {learned:?} learned from: a partial result was lost or came twice; fit \
                 again"
            )));
        }
        Ok(bytes)
    }

    async fn by_mixing(&self) -> Result<Bytes> {
        let mut model = self.query(Step::Average).await?;
        for _ in 2..=self.fit.rounds {
            let reference = self.place(&model).await?;
            let next = self.query(Step::From(reference.clone())).await;
            self.clear(&reference).await;
            model = next?;
        }
        Ok(model)
    }

    async fn by_passes(&self) -> Result<Bytes> {
        let (recipe, label) = (&self.fit.recipe, self.label);
        let passes = minimization::passes_a_round(recipe, label)?;
        let mut now = self.query(Step::Begin).await?;
        for round in 2..=self.fit.rounds {
            if round > 2 {
                now = minimization::next_round(recipe, &now, label)?;
            }
            for _ in 0..passes {
                if minimization::is_done(&now, label)? {
                    break;
                }
                let reference = self.place(&now).await?;
                let next = self.query(Step::Pass(reference.clone())).await;
                self.clear(&reference).await;
                now = next?;
            }
        }
        minimization::model(recipe, &now, label)
    }

    /// Puts what the next query needs where it finds it.
    async fn place(&self, bytes: &Bytes) -> Result<ModelRef> {
        if bytes.len() <= MOST_EMBEDDED {
            return ModelRef::embedded(bytes.clone());
        }
        if let Some(folder) = &self.fit.scratch {
            return self.stores.put(folder, "scratch", bytes.clone(), self.label).await;
        }
        if is_remote(&self.frame).await? {
            return Err(unplanned(format!(
                "a further round has {} bytes to tell the executors, more than go into a plan: name a folder that they \
                 reach (FrameFit::scratch)",
                bytes.len()
            )));
        }
        Ok(ModelRef::in_process(bytes.clone()))
    }

    /// What is left behind does no harm: no error.
    async fn clear(&self, reference: &ModelRef) {
        if let Err(error) = self.stores.remove(reference).await {
            log::warn!("{error}");
        }
    }
}

/// Whether the frame's queries leave this process.
async fn is_remote(frame: &DataFrame) -> Result<bool> {
    let plan = frame.clone().create_physical_plan().await?;
    Ok(plan.name() == "DistributedQueryExec")
}

fn one_row(batches: &[RecordBatch]) -> Result<(Bytes, u64)> {
    let batch = batches.iter().find(|batch| batch.num_rows() > 0);
    let fitted =
        batch.and_then(|batch| batch.column_by_name("fitted")).and_then(|column| column.as_binary_opt::<i64>());
    let rows = batch.and_then(|batch| batch.column_by_name("rows"));
    let rows = rows.and_then(|column| column.as_primitive_opt::<Int64Type>());
    match (fitted, rows) {
        (Some(fitted), Some(rows)) if fitted.is_valid(0) => {
            Ok((Bytes::copy_from_slice(fitted.value(0)), rows.value(0).unsigned_abs()))
        }
        _ => Err(refused("the query of a fit gave no model")),
    }
}
