//! Several transformers as a list, then an estimator.

use super::preprocess::Preprocess;
use super::step_and_estimator::Pipeline;
use crate::estimator::StepParams;
use crate::sealed::Sealed;

/// The transformers of a pipeline, first to last, that still lacks its estimator: see [`Pipeline::steps`].
///
/// `B` are the steps before the last one.
#[derive(Debug)]
#[must_use = "steps do nothing without an estimator"]
pub struct Steps<B, P> {
    before: B,
    last: Preprocess<P>,
}

impl<B: Clone, P> Clone for Steps<B, P> {
    fn clone(&self) -> Self {
        Steps { before: self.before.clone(), last: self.last.clone() }
    }
}

impl Pipeline<(), ()> {
    /// Begins a list of transformers, stateless or learned, each given by its parameters: the chunks go through one
    /// after the other. [`then`](Steps::then) adds one, [`estimator`](Steps::estimator) ends the list.
    ///
    /// The type is that of pipelines in each other, `Pipeline<A, Pipeline<B, Pipeline<C, F>>>`, and each of them shares
    /// its work with its equals.
    ///
    /// ```
    /// use chunkfit::prelude::*;
    /// # use linfa::DatasetBase;
    /// # use ndarray::array;
    /// # let chunk = |documents: [&str; 2]| DatasetBase::new(documents.into_iter().collect::<Text>(), array![true, false]);
    /// # let chunks = Chunks::from_memory([chunk(["oil is up", "wheat is up"]), chunk(["oil sinks", "tea is up"])]);
    ///
    /// let counts = HashingVectorizer::params().n_features(1 << 10).alternate_sign(false).norm(None);
    /// let fit = Pipeline::steps(counts)
    ///     .then(TfidfTransformer::params())
    ///     .then(MaxAbsScaler::params())
    ///     .estimator(Chained::new(SgdClassifier::params()))
    ///     .fit(&chunks);
    /// let (fit, accuracy) = Runtime::new().compute((&fit, fit.score(&chunks)))?;
    /// assert_eq!(fit.step::<1>().n_rows(), 4);
    /// # assert!(accuracy > 0.5);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// Parameters out of range are an error when anything made from the pipeline is computed,
    /// before any task runs.
    pub fn steps<U>(first: U) -> Steps<(), U::Checked>
    where
        U: StepParams,
    {
        Steps { before: (), last: Preprocess::new(first) }
    }
}

impl<B, P> Steps<B, P> {
    /// Adds a transformer, given by its parameters: it is given what the ones before make of the chunks.
    pub fn then<U>(self, transformer: U) -> Steps<Self, U::Checked>
    where
        U: StepParams,
    {
        Steps { before: self, last: Preprocess::new(transformer) }
    }

    /// Ends the list with what learns from the transformed chunks: [`Chained`](crate::combine::Chained),
    /// [`Averaged`](crate::combine::Averaged), another pipeline. For a stream it is an estimator itself
    /// ([`Online`](crate::combine::Online)).
    pub fn estimator<F>(self, estimator: F) -> <Self as PutBefore<F>>::Pipeline
    where
        Self: PutBefore<F>,
    {
        self.put_before(estimator)
    }
}

/// Steps that can be put before an estimator of type `F`: all [`Steps`] before any.
pub trait PutBefore<F>: Sealed {
    /// The pipeline of the first step and of all after it.
    type Pipeline;

    /// The steps, then the estimator.
    fn put_before(self, estimator: F) -> Self::Pipeline;
}

impl Sealed for () {}

impl<F> PutBefore<F> for () {
    type Pipeline = F;

    fn put_before(self, estimator: F) -> F {
        estimator
    }
}

impl<B, P> Sealed for Steps<B, P> {}

impl<F, B: PutBefore<Pipeline<P, F>>, P> PutBefore<F> for Steps<B, P> {
    type Pipeline = B::Pipeline;

    fn put_before(self, estimator: F) -> B::Pipeline {
        self.before.put_before(Pipeline { step: self.last, estimator })
    }
}
