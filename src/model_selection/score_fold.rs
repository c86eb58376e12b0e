//! Scores of a fold: one fit on its train rows, scored on its test rows.

use std::sync::Arc;
use std::time::Duration;

use super::folds::Fold;
use super::searchable::Searchable;
use crate::chunks::Chunks;
use crate::combine::{Fitted, key_of_scorers, no_scored_rows, score_figures};
use crate::data::{Chunk, Codec, RowSet, Rows};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::Evaluate;
use crate::graph::{Figure, Key, Lazy, Summary, Task, TimeAccount};
use crate::metrics::{Scorer, Tally};

/// The handles on one fit's scores, one score a scorer; or why there are none.
pub(super) struct FoldScores {
    pub(super) test: Lazy<Result<Vec<f64>>>,
    pub(super) train: Option<Lazy<Result<Vec<f64>>>>,
}

/// The choice whether a fit is scored on the rows it was trained on as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrainScores {
    /// Test rows only.
    #[default]
    Without,
    /// Train rows as well: far better scores there mean overfitting.
    With,
}

/// The rows of a fold that are scored.
#[derive(Clone, Copy, Debug)]
pub(super) enum Side {
    Test,
    Train,
}

impl Side {
    /// Scores, one a scorer, by the scorers' names; those of train rows as scikit-learn's `cross_validate` names them.
    fn figures(self, scorers: &[Scorer], scores: &[f64]) -> Vec<Figure> {
        let mut figures = score_figures(scorers, scores);
        if matches!(self, Side::Train) {
            figures.iter_mut().for_each(|figure| figure.name = format!("train_{}", figure.name).into());
        }
        figures
    }
}

/// Scores a fit to the train rows of a fold on its test rows. The tasks are booked on the account.
pub(super) fn score_fit<D, F: Searchable<D>>(
    fit: &F::Fit,
    data: &Chunks<D>,
    fold: &Fold,
    scorers: &Arc<[Scorer]>,
    train_scores: TrainScores,
    account: &TimeAccount,
) -> FoldScores {
    let examples = fit.examples(data);
    let score = |side, rows| scores((side, rows), fit.model(), &examples, scorers, account).caught();
    let train = (train_scores == TrainScores::With).then(|| score(Side::Train, &fold.train));
    FoldScores { test: score(Side::Test, &fold.test), train }
}

/// The scores of a model on some rows of some chunks, the test rows or the train rows of a fold, one a scorer; NaN for one that is not defined on these rows, such as
/// the ROC AUC of rows of one class.
pub(super) fn scores<M, E>(
    (side, rows): (Side, &Chunks<RowSet>),
    model: &Lazy<M>,
    examples: &Chunks<E>,
    scorers: &Arc<[Scorer]>,
    account: &TimeAccount,
) -> Lazy<Vec<f64>>
where
    M: Evaluate<E>,
    E: Rows + Chunk,
{
    // One more pass over the chunks, after the model's own. All models of it share the chosen rows.
    let pass = (model.turn() + 1).div_ceil(examples.len().max(1));
    let chosen = examples.select_in_pass(rows, pass);
    let mut parts = Vec::with_capacity(chosen.len());
    for (c, rows) in chosen.iter().enumerate() {
        let key = key_of_scorers("score rows", scorers).input(model.key()).input(rows.key()).finish();
        // Chunk by chunk over all models, as they were fitted.
        let task = Task::new("score", key).account(account).order(model.turn() + 1 + c);
        let scorers = scorers.clone();
        let tally = model.zip(rows, task, move |model, rows| model.tally(rows, &scorers));
        parts.push(tally.kept(tally.key(), Codec::serialized()));
    }
    let mut key = key_of_scorers("scores", scorers);
    for part in &parts {
        key = key.input(part.key());
    }
    let task = scores_task(side, scorers.clone(), key.finish(), account);
    let scorers = scorers.clone();
    let scores = Lazy::gather(&parts, task, move |parts: &[&M::Tally]| {
        let Some((first, rest)) = parts.split_first() else { return Err(no_scored_rows(&scorers)) };
        let mut total = (*first).clone();
        for part in rest {
            total = total.merge(part)?;
        }
        defined_scores(&scorers, &|scorer| total.score(scorer))
    });
    kept_scores(scores)
}

/// The task that reads scores of counts.
fn scores_task(side: Side, scorers: Arc<[Scorer]>, key: Key, account: &TimeAccount) -> Task {
    let task = Task::new("scores", key).account(account);
    task.figures(move |scores: &Vec<f64>| side.figures(&scorers, scores))
}

/// The scores, NaN for one that is not defined on the rows.
fn defined_scores(scorers: &[Scorer], score: &dyn Fn(&Scorer) -> Result<f64>) -> Result<Vec<f64>> {
    let defined = |score: Result<f64>| match score {
        Err(error) if matches!(error.kind(), ErrorKind::OneClass { .. }) => Ok(f64::NAN),
        score => score,
    };
    scorers.iter().map(|scorer| defined(score(scorer))).collect()
}

/// Scores in the checkpoint: a search that was interrupted does not score again what it has scored.
fn kept_scores(scores: Lazy<Vec<f64>>) -> Lazy<Vec<f64>> {
    scores.kept(scores.key(), Codec::serialized())
}

/// The checks of all folds.
pub(super) fn check_folds(folds: &[Fold]) -> Vec<Lazy<()>> {
    folds.iter().enumerate().map(|(k, fold)| check_fold(fold, k)).collect()
}

/// Fails where a fold has no rows to train on or none to test on, and names it by its number.
fn check_fold(fold: &Fold, k: usize) -> Lazy<()> {
    let counts = fold.train.iter().zip(fold.test.iter()).map(|(train, test)| {
        let key = Key::of("count fold").input(train.key()).input(test.key()).finish();
        train.zip(test, Task::new("count fold", key), |train: &RowSet, test: &RowSet| Ok((train.len(), test.len())))
    });
    let counts: Vec<Lazy<(usize, usize)>> = counts.collect();
    let key = counts.iter().fold(Key::of("check fold").params(&k), |key, count| key.input(count.key()));
    Lazy::gather(&counts, Task::new("check fold", key.finish()), move |counts| {
        let sum = |side: fn(&(usize, usize)) -> usize| counts.iter().map(|count| side(count)).sum::<usize>();
        let (train, test) = (sum(|count| count.0), sum(|count| count.1));
        match train > 0 && test > 0 {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::EmptyFold { fold: k, train, test })),
        }
    })
}

/// True if the rows of a fold are to blame for the error of a fit, or of its scores, rather than the candidate: another
/// candidate of the same kind would fail, too.
pub(super) fn is_of_rows(error: &Error) -> bool {
    use ErrorKind::{NoHeldOutRows, NoRows, NoScoredRows, OneClass, UnknownCategory, UnknownGroup, UnknownLabel};
    matches!(
        error.kind(),
        NoRows { .. }
            | NoScoredRows { .. }
            | NoHeldOutRows
            | OneClass { .. }
            | UnknownLabel { .. }
            | UnknownGroup { .. }
            | UnknownCategory { .. }
    )
}

/// The time accounts of one fit and of its scores.
pub(super) struct FitAccounts {
    /// Of the fit: the team's, if it was fitted with others.
    pub(super) fit: TimeAccount,
    /// The number of fits that share the account.
    pub(super) fits: usize,
    /// Of the scores.
    pub(super) scores: TimeAccount,
}

impl FitAccounts {
    /// Accounts of a fit of its own and of its scores, both shown under this name.
    pub(super) fn new(display_name: &str) -> Self {
        FitAccounts { fit: TimeAccount::new(display_name), fits: 1, scores: TimeAccount::new(display_name) }
    }

    /// The fit is one of so many that a team makes together.
    pub(super) fn fit_in_team(&mut self, team: &TimeAccount, fits: usize) {
        (self.fit, self.fits) = (team.clone(), fits);
    }

    /// Seconds spent over all threads: on the fit, its share if it was fitted with others; and on
    /// the scores.
    pub(super) fn seconds(&self, summary: &Summary) -> (f64, f64) {
        let seconds = |account| Duration::as_secs_f64(&summary.busy_on(account));
        (seconds(&self.fit) / self.fits as f64, seconds(&self.scores))
    }
}
