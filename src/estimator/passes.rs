//! Fits in several passes over all chunks: `FitPasses`, `FitSummed`, `RefineAverage`.

use linfa::dataset::{DatasetBase, Records};

use super::FitAverage;
use crate::data::{Chunk, Shared};
use crate::error::Result;

/// A fit that asks all chunks the same question, sums up their answers, and asks the next.
///
/// What it knows between two passes is a value of its own, the pass state; nothing of it stays with the
/// chunks. Sums are made in the order of the chunks, so the bits do not depend on who answers first.
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

    /// The model. A state with more passes to go gives the best that was found.
    ///
    /// # Errors
    /// When it has found none.
    fn model(&self, state: Self::PassState) -> Result<Self::Model>;
}

/// An estimator whose objective is a sum over chunks, so that passes over them find the exact fit of
/// all rows.
pub trait FitSummed<R: Records, T>: FitPasses<R, T> {
    /// The state before the first pass.
    ///
    /// # Errors
    /// Parameters out of range.
    fn begin(&self) -> Result<Self::PassState>;
}

/// An estimator whose average over chunks can be made better by further rounds.
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
