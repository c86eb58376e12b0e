//! A fitted pipeline.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::parts::{Part, StepAt};
use crate::error::Result;
use crate::estimator::TransformChunk;

/// A fitted pipeline: the transformer, and the model of what comes out of it.
///
/// Of a pipeline of several steps the model is the fitted pipeline of all steps but the first. Its parts are reached by
/// their positions or types:
///
/// ```
/// use chunkfit::prelude::*;
/// # use linfa::DatasetBase;
/// # use ndarray::array;
/// # let chunk = |documents: [&str; 2]| DatasetBase::new(documents.into_iter().collect::<Text>(), array![true, false]);
/// # let chunks = Chunks::from_memory([chunk(["oil is up", "wheat is up"]), chunk(["oil sinks", "tea is up"])]);
///
/// let words = HashingVectorizer::params().n_features(1 << 10).alternate_sign(false).norm(None);
/// let pipeline = Pipeline::steps(words).then(TfidfTransformer::params()).then(MaxAbsScaler::params());
/// let fit = pipeline.estimator(Chained::new(SgdClassifier::params())).fit(&chunks);
/// let fitted = Runtime::new().compute(fit)?;
///
/// assert_eq!(fitted.step::<1>().n_rows(), 4); // the TfidfTransformer
/// let tfidf: &TfidfTransformer = fitted.part(); // the same by its type
/// let model: &SgdClassifier<f64, bool> = fitted.part();
/// assert_eq!((tfidf.n_rows(), model.n_rows_seen()), (4, 4));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Serialize, Deserialize)]
pub struct FittedPipeline<V, M> {
    /// The first transformer, fitted, or its parameters checked.
    pub transformer: Arc<V>,
    /// The fitted model: of one transformer's output, or the pipeline of all further steps.
    pub model: M,
}

impl<V, M: Clone> Clone for FittedPipeline<V, M> {
    fn clone(&self) -> Self {
        FittedPipeline { transformer: self.transformer.clone(), model: self.model.clone() }
    }
}

impl<V, M> FittedPipeline<V, M> {
    /// Transforms a chunk by the first transformer, as [`model`](Self::model) wants it.
    ///
    /// # Errors
    /// The transformer's own.
    pub fn transform<D>(&self, chunk: &D) -> Result<V::Output>
    where
        V: TransformChunk<D>,
    {
        self.transformer.transform_chunk(chunk)
    }

    /// The transformer at a position; 0 is the first.
    pub fn step<const N: usize>(&self) -> &<Self as StepAt<N>>::Step
    where
        Self: StepAt<N>,
    {
        self.step_at()
    }

    /// A part, transformer or model, by its type. The index is left to the compiler; where two parts have one type, it
    /// asks for it: take [`step`](Self::step).
    pub fn part<T, I>(&self) -> &T
    where
        Self: Part<T, I>,
    {
        self.part_at()
    }
}
