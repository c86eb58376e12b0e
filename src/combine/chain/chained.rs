//! `Chained`: one model passed from chunk to chunk with `partial_fit`.

use linfa::dataset::{DatasetBase, Records};
use serde::Serialize;

use super::epochs::Epochs;
use super::state::{Chain, Visit, of_equal_epochs, visits_of};
use super::team::fit_team;
use crate::chunks::Chunks;
use crate::combine::fit::{FitChunks, FitOnward, FitRows, Identity, SharedEstimator};
use crate::data::{Chunk, Codec, Identified, RowSet, Rows, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{Linfa, PartialFit, Team, learn_chunk};
use crate::graph::{AnyCodec, AnyLazy, AnyWork, Key, Lazy, Task, TimeAccount};

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
        let epochs = self.epochs.all_visited(&chunks.any());
        self.chain(self.begin(), chunks.len(), epochs, End::OfAll)
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
        let mut epochs = Vec::new();
        for epoch in 0..self.epochs.n_epochs {
            epochs.push(self.rows_in_epoch(chunks, rows, epoch));
        }
        self.booked_on(account).chain(self.begin(), chunks.len(), epochs, End::OfAll)
    }

    /// Estimators of as many epochs, in the same orders, learn in the [teams](PartialFit::teams) that they form.
    fn fit_rows_together(
        chains: &[&Self],
        chunks: &Chunks<DatasetBase<R, T>>,
        rows: &Chunks<RowSet>,
        account_of: &dyn Fn(&[usize]) -> TimeAccount,
    ) -> Vec<Lazy<P::Model>> {
        let all_epochs = collected(chains, |chain| chain.epochs);
        let mut fits = collected(chains, |_| None);
        for equal in of_equal_epochs(&all_epochs) {
            let estimators = collected(&equal, |&i| &*chains[i].estimator.params);
            for Team { mut members, learner } in P::teams(&estimators) {
                for member in &mut members {
                    *member = equal[*member];
                }
                let team = collected(&members, |&i| chains[i]);
                let models = fit_team(&team, learner, chunks, rows, &account_of(&members));
                for (model, &i) in models.into_iter().zip(&members) {
                    fits[i] = Some(model);
                }
            }
        }
        let mut models = Vec::with_capacity(fits.len());
        for fit in fits {
            let i = models.len();
            models.push(match fit {
                Some(fit) => Lazy::of_any(fit),
                None => chains[i].fit_rows(chunks, rows, &account_of(&[i])),
            });
        }
        models
    }
}

/// The result for each chunk.
fn collected<T, U>(all: &[T], make: impl Fn(&T) -> U) -> Vec<U> {
    let mut made = Vec::with_capacity(all.len());
    for one in all {
        made.push(make(one));
    }
    made
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
        shown.chain(begin, chunks.len(), vec![shown.rows_in_epoch(chunks, rows, 0)], End::OfPart)
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
    fn rows_in_epoch<D: Rows + Chunk>(&self, chunks: &Chunks<D>, rows: &Chunks<RowSet>, epoch: usize) -> Vec<AnyLazy> {
        self.epochs.visited(chunks, epoch).select_in_pass(&self.epochs.visited(rows, epoch), epoch).any()
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
        begin: Lazy<Progress<P::Model>>,
        n: usize,
        epochs: Vec<Vec<AnyLazy>>,
        end: End,
    ) -> Lazy<P::Model>
    where
        P: PartialFit<R, T>,
        R: Records + Shared,
        T: Shared,
    {
        let (params, stating, ending) =
            (self.estimator.params.clone(), self.estimator.params.clone(), self.estimator.params.clone());
        let figures = move |progress: &Progress<P::Model>| match &progress.model {
            Some(model) => stating.figures(model),
            None => Vec::new(),
        };
        let learn = AnyWork::new(move |inputs| {
            let progress = inputs.take::<Progress<P::Model>>(0);
            match learn_chunk(&*params, progress.model, inputs.get::<DatasetBase<R, T>>(1)) {
                Ok(model) => Ok(Progress { model }),
                Err(error) => Err(error),
            }
        });
        let finish = AnyWork::new(move |inputs| {
            let Some(model) = inputs.take::<Progress<P::Model>>(0).model else { return Err(no_rows()) };
            if end == End::OfAll
                && let Err(error) = ending.check_end(&model)
            {
                return Err(error);
            }
            Ok(model)
        });
        let codec = self.estimator.params.codec().map(|codec| AnyCodec::new(progress_codec(codec)));
        let task = Task::new("partial_fit", Key::of("partial_fit").finish()).figures(figures);
        let steps = Steps { task, learn, codec, finish };
        match steps.chain(&self.estimator.identity, &self.epochs, begin.any(), visits_of(epochs, n), end) {
            Ok(model) => Lazy::of_any(model),
            Err(error) => Lazy::failed(error),
        }
    }
}

/// The codec of what goes from step to step, by that of its model.
fn progress_codec<M: 'static>(model: Codec<M>) -> Codec<Progress<M>> {
    let (encoder, decoder) = (model.clone(), model);
    Codec::new(
        move |progress: &Progress<M>| match &progress.model {
            Some(model) => encoder.encode(model),
            None => Ok(None),
        },
        move |bytes| match decoder.decode(bytes) {
            Ok(model) => Ok(Progress { model: Some(model) }),
            Err(error) => Err(error),
        },
    )
}

/// The work of a chain's tasks, whatever the types of chunks and model.
struct Steps {
    /// The task of a step, with its figures.
    task: Task,
    learn: AnyWork,
    codec: Option<AnyCodec>,
    finish: AnyWork,
}

impl Steps {
    /// One step for every visit, and the model after the last.
    ///
    /// # Errors
    /// The estimator was refused, or there is no epoch.
    fn chain(
        self,
        estimator: &Identity,
        epochs: &Epochs,
        begin: AnyLazy,
        visits: Vec<Visit>,
        end: End,
    ) -> Result<AnyLazy> {
        epochs.check()?;
        estimator.check()?;
        let Steps { task, learn, codec, finish } = self;
        let chain = Chain { epochs, key: epochs.identify(estimator.key()), task: estimator.shown(task), codec };
        let progress = chain.over(begin, visits, &|_| learn.clone());
        let key = Key::of("end of chain").params(&(end == End::OfAll)).input(progress.key()).finish();
        Ok(progress.map(estimator.task("end of chain", key), finish))
    }
}

/// No chunk had a row.
pub(in crate::combine) fn no_rows() -> Error {
    Error::new(ErrorKind::NoRows { estimator: "Chained" })
}
