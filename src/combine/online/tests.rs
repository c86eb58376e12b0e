//! Tests of online learning: what is published when, and what a chunk that fails leaves.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Sender, channel};

use ndarray::{Array1, Array2, array};

use super::*;
use crate::error::{Error, ErrorKind};

type Chunk = DatasetBase<Array2<f64>, Array1<()>>;

/// The number of copies of models that were made.
#[derive(Clone, Default)]
struct Copies(Arc<AtomicUsize>);

/// The first number of every chunk; counts its copies.
#[derive(Debug)]
struct Seen {
    numbers: Vec<f64>,
    copies: Arc<AtomicUsize>,
}

impl Clone for Seen {
    fn clone(&self) -> Self {
        self.copies.fetch_add(1, SeqCst);
        Seen { numbers: self.numbers.clone(), copies: self.copies.clone() }
    }
}

/// Refuses negative numbers.
impl PartialFit<Array2<f64>, Array1<()>> for Copies {
    type Model = Seen;

    fn partial_fit(&self, model: Option<Seen>, chunk: &Chunk) -> Result<Seen> {
        let mut model = model.unwrap_or_else(|| Seen { numbers: Vec::new(), copies: self.0.clone() });
        model.numbers.push(chunk.records[(0, 0)]);
        match chunk.records[(0, 0)] {
            x if x < 0.0 => Err(Error::parameter("x", x, "0 or more")),
            _ => Ok(model),
        }
    }
}

fn chunk(x: f64) -> Chunk {
    DatasetBase::new(array![[x]], array![()])
}

fn send(sender: &Sender<Chunk>, numbers: impl IntoIterator<Item = f64>) {
    numbers.into_iter().for_each(|x| sender.send(chunk(x)).unwrap());
}

fn newest(reader: &ModelReader<Seen>) -> Vec<f64> {
    reader.newest().map(|newest| newest.model.numbers.clone()).unwrap_or_default()
}

#[test]
fn all_that_waits_in_a_channel_costs_one_copy() {
    let (copies, (sender, receiver)) = (Copies::default(), channel());
    send(&sender, (0..400).map(f64::from));
    let mut online = Online::new(copies.clone());
    let (reader, learner) = (online.reader(), &mut online);
    std::thread::scope(|scope| {
        scope.spawn(move || learner.learn_channel(&receiver).unwrap());
        while newest(&reader).len() < 400 {
            std::thread::yield_now();
        }
        // The channel is open and empty: readers see all of it, and then what comes later.
        send(&sender, [400.0]);
        drop(sender);
    });
    assert_eq!(newest(&reader), (0..401).map(f64::from).collect::<Vec<_>>());
    // One a second at most, however slow the machine is, and one for the last chunk.
    assert!(copies.0.load(SeqCst) < 10, "{} copies", copies.0.load(SeqCst));
}

#[test]
fn a_chunk_that_fails_takes_nothing_of_what_waited_before_it() {
    let (copies, (sender, receiver)) = (Copies::default(), channel());
    send(&sender, [1.0, 2.0, -1.0, 3.0, 4.0]);
    drop(sender);
    let mut online = Online::new(copies);
    let error = online.learn_channel(&receiver).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { .. }) && error.place().chunk == Some(2), "{error}");
    assert_eq!(newest(&online.reader()), [1.0, 2.0]);
    online.learn_channel(&receiver).unwrap();
    assert_eq!(newest(&online.reader()), [1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn a_model_is_published_by_count_or_by_time() {
    let seen_at = |online: Online<Copies, Seen>| {
        let (mut online, mut seen) = (online, Vec::new());
        let reader = online.reader();
        let stream = (0..6).map(|x| {
            seen.push(newest(&reader).len());
            chunk(f64::from(x))
        });
        online.learn(stream).unwrap();
        assert_eq!(newest(&reader).len(), 6);
        seen
    };
    let online = || Online::new(Copies::default());
    assert_eq!(seen_at(online()), [0, 1, 2, 3, 4, 5]);
    assert_eq!(seen_at(online().publish_every(4)), [0, 0, 0, 0, 4, 4]);
    assert_eq!(seen_at(online().publish_every_duration(Duration::from_secs(3600))), [0; 6]);
    assert_eq!(seen_at(online().publish_every_duration(Duration::ZERO)), [0, 1, 2, 3, 4, 5]);
    let either = online().publish_every_duration(Duration::from_secs(3600)).publish_every(3);
    assert_eq!(seen_at(either), [0, 0, 0, 3, 3, 3]);
}

#[test]
fn the_time_runs_while_the_channel_is_empty() {
    let (sender, receiver) = channel();
    let mut online = Online::new(Copies::default()).publish_every_duration(Duration::from_millis(20));
    let (reader, learner) = (online.reader(), &mut online);
    std::thread::scope(|scope| {
        scope.spawn(move || learner.learn_channel(&receiver).unwrap());
        let sent = Instant::now();
        send(&sender, [1.0]);
        while newest(&reader).is_empty() {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(sent.elapsed() >= Duration::from_millis(20), "sooner than it may: {:?}", sent.elapsed());
        drop(sender);
    });
}

#[test]
fn large_chunks_are_published_sooner_for_they_are_kept_in_case_a_later_one_fails() {
    let mut online = Online::new(Copies::default()).publish_every(100);
    let reader = online.reader();
    let mut seen = Vec::new();
    let stream = (0..4).map(|x| {
        seen.push(newest(&reader).len());
        DatasetBase::new(Array2::from_elem((1, (MOST_UNSEEN / 8) * 2 / 3), f64::from(x)), array![()])
    });
    online.learn(stream).unwrap();
    assert_eq!(seen, [0, 0, 2, 2]);
}
