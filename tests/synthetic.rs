//! Generated data: the same for the same seed, chunk by chunk, and as hard to learn as asked for.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

use chunkfit::Runtime;
use chunkfit::data::Text;
use chunkfit::datasets::synthetic::{Classification, Documents};
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::{Array1, Array2, Axis};

fn made(params: &Classification, n_chunks: usize, rows: usize) -> Vec<DatasetBase<Array2<f64>, Array1<usize>>> {
    Runtime::new().threads(2).compute(params.chunks(n_chunks, rows).unwrap()).unwrap()
}

#[test]
fn a_chunk_depends_on_the_seed_and_its_number_alone() {
    let (few, many) = (made(&Classification::new(1), 2, 50), made(&Classification::new(1), 4, 50));
    assert_eq!((&few[1].records, &few[1].targets), (&many[1].records, &many[1].targets));
    assert_ne!(many[0].records, many[1].records);
    assert_ne!(few[0].records, made(&Classification::new(2), 1, 50)[0].records);
    let key = || Classification::new(1).chunks(1, 50).unwrap().as_slice()[0].key();
    assert!(key() == key() && key().is_lasting());
}

#[test]
fn clusters_lie_around_the_corners_of_a_cube_and_noise_around_zero() {
    let params = Classification::new(3).n_informative(3).n_classes(4).class_sep(5.0).flip_y(0.0);
    let chunk = made(&params, 1, 20_000).remove(0);
    for class in 0..4 {
        let rows: Vec<usize> = (0..20_000).filter(|&i| chunk.targets[i] == class).collect();
        assert!((4_600..5_400).contains(&rows.len()), "{} rows of class {class}", rows.len());
        let means = chunk.records.select(Axis(0), &rows).mean_axis(Axis(0)).unwrap();
        // Classes are dealt round the corners: their number is the two low bits, the third is either.
        for (j, expected) in [(class & 1) as f64, (class >> 1) as f64, 0.5].into_iter().enumerate() {
            assert!((means[j] - 10.0 * (expected - 0.5)).abs() < 0.3, "class {class}, column {j}: {}", means[j]);
        }
        assert!(means.iter().skip(5).all(|mean| mean.abs() < 0.1));
    }
}

#[test]
fn the_share_of_random_labels_is_what_cannot_be_learned() {
    let base = Classification::new(5).n_clusters_per_class(1).class_sep(6.0);
    for flip_y in [0.0, 0.4] {
        let params = base.clone().flip_y(flip_y);
        let chunks = params.chunks(6, 1000).unwrap();
        let (train, test) = train_test_split(&chunks, 0.5, 1);
        let score = Chained::new(SgdClassifier::params()).fit(&train).score(&test);
        let accuracy = Runtime::new().compute(score).unwrap();
        assert!((accuracy - (1.0 - flip_y / 2.0)).abs() < 0.05, "{accuracy} with {flip_y}");
    }
}

#[test]
fn parameters_out_of_range_are_named() {
    let message = |params: Classification| params.chunks(1, 1).err().unwrap().to_string();
    assert!(message(Classification::new(0).n_features(3)).contains("n_features = 3"));
    assert!(message(Classification::new(0).n_classes(3)).contains("1 to 4 clusters"));
    assert!(message(Classification::new(0).flip_y(1.5)).contains("flip_y = 1.5"));
}

fn written(params: &Documents, n_chunks: usize, rows: usize) -> Vec<DatasetBase<Text, Array1<usize>>> {
    Runtime::new().threads(2).compute(params.chunks(n_chunks, rows).unwrap()).unwrap()
}

#[test]
fn documents_depend_on_the_seed_and_their_chunk_alone_and_are_as_long_as_asked_for() {
    let (few, many) = (written(&Documents::new(1), 2, 40), written(&Documents::new(1), 3, 40));
    assert_eq!((&few[1].records, &few[1].targets), (&many[1].records, &many[1].targets));
    assert_ne!(many[0].records, many[1].records);
    assert_ne!(few[0].records, written(&Documents::new(2), 1, 40)[0].records);
    for mean in [10, 130] {
        let chunk = written(&Documents::new(3).mean_length(mean), 1, 2000).remove(0);
        let lengths: Vec<usize> = chunk.records.iter().map(|text| text.split_whitespace().count()).collect();
        let found = lengths.iter().sum::<usize>() as f64 / lengths.len() as f64;
        assert!((found / mean as f64 - 1.0).abs() < 0.08, "{found} words, {mean} asked for");
        assert!(lengths.iter().all(|&length| (mean / 4..=mean * 5 / 2).contains(&length)));
        assert!(chunk.records.iter().all(|text| text.lines().all(|line| line.len() < 80)));
    }
}

#[test]
fn the_words_of_documents_tell_their_classes_apart_as_far_as_labels_are_true() {
    let accuracy = |params: Documents| {
        let text = HashingVectorizer::params().n_features(1 << 14);
        let (train, test) = train_test_split(&params.chunks(8, 500).unwrap(), 0.5, 1);
        let score = Pipeline::new(text, Chained::new(SgdClassifier::params().alpha(1e-5))).fit(&train).score(&test);
        Runtime::new().compute(score).unwrap()
    };
    let base = || Documents::new(5).n_classes(3).topic_share(0.5).flip_y(0.0);
    let (clear, noisy, same) = (accuracy(base()), accuracy(base().flip_y(0.6)), accuracy(base().topic_share(0.0)));
    assert!(clear > 0.9, "{clear}");
    assert!((noisy - 0.6).abs() < 0.08, "{noisy}: a third of the labels drawn at random are true");
    assert!((same - 1.0 / 3.0).abs() < 0.08, "{same}");
}

#[test]
fn parameters_of_documents_out_of_range_are_named() {
    let message = |params: Documents| params.chunks(1, 1).err().unwrap().to_string();
    assert!(message(Documents::new(0).n_words(2_999)).contains("3000 to 4294967295 for 2 classes"));
    assert!(message(Documents::new(0).n_classes(0)).contains("n_classes"));
    assert!(message(Documents::new(0).mean_length(3)).contains("mean_length = 3"));
    assert!(message(Documents::new(0).topic_share(0.6)).contains("topic_share = 0.6"));
    assert!(message(Documents::new(0).flip_y(-0.1)).contains("flip_y = -0.1"));
}
