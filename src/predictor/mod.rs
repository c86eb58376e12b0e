//! Fitted models of any kind, loaded without their types: what is in the file decides.
//!
//! [`Predictor::load`] takes the file of every fitted model and transformer of this crate and of every pipeline of them,
//! nested to any depth, of `f32` or `f64`, with labels of any type that is written as a text, a truth value or an integer.
//! A model of your own is loaded by its type, by [`Persist::load`](crate::persist::Persist::load), and so is one that is to
//! learn on.

mod any_label;
mod around;
mod groups;
mod kinds;
mod load;
mod model;
mod predictions;
mod rows;
mod step;
#[cfg(test)]
mod tests;

use std::borrow::Borrow;
use std::fmt;
use std::path::Path;

use ndarray::Array2;

pub use any_label::AnyLabel;
pub use predictions::{Predictions, Transformed};
pub use rows::{AnyChunk, Layout};

use crate::combine::PredictInput;
use crate::error::{Error, ErrorKind, Result};
use crate::persist::{Description, read_file, with_parts};
use load::{Loaded, steps};
use model::{decide_by, predict_by, probabilities_by};
use rows::Width;
use step::Role;

/// A fitted model or pipeline of any kind, to predict with (scikit-learn's `joblib.load`).
///
/// ```
/// use chunkfit::estimator::Persist;
/// use chunkfit::linear::Loss;
/// use chunkfit::linfa::DatasetBase;
/// use chunkfit::ndarray::array;
/// use chunkfit::predictor::Predictor;
/// use chunkfit::prelude::*;
///
/// let documents: Text = ["oil is up", "tea is down", "oil sinks", "tea is up"].into_iter().collect();
/// let data = DatasetBase::new(documents, array!["oil", "tea", "oil", "tea"].mapv(str::to_owned));
/// let sgd = SgdClassifier::params().loss(Loss::LogLoss);
/// let pipeline = Pipeline::new(HashingVectorizer::params().n_features(1 << 10), Chained::new(sgd).epochs(9));
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("model.safetensors");
/// Runtime::new().compute(pipeline.fit(&Chunks::from_memory([data])))?.save(&file)?;
///
/// let model = Predictor::load(&file)?;
/// assert_eq!(model.kind(), "FittedPipeline<HashingVectorizer, SgdClassifier>");
/// assert_eq!(model.classes(), ["oil".into(), "tea".into()]);
/// let predicted = model.predict(&["more oil", "more tea"])?;
/// let Some(labels) = predicted.labels() else { panic!("it is a classifier") };
/// assert_eq!(labels[1].to_string(), "tea");
/// assert_eq!(model.predict_proba("oil is up")?.dim(), (1, 2)); // a row, two classes
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The bits are those of the typed model on rows of its type of floats: rows of the other type are converted to it first.
/// Numbers of a model of `f32` are given as `f64`, and are the same numbers. It is `Send` and `Sync`: one model serves all
/// threads.
pub struct Predictor {
    description: Description,
    /// All transformers, then the model; a transformer alone is the model.
    transformers: Vec<Loaded>,
    model: Loaded,
    width: Option<Width>,
}

impl Predictor {
    /// The model in a file.
    ///
    /// # Errors
    /// [`Io`](ErrorKind::Io) if the file cannot be read or is a pipe, a socket or a device; [`Malformed`](ErrorKind::Malformed)
    /// if it is not a whole model file, has a kind that is not of this crate, which the error names, or labels that are
    /// neither texts nor truth values nor integers.
    pub fn load(file: impl AsRef<Path>) -> Result<Self> {
        let file = file.as_ref();
        Self::from_bytes(&read_file(file)?).map_err(|error| error.in_file(file))
    }

    /// The model in the bytes of a model file.
    ///
    /// # Errors
    /// Those of [`load`](Self::load), but for `Io`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        with_parts(bytes, |description, part| {
            let mut transformers = steps(&description.kind, &part)?;
            let empty =
                || Error::new(ErrorKind::Malformed { format: "model file", problem: "it has no model".to_owned() });
            let model = transformers.pop().ok_or_else(empty)?;
            let width = transformers.iter().chain([&model]).find_map(|step| step.step.facts().width);
            let predictor = Predictor { description, transformers, model, width };
            predictor.check()?;
            Ok(predictor)
        })
    }

    /// Refuses steps that do not fit each other.
    fn check(&self) -> Result<()> {
        let mut given = None;
        for step in &self.transformers {
            let facts = step.step.facts();
            check_columns(given, facts.columns_in)?;
            if !matches!(facts.role, Role::Transformer | Role::Clusterer) {
                let problem = format!("{} stands where a transformer should be", step.kind);
                return Err(Error::new(ErrorKind::Malformed { format: "model file", problem }));
            }
            given = facts.columns_out;
        }
        check_columns(given, self.model.step.facts().columns_in)
    }

    /// The kind of the model as its file names it, e.g. `FittedPipeline<HashingVectorizer, SgdClassifier>`.
    pub fn kind(&self) -> &str {
        &self.description.kind
    }

    /// All that the file says of the model: its kind, what wrote it, what is known of the training.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// The classes of a classifier, in the order of the columns of probabilities; empty for other models.
    pub fn classes(&self) -> &[AnyLabel] {
        &self.model.classes
    }

    /// The number of columns that rows have to have (scikit-learn's `n_features_in_`); `None` for texts, and for a model
    /// that does not say.
    pub fn n_features_in(&self) -> Option<usize> {
        let first = self.transformers.first().unwrap_or(&self.model);
        first.step.facts().columns_in
    }

    /// Predictions, one a row: of texts, rows or a data set, as [`PredictInput`] lists them.
    ///
    /// # Errors
    /// Input of another kind than the model takes, which the error names (kind `InvalidParameter`, name `input`); rows that
    /// do not fit, as in [`FittedPipeline::predict`](crate::combine::FittedPipeline::predict); a transformer.
    pub fn predict<X>(&self, input: X) -> Result<Predictions>
    where
        X: PredictInput<Chunk: AnyChunk>,
    {
        predict_by(&self.model, &self.before_model(input.hold().borrow().layout())?)
    }

    /// Class probabilities, shape (rows, classes), in the order of [`classes`](Self::classes).
    ///
    /// # Errors
    /// As [`predict`](Self::predict); a model that has no probabilities.
    pub fn predict_proba<X>(&self, input: X) -> Result<Array2<f64>>
    where
        X: PredictInput<Chunk: AnyChunk>,
    {
        probabilities_by(&self.model, &self.before_model(input.hold().borrow().layout())?)
    }

    /// Signed distances from the decision boundaries: shape (rows, 1) for two classes, else (rows, classes); of a
    /// multilabel classifier (rows, labels).
    ///
    /// # Errors
    /// As [`predict`](Self::predict); a model that has no decision values.
    pub fn decision_function<X>(&self, input: X) -> Result<Array2<f64>>
    where
        X: PredictInput<Chunk: AnyChunk>,
    {
        decide_by(&self.model, &self.before_model(input.hold().borrow().layout())?)
    }

    /// The rows after all transformers; where the last step is a transformer or a clusterer, after that one, too.
    ///
    /// # Errors
    /// As [`predict`](Self::predict); rows of texts or categories that no transformer made numbers of.
    pub fn transform<X>(&self, input: X) -> Result<Transformed>
    where
        X: PredictInput<Chunk: AnyChunk>,
    {
        let held = input.hold();
        let rows = self.before_model(held.borrow().layout())?;
        let rows = match self.model.step.facts().role {
            Role::Transformer | Role::Clusterer => self.model.step.transform(&rows)?,
            _ => rows,
        };
        match rows.in_width(Some(Width::F64))? {
            Layout::SparseF64(rows) => Ok(Transformed::Sparse(rows.into_owned())),
            Layout::DenseF64(rows) => Ok(Transformed::Dense(rows.into_owned())),
            other => Err(other.refused(&self.model.kind, &["SparseF64", "DenseF64"])),
        }
    }

    /// The rows as the model takes them.
    fn before_model<'a>(&self, rows: Layout<'a>) -> Result<Layout<'a>> {
        let mut rows = rows.in_width(self.width)?;
        for step in &self.transformers {
            rows = step.step.transform(&rows)?.in_width(self.width)?;
        }
        Ok(rows)
    }
}

impl fmt::Debug for Predictor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Predictor").field("description", &self.description).field("classes", &self.classes()).finish()
    }
}

fn check_columns(given: Option<usize>, taken: Option<usize>) -> Result<()> {
    match (given, taken) {
        (Some(given), Some(taken)) if given != taken => Err(Error::shape("columns of the model", given, taken)),
        _ => Ok(()),
    }
}
