//! Transformers that are learned and those that are stateless, told apart by their parameters.

use linfa::ParamGuard;
use serde::Serialize;

use crate::data::{Identified, Shared};
use crate::sealed::Sealed;

/// The checked parameters of a transformer, which say whether it is [`Stateless`] or [`Learned`]: what a
/// [`Pipeline`](crate::combine::Pipeline) and [`Preprocess`](crate::combine::Preprocess) ask of every transformer.
///
/// For a transformer of your own it is one line beside its other traits:
///
/// ```
/// use chunkfit::Error;
/// use chunkfit::data::Identified;
/// use chunkfit::estimator::{LearnRows, Learned, PipelineStep, TransformRows};
/// use chunkfit::prelude::*;
/// use linfa::{DatasetBase, ParamGuard};
/// use ndarray::{Array2, array};
///
/// /// Subtracts the largest value of all.
/// #[derive(Clone, serde::Serialize)]
/// struct ShiftParams;
/// struct Shift(f64);
///
/// impl PipelineStep for ShiftParams {
///     type Learning = Learned;
/// }
///
/// impl Identified for ShiftParams {
///     const NAME: &'static str = "docs::Shift";
/// }
///
/// impl LearnRows<Array2<f64>> for ShiftParams {
///     type State = f64;
///     type Learned = Shift;
///
///     fn learn(&self, rows: &Array2<f64>) -> Result<f64, Error> {
///         Ok(rows.fold(f64::NEG_INFINITY, |a, &b| a.max(b)))
///     }
///
///     fn merge(a: f64, b: f64) -> Result<f64, Error> {
///         Ok(a.max(b))
///     }
///
///     fn finish(&self, largest: f64) -> Result<Shift, Error> {
///         Ok(Shift(largest))
///     }
/// }
///
/// impl TransformRows<Array2<f64>> for Shift {
///     type Output = Array2<f64>;
///     const NAME: &'static str = "shift";
///
///     fn transform_rows(&self, rows: &Array2<f64>) -> Result<Array2<f64>, Error> {
///         Ok(rows - self.0)
///     }
/// }
///
/// // linfa's check of parameters: there is nothing to check.
/// impl ParamGuard for ShiftParams {
///     type Checked = Self;
///     type Error = Error;
///
///     fn check_ref(&self) -> Result<&Self, Error> {
///         Ok(self)
///     }
///
///     fn check(self) -> Result<Self, Error> {
///         Ok(self)
///     }
/// }
///
/// let chunks = Chunks::from_memory([DatasetBase::new(array![[1.0], [4.0]], array![true, false])]);
/// let fit = Pipeline::new(ShiftParams, Chained::new(SgdClassifier::params())).fit(&chunks);
/// assert_eq!(Runtime::new().compute(fit)?.transformer.0, 4.0);
/// # Ok::<(), Error>(())
/// ```
///
/// A transformer without that line does not go into a pipeline:
///
/// ```compile_fail,E0277
/// # use chunkfit::Error;
/// # use chunkfit::prelude::*;
/// # use linfa::ParamGuard;
/// # #[derive(Clone, serde::Serialize)]
/// # struct ShiftParams;
/// # impl ParamGuard for ShiftParams {
/// #     type Checked = Self;
/// #     type Error = Error;
/// #     fn check_ref(&self) -> Result<&Self, Error> { Ok(self) }
/// #     fn check(self) -> Result<Self, Error> { Ok(self) }
/// # }
/// let pipeline = Pipeline::new(ShiftParams, Chained::new(SgdClassifier::<f64, bool>::params()));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether it is a stateless transformer or learns one",
    label = "these parameters are not a step of a pipeline",
    note = "add one line for the checked parameters of a transformer of your own:\n`impl \
            chunkfit::estimator::PipelineStep for {Self} {{ type Learning = chunkfit::estimator::Learned; }}` if \
            they implement `LearnRows` or `LearnTransform`, `... {{ type Learning = chunkfit::estimator::Stateless; \
            }}` if they implement `TransformChunk`"
)]
pub trait PipelineStep: Shared {
    /// [`Stateless`] or [`Learned`].
    type Learning: Sealed;
}

/// The parameters of a transformer, as a user gives them to [`Pipeline::new`](crate::combine::Pipeline::new),
/// [`Pipeline::steps`](crate::combine::Pipeline::steps) or [`Preprocess`](crate::combine::Preprocess): they are checked by
/// linfa's [`ParamGuard`], have a [stable name](Identified), and serialize; the checked ones are a [`PipelineStep`].
///
/// Implemented for every type that is all of that; never by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the parameters of a transformer",
    label = "not a transformer",
    note = "the transformers of a pipeline come first and the estimator, in its combinator, last: \
            `Pipeline::new(HashingVectorizer::params(), Chained::new(SgdClassifier::params()))`",
    note = "the parameters of a transformer of your own implement linfa's `ParamGuard`, \
            `chunkfit::data::Identified` and serde's `Serialize`; the checked ones \
            `chunkfit::estimator::PipelineStep`"
)]
pub trait StepParams: ParamGuard<Checked: PipelineStep, Error: Shared> + Identified + Serialize {}

#[diagnostic::do_not_recommend]
impl<U: ParamGuard<Checked: PipelineStep, Error: Shared> + Identified + Serialize> StepParams for U {}

/// Marks checked parameters that transform chunks as they are, by [`TransformChunk`](super::TransformChunk): nothing is
/// learned of the chunks first.
#[derive(Clone, Copy, Debug)]
pub struct Stateless;

impl Sealed for Stateless {}

/// Marks checked parameters that learn a transformer of all chunks first, by [`LearnRows`](super::LearnRows) or
/// [`LearnTransform`](super::LearnTransform).
#[derive(Clone, Copy, Debug)]
pub struct Learned;

impl Sealed for Learned {}
