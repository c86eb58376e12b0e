//! Cross-validation: one estimator on every fold.

use super::candidates::Candidate;
use super::folds::Split;
use super::results::CandidateResult;
use super::score_fold::TrainScores;
use super::search::Search;
use super::searchable::Searchable;
use crate::chunks::Chunks;
use crate::error::Result;
use crate::graph::Runtime;
use crate::metrics::IntoScorer;

/// Fits an estimator on the train rows of every fold and scores it on the test rows, by several
/// scorers or names of scorers, and on the train rows too if asked (scikit-learn's `cross_validate`).
///
/// The folds share the transformed chunks. The result is that of a [`Search`] with one candidate.
///
/// ```
/// use chunkfit::metrics::Scorer;
/// use chunkfit::model_selection::{KFold, TrainScores, cross_validate};
/// use chunkfit::prelude::*;
///
/// # let chunk = |_| linfa::DatasetBase::new(ndarray::array![[0.0], [1.0]], ndarray::array![false, true]);
/// # let data = Chunks::from_memory((0..5).map(chunk));
/// let sgd = Chained::new(SgdClassifier::params()).epochs(5);
/// let (folds, scorers) = (KFold::new(3), [Scorer::Accuracy, Scorer::F1]);
/// let row = cross_validate(&Runtime::new(), &sgd, &data, folds, scorers, TrainScores::Without)?;
/// assert_eq!((row.folds.len(), row.mean_test_scores.len()), (3, 2));
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// As [`Search::run`].
pub fn cross_validate<D, F, S>(
    runtime: &Runtime,
    estimator: &F,
    data: &Chunks<D>,
    split: S,
    scorers: impl IntoIterator<Item: IntoScorer>,
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
