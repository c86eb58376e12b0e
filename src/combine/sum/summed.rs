//! `Summed`: the exact fit of all rows, as sums over chunks.

use linfa::dataset::{DatasetBase, Records};
use serde::Serialize;

use super::passes::Passes;
use crate::chunks::Chunks;
use crate::combine::fit::{FitChunks, FitRows, SharedEstimator};
use crate::data::{Chunk, Identified, RowSet, Rows, Shared};
use crate::error::{Error, ErrorKind};
use crate::estimator::FitSummed;
use crate::graph::{Key, Lazy, Task, TimeAccount, caught_in};

/// Fits all chunks exactly, in passes over them: every pass sums up the chunks' losses and gradients,
/// or their products with a direction, in parallel.
///
/// The model is that of all rows [at once](crate::combine::Concatenated) up to the tolerance, but no more than
/// a few chunks are in memory. Truncated Newton steps take some ten evaluations and several times as
/// many products; dask-ml's `dask_glm` and Spark's regressions sum up gradients in the same way.
/// For one or a few passes, [`Averaged`](crate::combine::Averaged) with [`rounds`](crate::combine::Averaged::rounds) is
/// nearly as good. Rows of weight 0 are as if absent; where all rows of all chunks are, or are of one class, the fit is an
/// error ([`NoRows`](ErrorKind::NoRows), [`OneClass`](ErrorKind::OneClass)).
///
/// ```
/// use chunkfit::prelude::*;
/// use linfa::DatasetBase;
/// use ndarray::array;
///
/// let chunk = |shift: f64| DatasetBase::new(array![[shift], [1.0 + shift]], array![false, true]);
/// let chunks = Chunks::from_memory([chunk(0.0), chunk(0.1), chunk(0.3)]);
/// let fit = Summed::new(LogisticRegression::params()).fit(&chunks);
/// let all_at_once = Concatenated::new(LogisticRegression::params()).fit(&chunks);
/// let (exact, same) = Runtime::new().compute((fit, all_at_once))?;
/// assert!((exact.coef()[(0, 0)] / same.coef()[(0, 0)] - 1.0).abs() < 1e-5);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Summed<P> {
    estimator: SharedEstimator<P>,
    max_passes: usize,
}

impl<P> Summed<P> {
    /// Fits an estimator; one that has equal parameters, of a type of the same [name](Identified), is the same estimator,
    /// and shares its passes.
    pub fn new(estimator: P) -> Self
    where
        P: Identified + Serialize,
    {
        Summed { estimator: SharedEstimator::new(estimator), max_passes: 200 }
    }

    /// Fits an estimator whose parameters do not serialize, or state no [name](Identified); identified by this value (and its clones).
    pub fn opaque(estimator: P) -> Self {
        Summed { estimator: SharedEstimator::opaque(estimator), max_passes: 200 }
    }

    /// The most passes over the chunks. Default 200. A fit that needs more ends
    /// with the best it has found, which is no error: the models tell whether they converged.
    ///
    /// A pass that is not needed costs no more than a task a chunk.
    pub fn max_passes(mut self, max_passes: usize) -> Self {
        self.max_passes = max_passes;
        self
    }

    /// A name for the model in summaries.
    pub fn display_name(mut self, display_name: &str) -> Self {
        self.estimator = self.estimator.shown_as(display_name);
        self
    }

    /// The graph that fits the chunks, as [`FitChunks::fit`] does; nothing runs yet.
    pub fn fit<R, T, M>(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Lazy<M>
    where
        P: FitSummed<R, T, Model = M>,
        R: Records + Shared,
        T: Shared,
    {
        FitChunks::fit(self, chunks)
    }
}

impl<P, R, T> FitChunks<DatasetBase<R, T>> for Summed<P>
where
    P: FitSummed<R, T>,
    R: Records + Shared,
    T: Shared,
{
    type Fit = Lazy<P::Model>;

    fn fit(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Lazy<P::Model> {
        if chunks.is_empty() {
            return Lazy::failed(Error::new(ErrorKind::NoRows { estimator: "Summed" }));
        }
        let state = match self.estimator.check().and_then(|()| caught_in("begin", || self.estimator.params.begin())) {
            Ok(state) => state,
            Err(error) => return Lazy::failed(error),
        };
        let key = Key::of("begin passes").input(self.estimator.key()).finish();
        let state = Lazy::given(Task::new("begin", key), state);
        let passes = Passes::new(&self.estimator, chunks, self.max_passes);
        passes.model(&passes.over(state))
    }
}

impl<P, R, T> FitRows<DatasetBase<R, T>> for Summed<P>
where
    P: FitSummed<R, T>,
    R: Records + Shared,
    T: Shared,
    DatasetBase<R, T>: Rows + Chunk,
{
    fn fit_rows(&self, chunks: &Chunks<DatasetBase<R, T>>, rows: &Chunks<RowSet>, account: &TimeAccount) -> Self::Fit {
        let estimator = self.estimator.booked_on(account);
        Summed { estimator, max_passes: self.max_passes }.fit(&chunks.select(rows))
    }
}
