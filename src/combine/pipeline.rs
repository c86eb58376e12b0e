//! A transformer, then an estimator.

use std::sync::Arc;

use linfa::ParamGuard;
use serde::{Deserialize, Serialize};

use super::fit::fit_chunks::{FitChunks, FitOnward, FitRows};
use super::fit::fit_groups::fit_groups;
use super::fit::fitted::Fitted;
use crate::chunks::Chunks;
use crate::data::{Chunk, Identified, RowSet};
use crate::error::{Error, Result};
use crate::estimator::TransformChunk;
use crate::graph::{Compute, Key, KeyBuilder, Lazy, Results, Targets, caught_in};

/// Transforms every chunk, then fits what comes out.
///
/// Pipelines over equal transformers share the transformed chunks: computed together, each chunk
/// is transformed once. Pipelines nest, for more than one transformation. For a transformer that has to
/// be learned from the chunks there is [`Pipeline::learned`].
#[derive(Clone, Debug)]
pub struct Pipeline<V, F> {
    pub(super) transformer: Result<Arc<V>, Error>,
    key: Key,
    pub(super) estimator: F,
}

/// A handle on a pipeline to be fitted; computes to a [`FittedPipeline`].
#[derive(Debug)]
#[must_use = "a fit is lazy: give it to Runtime::compute"]
pub struct PipelineFit<V, H> {
    transformer: Result<Arc<V>, Error>,
    key: Key,
    fit: H,
}

/// A fitted pipeline: the transformer, and the model of what comes out of it.
#[derive(Debug, Serialize, Deserialize)]
pub struct FittedPipeline<V, M> {
    /// The transformer, parameters checked.
    pub transformer: Arc<V>,
    /// The fitted model.
    pub model: M,
}

impl<V, M: Clone> Clone for FittedPipeline<V, M> {
    fn clone(&self) -> Self {
        FittedPipeline { transformer: self.transformer.clone(), model: self.model.clone() }
    }
}

impl<V, H: Clone> Clone for PipelineFit<V, H> {
    fn clone(&self) -> Self {
        PipelineFit { transformer: self.transformer.clone(), key: self.key, fit: self.fit.clone() }
    }
}

impl<V, F> Pipeline<V, F> {
    /// Puts a transformer, given by its parameters, before an estimator. One that has equal parameters, of a type of the
    /// same [name](Identified), is the same transformer.
    ///
    /// Parameters out of range are an error when anything made from the pipeline is computed,
    /// before any task runs.
    pub fn new<P>(transformer: P, estimator: F) -> Self
    where
        P: ParamGuard<Checked = V, Error: Send + Sync + 'static> + Identified + Serialize,
    {
        let key = Key::of("transformer").identified(&transformer).map(KeyBuilder::finish);
        let checked = caught_in("check parameters", || transformer.check().map_err(Error::from_estimator));
        let transformer = key.clone().and(checked).map(Arc::new);
        Pipeline { transformer, key: key.unwrap_or_else(|_| Key::unique()), estimator }
    }
}

impl<V, H> PipelineFit<V, H> {
    /// A transformer that is there, and the handle on a model that is.
    pub(super) fn of_fitted(transformer: Arc<V>, fit: H) -> Self
    where
        V: Serialize,
    {
        let key = Key::of("fitted transformer").params(&*transformer).finish();
        PipelineFit { transformer: Ok(transformer), key, fit }
    }

    /// The handle on what is fitted after the transformation.
    pub fn inner(&self) -> &H {
        &self.fit
    }
}

impl<V, F, D> FitChunks<D> for Pipeline<V, F>
where
    V: TransformChunk<D, Output: Chunk> + Send + Sync + 'static,
    F: FitChunks<V::Output>,
    D: Send + Sync + 'static,
{
    type Fit = PipelineFit<V, F::Fit>;

    fn fit(&self, chunks: &Chunks<D>) -> Self::Fit {
        let transformed = transform(&self.transformer, self.key, chunks);
        PipelineFit { transformer: self.transformer.clone(), key: self.key, fit: self.estimator.fit(&transformed) }
    }
}

impl<V, F, D> FitRows<D> for Pipeline<V, F>
where
    V: TransformChunk<D, Output: Chunk> + Send + Sync + 'static,
    F: FitRows<V::Output>,
    D: Send + Sync + 'static,
{
    fn fit_rows(&self, chunks: &Chunks<D>, rows: &Chunks<RowSet>, label: &str) -> Self::Fit {
        let transformed = transform(&self.transformer, self.key, chunks);
        let fit = match &self.transformer {
            Ok(_) => self.estimator.fit_rows(&transformed, rows, label),
            // The one chunk that stands for the error has no rows to choose from.
            Err(_) => self.estimator.fit(&transformed),
        };
        PipelineFit { transformer: self.transformer.clone(), key: self.key, fit }
    }

    /// Pipelines over equal transformers go on together.
    fn fit_rows_together(
        pipelines: &[&Self],
        chunks: &Chunks<D>,
        rows: &Chunks<RowSet>,
        label: &dyn Fn(&[usize]) -> String,
    ) -> Vec<Self::Fit> {
        let keys: Vec<Key> = pipelines.iter().map(|pipeline| pipeline.key).collect();
        fit_groups(&keys, |group| {
            let Pipeline { transformer, key, .. } = pipelines[group[0]];
            if transformer.is_err() {
                return group.iter().map(|&i| pipelines[i].fit_rows(chunks, rows, &label(&[i]))).collect();
            }
            let estimators: Vec<&F> = group.iter().map(|&i| &pipelines[i].estimator).collect();
            let of_group = |members: &[usize]| label(&members.iter().map(|&m| group[m]).collect::<Vec<_>>());
            let transformed = transform(transformer, *key, chunks);
            let fitted = F::fit_rows_together(&estimators, &transformed, rows, &of_group);
            fitted.into_iter().map(|fit| PipelineFit { transformer: transformer.clone(), key: *key, fit }).collect()
        })
    }
}

impl<V, F, D> FitOnward<D> for Pipeline<V, F>
where
    V: TransformChunk<D, Output: Chunk> + Send + Sync + 'static,
    F: FitOnward<V::Output>,
    D: Send + Sync + 'static,
{
    fn fit_onward(
        &self,
        model: Option<Lazy<<F::Fit as Fitted<V::Output>>::Model>>,
        chunks: &Chunks<D>,
        rows: &Chunks<RowSet>,
        label: &str,
    ) -> Self::Fit {
        let transformed = transform(&self.transformer, self.key, chunks);
        let fit = match &self.transformer {
            Ok(_) => self.estimator.fit_onward(model, &transformed, rows, label),
            Err(_) => self.estimator.fit(&transformed),
        };
        PipelineFit { transformer: self.transformer.clone(), key: self.key, fit }
    }

    fn check_end(&self, model: &<F::Fit as Fitted<V::Output>>::Model) -> Result<()> {
        self.estimator.check_end(model)
    }
}

impl<V, H, D> Fitted<D> for PipelineFit<V, H>
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
        self.fit.examples(&transform(&self.transformer, self.key, data))
    }
}

impl<V, H: Compute> Compute for PipelineFit<V, H> {
    type Output = FittedPipeline<V, H::Output>;

    fn targets(&self, targets: &mut Targets) {
        self.fit.targets(targets);
        if let Err(error) = &self.transformer {
            Lazy::<()>::failed(error.clone()).targets(targets);
        }
    }

    fn extract(&self, results: &mut Results) -> Self::Output {
        let transformer = self.transformer.as_ref().expect("a pipeline without transformer computes to an error");
        FittedPipeline { transformer: transformer.clone(), model: self.fit.extract(results) }
    }
}

impl<V, M> FittedPipeline<V, M> {
    /// Transforms a chunk as the model wants it.
    ///
    /// # Errors
    /// The transformer's own.
    pub fn transform<D>(&self, chunk: &D) -> Result<V::Output, Error>
    where
        V: TransformChunk<D>,
    {
        self.transformer.transform_chunk(chunk)
    }
}

fn transform<V, D>(transformer: &Result<Arc<V>, Error>, key: Key, chunks: &Chunks<D>) -> Chunks<V::Output>
where
    V: TransformChunk<D, Output: Chunk> + Send + Sync + 'static,
    D: Send + Sync + 'static,
{
    match transformer {
        Ok(transformer) => {
            let transformer = transformer.clone();
            let transformed =
                chunks.map_keyed(V::NAME, key.of_type::<V>(), move |chunk| transformer.transform_chunk(chunk));
            if V::CACHED { transformed.cached_if_possible() } else { transformed }
        }
        Err(error) => Chunks::from_lazies([Lazy::failed(error.clone())]),
    }
}
