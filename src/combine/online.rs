//! Learning from a stream that need not end, while others use the model.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use linfa::dataset::{DatasetBase, Records};

use crate::error::Result;
use crate::estimator::{PartialFit, learn_chunk};
use crate::graph::caught_in;

/// Learns from chunks as they come, with `partial_fit`, and lets others use the newest model meanwhile.
///
/// Chunks come from any iterator, so also from a channel: [`learn`](Self::learn) returns when it ends, which
/// may be never. The model after so many chunks has the bits that [`Chained`](super::Chained) gives over
/// them. Any estimator with [`PartialFit`] learns; one that wants transformed chunks goes into a
/// [`Pipeline`](super::Pipeline), without `Chained` around it. Chunks without rows are skipped.
///
/// ```
/// use std::sync::mpsc;
/// use chunkfit::combine::Online;
/// use chunkfit::prelude::*;
/// use linfa::DatasetBase;
/// use ndarray::array;
///
/// let text = HashingVectorizer::params().n_features(1 << 10);
/// let mut online = Online::new(Pipeline::new(text, SgdClassifier::params()));
/// let reader = online.reader(); // for other threads: it is cheap to clone
/// assert!(reader.newest().is_none());
///
/// let (sender, stream) = mpsc::channel();
/// std::thread::spawn(move || {
///     for documents in [["oil is up", "wheat is down"], ["oil and gas", "tea and wheat"]] {
///         let chunk = DatasetBase::new(documents.into_iter().collect::<Text>(), array![true, false]);
///         sender.send(chunk).expect("the learner is there");
///     }
/// });
/// online.learn(stream)?; // until the channel is closed
///
/// let newest = reader.newest().expect("it has learned");
/// assert_eq!((newest.chunks, newest.rows), (2, 4));
/// let oil = newest.model.transform(&DatasetBase::new(["crude oil"].into_iter().collect::<Text>(), ()))?;
/// # use linfa::traits::Predict;
/// assert_eq!(newest.model.model.predict(&oil.records), array![true]);
/// # Ok::<(), Error>(())
/// ```
///
/// # What publishing costs
/// A model that others may hold cannot be changed in place: going on from it costs a copy. That same copy is what
/// lets a chunk that fails leave the model as it was, so by default every chunk is published. Where the model is
/// large and chunks are small, [`publish_every`](Self::publish_every) copies less often.
#[derive(Debug)]
pub struct Online<P, M> {
    estimator: P,
    publish_every: usize,
    board: Arc<Board<M>>,
    /// The model where it is ahead of the published one.
    ahead: Option<State<M>>,
    /// How many chunks came, whatever became of them.
    given: usize,
}

/// A handle on the newest model of an [`Online`] learner: cheap to clone, for any thread.
#[derive(Debug)]
pub struct ModelReader<M> {
    board: Arc<Board<M>>,
}

impl<M> Clone for ModelReader<M> {
    fn clone(&self) -> Self {
        ModelReader { board: self.board.clone() }
    }
}

/// A model as it was after some chunks.
#[derive(Debug)]
#[non_exhaustive]
pub struct Published<M> {
    /// The model. It never changes: the learner goes on from a copy.
    pub model: Arc<M>,
    /// How many chunks it has learned from; those without rows and those that failed do not count.
    pub chunks: usize,
    /// How many rows they had.
    pub rows: usize,
}

impl<M> Clone for Published<M> {
    fn clone(&self) -> Self {
        Published { model: self.model.clone(), ..*self }
    }
}

/// A model that nobody else has, and what it has learned from.
#[derive(Debug)]
struct State<M> {
    model: M,
    chunks: usize,
    rows: usize,
}

/// Where the newest model hangs out.
#[derive(Debug)]
struct Board<M>(Mutex<Option<Published<M>>>);

impl<M> Board<M> {
    fn newest(&self) -> Option<Published<M>> {
        self.lock().clone()
    }

    fn publish(&self, published: Published<M>) {
        // The one before may be large and dear to drop: not under the lock.
        let before = self.lock().replace(published);
        drop(before);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Published<M>>> {
        // Nothing under the lock can panic halfway.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M> ModelReader<M> {
    /// The model after the last chunk that was published; none before the first. Never waits for a chunk.
    pub fn newest(&self) -> Option<Published<M>> {
        self.board.newest()
    }
}

impl<P, M> Online<P, M> {
    /// A learner that has learned nothing yet.
    pub fn new(estimator: P) -> Self {
        Online { estimator, publish_every: 1, board: Arc::new(Board(Mutex::new(None))), ahead: None, given: 0 }
    }

    /// A learner that goes on from a model, one that was loaded from a file, say. It is published at once, as after
    /// no chunks.
    pub fn from_model(estimator: P, model: M) -> Self {
        let online = Online::new(estimator);
        online.board.publish(Published { model: Arc::new(model), chunks: 0, rows: 0 });
        online
    }

    /// Publishes the model after every `chunks` chunks, and when [`learn`](Self::learn) returns. Default 1;
    /// 0 is taken as 1.
    ///
    /// The price of more: readers see a model that is up to so many chunks old, and a chunk that fails takes the
    /// model back to the one published last.
    pub fn publish_every(mut self, chunks: usize) -> Self {
        self.publish_every = chunks.max(1);
        self
    }

    /// A handle on the newest model, for other threads.
    pub fn reader(&self) -> ModelReader<M> {
        ModelReader { board: self.board.clone() }
    }

    /// Learns from every chunk of a stream until it ends.
    ///
    /// # Errors
    /// The estimator's own, or that of a panic in it, with the chunk's number: the first chunk that this learner was ever given is 0. The
    /// model is then as it was before (see [`publish_every`](Self::publish_every)), and what the stream still has was
    /// not taken: give it again (`&receiver`, `iterator.by_ref()`) to go on without the chunk.
    pub fn learn<R, T>(&mut self, stream: impl IntoIterator<Item = DatasetBase<R, T>>) -> Result<()>
    where
        P: PartialFit<R, T, Model = M>,
        M: Clone,
        R: Records,
    {
        self.try_learn(stream.into_iter().map(Ok))
    }

    /// The same for a stream whose chunks may fail to come, such as one that parses them.
    ///
    /// # Errors
    /// As [`learn`](Self::learn), and the stream's own, with the number of the chunk that was to come.
    pub fn try_learn<R, T>(&mut self, stream: impl IntoIterator<Item = Result<DatasetBase<R, T>>>) -> Result<()>
    where
        P: PartialFit<R, T, Model = M>,
        M: Clone,
        R: Records,
    {
        let mut stream = stream.into_iter();
        while let Some(chunk) = caught_in("stream", || Ok(stream.next())).unwrap_or_else(|error| Some(Err(error))) {
            let number = self.given;
            self.given += 1;
            let learned = chunk.and_then(|chunk| self.learn_caught(chunk));
            learned.map_err(|error| error.in_chunk(number)).inspect_err(|_| self.publish())?;
        }
        self.publish();
        Ok(())
    }

    /// The model after all chunks it has learned from, if there were any.
    pub fn into_model(self) -> Option<Arc<M>> {
        self.board.newest().map(|newest| newest.model)
    }

    /// One chunk, in which a panic is an error like any other.
    fn learn_caught<R, T>(&mut self, chunk: DatasetBase<R, T>) -> Result<()>
    where
        P: PartialFit<R, T, Model = M>,
        M: Clone,
        R: Records,
    {
        let learned = caught_in("partial_fit", || self.step(&chunk));
        let dropped = caught_in("partial_fit", || {
            drop(chunk);
            Ok(())
        });
        learned.and(dropped).map_err(|error| error.in_task("partial_fit"))
    }

    fn step<R, T>(&mut self, chunk: &DatasetBase<R, T>) -> Result<()>
    where
        P: PartialFit<R, T, Model = M>,
        M: Clone,
        R: Records,
    {
        if chunk.records.nsamples() == 0 {
            return Ok(());
        }
        // If learning fails, or panics, what was taken out is gone, and the published model is what is left.
        let before = self.ahead.take().or_else(|| self.copy());
        let (chunks, rows) = before.as_ref().map_or((0, 0), |before| (before.chunks, before.rows));
        let Some(model) = learn_chunk(&self.estimator, before.map(|before| before.model), chunk)? else {
            return Ok(());
        };
        self.ahead = Some(State { model, chunks: chunks + 1, rows: rows + chunk.records.nsamples() });
        let published = self.board.newest().map_or(0, |newest| newest.chunks);
        if chunks + 1 - published >= self.publish_every {
            self.publish();
        }
        Ok(())
    }

    /// A copy of the published model, to go on from.
    fn copy(&self) -> Option<State<M>>
    where
        M: Clone,
    {
        let Published { model, chunks, rows } = self.board.newest()?;
        Some(State { model: M::clone(&model), chunks, rows })
    }

    fn publish(&mut self) {
        if let Some(State { model, chunks, rows }) = self.ahead.take() {
            self.board.publish(Published { model: Arc::new(model), chunks, rows });
        }
    }
}
