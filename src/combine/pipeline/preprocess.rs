//! A transformer alone, fitted over chunks.

use std::sync::Arc;

use super::preprocess_fit::PreprocessFit;
use super::step_over::StepOver;
use crate::chunks::Chunks;
use crate::chunks::merge_tree;
use crate::combine::fit::{FitChunks, FitRows};
use crate::data::{Chunk, RowSet, Rows, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{LearnTransform, StepParams};
use crate::graph::{Key, KeyBuilder, Lazy, Task, TimeAccount, caught_in};

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
        let stating = params.clone();
        let task = task.figures(move |transformer: &Arc<P::Transformer>| stating.figures(transformer));
        // The last one is held, so that chunks transformed with it can be dropped and transformed again.
        let task = if is_last { task.held() } else { task };
        match so_far {
            None => state.map_owned(task, move |state| params.finish_transformer(state).map(Arc::new)),
            Some(so_far) => state
                .step(so_far, task, move |state, so_far| params.finish_transformer_again(so_far, state).map(Arc::new)),
        }
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
