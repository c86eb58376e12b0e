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
        let own = TeamAccounts::new(estimators.len(), first, k);
        let fits = F::fit_rows_together(estimators, data, &fold.train, &|members| own.account_of(members));
        let mut scores = Vec::with_capacity(fits.len());
        for (fit, own) in fits.into_iter().zip(own.into_accounts()) {
            let handles = score_fit::<D, F>(&fit, data, fold, &self.scorers, self.train_scores, &own.scores);
            scores.push((handles, own));
        }
        scores
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

/// The accounts of some candidates, numbered from `first` on, on fold `k`.
struct TeamAccounts {
    own: RefCell<Vec<FitAccounts>>,
    first: usize,
    k: usize,
}

impl TeamAccounts {
    fn new(n: usize, first: usize, k: usize) -> Self {
        let alone = |i| FitAccounts::new(&format!("candidate {}, fold {k}", first + i));
        TeamAccounts { own: RefCell::new((0..n).map(alone).collect()), first, k }
    }

    /// The account that some of them are fitted on, together.
    fn account_of(&self, members: &[usize]) -> TimeAccount {
        let [i] = members else {
            let team = TimeAccount::new(&format!("candidates {}, fold {}", list(members, self.first), self.k));
            members.iter().for_each(|&i| self.own.borrow_mut()[i].fit_in_team(&team, members.len()));
            return team;
        };
        self.own.borrow()[*i].fit.clone()
    }

    fn into_accounts(self) -> Vec<FitAccounts> {
        self.own.into_inner()
    }
}

/// Numbers counted from `first` on, for a display name.
fn list(numbers: &[usize], first: usize) -> String {
    numbers.iter().map(|number| (first + number).to_string()).collect::<Vec<_>>().join(" ")
}
