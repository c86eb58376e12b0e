//! Online learning from a stream that need not end, while others use the model.

use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use linfa::dataset::{DatasetBase, Records};

use crate::data::Footprint;
use crate::error::Result;
use crate::estimator::{PartialFit, learn_chunk};
use crate::graph::caught_in;

/// Learns from chunks as they come, with `partial_fit`, and lets others use the newest model meanwhile.
///
/// Chunks come from a channel ([`learn_channel`](Self::learn_channel)), or from any iterator ([`learn`](Self::learn)); both
/// return when it ends, which may be never. The model after so many chunks has the bits that [`Chained`](super::Chained) gives over
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
/// online.learn_channel(&stream)?; // until the channel is closed
///
/// let newest = reader.newest().expect("it has learned");
/// assert_eq!((newest.chunks, newest.rows), (2, 4));
/// let oil = newest.model.transform(&DatasetBase::new(["crude oil"].into_iter().collect::<Text>(), ()))?;
/// # use linfa::traits::Predict;
/// assert_eq!(newest.model.model.predict(&oil.records), array![true]);
/// # Ok::<(), Error>(())
/// ```
///
/// # Cost of publishing
/// A model that others may hold cannot be changed in place: going on from it costs a copy, of a model of 4 classes and 2^18
/// columns some milliseconds. So `learn_channel` publishes when no chunk waits in the channel, and at the latest a second after the
/// first chunk that readers do not see: while chunks come faster than they are learned, a copy is made once a second. `learn`
/// cannot see whether its iterator has more, and publishes every chunk. For both
/// [`publish_every`](Self::publish_every) counts chunks, and [`publish_every_duration`](Self::publish_every_duration) the
/// time. When the model is published has no influence on its bits.
///
/// # Chunks that fail
/// A chunk that fails, or panics, leaves the model as it was before that chunk. Chunks that were learned and not yet
/// published are kept for that, and learned again; where they hold more than 64 MiB the model is published sooner.
#[derive(Debug)]
pub struct Online<P, M> {
    estimator: P,
    publish_every: Option<usize>,
    publish_after: Option<Duration>,
    board: Arc<Board<M>>,
    /// The model where it is ahead of the published one.
    ahead: Option<State<M>>,
    /// The number of chunks that came, whatever became of them.
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
    /// The number of chunks it has learned from; those without rows and those that failed do not count.
    pub chunks: usize,
    /// The number of their rows.
    pub rows: usize,
}

impl<M> Clone for Published<M> {
    fn clone(&self) -> Self {
        Published { model: self.model.clone(), ..*self }
    }
}

/// A model that has no other owner, and what it has learned from.
#[derive(Debug)]
struct State<M> {
    model: M,
    chunks: usize,
    rows: usize,
}

/// The latest published model.
#[derive(Debug)]
struct Board<M>(Mutex<Option<Published<M>>>);

impl<M> Board<M> {
    fn newest(&self) -> Option<Published<M>> {
        self.lock().clone()
    }

    fn publish(&self, published: Published<M>) {
        // The one before may be large and slow to drop: not under the lock.
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
        let board = Arc::new(Board(Mutex::new(None)));
        Online { estimator, publish_every: None, publish_after: None, board, ahead: None, given: 0 }
    }

    /// A learner that goes on from a model, one that was loaded from a file, say. It is published at once, as after
    /// no chunks.
    pub fn from_model(estimator: P, model: M) -> Self {
        let online = Online::new(estimator);
        online.board.publish(Published { model: Arc::new(model), chunks: 0, rows: 0 });
        online
    }

    /// Publishes the model after every `chunks` chunks, and when [`learn`](Self::learn) returns. Default 1 for `learn`, any
    /// number for [`learn_channel`](Self::learn_channel), which publishes when no chunk waits; 0 is taken as 1.
    ///
    /// The price of more: readers see a model that is up to so many chunks old.
    pub fn publish_every(mut self, chunks: usize) -> Self {
        self.publish_every = Some(chunks.max(1));
        self
    }

    /// Publishes the model when readers have not seen a chunk for so long, and when learning returns.
    ///
    /// In [`learn_channel`](Self::learn_channel) the time runs while the channel is empty, too: readers see a model that is at
    /// most so old, and a copy is made at most once in that time. [`learn`](Self::learn) looks at the clock after each chunk,
    /// and can publish nothing while it waits for the next one. With [`publish_every`](Self::publish_every), whichever comes
    /// first.
    ///
    /// ```
    /// use std::sync::mpsc;
    /// use std::time::Duration;
    /// use chunkfit::combine::Online;
    /// use chunkfit::prelude::*;
    /// # use linfa::DatasetBase;
    /// # use ndarray::array;
    ///
    /// let (sender, feedback) = mpsc::channel();
    /// for x in [0.5, -1.0, 2.0] {
    ///     sender.send(DatasetBase::new(array![[x]], array![x > 0.0])).expect("the channel is open");
    /// }
    /// drop(sender);
    /// let mut online = Online::new(SgdClassifier::params()).publish_every_duration(Duration::from_millis(200));
    /// online.learn_channel(&feedback)?;
    /// assert_eq!(online.reader().newest().expect("it has learned").chunks, 3);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn publish_every_duration(mut self, duration: Duration) -> Self {
        self.publish_after = Some(duration);
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
    /// model is then published as it was before that chunk, and what the stream still has was
    /// not taken: give it again (`&receiver`, `iterator.by_ref()`) to go on without the chunk.
    pub fn learn<R, T>(&mut self, stream: impl IntoIterator<Item = DatasetBase<R, T>>) -> Result<()>
    where
        P: PartialFit<R, T, Model = M>,
        M: Clone,
        R: Records,
        DatasetBase<R, T>: Footprint,
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
        DatasetBase<R, T>: Footprint,
        R: Records,
    {
        let (mut stream, mut unseen) = (stream.into_iter(), Unseen::default());
        while let Some(chunk) = caught_in("stream", || Ok(stream.next())).unwrap_or_else(|error| Some(Err(error))) {
            self.take(chunk, &mut unseen)?;
            if self.is_due(&unseen, Some(1)) {
                self.publish(&mut unseen)?;
            }
        }
        self.publish(&mut unseen)
    }

    /// Learns from every chunk of a channel until it is closed. What waits there is learned before the model is published,
    /// once for all of it.
    ///
    /// Each chunk is learned by itself: the model is that of [`Chained`](super::Chained) over the chunks, however many of them
    /// waited. It is published when no chunk waits, and at the latest a second after the first chunk that readers do not see;
    /// [`publish_every`](Self::publish_every) and [`publish_every_duration`](Self::publish_every_duration) set other bounds,
    /// the latter in place of both.
    ///
    /// # Errors
    /// As [`learn`](Self::learn). The receiver still has what was not taken: call this again to go on without the chunk.
    pub fn learn_channel<R, T>(&mut self, channel: &Receiver<DatasetBase<R, T>>) -> Result<()>
    where
        P: PartialFit<R, T, Model = M>,
        M: Clone,
        DatasetBase<R, T>: Footprint,
        R: Records,
    {
        let mut unseen = Unseen::default();
        loop {
            let chunk = match channel.try_recv() {
                Ok(chunk) => Some(chunk),
                Err(TryRecvError::Disconnected) => None,
                Err(TryRecvError::Empty) => match self.wait(channel, &unseen) {
                    Ok(chunk) => Some(chunk),
                    Err(RecvTimeoutError::Disconnected) => None,
                    Err(RecvTimeoutError::Timeout) => {
                        self.publish(&mut unseen)?;
                        continue;
                    }
                },
            };
            let Some(chunk) = chunk else { break };
            self.take(Ok(chunk), &mut unseen)?;
            if self.is_due(&unseen, None) {
                self.publish(&mut unseen)?;
            }
        }
        self.publish(&mut unseen)
    }

    /// Waits for a chunk, no longer than until the model is to be published.
    fn wait<D>(&self, channel: &Receiver<D>, unseen: &Unseen<D>) -> std::result::Result<D, RecvTimeoutError> {
        match (unseen.since, self.publish_after) {
            (None, _) => channel.recv().map_err(|_| RecvTimeoutError::Disconnected),
            (Some(_), None) => Err(RecvTimeoutError::Timeout),
            (Some(since), Some(duration)) => channel.recv_timeout(duration.saturating_sub(since.elapsed())),
        }
    }

    /// True if the chunks that readers do not see are to be published, though others may wait.
    fn is_due<D>(&self, unseen: &Unseen<D>, default: Option<usize>) -> bool {
        let (count, time) = match (self.publish_every, self.publish_after) {
            (None, None) => (default, LATEST),
            (count, time) => (count, time.unwrap_or(if default.is_some() { Duration::MAX } else { LATEST })),
        };
        count.is_some_and(|count| unseen.chunks.len() >= count)
            || unseen.bytes > MOST_UNSEEN
            || unseen.since.is_some_and(|since| since.elapsed() >= time)
    }

    /// The model after all chunks it has learned from, if there were any.
    pub fn into_model(self) -> Option<Arc<M>> {
        self.board.newest().map(|newest| newest.model)
    }

    /// The next chunk, or the reason why it does not come. Where it fails, the model before it is published.
    fn take<R, T>(&mut self, chunk: Result<DatasetBase<R, T>>, unseen: &mut Unseen<DatasetBase<R, T>>) -> Result<()>
    where
        P: PartialFit<R, T, Model = M>,
        M: Clone,
        DatasetBase<R, T>: Footprint,
        R: Records,
    {
        let number = self.given;
        self.given += 1;
        let learned = chunk.and_then(|chunk| self.learn_caught(chunk, unseen));
        learned.map_err(|error| error.in_chunk(number)).inspect_err(|_| {
            self.restore(unseen);
            // The chunk's own error is the first one.
            let _ = self.publish(unseen);
        })
    }

    /// One chunk, in which a panic is an error like any other.
    fn learn_caught<R, T>(&mut self, chunk: DatasetBase<R, T>, unseen: &mut Unseen<DatasetBase<R, T>>) -> Result<()>
    where
        P: PartialFit<R, T, Model = M>,
        M: Clone,
        DatasetBase<R, T>: Footprint,
        R: Records,
    {
        let learned = caught_in("partial_fit", || self.step(&chunk));
        let dropped = caught_in("partial_fit", || {
            match learned {
                Ok(true) => unseen.add(chunk),
                _ => drop(chunk),
            }
            Ok(())
        });
        learned.map(|_| ()).and(dropped).map_err(|error| error.in_task("partial_fit"))
    }

    /// Says whether anything was learned.
    fn step<R, T>(&mut self, chunk: &DatasetBase<R, T>) -> Result<bool>
    where
        P: PartialFit<R, T, Model = M>,
        M: Clone,
        R: Records,
    {
        if chunk.records.nsamples() == 0 {
            return Ok(false);
        }
        // If learning fails, or panics, what was taken out is gone: it is made again from the published model.
        let before = self.ahead.take().or_else(|| self.copy());
        let (chunks, rows) = before.as_ref().map_or((0, 0), |before| (before.chunks, before.rows));
        let Some(model) = learn_chunk(&self.estimator, before.map(|before| before.model), chunk)? else {
            return Ok(false);
        };
        self.ahead = Some(State { model, chunks: chunks + 1, rows: rows + chunk.records.nsamples() });
        Ok(true)
    }

    /// Makes the model again that was lost with a chunk that failed: from the published one, by the chunks since. Bits are the
    /// same, for learning is a function of the model and the chunk. Should a chunk fail now that did not before, the model is
    /// the one after those before it.
    fn restore<R, T>(&mut self, unseen: &Unseen<DatasetBase<R, T>>)
    where
        P: PartialFit<R, T, Model = M>,
        M: Clone,
        R: Records,
    {
        if self.ahead.is_some() {
            return;
        }
        for chunk in &unseen.chunks {
            if caught_in("partial_fit", || self.step(chunk)).is_err() {
                return;
            }
        }
    }

    /// A copy of the published model, to go on from.
    fn copy(&self) -> Option<State<M>>
    where
        M: Clone,
    {
        let Published { model, chunks, rows } = self.board.newest()?;
        Some(State { model: M::clone(&model), chunks, rows })
    }

    /// # Errors
    /// That of a panic in the drop of a chunk, with the number of the last one.
    fn publish<D>(&mut self, unseen: &mut Unseen<D>) -> Result<()> {
        if let Some(State { model, chunks, rows }) = self.ahead.take() {
            self.board.publish(Published { model: Arc::new(model), chunks, rows });
        }
        let seen = std::mem::take(unseen);
        let dropped = caught_in("partial_fit", || {
            drop(seen);
            Ok(())
        });
        dropped.map_err(|error| error.in_chunk(self.given.saturating_sub(1)))
    }
}

/// The time for which readers do not see a chunk at most while others wait in a channel.
const LATEST: Duration = Duration::from_secs(1);

/// The bytes of chunks that are kept in case that a later one fails.
const MOST_UNSEEN: usize = 64 << 20;

/// The chunks that the model has learned from and that readers do not see yet.
struct Unseen<D> {
    chunks: Vec<D>,
    bytes: usize,
    /// When the first of them was learned.
    since: Option<Instant>,
}

impl<D> Default for Unseen<D> {
    fn default() -> Self {
        Unseen { chunks: Vec::new(), bytes: 0, since: None }
    }
}

impl<D: Footprint> Unseen<D> {
    fn add(&mut self, chunk: D) {
        self.since.get_or_insert_with(Instant::now);
        self.bytes += size_of::<D>() + chunk.heap_bytes();
        self.chunks.push(chunk);
    }
}

#[cfg(test)]
mod tests;
