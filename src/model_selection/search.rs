//! `Search`: many candidates on many folds, as one graph (grid search).

use std::marker::PhantomData;
use std::sync::Arc;

use super::candidates::Candidates;
use super::folds::{Fold, KFold, Split};
use super::results::{SearchResults, Tried};
use super::score_fold::{FitAccounts, FoldScores, TrainScores, check_folds};
use super::scoring::Scoring;
use super::searchable::Searchable;
use crate::chunks::Chunks;
use crate::combine::FitChunks;
use crate::data::Shared;
use crate::error::{Error, Result};
use crate::estimator::Evaluate;
use crate::graph::{Lazy, Run, Runtime, Summary, Warning};
use crate::metrics::{IntoScorer, Scorer};

/// A search over candidates (scikit-learn's `GridSearchCV` with a [`Grid`](super::Grid),
/// `RandomizedSearchCV` with [`Sampled`](super::Sampled) ones).
///
/// All candidates and folds are one graph: what pipelines have in common, such as an equal
/// vectorizer, runs once for all of them, and every chunk is read, transformed, used by every
/// candidate and fold that wants it, and dropped.
///
/// ```
/// use chunkfit::datasets::reuters::{self, Labelled};
/// use chunkfit::metrics::Scorer;
/// use chunkfit::model_selection::{Grid, KFold, Search};
/// use chunkfit::prelude::*;
///
/// # fn main() -> Result<(), Error> {
/// let stories = reuters::ReutersFiles::sample().open()?;
/// let data = stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD));
/// let grid = Grid::new((HashingVectorizer::params().n_features(1 << 12), SgdClassifier::params()))
///     .vary("ngram_range", [(1, 1), (1, 2)], |(text, sgd), (a, b)| (text.ngram_range(a, b), sgd))
///     .vary("alpha", [1e-3, 1e-5], |(text, sgd), alpha| (text, sgd.alpha(alpha)));
/// let search = Search::new(grid, |(text, sgd)| Pipeline::new(text.clone(), Chained::new(sgd.clone())))
///     .folds(KFold::new(3).shuffle(0))
///     .scoring([Scorer::F1, Scorer::Accuracy]);
/// let found = search.run(&Runtime::new(), &data)?;
/// println!("{found}");
/// let (model, score) = (search.refit(&found, &data), found.best_score());
/// # assert!(score > 0.5);
/// # Runtime::new().compute(model)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Search<P, C, B, S = KFold> {
    pub(super) candidates: C,
    pub(super) build: B,
    pub(super) split: S,
    /// `None`: the default scorer of the models' kind. The error of a name that no scorer has waits for the run.
    scorers: Option<Result<Arc<[Scorer]>>>,
    train_scores: TrainScores,
    error_score: f64,
    params: PhantomData<fn() -> P>,
}

impl<P, C: Candidates<P>, B> Search<P, C, B> {
    /// Searches candidates; `build` makes an estimator of one's parameters.
    pub fn new<F>(candidates: C, build: B) -> Self
    where
        B: Fn(&P) -> F,
    {
        Search {
            candidates,
            build,
            split: KFold::new(5),
            scorers: None,
            train_scores: TrainScores::Without,
            error_score: f64::NAN,
            params: PhantomData,
        }
    }
}

impl<P, C, B, S> Search<P, C, B, S> {
    /// The split that holds rows out. Default `KFold::new(5)`.
    pub fn folds<S2>(self, split: S2) -> Search<P, C, B, S2> {
        Search {
            candidates: self.candidates,
            build: self.build,
            split,
            scorers: self.scorers,
            train_scores: self.train_scores,
            error_score: self.error_score,
            params: PhantomData,
        }
    }

    /// The scorers, one or more of distinct names; the first ranks the candidates. Default the
    /// [default scorer](Evaluate::DEFAULT_SCORER) of the models' kind: accuracy of classifiers, R² of regressors.
    ///
    /// A score of your own stands beside the named ones: a function of the confusion matrix
    /// ([`Scorer::of_confusion`]) or the mean of one over rows ([`Scorer::mean_of_labels`] and
    /// others).
    ///
    /// ```
    /// use chunkfit::metrics::Scorer;
    /// use chunkfit::model_selection::{Grid, Search};
    /// use chunkfit::prelude::*;
    ///
    /// // A wanted story that is missed costs five times one that is read in vain.
    /// let cost = Scorer::mean_of_labels("neg_cost", |wanted: &bool, shown: &bool| match (wanted, shown) {
    ///     (true, false) => -5.0,
    ///     (false, true) => -1.0,
    ///     _ => 0.0,
    /// });
    /// let grid = Grid::new(SgdClassifier::params()).vary("alpha", [1e-3, 1e-5], |sgd, alpha| sgd.alpha(alpha));
    /// let search = Search::new(grid, |sgd| Chained::new(sgd.clone())).scoring([cost, Scorer::F1]);
    /// # let chunk = |_| linfa::DatasetBase::new(ndarray::array![[0.0], [1.0]], ndarray::array![false, true]);
    /// # let data = Chunks::from_memory((0..5).map(chunk));
    /// # let found = search.folds(chunkfit::model_selection::KFold::new(2)).run(&Runtime::new(), &data)?;
    /// # assert_eq!(found.scorers, ["neg_cost", "f1"]);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// Named ones may be given by their names, as in scikit-learn: `scoring(["f1", "roc_auc"])`. A name that no scorer has
    /// is an error of the [run](Self::run), before any work.
    pub fn scoring(mut self, scorers: impl IntoIterator<Item: IntoScorer>) -> Self {
        let mut all = Ok(Vec::new());
        for scorer in scorers {
            push_scorer(&mut all, scorer.into_scorer());
        }
        self.scorers = Some(all.map(Arc::from));
        self
    }

    /// Scores candidates on their train rows as well or not. Default not.
    pub fn train_scores(mut self, train_scores: TrainScores) -> Self {
        self.train_scores = train_scores;
        self
    }

    /// The score of a fit that fails. Default NaN, which ranks last.
    pub fn error_score(mut self, error_score: f64) -> Self {
        self.error_score = error_score;
        self
    }

    /// Fits and scores every candidate on every fold. A fit that fails is recorded and does not
    /// stop the others.
    ///
    /// A candidate that fails on some fold, or whose score there is NaN or infinite, has no mean and ranks last. A fold
    /// whose rows leave no candidate with a finite score, such as one with test rows of one class for the ROC AUC, is
    /// left out of that scorer's means and named in the [warnings](SearchResults::warnings). Where no candidate has a
    /// mean that is a finite number, none is the best: [`SearchResults::try_best`] says so.
    ///
    /// # Errors
    /// Before anything runs: no candidate, no scorer, a name that no scorer has, two of one name, one that does not fit
    /// what is learned, impossible folds. Else what stops a run: a chunk that cannot be read; a fold without rows to train on
    /// or to test on (kind `EmptyFold`); and the first error of all, when every fit failed.
    pub fn run<D, F>(&self, runtime: &Runtime, data: &Chunks<D>) -> Result<SearchResults<P>>
    where
        C: Candidates<P>,
        B: Fn(&P) -> F,
        S: Split<D>,
        F: Searchable<D>,
    {
        Ok(self.run_and_tell(runtime, data)?.values)
    }

    /// The same, and what ran. The results' warnings are among those of the summary.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_and_tell<D, F>(&self, runtime: &Runtime, data: &Chunks<D>) -> Result<Run<SearchResults<P>>>
    where
        C: Candidates<P>,
        B: Fn(&P) -> F,
        S: Split<D>,
        F: Searchable<D>,
    {
        let candidates = self.candidates.candidates()?;
        let scoring = self.scoring_of::<D, F>()?;
        let folds = self.split.folds(data)?;
        let mut estimators = Vec::with_capacity(candidates.len());
        for candidate in &candidates {
            estimators.push((self.build)(&candidate.params));
        }
        let estimators: Vec<&F> = estimators.iter().collect();
        let mut scores = Vec::new();
        for fold in folds.iter().enumerate() {
            scores.push(scoring.on_fold((&estimators, 0), data, fold));
        }
        let Run { values: mut tried, mut summary, profile } = run_scores(runtime, &folds, scores, &scoring)?;
        let mut rows = Vec::with_capacity(candidates.len());
        for (i, candidate) in candidates.into_iter().enumerate() {
            rows.push((candidate, tried.get_mut(i).map(std::mem::take).unwrap_or_default()));
        }
        let values = SearchResults::new(&scoring.scorers, rows)?;
        add_warnings(&mut summary, values.warnings());
        Ok(Run { values, summary, profile })
    }

    /// The graph that fits the best candidate on all rows. [`fit`](Self::fit) searches and computes
    /// it. Where no candidate is the best, computing it is the error of [`SearchResults::try_best`].
    pub fn refit<D, F>(&self, found: &SearchResults<P>, data: &Chunks<D>) -> F::Fit
    where
        B: Fn(&P) -> F,
        F: FitChunks<D>,
        D: Shared,
    {
        match found.try_best() {
            Ok(best) => (self.build)(&best.candidate.params).fit(data),
            Err(error) => (self.build)(&found.best().candidate.params).fit(&Chunks::from_lazies([Lazy::failed(error)])),
        }
    }

    /// The settings by which these estimators are scored.
    ///
    /// # Errors
    /// No scorer, two of one name, or one that does not fit what is learned.
    pub(super) fn scoring_of<D, F: Searchable<D>>(&self) -> Result<Scoring> {
        let scorers = self.scorers_of::<D, F>()?;
        Ok(Scoring { scorers, train_scores: self.train_scores, error_score: self.error_score })
    }

    fn scorers_of<D, F: Searchable<D>>(&self) -> Result<Arc<[Scorer]>> {
        chosen_scorers(self.scorers.as_ref(), || F::Model::DEFAULT_SCORER, F::Model::check)
    }
}

/// Adds a scorer to a list, or keeps its error in place of the list.
fn push_scorer(all: &mut Result<Vec<Scorer>>, scorer: Result<Scorer>) {
    match (all.as_mut(), scorer) {
        (Ok(scorers), Ok(scorer)) => scorers.push(scorer),
        (Ok(_), Err(error)) => *all = Err(error),
        (Err(_), _) => {}
    }
}

/// The scorers of a search, checked; the default one where none was chosen.
fn chosen_scorers(
    chosen: Option<&Result<Arc<[Scorer]>>>,
    default: fn() -> Scorer,
    check: fn(&Scorer) -> Result<()>,
) -> Result<Arc<[Scorer]>> {
    let Some(scorers) = chosen else { return Ok([default()].into()) };
    let scorers = scorers.as_ref().map_err(Error::clone)?;
    if scorers.is_empty() {
        return Err(Error::parameter("scoring", "[]", "one scorer or more"));
    }
    for (s, scorer) in scorers.iter().enumerate() {
        check(scorer)?;
        if scorers[..s].iter().any(|other| other.name() == scorer.name()) {
            let expected = "scorers of distinct names, by which the results tell them apart";
            return Err(Error::parameter("scoring", scorer.name(), expected));
        }
    }
    Ok(scorers.clone())
}

/// Computes the scores on each fold of every candidate: the results by candidate.
fn run_scores(
    runtime: &Runtime,
    folds: &[Fold],
    scores: Vec<Vec<(FoldScores, FitAccounts)>>,
    scoring: &Scoring,
) -> Result<Run<Vec<Vec<Tried>>>> {
    let (mut targets, mut accounts) = (Vec::new(), Vec::new());
    for of_fold in scores {
        let (handles, own): (Vec<_>, Vec<_>) =
            of_fold.into_iter().map(|(scores, own)| ((scores.test, scores.train), own)).unzip();
        targets.push(handles);
        accounts.push(own);
    }
    // The errors of these are not caught, so that they stop the run.
    let checks = check_folds(folds);
    let Run { values: (values, _), summary, profile } = runtime.run((&targets, &checks))?;
    let mut tried: Vec<Vec<Tried>> = Vec::new();
    for (scores, accounts) in values.into_iter().zip(&accounts) {
        tried.resize_with(scores.len(), Vec::new);
        for ((row, (test, train)), accounts) in tried.iter_mut().zip(scores).zip(accounts) {
            row.push(scoring.fold_result(test, train, accounts.seconds(&summary)));
        }
    }
    Ok(Run { values: tried, summary, profile })
}

/// Adds the warnings of results to those of what ran.
fn add_warnings(summary: &mut Summary, messages: Vec<String>) {
    let warning = |message| Warning { task: "search".to_owned(), display_name: None, message };
    summary.warnings.extend(messages.into_iter().map(warning));
}
