//! A transformer, learned over chunks.

use std::sync::Arc;

use linfa::ParamGuard;
use linfa::dataset::{DatasetBase, Records};
use linfa::traits::PredictInplace;
use serde::Serialize;

use super::fit::fit_chunks::{FitChunks, FitRows};
use super::merge_tree::merge_tree;
use crate::chunks::Chunks;
use crate::data::{Chunk, Identified, RowSet, Rows};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{LearnTransform, TransformChunk, TryPredict};
use crate::graph::{Compute, Key, KeyBuilder, Lazy, Results, Targets, Task, caught_in};

/// Learns a transformer in one pass over the chunks: of each on its own, in parallel, and merged. What needs
/// [more passes](crate::estimator::LearnTransform::n_passes) gets them.
///
/// Equal parameters over equal chunks are learned once. States are merged in a fixed tree over the
/// chunks' numbers, so the bits do not depend on the threads. To put one before an estimator there is
/// [`Pipeline::learned`](super::Pipeline::learned).
///
/// ```
/// use chunkfit::combine::Preprocess;
/// use chunkfit::prelude::*;
/// use chunkfit::preprocessing::StandardScaler;
/// use ndarray::array;
///
/// let chunks = Chunks::from_memory([array![[1.0], [2.0]], array![[3.0], [6.0]]]);
/// let fit = Preprocess::new(StandardScaler::params()).fit(&chunks);
/// let scaled = fit.transform(&chunks); // still nothing has run
/// let (scaler, scaled) = Runtime::new().compute((&fit, scaled))?;
/// assert_eq!(scaler.mean(), [3.0]);
/// assert_eq!(scaled[1][(0, 0)], 0.0);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Preprocess<P> {
    params: Result<Arc<P>, Error>,
    key: Key,
}

impl<P> Clone for Preprocess<P> {
    fn clone(&self) -> Self {
        Preprocess { params: self.params.clone(), key: self.key }
    }
}

/// A handle on a transformer to be learned; computes to the transformer.
#[derive(Debug)]
#[must_use = "a fit is lazy: give it to Runtime::compute"]
pub struct PreprocessFit<V> {
    transformer: Lazy<Arc<V>>,
}

impl<V> Clone for PreprocessFit<V> {
    fn clone(&self) -> Self {
        PreprocessFit { transformer: self.transformer.clone() }
    }
}

impl<P> Preprocess<P> {
    /// Learns a transformer, given by its parameters; one that has equal parameters, of a type of the same
    /// [name](Identified), is the same.
    ///
    /// Parameters out of range are an error when anything made from it is computed, before any task
    /// runs.
    pub fn new<U>(params: U) -> Self
    where
        U: ParamGuard<Checked = P, Error: Send + Sync + 'static> + Identified + Serialize,
    {
        let key = Key::of("learned transformer").identified(&params).map(KeyBuilder::finish);
        let checked = caught_in("check parameters", || params.check().map_err(Error::from_estimator));
        Preprocess { params: key.clone().and(checked).map(Arc::new), key: key.unwrap_or_else(|_| Key::unique()) }
    }

    /// Equal keys learn the same of the same chunks.
    pub(super) fn key(&self) -> Key {
        self.key
    }
}

impl<P, D> FitChunks<D> for Preprocess<P>
where
    P: LearnTransform<D> + Send + Sync + 'static,
    D: Send + Sync + 'static,
{
    type Fit = PreprocessFit<P::Transformer>;

    fn fit(&self, chunks: &Chunks<D>) -> Self::Fit {
        let params = match &self.params {
            Ok(params) => params,
            Err(error) => return PreprocessFit { transformer: Lazy::failed(error.clone()) },
        };
        let n_passes = match caught_in("learn", || Ok(params.n_passes().max(1))) {
            Ok(n_passes) => n_passes,
            Err(error) => return PreprocessFit { transformer: Lazy::failed(error) },
        };
        let pass = |so_far: Option<Lazy<Arc<P::Transformer>>>, pass| {
            Some(self.pass(params, chunks, so_far.as_ref(), pass + 1 == n_passes))
        };
        let transformer = (0..n_passes).fold(None, pass).expect("there is a pass at least");
        PreprocessFit { transformer }
    }
}

impl<P> Preprocess<P> {
    /// One pass over the chunks, with what the passes before have learned.
    fn pass<D>(
        &self,
        params: &Arc<P>,
        chunks: &Chunks<D>,
        so_far: Option<&Lazy<Arc<P::Transformer>>>,
        is_last: bool,
    ) -> Lazy<Arc<P::Transformer>>
    where
        P: LearnTransform<D> + Send + Sync + 'static,
        D: Send + Sync + 'static,
    {
        let own = self.key;
        let states = chunks.iter().enumerate().map(|(c, chunk)| {
            let params = params.clone();
            let key = Key::of("learn").input(own);
            match so_far {
                None => {
                    let task = Task::new("learn", key.input(chunk.key()).finish());
                    chunk.map(task, move |chunk| params.learn_chunk(chunk))
                }
                Some(so_far) => {
                    let key = key.input(so_far.key()).input(chunk.key()).finish();
                    let task = Task::new("learn again", key).order(so_far.turn() + 1 + c);
                    so_far.zip(chunk, task, move |so_far, chunk| params.learn_chunk_again(so_far, chunk))
                }
            }
        });
        let Some(state) = merge_tree(states.collect(), |key| Task::new("merge learned", key), P::merge_states) else {
            return Lazy::failed(Error::new(ErrorKind::NoRows { estimator: "Preprocess" }));
        };
        let params = params.clone();
        let task = Task::new("learned", Key::of("learned").input(own).input(state.key()).finish());
        // The last one is held, so that chunks transformed with it can be dropped and transformed again.
        let task = if is_last { task.held() } else { task };
        match so_far {
            None => state.map_owned(task, move |state| params.finish_transformer(state).map(Arc::new)),
            Some(so_far) => state
                .step(so_far, task, move |state, so_far| params.finish_transformer_again(so_far, state).map(Arc::new)),
        }
    }
}

/// Learns from the given rows only.
impl<P, D> FitRows<D> for Preprocess<P>
where
    P: LearnTransform<D> + Send + Sync + 'static,
    D: Rows + Chunk,
{
    /// What is learned is shared, so its tasks carry no label.
    fn fit_rows(&self, chunks: &Chunks<D>, rows: &Chunks<RowSet>, _: &str) -> Self::Fit {
        self.fit(&chunks.select(rows))
    }
}

impl<V: Send + Sync + 'static> PreprocessFit<V> {
    /// The handle on the transformer.
    pub fn transformer(&self) -> &Lazy<Arc<V>> {
        &self.transformer
    }

    /// Every chunk transformed, in one more pass over them after the one that the transformer was
    /// learned in.
    pub fn transform<D>(&self, chunks: &Chunks<D>) -> Chunks<V::Output>
    where
        V: TransformChunk<D, Output: Chunk>,
        D: Send + Sync + 'static,
    {
        let turn = self.transformer.turn() + 1;
        Chunks::from_lazies(chunks.iter().enumerate().map(|(c, chunk)| {
            let key = Key::of(V::NAME).input(self.transformer.key()).input(chunk.key()).finish();
            let task = Task::new(V::NAME, key).remakeable().measured::<V::Output>().order(turn + c);
            self.transformer.zip(chunk, task, |transformer, chunk| transformer.transform_chunk(chunk))
        }))
    }
}

impl<V: Send + Sync + 'static> PreprocessFit<V> {
    /// What a transformer that predicts, too ([`KMeans`](crate::cluster::KMeans)), predicts for every chunk.
    pub fn predict<R, T, Y>(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Chunks<Y>
    where
        V: PredictInplace<R, Y>,
        R: Records + Send + Sync + 'static,
        T: Send + Sync + 'static,
        Y: Chunk,
    {
        let turn = self.transformer.turn() + 1;
        Chunks::from_lazies(chunks.iter().enumerate().map(|(c, chunk)| {
            let key = Key::of("predict").input(self.transformer.key()).input(chunk.key()).finish();
            let task = Task::new("predict", key).measured::<Y>().order(turn + c);
            self.transformer.zip(chunk, task, |transformer, chunk| transformer.try_predict(&chunk.records))
        }))
    }
}

impl<V: Send + Sync + 'static> Compute for PreprocessFit<V> {
    type Output = Arc<V>;

    fn targets(&self, targets: &mut Targets) {
        self.transformer.targets(targets);
    }

    fn extract(&self, results: &mut Results) -> Arc<V> {
        self.transformer.extract(results)
    }
}
