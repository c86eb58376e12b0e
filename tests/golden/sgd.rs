//! Golden values of stochastic gradient descent.

use chunkfit::data::{Csr, CsrBuilder, Rows};
use chunkfit::linear::{
    Averaging, ClassWeight, DecisionFunction, LearningRate, Loss, Penalty, SgdClassifier, SgdClassifierParams,
};
use linfa::ParamGuard;
use ndarray::ArrayView1;
use serde_json::Value;

use crate::{cases, floats, sparse_rows};

const TOLERANCE: f64 = 1e-9;

/// The parameters that the case names; all others stay at their defaults.
fn params(case: &Value) -> SgdClassifierParams<usize> {
    let n_classes = case["n_classes"].as_u64().unwrap() as usize;
    let given = case["params"].as_object().unwrap();
    let number = |name: &str, default: f64| given.get(name).map_or(default, |value| value.as_f64().unwrap());
    let (epsilon, l1_ratio, power_t) = (number("epsilon", 0.1), number("l1_ratio", 0.15), number("power_t", 0.5));
    let mut params = SgdClassifier::params().shuffle(false).classes((0..n_classes).collect());
    for (name, value) in given {
        params = match &**name {
            "loss" => params.loss(match value.as_str().unwrap() {
                "hinge" => Loss::Hinge,
                "log_loss" => Loss::LogLoss,
                "modified_huber" => Loss::ModifiedHuber,
                "squared_hinge" => Loss::SquaredHinge,
                "perceptron" => Loss::Perceptron,
                "squared_error" => Loss::SquaredError,
                "huber" => Loss::Huber { epsilon },
                "epsilon_insensitive" => Loss::EpsilonInsensitive { epsilon },
                "squared_epsilon_insensitive" => Loss::SquaredEpsilonInsensitive { epsilon },
                other => panic!("unknown loss {other}"),
            }),
            "penalty" => params.penalty(match value.as_str() {
                Some("l2") => Penalty::L2,
                Some("l1") => Penalty::L1,
                Some("elasticnet") => Penalty::ElasticNet { l1_ratio },
                None => Penalty::None,
                Some(other) => panic!("unknown penalty {other}"),
            }),
            "learning_rate" => params.learning_rate(match value.as_str().unwrap() {
                "optimal" => LearningRate::Optimal,
                "constant" => LearningRate::Constant,
                "invscaling" => LearningRate::InvScaling { power_t },
                "adaptive" => LearningRate::Adaptive,
                other => panic!("unknown learning rate {other}"),
            }),
            "alpha" => params.alpha(value.as_f64().unwrap()),
            "eta0" => params.eta0(value.as_f64().unwrap()),
            "fit_intercept" => params.fit_intercept(value.as_bool().unwrap()),
            "average" => params.average(Averaging::From(value.as_u64().unwrap_or(1) as usize)),
            "class_weight" => {
                params.class_weight(ClassWeight::ByLabel(floats(value).into_iter().enumerate().collect()))
            }
            "epsilon" | "l1_ratio" | "power_t" => params,
            other => panic!("unknown parameter {other}"),
        };
    }
    params
}

fn matrix(case: &Value) -> Csr<f64> {
    let mut x = CsrBuilder::new(case["n_features"].as_u64().unwrap() as usize).unwrap();
    for row in sparse_rows(&case["x"]) {
        row.into_iter().for_each(|(column, value)| x.push(column, value));
        x.end_row().unwrap();
    }
    x.finish()
}

fn assert_close<'a>(what: &str, found: impl IntoIterator<Item = &'a f64>, expected: &Value, case: &Value) {
    let expected: Vec<f64> = match expected[0].is_array() {
        true => expected.as_array().unwrap().iter().flat_map(floats).collect(),
        false => floats(expected),
    };
    let found: Vec<f64> = found.into_iter().copied().collect();
    assert_eq!(found.len(), expected.len(), "{what}");
    for (k, (found, expected)) in found.iter().zip(&expected).enumerate() {
        let close = (found - expected).abs() <= TOLERANCE * expected.abs().max(1.0);
        assert!(close, "{what}[{k}] is {found}, not {expected}; {} classes, {}", case["n_classes"], case["params"]);
    }
}

#[test]
fn sgd_classifier_is_that_of_scikit_learn() {
    for case in &cases("sgd_classifier.json") {
        let params = params(case).check().unwrap();
        let x = matrix(case);
        let y: Vec<usize> = floats(&case["y"]).into_iter().map(|label| label as usize).collect();
        let weights = case.get("sample_weight").map(floats);

        let (mut model, mut start) = (None, 0);
        for n in floats(&case["chunks"]) {
            let rows = start..start + n as usize;
            start = rows.end;
            let weights = weights.as_ref().map(|weights| &weights[rows.clone()]);
            let chunk = x.slice_rows(rows.clone()).to_owned();
            model = Some(params.partial_fit_weighted(model, &chunk, ArrayView1::from(&y[rows]), weights).unwrap());
        }
        let model = model.unwrap();
        assert_eq!(start, x.n_rows());

        assert_close("coef", &model.coef(), &case["coef"], case);
        assert_close("intercept", &model.intercept(), &case["intercept"], case);
        assert_close("decision", &model.decision_function(&x).unwrap(), &case["decision"], case);
        assert_eq!(Some(model.t()), case["t"].as_f64());
    }
}
