//! Further rounds of averages: `AverageRounds`, the contract of estimators whose averages become better in rounds.

use linfa::dataset::Records;

use super::average::{FitAverage, FitAverageFrom};
use super::passes::RefineAverage;
use crate::sealed::Sealed;

/// An estimator whose average becomes better in further rounds
/// ([`Averaged::rounds`](crate::combine::Averaged::rounds)), and the way in which it does.
#[diagnostic::on_unimplemented(
    message = "the average of `{Self}` does not become better by `rounds`, for rows of type `{R}` with targets of \
               type `{T}`",
    note = "leave `rounds` out: naive Bayes and `LinearRegression` are exact after one; an estimator of your own \
            implements `chunkfit::estimator::AverageRounds`, with `RefineAverage` or `FitAverageFrom`"
)]
pub trait AverageRounds<R: Records, T>: FitAverage<R, T> + Sized {
    /// [`ByPasses`], for a [`RefineAverage`], or [`ByMixing`], for a [`FitAverageFrom`].
    type Way: RoundsOf<Self, R, T>;
}

/// A way in which averages of `P` can go on: [`ByPasses`] or [`ByMixing`], if `P` has what it takes. There are no others:
/// the trait cannot be implemented elsewhere.
pub trait RoundsOf<P, R, T>: Sealed {}

/// Passes over the chunks, whose answers sum up.
#[derive(Clone, Copy, Debug)]
pub struct ByPasses;

impl Sealed for ByPasses {}

impl<P: RefineAverage<R, T>, R: Records, T> RoundsOf<P, R, T> for ByPasses {}

/// Every chunk learns on from the merged model.
#[derive(Clone, Copy, Debug)]
pub struct ByMixing;

impl Sealed for ByMixing {}

impl<P: FitAverageFrom<R, T>, R: Records, T> RoundsOf<P, R, T> for ByMixing {}
