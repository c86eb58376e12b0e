//! Validation of search results that are deserialized: what no search gives is refused, so that whatever is asked of
//! results has an answer.

use serde::{Deserialize, Serialize};

use super::candidates::Candidate;
use super::halve::HalvingResults;
use super::results::{CandidateResult, FoldResult, SearchResults};
use crate::data::checked::{checked_when_read, contradiction};
use crate::error::Result;

checked_when_read!(SearchResults<P>, serialize: [P: Serialize], deserialize: [P: Deserialize<'de>]);
checked_when_read!(HalvingResults<P>, serialize: [P: Serialize], deserialize: [P: Deserialize<'de>]);
checked_when_read!(FoldResult, serialize: [], deserialize: []);

impl<P> SearchResults<P> {
    fn check_read(&self) -> Result<()> {
        let Some(first) = self.candidates.first().filter(|_| !self.scorers.is_empty()) else {
            return Err(contradiction(format!(
                "results of {} candidates by {} scorers: a search has at least one of each",
                self.candidates.len(),
                self.scorers.len()
            )));
        };
        let place = |number: usize, problem: String| contradiction(format!("candidate {number}: {problem}"));
        for (number, row) in self.candidates.iter().enumerate() {
            self.check_row(row, first.folds.len()).map_err(|problem| place(number, problem))?;
        }
        match (0..self.scorers.len()).find(|&s| !self.candidates.iter().any(|row| row.ranks[s] == 1)) {
            Some(s) => Err(contradiction(format!("no candidate is the first by {}", self.scorers[s]))),
            None => Ok(()),
        }
    }

    fn check_row(&self, row: &CandidateResult<P>, n_folds: usize) -> std::result::Result<(), String> {
        let CandidateResult { candidate: Candidate { .. }, folds, mean_test_scores, std_test_scores, ranks } = row;
        let scorers = self.scorers.len();
        if folds.len() != n_folds || folds.is_empty() {
            return Err(format!("{} folds, where the first candidate has {n_folds}", folds.len()));
        }
        let counts = [("means", mean_test_scores.len()), ("deviations", std_test_scores.len()), ("ranks", ranks.len())];
        let of_folds = folds.iter().flat_map(|fold| {
            let train = fold.train_scores.as_ref().map(|scores| ("scores on the train rows", scores.len()));
            [("scores of a fold", fold.test_scores.len())].into_iter().chain(train)
        });
        if let Some((what, found)) = counts.into_iter().chain(of_folds).find(|&(_, found)| found != scorers) {
            return Err(format!("{found} {what}, where there are {scorers} scorers"));
        }
        match ranks.iter().find(|&&rank| rank == 0 || rank > self.candidates.len()) {
            Some(rank) => Err(format!("rank {rank} among {}", self.candidates.len())),
            None => Ok(()),
        }
    }
}

impl<P> HalvingResults<P> {
    fn check_read(&self) -> Result<()> {
        if self.rungs.is_empty() { Err(contradiction("results of no rung: a search has at least one")) } else { Ok(()) }
    }
}

impl FoldResult {
    fn check_read(&self) -> Result<()> {
        match self.fit_seconds >= 0.0 && self.score_seconds >= 0.0 {
            true => Ok(()),
            false => Err(contradiction(format!("{} and {} seconds", self.fit_seconds, self.score_seconds))),
        }
    }
}
