//! A transformer, then an estimator.

use super::fit::PipelineFit;
use super::preprocess::Preprocess;
use super::step_over::StepOver;
use crate::chunks::Chunks;
use crate::combine::fit::fit_groups::fit_groups;
use crate::combine::fit::{FitChunks, FitRows};
use crate::data::{Chunk, RowSet, Rows, Shared};
use crate::estimator::StepParams;
use crate::graph::TimeAccount;

/// Transforms every chunk, then fits what comes out (scikit-learn's `Pipeline`).
///
/// The transformer is [stateless](crate::estimator::Stateless), such as a
/// [`HashingVectorizer`](crate::text::HashingVectorizer), or [learned](crate::estimator::Learned) of all chunks first,
/// such as a [`StandardScaler`](crate::preprocessing::StandardScaler): one pass over the chunks learns it, in parallel;
/// the next transforms and fits. Of two transformers and more, [`steps`](Pipeline::steps) makes a list.
///
/// Pipelines of equal transformers over equal chunks share what is learned and the transformed chunks: computed
/// together, each chunk is transformed once.
///
/// Where an estimator learns from some rows only, so does a learned transformer: no test row of a fold has a part in what
/// its train rows are scaled by. A pipeline with such a transformer cannot go on from a model
/// ([`FitOnward`](crate::combine::FitOnward)), nor learn from a stream ([`Online`](crate::combine::Online)): after more
/// chunks the columns would be scaled otherwise than those that the model has learned.
///
/// ```
/// use chunkfit::prelude::*;
/// # use linfa::DatasetBase;
/// # use ndarray::array;
/// # let chunks = Chunks::from_memory([DatasetBase::new(array![[1.0], [50.0], [90.0]], array![true, true, false])]);
///
/// let fit = Pipeline::new(StandardScaler::params(), Chained::new(SgdClassifier::params())).fit(&chunks);
/// let (fit, accuracy) = Runtime::new().compute((&fit, fit.score(&chunks)))?;
/// assert_eq!(fit.transformer.mean(), [47.0]);
/// # assert!(accuracy > 0.5);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Pipeline<P, F> {
    pub(super) step: Preprocess<P>,
    pub(super) estimator: F,
}

impl<P, F: Clone> Clone for Pipeline<P, F> {
    fn clone(&self) -> Self {
        Pipeline { step: self.step.clone(), estimator: self.estimator.clone() }
    }
}

impl<P, F> Pipeline<P, F> {
    /// Puts a transformer, given by its parameters, before an estimator.
    ///
    /// Parameters out of range are an error when anything made from the pipeline is computed,
    /// before any task runs.
    pub fn new<U>(transformer: U, estimator: F) -> Self
    where
        U: StepParams<Checked = P>,
    {
        Pipeline { step: Preprocess::new(transformer), estimator }
    }

    /// The graph that fits the chunks, as [`FitChunks::fit`] does; nothing runs yet.
    pub fn fit<D, V, H>(&self, chunks: &Chunks<D>) -> PipelineFit<V, H>
    where
        P: StepOver<D, Transformer = V>,
        F: FitChunks<P::Output, Fit = H>,
        D: Shared,
    {
        FitChunks::fit(self, chunks)
    }
}

impl<P, F, D> FitChunks<D> for Pipeline<P, F>
where
    P: StepOver<D>,
    F: FitChunks<P::Output>,
    D: Shared,
{
    type Fit = PipelineFit<P::Transformer, F::Fit>;

    fn fit(&self, chunks: &Chunks<D>) -> Self::Fit {
        let transformer = self.step.fit(chunks);
        let fit = self.estimator.fit(&transformer.transform(chunks));
        PipelineFit { transformer, fit }
    }
}

impl<P, F, D> FitRows<D> for Pipeline<P, F>
where
    P: StepOver<D>,
    F: FitRows<P::Output>,
    D: Rows + Chunk,
{
    fn fit_rows(&self, chunks: &Chunks<D>, rows: &Chunks<RowSet>, account: &TimeAccount) -> Self::Fit {
        let transformer = self.step.fit_rows(chunks, rows, account);
        let transformed = transformer.transform(chunks);
        let fit = match transformer.has_failed() {
            false => self.estimator.fit_rows(&transformed, rows, account),
            // The one chunk that stands for the error has no rows to choose from.
            true => self.estimator.fit(&transformed),
        };
        PipelineFit { transformer, fit }
    }

    /// Pipelines over equal transformers go on together.
    fn fit_rows_together(
        pipelines: &[&Self],
        chunks: &Chunks<D>,
        rows: &Chunks<RowSet>,
        account_of: &dyn Fn(&[usize]) -> TimeAccount,
    ) -> Vec<Self::Fit> {
        let mut keys = Vec::with_capacity(pipelines.len());
        for pipeline in pipelines {
            keys.push(pipeline.step.key());
        }
        fit_groups(&keys, |group| {
            let transformer = pipelines[group[0]].step.fit_rows(chunks, rows, &TimeAccount::new(""));
            let mut fits = Vec::with_capacity(group.len());
            if transformer.has_failed() {
                for &i in group {
                    fits.push(pipelines[i].fit_rows(chunks, rows, &account_of(&[i])));
                }
                return fits;
            }
            let mut estimators = Vec::with_capacity(group.len());
            for &i in group {
                estimators.push(&pipelines[i].estimator);
            }
            let of_group = |members: &[usize]| account_of(&numbers_in(group, members));
            for fit in F::fit_rows_together(&estimators, &transformer.transform(chunks), rows, &of_group) {
                fits.push(PipelineFit { transformer: transformer.clone(), fit });
            }
            fits
        })
    }
}

/// The numbers of these members of a group.
fn numbers_in(group: &[usize], members: &[usize]) -> Vec<usize> {
    members.iter().map(|&member| group[member]).collect()
}
