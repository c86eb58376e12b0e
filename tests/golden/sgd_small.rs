//! Golden values of stochastic gradient descent over a few rows, all parameters at once.

use chunkfit::data::FeatureRows;
use chunkfit::data::{Csr, CsrBuilder, Rows};
use chunkfit::linear::{
    Averaging, ClassWeight, LearningRate, Loss, Penalty, SgdClassifier, SgdClassifierParams, SgdOneClassSvm,
    SgdOneClassSvmParams, SgdRegressor, SgdRegressorParams,
};
use linfa::ParamGuard;
use ndarray::{Array1, Array2};
use serde_json::Value;

use crate::{cases, floats, sgd};

const COLUMNS: usize = 3;

/// What a case was fitted on, and what came out.
struct Fitted {
    coef: Vec<f64>,
    intercept: Vec<f64>,
    n_iter: usize,
}

fn number(case: &Value, name: &str, default: f64) -> f64 {
    case["params"].get(name).and_then(Value::as_f64).unwrap_or(default)
}

fn text<'a>(case: &'a Value, name: &str) -> Option<&'a str> {
    case["params"].get(name).and_then(Value::as_str)
}

fn loss(case: &Value) -> Loss {
    sgd::loss(text(case, "loss").unwrap(), number(case, "epsilon", 0.1))
}

fn penalty(case: &Value) -> Penalty {
    sgd::penalty(text(case, "penalty"), number(case, "l1_ratio", 0.15))
}

fn learning_rate(case: &Value) -> LearningRate {
    match text(case, "learning_rate").unwrap() {
        "optimal" => LearningRate::Optimal,
        "constant" => LearningRate::Constant,
        "invscaling" => LearningRate::InvScaling { power_t: number(case, "power_t", 0.5) },
        "adaptive" => LearningRate::Adaptive,
        "pa1" => LearningRate::Pa1,
        "pa2" => LearningRate::Pa2,
        other => panic!("unknown learning rate {other}"),
    }
}

/// What all of them can be told.
macro_rules! shared {
    ($params:expr, $case:expr) => {{
        let (params, case) = ($params, $case);
        let average = case["params"]["average"].as_u64().map_or(Averaging::Off, |from| Averaging::From(from as usize));
        params
            .shuffle(false)
            .average(average)
            .eta0(number(case, "eta0", 1.0))
            .fit_intercept(case["params"]["fit_intercept"].as_bool().unwrap_or(true))
            .epochs(number(case, "max_iter", 0.0) as usize)
            .tol(case["params"]["tol"].as_f64())
            .n_iter_no_change(number(case, "n_iter_no_change", 5.0) as usize)
    }};
}

fn classifier(case: &Value) -> SgdClassifierParams<usize> {
    let params = shared!(SgdClassifier::params(), case).penalty(penalty(case)).alpha(number(case, "alpha", 0.0));
    if case["kind"] == "perceptron" {
        return params.loss(Loss::Perceptron).learning_rate(LearningRate::Constant);
    }
    let class_weight = match &case["params"]["class_weight"] {
        Value::Null => ClassWeight::Uniform,
        Value::String(_) => ClassWeight::Balanced,
        pairs => {
            let pairs = pairs.as_array().unwrap().iter().map(floats);
            ClassWeight::ByLabel(pairs.map(|pair| (pair[0] as usize, pair[1])).collect())
        }
    };
    params.loss(loss(case)).learning_rate(learning_rate(case)).class_weight(class_weight)
}

fn regressor(case: &Value) -> SgdRegressorParams {
    let params = shared!(SgdRegressor::params(), case).penalty(penalty(case)).alpha(number(case, "alpha", 0.0));
    params.loss(loss(case)).learning_rate(learning_rate(case))
}

fn one_class(case: &Value) -> SgdOneClassSvmParams {
    shared!(SgdOneClassSvm::params(), case).nu(number(case, "nu", 0.5)).learning_rate(learning_rate(case))
}

/// One call of `fit`.
fn fit<X: FeatureRows<Elem = f64>>(case: &Value, x: &X) -> Fitted {
    let weights = case["sample_weight"].as_array().map(|_| floats(&case["sample_weight"]));
    let (y, weights) = (Array1::from(floats(&case["y"])), weights.as_deref());
    match case["kind"].as_str().unwrap() {
        "regressor" => {
            let model = regressor(case).check().unwrap().fit_weighted(x, y.view(), weights).unwrap();
            Fitted { coef: model.coef().to_vec(), intercept: vec![model.intercept()], n_iter: model.n_iter() }
        }
        "one_class" => {
            let model = one_class(case).check().unwrap().fit_weighted(x, weights).unwrap();
            Fitted { coef: model.coef().to_vec(), intercept: vec![model.offset()], n_iter: model.n_iter() }
        }
        _ => {
            let labels = y.mapv(|label| label as usize);
            let model = classifier(case).check().unwrap().fit_weighted(x, labels.view(), weights).unwrap();
            let coef = model.coef().iter().copied().collect();
            Fitted { coef, intercept: model.intercept().to_vec(), n_iter: model.n_iter() }
        }
    }
}

/// One pass, cut into chunks of so many rows.
fn chain<X: FeatureRows<Elem = f64> + Rows>(case: &Value, x: &X, size: usize) -> Fitted {
    let all = case["sample_weight"].as_array().map(|_| floats(&case["sample_weight"]));
    let y = floats(&case["y"]);
    let spans: Vec<Vec<usize>> = (0..y.len()).collect::<Vec<_>>().chunks(size).map(<[usize]>::to_vec).collect();
    let chunk = |rows: &Vec<usize>| {
        let weights = all.as_ref().map(|all| rows.iter().map(|&i| all[i]).collect::<Vec<f64>>());
        (x.select_rows(rows), rows.iter().map(|&i| y[i]).collect::<Array1<f64>>(), weights)
    };
    match case["kind"].as_str().unwrap() {
        "regressor" => {
            let (params, mut model) = (regressor(case).check().unwrap(), None);
            for (x, y, weights) in spans.iter().map(chunk) {
                model = Some(params.partial_fit_weighted(model, &x, y.view(), weights.as_deref()).unwrap());
            }
            let model = model.unwrap();
            Fitted { coef: model.coef().to_vec(), intercept: vec![model.intercept()], n_iter: model.n_iter() }
        }
        "one_class" => {
            let (params, mut model) = (one_class(case).check().unwrap(), None);
            for (x, _, weights) in spans.iter().map(chunk) {
                model = Some(params.partial_fit_weighted(model, &x, weights.as_deref()).unwrap());
            }
            let model = model.unwrap();
            Fitted { coef: model.coef().to_vec(), intercept: vec![model.offset()], n_iter: model.n_iter() }
        }
        _ => {
            let mut params = classifier(case);
            if !case["params"]["class_weight"].is_null() {
                let weights = all.clone().unwrap_or_else(|| vec![1.0; y.len()]);
                let seen = y.iter().zip(weights).filter(|(_, weight)| *weight > 0.0).map(|(&label, _)| label as usize);
                params = params.classes(seen.collect());
            }
            let (params, mut model) = (params.check().unwrap(), None);
            for (x, y, weights) in spans.iter().map(chunk) {
                let labels = y.mapv(|label| label as usize);
                model = Some(params.partial_fit_weighted(model, &x, labels.view(), weights.as_deref()).unwrap());
            }
            let model = model.unwrap();
            let coef = model.coef().iter().copied().collect();
            Fitted { coef, intercept: model.intercept().to_vec(), n_iter: model.n_iter() }
        }
    }
}

fn assert_close(found: &Fitted, case: &Value, how: &str) {
    for (what, found) in [("coef", &found.coef), ("intercept", &found.intercept)] {
        let expected = floats(&case[what]);
        assert_eq!(found.len(), expected.len(), "{what} {how}");
        for (found, expected) in found.iter().zip(&expected) {
            let close = (found - expected).abs() <= 1e-9 * expected.abs().max(1.0);
            assert!(
                close,
                "{what} is {found}, not {expected}, {how}: {} {} {}",
                case["kind"], case["form"], case["params"]
            );
        }
    }
}

/// A chain knows the classes' frequencies only so far, and forgives at the end of a chunk what L1 has not charged.
fn is_cut_anywhere(case: &Value) -> bool {
    let one_pass = number(case, "max_iter", 0.0) == 1.0;
    one_pass && !penalty_is_l1(case) && text(case, "class_weight") != Some("balanced")
}

fn penalty_is_l1(case: &Value) -> bool {
    case["kind"] != "one_class" && matches!(penalty(case), Penalty::L1 | Penalty::ElasticNet { .. })
}

fn check<X: FeatureRows<Elem = f64> + Rows>(case: &Value, x: &X) {
    let fitted = fit(case, x);
    assert_eq!(Some(fitted.n_iter as u64), case["n_iter"].as_u64(), "{} {}", case["kind"], case["params"]);
    assert_close(&fitted, case, "at once");
    if is_cut_anywhere(case) {
        for size in 1..4 {
            let chained = chain(case, x, size);
            assert_close(&chained, case, &format!("in chunks of {size}"));
            assert_eq!((chained.coef, chained.intercept), (fitted.coef.clone(), fitted.intercept.clone()), "{size}");
        }
    }
}

#[test]
fn sgd_of_a_few_rows_is_that_of_scikit_learn_wherever_they_are_cut() {
    let cases = cases("sgd_small.json");
    assert!(cases.iter().filter(|case| is_cut_anywhere(case)).count() > 50);
    for case in &cases {
        let x = floats(&case["x"]);
        let x = Array2::from_shape_vec((x.len() / COLUMNS, COLUMNS), x).unwrap();
        match case["form"].as_str().unwrap() {
            "dense" => check(case, &x),
            "sparse" => check(case, &Csr::from_dense(&x).unwrap()),
            _ => {
                let mut stored = CsrBuilder::new(COLUMNS).unwrap();
                for row in x.rows() {
                    (0..).zip(row).for_each(|(column, &value)| stored.push(column, value));
                    stored.end_row().unwrap();
                }
                check(case, &stored.finish());
            }
        }
    }
}
