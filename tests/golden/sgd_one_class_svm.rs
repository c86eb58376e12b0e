//! Golden values of one-class support vector machines.

use chunkfit::data::Csr;
use chunkfit::data::FeatureRows;
use chunkfit::estimator::DecisionFunction;
use chunkfit::linear::{Averaging, LearningRate, SgdOneClassSvm, SgdOneClassSvmParams};
use linfa::ParamGuard;
use linfa::traits::PredictInplace;
use ndarray::{Array2, Axis, Slice};
use serde_json::Value;

use crate::{cases, floats};

/// The parameters that the case names; all others stay at their defaults.
fn params(case: &Value) -> SgdOneClassSvmParams {
    let given = case["params"].as_object().unwrap();
    let mut params = SgdOneClassSvm::params().shuffle(false);
    for (name, value) in given {
        params = match &**name {
            "nu" => params.nu(value.as_f64().unwrap()),
            "eta0" => params.eta0(value.as_f64().unwrap()),
            "fit_intercept" => params.fit_intercept(value.as_bool().unwrap()),
            "average" => params.average(Averaging::From(value.as_u64().unwrap_or(1) as usize)),
            "learning_rate" => params.learning_rate(match value.as_str().unwrap() {
                "constant" => LearningRate::Constant,
                "invscaling" => LearningRate::InvScaling { power_t: given["power_t"].as_f64().unwrap() },
                "adaptive" => LearningRate::Adaptive,
                other => panic!("unknown learning rate {other}"),
            }),
            "power_t" => params,
            "max_iter" => params.epochs(value.as_u64().unwrap() as usize),
            "tol" => params.tol(value.as_f64()),
            other => panic!("unknown parameter {other}"),
        };
    }
    params
}

fn check<X: FeatureRows<Elem = f64>>(case: &Value, wrap: impl Fn(Array2<f64>) -> X) {
    let rows: Vec<f64> = case["x"].as_array().unwrap().iter().flat_map(floats).collect();
    let x = Array2::from_shape_vec((24, 6), rows).unwrap();
    let weights = case["sample_weight"].as_array().map(|_| floats(&case["sample_weight"]));
    let params = params(case).check().unwrap();
    let model = if case["whole"].as_bool().unwrap() {
        params.fit_weighted(&wrap(x.clone()), weights.as_deref()).unwrap()
    } else {
        let (mut model, mut start) = (None, 0);
        for rows in floats(&case["chunks"]) {
            let span = start..start + rows as usize;
            let chunk = wrap(x.slice_axis(Axis(0), Slice::from(span.clone())).to_owned());
            let weights = weights.as_ref().map(|weights| &weights[span.clone()]);
            model = Some(params.partial_fit_weighted(model, &chunk, weights).unwrap());
            start = span.end;
        }
        model.unwrap()
    };

    let x = wrap(x);
    let assert_close = |what: &str, found: Vec<f64>| {
        let expected = if case[what].is_array() { floats(&case[what]) } else { vec![case[what].as_f64().unwrap()] };
        assert_eq!(found.len(), expected.len(), "{what}");
        for (found, expected) in found.iter().zip(&expected) {
            let close = (found - expected).abs() <= 1e-9 * expected.abs().max(1.0);
            assert!(close, "{what} is {found}, not {expected}; {} {}", case["sparse"], case["params"]);
        }
    };
    assert_close("coef", model.coef().to_vec());
    assert_close("offset", vec![model.offset()]);
    assert_close("decision", model.decision_function(&x).unwrap().into_iter().collect());
    assert_close("score", model.score_samples(&x).unwrap().to_vec());
    assert_close("t", vec![model.t()]);
    assert_close("n_iter", vec![model.n_iter() as f64]);
    let mut inliers = model.default_target(&x);
    model.predict_inplace(&x, &mut inliers);
    assert_close("predicted", inliers.iter().map(|&inlier| if inlier { 1.0 } else { -1.0 }).collect());
}

#[test]
fn sgd_one_class_svm_is_that_of_scikit_learn() {
    for case in &cases("sgd_one_class_svm.json") {
        match case["sparse"].as_bool().unwrap() {
            true => check(case, |x| Csr::from_dense(&x).unwrap()),
            false => check(case, |x| x),
        }
    }
}
