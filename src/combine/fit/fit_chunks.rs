//! `FitChunks`: the trait of estimators that fit on a list of chunks.

use super::fitted::Fitted;
use crate::chunks::Chunks;
use crate::data::RowSet;
use crate::error::Result;
use crate::graph::{Lazy, TimeAccount};

/// Something that learns over chunks of type `D`: [`Chained`](crate::combine::Chained),
/// [`Averaged`](crate::combine::Averaged), [`Pipeline`](crate::combine::Pipeline), or your own.
///
/// Most combinators have `fit` as a method of their own, too. There the model is a type parameter, as in `Model = M`: of
/// a method that returns `P::Model` the compiler says that its bounds are not satisfied, of this one which contract an
/// estimator lacks, and the remedy.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit a list of chunks of type `{D}`",
    label = "not wrapped in `Chained`, `Averaged`, `Summed` or `Concatenated`",
    note = "wrap the parameters of an estimator in a combinator: `Chained` or `Averaged`, as \
            `Chained::new(SgdClassifier::params())`, for one that learns row by row; `Summed` or `Averaged` for one \
            that fits all rows at once, such as `LogisticRegression`",
    note = "in a pipeline the transformers come first and the estimator, in its combinator, last"
)]
pub trait FitChunks<D> {
    /// A handle on the model to be: [`Fitted`](super::Fitted), and
    /// [`Compute`](crate::graph::Compute), whose value is the fitted model.
    type Fit;

    /// The graph that fits the chunks. Nothing runs yet.
    fn fit(&self, chunks: &Chunks<D>) -> Self::Fit;
}

/// Something that learns from some rows of every chunk: what model selection asks for.
///
/// The chunks are transformed whole, and rows are taken just before learning, so that all folds
/// share the transformed chunks.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit some rows of chunks of type `{D}`",
    label = "not wrapped in `Chained`, `Averaged`, `Summed` or `Concatenated`",
    note = "wrap the parameters of an estimator in a combinator: `Chained` or `Averaged`, as \
            `Chained::new(params.clone())`, for one that learns row by row; `Summed` or `Averaged` for one that \
            fits all rows at once; a search builds such an estimator of every candidate",
    note = "a combinator of your own implements `chunkfit::combine::FitRows` to be searched and cross-validated"
)]
pub trait FitRows<D>: FitChunks<D> {
    /// The graph that fits these rows of the chunks. Its tasks book their time on the account, and are shown under the
    /// account's display name unless the estimator has one of its own.
    fn fit_rows(&self, chunks: &Chunks<D>, rows: &Chunks<RowSet>, account: &TimeAccount) -> Self::Fit;

    /// The graph that fits several estimators to the same rows, to the very models that each would
    /// get alone. `account_of` gives the account of the tasks that estimators of these numbers share.
    ///
    /// Unless it is written anew, each estimator is fitted alone.
    fn fit_rows_together(
        estimators: &[&Self],
        chunks: &Chunks<D>,
        rows: &Chunks<RowSet>,
        account_of: &dyn Fn(&[usize]) -> TimeAccount,
    ) -> Vec<Self::Fit> {
        let alone = |(i, estimator): (usize, &&Self)| estimator.fit_rows(chunks, rows, &account_of(&[i]));
        estimators.iter().enumerate().map(alone).collect()
    }
}

/// Something whose fit can go on from where an earlier one stopped: what halving searches ask for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot go on from a model that it fitted to fewer chunks of type `{D}`",
    note = "`halve` and `hyperband` give a candidate more and more chunks: build a `Chained` of an estimator that \
            has `partial_fit`, or a pipeline of stateless transformers that ends in one; `Search::run` takes every \
            estimator"
)]
pub trait FitOnward<D>: FitRows<D, Fit: Fitted<D, Model: Clone>> {
    /// The graph that goes once over these rows of the chunks, from a model or from none.
    fn fit_onward(
        &self,
        model: Option<Lazy<<Self::Fit as Fitted<D>>::Model>>,
        chunks: &Chunks<D>,
        rows: &Chunks<RowSet>,
        account: &TimeAccount,
    ) -> Self::Fit;

    /// Refuses a model after which no rows follow and that all rows so far could not teach, as
    /// [`PartialFit::check_end`](crate::estimator::PartialFit::check_end). By default nothing is refused.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`](crate::ErrorKind::NoRows), [`ErrorKind::OneClass`](crate::ErrorKind::OneClass).
    fn check_end(&self, model: &<Self::Fit as Fitted<D>>::Model) -> Result<()> {
        let _ = model;
        Ok(())
    }
}
