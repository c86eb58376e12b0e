//! Means, deviations and ranks of the candidates of a search.

use super::results::{FoldResult, Tried};
use crate::error::{Error, ErrorKind, Result};
use crate::metrics::Scorer;

/// The results of one candidate, without its parameters.
pub(super) struct Ranked {
    pub(super) folds: Vec<FoldResult>,
    pub(super) mean_test_scores: Vec<f64>,
    pub(super) std_test_scores: Vec<f64>,
    pub(super) ranks: Vec<usize>,
}

/// The scorers' names.
pub(super) fn names(scorers: &[Scorer]) -> Vec<String> {
    scorers.iter().map(Scorer::to_string).collect()
}

/// Refuses fits all of which failed: the first one's error.
pub(super) fn check_some_fit(tried: &[Vec<Tried>]) -> Result<()> {
    let all = || tried.iter().flatten().map(|tried| &tried.result.error);
    match all().find_map(Clone::clone) {
        Some(error) if all().all(Option::is_some) => Err(Error::new(ErrorKind::NoCandidate { error })),
        _ => Ok(()),
    }
}

/// Means, deviations and ranks over the folds of every candidate, by so many scorers.
pub(super) fn rank(n_scorers: usize, tried: Vec<Vec<Tried>>) -> Vec<Ranked> {
    let n_folds = tried.iter().map(Vec::len).max().unwrap_or(0);
    let left_out: Vec<Vec<bool>> =
        (0..n_scorers).map(|s| (0..n_folds).map(|k| is_left_out(&tried, s, k)).collect()).collect();
    let row = |folds: Vec<Tried>| {
        let (mean_test_scores, std_test_scores) =
            left_out.iter().enumerate().map(|(s, left_out)| mean_and_deviation(&folds, s, left_out)).unzip();
        let folds = folds.into_iter().map(|tried| tried.result).collect();
        Ranked { folds, mean_test_scores, std_test_scores, ranks: Vec::new() }
    };
    let mut rows: Vec<Ranked> = tried.into_iter().map(row).collect();
    for s in 0..n_scorers {
        let means: Vec<f64> = rows.iter().map(|row| row.mean_test_scores[s]).collect();
        // A candidate without a score is behind all that have one.
        let beats = |a: f64, b: f64| a.is_finite() && (a > b || !b.is_finite());
        for (row, &own) in rows.iter_mut().zip(&means) {
            row.ranks.push(1 + means.iter().filter(|&&other| beats(other, own)).count());
        }
    }
    rows
}

/// True if a fold is left out of a scorer's means: no candidate has a finite score there, and the rows are to blame for
/// one at least.
fn is_left_out(tried: &[Vec<Tried>], s: usize, k: usize) -> bool {
    let in_fold = || tried.iter().filter_map(|folds| folds.get(k));
    let scored = |tried: &Tried| tried.result.test_scores[s].is_finite();
    !in_fold().any(scored) && in_fold().any(|tried| tried.by_rows)
}

/// Over the folds that are not left out. A candidate that failed by itself on one that is left out has no mean.
fn mean_and_deviation(folds: &[Tried], s: usize, left_out: &[bool]) -> (f64, f64) {
    let counts = |(tried, left_out): &(&Tried, &bool)| !(**left_out && tried.by_rows);
    let scores: Vec<f64> =
        folds.iter().zip(left_out).filter(counts).map(|(tried, _)| tried.result.test_scores[s]).collect();
    let n = scores.len() as f64;
    let mean = scores.iter().sum::<f64>() / n;
    (mean, (scores.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt())
}
