//! A model of whatever learner and labels, behind one face.

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

use bytes::Bytes;
use chunkfit::combine::FittedPipeline;
use chunkfit::data::{self, Csr};
use chunkfit::estimator::TransformChunk;
use chunkfit::estimator::{Classes, DecisionFunction, PredictProba};
use chunkfit::linear::{LogisticRegression, SgdClassifier};
use chunkfit::persist::{Description, Persist, describe_bytes};
use chunkfit::text::HashingVectorizer;
use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use linfa::DatasetBase;
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2};

use super::cache::cached;
use super::reference::ModelRef;
use super::stores::Stores;
use crate::error::{from_core, refused};
use crate::label::{FrameLabel, Int, LabelKind};

/// A fitted pipeline of a `HashingVectorizer<f64>` and a `LogisticRegression` or `SgdClassifier`, whatever its labels
/// are, as read from a model file.
#[derive(Clone, Debug)]
pub struct AnyModel {
    model: Arc<dyn Predicts>,
    label: LabelKind,
    description: Description,
}

/// Documents, and which of them are null: those have no letters.
pub(crate) struct Text {
    documents: data::Text,
    nulls: Option<NullBuffer>,
}

/// What a model says of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Predicted {
    DecisionFunction,
    Proba,
}

impl Text {
    /// The documents of an array of strings.
    pub(crate) fn of(array: &ArrayRef, column: &str) -> Result<Self> {
        let nulls = array.logical_nulls().filter(|nulls| nulls.null_count() > 0);
        let documents = match &nulls {
            None => data::arrow::text(array.clone()).map_err(from_core(format!("`{column}`")))?,
            Some(_) => {
                let documents = data::arrow::values::<Option<String>>(array);
                let documents = documents.map_err(from_core(format!("`{column}`")))?;
                documents.into_iter().map(Option::unwrap_or_default).collect()
            }
        };
        Ok(Text { documents, nulls })
    }

    fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    /// Which documents are null.
    pub(crate) fn nulls(&self) -> Option<&NullBuffer> {
        self.nulls.as_ref()
    }
}

/// What models of all learners and labels can do.
trait Predicts: Debug + Send + Sync + Any {
    fn predict(&self, text: &Text) -> Result<ArrayRef>;
    fn numbers(&self, text: &Text, of: Predicted) -> Result<Array2<f64>>;
    fn correct(&self, text: &Text, labels: &ArrayRef) -> Result<u64>;
}

/// A model behind the vectorizer.
#[derive(Debug)]
struct Behind<L, M> {
    pipeline: FittedPipeline<HashingVectorizer<f64>, M>,
    label: std::marker::PhantomData<fn() -> L>,
}

impl<L, M> Behind<L, M>
where
    L: FrameLabel,
    M: PredictInplace<Csr<f64>, Array1<L>>,
{
    fn rows(&self, text: &Text) -> Result<Csr<f64>> {
        let chunk = DatasetBase::new(text.documents.clone(), ());
        let rows = self.pipeline.transformer.transform_chunk(&chunk).map_err(from_core("vectorizing"))?;
        Ok(rows.records)
    }

    fn labels(&self, text: &Text) -> Result<Array1<L>> {
        let rows = self.rows(text)?;
        let mut labels = self.pipeline.model.default_target(&rows);
        self.pipeline.model.predict_inplace(&rows, &mut labels);
        Ok(labels)
    }
}

impl<L, M> Predicts for Behind<L, M>
where
    L: FrameLabel,
    M: PredictInplace<Csr<f64>, Array1<L>>
        + DecisionFunction<Csr<f64>>
        + PredictProba<Csr<f64>>
        + Classes<L>
        + Debug
        + Send
        + Sync
        + 'static,
{
    fn predict(&self, text: &Text) -> Result<ArrayRef> {
        let labels = self.labels(text)?.into_iter().enumerate();
        Ok(L::array(labels.map(|(row, label)| (!text.is_null(row)).then_some(label))))
    }

    fn numbers(&self, text: &Text, of: Predicted) -> Result<Array2<f64>> {
        let rows = self.rows(text)?;
        match of {
            Predicted::DecisionFunction => {
                self.pipeline.model.decision_function(&rows).map_err(from_core("decision_function"))
            }
            Predicted::Proba => self.pipeline.model.predict_proba(&rows).map_err(from_core("predict_proba")),
        }
    }

    fn correct(&self, text: &Text, labels: &ArrayRef) -> Result<u64> {
        let expected: Vec<L> = data::arrow::values(labels).map_err(from_core("score: the labels"))?;
        let classes = self.pipeline.model.classes();
        if let Some(label) = expected.iter().find(|label| classes.binary_search(label).is_err()) {
            return Err(refused(format!(
                "score: the label {label:?} was never seen in training, which saw {} classes: leave such rows out, or \
                 train on some",
                classes.len()
            )));
        }
        let predicted = self.labels(text)?;
        Ok(predicted.iter().zip(&expected).filter(|(predicted, expected)| predicted == expected).count() as u64)
    }
}

/// The kind of a pipeline of this model, as model files name it; the type of the labels is no part of it.
fn kind_of<M: Persist>() -> String {
    FittedPipeline::<HashingVectorizer<f64>, M>::kind()
}

impl AnyModel {
    /// The model in the bytes of a model file.
    ///
    /// # Errors
    /// Bytes that are not a whole model file, or one of another pipeline than a vectorizer of `f64` and one of the two
    /// learners.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let description = describe_bytes(bytes).map_err(from_core("reading a model"))?;
        let kind = &description.kind;
        let read = if *kind == kind_of::<LogisticRegression<f64, bool>>() {
            read_first::<LogisticRegression<f64, bool>, LogisticRegression<f64, Int>, LogisticRegression<f64, String>>(
                bytes,
            )
        } else if *kind == kind_of::<SgdClassifier<f64, bool>>() {
            read_first::<SgdClassifier<f64, bool>, SgdClassifier<f64, Int>, SgdClassifier<f64, String>>(bytes)
        } else {
            Err(refused(format!(
                "a model file holds a {kind}; what predicts in a query is a pipeline of a HashingVectorizer and a \
                 LogisticRegression or an SgdClassifier"
            )))
        };
        let (model, label) = read?;
        Ok(AnyModel { model, label, description })
    }

    /// The model that a reference names, read once a process.
    pub(crate) fn of(stores: &Stores, reference: &ModelRef) -> Result<Arc<Self>> {
        cached(stores, reference, |bytes: &Bytes| AnyModel::read(bytes))
    }

    /// The type of its labels.
    pub fn label(&self) -> LabelKind {
        self.label
    }

    /// What the file says of the model: its kind, and the chunks and rows that it has learned from.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// The pipeline, if it is of this model: `SgdClassifier<f64, bool>`, say.
    pub(crate) fn pipeline<L: FrameLabel, M: 'static>(&self) -> Option<&FittedPipeline<HashingVectorizer<f64>, M>> {
        let model: &dyn Any = &*self.model;
        model.downcast_ref::<Behind<L, M>>().map(|behind| &behind.pipeline)
    }

    /// A label a document, null where the document is; of [`label`](Self::label)'s type.
    pub(crate) fn predict(&self, text: &Text) -> Result<ArrayRef> {
        self.model.predict(text)
    }

    /// Shape (documents, 1) for the decision values of two classes, else (documents, classes).
    pub(crate) fn numbers(&self, text: &Text, of: Predicted) -> Result<Array2<f64>> {
        self.model.numbers(text, of)
    }

    /// How many documents, of which none is null, are predicted to have their label.
    pub(crate) fn correct(&self, text: &Text, labels: &ArrayRef) -> Result<u64> {
        let found = LabelKind::of(labels.data_type(), "label")?;
        if found != self.label {
            let of = |kind: LabelKind| -> DataType { kind.data_type() };
            let (found, own) = (of(found), of(self.label));
            return Err(refused(format!("score: the labels are {found}, and those of the model are {own}: cast them")));
        }
        self.model.correct(text, labels)
    }
}

/// The file tells a boolean from a number from a string: one of the three fits. Of errors, that of the type that
/// the classes in it have is the one to tell; it is the last that is not about them.
fn read_first<B, I, S>(bytes: &[u8]) -> Result<(Arc<dyn Predicts>, LabelKind)>
where
    Behind<bool, B>: Predicts,
    Behind<Int, I>: Predicts,
    Behind<String, S>: Predicts,
    B: Persist,
    I: Persist,
    S: Persist,
{
    if let Ok(model) = read_as::<bool, B>(bytes) {
        return Ok((model, LabelKind::Bool));
    }
    if let Ok(model) = read_as::<Int, I>(bytes) {
        return Ok((model, LabelKind::Int));
    }
    Ok((read_as::<String, S>(bytes)?, LabelKind::Str))
}

fn read_as<L: FrameLabel, M: Persist>(bytes: &[u8]) -> Result<Arc<dyn Predicts>>
where
    Behind<L, M>: Predicts,
{
    let pipeline =
        FittedPipeline::<HashingVectorizer<f64>, M>::from_bytes(bytes).map_err(from_core("reading a model"))?;
    if pipeline.model.columns_in().is_none() {
        return Err(refused("a model file holds a model that has learned nothing"));
    }
    Ok(Arc::new(Behind::<L, M> { pipeline, label: std::marker::PhantomData }))
}
