//! Golden values of ridge classification.

use chunkfit::combine::{Averaged, Concatenated, FitChunks, Summed};
use chunkfit::data::{Chunk, Csr, FeatureRows, Float, Footprint, Rows, Shared};
use chunkfit::estimator::{DecisionFunction, TryPredict};
use chunkfit::linear::{ClassWeight, RidgeClassifier, RidgeClassifierParams};
use chunkfit::{Chunks, Runtime};
use linfa::DatasetBase;
use ndarray::{Array1, Array2};
use serde_json::Value;

use super::{cases, floats};

fn numbers(value: &Value) -> Vec<f64> {
    let numbers = |x: &Value| x.as_f64().map_or_else(|| numbers(x), |x| vec![x]);
    value.as_array().unwrap().iter().flat_map(numbers).collect()
}

fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(floats).collect();
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

fn labels(value: &Value) -> Array1<usize> {
    floats(value).into_iter().map(|label| label as usize).collect()
}

fn params(case: &Value) -> RidgeClassifierParams<usize> {
    let class_weight = match &case["class_weight"] {
        Value::Null => ClassWeight::Uniform,
        Value::String(_) => ClassWeight::Balanced,
        pairs => {
            ClassWeight::ByLabel(matrix(pairs).rows().into_iter().map(|pair| (pair[0] as usize, pair[1])).collect())
        }
    };
    let params = RidgeClassifier::params().alpha(case["alpha"].as_f64().unwrap()).class_weight(class_weight);
    params.fit_intercept(case["intercept"].as_bool().unwrap()).tol(1e-14)
}

/// The model is scikit-learn's.
fn check<F: Float, X: FeatureRows<Elem = F>>(
    case: &Value,
    (model, asked): (&RidgeClassifier<F, usize>, &X),
    tolerance: f64,
    way: &str,
) {
    let what = format!("{} classes, alpha {}, {way}", case["classes"], case["alpha"]);
    let check = |name: &str, found: Vec<F>| {
        let expected = numbers(&case[name]);
        assert_eq!(found.len(), expected.len(), "{name} of {what}");
        let size = expected.iter().fold(1.0, |most: f64, x| most.max(x.abs()));
        for (found, expected) in found.iter().zip(expected) {
            let found = found.to_f64().unwrap();
            assert!((found - expected).abs() <= tolerance * size, "{name} of {what}: {found}, not {expected}");
        }
    };
    assert!(model.converged(), "{what}");
    check("coef", model.coef().iter().copied().collect());
    check("coef_0", model.intercept().to_vec());
    check("decision", model.decision_function(asked).unwrap().iter().copied().collect());
    assert_eq!(model.try_predict(asked).unwrap(), labels(&case["predicted"]), "{what}");
}

/// All rows at once, in passes over chunks, and by the normal equations of chunks.
fn compare<F, X>(case: &Value, wrap: impl Fn(&Array2<f64>) -> X, tolerance: f64)
where
    F: Float,
    X: FeatureRows<Elem = F> + Rows + Clone + Footprint + Shared,
    DatasetBase<X, Array1<usize>>: Chunk + Rows,
{
    let data = DatasetBase::new(wrap(&matrix(&case["x"])), labels(&case["y"]));
    let data = match &case["sample_weight"] {
        Value::Null => data,
        weights => data.with_weights(floats(weights).into_iter().map(|weight| weight as f32).collect()),
    };
    let n = data.n_rows();
    // One is empty.
    let parts = [0..n / 3, 0..0, n / 3..n].map(|rows| data.select_rows(&rows.collect::<Vec<_>>()));
    let (chunks, params, asked) = (Chunks::from_memory(parts), params(case), wrap(&matrix(&case["asked"])));
    let whole = Concatenated::new(params.clone()).fit(&chunks);
    let summed = Summed::new(params.clone()).fit(&chunks);
    let (whole, summed) = Runtime::new().compute((whole, summed)).unwrap();
    check(case, (&whole, &asked), tolerance, "fit");
    check(case, (&summed, &asked), tolerance, "summed");
    let averaged = Runtime::new().compute(Averaged::new(params).fit(&chunks));
    if case["class_weight"] == "balanced" {
        assert!(averaged.unwrap_err().to_string().contains("Summed counts first"));
    } else {
        check(case, (&averaged.unwrap(), &asked), tolerance, "averaged");
    }
}

#[test]
fn ridge_classification_is_that_of_scikit_learn() {
    for case in &cases("ridge_classifier.json") {
        let far = case["shift"].as_f64().unwrap() > 0.0;
        let tolerance = if far { 1e-9 } else { 1e-10 };
        compare(case, Array2::clone, tolerance);
        compare(case, |x| Csr::from_dense(x).unwrap(), tolerance);
        if !far {
            compare(case, |x| x.mapv(|x| x as f32), 1e-5);
        }
    }
}
