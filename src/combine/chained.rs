//! One model, passed from chunk to chunk.

use std::error::Error as StdError;

use linfa::dataset::{DatasetBase, Records};
use serde::Serialize;

use super::estimator::Estimator;
use super::fit_chunks::{FitChunks, FitRows};
use super::partial_fit::PartialFit;
use crate::chunks::{Chunk, Chunks};
use crate::data::{RowSet, Rows};
use crate::error::{Error, ErrorKind};
use crate::graph::{Key, Lazy, Task};

/// Passes one model from chunk to chunk with `partial_fit`.
///
/// The steps run one after the other, while the chunks ahead are read and transformed by other
/// threads. The result is that of a loop over the chunks. Chunks without rows are skipped.
///
/// ```
/// use chunkfit::prelude::*;
/// # use linfa::DatasetBase;
/// # use ndarray::array;
/// let chunk = |shift: f64| DatasetBase::new(array![[shift], [1.0 + shift]], array![false, true]);
/// let chunks = Chunks::from_memory([chunk(0.0), chunk(0.1)]);
/// let fit = Chained::new(SgdClassifier::params()).epochs(3).fit(&chunks);
/// let (model, accuracy) = Runtime::new().compute((&fit, fit.score(&chunks)))?;
/// # assert!(accuracy > 0.0 && model.coef().len() == 1);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Chained<P> {
    estimator: Estimator<P>,
    epochs: usize,
}

impl<P> Chained<P> {
    /// Chains an estimator; one that has equal parameters is the same estimator, and shares its
    /// steps.
    pub fn new(estimator: P) -> Self
    where
        P: Serialize,
    {
        Chained { estimator: Estimator::new(estimator), epochs: 1 }
    }

    /// Chains an estimator whose parameters do not serialize. It is identified by this value (and
    /// its clones), so that it shares steps with no other.
    pub fn opaque(estimator: P) -> Self {
        Chained { estimator: Estimator::opaque(estimator), epochs: 1 }
    }

    /// How often the chain goes over all chunks. Default 1; 0 is an error when the fit is computed.
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// A name for the model in summaries.
    pub fn label(mut self, label: &str) -> Self {
        self.estimator = self.estimator.labelled(label);
        self
    }
}

/// What goes from step to step.
#[derive(Clone)]
struct Progress<M> {
    model: Option<M>,
}

impl<P, R, T, E, M> FitChunks<DatasetBase<R, T>, E> for Chained<P>
where
    P: PartialFit<R, T, E, Model = M> + Send + Sync + 'static,
    M: Clone + Send + Sync + 'static,
    R: Records + Send + Sync + 'static,
    T: Send + Sync + 'static,
    E: StdError + Send + Sync + 'static,
{
    type Fit = Lazy<M>;

    fn fit(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Lazy<M> {
        self.chain(chunks.len(), |_| chunks.clone())
    }
}

impl<P, R, T, E, M> FitRows<DatasetBase<R, T>, E> for Chained<P>
where
    P: PartialFit<R, T, E, Model = M> + Send + Sync + 'static,
    M: Clone + Send + Sync + 'static,
    R: Records + Send + Sync + 'static,
    T: Send + Sync + 'static,
    E: StdError + Send + Sync + 'static,
    DatasetBase<R, T>: Rows + Chunk,
{
    fn fit_rows(&self, chunks: &Chunks<DatasetBase<R, T>>, rows: &Chunks<RowSet>, label: &str) -> Lazy<M> {
        let labelled = Chained { estimator: self.estimator.or_labelled(label), epochs: self.epochs };
        labelled.chain(chunks.len(), |epoch| chunks.select_in_pass(rows, epoch))
    }
}

impl<P> Chained<P> {
    /// One step for every chunk of every epoch, `n` chunks an epoch.
    fn chain<R, T, E, M>(&self, n: usize, of_epoch: impl Fn(usize) -> Chunks<DatasetBase<R, T>>) -> Lazy<M>
    where
        P: PartialFit<R, T, E, Model = M> + Send + Sync + 'static,
        M: Clone + Send + Sync + 'static,
        R: Records + Send + Sync + 'static,
        T: Send + Sync + 'static,
        E: StdError + Send + Sync + 'static,
    {
        if self.epochs == 0 {
            return Lazy::failed(Error::parameter("epochs", 0, "1 or more"));
        }
        let key = Key::of("no model").input(self.estimator.key).finish();
        let mut progress = Lazy::given(Task::new("begin", key), Progress { model: None });
        for epoch in 0..self.epochs {
            for (c, chunk) in of_epoch(epoch).iter().enumerate() {
                let key = Key::of("partial_fit").input(self.estimator.key).input(progress.key()).input(chunk.key());
                let task = self.estimator.task("partial_fit", key.finish()).order(epoch * n + c);
                let params = self.estimator.params.clone();
                progress = progress.step(chunk, task, move |progress, chunk| {
                    if chunk.records.nsamples() == 0 {
                        return Ok(progress);
                    }
                    let model = params.partial_fit(progress.model, chunk).map_err(Error::from_estimator)?;
                    Ok(Progress { model: Some(model) })
                });
            }
        }
        let task = self.estimator.task("end of chain", Key::of("end of chain").input(progress.key()).finish());
        progress.map_owned(task, |progress| {
            progress.model.ok_or_else(|| Error::new(ErrorKind::NoRows { estimator: "Chained" }))
        })
    }
}
