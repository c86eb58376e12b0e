//! What was fitted: the ways to use it, its file, and how it goes on learning.

use chunkfit::Result;
use chunkfit::data::{Rows, Shared};
use chunkfit::estimator::{PartialFit, Persist};
use chunkfit::persist::Training;
use linfa::dataset::DatasetBase;

use super::blocks::{Block, Layout, Targets, dataset};
use super::{FitBlocks, UseBlocks};

/// What was fitted, and all ways to use it: `predict`, `decision_function`, `predict_proba`, `score`, `confusion`,
/// `probability_loss`, `residuals`, `label_counts`, `transform`, `calibrated`, `thresholded`, each over chunks.
pub struct Model {
    pub uses: Vec<(&'static str, UseBlocks)>,
    /// Goes on learning from blocks, if it was fitted by `partial_fit`.
    pub learn_on: Option<FitBlocks>,
    file: Box<dyn Fn() -> ModelFile>,
}

/// The file of a model, and what loads one.
pub struct ModelFile {
    /// The kind that is written in the file.
    pub kind: String,
    pub bytes: Vec<u8>,
    pub load: Load,
}

/// Loads a file of models of one type.
pub type Load = Box<dyn Fn(&[u8]) -> Result<Model> + Send + Sync>;

/// All ways to use a model.
pub type Uses<M> = fn(&M) -> Vec<(&'static str, UseBlocks)>;

impl Model {
    pub fn new<M: Persist + Clone + Shared>(model: M, uses: Uses<M>) -> Self {
        Model {
            uses: uses(&model),
            learn_on: None,
            file: Box::new(move || ModelFile::of(&model, Box::new(move |model| Model::new(model, uses)))),
        }
    }

    /// One that goes on learning.
    pub fn learning<P, R, T>(model: P::Model, params: &P, uses: Uses<P::Model>) -> Self
    where
        P: PartialFit<R, T, Model: Persist> + Clone,
        R: Layout,
        T: Targets,
        DatasetBase<R, T>: Rows,
    {
        let all = uses(&model);
        let (before, on, again) = (model.clone(), params.clone(), params.clone());
        let learn_on = move |blocks: &[Block]| {
            let learn = |model, block: &Block| on.partial_fit(Some(model), &dataset(block));
            Ok(Model::learning(blocks.iter().try_fold(before.clone(), learn)?, &on, uses))
        };
        let file = move || {
            let params = again.clone();
            ModelFile::of(&model, Box::new(move |model| Model::learning(model, &params, uses)))
        };
        Model { uses: all, learn_on: Some(Box::new(learn_on)), file: Box::new(file) }
    }

    /// The model's file.
    pub fn file(&self) -> ModelFile {
        (self.file)()
    }
}

impl ModelFile {
    fn of<M: Persist + Shared>(model: &M, used: Box<dyn Fn(M) -> Model + Send + Sync>) -> Self {
        ModelFile {
            kind: M::kind(),
            bytes: model.to_bytes(&Training::default()).unwrap(),
            load: Box::new(move |bytes| M::from_bytes(bytes).map(&used)),
        }
    }
}
