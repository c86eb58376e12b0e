//! `RunningSearch`: a search in a session, which takes further candidates while it runs.

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::time::Duration;

use super::candidates::{Candidate, Candidates};
use super::entry::{Entry, State};
use super::fit::Found;
use super::folds::{Fold, Split};
use super::inbox::{Event, Inbox};
use super::results::{CandidateResult, SearchResults, Tried};
use super::score_fold::{FitAccounts, FoldScores, check_folds};
use super::scoring::Scoring;
use super::search::Search;
use super::searchable::Searchable;
use crate::chunks::Chunks;
use crate::data::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Compute, Future, Key, Lazy, Session, Summary, Task};

/// A search that goes on in a [`Session`], and takes further candidates meanwhile: [`Search::start`].
///
/// It is an iterator over the results of its candidates in the order in which they are done (as dask's `as_completed`),
/// each with the number of its candidate, counted in the order of adding. After the last one it gives `None`, until
/// further candidates are [added](Self::add).
///
/// All candidates share folds, vectorized chunks and whatever else has an equal key with all that is computed in the session:
/// what is running, or is there, is not done again. What is dropped once nothing under way needs it can be held by a
/// future of one's own: `session.submit(data.clone())` keeps all chunks in memory.
///
/// [`finish`](Self::finish) gives the results that [`Search::run`] gives of all the candidates, to the bit, whatever was
/// added when. Dropping it cancels what is under way.
///
/// ```
/// use chunkfit::model_selection::{Candidate, Grid, KFold, Search};
/// use chunkfit::prelude::*;
///
/// # let chunk = |_| linfa::DatasetBase::new(ndarray::array![[0.0], [1.0]], ndarray::array![false, true]);
/// # let data = Chunks::from_memory((0..5).map(chunk));
/// let sgd = SgdClassifier::params();
/// let grid = Grid::new(sgd.clone()).vary("alpha", [1e-2, 1e-4], |sgd, alpha| sgd.alpha(alpha));
/// let search = Search::new(grid, |sgd| Chained::new(sgd.clone())).folds(KFold::new(2));
///
/// let session = Runtime::new().threads(2).session()?;
/// let mut running = search.start(&session, &data)?;
/// while let Some((number, row)) = running.next() {
///     let row = row?;
///     println!("candidate {number}: {:?}", row.mean_test_scores);
///     if number == 1 {
///         running.add(&Candidate::new(sgd.clone().alpha(1e-5)))?;
///     }
/// }
/// let found = running.finish()?;
/// assert_eq!(found.candidates.len(), 3);
/// let model = session.compute(search.refit(&found, &data))?;
/// # assert_eq!(model.classes(), [false, true]);
/// # Ok::<(), Error>(())
/// ```
#[must_use = "dropping a running search cancels what is under way"]
pub struct RunningSearch<'s, P, B, D> {
    session: &'s Session,
    build: &'s B,
    scoring: Scoring,
    data: Chunks<D>,
    folds: Vec<Fold>,
    /// Its errors are not caught, so that they stop whatever rests on the folds.
    checked: Lazy<()>,
    entries: Vec<Entry<P>>,
    submissions: Vec<Submission>,
    /// Of submissions that are over.
    summaries: Vec<Summary>,
    inbox: Inbox,
    /// The numbers of candidates that are done, and have not been given yet.
    fresh: VecDeque<usize>,
}

/// Candidates that were submitted together, so that every chunk serves all of them while it is there.
struct Submission {
    number: usize,
    future: Future<Vec<()>>,
    members: Vec<usize>,
}

impl<P, C, B, S> Search<P, C, B, S> {
    /// Starts the search in a session, and gives it at once, so that candidates can be added, looked at and cancelled
    /// while it runs.
    ///
    /// # Errors
    /// The errors of [`run`](Self::run) that are known before anything runs. All others come out of the running search.
    pub fn start<'s, D, F>(&'s self, session: &'s Session, data: &Chunks<D>) -> Result<RunningSearch<'s, P, B, D>>
    where
        C: Candidates<P>,
        B: Fn(&P) -> F,
        S: Split<D>,
        F: Searchable<D>,
    {
        let candidates = self.candidates.candidates()?;
        let scoring = self.scoring_of::<D, F>()?;
        let folds = self.split.folds(data)?;
        let checks = check_folds(&folds);
        let key = checks.iter().fold(Key::of("check folds"), |key, check| key.input(check.key())).finish();
        let checked = Lazy::gather(&checks, Task::new("check folds", key), |_| Ok(()));
        let mut running = RunningSearch {
            session,
            build: &self.build,
            scoring,
            data: data.clone(),
            folds,
            checked,
            entries: Vec::new(),
            submissions: Vec::new(),
            summaries: Vec::new(),
            inbox: Inbox::new(),
            fresh: VecDeque::new(),
        };
        running.add_all(candidates);
        Ok(running)
    }
}

impl<P, B, D> RunningSearch<'_, P, B, D> {
    /// Adds candidates: one, a list, a grid, drawn ones. They join what runs. Gives their numbers.
    ///
    /// The candidates of one call learn side by side, as those of a search do: to add them together is faster than one by
    /// one. A fit that fails, for its parameters, say, is recorded with its candidate, as by [`Search::run`].
    ///
    /// # Errors
    /// No candidate: then nothing is added.
    pub fn add<F>(&mut self, candidates: &impl Candidates<P>) -> Result<Range<usize>>
    where
        B: Fn(&P) -> F,
        F: Searchable<D>,
    {
        Ok(self.add_all(candidates.candidates()?))
    }

    fn add_all<F>(&mut self, candidates: Vec<Candidate<P>>) -> Range<usize>
    where
        B: Fn(&P) -> F,
        F: Searchable<D>,
    {
        let first = self.entries.len();
        let estimators: Vec<F> = candidates.iter().map(|candidate| (self.build)(&candidate.params)).collect();
        let estimators: Vec<&F> = estimators.iter().collect();
        let mut scores: Vec<(Vec<FoldScores>, Vec<FitAccounts>)> = Vec::new();
        scores.resize_with(candidates.len(), Default::default);
        for fold in self.folds.iter().enumerate() {
            let on_fold = self.scoring.on_fold((&estimators, first), &self.data, fold);
            for (all, (handles, accounts)) in scores.iter_mut().zip(on_fold) {
                all.0.push(handles);
                all.1.push(accounts);
            }
        }
        for (candidate, (handles, accounts)) in candidates.into_iter().zip(scores) {
            let scored = self.inbox.of_scores(self.entries.len(), &handles, &self.checked);
            self.entries.push(Entry { candidate, accounts, scored, state: State::UnderWay });
        }
        let added = first..self.entries.len();
        self.submit(added.clone().collect());
        added
    }

    /// Submits candidates that are under way.
    fn submit(&mut self, members: Vec<usize>) {
        let scored: Vec<Lazy<()>> = members.iter().map(|&i| self.entries[i].scored.clone()).collect();
        let future = self.session.submit(scored);
        let number = self.inbox.of_end(&future);
        self.submissions.push(Submission { number, future, members });
    }

    /// The number of candidates that were added, those included that were cancelled.
    pub fn n_candidates(&self) -> usize {
        self.entries.len()
    }

    /// The number of candidates that are neither done nor cancelled.
    pub fn n_left(&mut self) -> usize {
        self.receive_all();
        self.under_way().len()
    }

    /// Cancels a candidate: it is left out of the results. Without effect where it is done.
    ///
    /// No more of its tasks begin but those that others need, too. The seconds that other candidates of its
    /// [`add`](Self::add) have taken so far are not among those of the results.
    pub fn cancel(&mut self, number: usize) {
        self.receive_all();
        let Some(entry) = self.entries.get_mut(number).filter(|entry| entry.is_under_way()) else { return };
        entry.state = State::Cancelled;
        let Some(place) = self.submissions.iter().position(|submission| submission.members.contains(&number)) else {
            return;
        };
        let others = self.submissions[place].members.iter().copied();
        let others: Vec<usize> = others.filter(|&i| self.entries[i].is_under_way()).collect();
        if !others.is_empty() {
            // They join what runs before it is cancelled.
            self.submit(others);
        }
        drop(self.submissions.remove(place));
    }

    /// Cancels all candidates that are not done: they are left out of the results.
    pub fn cancel_rest(&mut self) {
        self.receive_all();
        let rest = self.under_way();
        rest.iter().for_each(|&i| self.entries[i].state = State::Cancelled);
        self.submissions.retain(|submission| !submission.members.iter().any(|i| rest.contains(i)));
    }

    fn under_way(&self) -> Vec<usize> {
        (0..self.entries.len()).filter(|&i| self.entries[i].is_under_way()).collect()
    }

    /// The results of the candidates that are done so far, in the order of adding; empty if there are none. The best of
    /// them is [`SearchResults::try_best`]. Seconds are known once all candidates of an [`add`](Self::add) are done.
    pub fn results(&mut self) -> SearchResults<P>
    where
        P: Clone,
    {
        self.receive_all();
        SearchResults::ranked(&self.scoring.scorers, self.tried())
    }

    /// Waits for all candidates, and gives the results that [`Search::run`] gives of them, but for the seconds.
    ///
    /// # Errors
    /// The errors of [`Search::run`]: what stops a run, and the first error of all, when every fit failed. No candidate is
    /// left: all were cancelled.
    pub fn finish(mut self) -> Result<SearchResults<P>>
    where
        P: Clone,
    {
        self.wait()?;
        let tried = self.tried();
        if tried.is_empty() {
            return Err(Error::parameter("candidates", 0, "at least one candidate that is not cancelled"));
        }
        SearchResults::new(&self.scoring.scorers, tried)
    }

    /// Waits for all candidates, then fits the best one on all rows, in the same session: the results of
    /// [`Search::fit`].
    ///
    /// # Errors
    /// As [`finish`](Self::finish), and those of the last fit. Before that fit: no candidate whose score is a finite number
    /// ([`ErrorKind::NoBest`](crate::ErrorKind::NoBest)).
    pub fn fit<F>(self) -> Result<Found<P, <F::Fit as Compute>::Output>>
    where
        P: Clone,
        B: Fn(&P) -> F,
        F: Searchable<D, Fit: Compute + Shared>,
        D: Shared,
    {
        let (session, build, data) = (self.session, self.build, self.data.clone());
        let results = self.finish()?;
        let model = session.compute(build(&results.try_best()?.candidate.params).fit(&data))?;
        Ok(Found { results, model })
    }

    /// Waits for all that is under way.
    ///
    /// # Errors
    /// The error of the first candidate that was stopped.
    fn wait(&mut self) -> Result<()> {
        while self.receive()? {}
        if let Some(error) = self.entries.iter().find_map(Entry::failure) {
            return Err(error.clone());
        }
        for Submission { future, .. } in std::mem::take(&mut self.submissions) {
            self.summaries.push(future.wait_run()?.summary);
        }
        Ok(())
    }

    /// Takes in the next event. False if nothing is under way.
    ///
    /// # Errors
    /// [`ErrorKind::WaitsForItself`].
    fn receive(&mut self) -> Result<bool> {
        if self.under_way().is_empty() {
            return Ok(false);
        }
        for submission in &self.submissions {
            if let Some(Err(error)) = submission.future.wait_timeout(Duration::ZERO)
                && *error.kind() == ErrorKind::WaitsForItself
            {
                return Err(error);
            }
        }
        let event = self.inbox.next();
        self.take_in(event);
        Ok(true)
    }

    /// Takes in all events that are there.
    fn receive_all(&mut self) {
        while let Some(event) = self.inbox.try_next() {
            self.take_in(event);
        }
    }

    fn take_in(&mut self, event: Event) {
        match event {
            Event::Scored { candidate, outcomes } => self.settle(candidate, State::Done(outcomes)),
            Event::Over { submission } => self.close(submission),
        }
    }

    fn settle(&mut self, number: usize, state: State) {
        let entry = &mut self.entries[number];
        if entry.is_under_way() {
            entry.state = state;
            self.fresh.push_back(number);
        }
    }

    /// A submission is over: what is left of it has failed.
    fn close(&mut self, number: usize) {
        let Some(place) = self.submissions.iter().position(|submission| submission.number == number) else { return };
        let Submission { future, members, .. } = self.submissions.remove(place);
        match future.wait_run() {
            Ok(run) => self.summaries.push(run.summary),
            Err(error) => members.into_iter().for_each(|i| self.settle(i, State::Failed(error.clone()))),
        }
    }

    /// The candidates that are done, and their results on each fold.
    fn tried(&self) -> Vec<(Candidate<P>, Vec<Tried>)>
    where
        P: Clone,
    {
        self.entries.iter().filter_map(|entry| entry.tried(&self.scoring, &self.summaries)).collect()
    }
}

impl<P: Clone, B, D> Iterator for RunningSearch<'_, P, B, D> {
    /// The number of a candidate, and its row among the results so far.
    type Item = (usize, Result<CandidateResult<P>>);

    /// Waits for the next candidate that is done. The error is that of a run that was stopped: a chunk that cannot be
    /// read, a fold without rows, a session that was dropped. A fit that failed has a row that says so.
    fn next(&mut self) -> Option<Self::Item> {
        self.receive_all();
        while self.fresh.is_empty() {
            match self.receive() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return self.under_way().first().map(|&i| (i, Err(error))),
            }
        }
        let number = self.fresh.pop_front()?;
        if let Some(error) = self.entries[number].failure() {
            return Some((number, Err(error.clone())));
        }
        let mut results = SearchResults::ranked(&self.scoring.scorers, self.tried());
        let row = self.entries[..number].iter().filter(|entry| entry.is_done()).count();
        Some((number, Ok(results.candidates.swap_remove(row))))
    }
}

impl<P, B, D> fmt::Debug for RunningSearch<'_, P, B, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (candidates, left) = (self.entries.len(), self.under_way().len());
        f.debug_struct("RunningSearch").field("candidates", &candidates).field("left", &left).finish_non_exhaustive()
    }
}
