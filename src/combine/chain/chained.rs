//! `Chained`: one model passed from chunk to chunk with `partial_fit`.

use linfa::dataset::{DatasetBase, Records};
use serde::Serialize;

use super::epochs::Epochs;
use super::state::{Chain, Visit};
use super::team::fit_team;
use crate::chunks::Chunks;
use crate::combine::fit::{FitChunks, FitOnward, FitRows, SharedEstimator};
use crate::data::{Chunk, Codec, Identified, RowSet, Rows, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{Linfa, PartialFit, Team, learn_chunk};
use crate::graph::{Key, Lazy, Task, TimeAccount};

/// Passes one model from chunk to chunk with `partial_fit`.
///
/// The steps run one after the other, while the chunks ahead are read and transformed by other
/// threads. The result is that of a loop over the chunks. For this crate's estimators it is that of one pass over all rows,
/// too, wherever chunks end; what is excepted is said [there](crate::linear::SgdClassifierValidParams::partial_fit_weighted).
/// Chunks without rows, or whose rows all have weight 0, change nothing.
///
/// A chunk whose rows are all of one class is a chunk like others, but where all rows of all chunks are of one class, or
/// of weight 0, the fit is an error ([`OneClass`](ErrorKind::OneClass), [`NoRows`](ErrorKind::NoRows)).
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
    pub(in crate::combine) estimator: SharedEstimator<P>,
    pub(in crate::combine) epochs: Epochs,
}

impl<P> Chained<P> {
    /// Chains an estimator; one that has equal parameters, of a type of the same [name](Identified), is the same
    /// estimator, and shares its steps.
    pub fn new(estimator: P) -> Self
    where
        P: Identified + Serialize,
    {
        Chained { estimator: SharedEstimator::new(estimator), epochs: Epochs::ONE }
    }

    /// Chains an estimator whose parameters do not serialize, or state no [name](Identified). It is identified by this value (and
    /// its clones), so that it shares steps with no other. linfa's estimators go in by
    /// [`linfa`](Chained::linfa).
    pub fn opaque(estimator: P) -> Self {
        Chained { estimator: SharedEstimator::opaque(estimator), epochs: Epochs::ONE }
    }

    /// The number of passes of the chain over all chunks. Default 1; 0 is an error when the fit is computed.
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs.n_epochs = epochs;
        self
    }

    /// Goes over the chunks in random order, another one in each epoch. Default: in their own order.
    ///
    /// For chunks that are sorted, by label or by date. Rows keep their order within a chunk, unless the estimator
    /// shuffles them, as the SGD estimators do by [`shuffle`](crate::linear::SgdClassifierParams::shuffle); where each
    /// chunk has rows of one class only, [`Chunks::shuffled`] mixes rows among chunks. The orders depend on the seed, the
    /// number of the epoch and the number of chunks only, so that a fit that was interrupted goes on in the same order
    /// from its [checkpoint](crate::Runtime::checkpoint). In a halving search each addition of chunks is shuffled by
    /// itself.
    ///
    /// ```
    /// use chunkfit::prelude::*;
    /// # use linfa::DatasetBase;
    /// # use ndarray::array;
    /// let chunk = |shift: f64| DatasetBase::new(array![[shift], [1.0 + shift]], array![false, true]);
    /// let chunks = Chunks::from_memory([chunk(0.0), chunk(0.1), chunk(0.2)]);
    /// let chained = Chained::new(SgdClassifier::params()).epochs(5).shuffle_chunks(42);
    /// let model = Runtime::new().compute(chained.fit(&chunks))?;
    /// # assert_eq!(model.n_rows_seen(), 30);
    /// # Ok::<(), chunkfit::Error>(())
    /// ```
    pub fn shuffle_chunks(mut self, seed: u64) -> Self {
        self.epochs.shuffle = Some(seed);
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
        P: PartialFit<R, T, Model = M>,
        R: Records + Shared,
        T: Shared,
    {
        FitChunks::fit(self, chunks)
    }
}

impl<P, E> Chained<Linfa<P, E>> {
    /// Chains any estimator that has linfa's `FitWith`, identified by this value (and its clones),
    /// because linfa's parameters do not serialize. For one whose parameters do, and which is to
    /// share steps with its equals: `Chained::new(Linfa::new(estimator))`, if its type states a name.
    pub fn linfa(estimator: P) -> Self {
        Chained::opaque(Linfa::new(estimator))
    }
}

/// Whether a chain has been over all rows that there are, or others may go on from it.
#[derive(Clone, Copy, PartialEq)]
enum End {
    OfAll,
    OfPart,
}

/// What goes from step to step.
#[derive(Clone)]
struct Progress<M> {
    model: Option<M>,
}

impl<P, R, T> FitChunks<DatasetBase<R, T>> for Chained<P>
where
    P: PartialFit<R, T>,
    R: Records + Shared,
    T: Shared,
{
    type Fit = Lazy<P::Model>;

    fn fit(&self, chunks: &Chunks<DatasetBase<R, T>>) -> Lazy<P::Model> {
        let n = chunks.len();
        let epochs = (0..self.epochs.n_epochs).map(|epoch| self.epochs.visited(chunks, epoch));
        self.chain(self.begin(), n, epochs, End::OfAll)
    }
}

impl<P, R, T> FitRows<DatasetBase<R, T>> for Chained<P>
where
    P: PartialFit<R, T>,
    R: Records + Shared,
    T: Shared,
    DatasetBase<R, T>: Rows + Chunk,
{
    fn fit_rows(
        &self,
        chunks: &Chunks<DatasetBase<R, T>>,
        rows: &Chunks<RowSet>,
        account: &TimeAccount,
    ) -> Lazy<P::Model> {
        let epochs = (0..self.epochs.n_epochs).map(|epoch| self.rows_in_epoch(chunks, rows, epoch));
        self.booked_on(account).chain(self.begin(), chunks.len(), epochs, End::OfAll)
    }

    /// Estimators of as many epochs, in the same orders, learn in the [teams](PartialFit::teams) that they form.
    fn fit_rows_together(
        chains: &[&Self],
        chunks: &Chunks<DatasetBase<R, T>>,
        rows: &Chunks<RowSet>,
        account_of: &dyn Fn(&[usize]) -> TimeAccount,
    ) -> Vec<Lazy<P::Model>> {
        let mut fits: Vec<Option<Lazy<P::Model>>> = vec![None; chains.len()];
        let mut all_epochs: Vec<Epochs> =
            chains.iter().map(|chain| chain.epochs).filter(|epochs| epochs.check().is_ok()).collect();
        all_epochs.sort_unstable();
        all_epochs.dedup();
        for epochs in all_epochs {
            let equal: Vec<usize> = (0..chains.len()).filter(|&i| chains[i].epochs == epochs).collect();
            let estimators: Vec<&P> = equal.iter().map(|&i| &*chains[i].estimator.params).collect();
            for Team { members, learner } in P::teams(&estimators) {
                let members: Vec<usize> = members.into_iter().map(|i| equal[i]).collect();
                let team: Vec<&Self> = members.iter().map(|&i| chains[i]).collect();
                for (&i, fit) in members.iter().zip(fit_team(&team, learner, chunks, rows, &account_of(&members))) {
                    fits[i] = Some(fit);
                }
            }
        }
        let alone = |(i, fit): (usize, Option<Lazy<P::Model>>)| {
            fit.unwrap_or_else(|| chains[i].fit_rows(chunks, rows, &account_of(&[i])))
        };
        fits.into_iter().enumerate().map(alone).collect()
    }
}

/// One pass, whatever the number of epochs: who asks for more passes asks again.
impl<P, R, T> FitOnward<DatasetBase<R, T>> for Chained<P>
where
    P: PartialFit<R, T>,
    R: Records + Shared,
    T: Shared,
    DatasetBase<R, T>: Rows + Chunk,
{
    fn fit_onward(
        &self,
        model: Option<Lazy<P::Model>>,
        chunks: &Chunks<DatasetBase<R, T>>,
        rows: &Chunks<RowSet>,
        account: &TimeAccount,
    ) -> Lazy<P::Model> {
        let epochs = Epochs { n_epochs: 1, ..self.epochs };
        let shown = Chained { epochs, ..self.booked_on(account) };
        let begin = match model {
            None => self.begin(),
            Some(model) => {
                let task = shown.estimator.task("go on", Key::of("go on").input(model.key()).finish());
                model.map_owned(task, |model| Ok(Progress { model: Some(model) }))
            }
        };
        shown.chain(begin, chunks.len(), [shown.rows_in_epoch(chunks, rows, 0)], End::OfPart)
    }

    fn check_end(&self, model: &P::Model) -> Result<()> {
        self.estimator.params.check_end(model)
    }
}

impl<P> Chained<P> {
    pub(in crate::combine) fn booked_on(&self, account: &TimeAccount) -> Self {
        Chained { estimator: self.estimator.booked_on(account), epochs: self.epochs }
    }

    /// The rows of an epoch, in its order.
    fn rows_in_epoch<D: Rows + Chunk>(&self, chunks: &Chunks<D>, rows: &Chunks<RowSet>, epoch: usize) -> Chunks<D> {
        self.epochs.visited(chunks, epoch).select_in_pass(&self.epochs.visited(rows, epoch), epoch)
    }

    fn begin<M: Shared>(&self) -> Lazy<Progress<M>>
    where
        P: 'static,
    {
        let key = Key::of("no model").input(self.estimator.key()).finish();
        Lazy::given(Task::new("begin", key), Progress { model: None })
    }

    /// One step for every chunk of every epoch, `n` chunks an epoch.
    fn chain<R, T>(
        &self,
        progress: Lazy<Progress<P::Model>>,
        n: usize,
        epochs: impl IntoIterator<Item = Chunks<DatasetBase<R, T>>>,
        end: End,
    ) -> Lazy<P::Model>
    where
        P: PartialFit<R, T>,
        R: Records + Shared,
        T: Shared,
    {
        let estimator = &self.estimator;
        if let Err(error) = self.epochs.check().and_then(|()| estimator.check()) {
            return Lazy::failed(error);
        }
        let codec = estimator.params.codec().map(|model| {
            let (encoder, decoder) = (model.clone(), model);
            Codec::new(
                move |progress: &Progress<P::Model>| {
                    progress.model.as_ref().map_or(Ok(None), |model| encoder.encode(model))
                },
                move |bytes| Ok(Progress { model: Some(decoder.decode(bytes)?) }),
            )
        });
        let task = |name, key| self.epochs.step(estimator.task(name, key));
        let chain = Chain { key: self.epochs.identify(estimator.key()), task: &task, codec };
        let visits = epochs.into_iter().enumerate().flat_map(|(epoch, chunks)| {
            let visit =
                |(c, chunk): (usize, &Lazy<_>)| Visit { turn: epoch * n + c, key: chunk.key(), data: chunk.clone() };
            chunks.iter().enumerate().map(visit).collect::<Vec<_>>()
        });
        let progress = chain.over(progress, visits, |progress, task, chunk: Lazy<DatasetBase<R, T>>| {
            let (params, stating) = (estimator.params.clone(), estimator.params.clone());
            let figures = move |progress: &Progress<P::Model>| {
                progress.model.as_ref().map(|model| stating.figures(model)).unwrap_or_default()
            };
            progress.step(&chunk, task.figures(figures), move |progress: Progress<P::Model>, chunk| {
                Ok(Progress { model: learn_chunk(&*params, progress.model, chunk)? })
            })
        });
        let key = Key::of("end of chain").params(&(end == End::OfAll)).input(progress.key()).finish();
        let params = estimator.params.clone();
        progress.map_owned(estimator.task("end of chain", key), move |progress| {
            let model = progress.model.ok_or_else(no_rows)?;
            match end {
                End::OfAll => params.check_end(&model).map(|()| model),
                End::OfPart => Ok(model),
            }
        })
    }
}

/// No chunk had a row.
pub(in crate::combine) fn no_rows() -> Error {
    Error::new(ErrorKind::NoRows { estimator: "Chained" })
}
