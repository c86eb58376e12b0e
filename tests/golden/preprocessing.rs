//! Golden values of scalers, encoders and binarizers, learned part by part; `preprocessing.py` made
//! them.

use std::fmt::Debug;

use chunkfit::data::{Csr, Float};
use chunkfit::estimator::{LearnRows, TransformRows};
use chunkfit::preprocessing::{
    HandleUnknown, LabelBinarizer, MaxAbsScaler, MinMaxScaler, MultiLabelBinarizer, OneHotEncoder, OrdinalEncoder,
    StandardScaler,
};
use linfa::ParamGuard;
use ndarray::{Array1, Array2};
use serde_json::Value;

use crate::cases;

fn list<T>(value: &Value, item: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().expect("an array").iter().map(item).collect()
}

fn word(value: &Value) -> String {
    value.as_str().expect("a word").to_owned()
}

fn words(value: &Value) -> Vec<String> {
    list(value, word)
}

fn matrix<T: Clone>(value: &Value, item: impl Fn(&Value) -> T) -> Array2<T> {
    let rows = list(value, |row| list(row, &item));
    let width = rows.first().map_or(0, Vec::len);
    Array2::from_shape_vec((rows.len(), width), rows.concat()).expect("rows of one length")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn numbers<F: Float>(value: &Value) -> Array2<F> {
    matrix(value, |x| F::cast(number(x)))
}

fn sparse<F: Float>(value: &Value) -> Csr<F> {
    Csr::from_dense(&numbers(value)).unwrap()
}

/// Learns the parts one after the other and transforms the test rows.
fn transformed<P, R>(
    params: P,
    case: &Value,
    rows: impl Fn(&Value) -> R,
) -> <LearnedOf<P, R> as TransformRows<R>>::Output
where
    P: ParamGuard<Checked: LearnRows<R, Learned: TransformRows<R>>, Error: Debug>,
{
    let params = params.check().unwrap();
    let parts = case["parts"].as_array().unwrap().iter();
    let state = parts.fold(None, |state, part| Some(params.partial_fit(state, &rows(part)).unwrap()));
    params.finish(state.unwrap()).unwrap().transform_rows(&rows(&case["test"])).unwrap()
}

type LearnedOf<P, R> = <<P as ParamGuard>::Checked as LearnRows<R>>::Learned;

fn scaled<F: Float>(case: &Value) -> Array2<F> {
    let params = &case["params"];
    let flag = |name: &str| params[name].as_bool().unwrap();
    match (case["kind"].as_str().unwrap(), case["sparse"].as_bool().unwrap()) {
        ("StandardScaler", is_sparse) => {
            let params = StandardScaler::params().with_mean(flag("with_mean")).with_std(flag("with_std"));
            if is_sparse {
                transformed(params, case, sparse::<F>).to_dense()
            } else {
                transformed(params, case, numbers::<F>)
            }
        }
        ("MaxAbsScaler", true) => transformed(MaxAbsScaler::params().clip(flag("clip")), case, sparse::<F>).to_dense(),
        ("MaxAbsScaler", false) => transformed(MaxAbsScaler::params().clip(flag("clip")), case, numbers::<F>),
        ("MinMaxScaler", false) => {
            let [low, high] = [0, 1].map(|end| number(&params["feature_range"][end]));
            let params = MinMaxScaler::params().clip(flag("clip")).feature_range(low, high);
            transformed(params, case, numbers::<F>)
        }
        other => panic!("unknown scaler {other:?}"),
    }
}

fn encoded(case: &Value) -> Array2<f64> {
    let params = &case["params"];
    let declared = params.get("categories").map(|columns| list(columns, words));
    let rows = |value: &Value| matrix(value, word);
    match case["kind"].as_str().unwrap() {
        "OneHotEncoder" => {
            let encoder = OneHotEncoder::params().handle_unknown(HandleUnknown::Ignore);
            let encoder = declared.into_iter().fold(encoder, |encoder, columns| encoder.categories(columns));
            transformed(encoder, case, rows).to_dense()
        }
        "OrdinalEncoder" => {
            let encoder = OrdinalEncoder::params().unknown_value(params["unknown_value"].as_f64());
            let encoder = declared.into_iter().fold(encoder, |encoder, columns| encoder.categories(columns));
            transformed(encoder, case, rows)
        }
        "LabelBinarizer" => {
            let [low, high] = [0, 1].map(|i| number(&params["values"][i]));
            let binarizer = LabelBinarizer::params().values(low, high).handle_unknown(HandleUnknown::Ignore);
            transformed(binarizer, case, |value| Array1::from_vec(words(value)))
        }
        "MultiLabelBinarizer" => {
            let binarizer = MultiLabelBinarizer::params().handle_unknown(HandleUnknown::Ignore);
            let binarizer = match &params["classes"] {
                Value::Null => binarizer,
                classes => binarizer.classes(words(classes)),
            };
            transformed(binarizer, case, |value| list(value, words))
        }
        other => panic!("unknown encoder {other}"),
    }
}

#[test]
fn scalers_and_encoders() {
    for case in cases("preprocessing.json") {
        let label = format!("{} {} {}", case["kind"], case["params"], case["dtype"]);
        let (found, tolerance) = match case["dtype"].as_str() {
            Some("float64") => (scaled::<f64>(&case), 1e-12),
            // There, means and scales are rounded to single precision first.
            Some("float32") => (scaled::<f32>(&case).mapv(f64::from), 1e-5),
            _ => (encoded(&case), 0.0),
        };
        let expected = numbers::<f64>(&case["out"]);
        assert_eq!(found.dim(), expected.dim(), "{label}");
        for ((at, found), expected) in found.indexed_iter().zip(&expected) {
            let near = tolerance * expected.abs().max(1.0);
            assert!((found - expected).abs() <= near, "{at:?} of {label}: {found} for {expected}");
        }
    }
}
