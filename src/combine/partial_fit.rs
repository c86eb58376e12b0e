//! One more chunk of learning.

use std::error::Error as StdError;

use linfa::dataset::{DatasetBase, Records};
use linfa::traits::FitWith;

/// An estimator that learns chunk by chunk (scikit-learn's `partial_fit`).
///
/// Implemented for every linfa [`FitWith`] that takes `Option<Model>` and gives `Model`; implement
/// that one for an estimator of your own. The model goes in and out by value, so that the last
/// user of a model updates it in place and nobody else's copy changes.
pub trait PartialFit<R: Records, T, E> {
    /// The fitted model.
    type Model;

    /// The model after one more chunk; `None` stands for no model yet.
    ///
    /// # Errors
    /// The estimator's own.
    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<R, T>) -> Result<Self::Model, E>;
}

impl<P, R, T, E, M> PartialFit<R, T, E> for P
where
    R: Records,
    E: StdError + From<linfa::Error>,
    for<'a> M: 'a,
    P: for<'a> FitWith<'a, R, T, E, ObjectIn = Option<M>, ObjectOut = M>,
{
    type Model = M;

    fn partial_fit(&self, model: Option<M>, chunk: &DatasetBase<R, T>) -> Result<M, E> {
        self.fit_with(model, chunk)
    }
}
