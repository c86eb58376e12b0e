//! `Concatenated`: all chunks put together and fitted at once.

use std::error::Error as StdError;
use std::marker::PhantomData;

use linfa::dataset::{DatasetBase, Records};
use linfa::traits::Fit;
use serde::Serialize;

use super::fit::fit_chunks::{FitChunks, FitRows};
use super::fit::shared_estimator::SharedEstimator;
use crate::chunks::Chunks;
use crate::data::{Chunk, Identified, RowSet, Rows, Shared};
use crate::error::{Error, ErrorKind};
use crate::estimator::refuse_ignored_weights;
use crate::graph::{Key, Lazy, TimeAccount};

/// Puts all chunks together and fits them at once: for data that fits into memory, and to compare
/// with. Weights other than 1 are refused where an estimator of linfa's would ignore them.
///
/// `E` is the error type of the estimator, which the compiler finds.
#[derive(Clone, Debug)]
pub struct Concatenated<P, E = Error> {
    estimator: SharedEstimator<P>,
    error: PhantomData<fn() -> E>,
}

impl<P, E> Concatenated<P, E> {
    /// Fits an estimator on all rows; one that has equal parameters, of a type of the same [name](Identified), is the
    /// same estimator.
    pub fn new(estimator: P) -> Self
    where
        P: Identified + Serialize,
    {
        Self::of(SharedEstimator::new(estimator))
    }

    /// Fits an estimator whose parameters do not serialize, or state no [name](Identified); identified by this value.
    pub fn opaque(estimator: P) -> Self {
        Self::of(SharedEstimator::opaque(estimator))
    }

    fn of(estimator: SharedEstimator<P>) -> Self {
        Concatenated { estimator, error: PhantomData }
    }

    /// A name for the model in summaries.
    pub fn display_name(mut self, display_name: &str) -> Self {
        self.estimator = self.estimator.shown_as(display_name);
        self
    }
}

impl<P, R, T, E> FitChunks<DatasetBase<R, T>> for Concatenated<P, E>
where
    P: Fit<R, T, E, Object: Shared> + Shared,
    R: Records,
    DatasetBase<R, T>: Rows + Chunk,
    E: StdError + From<linfa::Error> + Shared,
{
    type Fit = Lazy<P::Object>;

    fn fit(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Lazy<P::Object> {
        if let Err(error) = self.estimator.check() {
            return Lazy::failed(error);
        }
        let whole = chunks.gather();
        let key = Key::of("fit").input(self.estimator.key()).input(whole.key()).finish();
        let params = self.estimator.params.clone();
        whole.map(self.estimator.task("fit", key), move |whole| {
            if whole.n_rows() == 0 {
                return Err(Error::new(ErrorKind::NoRows { estimator: "Concatenated" }));
            }
            refuse_ignored_weights::<P, R, T>(whole)?;
            params.fit(whole).map_err(Error::from_estimator)
        })
    }
}

impl<P, R, T, E> FitRows<DatasetBase<R, T>> for Concatenated<P, E>
where
    P: Fit<R, T, E, Object: Shared> + Shared,
    R: Records,
    DatasetBase<R, T>: Rows + Chunk,
    E: StdError + From<linfa::Error> + Shared,
{
    fn fit_rows(&self, chunks: &Chunks<DatasetBase<R, T>>, rows: &Chunks<RowSet>, account: &TimeAccount) -> Self::Fit {
        Self::of(self.estimator.booked_on(account)).fit(&chunks.select(rows))
    }
}
