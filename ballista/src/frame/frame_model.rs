//! `FrameModel`: the result of a fit over a `DataFrame`.

use bytes::Bytes;
use chunkfit::persist::{Description, Persist, describe_bytes};
use datafusion::error::Result;

use crate::error::from_core;
use crate::label::LabelKind;
use crate::model::{ModelRef, Stores};

/// A fitted pipeline as the bytes of a model file.
#[derive(Clone, Debug)]
pub struct FrameModel {
    bytes: Bytes,
    label: LabelKind,
}

impl FrameModel {
    pub(super) fn new(bytes: Bytes, label: LabelKind) -> Self {
        FrameModel { bytes, label }
    }

    /// The model file.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The type of the labels.
    pub fn label(&self) -> LabelKind {
        self.label
    }

    /// What the file says of the model: its kind, and how many chunks and rows it has learned from.
    ///
    /// # Errors
    /// None that is known: the file was just written.
    pub fn describe(&self) -> Result<Description> {
        describe_bytes(&self.bytes).map_err(from_core("describing a model"))
    }

    /// The model: a `FittedPipeline<HashingVectorizer<f64>, LogisticRegression<f64, bool>>`, say, or one of
    /// `SgdClassifier`, and of labels of type `bool`, [`Int`](crate::Int) or `usize`, or `String`.
    ///
    /// # Errors
    /// Another type than that of the recipe and the labels.
    pub fn load<M: Persist>(&self) -> Result<M> {
        M::from_bytes(&self.bytes).map_err(from_core("reading a model"))
    }

    /// Puts the file into a folder of an object store, where executors find it; see [`Stores::put`]. The reference,
    /// as text, is what `predict` and `score` take.
    ///
    /// # Errors
    /// Those of [`Stores::put`].
    pub async fn put(&self, stores: &Stores, folder: &str) -> Result<ModelRef> {
        stores.put(folder, "safetensors", self.bytes.clone(), self.label).await
    }
}
