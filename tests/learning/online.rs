//! A model that learns from a stream is the model of a chain over the chunks that came so far.

use std::fmt::Debug;
use std::sync::mpsc;

use chunkfit::combine::{Online, Published};
use chunkfit::data::Identified;
use chunkfit::estimator::PartialFit;
use chunkfit::linear::{SgdClassifierParams, SgdRegressor};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use linfa::dataset::Records;
use ndarray::{Array1, Array2};
use proptest::prelude::*;
use serde::Serialize;

type Dense<L> = DatasetBase<Array2<f64>, Array1<L>>;

/// Rows that differ from chunk to chunk; some chunks have none.
fn chunk<L>(c: usize, rows: usize, label: impl Fn(usize) -> L) -> Dense<L> {
    let x = Array2::from_shape_fn((rows, 3), |(i, j)| ((c * 31 + i * 7 + j * 3) as f64 * 0.7).sin().abs());
    DatasetBase::new(x, (0..rows).map(label).collect())
}

fn chunks<L>(sizes: &[usize], label: impl Fn(usize) -> L) -> Vec<Dense<L>> {
    sizes.iter().enumerate().map(|(c, &rows)| chunk(c, rows, &label)).collect()
}

/// The chain over the first chunks, one model for every number of them.
fn chained<P, R, T, M>(estimator: &P, chunks: &[DatasetBase<R, T>]) -> Vec<M>
where
    P: PartialFit<R, T, Model = M> + Identified + Serialize + Clone + Send + Sync + 'static,
    M: Clone + Send + Sync + 'static,
    R: Records + Clone + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
{
    let prefix = |n: usize| {
        let copies = chunks[..n].iter().map(|c| DatasetBase::new(c.records.clone(), c.targets.clone()));
        Runtime::new().compute(Chained::new(estimator.clone()).fit(&Chunks::from_memory(copies))).unwrap()
    };
    (1..=chunks.len()).map(prefix).collect()
}

fn law<P, T, M>(estimator: P, publish_every: usize, chunks: Vec<DatasetBase<Array2<f64>, T>>)
where
    P: PartialFit<Array2<f64>, T, Model = M> + Identified + Serialize + Clone + Send + Sync + 'static,
    M: Clone + PartialEq + Debug + Send + Sync + 'static,
    T: chunkfit::data::Chunk + Clone,
{
    let expected = chained(&estimator, &chunks);
    let (n, rows) = (chunks.len(), chunks.iter().map(|chunk| chunk.nsamples()).sum::<usize>());
    let mut online = Online::new(estimator).publish_every(publish_every);
    let reader = online.reader();
    for (c, chunk) in chunks.into_iter().enumerate() {
        online.learn([chunk]).unwrap();
        let newest = reader.newest().unwrap();
        assert_eq!((newest.chunks, &*newest.model), (c + 1, &expected[c]), "whatever is published, learn ends with it");
    }
    assert_eq!((reader.newest().unwrap().chunks, reader.newest().unwrap().rows), (n, rows));
    assert_eq!(*online.into_model().unwrap(), expected[n - 1]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn every_estimator_learns_from_a_stream_what_it_learns_in_a_chain(
        sizes in proptest::collection::vec(2usize..9, 1..6),
        publish_every in 0usize..4,
    ) {
        law(SgdClassifier::params(), publish_every, chunks(&sizes, |i| i % 2 == 0));
        law(SgdClassifier::params(), publish_every, chunks(&sizes, |i| i % 3));
        law(SgdRegressor::params(), publish_every, chunks(&sizes, |i| (i as f64).cos()));
        law(MultinomialNb::params(), publish_every, chunks(&sizes, |i| i % 2));
    }
}

const STORIES: [[&str; 2]; 4] =
    [["oil is up", "wheat is down"], ["oil and gas", "tea"], ["crude oil", "rye, wheat"], ["gas", "corn"]];

fn stories() -> impl Iterator<Item = DatasetBase<Text, Array1<bool>>> {
    let documents = |story: [&str; 2]| story.into_iter().collect::<Text>();
    STORIES.into_iter().map(move |story| DatasetBase::new(documents(story), Array1::from(vec![true, false])))
}

#[test]
fn a_pipeline_learns_from_a_channel_what_it_learns_around_a_chain() {
    let text = || HashingVectorizer::params().n_features(64);
    let around = Pipeline::new(text(), Chained::new(SgdClassifier::params()));
    let fit = Runtime::new().compute(around.fit(&Chunks::from_memory(stories()))).unwrap();

    let mut online = Online::new(Pipeline::new(text(), SgdClassifier::params()));
    let (sender, stream) = mpsc::sync_channel(1);
    std::thread::scope(|threads| {
        threads.spawn(move || stories().for_each(|chunk| sender.send(chunk).unwrap()));
        online.learn(stream).unwrap();
    });
    let learned = online.into_model().unwrap();
    assert_eq!(learned.model, fit.model);

    // A parameter that is out of range is told by the first chunk, whose number is told with it.
    let mut online = Online::new(Pipeline::new(text().n_features(0), SgdClassifier::params()));
    let error = online.learn(stories()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { .. }) && error.place().chunk == Some(0), "{error}");
}

#[test]
fn readers_see_whole_models_in_order_while_another_thread_sends_chunks() {
    let sizes = vec![20; 60];
    let data = || chunks(&sizes, |i| i % 2 == 0);
    let expected = chained(&SgdClassifier::params(), &data());
    let mut online = Online::new(SgdClassifier::params());
    let (sender, stream) = mpsc::sync_channel(0);
    let seen = std::thread::scope(|threads| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let reader = online.reader();
                threads.spawn(move || {
                    let mut seen: Vec<Published<_>> = Vec::new();
                    while seen.last().is_none_or(|newest| newest.chunks < 60) {
                        seen.extend(reader.newest());
                        std::thread::yield_now();
                    }
                    seen
                })
            })
            .collect();
        threads.spawn(move || data().into_iter().for_each(|chunk| sender.send(chunk).unwrap()));
        online.learn(stream).unwrap();
        readers.into_iter().map(|reader| reader.join().unwrap()).collect::<Vec<_>>()
    });
    for seen in seen {
        assert!(seen.is_sorted_by_key(|newest| newest.chunks));
        for newest in seen {
            assert_eq!((*newest.model).clone(), expected[newest.chunks - 1]);
            assert_eq!(newest.rows, 20 * newest.chunks);
        }
    }
}

#[test]
fn a_chunk_that_fails_leaves_the_model_as_it_was_and_is_named() {
    let data = || chunks(&[5, 5, 5, 5], |i| i % 2 == 0);
    let mut broken = data();
    broken[2].records[(1, 0)] = f64::NAN;
    // The chunks that are whole.
    let whole: Vec<_> = [0, 1, 3].into_iter().map(|c| data().swap_remove(c)).collect();
    let expected = chained(&SgdClassifier::params(), &whole);

    let mut online = Online::new(SgdClassifier::params());
    let reader = online.reader();
    let mut stream = broken.into_iter();
    let error = online.learn(stream.by_ref()).unwrap_err();
    let place = error.place();
    assert!(matches!(error.kind(), ErrorKind::NonFinite { .. }), "{error}");
    assert_eq!((place.chunk, place.row, place.task.as_deref()), (Some(2), Some(1), Some("partial_fit")));
    assert_eq!((reader.newest().unwrap().chunks, &*reader.newest().unwrap().model), (2, &expected[1]));
    online.learn(stream).unwrap();
    assert_eq!((reader.newest().unwrap().chunks, &*reader.newest().unwrap().model), (3, &expected[2]));

    // A chunk that does not come is named as well, and what came before it is published.
    let mut online = Online::new(SgdClassifier::params()).publish_every(10);
    let lost = Error::io("read", "pipe", std::io::Error::other("closed"));
    let some = data().into_iter().take(2).map(Ok).chain([Err(lost)]);
    assert_eq!(online.try_learn(some).unwrap_err().full_message(), "cannot read (file pipe, chunk 2): closed");
    assert_eq!((online.reader().newest().unwrap().chunks, &*online.into_model().unwrap()), (2, &expected[1]));
}

#[test]
fn a_failure_leaves_the_model_as_it_was_though_readers_had_not_seen_it() {
    let mut data = chunks(&[5; 8], |i| i % 2 == 0);
    data[6].records[(0, 0)] = f64::INFINITY;
    let expected = chained(&SgdClassifier::params(), &data[..6]);
    let mut online = Online::new(SgdClassifier::params()).publish_every(4);
    assert_eq!(online.learn(data).unwrap_err().place().chunk, Some(6));
    let newest = online.reader().newest().unwrap();
    assert_eq!((newest.chunks, newest.rows, &*newest.model), (6, 30, &expected[5]));
}

#[test]
fn learning_goes_on_from_a_model_and_skips_chunks_without_rows() {
    let data = chunks(&[5, 0, 6, 4], |i| i % 2 == 0);
    let first = chained(&SgdClassifier::params(), &data[..1]).pop().unwrap();
    let all = Runtime::new().compute(
        Chained::new(SgdClassifier::params()).fit(&Chunks::from_memory(chunks(&[5, 0, 6, 4], |i| i % 2 == 0))),
    );
    let mut online = Online::<SgdClassifierParams<bool>, _>::from_model(SgdClassifier::params(), first.clone());
    let begun = online.reader().newest().unwrap();
    assert_eq!((begun.chunks, begun.rows, &*begun.model), (0, 0, &first));
    online.learn(data.into_iter().skip(1)).unwrap();
    let newest = online.reader().newest().unwrap();
    assert_eq!((newest.chunks, newest.rows, &*newest.model), (2, 10, &all.unwrap()));
    assert_eq!(*begun.model, first, "what a reader holds does not change");
}
