//! Incremental learning, chunk by chunk: scikit-learn's `partial_fit`.

use linfa::dataset::{DatasetBase, Records};

use super::team::Team;
use crate::data::{Codec, Figure, Shared};
use crate::error::{ErrorKind, Result};

/// An estimator that learns chunk by chunk (scikit-learn's `partial_fit`).
///
/// Implement it for an estimator of your own; or, if that has linfa's [`FitWith`](linfa::traits::FitWith), put it into
/// [`Linfa`](super::Linfa). The model goes in and out by value, so that the last user of a model updates it in
/// place and no other copy changes.
///
/// ```
/// use chunkfit::estimator::PartialFit;
/// use chunkfit::linfa::DatasetBase;
/// use chunkfit::linfa::dataset::Records;
/// use chunkfit::ndarray::{Array2, array};
/// use chunkfit::prelude::*;
///
/// /// Counts rows.
/// struct RowCount;
///
/// impl<R: Records, T> PartialFit<R, T> for RowCount {
///     type Model = usize;
///
///     fn partial_fit(&self, model: Option<usize>, chunk: &DatasetBase<R, T>) -> Result<usize, Error> {
///         Ok(model.unwrap_or(0) + chunk.records.nsamples())
///     }
/// }
///
/// let chunks = Chunks::from_memory([3, 4].map(|n| DatasetBase::new(Array2::<f64>::zeros((n, 2)), array![0.0])));
/// assert_eq!(Runtime::new().compute(Chained::opaque(RowCount).epochs(2).fit(&chunks))?, 14);
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `partial_fit` for rows of type `{R}` with targets of type `{T}`",
    note = "an estimator that fits all rows at once, such as `LogisticRegression` or `LinearRegression`, goes into \
            `Averaged` or `Summed` in place of `Chained`; `KMeans` goes into `Summed`; `Online` takes the \
            parameters of an estimator without a combinator around them",
    note = "targets of a regressor are floats of the type of its rows; those of a classifier are labels, such as \
            `usize`, `bool` or `String`; text needs a vectorizer before it, in a `Pipeline`",
    note = "one of linfa's goes into `Chained::linfa`; for an estimator of your own implement \
            `chunkfit::estimator::PartialFit`"
)]
pub trait PartialFit<R: Records, T>: Shared {
    /// The fitted model.
    type Model: Clone + Shared;

    /// The model after one more chunk, which has rows; `None` stands for no model yet.
    ///
    /// # Errors
    /// The estimator's own.
    fn partial_fit(&self, model: Option<Self::Model>, chunk: &DatasetBase<R, T>) -> Result<Self::Model>;

    /// Refuses a model, at the end of a chain, that all rows together could not teach: rows none of which has a weight
    /// above 0, or of one class. Where more rows may follow, it is not called. By default nothing is refused.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`], [`ErrorKind::OneClass`].
    fn check_end(&self, model: &Self::Model) -> Result<()> {
        let _ = model;
        Ok(())
    }

    /// The codec of a model in training, for checkpoints. Without, which is the
    /// default, a chain that was interrupted begins anew.
    fn codec(&self) -> Option<Codec<Self::Model>> {
        None
    }

    /// The loss, or another figure, that a model in training knows after a chunk: for whoever watches the run. None by
    /// default. Must be quick: it is not to go over rows.
    ///
    /// ```
    /// use chunkfit::estimator::PartialFit;
    /// use chunkfit::graph::Figure;
    /// use chunkfit::linfa::DatasetBase;
    /// use chunkfit::ndarray::{Array1, Array2, array};
    /// use chunkfit::prelude::*;
    ///
    /// /// The mean of the targets, and the sum of the squared errors that it made before it saw each.
    /// struct RunningMean;
    ///
    /// impl PartialFit<Array2<f64>, Array1<f64>> for RunningMean {
    ///     type Model = [f64; 3];
    ///
    ///     fn partial_fit(
    ///         &self,
    ///         model: Option<[f64; 3]>,
    ///         chunk: &DatasetBase<Array2<f64>, Array1<f64>>,
    ///     ) -> Result<[f64; 3], Error> {
    ///         Ok(chunk.targets.iter().fold(model.unwrap_or_default(), |[mean, n, squares], y| {
    ///             [mean + (y - mean) / (n + 1.0), n + 1.0, squares + (y - mean).powi(2)]
    ///         }))
    ///     }
    ///
    ///     fn figures(&self, [_, n, squares]: &[f64; 3]) -> Vec<Figure> {
    ///         vec![Figure::new("loss", squares / n)]
    ///     }
    /// }
    ///
    /// let chunks = Chunks::from_memory([2.0, 4.0].map(|y| DatasetBase::new(array![[0.0]], array![y])));
    /// let run = Runtime::new().profile(true).run(Chained::opaque(RunningMean).fit(&chunks))?;
    /// let losses: Vec<f64> = run.profile.unwrap().figures.iter().map(|figure| figure.value).collect();
    /// assert_eq!(losses, [4.0, 4.0]);
    /// # Ok::<(), Error>(())
    /// ```
    fn figures(&self, model: &Self::Model) -> Vec<Figure> {
        let _ = model;
        Vec::new()
    }

    /// Teams of estimators that learn faster together than one by one. The teams are disjoint.
    /// By default there are none.
    fn teams(_estimators: &[&Self]) -> Vec<Team<R, T, Self::Model>> {
        Vec::new()
    }
}

/// The model after one more chunk. A chunk without rows, or whose rows all have weight 0, leaves things as they are, also
/// where it is the first and the estimator cannot begin on it.
pub(crate) fn learn_chunk<P, R, T>(
    estimator: &P,
    model: Option<P::Model>,
    chunk: &DatasetBase<R, T>,
) -> Result<Option<P::Model>>
where
    P: PartialFit<R, T>,
    R: Records,
{
    if chunk.records.nsamples() == 0 {
        return Ok(model);
    }
    let begins = model.is_none();
    match estimator.partial_fit(model, chunk) {
        Err(error) if begins && is_weightless(chunk) && matches!(error.kind(), ErrorKind::NoRows { .. }) => Ok(None),
        model => model.map(Some),
    }
}

fn is_weightless<R: Records, T>(chunk: &DatasetBase<R, T>) -> bool {
    chunk.weights.len() == chunk.records.nsamples() && chunk.weights.iter().all(|weight| *weight == 0.0)
}
