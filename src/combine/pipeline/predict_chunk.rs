//! Predictions, decision values, probabilities and scores of one chunk in memory, by a plain model or a fitted pipeline.
//!
//! Each is a trait of a plain model, and of a pipeline around what has it. The index `I` tells the two apart, as in
//! [`Part`](super::Part): it is left to the compiler.

use linfa::dataset::Records;
use ndarray::Array2;

use super::fitted::FittedPipeline;
use super::parts::{AsModel, Behind};
use super::predict_input::AsRecords;
use crate::data::{FeatureRows, Float};
use crate::error::Result;
use crate::estimator::{DecisionFunction, PredictProba, Score, TransformChunk, TryPredict};

/// A model, or a fitted pipeline, that predicts targets of type `Y` for chunks of type `D` in memory: what
/// [`FittedPipeline::predict`] asks for. Never implemented by hand: a model has it by linfa's `PredictInplace`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not predict a `{D}`",
    note = "give what the pipeline was fitted on, before its first transformer: texts (`&[\"a text\", \"another\"]`, a \
            `&Text`) where that is a vectorizer, else rows of floats of the same type (`&Array2<f64>`, `&Csr<f64>`); or the \
            data set, whose targets are ignored",
    note = "a transformer of your own that takes whole data sets alone is given one: `&DatasetBase::new(rows, targets)`",
    note = "a transformer at the end of a pipeline has `transform_all`"
)]
pub trait PredictChunk<D, Y, I> {
    /// Predictions, one a row.
    ///
    /// # Errors
    /// Rows that do not fit, as in [`TryPredict`].
    fn predict_chunk(&self, chunk: &D) -> Result<Y>;
}

impl<M, D, Y> PredictChunk<D, Y, AsModel> for M
where
    D: AsRecords,
    M: TryPredict<D::Records, Y>,
{
    fn predict_chunk(&self, chunk: &D) -> Result<Y> {
        self.try_predict(chunk.as_records())
    }
}

#[diagnostic::do_not_recommend]
impl<V, M, D, Y, I> PredictChunk<D, Y, Behind<I>> for FittedPipeline<V, M>
where
    V: TransformChunk<D>,
    M: PredictChunk<V::Output, Y, I>,
{
    fn predict_chunk(&self, chunk: &D) -> Result<Y> {
        self.model.predict_chunk(&self.transformer.transform_chunk(chunk)?)
    }
}

/// A model, or a fitted pipeline, that has decision values for chunks of type `D` in memory: what
/// [`FittedPipeline::decision_function`] asks for. Never implemented by hand: a model has it by [`DecisionFunction`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no decision values for a `{D}`",
    note = "decision values are those of classifiers and outlier detectors; a regressor and a clusterer have `predict`",
    note = "give what the pipeline was fitted on, before its first transformer: texts (`&[\"a text\", \"another\"]`, a \
            `&Text`) where that is a vectorizer, else rows of floats of the same type, or a data set"
)]
pub trait DecideChunk<D, F, I> {
    /// Decision values, shape (rows, 1) for two classes, else (rows, classes).
    ///
    /// # Errors
    /// Rows that do not fit, as in [`DecisionFunction`].
    fn decide_chunk(&self, chunk: &D) -> Result<Array2<F>>;
}

impl<M, D, F> DecideChunk<D, F, AsModel> for M
where
    D: AsRecords<Records: FeatureRows + Records<Elem = F>>,
    M: DecisionFunction<D::Records>,
    F: Float,
{
    fn decide_chunk(&self, chunk: &D) -> Result<Array2<F>> {
        self.decision_function(chunk.as_records())
    }
}

#[diagnostic::do_not_recommend]
impl<V, M, D, F, I> DecideChunk<D, F, Behind<I>> for FittedPipeline<V, M>
where
    V: TransformChunk<D>,
    M: DecideChunk<V::Output, F, I>,
{
    fn decide_chunk(&self, chunk: &D) -> Result<Array2<F>> {
        self.model.decide_chunk(&self.transformer.transform_chunk(chunk)?)
    }
}

/// A model, or a fitted pipeline, that has class probabilities for chunks of type `D` in memory: what
/// [`FittedPipeline::predict_proba`] asks for. Never implemented by hand: a model has it by [`PredictProba`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no class probabilities for a `{D}`",
    note = "class probabilities are those of classifiers; one that has decision values only gets them by \
            `fit.calibrated(&held_out, Calibration::Sigmoid)`; a regressor has `predict`, an outlier detector \
            `decision_function`",
    note = "give what the pipeline was fitted on, before its first transformer: texts (`&[\"a text\", \"another\"]`, a \
            `&Text`) where that is a vectorizer, else rows of floats of the same type, or a data set"
)]
pub trait ProbabilitiesOfChunk<D, F, I> {
    /// Class probabilities, shape (rows, classes).
    ///
    /// # Errors
    /// Rows that do not fit, as in [`PredictProba`].
    fn probabilities_of_chunk(&self, chunk: &D) -> Result<Array2<F>>;
}

impl<M, D, F> ProbabilitiesOfChunk<D, F, AsModel> for M
where
    D: AsRecords<Records: FeatureRows + Records<Elem = F>>,
    M: PredictProba<D::Records>,
    F: Float,
{
    fn probabilities_of_chunk(&self, chunk: &D) -> Result<Array2<F>> {
        self.predict_proba(chunk.as_records())
    }
}

#[diagnostic::do_not_recommend]
impl<V, M, D, F, I> ProbabilitiesOfChunk<D, F, Behind<I>> for FittedPipeline<V, M>
where
    V: TransformChunk<D>,
    M: ProbabilitiesOfChunk<V::Output, F, I>,
{
    fn probabilities_of_chunk(&self, chunk: &D) -> Result<Array2<F>> {
        self.model.probabilities_of_chunk(&self.transformer.transform_chunk(chunk)?)
    }
}

/// A model, or a fitted pipeline, that is scored on data sets of type `D` in memory: what [`FittedPipeline::score`] asks
/// for. Never implemented by hand: a model has it by [`Score`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be scored on a `{D}`",
    note = "give a data set with true targets, of the types that the pipeline learned, before its first transformer: \
            `model.score(&DatasetBase::new(rows, targets))`"
)]
pub trait ScoreChunk<D, I> {
    /// The score by the scorer of the model's kind.
    ///
    /// # Errors
    /// Rows that do not fit, as in [`Score`].
    fn score_chunk(&self, chunk: &D) -> Result<f64>;
}

impl<M: Score<D>, D> ScoreChunk<D, AsModel> for M {
    fn score_chunk(&self, chunk: &D) -> Result<f64> {
        self.score(chunk)
    }
}

#[diagnostic::do_not_recommend]
impl<V, M, D, I> ScoreChunk<D, Behind<I>> for FittedPipeline<V, M>
where
    V: TransformChunk<D>,
    M: ScoreChunk<V::Output, I>,
{
    fn score_chunk(&self, chunk: &D) -> Result<f64> {
        self.model.score_chunk(&self.transformer.transform_chunk(chunk)?)
    }
}
