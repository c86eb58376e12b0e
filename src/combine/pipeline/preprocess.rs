//! A transformer alone, fitted over chunks.

use std::sync::Arc;

use super::preprocess_fit::PreprocessFit;
use super::step_over::StepOver;
use crate::chunks::{Chunks, map_each, merge_each, zip_each};
use crate::combine::fit::{FitChunks, FitRows};
use crate::data::{Chunk, RowSet, Rows, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{LearnTransform, StepParams};
use crate::graph::{AnyLazy, AnyWork, Key, KeyBuilder, Lazy, Task, TimeAccount, caught_in};

/// Fits a transformer alone, to transform chunks with it.
///
/// One that is [learned](crate::estimator::Learned) learns in one pass over the chunks: of each on its own, in parallel,
/// and merged. What needs [more passes](LearnTransform::n_passes) gets them. A
/// [stateless](crate::estimator::Stateless) one transforms as it is.
///
/// Equal parameters over equal chunks are learned once. States are merged in a fixed tree over the
/// chunks' numbers, so the bits do not depend on the threads. To put one before an estimator there is
/// [`Pipeline`](super::Pipeline).
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
    params: Result<Arc<P>>,
    key: Key,
}

impl<P> Clone for Preprocess<P> {
    fn clone(&self) -> Self {
        Preprocess { params: self.params.clone(), key: self.key }
    }
}

impl<P> Preprocess<P> {
    /// Fits a transformer, given by its parameters; one that has equal parameters, of a type of the same
    /// [name](crate::data::Identified), is the same.
    ///
    /// Parameters out of range are an error when anything made from it is computed, before any task
    /// runs.
    pub fn new<U>(params: U) -> Self
    where
        U: StepParams<Checked = P>,
    {
        let key = Key::of("transformer").identified(&params).map(KeyBuilder::finish);
        let checked = caught_in("check parameters", || params.check().map_err(Error::from_estimator));
        Preprocess { params: key.clone().and(checked).map(Arc::new), key: key.unwrap_or_else(|_| Key::unique()) }
    }

    /// The checked parameters.
    ///
    /// # Errors
    /// They are out of range.
    pub(super) fn params(&self) -> Result<Arc<P>> {
        self.params.clone()
    }

    /// Equal keys learn the same of the same chunks.
    pub(super) fn key(&self) -> Key {
        self.key
    }

    /// The checked parameters as a transformer.
    pub(super) fn as_it_is(&self) -> PreprocessFit<P>
    where
        P: Shared,
    {
        match &self.params {
            Ok(transformer) => PreprocessFit::there(transformer.clone(), self.key),
            Err(error) => PreprocessFit::failed(error.clone()),
        }
    }

    /// The transformer that is learned of the chunks.
    pub(super) fn learn<D: Shared>(&self, chunks: &Chunks<D>) -> PreprocessFit<P::Transformer>
    where
        P: LearnTransform<D>,
    {
        let n_passes = |params: &P| caught_in("learn", || Ok(params.n_passes().max(1)));
        let passes = self.params().and_then(|params| n_passes(&params).map(|n_passes| (params, n_passes)));
        let (params, n_passes) = match passes {
            Ok(passes) => passes,
            Err(error) => return PreprocessFit::failed(error),
        };
        let first = self.pass(&params, chunks, None, n_passes == 1);
        let again = |so_far, pass| self.pass(&params, chunks, Some(&so_far), pass + 1 == n_passes);
        PreprocessFit::learned((1..n_passes).fold(first, again))
    }

    /// One pass over the chunks, with what the passes before have learned.
    fn pass<D>(
        &self,
        params: &Arc<P>,
        chunks: &Chunks<D>,
        so_far: Option<&Lazy<Arc<P::Transformer>>>,
        is_last: bool,
    ) -> Lazy<Arc<P::Transformer>>
    where
        P: LearnTransform<D>,
        D: Shared,
    {
        let (learning, stating, finishing) = (params.clone(), params.clone(), params.clone());
        let figures = move |transformer: &Arc<P::Transformer>| stating.figures(transformer);
        let merge = AnyWork::new(|inputs| {
            let left = inputs.take(0);
            P::merge_states(left, inputs.take(1))
        });
        let [learn, finish] = match so_far {
            None => [
                AnyWork::new(move |inputs| learning.learn_chunk(inputs.get(0))),
                AnyWork::new(move |inputs| shared(finishing.finish_transformer(inputs.take(0)))),
            ],
            Some(_) => [
                AnyWork::new(move |inputs| {
                    learning.learn_chunk_again(inputs.get::<Arc<P::Transformer>>(0), inputs.get(1))
                }),
                AnyWork::new(move |inputs| {
                    let state = inputs.take(0);
                    shared(finishing.finish_transformer_again(inputs.get::<Arc<P::Transformer>>(1), state))
                }),
            ],
        };
        let task = Task::new("learned", self.key).figures(figures);
        // The last one is held, so that chunks transformed with it can be dropped and transformed again.
        let task = if is_last { task.held() } else { task };
        let pass = Pass { key: self.key, learn, merge, finish, task };
        match pass.over(&chunks.any(), so_far.map(Lazy::any)) {
            Some(transformer) => Lazy::of_any(transformer),
            None => Lazy::failed(Error::new(ErrorKind::NoRows { estimator: "Preprocess" })),
        }
    }
}

fn shared<T>(transformer: Result<T>) -> Result<Arc<T>> {
    match transformer {
        Ok(transformer) => Ok(Arc::new(transformer)),
        Err(error) => Err(error),
    }
}

/// The work of one pass over the chunks, whatever the types of chunks, states and transformer.
struct Pass {
    key: Key,
    learn: AnyWork,
    merge: AnyWork,
    finish: AnyWork,
    /// The task that makes the transformer.
    task: Task,
}

impl Pass {
    /// The state learned of all chunks; `None` of no chunk.
    fn over(&self, chunks: &[AnyLazy], so_far: Option<AnyLazy>) -> Option<AnyLazy> {
        let states = match &so_far {
            None => map_each(chunks, self.key, &Task::new("learn", self.key), &self.learn),
            Some(so_far) => zip_each(chunks, so_far, Some(self.key), &Task::new("learn again", self.key), &self.learn),
        };
        let state = merge_each(states, &|key| Task::new("merge learned", key), &self.merge)?;
        let task = self.task.keyed(Key::of("learned").input(self.key).input(state.key()).finish());
        Some(match &so_far {
            None => state.map(task, self.finish.clone()),
            Some(so_far) => state.zip(so_far, task, self.finish.clone()),
        })
    }
}

impl<P: StepOver<D>, D: Shared> FitChunks<D> for Preprocess<P> {
    type Fit = PreprocessFit<P::Transformer>;

    fn fit(&self, chunks: &Chunks<D>) -> Self::Fit {
        P::fit_step(self, chunks)
    }
}

/// Learns from the given rows only.
impl<P: StepOver<D>, D: Rows + Chunk> FitRows<D> for Preprocess<P> {
    /// What is learned is shared, so its tasks are booked on no account.
    fn fit_rows(&self, chunks: &Chunks<D>, rows: &Chunks<RowSet>, _: &TimeAccount) -> Self::Fit {
        P::fit_step_of_rows(self, chunks, rows)
    }
}
