//! One estimator on every fold.

use super::candidates::Candidate;
use super::folds::Split;
use super::results::CandidateResult;
use super::score_fold::TrainScores;
use super::search::Search;
use super::searchable::Searchable;
use crate::chunks::Chunks;
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
pub fn cross_validate<D, F, S>(
    runtime: &Runtime,
    estimator: &F,
    data: &Chunks<D>,
    split: S,
    scorers: impl IntoIterator<Item = Scorer>,
    train_scores: TrainScores,
) -> Result<CandidateResult<()>>
where
    F: Searchable<D> + Clone,
    S: Split<D>,
{
    let one = vec![Candidate::new(())];
    let search = Search::new(one, |()| estimator.clone()).folds(split).scoring(scorers).train_scores(train_scores);
    let mut found = search.run(runtime, data)?;
    Ok(found.candidates.swap_remove(0))
}
