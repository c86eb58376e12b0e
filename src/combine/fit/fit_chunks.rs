//! What learns over chunks.

use super::fitted::Fitted;
use crate::chunks::Chunks;
use crate::data::RowSet;
use crate::error::Result;
use crate::graph::Lazy;

/// Something that learns over chunks of type `D`: [`Chained`](crate::combine::Chained),
/// [`Averaged`](crate::combine::Averaged), [`Pipeline`](crate::combine::Pipeline), or your own.
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
pub trait FitRows<D>: FitChunks<D> {
    /// The graph that fits these rows of the chunks. Its tasks carry `label` in summaries, unless
    /// the estimator has one of its own.
    fn fit_rows(&self, chunks: &Chunks<D>, rows: &Chunks<RowSet>, label: &str) -> Self::Fit;

    /// The graph that fits several estimators to the same rows, to the very models that each would
    /// get alone. `label` names the tasks that estimators of these numbers share.
    ///
    /// Unless it is written anew, each estimator is fitted alone.
    fn fit_rows_together(
        estimators: &[&Self],
        chunks: &Chunks<D>,
        rows: &Chunks<RowSet>,
        label: &dyn Fn(&[usize]) -> String,
    ) -> Vec<Self::Fit> {
        let alone = |(i, estimator): (usize, &&Self)| estimator.fit_rows(chunks, rows, &label(&[i]));
        estimators.iter().enumerate().map(alone).collect()
    }
}

/// Something whose fit can go on from where an earlier one stopped: what halving searches ask for.
pub trait FitOnward<D>: FitRows<D, Fit: Fitted<D, Model: Clone>> {
    /// The graph that goes once over these rows of the chunks, from a model or from none.
    fn fit_onward(
        &self,
        model: Option<Lazy<<Self::Fit as Fitted<D>>::Model>>,
        chunks: &Chunks<D>,
        rows: &Chunks<RowSet>,
        label: &str,
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
