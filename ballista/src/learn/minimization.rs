//! State of a logistic regression's minimization between two passes.

use bytes::Bytes;
use chunkfit::combine::FittedPipeline;
use chunkfit::data::Csr;
use chunkfit::distributed::{Count, seal, unseal};
use chunkfit::estimator::{FitPasses, RefineAverage};
use chunkfit::linear::LogisticRegressionParams;
use chunkfit::persist::Persist;
use datafusion::error::Result;
use linfa::ParamGuard;
use ndarray::Array1;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use crate::error::{from_core, refused};
use crate::label::{FrameLabel, Int, LabelKind};
use crate::recipe::{LearnerOf, Recipe};

type Params<L> = LogisticRegressionParams<L>;
pub(super) type Minimization<L> = <Params<L> as FitPasses<Csr<f64>, Array1<L>>>::PassState;

/// The minimization, and how many chunks and rows it is over.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub(crate) struct Minimizing<L: FrameLabel>(pub Minimization<L>, pub Count);

fn kind<L: FrameLabel>() -> String {
    format!("minimization of a logistic regression over labels of type {}", L::KIND.name())
}

/// As bytes that travel to the executors.
pub(super) fn write<L: FrameLabel>(minimizing: &Minimizing<L>) -> Result<Vec<u8>> {
    seal(&kind::<L>(), minimizing).map_err(from_core("fit, a pass"))
}

/// From such bytes.
pub(super) fn read<L: FrameLabel>(bytes: &[u8]) -> Result<Minimizing<L>> {
    unseal(&kind::<L>(), bytes).map_err(from_core("fit, the minimization of an earlier pass"))
}

/// The most passes that a round takes.
pub(crate) fn passes_a_round(recipe: &Recipe, label: LabelKind) -> Result<usize> {
    fn of<L: FrameLabel>(recipe: &Recipe) -> Result<usize> {
        Ok(RefineAverage::<Csr<f64>, Array1<L>>::passes_a_round(&logistic::<L>(recipe)?))
    }
    match label {
        LabelKind::Bool => of::<bool>(recipe),
        LabelKind::Int => of::<Int>(recipe),
        LabelKind::Str => of::<String>(recipe),
    }
}

/// True if the minimization has nothing more to ask.
pub(crate) fn is_done(bytes: &[u8], label: LabelKind) -> Result<bool> {
    fn of<L: FrameLabel>(bytes: &[u8]) -> Result<bool> {
        Ok(<Params<L> as FitPasses<Csr<f64>, Array1<L>>>::is_done(&read::<L>(bytes)?.0))
    }
    match label {
        LabelKind::Bool => of::<bool>(bytes),
        LabelKind::Int => of::<Int>(bytes),
        LabelKind::Str => of::<String>(bytes),
    }
}

/// How many chunks and rows it is over.
pub(crate) fn count(bytes: &[u8], label: LabelKind) -> Result<Count> {
    match label {
        LabelKind::Bool => Ok(read::<bool>(bytes)?.1),
        LabelKind::Int => Ok(read::<Int>(bytes)?.1),
        LabelKind::Str => Ok(read::<String>(bytes)?.1),
    }
}

/// The minimization with leave for one round more.
pub(crate) fn next_round(recipe: &Recipe, bytes: &[u8], label: LabelKind) -> Result<Bytes> {
    fn of<L: FrameLabel>(recipe: &Recipe, bytes: &[u8]) -> Result<Bytes> {
        let Minimizing(minimization, count) = read::<L>(bytes)?;
        let minimization = RefineAverage::<Csr<f64>, Array1<L>>::next_round(&logistic::<L>(recipe)?, minimization);
        Ok(write::<L>(&Minimizing(minimization, count))?.into())
    }
    match label {
        LabelKind::Bool => of::<bool>(recipe, bytes),
        LabelKind::Int => of::<Int>(recipe, bytes),
        LabelKind::Str => of::<String>(recipe, bytes),
    }
}

/// The model file of what the minimization has come to.
pub(crate) fn model(recipe: &Recipe, bytes: &[u8], label: LabelKind) -> Result<Bytes> {
    fn of<L: FrameLabel>(recipe: &Recipe, bytes: &[u8]) -> Result<Bytes> {
        let Minimizing(minimization, count) = read::<L>(bytes)?;
        let model = FitPasses::<Csr<f64>, Array1<L>>::model(&logistic::<L>(recipe)?, minimization);
        Ok(file(recipe, model.map_err(from_core("fit"))?, count)?.into())
    }
    match label {
        LabelKind::Bool => of::<bool>(recipe, bytes),
        LabelKind::Int => of::<Int>(recipe, bytes),
        LabelKind::Str => of::<String>(recipe, bytes),
    }
}

/// The bytes of the model file of a fit.
pub(super) fn file<M: Persist>(recipe: &Recipe, model: M, count: Count) -> Result<Vec<u8>> {
    let transformer = recipe.vectorizer().clone().check().map_err(from_core("the parameters of the recipe"))?;
    let pipeline = FittedPipeline { transformer: Arc::new(transformer), model };
    let training = pipeline.training().rows(count.rows as usize).chunks(count.chunks as usize);
    pipeline.to_bytes(&training).map_err(from_core("writing the model"))
}

fn logistic<L: FrameLabel>(recipe: &Recipe) -> Result<Params<L>> {
    match recipe.learner_of::<L>()? {
        LearnerOf::LogisticRegression(params) => Ok(params),
        LearnerOf::SgdClassifier(_) => {
            Err(refused("a minimization is of a logistic regression, and the recipe is not"))
        }
    }
}
