//! Scores of candidates on the folds of a search, as handles and as results.

use std::cell::RefCell;
use std::sync::Arc;

use super::folds::Fold;
use super::results::{FoldResult, Tried};
use super::score_fold::{FitAccounts, FoldScores, TrainScores, is_of_rows, score_fit};
use super::searchable::Searchable;
use crate::chunks::Chunks;
use crate::error::{Error, Result};
use crate::graph::TimeAccount;
use crate::metrics::Scorer;

/// The settings by which the candidates of a search are scored.
#[derive(Clone, Debug)]
pub(super) struct Scoring {
    pub(super) scorers: Arc<[Scorer]>,
    pub(super) train_scores: TrainScores,
    /// The score of a fit that fails.
    pub(super) error_score: f64,
}

impl Scoring {
    /// Handles on the scores of some estimators, of candidates that are numbered from `first` on, on fold `k`. Those that
    /// learn faster together do so.
    pub(super) fn on_fold<D, F: Searchable<D>>(
        &self,
        (estimators, first): (&[&F], usize),
        data: &Chunks<D>,
        (k, fold): (usize, &Fold),
    ) -> Vec<(FoldScores, FitAccounts)> {
        let alone = |i| FitAccounts::new(&format!("candidate {}, fold {k}", first + i));
        let own = RefCell::new((0..estimators.len()).map(alone).collect::<Vec<_>>());
        let account_of = |members: &[usize]| {
            let [i] = members else {
                let team = TimeAccount::new(&format!("candidates {}, fold {k}", list(members, first)));
                members.iter().for_each(|&i| own.borrow_mut()[i].fit_in_team(&team, members.len()));
                return team;
            };
            own.borrow()[*i].fit.clone()
        };
        let fits = F::fit_rows_together(estimators, data, &fold.train, &account_of);
        let score = |(fit, own): (F::Fit, FitAccounts)| {
            (score_fit::<D, F>(&fit, data, fold, &self.scorers, self.train_scores, &own.scores), own)
        };
        fits.into_iter().zip(own.into_inner()).map(score).collect()
    }

    /// The result of a candidate on a fold, which took so many seconds to fit and to score.
    pub(super) fn fold_result(
        &self,
        test: Result<Vec<f64>>,
        train: Option<Result<Vec<f64>>>,
        (fit_seconds, score_seconds): (f64, f64),
    ) -> Tried {
        let none = || vec![self.error_score; self.scorers.len()];
        let error = test.as_ref().err().or_else(|| train.as_ref()?.as_ref().err()).cloned();
        let by_rows = error.as_ref().is_none_or(is_of_rows);
        let result = FoldResult {
            test_scores: test.unwrap_or_else(|_| none()),
            train_scores: train.map(|train| train.unwrap_or_else(|_| none())),
            fit_seconds,
            score_seconds,
            error: error.as_ref().map(Error::full_message),
        };
        Tried { result, by_rows }
    }
}

/// Numbers counted from `first` on, for a display name.
fn list(numbers: &[usize], first: usize) -> String {
    numbers.iter().map(|number| (first + number).to_string()).collect::<Vec<_>>().join(" ")
}
