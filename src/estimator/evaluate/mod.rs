//! Scores of a model on rows, by name: the contract that scoring, searches and early stopping ask for.
//!
//! Every [model](super::Model) has it by its [kind](super::kind): one file here for each kind that is scored.

mod classifier;
mod multilabel;
mod outliers;
mod regressor;

pub(super) use regressor::evaluate_values;

use super::kind::Kind;
use super::model::Model;
use crate::data::{Codec, Shared};
use crate::error::Result;
use crate::metrics::{Problem, Scorer};

/// A model to which [`Scorer`]s can be applied, on chunks of type `D`: what searches, cross-validation, early stopping and
/// the scores of a fit ask for. The counts that scores are read from merge over chunks.
///
/// Models have it by their kind: name it by [`Model`], and for a classifier implement
/// [`Classify`](super::Classify). Around a model of another crate put [`AsClassifier`](super::AsClassifier) or
/// [`AsRegressor`](super::AsRegressor).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be scored on chunks of type `{D}`",
    note = "a model of your own names its kind by `chunkfit::estimator::Model`, and a classifier implements `Classify` for \
            these rows and labels; a model of another crate needs `AsClassifier` or `AsRegressor` around its estimator; the \
            targets have to be such as the model learns"
)]
pub trait Evaluate<D>: Shared {
    /// The counts that scores are read from.
    type Tally: Clone + Default + Shared;

    /// The labels that training saw; `()` where the model does not know, or learns no labels.
    type Seen: Default;

    /// The problem that is learned, as far as the types tell: scorers that do not fit are refused before any
    /// work.
    const PROBLEM: Problem;

    /// The scorer where none is named (scikit-learn's `score`).
    const DEFAULT_SCORER: Scorer;

    /// Whether a scorer fits the model, as far as the types tell.
    ///
    /// The default goes by [`PROBLEM`](Self::PROBLEM). A classifier looks at the labels too:
    /// [`Scorer::check_labels`].
    ///
    /// # Errors
    /// When it does not fit (kind `InvalidParameter`, name `scoring`).
    fn check(scorer: &Scorer) -> Result<()> {
        scorer.check_problem(Self::PROBLEM)
    }

    /// Counts what these scorers need on some rows, each of which counts as often as its weight.
    ///
    /// # Errors
    /// Rows that do not fit the model, or a scorer that does not fit it.
    fn tally(&self, rows: &D, scorers: &[Scorer]) -> Result<Self::Tally>;

    /// Adds the labels that training saw. By default none.
    fn add_seen(&self, seen: &mut Self::Seen) {
        let _ = seen;
    }

    /// Refuses rows whose label is not among those that training saw: outside of searches, no score is made of them.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownLabel`](crate::ErrorKind::UnknownLabel) with the row.
    fn check_seen(rows: &D, seen: &Self::Seen) -> Result<()> {
        let _ = (rows, seen);
        Ok(())
    }

    /// The counts of both.
    ///
    /// # Errors
    /// Counts that do not fit each other.
    fn merge(a: Self::Tally, b: &Self::Tally) -> Result<Self::Tally>;

    /// The number of rows that were counted.
    fn n_rows(tally: &Self::Tally) -> usize;

    /// A score of what was counted; greater is better.
    ///
    /// # Errors
    /// No rows, or a scorer that is not defined for them.
    fn score(tally: &Self::Tally, scorer: &Scorer) -> Result<f64>;

    /// How counts are written to a checkpoint and read from it. Without, which is the default, a
    /// search that was interrupted counts them again.
    fn codec() -> Option<Codec<Self::Tally>> {
        None
    }
}

/// A kind whose models `M` can be scored on chunks of type `D`: [`Evaluate`] as a function of the kind.
#[diagnostic::on_unimplemented(
    message = "models of kind `{Self}` such as `{M}` cannot be scored on chunks of type `{D}`",
    note = "a classifier implements `chunkfit::estimator::Classify` for its rows and labels, a regressor linfa's \
            `PredictInplace`; the targets of the chunks have to be such as the model learns"
)]
pub trait EvaluateAs<M, D>: Kind {
    /// See [`Evaluate::Tally`].
    type Tally: Clone + Default + Shared;

    /// See [`Evaluate::Seen`].
    type Seen: Default;

    /// See [`Evaluate::PROBLEM`].
    const PROBLEM: Problem;

    /// See [`Evaluate::DEFAULT_SCORER`].
    const DEFAULT_SCORER: Scorer;

    /// See [`Evaluate::check`].
    ///
    /// # Errors
    /// A scorer that does not fit.
    fn check(scorer: &Scorer) -> Result<()> {
        scorer.check_problem(Self::PROBLEM)
    }

    /// See [`Evaluate::tally`].
    ///
    /// # Errors
    /// Rows or a scorer that do not fit the model.
    fn tally(model: &M, rows: &D, scorers: &[Scorer]) -> Result<Self::Tally>;

    /// See [`Evaluate::add_seen`].
    fn add_seen(model: &M, seen: &mut Self::Seen) {
        let _ = (model, seen);
    }

    /// See [`Evaluate::check_seen`].
    ///
    /// # Errors
    /// A label that training never saw.
    fn check_seen(rows: &D, seen: &Self::Seen) -> Result<()> {
        let _ = (rows, seen);
        Ok(())
    }

    /// See [`Evaluate::merge`].
    ///
    /// # Errors
    /// Counts that do not fit each other.
    fn merge(a: Self::Tally, b: &Self::Tally) -> Result<Self::Tally>;

    /// See [`Evaluate::n_rows`].
    fn n_rows(tally: &Self::Tally) -> usize;

    /// See [`Evaluate::score`].
    ///
    /// # Errors
    /// No rows, or a scorer that is not defined for them.
    fn score(tally: &Self::Tally, scorer: &Scorer) -> Result<f64>;

    /// See [`Evaluate::codec`].
    fn codec() -> Option<Codec<Self::Tally>>;
}

impl<M: Model, D> Evaluate<D> for M
where
    M::Kind: EvaluateAs<M, D>,
{
    type Tally = <M::Kind as EvaluateAs<M, D>>::Tally;
    type Seen = <M::Kind as EvaluateAs<M, D>>::Seen;
    const PROBLEM: Problem = M::Kind::PROBLEM;
    const DEFAULT_SCORER: Scorer = M::Kind::DEFAULT_SCORER;

    fn check(scorer: &Scorer) -> Result<()> {
        M::Kind::check(scorer)
    }

    fn tally(&self, rows: &D, scorers: &[Scorer]) -> Result<Self::Tally> {
        M::Kind::tally(self, rows, scorers)
    }

    fn add_seen(&self, seen: &mut Self::Seen) {
        M::Kind::add_seen(self, seen);
    }

    fn check_seen(rows: &D, seen: &Self::Seen) -> Result<()> {
        M::Kind::check_seen(rows, seen)
    }

    fn merge(a: Self::Tally, b: &Self::Tally) -> Result<Self::Tally> {
        M::Kind::merge(a, b)
    }

    fn n_rows(tally: &Self::Tally) -> usize {
        M::Kind::n_rows(tally)
    }

    fn score(tally: &Self::Tally, scorer: &Scorer) -> Result<f64> {
        M::Kind::score(tally, scorer)
    }

    fn codec() -> Option<Codec<Self::Tally>> {
        M::Kind::codec()
    }
}
