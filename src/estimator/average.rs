//! Averaging of models over chunks: `FitAverage`, the contract of estimators that can be averaged.

use linfa::dataset::{DatasetBase, Records};
use serde::{Deserialize, Serialize};

use super::MergeWarning;
use crate::data::Shared;
use crate::error::Result;

/// The weights of the chunks' coefficients in an average.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Weighting {
    /// Each coefficient by how much its chunk knows of it: the loss's curvature at the chunk's
    /// optimum, `Σ p(1-p) x²` over the rows for a logistic loss, `Σ x²` for a squared one; for
    /// stochastic gradient descent the squared gradients that it met. A rare word is then averaged
    /// over the chunks that have it. Estimators that have no curvature to
    /// offer fall back to [`Samples`](Weighting::Samples).
    #[default]
    Curvature,
    /// All coefficients of a chunk by its number of rows (their weights' sum, where the estimator
    /// heeds weights).
    Samples,
    /// All chunks alike: the plain mean. A column that a chunk never saw counts as 0.
    Uniform,
}

/// An estimator whose models, fitted on chunks, can be averaged.
///
/// `merge` is commutative and associative, up to rounding; the default state is its identity.
/// Merging in a fixed order gives the same bits every time.
///
/// ```
/// use chunkfit::estimator::{FitAverage, Weighting};
/// use chunkfit::linfa::DatasetBase;
/// use chunkfit::ndarray::{Array1, Array2, array};
/// use chunkfit::prelude::*;
///
/// /// The mean of the targets (scikit-learn's `DummyRegressor`).
/// struct MeanTarget;
///
/// impl FitAverage<Array2<f64>, Array1<f64>> for MeanTarget {
///     type State = (f64, f64);
///     type Model = f64;
///
///     fn fit_state(&self, chunk: &DatasetBase<Array2<f64>, Array1<f64>>, _: Weighting) -> Result<(f64, f64), Error> {
///         Ok((chunk.targets.sum(), chunk.targets.len() as f64))
///     }
///
///     fn merge(a: (f64, f64), b: (f64, f64)) -> Result<(f64, f64), Error> {
///         Ok((a.0 + b.0, a.1 + b.1))
///     }
///
///     fn finish(&self, (sum, rows): (f64, f64)) -> Result<f64, Error> {
///         if rows > 0.0 { Ok(sum / rows) } else { Err(Error::new(ErrorKind::NoRows { estimator: "MeanTarget" })) }
///     }
/// }
///
/// let chunk = |y: f64| DatasetBase::new(array![[0.0], [1.0]], array![y, y + 1.0]);
/// let fit = Averaged::opaque(MeanTarget).fit(&Chunks::from_memory([chunk(0.0), chunk(4.0)]));
/// assert_eq!(Runtime::new().compute(fit)?, 2.5);
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "models of `{Self}`, fitted on rows of type `{R}` with targets of type `{T}`, cannot be averaged",
    note = "an estimator that learns chunk by chunk, such as `MiniBatchKMeans`, goes into `Chained`; one that is \
            fitted in passes over all chunks, such as `KMeans`, into `Summed`; one that fits all rows at once into \
            `Concatenated`",
    note = "targets of a regressor are floats of the type of its rows; those of a classifier are labels, such as \
            `usize`, `bool` or `String`; text needs a vectorizer before it, in a `Pipeline`",
    note = "for an estimator of your own implement `chunkfit::estimator::FitAverage`"
)]
pub trait FitAverage<R: Records, T>: Shared {
    /// A sum over chunks, from which the model is made at the end. The default is that of no chunk.
    type State: Default + Clone + Shared;
    /// The model that is fitted.
    type Model: Shared;

    /// Fits one chunk and weighs it. A chunk with no rows of weight above 0, or with rows of one class only, has
    /// nothing to say about coefficients: its state says so, and that is no error.
    ///
    /// # Errors
    /// Whatever fitting the chunk alone would report, apart from that.
    fn fit_state(&self, chunk: &DatasetBase<R, T>, weighting: Weighting) -> Result<Self::State>;

    /// The state of the chunks of both.
    ///
    /// # Errors
    /// When they differ in their number of columns, or in how they were weighed.
    fn merge(a: Self::State, b: Self::State) -> Result<Self::State>;

    /// The average of the chunks' models.
    ///
    /// # Errors
    /// [`ErrorKind::NoRows`](crate::ErrorKind::NoRows) when no chunk had rows of weight above 0;
    /// [`ErrorKind::OneClass`](crate::ErrorKind::OneClass) when all rows are of one class, or no chunk had two.
    fn finish(&self, state: Self::State) -> Result<Self::Model>;

    /// Reasons to doubt an average that was finished; nothing by default.
    fn warnings(_model: &Self::Model) -> Vec<MergeWarning> {
        Vec::new()
    }
}

/// An estimator that can fit a chunk from the average of an earlier round on: iterative parameter mixing
/// (McDonald, Hall and Mann, NAACL 2010).
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit a chunk from an average on, for rows of type `{R}` with targets of type `{T}`",
    note = "`Averaged::rounds` needs it, or `RefineAverage`: leave `rounds` out, or implement \
            `chunkfit::estimator::FitAverageFrom` for an estimator of your own"
)]
pub trait FitAverageFrom<R: Records, T>: FitAverage<R, T> {
    /// The state of a chunk as [`fit_state`](FitAverage::fit_state) makes it in the first round, from this model.
    ///
    /// # Errors
    /// Those of `fit_state`; a chunk that does not fit the model.
    fn fit_state_from(
        &self,
        model: &Self::Model,
        chunk: &DatasetBase<R, T>,
        weighting: Weighting,
    ) -> Result<Self::State>;
}
