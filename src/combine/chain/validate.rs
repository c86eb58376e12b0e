//! Validation scores of a model in training, on rows that it has not learned from.

use linfa::Label;
use linfa::dataset::{AsSingleTargets, DatasetBase, Records};
use linfa::traits::PredictInplace;
use ndarray::Array1;

use crate::combine::fit::fitted::{count_labels, count_residuals};
use crate::data::FeatureRows;
use crate::error::Result;
use crate::estimator::{Linfa, PartialFit};
use crate::linear::{SgdClassifierParams, SgdRegressorParams};
use crate::metrics::{ConfusionMatrix, Residuals};

/// An estimator whose models can be scored on rows that they have not learned from: implement it for one of your own
/// to stop its chain early.
pub trait Validate<R: Records, T>: PartialFit<R, T> {
    /// The tally that scores are made of; it merges over chunks.
    type Tally: Default + Send + Sync + 'static;

    /// The tally of a chunk.
    ///
    /// # Errors
    /// The estimator's own.
    fn tally(&self, model: &Self::Model, chunk: &DatasetBase<R, T>) -> Result<Self::Tally>;

    /// That of both.
    fn merge(a: Self::Tally, b: &Self::Tally) -> Self::Tally;

    /// The score: more is better. `None` for the tally of no rows.
    fn validation_score(tally: &Self::Tally) -> Option<f64>;
}

/// By accuracy.
impl<R, T, L> Validate<R, T> for SgdClassifierParams<L>
where
    R: FeatureRows + 'static,
    T: AsSingleTargets<Elem = L> + 'static,
    L: Label + Send + Sync + 'static,
{
    type Tally = ConfusionMatrix<L>;

    fn tally(&self, model: &Self::Model, chunk: &DatasetBase<R, T>) -> Result<ConfusionMatrix<L>> {
        count_labels(model, chunk)
    }

    fn merge(a: ConfusionMatrix<L>, b: &ConfusionMatrix<L>) -> ConfusionMatrix<L> {
        a.merge(b)
    }

    fn validation_score(tally: &ConfusionMatrix<L>) -> Option<f64> {
        (tally.n_rows() > 0).then(|| tally.accuracy())
    }
}

/// By R².
impl<R, T> Validate<R, T> for SgdRegressorParams
where
    R: FeatureRows,
    T: AsSingleTargets<Elem = R::Elem>,
    R::Elem: 'static,
{
    type Tally = Residuals;

    fn tally(&self, model: &Self::Model, chunk: &DatasetBase<R, T>) -> Result<Residuals> {
        count_residuals(model, chunk)
    }

    fn merge(a: Residuals, b: &Residuals) -> Residuals {
        a.merge(b)
    }

    fn validation_score(tally: &Residuals) -> Option<f64> {
        (tally.n_rows() > 0).then(|| tally.r2())
    }
}

/// By accuracy: linfa's classifiers.
impl<P, E, R, T, L, M> Validate<R, T> for Linfa<P, E>
where
    Linfa<P, E>: PartialFit<R, T, Model = M>,
    M: PredictInplace<R, Array1<L>>,
    R: Records,
    T: AsSingleTargets<Elem = L>,
    L: Label + Send + Sync + 'static,
{
    type Tally = ConfusionMatrix<L>;

    fn tally(&self, model: &M, chunk: &DatasetBase<R, T>) -> Result<ConfusionMatrix<L>> {
        count_labels(model, chunk)
    }

    fn merge(a: ConfusionMatrix<L>, b: &ConfusionMatrix<L>) -> ConfusionMatrix<L> {
        a.merge(b)
    }

    fn validation_score(tally: &ConfusionMatrix<L>) -> Option<f64> {
        (tally.n_rows() > 0).then(|| tally.accuracy())
    }
}
