//! Golden values of naive Bayes.

use chunkfit::bayes::{BernoulliNb, ComplementNb, EventModel, MultinomialNb, NaiveBayesParams};
use chunkfit::data::{Csr, CsrBuilder, Rows};
use linfa::traits::{FitWith, Predict};
use linfa::{DatasetBase, Float};
use ndarray::Array1;
use serde_json::Value;

use super::{cases, floats, sparse_rows};

fn csr<F: Float>(case: &Value) -> Csr<F> {
    let mut rows = CsrBuilder::new(case["n_features"].as_u64().expect("a number") as usize).expect("few columns");
    for row in sparse_rows(&case["x"]) {
        row.into_iter().for_each(|(column, value)| rows.push(column, F::cast(value)));
        rows.end_row().expect("ascending columns");
    }
    rows.finish()
}

/// Learns the case's chunks, as sparse and as dense rows, and compares with scikit-learn.
fn compare<K: EventModel, F: Float>(case: &Value, params: NaiveBayesParams<K, usize>, tolerance: f64) {
    let x = csr::<F>(case);
    let y: Array1<usize> = floats(&case["y"]).into_iter().map(|label| label as usize).collect();
    let (mut sparse, mut dense, mut start) = (None, None, 0);
    for n in floats(&case["chunks"]) {
        let rows: Vec<usize> = (start..start + n as usize).collect();
        start += rows.len();
        let (x, y) = (x.select_rows(&rows), y.select_rows(&rows));
        sparse = Some(params.fit_with(sparse, &DatasetBase::new(x.clone(), y.clone())).unwrap());
        dense = Some(params.fit_with(dense, &DatasetBase::new(x.to_dense(), y)).unwrap());
    }
    assert_eq!(start, x.n_rows());
    assert_eq!(sparse, dense);
    let model = sparse.unwrap();
    let what = format!("{} of {} classes, alpha {}", case["kind"], case["n_classes"], case["alpha"]);
    let expected: Vec<f64> = case["joint_log_likelihood"].as_array().unwrap().iter().flat_map(floats).collect();
    for joint in [model.predict_joint_log_proba(&x), model.predict_joint_log_proba(&x.to_dense())] {
        let joint = joint.unwrap();
        assert_eq!(joint.len(), expected.len(), "{what}");
        for (found, expected) in joint.iter().zip(&expected) {
            let found = found.to_f64().unwrap();
            assert!((found - expected).abs() <= tolerance * expected.abs(), "{what}: {found}, not {expected}");
        }
    }
    let labels: Vec<usize> = floats(&case["predict"]).into_iter().map(|label| label as usize).collect();
    assert_eq!(model.predict(&x).to_vec(), labels, "{what}");
}

#[test]
fn naive_bayes_is_that_of_scikit_learn() {
    for case in &cases("naive_bayes.json") {
        let alpha = case["alpha"].as_f64().unwrap();
        match case["kind"].as_str().unwrap() {
            "multinomial" => {
                compare::<_, f64>(case, MultinomialNb::params().alpha(alpha), 1e-12);
                compare::<_, f32>(case, MultinomialNb::params().alpha(alpha), 1e-6);
            }
            "complement" => {
                compare::<_, f64>(case, ComplementNb::params().alpha(alpha), 1e-12);
                compare::<_, f32>(case, ComplementNb::params().alpha(alpha), 1e-6);
            }
            "bernoulli" => {
                compare::<_, f64>(case, BernoulliNb::params().alpha(alpha), 1e-12);
                compare::<_, f32>(case, BernoulliNb::params().alpha(alpha), 1e-6);
            }
            other => panic!("unknown kind {other}"),
        }
    }
}
