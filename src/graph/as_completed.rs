//! `as_completed`: results of several futures, in the order in which they come.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};
use std::task::{Wake, Waker};

use super::future::Future;
use super::sync::{Condvar, Mutex, MutexGuard};
use crate::error::Result;

/// The results of several futures in the order in which they are done, each with its place in the list (dask's
/// `as_completed`).
///
/// Futures may be [added](AsCompleted::push) while the results of others come in. Dropping it cancels those that are left,
/// unless there are other handles on them.
///
/// ```
/// use chunkfit::graph::as_completed;
/// use chunkfit::{Chunks, Runtime};
/// let session = Runtime::new().threads(2).session()?;
/// let chunks = Chunks::from_fn("count", 4, |c| Ok(vec![c; 10]));
/// let powers = (1..4).map(|power| session.submit(chunks.map("power", move |chunk| chunk[1].pow(power))));
/// let mut sums = [0; 3];
/// for (place, powers) in as_completed(powers) {
///     sums[place] = powers?.iter().sum::<usize>();
/// }
/// assert_eq!(sums, [6, 14, 36]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
pub fn as_completed<T>(futures: impl IntoIterator<Item = Future<T>>) -> AsCompleted<T> {
    let mut completed = AsCompleted { futures: Vec::new(), left: 0, done: Arc::default() };
    futures.into_iter().for_each(|future| {
        completed.push(future);
    });
    completed
}

/// The results of several futures in the order in which they are done: see [`as_completed`].
#[derive(Debug)]
pub struct AsCompleted<T> {
    /// The futures whose results have not been given yet.
    futures: Vec<Option<Future<T>>>,
    left: usize,
    done: Arc<Done>,
}

/// The places of futures that are done.
#[derive(Debug, Default)]
struct Done {
    places: Mutex<VecDeque<usize>>,
    further: Condvar,
}

/// The place of one future.
struct Place {
    place: usize,
    done: Arc<Done>,
}

impl Wake for Place {
    fn wake(self: Arc<Self>) {
        self.done.lock().push_back(self.place);
        self.done.further.notify_one();
    }
}

impl Done {
    fn lock(&self) -> MutexGuard<'_, VecDeque<usize>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> usize {
        let mut places = self.lock();
        loop {
            match places.pop_front() {
                Some(place) => return place,
                None => places = self.further.wait(places).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

impl<T> AsCompleted<T> {
    /// Adds a future, and gives its place.
    pub fn push(&mut self, future: Future<T>) -> usize {
        let place = self.futures.len();
        let waker = Waker::from(Arc::new(Place { place, done: self.done.clone() }));
        if future.register(&waker) {
            waker.wake();
        }
        self.futures.push(Some(future));
        self.left += 1;
        place
    }
}

impl<T> Iterator for AsCompleted<T> {
    type Item = (usize, Result<T>);

    /// Waits for the next result.
    fn next(&mut self) -> Option<(usize, Result<T>)> {
        if self.left == 0 {
            return None;
        }
        let would_hang =
            |future: &Option<Future<T>>| future.as_ref().is_some_and(|future| future.check_thread().is_err());
        let place = match self.futures.iter().position(would_hang) {
            // Its `wait` says so.
            Some(place) => place,
            None => self.done.next(),
        };
        let future = self.futures[place].take()?;
        self.left -= 1;
        Some((place, future.wait()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}
