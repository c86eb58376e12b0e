//! Clusters and decompositions over chunks: what they equal, and on how many threads.

use chunkfit::cluster::{KMeans, MiniBatchKMeans};
use chunkfit::data::Rows;
use chunkfit::datasets::reuters::{self, Labelled, ReutersFiles};
use chunkfit::decomposition::{IncrementalPca, Pca, TruncatedSvd};
use chunkfit::estimator::{LearnRows, TransformRows};
use chunkfit::graph::Compute;
use chunkfit::prelude::*;
use linfa::traits::{Fit, FitWith, Predict};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Rows without targets.
fn points(c: usize) -> DatasetBase<Array2<f64>, Array1<()>> {
    let mut random = ChaCha8Rng::seed_from_u64(c as u64);
    let noise = Array2::from_shape_fn((40, 5), |(_, j)| random.gen_range(-1.0..1.0) * 2f64.powi(-(j as i32)));
    let corners = Array2::from_shape_fn((40, 5), |(i, j)| if (i * 7 + c) % 3 == j { 6.0 } else { 0.0 });
    DatasetBase::from(noise + corners)
}

fn compute<C: Compute>(threads: usize, targets: C) -> C::Output {
    Runtime::new().threads(threads).compute(targets).unwrap()
}

/// Chunk after chunk, pass after pass.
fn learned<X, P: LearnRows<X>>(params: &P, chunks: &[X]) -> P::Learned {
    let merge = |a, b| P::merge(a, b).unwrap();
    let first = chunks.iter().map(|chunk| params.learn(chunk).unwrap()).reduce(merge).unwrap();
    (1..params.n_passes()).fold(params.finish(first).unwrap(), |so_far, _| {
        let states = chunks.iter().map(|chunk| params.learn_again(&so_far, chunk).unwrap());
        params.finish_again(&so_far, states.reduce(merge).unwrap()).unwrap()
    })
}

#[test]
fn a_learned_decomposition_makes_as_many_passes_as_it_asks_for() {
    let stories = ReutersFiles::sample().open().unwrap();
    let data = stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD));
    let text = HashingVectorizer::params().n_features(1 << 12);
    let tfidf = TfidfTransformer::params();
    let svd = TruncatedSvd::params().n_components(8).n_iter(2);
    let learner = || Chained::new(SgdClassifier::params());
    let fit = Pipeline::steps(text.clone()).then(svd.clone()).estimator(learner()).fit(&data);

    // The same in memory, chunk after chunk.
    let vectorizer = text.clone().check().unwrap();
    let rows: Vec<Csr<f64>> =
        compute(1, data.map("rows", move |chunk| vectorizer.transform_text(&chunk.records).unwrap()));
    let params = svd.check().unwrap();
    let by_hand = learned(&params, &rows);
    let found = compute(1, (&fit, fit.score(&data)));
    let svd = &found.0.model.transformer;
    let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9 * b);
    assert!(near(svd.singular_values(), by_hand.singular_values()));
    assert!(svd.singular_values().windows(2).all(|pair| pair[0] > pair[1]));
    assert!(found.1 > 0.8, "{}", found.1);
    for runtime in [Runtime::new().threads(2), Runtime::new().threads(4).memory_limit(1 << 20)] {
        let again = runtime.compute((&fit, fit.score(&data))).unwrap();
        assert_eq!((&again.0.model.transformer, again.1), (svd, found.1));
    }
    // Behind another learned transformer, which its passes share.
    let third = Pipeline::steps(text).then(tfidf).then(TruncatedSvd::params().n_components(8));
    assert!(compute(2, third.estimator(learner()).fit(&data).score(&data)) > 0.8);
}

/// The singular values that scikit-learn's `TruncatedSVD(20, n_iter=30)` finds of the same rows, nearly all
/// converged.
const OF_REUTERS: [f64; 20] = [
    33.83994554,
    27.30455871,
    13.40225321,
    11.93617667,
    11.6464299,
    10.29915855,
    9.85717434,
    9.57374185,
    8.74497213,
    8.43319075,
    8.38516222,
    7.83187135,
    7.38432285,
    7.16884508,
    7.11746528,
    7.02209663,
    6.98900502,
    6.90344927,
    6.71176375,
    6.51164859,
];

#[test]
#[ignore = "needs the real data, in the folder that CHUNKFIT_DATA names"]
fn singular_values_of_reuters_are_those_of_scikit_learn() {
    let data = std::env::var_os("CHUNKFIT_DATA").expect("CHUNKFIT_DATA names the folder of the real data");
    let stories = reuters::open(std::path::Path::new(&data).join("reuters21578")).unwrap();
    let data = stories.map("label", |stories| reuters::acq_examples(stories, Labelled::EveryD));
    let text = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false).norm(None);
    let svd = TruncatedSvd::params().n_components(20);
    let steps = Pipeline::steps(text).then(TfidfTransformer::params()).then(svd);
    let fit = compute(2, steps.estimator(Chained::new(SgdClassifier::params())).fit(&data));
    let svd = fit.step::<2>();
    assert_eq!(svd.n_rows(), 19_716);
    for (k, (found, expected)) in svd.singular_values().iter().zip(OF_REUTERS).enumerate() {
        // With five iterations, the last ones have not: there, they are 0.4 % below as well.
        let wrong = 1.0 - found / expected;
        assert!((-1e-9..if k < 5 { 1e-6 } else { 0.01 }).contains(&wrong), "value {k}: {found} for {expected}");
    }
    assert!((svd.explained_variance_ratio().iter().sum::<f64>() - 0.1248).abs() < 1e-4);
}

#[test]
fn pca_over_chunks_is_pca_of_all_rows_and_incremental_pca_is_near() {
    let chunks = Chunks::from_fn("points", 6, |c| Ok(points(c)));
    let pca = Preprocess::new(Pca::params().n_components(3)).fit(&chunks);
    let incremental = Chained::new(IncrementalPca::params().n_components(3)).fit(&chunks);
    let (whole, near, projected, rows) = compute(
        2,
        (&pca, &incremental, incremental.transform(&chunks), chunks.map("rows", |chunk| chunk.records.clone())),
    );
    assert_eq!(near.axes().n_rows(), 240);
    let apart = &near.axes().components() - &whole.axes().components();
    assert!(apart.iter().all(|apart| apart.abs() < 0.02), "{apart}");
    for (projected, rows) in projected.iter().zip(&rows) {
        assert_eq!(projected.records, near.transform_rows(rows).unwrap());
    }
    let params = IncrementalPca::params().n_components(3).check().unwrap();
    let by_hand = rows.iter().fold(None, |model, rows| Some(params.partial_fit(model, rows).unwrap())).unwrap();
    for threads in [1, 2, 4] {
        assert_eq!(compute(threads, &incremental), by_hand);
        assert_eq!(*compute(threads, &pca), *whole);
    }
}

#[test]
fn chained_clusters_are_a_loop_over_the_chunks() {
    let chunks = Chunks::from_fn("points", 6, |c| Ok(points(c)));
    let params = MiniBatchKMeans::params().n_clusters(3).batch_size(15);
    let fit = Chained::new(params.clone()).epochs(2).fit(&chunks);
    let loops = (0..12).map(|turn| points(turn % 6));
    let by_hand = loops.fold(None, |model, chunk| Some(params.fit_with(model, &chunk).unwrap())).unwrap();
    for threads in [1, 2, 4] {
        let (model, clusters) = compute(threads, (&fit, fit.predict::<_, _, Array1<usize>>(&chunks)));
        assert_eq!(model, by_hand);
        assert_eq!(clusters[5], by_hand.predict(&points(5).records));
    }
    // Each of the three corners is a cluster.
    assert!(by_hand.inertia(&points(0).records).unwrap() < 40.0 * 2.0);
}

#[test]
fn k_means_is_the_same_wherever_chunks_end_and_in_whatever_order_they_come() {
    let chunks = Chunks::from_fn("points", 6, |c| Ok(points(c)));
    let backwards = Chunks::from_fn("points backwards", 6, |c| Ok(points(5 - c)));
    let params = KMeans::params().n_clusters(3).seed(3);
    let (fit, other) = (Preprocess::new(params.clone()).fit(&chunks), Preprocess::new(params.clone()).fit(&backwards));
    let rows = compute(1, chunks.map("rows", |chunk| chunk.records.clone()));
    let all = Array2::concat_rows(&rows.iter().collect::<Vec<_>>()).unwrap();
    let whole = params.fit(&DatasetBase::from(all)).unwrap();
    assert!(whole.has_converged() && whole.counts().iter().sum::<f64>() == 240.0);
    for threads in [1, 2, 4] {
        let (model, other, clusters, distances) =
            compute(threads, (&fit, &other, fit.predict::<_, _, Array1<usize>>(&chunks), fit.transform(&chunks)));
        for same in [&model, &other] {
            let apart = &same.cluster_centers() - &whole.cluster_centers();
            assert!(apart.iter().all(|apart| apart.abs() < 1e-12), "{apart}");
        }
        assert_eq!(clusters[4], whole.predict(&rows[4]));
        assert_eq!(distances[4].records, model.transform_rows(&rows[4]).unwrap());
        assert_eq!(*model, *compute(1, &fit));
    }
}

#[cfg(feature = "linfa-clustering")]
#[test]
fn k_means_of_linfa_learns_over_chunks_without_a_wrapper() {
    let chunks = Chunks::from_fn("points", 6, |c| Ok(points(c)));
    let params =
        linfa_clustering::KMeans::params_with(3, ChaCha8Rng::seed_from_u64(2), linfa_nn::distance::L2Dist).n_runs(5);
    let fit = Chained::opaque(params).epochs(2).fit(&chunks);
    let (model, clusters) = compute(2, (&fit, fit.predict::<_, _, Array1<usize>>(&chunks)));
    assert_eq!(model.centroids().dim(), (3, 5));
    for (c, clusters) in clusters.iter().enumerate() {
        for i in 3..40 {
            assert_eq!(clusters[i], clusters[i - 3], "row {i} of chunk {c}");
        }
    }
}
