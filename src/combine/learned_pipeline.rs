//! A transformer that has to be learned, then an estimator.

use std::sync::Arc;

use linfa::ParamGuard;
use serde::Serialize;

use super::fit::fit_chunks::{FitChunks, FitRows};
use super::fit::fit_groups::fit_groups;
use super::fit::fitted::Fitted;
use super::pipeline::{FittedPipeline, Pipeline};
use super::preprocess::{Preprocess, PreprocessFit};
use crate::chunks::Chunks;
use crate::data::{Chunk, Identified, RowSet, Rows};
use crate::estimator::{LearnTransform, TransformChunk};
use crate::graph::{Compute, Key, Lazy, Results, Targets};

/// Learns a transformer over the chunks, transforms every chunk with it, then fits what comes out:
/// made by [`Pipeline::learned`].
///
/// Where an estimator learns from some rows only, so does the transformer: no test row of a fold has
/// a part in what its train rows are scaled by. It cannot go on from a model
/// ([`FitOnward`](super::FitOnward)): after more chunks the columns would be scaled otherwise than those
/// that the model has learned.
#[derive(Debug)]
pub struct LearnedPipeline<P, F> {
    preprocess: Preprocess<P>,
    estimator: F,
}

impl<P, F: Clone> Clone for LearnedPipeline<P, F> {
    fn clone(&self) -> Self {
        LearnedPipeline { preprocess: self.preprocess.clone(), estimator: self.estimator.clone() }
    }
}

/// A handle on a pipeline to be fitted, transformer and all; computes to a [`FittedPipeline`].
#[derive(Debug)]
#[must_use = "a fit is lazy: give it to Runtime::compute"]
pub struct LearnedPipelineFit<V, H> {
    transformer: PreprocessFit<V>,
    fit: H,
}

impl<V, H: Clone> Clone for LearnedPipelineFit<V, H> {
    fn clone(&self) -> Self {
        LearnedPipelineFit { transformer: self.transformer.clone(), fit: self.fit.clone() }
    }
}

impl Pipeline<(), ()> {
    /// Puts a transformer that is learned from the chunks, given by its parameters, before an
    /// estimator.
    ///
    /// One pass over the chunks learns the transformer, in parallel; the next transforms and fits.
    /// Pipelines of equal transformers over equal chunks share both. Pipelines nest, whether their
    /// transformers are learned or not.
    ///
    /// ```
    /// use chunkfit::prelude::*;
    /// use chunkfit::preprocessing::TfidfTransformer;
    /// # use linfa::DatasetBase;
    /// # use ndarray::array;
    /// # let chunk = |documents: [&str; 2]| DatasetBase::new(documents.into_iter().collect::<Text>(), array![true, false]);
    /// # let chunks = Chunks::from_memory([chunk(["oil is up", "wheat is up"]), chunk(["oil sinks", "tea is up"])]);
    ///
    /// let counts = HashingVectorizer::params().alternate_sign(false).norm(None);
    /// let weighed = Pipeline::learned(TfidfTransformer::params(), Chained::new(SgdClassifier::params()));
    /// let fit = Pipeline::new(counts, weighed).fit(&chunks);
    /// let (fit, accuracy) = Runtime::new().compute((&fit, fit.score(&chunks)))?;
    /// assert_eq!(fit.model.transformer.n_rows(), 4);
    /// # assert!(accuracy > 0.5);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// Parameters out of range are an error when anything made from the pipeline is computed,
    /// before any task runs.
    pub fn learned<U, F>(transformer: U, estimator: F) -> LearnedPipeline<U::Checked, F>
    where
        U: ParamGuard<Error: Send + Sync + 'static> + Identified + Serialize,
    {
        LearnedPipeline { preprocess: Preprocess::new(transformer), estimator }
    }
}

impl<V, H> LearnedPipelineFit<V, H> {
    /// The handle on the transformer.
    pub fn transformer(&self) -> &PreprocessFit<V> {
        &self.transformer
    }

    /// The handle on what is fitted after the transformation.
    pub fn inner(&self) -> &H {
        &self.fit
    }
}

impl<P, F, D> FitChunks<D> for LearnedPipeline<P, F>
where
    P: LearnTransform<D, Transformer: TransformChunk<D, Output: Chunk>> + Send + Sync + 'static,
    F: FitChunks<<P::Transformer as TransformChunk<D>>::Output>,
    D: Send + Sync + 'static,
{
    type Fit = LearnedPipelineFit<P::Transformer, F::Fit>;

    fn fit(&self, chunks: &Chunks<D>) -> Self::Fit {
        let transformer = self.preprocess.fit(chunks);
        let fit = self.estimator.fit(&transformer.transform(chunks));
        LearnedPipelineFit { transformer, fit }
    }
}

impl<P, F, D> FitRows<D> for LearnedPipeline<P, F>
where
    P: LearnTransform<D, Transformer: TransformChunk<D, Output: Chunk>> + Send + Sync + 'static,
    F: FitRows<<P::Transformer as TransformChunk<D>>::Output>,
    D: Rows + Chunk,
{
    fn fit_rows(&self, chunks: &Chunks<D>, rows: &Chunks<RowSet>, label: &str) -> Self::Fit {
        let transformer = self.preprocess.fit_rows(chunks, rows, label);
        let fit = self.estimator.fit_rows(&transformer.transform(chunks), rows, label);
        LearnedPipelineFit { transformer, fit }
    }

    /// Pipelines over equal transformers go on together.
    fn fit_rows_together(
        pipelines: &[&Self],
        chunks: &Chunks<D>,
        rows: &Chunks<RowSet>,
        label: &dyn Fn(&[usize]) -> String,
    ) -> Vec<Self::Fit> {
        let keys: Vec<Key> = pipelines.iter().map(|pipeline| pipeline.preprocess.key()).collect();
        fit_groups(&keys, |group| {
            let of_group = |members: &[usize]| label(&members.iter().map(|&m| group[m]).collect::<Vec<_>>());
            let transformer = pipelines[group[0]].preprocess.fit_rows(chunks, rows, "");
            let estimators: Vec<&F> = group.iter().map(|&i| &pipelines[i].estimator).collect();
            let fits = F::fit_rows_together(&estimators, &transformer.transform(chunks), rows, &of_group);
            fits.into_iter().map(|fit| LearnedPipelineFit { transformer: transformer.clone(), fit }).collect()
        })
    }
}

impl<V, H, D> Fitted<D> for LearnedPipelineFit<V, H>
where
    V: TransformChunk<D, Output: Chunk> + Send + Sync + 'static,
    H: Fitted<V::Output>,
    D: Send + Sync + 'static,
{
    type Model = H::Model;
    type Examples = H::Examples;

    fn model(&self) -> &Lazy<H::Model> {
        self.fit.model()
    }

    fn examples(&self, data: &Chunks<D>) -> Chunks<H::Examples> {
        self.fit.examples(&self.transformer.transform(data))
    }
}

impl<V: Send + Sync + 'static, H: Compute> Compute for LearnedPipelineFit<V, H> {
    type Output = FittedPipeline<V, H::Output>;

    fn targets(&self, targets: &mut Targets) {
        self.transformer.targets(targets);
        self.fit.targets(targets);
    }

    fn extract(&self, results: &mut Results) -> Self::Output {
        let transformer: Arc<V> = self.transformer.extract(results);
        FittedPipeline { transformer, model: self.fit.extract(results) }
    }
}
