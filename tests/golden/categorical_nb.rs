//! Golden values of categorical naive Bayes.

use chunkfit::bayes::{CategoricalNb, NaiveBayesParams};
use chunkfit::data::{Csr, FeatureRows, Float, Rows};
use chunkfit::estimator::TryPredict;
use linfa::DatasetBase;
use linfa::traits::FitWith;
use ndarray::{Array1, Array2};
use serde_json::Value;

use super::{cases, floats};

/// Numbers row by row; `None` for an infinite one.
fn numbers(value: &Value) -> Vec<Option<f64>> {
    let numbers = |x: &Value| if x.is_array() { numbers(x) } else { vec![x.as_f64()] };
    value.as_array().unwrap().iter().flat_map(numbers).collect()
}

fn codes(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(floats).collect();
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

fn labels(value: &Value) -> Array1<usize> {
    floats(value).into_iter().map(|label| label as usize).collect()
}

fn params(case: &Value) -> NaiveBayesParams<chunkfit::bayes::Categorical, usize> {
    let params = CategoricalNb::params().classes((0..case["classes"].as_u64().unwrap() as usize).collect());
    let params = params.alpha(case["alpha"].as_f64().unwrap()).force_alpha(case["force_alpha"].as_bool().unwrap());
    let params = params.fit_prior(case["fit_prior"].as_bool().unwrap());
    let params = match &case["class_prior"] {
        Value::Null => params,
        prior => params.class_prior(floats(prior)),
    };
    match &case["min_categories"] {
        Value::Null => params,
        Value::Number(least) => params.min_categories(least.as_u64().unwrap() as usize),
        each => params.min_categories_each(floats(each).into_iter().map(|least| least as usize).collect()),
    }
}

/// Learns the case's chunks, one after the other and each by itself, and compares with scikit-learn.
fn compare<F: Float, X: FeatureRows<Elem = F> + Rows>(case: &Value, wrap: impl Fn(&Array2<f64>) -> X, tolerance: f64) {
    let data = DatasetBase::new(wrap(&codes(&case["x"])), labels(&case["y"]));
    let data = match &case["sample_weight"] {
        Value::Null => data,
        weights => data.with_weights(floats(weights).into_iter().map(|weight| weight as f32).collect()),
    };
    let (params, mut start) = (params(case), 0);
    let chunk = |n: f64| {
        let rows: Vec<usize> = (start..start + n as usize).collect();
        start += rows.len();
        data.select_rows(&rows)
    };
    let chunks: Vec<_> = floats(&case["chunks"]).into_iter().map(chunk).collect();
    let model = chunks.iter().fold(None, |model, chunk| Some(params.fit_with(model, chunk).unwrap())).unwrap();
    let apart = chunks.iter().rev().map(|chunk| params.fit_with(None, chunk).unwrap());
    assert_eq!(apart.reduce(|a, b| a.merge(b).unwrap()).unwrap(), model);

    let what = format!("{} classes, alpha {}", case["classes"], case["alpha"]);
    let check = |name: &str, found: Vec<f64>| {
        let expected = numbers(&case[name]);
        assert_eq!(found.len(), expected.len(), "{name} of {what}");
        for (found, expected) in found.iter().zip(expected) {
            let close = expected.map_or(found.is_infinite(), |x| (found - x).abs() <= tolerance * x.abs().max(1.0));
            assert!(close, "{name} of {what}: {found}, not {expected:?}");
        }
    };
    let asked = wrap(&codes(&case["asked"]));
    let wide = |values: Array2<F>| values.iter().map(|value| value.to_f64().unwrap()).collect::<Vec<f64>>();
    let categories: Vec<f64> = model.n_categories().into_iter().map(|n| n as f64).collect();
    check("n_categories", categories);
    check("category_count", model.category_count().iter().flatten().copied().collect());
    check("class_log_prior", model.class_log_prior().unwrap().to_vec());
    check("joint", wide(model.predict_joint_log_proba(&asked).unwrap()));
    // scikit-learn's are NaN where every class is ruled out.
    if case["alpha"].as_f64().unwrap() > 0.0 {
        check("log_proba", wide(model.predict_log_proba(&asked).unwrap()));
    }
    assert_eq!(model.try_predict(&asked).unwrap(), labels(&case["predicted"]), "{what}");
}

#[test]
fn categorical_naive_bayes_is_that_of_scikit_learn() {
    for case in &cases("categorical_nb.json") {
        compare(case, Array2::clone, 1e-12);
        compare(case, |x| Csr::from_dense(x).unwrap(), 1e-12);
        compare(case, |x| x.mapv(|x| x as f32), 1e-6);
    }
}
