//! The hashing vectorizer over chunks of documents.

use linfa::dataset::DatasetBase;

use super::HashingVectorizer;
use crate::data::{Csr, Float, RawText, Text};
use crate::error::Result;
use crate::estimator::{PipelineStep, Stateless, TransformChunk, with_records};

impl<F: Float> PipelineStep for HashingVectorizer<F> {
    type Learning = Stateless;
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

/// Documents alone.
impl<F: Float> TransformChunk<Text> for HashingVectorizer<F> {
    type Output = Csr<F>;
    const NAME: &'static str = "vectorize";
    const CACHED: bool = true;

    fn transform_chunk(&self, chunk: &Text) -> Result<Csr<F>> {
        self.transform_text(chunk)
    }
}

impl<F: Float> TransformChunk<RawText> for HashingVectorizer<F> {
    type Output = Csr<F>;
    const NAME: &'static str = "vectorize";
    const CACHED: bool = true;

    fn transform_chunk(&self, chunk: &RawText) -> Result<Csr<F>> {
        self.transform_raw(chunk)
    }
}
