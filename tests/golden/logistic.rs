//! Golden values of logistic regression.

use chunkfit::data::{Csr, CsrBuilder};
use chunkfit::estimator::PredictProba;
use chunkfit::linear::LogisticRegression;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array1;
use serde_json::Value;

use super::{cases, floats, sparse_rows};

fn csr(case: &Value) -> Csr<f64> {
    let mut rows = CsrBuilder::new(case["n_features"].as_u64().expect("a number") as usize).expect("few columns");
    for row in sparse_rows(&case["x"]) {
        row.into_iter().for_each(|(column, value)| rows.push(column, value));
        rows.end_row().expect("ascending columns");
    }
    rows.finish()
}

fn assert_close<'a>(found: impl ExactSizeIterator<Item = &'a f64>, expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.zip(expected) {
        assert!((found - expected).abs() < 1e-5, "{what}: {found} is not {expected}");
    }
}

#[test]
fn coefficients_and_probabilities_are_those_of_scikit_learn() {
    for (number, case) in cases("logistic_regression.json").iter().enumerate() {
        let x = csr(case);
        let y: Array1<usize> = floats(&case["y"]).into_iter().map(|y| y as usize).collect();
        let params = LogisticRegression::params()
            .c(case["C"].as_f64().unwrap())
            .penalize_intercept(case["intercept_penalized"].as_bool().unwrap())
            .tol(1e-12);
        let dense = params.fit(&DatasetBase::new(x.to_dense(), y.clone())).unwrap();
        let sparse = params.fit(&DatasetBase::new(x.clone(), y)).unwrap();
        let rows = |value: &Value| -> Vec<f64> { value.as_array().unwrap().iter().flat_map(floats).collect() };
        for (model, proba) in [(&dense, dense.predict_proba(&x.to_dense())), (&sparse, sparse.predict_proba(&x))] {
            assert!(model.converged());
            assert_close(model.coef().iter(), &rows(&case["coef"]), &format!("coef of case {number}"));
            assert_close(model.intercept().iter(), &floats(&case["intercept"]), &format!("intercept of case {number}"));
            assert_close(proba.unwrap().iter(), &rows(&case["proba"]), &format!("proba of case {number}"));
        }
    }
}
