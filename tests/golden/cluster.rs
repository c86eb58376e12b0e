//! Golden values of k-means, by mini-batches and by all rows; `cluster.py` made them.

use chunkfit::cluster::{Init, KMeans, MiniBatchKMeans};
use chunkfit::data::FeatureRows;
use chunkfit::data::{Csr, Rows};
use chunkfit::estimator::{LearnRows, TransformRows};
use linfa::ParamGuard;
use linfa::traits::PredictInplace;
use ndarray::{Array2, ArrayView2};
use serde_json::Value;

use crate::{cases, floats};

fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(floats).collect();
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
}

fn assert_near(found: ArrayView2<'_, f64>, expected: &Array2<f64>, tolerance: f64) {
    assert_eq!(found.dim(), expected.dim());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= tolerance, "{found} for {expected}");
    }
}

fn check<X: FeatureRows<Elem = f64>>(case: &Value, rows: impl Fn(&Value) -> X) {
    let params = MiniBatchKMeans::params().init(Init::Centers(matrix(&case["init"]))).reassignment_ratio(0.0);
    let params = params.check().unwrap();
    let mut model = None;
    for chunk in case["chunks"].as_array().unwrap() {
        let weights = chunk["weights"].as_array().map(|_| floats(&chunk["weights"]));
        let next = params.partial_fit_weighted(model, &rows(&chunk["x"]), weights.as_deref()).unwrap();
        assert_near(next.cluster_centers(), &matrix(&chunk["centers"]), 1e-12);
        model = Some(next);
    }
    let (model, test) = (model.unwrap(), rows(&case["test"]));
    assert_eq!(model.counts(), floats(&case["counts"]));
    let mut clusters = model.default_target(&test);
    model.predict_inplace(&test, &mut clusters);
    assert!(clusters.iter().map(|&cluster| cluster as f64).eq(floats(&case["labels"])));
    // There, distances lose half of their digits where they are small.
    assert_near(model.transform_rows(&test).unwrap().view(), &matrix(&case["distances"]), 1e-7);
    assert!((model.inertia(&test).unwrap() - case["inertia"].as_f64().unwrap()).abs() < 1e-10);
}

/// Over the chunks, pass after pass.
fn check_lloyd<X: FeatureRows<Elem = f64>>(case: &Value, rows: impl Fn(&Value) -> X) {
    let chunks: Vec<X> = case["chunks"].as_array().unwrap().iter().map(|chunk| rows(&chunk["x"])).collect();
    let all: Vec<Array2<f64>> = case["chunks"].as_array().unwrap().iter().map(|chunk| matrix(&chunk["x"])).collect();
    let all = Array2::concat_rows(&all.iter().collect::<Vec<_>>()).unwrap();
    let n_clusters = case["init"].as_array().unwrap().len();
    let begin = all.select_rows(&(0..n_clusters).collect::<Vec<_>>());
    for expected in case["lloyd"].as_array().unwrap() {
        let max_iter = expected["max_iter"].as_u64().unwrap() as usize;
        let params = KMeans::params().init(Init::Centers(begin.clone())).max_iter(max_iter).check().unwrap();
        let model = learned(&params, &chunks);
        assert_near(model.cluster_centers(), &matrix(&expected["centers"]), 1e-12);
        assert!(max_iter < 50 || model.has_converged());
        let inertia: f64 = chunks.iter().map(|chunk| model.inertia(chunk).unwrap()).sum();
        assert!((inertia - expected["inertia"].as_f64().unwrap()).abs() < 1e-10);
        let mut labels = floats(&expected["labels"]).into_iter();
        for chunk in &chunks {
            let mut clusters = model.default_target(chunk);
            model.predict_inplace(chunk, &mut clusters);
            clusters.iter().for_each(|&cluster| assert_eq!(Some(cluster as f64), labels.next()));
        }
    }
}

fn learned<X, P: LearnRows<X>>(params: &P, chunks: &[X]) -> P::Learned {
    let merge = |a, b| P::merge(a, b).unwrap();
    let first = chunks.iter().map(|chunk| params.learn(chunk).unwrap()).reduce(merge).unwrap();
    (1..params.n_passes()).fold(params.finish(first).unwrap(), |so_far, _| {
        let states = chunks.iter().map(|chunk| params.learn_again(&so_far, chunk).unwrap());
        params.finish_again(&so_far, states.reduce(merge).unwrap()).unwrap()
    })
}

#[test]
fn k_means() {
    for case in cases("cluster.json") {
        match case["sparse"].as_bool().unwrap() {
            true => check_lloyd(&case, |rows| Csr::from_dense(&matrix(rows)).unwrap()),
            false => check_lloyd(&case, matrix),
        }
    }
}

#[test]
fn mini_batch_k_means() {
    for case in cases("cluster.json") {
        match case["sparse"].as_bool().unwrap() {
            true => check(&case, |rows| Csr::from_dense(&matrix(rows)).unwrap()),
            false => check(&case, matrix),
        }
    }
}
