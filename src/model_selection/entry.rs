//! A candidate of a running search, and how far it is.

use super::candidates::Candidate;
use super::inbox::FoldOutcome;
use super::results::Tried;
use super::score_fold::FitAccounts;
use super::scoring::Scoring;
use crate::error::Error;
use crate::graph::{Lazy, Summary};

/// A candidate of a running search.
pub(super) struct Entry<P> {
    pub(super) candidate: Candidate<P>,
    /// One a fold.
    pub(super) accounts: Vec<FitAccounts>,
    /// Sends the scores when they are there.
    pub(super) scored: Lazy<()>,
    pub(super) state: State,
}

/// Progress of a candidate.
pub(super) enum State {
    UnderWay,
    /// The scores on each fold.
    Done(Vec<FoldOutcome>),
    Failed(Error),
    Cancelled,
}

impl<P> Entry<P> {
    pub(super) fn is_under_way(&self) -> bool {
        matches!(self.state, State::UnderWay)
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(self.state, State::Done(_))
    }

    /// The error of a run that was stopped.
    pub(super) fn failure(&self) -> Option<&Error> {
        match &self.state {
            State::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// The results on the folds, if they are there. The seconds are those of these runs.
    pub(super) fn tried(&self, scoring: &Scoring, runs: &[Summary]) -> Option<(Candidate<P>, Vec<Tried>)>
    where
        P: Clone,
    {
        let State::Done(outcomes) = &self.state else { return None };
        let on_fold = |(accounts, (test, train)): (&FitAccounts, &FoldOutcome)| {
            let all = runs.iter().map(|summary| accounts.seconds(summary));
            let seconds = all.fold((0.0, 0.0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
            scoring.fold_result(test.clone(), train.clone(), seconds)
        };
        Some((self.candidate.clone(), self.accounts.iter().zip(outcomes).map(on_fold).collect()))
    }
}
