//! Golden values of mini-batch k-means; `cluster.py` made them.

use chunkfit::cluster::{Init, MiniBatchKMeans};
use chunkfit::data::Csr;
use chunkfit::linear::FeatureRows;
use chunkfit::preprocessing::TransformRows;
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

#[test]
fn mini_batch_k_means() {
    for case in cases("cluster.json") {
        match case["sparse"].as_bool().unwrap() {
            true => check(&case, |rows| Csr::from_dense(&matrix(rows)).unwrap()),
            false => check(&case, matrix),
        }
    }
}
