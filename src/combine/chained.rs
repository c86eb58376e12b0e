//! One model, passed from chunk to chunk.

use std::error::Error as StdError;

use linfa::dataset::{DatasetBase, Records};
use serde::Serialize;

use super::estimator::Estimator;
use super::fit_chunks::{FitChunks, FitOnward, FitRows};
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
        self.chain(self.begin(), chunks.len(), (0..self.epochs).map(|_| chunks.clone()))
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
        let epochs = (0..self.epochs).map(|epoch| chunks.select_in_pass(rows, epoch));
        labelled.chain(self.begin(), chunks.len(), epochs)
    }
}

/// One pass, whatever the number of epochs: who asks for more passes asks again.
impl<P, R, T, E, M> FitOnward<DatasetBase<R, T>, E> for Chained<P>
where
    P: PartialFit<R, T, E, Model = M> + Send + Sync + 'static,
    M: Clone + Send + Sync + 'static,
    R: Records + Send + Sync + 'static,
    T: Send + Sync + 'static,
    E: StdError + Send + Sync + 'static,
    DatasetBase<R, T>: Rows + Chunk,
{
    fn fit_onward(
        &self,
        model: Option<Lazy<M>>,
        chunks: &Chunks<DatasetBase<R, T>>,
        rows: &Chunks<RowSet>,
        label: &str,
    ) -> Lazy<M> {
        let labelled = Chained { estimator: self.estimator.or_labelled(label), epochs: 1 };
        let begin = match model {
            None => self.begin(),
            Some(model) => {
                let task = labelled.estimator.task("go on", Key::of("go on").input(model.key()).finish());
                model.map_owned(task, |model| Ok(Progress { model: Some(model) }))
            }
        };
        labelled.chain(begin, chunks.len(), [chunks.select_in_pass(rows, 0)])
    }
}

impl<P> Chained<P> {
    fn begin<M: Send + Sync + 'static>(&self) -> Lazy<Progress<M>> {
        let key = Key::of("no model").input(self.estimator.key).finish();
        Lazy::given(Task::new("begin", key), Progress { model: None })
    }

    /// One step for every chunk of every epoch, `n` chunks an epoch.
    fn chain<R, T, E, M>(
        &self,
        mut progress: Lazy<Progress<M>>,
        n: usize,
        epochs: impl IntoIterator<Item = Chunks<DatasetBase<R, T>>>,
    ) -> Lazy<M>
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
        for (epoch, chunks) in epochs.into_iter().enumerate() {
            for (c, chunk) in chunks.iter().enumerate() {
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
