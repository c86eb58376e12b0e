//! A handle on a pipeline to be fitted.

use std::sync::Arc;

use serde::Serialize;

use super::fitted::FittedPipeline;
use super::parts::{Part, StepAt};
use super::preprocess_fit::PreprocessFit;
use crate::chunks::Chunks;
use crate::combine::fit::Fitted;
use crate::data::{Chunk, Shared};
use crate::estimator::TransformChunk;
use crate::graph::{Compute, Lazy, Results, Targets};

/// A handle on a pipeline to be fitted, transformer and all; computes to a [`FittedPipeline`].
///
/// ```
/// use chunkfit::combine::PreprocessFit;
/// use chunkfit::prelude::*;
/// # use linfa::DatasetBase;
/// # use ndarray::array;
/// # let chunks = Chunks::from_memory([DatasetBase::new(array![[1.0], [50.0], [90.0]], array![true, true, false])]);
///
/// let pipeline = Pipeline::steps(MaxAbsScaler::params()).then(StandardScaler::params());
/// let fit = pipeline.estimator(Chained::new(SgdClassifier::params())).fit(&chunks);
/// // The handles on its parts: the transformers by their positions, any part by its type.
/// let scaler = fit.step::<1>();
/// let model: &Lazy<SgdClassifier<f64, bool>> = fit.part();
/// let (scaler, model) = Runtime::new().compute((scaler, model))?;
/// assert_eq!((scaler.n_rows(), model.n_rows_seen()), (3, 3));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a fit is lazy: give it to Runtime::compute"]
pub struct PipelineFit<V, H> {
    pub(super) transformer: PreprocessFit<V>,
    pub(super) fit: H,
}

impl<V, H: Clone> Clone for PipelineFit<V, H> {
    fn clone(&self) -> Self {
        PipelineFit { transformer: self.transformer.clone(), fit: self.fit.clone() }
    }
}

impl<V, H> PipelineFit<V, H> {
    /// A transformer that is there, and the handle on a model that is.
    pub(in crate::combine) fn of_fitted(transformer: Arc<V>, fit: H) -> Self
    where
        V: Serialize,
    {
        PipelineFit { transformer: PreprocessFit::of_fitted(transformer), fit }
    }

    /// The handle on the first transformer.
    pub fn transformer(&self) -> &PreprocessFit<V> {
        &self.transformer
    }

    /// The handle on what is fitted after the first transformer: the model, or the pipeline of all further steps.
    pub fn inner(&self) -> &H {
        &self.fit
    }

    /// The handle on the transformer at a position; 0 is the first.
    pub fn step<const N: usize>(&self) -> &<Self as StepAt<N>>::Step
    where
        Self: StepAt<N>,
    {
        self.step_at()
    }

    /// The handle on a part, by its type: [`PreprocessFit`] of a transformer, [`Lazy`] of the model. The index is left to
    /// the compiler; where two parts have one type, it asks for it: take [`step`](Self::step).
    pub fn part<T, I>(&self) -> &T
    where
        Self: Part<T, I>,
    {
        self.part_at()
    }
}

impl<V, H, D> Fitted<D> for PipelineFit<V, H>
where
    V: TransformChunk<D, Output: Chunk>,
    H: Fitted<V::Output>,
    D: Shared,
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

impl<V: Shared, H: Compute> Compute for PipelineFit<V, H> {
    type Output = FittedPipeline<V, H::Output>;

    fn targets(&self, targets: &mut Targets) {
        // Of several errors the first one counts: parameters out of range before transformers of no chunks.
        self.fit.targets(targets);
        self.transformer.targets(targets);
    }

    fn extract(&self, results: &mut Results) -> Self::Output {
        let transformer = self.transformer.extract(results);
        FittedPipeline { transformer, model: self.fit.extract(results) }
    }
}
