//! Scores of a model on rows, by name: the contract that scoring, searches and early stopping ask for.
//!
//! Every [model](super::Model) has it by its [kind](super::kind): one file here for each kind that is scored.

mod classifier;
mod clusterer;
mod multilabel;
mod outliers;
mod regressor;

pub(super) use regressor::evaluate_values;

use super::kind::Kind;
use super::model::Model;
use crate::data::Shared;
use crate::error::Result;
use crate::metrics::{Problem, Scorer, Tally};

/// A model to which [`Scorer`]s can be applied, on chunks of type `D`: what searches, cross-validation, early stopping and
/// the scores of a fit ask for. The counts that scores are read from merge over chunks.
///
/// Models have it by their kind: name it by [`Model`], for a classifier implement [`Classify`](super::Classify), for a
/// clusterer [`AssignClusters`](super::AssignClusters). Around a model that only predicts, of your own or of another crate, put
/// [`AsClassifier`](super::AsClassifier) or [`AsRegressor`](super::AsRegressor).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be scored on chunks of type `{D}`",
    note = "rows and targets have to be of the types that the model learned: where a pipeline transforms them \
            first, score the fit of the pipeline; labels of another type are mapped, by `Chunks::map`",
    note = "a model of your own names its kind by `chunkfit::estimator::Model`, a classifier implements \
            `Classify`, a clusterer `AssignClusters`; an estimator whose models only predict (linfa's `PredictInplace`), of \
            your own or of another crate, goes into `AsClassifier` or `AsRegressor`"
)]
pub trait Evaluate<D>: Shared {
    /// The counts that scores are read from; they merge over chunks.
    type Tally: Tally;

    /// The labels that training saw; `()` where the model does not know, or learns no labels.
    type Seen: Default;

    /// The problem that is learned, as far as the types tell: scorers that do not fit are refused before any
    /// work.
    const PROBLEM: Problem;

    /// The scorer where none is named (scikit-learn's `score`).
    const DEFAULT_SCORER: Scorer;

    /// Checks that a scorer fits the model, as far as the types tell.
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
}

/// A kind whose models `M` can be scored on chunks of type `D`: [`Evaluate`] as a function of the kind.
#[diagnostic::on_unimplemented(
    message = "models of kind `{Self}` such as `{M}` cannot be scored on chunks of type `{D}`",
    note = "a classifier implements `chunkfit::estimator::Classify` for its rows and labels, a clusterer \
            `chunkfit::estimator::AssignClusters`, a regressor linfa's `PredictInplace`; the targets of the chunks have to \
            be such as the model learns"
)]
pub trait EvaluateAs<M, D>: Kind {
    /// See [`Evaluate::Tally`].
    type Tally: Tally;

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
}

#[diagnostic::do_not_recommend]
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
}
