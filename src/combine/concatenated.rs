//! All rows at once.

use std::error::Error as StdError;
use std::sync::Arc;

use linfa::dataset::{DatasetBase, Records};
use linfa::traits::Fit;
use serde::Serialize;

use super::fit_chunks::FitChunks;
use crate::chunks::{Chunk, Chunks};
use crate::data::Rows;
use crate::error::{Error, ErrorKind};
use crate::graph::{Key, Lazy, Task};

/// Puts all chunks together and fits them at once: for data that fits into memory, and to compare
/// with.
#[derive(Clone, Debug)]
pub struct Concatenated<P> {
    estimator: Arc<P>,
    key: Key,
    label: Option<Arc<str>>,
}

impl<P> Concatenated<P> {
    /// Fits an estimator on all rows; one that has equal parameters is the same estimator.
    pub fn new(estimator: P) -> Self
    where
        P: Serialize,
    {
        let key = Key::of("estimator").params(&estimator).finish();
        Concatenated { estimator: Arc::new(estimator), key, label: None }
    }

    /// Fits an estimator whose parameters do not serialize; identified by this value.
    pub fn opaque(estimator: P) -> Self {
        Concatenated { estimator: Arc::new(estimator), key: Key::unique(), label: None }
    }

    /// A name for the model in summaries.
    pub fn label(mut self, label: &str) -> Self {
        self.label = Some(label.into());
        self
    }
}

impl<P, R, T, E> FitChunks<DatasetBase<R, T>, E> for Concatenated<P>
where
    P: Fit<R, T, E, Object: Send + Sync + 'static> + Send + Sync + 'static,
    R: Records,
    DatasetBase<R, T>: Rows + Chunk,
    E: StdError + From<linfa::Error> + Send + Sync + 'static,
{
    type Fit = Lazy<P::Object>;

    fn fit(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Lazy<P::Object> {
        let whole = chunks.gather();
        let key = Key::of("fit").input(self.key).input(whole.key()).finish();
        let estimator = self.estimator.clone();
        whole.map(Task::new("fit", key).label(self.label.clone()), move |whole| {
            if whole.n_rows() == 0 {
                return Err(Error::new(ErrorKind::NoRows { estimator: "Concatenated" }));
            }
            estimator.fit(whole).map_err(Error::from_estimator)
        })
    }
}
