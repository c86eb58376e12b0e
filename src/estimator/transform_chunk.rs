//! Transformation of a chunk, as a pipeline does before an estimator.

use linfa::dataset::{DatasetBase, Records};

use crate::error::Result;

/// A transformation of a chunk, by a transformer that needs no fitting or was fitted.
///
/// Implement it for the *checked* parameters of a transformer of your own; a
/// [`Pipeline`](crate::combine::Pipeline) takes the unchecked ones.
pub trait TransformChunk<D> {
    /// The chunk after the transformation.
    type Output;

    /// What the tasks are called in progress and errors.
    const NAME: &'static str;

    /// Whether a run's [chunk cache](crate::Runtime::chunk_cache) holds what comes out of a pipeline's
    /// transformer: worth it where transforming a chunk takes longer than reading it back. Default no.
    const CACHED: bool = false;

    /// Transforms one chunk.
    ///
    /// # Errors
    /// The transformer's own, with the row where it can be named.
    fn transform_chunk(&self, chunk: &D) -> Result<Self::Output>;
}

/// Other records for the same targets and weights.
pub(crate) fn with_records<R: Records, S: Records, T: Clone>(
    records: S,
    chunk: &DatasetBase<R, T>,
) -> DatasetBase<S, T> {
    DatasetBase::new(records, chunk.targets.clone()).with_weights(chunk.weights.clone())
}
