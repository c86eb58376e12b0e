//! Golden values of models made of parts: what they predict, and what one pass makes of them.

use chunkfit::estimator::DecisionFunction;
use chunkfit::linear::{Averaging, Loss, SgdClassifier, SgdOneClassSvm, SgdRegressor};
use linfa::ParamGuard;
use linfa::traits::Predict;
use ndarray::{Array1, Array2, Axis};
use serde_json::Value;

use crate::{cases, floats};

fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(floats).collect();
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

fn assert_close(found: &Array2<f64>, expected: &Value, what: &str) {
    let expected = matrix(expected);
    assert_eq!(found.dim(), expected.dim(), "{what}");
    let apart = found.iter().zip(&expected).map(|(a, b)| (a - b).abs() / (1.0 + b.abs())).fold(0.0, f64::max);
    assert!(apart < 1e-9, "{what} of {apart}");
}

#[test]
fn models_go_on_from_parts_as_scikit_learn_does_from_coef_init() {
    for case in cases("sgd_parts.json") {
        let (x, coef, intercept) =
            (matrix(&case["x"]), matrix(&case["coef"]), Array1::from(floats(&case["intercept"])));
        let average = case["params"]["average"].as_u64().map_or(Averaging::Off, |from| Averaging::From(from as usize));
        let kind = case["kind"].as_str().unwrap();
        let row = || coef.row(0).to_owned();
        let (before, after, t) = match kind {
            "classifier" => {
                let y = Array1::from(floats(&case["y"])).mapv(|label| label as usize);
                let classes: Vec<usize> = (0..coef.nrows().max(2)).collect();
                let parts = SgdClassifier::from_parts(classes, coef.clone(), intercept).unwrap();
                let params = SgdClassifier::params().loss(Loss::LogLoss).alpha(0.01).shuffle(false).average(average);
                let before = parts.decision_function(&x).unwrap();
                let model = params.check().unwrap().partial_fit_weighted(Some(parts), &x, y.view(), None).unwrap();
                (before, model.decision_function(&x).unwrap(), model.t())
            }
            "regressor" => {
                let parts = SgdRegressor::from_parts(row(), intercept[0]).unwrap();
                let params = SgdRegressor::params().alpha(0.01).shuffle(false).average(average).check().unwrap();
                let before = parts.predict(&x).insert_axis(Axis(1));
                let y = Array1::from(floats(&case["y"]));
                let model = params.partial_fit_weighted(Some(parts), &x, y.view(), None).unwrap();
                (before, model.predict(&x).insert_axis(Axis(1)), model.t())
            }
            _ => {
                let parts = SgdOneClassSvm::from_parts(row(), intercept[0]).unwrap();
                let params = SgdOneClassSvm::params().nu(0.3).shuffle(false).average(average).check().unwrap();
                let before = parts.decision_function(&x).unwrap();
                let model = params.partial_fit_weighted(Some(parts), &x, None).unwrap();
                (before, model.decision_function(&x).unwrap(), model.t())
            }
        };
        assert_close(&before, &case["before"], &format!("{kind} before"));
        assert_close(&after, &case["after"], &format!("{kind} after, {average:?}"));
        assert_eq!(t, case["t"].as_f64().unwrap());
    }
}
