//! Transformation of one chunk in memory by all transformers of a fitted pipeline.

use super::fitted::FittedPipeline;
use crate::error::Result;
use crate::estimator::kind::{self, Kind};
use crate::estimator::{Model, TransformChunk};

/// A kind of models at the end of a pipeline, by what becomes of a chunk there: transformers and clusterers transform it,
/// pipelines go on, for all others it is as it was. Never implemented by hand.
#[diagnostic::on_unimplemented(
    message = "`{M}` does not transform a `{D}`",
    note = "give what the pipeline was fitted on, before its first transformer: texts (`&[\"a text\", \"another\"]`, a \
            `&Text`) where that is a vectorizer, else rows of floats of the same type, or a data set"
)]
pub trait TransformAll<M, D>: Kind {
    /// The chunk after all transformers.
    type Output;

    /// Transforms the chunk by what the model has of transformers.
    ///
    /// # Errors
    /// The transformers' own.
    fn transform_all(model: &M, chunk: D) -> Result<Self::Output>;
}

impl<V, M, D> TransformAll<FittedPipeline<V, M>, D> for kind::Pipeline
where
    V: TransformChunk<D>,
    M: Model<Kind: TransformAll<M, V::Output>>,
{
    type Output = <M::Kind as TransformAll<M, V::Output>>::Output;

    fn transform_all(pipeline: &FittedPipeline<V, M>, chunk: D) -> Result<Self::Output> {
        M::Kind::transform_all(&pipeline.model, pipeline.transformer.transform_chunk(&chunk)?)
    }
}

macro_rules! transforms {
    ($($kind:ident),*) => {
        $(impl<M: TransformChunk<D>, D> TransformAll<M, D> for kind::$kind {
            type Output = M::Output;

            fn transform_all(model: &M, chunk: D) -> Result<M::Output> {
                model.transform_chunk(&chunk)
            }
        })*
    };
}

macro_rules! leaves {
    ($($kind:ident),*) => {
        $(impl<M, D> TransformAll<M, D> for kind::$kind {
            type Output = D;

            fn transform_all(_: &M, chunk: D) -> Result<D> {
                Ok(chunk)
            }
        })*
    };
}

transforms!(Transformer, Clusterer);
leaves!(Classifier, Regressor, MultilabelClassifier, OutlierDetector, Grouped);
