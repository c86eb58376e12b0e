//! Golden values of stochastic gradient descent.

use std::ops::Range;

use chunkfit::data::{Csr, CsrBuilder, Rows};
use chunkfit::estimator::DecisionFunction;
use chunkfit::linear::{
    Averaging, ClassWeight, LearningRate, Loss, Penalty, SgdClassifier, SgdClassifierParams, SgdRegressor,
};
use linfa::traits::{Fit, Predict};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, ArrayView1};
use serde_json::Value;

use crate::{cases, floats, sparse_rows};

const TOLERANCE: f64 = 1e-9;

/// The loss of this name in scikit-learn.
pub(crate) fn loss(name: &str, epsilon: f64) -> Loss {
    match name {
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
    }
}

/// The penalty of this name in scikit-learn.
pub(crate) fn penalty(name: Option<&str>, l1_ratio: f64) -> Penalty {
    match name {
        Some("l2") => Penalty::L2,
        Some("l1") => Penalty::L1,
        Some("elasticnet") => Penalty::ElasticNet { l1_ratio },
        None => Penalty::None,
        Some(other) => panic!("unknown penalty {other}"),
    }
}

/// The parameters that the case names; all others stay at their defaults.
fn params(case: &Value) -> SgdClassifierParams<usize> {
    let n_classes = case["n_classes"].as_u64().unwrap() as usize;
    let given = case["params"].as_object().unwrap();
    let number = |name: &str, default: f64| given.get(name).map_or(default, |value| value.as_f64().unwrap());
    let (epsilon, l1_ratio, power_t) = (number("epsilon", 0.1), number("l1_ratio", 0.15), number("power_t", 0.5));
    let mut params = SgdClassifier::params().shuffle(false).classes((0..n_classes).collect());
    for (name, value) in given {
        params = match &**name {
            "loss" => params.loss(loss(value.as_str().unwrap(), epsilon)),
            "penalty" => params.penalty(penalty(value.as_str(), l1_ratio)),
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

/// The rows of each chunk.
fn chunks(case: &Value) -> Vec<Range<usize>> {
    let mut end = 0;
    let rows = |n: f64| {
        end += n as usize;
        end - n as usize..end
    };
    floats(&case["chunks"]).into_iter().map(rows).collect()
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

        let mut model = None;
        for rows in chunks(case) {
            let weights = weights.as_ref().map(|weights| &weights[rows.clone()]);
            let chunk = x.slice_rows(rows.clone()).to_owned();
            model = Some(params.partial_fit_weighted(model, &chunk, ArrayView1::from(&y[rows]), weights).unwrap());
        }
        let model = model.unwrap();
        assert_eq!(chunks(case).last().unwrap().end, x.n_rows());

        assert_close("coef", model.coef(), &case["coef"], case);
        assert_close("intercept", model.intercept(), &case["intercept"], case);
        assert_close("decision", &model.decision_function(&x).unwrap(), &case["decision"], case);
        assert_eq!(Some(model.t()), case["t"].as_f64());
    }
}

#[test]
fn sgd_regressor_is_that_of_scikit_learn() {
    for case in &cases("sgd_regressor.json") {
        let given = &case["params"];
        let number = |name: &str| given[name].as_f64().unwrap();
        let params = SgdRegressor::params()
            .shuffle(false)
            .loss(loss(given["loss"].as_str().unwrap(), number("epsilon")))
            .penalty(penalty(given["penalty"].as_str(), number("l1_ratio")))
            .learning_rate(match given["learning_rate"].as_str().unwrap() {
                "constant" => LearningRate::Constant,
                "invscaling" => LearningRate::InvScaling { power_t: number("power_t") },
                other => panic!("unknown learning rate {other}"),
            })
            .alpha(number("alpha"))
            .eta0(number("eta0"))
            .check()
            .unwrap();
        let (x, y) = (matrix(case), floats(&case["y"]));
        let mut model = None;
        for rows in chunks(case) {
            let chunk = x.slice_rows(rows.clone()).to_owned();
            model = Some(params.partial_fit_weighted(model, &chunk, ArrayView1::from(&y[rows]), None).unwrap());
        }
        let model = model.unwrap();
        assert_close("coef", model.coef(), &case["coef"], case);
        assert_close("intercept", [&model.intercept()], &case["intercept"], case);
        assert_close("prediction", &model.predict(&x), &case["prediction"], case);
    }
}

#[test]
fn perceptron_and_passive_aggressive_are_those_of_scikit_learn() {
    let plain = || SgdClassifier::params().shuffle(false).penalty(Penalty::None);
    let perceptron = || plain().loss(Loss::Perceptron).learning_rate(LearningRate::Constant).eta0(1.0);
    for case in &cases("perceptron_passive_aggressive.json") {
        let params = match (case["kind"].as_str().unwrap(), case["loss"].as_str()) {
            ("perceptron", _) => perceptron(),
            ("perceptron_l2", _) => perceptron().penalty(Penalty::L2).alpha(1e-3),
            // Its hinge losses differ in the schedule only.
            (_, Some("hinge")) => plain().learning_rate(LearningRate::Pa1).eta0(case["C"].as_f64().unwrap()),
            (_, Some("squared_hinge")) => plain().learning_rate(LearningRate::Pa2).eta0(case["C"].as_f64().unwrap()),
            other => panic!("unknown kind {other:?}"),
        };
        let params = params.classes((0..case["n_classes"].as_u64().unwrap() as usize).collect()).check().unwrap();
        let x = matrix(case);
        let y: Vec<usize> = floats(&case["y"]).into_iter().map(|label| label as usize).collect();
        let mut model = None;
        for rows in chunks(case) {
            let chunk = x.slice_rows(rows.clone()).to_owned();
            model = Some(params.partial_fit_weighted(model, &chunk, ArrayView1::from(&y[rows]), None).unwrap());
        }
        let model = model.unwrap();
        assert_close("coef", model.coef(), &case["coef"], case);
        assert_close("intercept", model.intercept(), &case["intercept"], case);
    }
}

/// 40 rows of 4 columns, and which side of one or two surfaces they are on.
fn made_up(n_classes: usize) -> (Array2<f64>, Array1<usize>) {
    let value = |(i, j): (usize, usize)| ((i * 7 + j * 5 + i * i * j) % 11) as f64 / 4.0 - 1.25;
    let x = Array2::from_shape_fn((40, 4), value);
    let label = |row: ArrayView1<'_, f64>| {
        let side = row[0] * 1.5 - row[1] + 0.5 * row[2] * row[3];
        if n_classes == 2 { usize::from(side > 0.0) } else { usize::from(side > -1.0) + usize::from(side > 1.0) }
    };
    let y = x.rows().into_iter().map(label).collect();
    (x, y)
}

/// The number of a case, whether its rows are sparse, the passes made, the last row of the
/// coefficients, and the intercepts.
type Expected = (usize, bool, usize, &'static [f64], &'static [f64]);

/// What scikit-learn 1.9.0 gives for `made_up`, unshuffled.
#[test]
fn sgd_classifier_stops_when_scikit_learn_does() {
    let inv_scaling = LearningRate::InvScaling { power_t: 0.5 };
    let params = SgdClassifier::params().shuffle(false);
    let cases = [
        (2, params.clone()),
        (3, params.clone()),
        (2, params.clone().loss(Loss::LogLoss).penalty(Penalty::ElasticNet { l1_ratio: 0.15 }).alpha(1e-3)),
        (3, params.clone().loss(Loss::ModifiedHuber).penalty(Penalty::L1).alpha(1e-3).tol(Some(1e-2))),
        (
            2,
            params
                .clone()
                .loss(Loss::LogLoss)
                .learning_rate(LearningRate::Adaptive)
                .eta0(0.1)
                .class_weight(ClassWeight::Balanced),
        ),
        (
            3,
            params.clone().loss(Loss::SquaredHinge).learning_rate(inv_scaling).eta0(0.05).average(Averaging::From(100)),
        ),
        (2, params.clone().tol(None).epochs(7).penalty(Penalty::None).average(Averaging::From(1))),
        (2, params.clone().loss(Loss::LogLoss).n_iter_no_change(2).tol(Some(1e-4))),
        (3, params.clone().penalty(Penalty::L1).alpha(1e-3).average(Averaging::From(20))),
    ];
    #[rustfmt::skip]
    let expected: [Expected; 18] = [
        (0, false, 13, &[18.10401579987, -14.81237656353, 6.58327847268, -8.22909809085], &[0.08359102803]),
        (0, true, 7, &[11.72791243159, -13.68256450352, 3.90930414386, 0.0], &[0.19930209273]),
        (1, false, 20, &[27.4557657108, -18.3038438072, 3.05064063453, -9.1519219036], &[-19.62002222341, 8.55154665254, -29.41185382554]),
        (1, true, 42, &[8.75437718859, -8.75437718859, 1.25062531266, -2.50125062531], &[-3.00679741833, 4.08601804893, -7.85713798758]),
        (2, false, 7, &[5.3390665023, -4.9861448761, 0.0, -1.10297863683], &[2.18535402708]),
        (2, true, 8, &[4.53108718178, -6.34428004041, 0.69091856036, -2.75529043241], &[0.2447933322]),
        (3, false, 39, &[39.7204244264, -24.49512283575, 20.56226015647, -12.72451422021], &[-11.46302530301, 31.1029710991, -33.6568228552]),
        (3, true, 39, &[9.45586923203, -10.3373262794, -4.02055956025, 0.12728690923], &[-4.52403437984, 4.54147600592, -6.91101993941]),
        (4, false, 74, &[4.02636829779, -4.14045968331, -0.44593533979, -0.85603830735], &[1.40246658888]),
        (4, true, 82, &[3.8151195844, -4.896636025, 0.22871500648, -1.72374018981], &[0.07026656249]),
        (5, false, 77, &[1.00195859245, -0.38602006257, 0.08055590683, -0.05601571864], &[-0.66463044549, 0.08833910597, -0.62864865676]),
        (5, true, 60, &[0.74039698451, -0.22141683624, -0.1783214783, 0.18352582199], &[-0.02229240406, 0.00065745557, -0.01601381741]),
        (6, false, 7, &[22.1599769397, -14.96520540575, 2.53309683378, -7.09208551167], &[0.22589709502]),
        (6, true, 7, &[14.977256574, -17.37450245791, 4.89722309518, 0.04546406327], &[0.19680956675]),
        (7, false, 12, &[8.87634135645, -7.22960033093, 0.58788311047, -1.61192559281], &[3.48867051687]),
        (7, true, 13, &[8.04230323643, -10.03933658534, 1.99941435645, -4.98958288881], &[0.26759005291]),
        (8, false, 94, &[14.2852398068, -9.62664696125, 3.0509667446, -5.39653358072], &[-10.42070180778, 5.96856022344, -15.04368603318]),
        (8, true, 94, &[4.63069357043, -1.56735220631, 0.70615918913, 3.72250122756], &[-1.5518561827, 1.06897699793, -2.27155063622]),
    ];
    for (case, sparse, n_iter, coef, intercept) in expected {
        let (n_classes, params) = &cases[case];
        let (x, y) = made_up(*n_classes);
        let model = if sparse {
            params.fit(&DatasetBase::new(Csr::from_dense(&x).unwrap(), y)).unwrap()
        } else {
            params.fit(&DatasetBase::new(x, y)).unwrap()
        };
        assert_eq!((model.n_iter(), model.t()), (n_iter, (n_iter * 40 + 1) as f64), "case {case}");
        let last = model.coef().nrows() - 1;
        for (found, expected) in model.coef().row(last).iter().zip(coef).chain(model.intercept().iter().zip(intercept))
        {
            assert!((found - expected).abs() < TOLERANCE, "case {case}, sparse {sparse}: {found}, not {expected}");
        }
    }
}
