//! A stateless transformer, then an estimator that learns chunk by chunk.

use linfa::dataset::{DatasetBase, Records};

use super::fitted::FittedPipeline;
use super::step_and_estimator::Pipeline;
use crate::data::Codec;
use crate::error::Result;
use crate::estimator::{PartialFit, PipelineStep, Stateless, TransformChunk};
use crate::graph::Figure;

/// The bits of the pipeline around a chain: for streams ([`Online`](crate::combine::Online)), which have no list of chunks.
/// Where there is one, put `Chained` into the pipeline, so that chunks are transformed ahead by other threads.
impl<V, P, R, T, S, U> PartialFit<R, T> for Pipeline<V, P>
where
    V: PipelineStep<Learning = Stateless> + TransformChunk<DatasetBase<R, T>, Output = DatasetBase<S, U>>,
    P: PartialFit<S, U, Model: 'static>,
    R: Records,
    S: Records,
{
    type Model = FittedPipeline<V, P::Model>;

    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<R, T>) -> Result<Self::Model> {
        let transformer = self.step.params()?;
        let transformed = transformer.transform_chunk(chunk)?;
        let model = self.estimator.partial_fit(model.map(|fitted| fitted.model), &transformed)?;
        Ok(FittedPipeline { transformer, model })
    }

    fn check_end(&self, model: &Self::Model) -> Result<()> {
        self.estimator.check_end(&model.model)
    }

    fn figures(&self, model: &Self::Model) -> Vec<Figure> {
        self.estimator.figures(&model.model)
    }

    /// Of the estimator's model; the transformer is known.
    fn codec(&self) -> Option<Codec<Self::Model>> {
        let (codec, transformer) = (self.estimator.codec()?, self.step.params().ok()?);
        let encoder = codec.clone();
        let encode = move |fitted: &Self::Model| encoder.encode(&fitted.model);
        let decode =
            move |bytes: &[u8]| Ok(FittedPipeline { transformer: transformer.clone(), model: codec.decode(bytes)? });
        Some(Codec::new(encode, decode))
    }
}
