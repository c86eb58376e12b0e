//! Halving searches: training stops early for the candidates that look bad.

use serde::{Deserialize, Serialize};

use super::candidates::{Candidate, Candidates};
use super::folds::{Fold, Split};
use super::halving::{Halving, Hyperband, Rung, survivors};
use super::results::{CandidateResult, SearchResults};
use super::score_fold::{FitAccounts, Side, scores};
use super::scoring::Scoring;
use super::search::Search;
use super::searchable::Searchable;
use crate::chunks::Chunks;
use crate::combine::{FitOnward, Fitted};
use crate::data::Shared;
use crate::error::{Error, Result};
use crate::graph::{Key, Lazy, Run, Runtime, Task};

/// The results of one rung.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RungResults<P> {
    /// The number of chunks every candidate was trained on at the end of the rung.
    pub chunks: usize,
    /// The number of chunks that were trained on in this rung, over all candidates and folds.
    pub trained: usize,
    /// The candidates of the rung, scored on the test rows of the chunks trained on.
    pub results: SearchResults<P>,
}

/// The results of a halving search: its rungs in the order in which they ran.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct HalvingResults<P> {
    /// The rungs; those of a hyperband search bracket by bracket.
    pub rungs: Vec<RungResults<P>>,
}

impl<P> HalvingResults<P> {
    /// The best candidate, by the first scorer, of those that were trained longest and have a score. If no candidate
    /// has one, some candidate without: see [`try_best`](Self::try_best).
    pub fn best(&self) -> &CandidateResult<P> {
        // A score that is none loses to any, then the shorter training to the longer; of equals the first wins.
        let place = |(chunks, row): &(usize, &CandidateResult<P>)| {
            let score = row.mean_test_scores.first().copied().filter(|score| score.is_finite());
            score.map(|score| (*chunks, score))
        };
        let bests = self.rungs.iter().map(|rung| (rung.chunks, rung.results.best()));
        let better = |a, b| if place(&b) > place(&a) { b } else { a };
        bests.reduce(better).expect("a search has at least one rung").1
    }

    /// The best candidate, if one has a score that is a finite number.
    ///
    /// # Errors
    /// When none has ([`ErrorKind::NoBest`](crate::ErrorKind::NoBest)).
    pub fn try_best(&self) -> Result<&CandidateResult<P>> {
        let mut bests = self.rungs.iter().map(|rung| rung.results.try_best());
        match bests.find(Result::is_ok) {
            Some(_) => Ok(self.best()),
            None => self.rungs.first().map_or_else(|| Err(no_rung()), |rung| rung.results.try_best()),
        }
    }

    /// The number of chunks that were trained on, over all candidates and folds: what the search cost.
    pub fn trained(&self) -> usize {
        self.rungs.iter().map(|rung| rung.trained).sum()
    }
}

fn no_rung() -> Error {
    Error::parameter("candidates", 0, "at least one candidate")
}

/// A candidate in the race: its number, and the model of each fold, or why there is none, by the
/// key that it was computed under.
type Racer<M> = (usize, Vec<Option<(Key, Result<M>)>>);

impl<P: Clone, C, B, S> Search<P, C, B, S> {
    /// Trains all candidates on few chunks, the best of them on more, and so on; `passes` passes
    /// over the chunks at the most. Models go on learning from rung to rung.
    ///
    /// On a rung a fold whose rows so far leave no candidate with a score is left out, as by [`run`](Search::run). A
    /// candidate without a score goes on only where there are not enough others.
    ///
    /// # Errors
    /// As [`run`](Search::run); and when every candidate of a rung fails.
    pub fn halve<D: Shared, F>(
        &self,
        runtime: &Runtime,
        data: &Chunks<D>,
        halving: Halving,
        passes: usize,
    ) -> Result<HalvingResults<P>>
    where
        C: Candidates<P>,
        B: Fn(&P) -> F,
        S: Split<D>,
        F: Searchable<D> + FitOnward<D>,
    {
        self.race_all(runtime, data, |candidates| Ok(vec![halving.rungs(candidates, data.len() * passes)?]))
    }

    /// Several [halvings](Self::halve) that begin with many candidates on few chunks, or with few
    /// on many. Candidates are taken in their order, bracket after bracket, as long as there are
    /// any: draw [`Hyperband::n_candidates`].
    ///
    /// # Errors
    /// As [`halve`](Self::halve).
    pub fn hyperband<D: Shared, F>(
        &self,
        runtime: &Runtime,
        data: &Chunks<D>,
        hyperband: Hyperband,
        passes: usize,
    ) -> Result<HalvingResults<P>>
    where
        C: Candidates<P>,
        B: Fn(&P) -> F,
        S: Split<D>,
        F: Searchable<D> + FitOnward<D>,
    {
        self.race_all(runtime, data, |_| hyperband.brackets(data.len() * passes))
    }

    /// One halving after the other, as `plan` says for so many candidates; each takes its own from
    /// those that are left.
    fn race_all<D: Shared, F>(
        &self,
        runtime: &Runtime,
        data: &Chunks<D>,
        plan: impl FnOnce(usize) -> Result<Vec<Vec<Rung>>>,
    ) -> Result<HalvingResults<P>>
    where
        C: Candidates<P>,
        B: Fn(&P) -> F,
        S: Split<D>,
        F: Searchable<D> + FitOnward<D>,
    {
        let candidates = self.candidates.candidates()?;
        let brackets = plan(candidates.len())?;
        let scoring = self.scoring_of::<D, F>()?;
        let folds = self.split.folds(data)?;
        let (mut rest, mut rungs) = (candidates.as_slice(), Vec::new());
        for bracket in brackets {
            let (own, others) = rest.split_at(bracket[0].candidates.min(rest.len()));
            rest = others;
            if !own.is_empty() {
                rungs.extend(self.race(runtime, data, &folds, &scoring, own, &bracket)?);
            }
        }
        Ok(HalvingResults { rungs })
    }

    /// One halving: rung after rung, each a run of its own.
    fn race<D: Shared, F>(
        &self,
        runtime: &Runtime,
        data: &Chunks<D>,
        folds: &[Fold],
        scoring: &Scoring,
        candidates: &[Candidate<P>],
        rungs: &[Rung],
    ) -> Result<Vec<RungResults<P>>>
    where
        B: Fn(&P) -> F,
        F: Searchable<D> + FitOnward<D>,
    {
        let mut racers: Vec<Racer<F::Model>> = (0..candidates.len()).map(|i| (i, vec![None; folds.len()])).collect();
        let (mut found, mut seen) = (Vec::new(), 0);
        for (r, rung) in rungs.iter().enumerate() {
            let visits = seen..rung.chunks.max(seen);
            let (mut keys, mut targets, mut accounts) = (Vec::new(), Vec::new(), Vec::new());
            for (i, models) in &mut racers {
                let estimator = (self.build)(&candidates[*i].params);
                for (k, (model, fold)) in models.iter_mut().zip(folds).enumerate() {
                    let given = |key, model| Lazy::given(Task::new("model", key), model);
                    let from =
                        model.take().map(|(key, model)| model.map_or_else(Lazy::failed, |model| given(key, model)));
                    let (chunks, rows) = (data.visits(visits.clone()), fold.train.visits(visits.clone()));
                    let own = FitAccounts::new(&format!("candidate {i}, fold {k}"));
                    let fit = estimator.fit_onward(from, &chunks, &rows, &own.fit);
                    // Scored on the test rows of every chunk trained on so far, each once.
                    let scored = 0..visits.end.min(data.len());
                    let (examples, rows) = (fit.examples(&data.visits(scored.clone())), fold.test.visits(scored));
                    let scores = scores((Side::Test, &rows), fit.model(), &examples, &scoring.scorers, &own.scores);
                    keys.push(fit.model().key());
                    targets.push((fit.model().caught(), scores.caught()));
                    accounts.push(own);
                }
            }
            let Run { values, summary, .. } = runtime.run(&targets)?;
            let mut values = keys.into_iter().zip(values).zip(accounts);
            let mut rows = Vec::new();
            for (i, models) in &mut racers {
                let mut results = Vec::new();
                for model in models.iter_mut() {
                    let ((key, (fitted, scores)), accounts) =
                        values.next().expect("one value a candidate and fold was asked for");
                    let scores = match (&fitted, rungs.get(r + 1)) {
                        (Ok(model), None) => (self.build)(&candidates[*i].params).check_end(model).and(scores),
                        _ => scores,
                    };
                    *model = Some((key, fitted));
                    results.push(scoring.fold_result(scores, None, accounts.seconds(&summary)));
                }
                rows.push((candidates[*i].clone(), results));
            }
            let results = SearchResults::new(&scoring.scorers, rows)?;
            if let Some(next) = rungs.get(r + 1) {
                let means = racers.iter().zip(&results.candidates).map(|((i, _), row)| (*i, row.mean_test_scores[0]));
                let stay = survivors(&means.collect::<Vec<_>>(), next.candidates);
                racers.retain(|(i, _)| stay.contains(i));
            }
            let trained = visits.len() * results.candidates.len() * folds.len();
            found.push(RungResults { chunks: rung.chunks, trained, results });
            seen = visits.end;
        }
        if found.is_empty() {
            return Err(no_rung());
        }
        Ok(found)
    }
}
