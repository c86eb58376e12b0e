//! What a pipeline can put before an estimator.

use linfa::Float;
use linfa::dataset::{DatasetBase, Records};

use crate::data::{Csr, RawText, Text};
use crate::error::Result;
use crate::text::HashingVectorizer;

/// A transformation of a chunk, by a transformer that needs no fitting or was fitted.
///
/// Implement it for the *checked* parameters of a transformer of your own; a
/// [`Pipeline`](super::Pipeline) takes the unchecked ones.
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

impl<F: Float, T: Clone> TransformChunk<DatasetBase<Text, T>> for HashingVectorizer<F> {
    type Output = DatasetBase<Csr<F>, T>;
    const NAME: &'static str = "vectorize";
    const CACHED: bool = true;

    fn transform_chunk(&self, chunk: &DatasetBase<Text, T>) -> Result<Self::Output> {
        Ok(with_records(self.transform_text(&chunk.records)?, chunk))
    }
}

impl<F: Float, T: Clone> TransformChunk<DatasetBase<RawText, T>> for HashingVectorizer<F> {
    type Output = DatasetBase<Csr<F>, T>;
    const NAME: &'static str = "vectorize";
    const CACHED: bool = true;

    fn transform_chunk(&self, chunk: &DatasetBase<RawText, T>) -> Result<Self::Output> {
        Ok(with_records(self.transform_raw(&chunk.records)?, chunk))
    }
}

/// Other records for the same targets and weights.
pub(super) fn with_records<R: Records, S: Records, T: Clone>(
    records: S,
    chunk: &DatasetBase<R, T>,
) -> DatasetBase<S, T> {
    DatasetBase::new(records, chunk.targets.clone()).with_weights(chunk.weights.clone())
}
