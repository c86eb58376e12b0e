//! Results of a search: scores and times by candidate and fold.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::candidates::Candidate;
use super::ranking::{Ranked, check_some_fit, names, rank};
use super::table::{Row, Table};
use crate::error::Result;
use crate::metrics::Scorer;

/// One fit of one candidate on one fold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct FoldResult {
    /// One score a scorer, on the test rows; the search's `error_score` if the fit failed.
    #[serde(deserialize_with = "scores")]
    pub test_scores: Vec<f64>,
    /// The same on the train rows, if they were asked for.
    #[serde(default, deserialize_with = "some_scores")]
    pub train_scores: Option<Vec<f64>>,
    /// Seconds spent fitting, over all threads.
    pub fit_seconds: f64,
    /// Seconds spent scoring, over all threads.
    pub score_seconds: f64,
    /// Why the fit failed, if it did.
    pub error: Option<String>,
}

/// One candidate: a row of the results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CandidateResult<P> {
    /// The candidate.
    pub candidate: Candidate<P>,
    /// One result a fold.
    pub folds: Vec<FoldResult>,
    /// The mean over the folds of each scorer's test score, without the folds that were [left
    /// out](SearchResults::warnings). NaN, or infinite, where one of the others has no finite score.
    #[serde(deserialize_with = "scores")]
    pub mean_test_scores: Vec<f64>,
    /// Their standard deviation over the folds (of the population, as scikit-learn's).
    #[serde(deserialize_with = "scores")]
    pub std_test_scores: Vec<f64>,
    /// For each scorer the candidate's place, 1 being the best; equal means share a place.
    pub ranks: Vec<usize>,
}

/// One fit of one candidate on one fold, and whether a score that is missing there is owed to the rows of the fold.
pub(super) struct Tried {
    pub(super) result: FoldResult,
    pub(super) by_rows: bool,
}

/// The results of a search: one row a candidate, in the order in which they were given.
///
/// What is read back is checked: results that no search gives (no candidate, scores missing) are an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct SearchResults<P> {
    /// The scorers' names; the first ranks the candidates. Of scorers of one's own no more than
    /// this is kept, so that results can be read back where their functions are not known.
    pub scorers: Vec<String>,
    /// One row a candidate.
    pub candidates: Vec<CandidateResult<P>>,
}

impl<P> SearchResults<P> {
    /// Means, deviations and ranks over the folds of every candidate.
    ///
    /// # Errors
    /// When every fit failed: the first one's error.
    pub(super) fn new(scorers: &[Scorer], tried: Vec<(Candidate<P>, Vec<Tried>)>) -> Result<Self> {
        let (candidates, folds) = apart(tried);
        check_some_fit(&folds)?;
        Ok(SearchResults::of(scorers, candidates, rank(scorers.len(), folds)))
    }

    /// The same where every fit may have failed.
    pub(super) fn ranked(scorers: &[Scorer], tried: Vec<(Candidate<P>, Vec<Tried>)>) -> Self {
        let (candidates, folds) = apart(tried);
        SearchResults::of(scorers, candidates, rank(scorers.len(), folds))
    }

    fn of(scorers: &[Scorer], candidates: Vec<Candidate<P>>, ranked: Vec<Ranked>) -> Self {
        let mut rows = Vec::with_capacity(candidates.len());
        for (candidate, Ranked { folds, mean_test_scores, std_test_scores, ranks }) in
            candidates.into_iter().zip(ranked)
        {
            rows.push(CandidateResult { candidate, folds, mean_test_scores, std_test_scores, ranks });
        }
        SearchResults { scorers: names(scorers), candidates: rows }
    }

    /// The results without the parameters.
    pub(super) fn table(&self) -> Table<'_> {
        let mut rows = Vec::with_capacity(self.candidates.len());
        for row in &self.candidates {
            rows.push(Row {
                shown: &row.candidate.shown,
                folds: &row.folds,
                mean_test_scores: &row.mean_test_scores,
                std_test_scores: &row.std_test_scores,
                ranks: &row.ranks,
            });
        }
        Table { scorers: &self.scorers, rows }
    }

    /// Messages about folds that were left out of a scorer's means because no candidate has a finite score
    /// there.
    pub fn warnings(&self) -> Vec<String> {
        self.table().warnings()
    }

    /// The number of the best candidate by the first scorer; of equals the first.
    pub fn best_index(&self) -> usize {
        self.table().best_index()
    }

    /// The best candidate by the first scorer. If no candidate has a score that is a finite number, the first of all:
    /// see [`try_best`](Self::try_best).
    ///
    /// # Panics
    /// When there is no candidate, as in no results of a search, and none that were read back.
    pub fn best(&self) -> &CandidateResult<P> {
        &self.candidates[self.best_index()]
    }

    /// The best candidate by the first scorer, if its mean is a finite number.
    ///
    /// # Errors
    /// When no candidate has such a mean ([`ErrorKind::NoBest`](crate::ErrorKind::NoBest)).
    pub fn try_best(&self) -> Result<&CandidateResult<P>> {
        Ok(&self.candidates[self.table().try_best_index()?])
    }

    /// The best candidate's mean test score by the first scorer.
    pub fn best_score(&self) -> f64 {
        self.best().mean_test_scores.first().copied().unwrap_or(f64::NAN)
    }

    /// The header and the rows of the results as text: rank, what was varied, the mean and the
    /// deviation of every scorer.
    pub fn rows(&self) -> (Vec<String>, Vec<Vec<String>>) {
        self.table().cells()
    }
}

/// Candidates, and their results on the folds.
fn apart<P>(tried: Vec<(Candidate<P>, Vec<Tried>)>) -> (Vec<Candidate<P>>, Vec<Vec<Tried>>) {
    let (mut candidates, mut all) = (Vec::with_capacity(tried.len()), Vec::with_capacity(tried.len()));
    for (candidate, folds) in tried {
        candidates.push(candidate);
        all.push(folds);
    }
    (candidates, all)
}

/// Reads scores; JSON has no NaN and writes `null`.
fn scores<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Vec<f64>, D::Error> {
    if !from.is_human_readable() {
        return Vec::deserialize(from);
    }
    let scores = Vec::<Option<f64>>::deserialize(from)?;
    Ok(scores.into_iter().map(|score| score.unwrap_or(f64::NAN)).collect())
}

fn some_scores<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Option<Vec<f64>>, D::Error> {
    #[derive(Deserialize)]
    struct Scores(#[serde(deserialize_with = "scores")] Vec<f64>);
    Ok(Option::<Scores>::deserialize(from)?.map(|Scores(scores)| scores))
}

/// A table, best candidate first; then the warnings.
impl<P> fmt::Display for SearchResults<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().write(f)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::error::ErrorKind;

    pub(in crate::model_selection) fn results(means: &[f64]) -> SearchResults<usize> {
        let fold = |mean: f64, shift: f64| FoldResult {
            test_scores: vec![mean + shift],
            train_scores: None,
            fit_seconds: 0.5,
            score_seconds: 0.0,
            error: mean.is_nan().then(|| "it did, \"badly\"".to_owned()),
        };
        let fold = |mean: f64, shift| Tried { by_rows: !mean.is_nan(), result: fold(mean, shift) };
        let row = |(i, &mean): (usize, &f64)| {
            let candidate = Candidate { params: i, shown: vec![("alpha".into(), format!("{i}"))] };
            (candidate, vec![fold(mean, 0.1), fold(mean, -0.1)])
        };
        SearchResults::new(&[Scorer::Accuracy], means.iter().enumerate().map(row).collect()).unwrap()
    }

    #[test]
    fn equal_means_share_a_rank_and_none_is_last() {
        let found = results(&[0.5, 0.75, f64::NAN, 0.75, 0.25]);
        assert_eq!(found.candidates.iter().map(|row| row.ranks[0]).collect::<Vec<_>>(), [3, 1, 5, 1, 4]);
        assert_eq!((found.best_index(), found.best_score()), (1, 0.75));
        assert!((found.candidates[0].std_test_scores[0] - 0.1).abs() < 1e-15);
        let table = found.to_string();
        let first = table.lines().nth(1).unwrap();
        assert!(first.contains("0.750000") && table.lines().count() == 6, "{table}");
        assert!(table.lines().last().unwrap().contains("2 of 2: it did"), "{table}");
    }

    /// Scores of candidates, fold by fold; those that are NaN are the rows' fault.
    fn tried(scores: &[&[f64]]) -> SearchResults<usize> {
        let fold = |&score: &f64| {
            let result = FoldResult {
                test_scores: vec![score],
                train_scores: None,
                fit_seconds: 0.0,
                score_seconds: 0.0,
                error: None,
            };
            Tried { result, by_rows: true }
        };
        let row = |(i, folds): (usize, &&[f64])| {
            (Candidate { params: i, shown: Vec::new() }, folds.iter().map(fold).collect())
        };
        SearchResults::new(&[Scorer::RocAuc], scores.iter().enumerate().map(row).collect()).unwrap()
    }

    #[test]
    fn a_fold_that_nobody_has_a_score_on_is_left_out() {
        const NONE: f64 = f64::NAN;
        let found = tried(&[&[0.5, NONE, 0.75], &[1.0, NONE, NONE], &[0.25, f64::INFINITY, 0.5]]);
        let means: Vec<f64> = found.candidates.iter().map(|row| row.mean_test_scores[0]).collect();
        assert_eq!((means[0], means[2], found.candidates[0].std_test_scores[0]), (0.625, 0.375, 0.125));
        assert!(means[1].is_nan() && found.candidates[1].ranks == [3] && found.best_index() == 0);
        assert_eq!(
            found.warnings(),
            ["fold 1 is left out of the means of roc_auc, for no candidate has a score: it is not defined there"]
        );
        assert!(found.to_string().ends_with("not defined there\n"));
        assert!(tried(&[&[0.5], &[NONE]]).warnings().is_empty());
    }

    #[test]
    fn none_wins_without_a_finite_score() {
        for none in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let found = tried(&[&[none, none], &[none, none]]);
            assert_eq!(found.try_best().unwrap_err().kind(), &ErrorKind::NoBest { scorer: "roc_auc".into() });
            let found = tried(&[&[none, 1.0], &[-3.0, -3.0]]);
            assert_eq!((found.best_index(), found.try_best().unwrap().ranks[0]), (1, 1));
            assert_eq!(found.candidates[0].ranks, [2]);
        }
    }

    #[test]
    fn a_search_in_which_all_fits_fail_says_why() {
        let fold = FoldResult {
            test_scores: vec![f64::NAN],
            train_scores: None,
            fit_seconds: 0.0,
            score_seconds: 0.0,
            error: Some("no luck".into()),
        };
        let rows = vec![(Candidate { params: (), shown: vec![] }, vec![Tried { result: fold, by_rows: true }])];
        assert!(SearchResults::new(&[Scorer::Accuracy], rows).unwrap_err().to_string().contains("no luck"));
    }
}
