//! One estimator on every fold.

use linfa::dataset::{DatasetBase, Records};

use super::candidates::Candidate;
use super::evaluate::Evaluate;
use super::folds::Split;
use super::results::CandidateResult;
use super::score_fold::TrainScores;
use super::search::Search;
use crate::chunks::Chunks;
use crate::combine::{FitRows, Fitted};
use crate::data::{Chunk, Rows, Shared};
use crate::error::Result;
use crate::graph::Runtime;
use crate::metrics::Scorer;

/// Fits an estimator on the train rows of every fold and scores it on the test rows, by several
/// scorers, and on the train rows too if asked (scikit-learn's `cross_validate`).
///
/// The folds share the transformed chunks. The result is that of a [`Search`] with one candidate.
///
/// # Errors
/// As [`Search::run`].
pub fn cross_validate<D, F, S, M, R, T>(
    runtime: &Runtime,
    estimator: &F,
    data: &Chunks<D>,
    split: S,
    (scorers, train_scores): (&[Scorer], TrainScores),
) -> Result<CandidateResult<()>>
where
    F: FitRows<D> + Clone,
    F::Fit: Fitted<D, Model = M, Examples = DatasetBase<R, T>>,
    S: Split<D>,
    M: Evaluate<R, T> + Shared,
    R: Records + 'static,
    T: 'static,
    DatasetBase<R, T>: Rows + Chunk,
{
    let one = vec![Candidate::new(())];
    let search = Search::new(one, |()| estimator.clone())
        .folds(split)
        .scoring(scorers.iter().cloned())
        .train_scores(train_scores);
    let mut found = search.run(runtime, data)?;
    Ok(found.candidates.swap_remove(0))
}
