//! A handle on a transformer, stateless or to be learned.

use std::sync::Arc;

use linfa::dataset::{DatasetBase, Records};
use linfa::traits::PredictInplace;
use serde::Serialize;

use crate::chunks::{Chunks, zip_each};
use crate::data::{Chunk, Shared};
use crate::error::Error;
use crate::estimator::{TransformChunk, TryPredict};
use crate::graph::{AnyWork, Compute, Key, Lazy, Results, Targets, Task};

/// A handle on a transformer, one to be learned or one that is stateless; computes to the transformer.
#[derive(Debug)]
#[must_use = "a fit is lazy: give it to Runtime::compute"]
pub struct PreprocessFit<V>(Source<V>);

#[derive(Debug)]
enum Source<V> {
    /// There is nothing to compute.
    There {
        transformer: Arc<V>,
        key: Key,
    },
    Learned(Lazy<Arc<V>>),
    /// The parameters are out of range.
    Failed(Lazy<Arc<V>>, Error),
}

impl<V> Clone for PreprocessFit<V> {
    fn clone(&self) -> Self {
        PreprocessFit(match &self.0 {
            Source::There { transformer, key } => Source::There { transformer: transformer.clone(), key: *key },
            Source::Learned(transformer) => Source::Learned(transformer.clone()),
            Source::Failed(transformer, error) => Source::Failed(transformer.clone(), error.clone()),
        })
    }
}

impl<V> PreprocessFit<V> {
    /// A transformer that is there, identified by `key`.
    pub(super) fn there(transformer: Arc<V>, key: Key) -> Self {
        PreprocessFit(Source::There { transformer, key })
    }

    /// A fitted transformer that is there, identified by its content.
    pub(super) fn of_fitted(transformer: Arc<V>) -> Self
    where
        V: Serialize,
    {
        let key = Key::of("fitted transformer").params(&*transformer).finish();
        Self::there(transformer, key)
    }

    pub(super) fn learned(transformer: Lazy<Arc<V>>) -> Self {
        PreprocessFit(Source::Learned(transformer))
    }

    /// A transformer that there will never be, found before anything runs.
    pub(super) fn failed(error: Error) -> Self
    where
        V: Shared,
    {
        PreprocessFit(Source::Failed(Lazy::failed(error.clone()), error))
    }

    pub(super) fn has_failed(&self) -> bool {
        matches!(self.0, Source::Failed(..))
    }
}

impl<V: Shared> PreprocessFit<V> {
    /// The lazy transformer.
    pub fn transformer(&self) -> Lazy<Arc<V>> {
        match &self.0 {
            Source::There { transformer, key } => {
                let key = Key::of("transformer there").input(key.of_type::<V>()).finish();
                Lazy::given(Task::new("value", key), transformer.clone())
            }
            Source::Learned(transformer) | Source::Failed(transformer, _) => transformer.clone(),
        }
    }

    /// Every chunk transformed; if the transformer is learned, in one more pass over them after the one that it was
    /// learned in.
    pub fn transform<D>(&self, chunks: &Chunks<D>) -> Chunks<V::Output>
    where
        V: TransformChunk<D, Output: Chunk>,
        D: Shared,
    {
        match &self.0 {
            Source::There { transformer, key } => {
                let transformer = transformer.clone();
                let transform = move |chunk: &D| transformer.transform_chunk(chunk);
                let transformed = chunks.map_keyed(V::NAME, key.of_type::<V>(), transform);
                if V::CACHED { transformed.cached_if_possible() } else { transformed }
            }
            Source::Learned(transformer) => transform_learned(transformer, chunks),
            Source::Failed(_, error) => Chunks::failed(error.clone()),
        }
    }

    /// The predictions of a transformer that predicts, too ([`KMeans`](crate::cluster::KMeans)), for every chunk.
    pub fn predict<R, T, Y>(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Chunks<Y>
    where
        V: PredictInplace<R, Y>,
        R: Records + Shared,
        T: Shared,
        Y: Chunk,
    {
        let work =
            AnyWork::new(|inputs| inputs.get::<Arc<V>>(0).try_predict(&inputs.get::<DatasetBase<R, T>>(1).records));
        let transformer = self.transformer().any();
        let task = Task::new("predict", transformer.key()).measured::<Y>();
        Chunks::of_any(zip_each(&chunks.any(), &transformer, None, &task, &work))
    }
}

fn transform_learned<V, D>(transformer: &Lazy<Arc<V>>, chunks: &Chunks<D>) -> Chunks<V::Output>
where
    V: TransformChunk<D, Output: Chunk>,
    D: Shared,
{
    let work = AnyWork::new(|inputs| inputs.get::<Arc<V>>(0).transform_chunk(inputs.get::<D>(1)));
    let task = Task::new(V::NAME, transformer.key()).remakeable().measured::<V::Output>();
    Chunks::of_any(zip_each(&chunks.any(), &transformer.any(), None, &task, &work))
}

impl<V: Shared> Compute for PreprocessFit<V> {
    type Output = Arc<V>;

    fn targets(&self, targets: &mut Targets) {
        match &self.0 {
            Source::There { .. } => {}
            Source::Learned(transformer) | Source::Failed(transformer, _) => transformer.targets(targets),
        }
    }

    fn extract(&self, results: &mut Results) -> Arc<V> {
        match &self.0 {
            Source::There { transformer, .. } => transformer.clone(),
            Source::Learned(transformer) | Source::Failed(transformer, _) => transformer.extract(results),
        }
    }
}
