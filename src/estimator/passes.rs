//! Fits in several passes over all chunks: `FitPasses`, `FitSummed`, `RefineAverage`.

use linfa::dataset::{DatasetBase, Records};

use super::FitAverage;
use crate::data::{Chunk, Figure, Shared};
use crate::error::Result;

/// A fit that asks all chunks the same question, sums up their answers, and asks the next.
///
/// What it knows between two passes is a value of its own, the pass state; nothing of it stays with the
/// chunks. Sums are made in the order of the chunks, so the bits do not depend on who answers first.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not fitted in passes over rows of type `{R}` with targets of type `{T}`",
    note = "an estimator that learns row by row, such as `SgdClassifier`, goes into `Chained` or `Averaged` in \
            place of `Summed`; naive Bayes into `Averaged`, which is exact; one that \
            has no sums into `Concatenated`",
    note = "targets of a regressor are floats of the type of its rows; those of a classifier are labels, such as \
            `usize`, `bool` or `String`; text needs a vectorizer before it, in a `Pipeline`",
    note = "for an estimator of your own implement `chunkfit::estimator::FitPasses` and `FitSummed`"
)]
pub trait FitPasses<R: Records, T>: Shared {
    /// A chunk as the fit wants it: made once, asked in every pass.
    type Rows: Chunk;
    /// The state between two passes: what is known, and what will be asked next.
    type PassState: Clone + Shared;
    /// The answer of one chunk.
    type Part: Shared;
    /// The sum of the answers of some chunks.
    type Sum: Clone + Shared;
    /// The model that is fitted.
    type Model: Shared;

    /// Prepares a chunk, which may have no rows.
    ///
    /// # Errors
    /// Rows that cannot be learned from.
    fn rows(&self, chunk: &DatasetBase<R, T>) -> Result<Self::Rows>;

    /// True if there is nothing more to ask. Must be quick.
    fn is_done(state: &Self::PassState) -> bool;

    /// Asks one chunk.
    ///
    /// # Errors
    /// The estimator's own.
    fn ask(&self, state: &Self::PassState, rows: &Self::Rows) -> Result<Self::Part>;

    /// The sum of one or more neighbouring chunks' answers, in their order.
    ///
    /// # Errors
    /// When they do not fit each other.
    fn sum(parts: &[&Self::Part]) -> Result<Self::Sum>;

    /// The sum of two neighbours.
    ///
    /// # Errors
    /// When they do not fit each other.
    fn merge_sums(a: Self::Sum, b: Self::Sum) -> Result<Self::Sum>;

    /// The state after a pass.
    ///
    /// # Errors
    /// When the chunks together cannot be fitted: no rows, one class.
    fn advance(&self, state: Self::PassState, sum: Self::Sum) -> Result<Self::PassState>;

    /// The objective, or another figure, that a state knows after a pass: for whoever watches the run. None by default.
    /// Must be quick: it is not to go over rows.
    fn figures(&self, state: &Self::PassState) -> Vec<Figure> {
        let _ = state;
        Vec::new()
    }

    /// The model. A state with more passes to go gives the best that was found.
    ///
    /// # Errors
    /// When it has found none.
    fn model(&self, state: Self::PassState) -> Result<Self::Model>;
}

/// An estimator whose objective is a sum over chunks, so that passes over them find the exact fit of
/// all rows.
///
/// The least sum of squares, in one pass:
///
/// ```
/// use chunkfit::estimator::{FitPasses, FitSummed};
/// use chunkfit::linfa::DatasetBase;
/// use chunkfit::ndarray::{Array1, Array2, array};
/// use chunkfit::prelude::*;
///
/// /// The slope of a line through the origin.
/// struct Slope;
///
/// type Points = DatasetBase<Array2<f64>, Array1<f64>>;
///
/// impl FitPasses<Array2<f64>, Array1<f64>> for Slope {
///     type Rows = Vec<(f64, f64)>;
///     type PassState = Option<f64>;
///     type Part = [f64; 2];
///     type Sum = [f64; 2];
///     type Model = f64;
///
///     fn rows(&self, chunk: &Points) -> Result<Vec<(f64, f64)>, Error> {
///         Ok(chunk.records.column(0).iter().copied().zip(chunk.targets.iter().copied()).collect())
///     }
///
///     fn is_done(state: &Option<f64>) -> bool {
///         state.is_some()
///     }
///
///     fn ask(&self, _: &Option<f64>, rows: &Vec<(f64, f64)>) -> Result<[f64; 2], Error> {
///         Ok([rows.iter().map(|(x, y)| x * y).sum(), rows.iter().map(|(x, _)| x * x).sum()])
///     }
///
///     fn sum(parts: &[&[f64; 2]]) -> Result<[f64; 2], Error> {
///         Ok([parts.iter().map(|part| part[0]).sum(), parts.iter().map(|part| part[1]).sum()])
///     }
///
///     fn merge_sums(a: [f64; 2], b: [f64; 2]) -> Result<[f64; 2], Error> {
///         Ok([a[0] + b[0], a[1] + b[1]])
///     }
///
///     fn advance(&self, _: Option<f64>, sum: [f64; 2]) -> Result<Option<f64>, Error> {
///         Ok(Some(sum[0] / sum[1]))
///     }
///
///     fn model(&self, state: Option<f64>) -> Result<f64, Error> {
///         state.ok_or_else(|| Error::new(ErrorKind::NoRows { estimator: "Slope" }))
///     }
/// }
///
/// impl FitSummed<Array2<f64>, Array1<f64>> for Slope {
///     fn begin(&self) -> Result<Option<f64>, Error> {
///         Ok(None)
///     }
/// }
///
/// let chunks = Chunks::from_memory([1.0, 2.0].map(|x| DatasetBase::new(array![[x]], array![3.0 * x])));
/// assert_eq!(Runtime::new().compute(Summed::opaque(Slope).fit(&chunks))?, 3.0);
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no exact fit by sums over rows of type `{R}` with targets of type `{T}`",
    note = "an estimator that learns row by row, such as `SgdClassifier`, goes into `Chained` or `Averaged` in \
            place of `Summed`; naive Bayes into `Averaged`, which is exact; one that \
            has no sums into `Concatenated`",
    note = "targets of a regressor are floats of the type of its rows; those of a classifier are labels, such as \
            `usize`, `bool` or `String`; text needs a vectorizer before it, in a `Pipeline`",
    note = "for an estimator of your own implement `chunkfit::estimator::FitPasses` and `FitSummed`"
)]
pub trait FitSummed<R: Records, T>: FitPasses<R, T> {
    /// The state before the first pass.
    ///
    /// # Errors
    /// Parameters out of range.
    fn begin(&self) -> Result<Self::PassState>;
}

/// An estimator whose average over chunks can be made better by further rounds.
#[diagnostic::on_unimplemented(
    message = "the average of `{Self}` has no further rounds of sums, for rows of type `{R}` with targets of type \
               `{T}`",
    note = "`Averaged::rounds` needs it, or `FitAverageFrom`: leave `rounds` out, or implement \
            `chunkfit::estimator::RefineAverage` for an estimator of your own"
)]
pub trait RefineAverage<R: Records, T>:
    FitAverage<R, T> + FitPasses<R, T, Model = <Self as FitAverage<R, T>>::Model>
{
    /// The pass state that begins at the average, the merged state of round one, for one round more.
    ///
    /// # Errors
    /// As [`finish`](FitAverage::finish).
    fn go_on(&self, state: Self::State) -> Result<Self::PassState>;

    /// The same pass state with one round more to go, if there is anything to be gained.
    fn next_round(&self, state: Self::PassState) -> Self::PassState;

    /// The most passes that a round takes.
    fn passes_a_round(&self) -> usize;
}
