//! Golden values of nearest centroids.

use chunkfit::data::{Csr, FeatureRows, Float, Rows};
use chunkfit::estimator::{DecisionFunction, PredictProba, TryPredict};
use chunkfit::linear::{NearestCentroid, NearestCentroidParams, Priors};
use linfa::DatasetBase;
use linfa::traits::FitWith;
use ndarray::{Array1, Array2};
use serde_json::Value;

use super::{cases, floats};

fn numbers(value: &Value) -> Vec<f64> {
    let numbers = |x: &Value| x.as_f64().map_or_else(|| numbers(x), |x| vec![x]);
    value.as_array().unwrap().iter().flat_map(numbers).collect()
}

fn matrix(value: &Value) -> Array2<f64> {
    let rows = value.as_array().unwrap().len();
    let all = numbers(value);
    Array2::from_shape_vec((rows, all.len() / rows), all).unwrap()
}

fn labels(value: &Value) -> Array1<usize> {
    floats(value).into_iter().map(|label| label as usize).collect()
}

fn params(case: &Value) -> NearestCentroidParams<usize> {
    let priors = match &case["priors"] {
        Value::String(name) if name == "uniform" => Priors::Uniform,
        Value::String(name) if name == "empirical" => Priors::Empirical,
        given => Priors::Given(floats(given)),
    };
    let classes = (0..case["classes"].as_u64().unwrap() as usize).collect();
    NearestCentroid::params().priors(priors).shrink_threshold(case["shrink_threshold"].as_f64()).classes(classes)
}

/// Learns the case's rows in two chunks, and compares with scikit-learn.
fn compare<F: Float, X: FeatureRows<Elem = F> + Rows>(case: &Value, wrap: impl Fn(&Array2<f64>) -> X, tolerance: f64) {
    let data = DatasetBase::new(wrap(&matrix(&case["x"])), labels(&case["y"]));
    let data = match &case["sample_weight"] {
        Value::Null => data,
        weights => data.with_weights(floats(weights).into_iter().map(|weight| weight as f32).collect()),
    };
    let chunks = [0..13, 13..40].map(|rows| data.select_rows(&rows.collect::<Vec<_>>()));
    let params = params(case);
    let learned = chunks.iter().fold(None, |model, chunk| Some(params.fit_with(model, chunk).unwrap()));
    let model = learned.unwrap();
    let x = wrap(&matrix(&case["asked"]));
    let wide = |values: Array2<F>| values.iter().map(|value| value.to_f64().unwrap()).collect::<Vec<f64>>();
    let check = |what: &str, found: Vec<f64>| {
        let expected = numbers(&case[what]);
        assert_eq!(found.len(), expected.len(), "{what}");
        let size = expected.iter().fold(1.0, |most: f64, x| most.max(x.abs()));
        for (found, expected) in found.iter().zip(&expected) {
            let what = format!("{what} of {} by {} + {}", case["classes"], case["priors"], case["shift"]);
            assert!((found - expected).abs() <= tolerance * size, "{what}: {found}, not {expected}");
        }
    };
    check("centroids", model.centroids().unwrap().iter().copied().collect());
    check("class_prior", model.class_prior().unwrap().to_vec());
    check("within_class_std_dev", model.within_class_std_dev().unwrap().to_vec());
    check("decision", wide(model.decision_function(&x).unwrap()));
    check("log_proba", wide(model.predict_log_proba(&x).unwrap()));
    check("proba", wide(model.predict_proba(&x).unwrap()));
    assert_eq!(model.try_predict(&x).unwrap(), labels(&case["predicted"]));
}

#[test]
fn nearest_centroid_is_that_of_scikit_learn() {
    for case in &cases("nearest_centroid.json") {
        // scikit-learn's distances are made of products, which lose digits where the values are large.
        let far = case["shift"].as_f64().unwrap() > 0.0;
        compare(case, Array2::clone, if far { 1e-6 } else { 1e-10 });
        compare(case, |x| Csr::from_dense(x).unwrap(), if far { 1e-6 } else { 1e-10 });
        if !far {
            compare(case, |x| x.mapv(|x| x as f32), 1e-5);
        }
    }
}
