//! The step of a pipeline over a type of chunks: stateless transformers and learned ones behind one trait.

use super::preprocess::Preprocess;
use super::preprocess_fit::PreprocessFit;
use crate::chunks::Chunks;
use crate::data::{Chunk, RowSet, Rows, Shared};
use crate::estimator::{LearnTransform, Learned, PipelineStep, Stateless, TransformChunk};
use crate::sealed::Sealed;

/// Checked parameters of a transformer, stateless or learned, of chunks of type `D`: what
/// [`Pipeline`](super::Pipeline) and [`Preprocess`] fit over such chunks.
///
/// Never implemented by hand: all [`PipelineStep`]s have it whose [`Learning`] fits the chunks.
pub trait StepOver<D>: PipelineStep + Sized {
    /// The transformer: the parameters themselves, or what they learn.
    type Transformer: TransformChunk<D, Output = Self::Output>;
    /// The chunks after the transformation.
    type Output: Chunk;

    /// The handle on the transformer of these chunks.
    fn fit_step(step: &Preprocess<Self>, chunks: &Chunks<D>) -> PreprocessFit<Self::Transformer>;

    /// The handle on the transformer of these rows of the chunks.
    fn fit_step_of_rows(
        step: &Preprocess<Self>,
        chunks: &Chunks<D>,
        rows: &Chunks<RowSet>,
    ) -> PreprocessFit<Self::Transformer>
    where
        D: Rows + Chunk;
}

impl<P, D> StepOver<D> for P
where
    P: PipelineStep<Learning: Learning<P, D>>,
{
    type Transformer = <P::Learning as Learning<P, D>>::Transformer;
    type Output = <P::Learning as Learning<P, D>>::Output;

    fn fit_step(step: &Preprocess<P>, chunks: &Chunks<D>) -> PreprocessFit<Self::Transformer> {
        P::Learning::fit_step(step, chunks)
    }

    fn fit_step_of_rows(
        step: &Preprocess<P>,
        chunks: &Chunks<D>,
        rows: &Chunks<RowSet>,
    ) -> PreprocessFit<Self::Transformer>
    where
        D: Rows + Chunk,
    {
        P::Learning::fit_step_of_rows(step, chunks, rows)
    }
}

/// A way in which parameters come to a transformer: [`Stateless`], for a [`TransformChunk`], or [`Learned`], for a
/// [`LearnTransform`]. There are no others: the trait cannot be implemented elsewhere.
pub trait Learning<P, D>: Sealed {
    /// The transformer.
    type Transformer: TransformChunk<D, Output = Self::Output>;
    /// The chunks after the transformation.
    type Output: Chunk;

    /// The handle on the transformer of these chunks.
    fn fit_step(step: &Preprocess<P>, chunks: &Chunks<D>) -> PreprocessFit<Self::Transformer>;

    /// The handle on the transformer of these rows of the chunks.
    fn fit_step_of_rows(
        step: &Preprocess<P>,
        chunks: &Chunks<D>,
        rows: &Chunks<RowSet>,
    ) -> PreprocessFit<Self::Transformer>
    where
        D: Rows + Chunk;
}

impl<V, D> Learning<V, D> for Stateless
where
    V: TransformChunk<D, Output: Chunk>,
{
    type Transformer = V;
    type Output = V::Output;

    fn fit_step(step: &Preprocess<V>, _: &Chunks<D>) -> PreprocessFit<V> {
        step.as_it_is()
    }

    fn fit_step_of_rows(step: &Preprocess<V>, _: &Chunks<D>, _: &Chunks<RowSet>) -> PreprocessFit<V> {
        step.as_it_is()
    }
}

impl<P, D> Learning<P, D> for Learned
where
    P: LearnTransform<D, Transformer: TransformChunk<D, Output: Chunk>>,
    D: Shared,
{
    type Transformer = P::Transformer;
    type Output = <P::Transformer as TransformChunk<D>>::Output;

    fn fit_step(step: &Preprocess<P>, chunks: &Chunks<D>) -> PreprocessFit<P::Transformer> {
        step.learn(chunks)
    }

    fn fit_step_of_rows(
        step: &Preprocess<P>,
        chunks: &Chunks<D>,
        rows: &Chunks<RowSet>,
    ) -> PreprocessFit<P::Transformer>
    where
        D: Rows + Chunk,
    {
        step.learn(&chunks.select(rows))
    }
}
