//! Parts of fitted pipelines, by position or type.

use std::marker::PhantomData;

use super::fit::PipelineFit;
use super::fitted::FittedPipeline;
use super::preprocess_fit::PreprocessFit;
use crate::sealed::Sealed;

impl<V, M> Sealed for FittedPipeline<V, M> {}

impl<V, H> Sealed for PipelineFit<V, H> {}

/// A pipeline with a transformer at position `N`, 0 to 15: see [`FittedPipeline::step`] and [`PipelineFit::step`].
#[diagnostic::on_unimplemented(
    message = "the pipeline has fewer transformers: `{Self}` is its model",
    note = "positions count from 0, up to 15, and the final model has none: take it by its type, with `part`"
)]
pub trait StepAt<const N: usize>: Sealed {
    /// The transformer, or the handle on it.
    type Step;

    /// The transformer, or the handle on it.
    fn step_at(&self) -> &Self::Step;
}

impl<V, M> StepAt<0> for FittedPipeline<V, M> {
    type Step = V;

    fn step_at(&self) -> &V {
        &self.transformer
    }
}

impl<V, H> StepAt<0> for PipelineFit<V, H> {
    type Step = PreprocessFit<V>;

    fn step_at(&self) -> &PreprocessFit<V> {
        &self.transformer
    }
}

/// The step at a position is the one before it in what follows the first.
macro_rules! further_steps {
    ($($n:literal after $before:literal),*) => {
        $(
            impl<V, M: StepAt<$before>> StepAt<$n> for FittedPipeline<V, M> {
                type Step = M::Step;

                fn step_at(&self) -> &M::Step {
                    self.model.step_at()
                }
            }

            impl<V, H: StepAt<$before>> StepAt<$n> for PipelineFit<V, H> {
                type Step = H::Step;

                fn step_at(&self) -> &H::Step {
                    self.fit.step_at()
                }
            }
        )*
    };
}

further_steps!(1 after 0, 2 after 1, 3 after 2, 4 after 3, 5 after 4, 6 after 5, 7 after 6, 8 after 7, 9 after 8,
               10 after 9, 11 after 10, 12 after 11, 13 after 12, 14 after 13, 15 after 14);

/// A pipeline with a part of type `T`, at an index that the compiler finds: see [`FittedPipeline::part`] and
/// [`PipelineFit::part`].
#[diagnostic::on_unimplemented(message = "this pipeline has no part of type `{T}`")]
pub trait Part<T, I>: Sealed {
    /// The part.
    fn part_at(&self) -> &T;
}

/// The index of the first transformer, in [`Part`].
#[derive(Clone, Copy, Debug)]
pub struct Here;

/// The index of what follows the first transformer, in [`Part`].
#[derive(Clone, Copy, Debug)]
pub struct AsModel;

/// The index of a part at index `I` of what follows the first transformer, in [`Part`].
#[derive(Clone, Copy, Debug)]
pub struct Behind<I>(PhantomData<I>);

impl<V, M> Part<V, Here> for FittedPipeline<V, M> {
    fn part_at(&self) -> &V {
        &self.transformer
    }
}

impl<V, M> Part<M, AsModel> for FittedPipeline<V, M> {
    fn part_at(&self) -> &M {
        &self.model
    }
}

impl<T, V, M: Part<T, I>, I> Part<T, Behind<I>> for FittedPipeline<V, M> {
    fn part_at(&self) -> &T {
        self.model.part_at()
    }
}

impl<V, H> Part<PreprocessFit<V>, Here> for PipelineFit<V, H> {
    fn part_at(&self) -> &PreprocessFit<V> {
        &self.transformer
    }
}

impl<V, H> Part<H, AsModel> for PipelineFit<V, H> {
    fn part_at(&self) -> &H {
        &self.fit
    }
}

impl<T, V, H: Part<T, I>, I> Part<T, Behind<I>> for PipelineFit<V, H> {
    fn part_at(&self) -> &T {
        self.fit.part_at()
    }
}
