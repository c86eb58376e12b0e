//! Tests of one-vs-rest: every label is learned as if it were alone.

use std::ops::Range;

use linfa::traits::{Fit, FitWith, Predict};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array2, Axis};

use super::*;
use crate::data::Csr;
use crate::error::{Error, ErrorKind};
use crate::estimator::DecisionFunction;
#[cfg(feature = "persist")]
use crate::linear::sgd::descent::train::History;
#[cfg(feature = "persist")]
use crate::linear::sgd::kernel::lanes::Lanes;
use crate::linear::{Averaging, ClassWeight, LearningRate, Loss, Penalty, SgdClassifier, SgdClassifierParams};

const COLUMNS: usize = 14;

/// Rows with a few values each, and a set of labels that the values tell of, more or less.
pub(super) fn example(n: usize, labels: usize, seed: u64) -> (Csr<f64>, Array2<bool>) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1);
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let x = Array2::from_shape_fn((n, COLUMNS), |_| if random() < 0.5 { random() - 0.3 } else { 0.0 });
    let y = Array2::from_shape_fn((n, labels), |(i, label)| x[(i, label % COLUMNS)] + 0.3 * random() > 0.4);
    (Csr::from_dense(&x).unwrap(), y)
}

/// Some columns.
fn columns<A: Clone>(matrix: &Array2<A>, range: Range<usize>) -> Array2<A> {
    matrix.select(Axis(1), &range.collect::<Vec<_>>())
}

/// The first rows.
fn head<A: Clone>(matrix: &Array2<A>, n: usize) -> Array2<A> {
    matrix.select(Axis(0), &(0..n).collect::<Vec<_>>())
}

fn params() -> SgdClassifierParams<bool> {
    SgdClassifier::params().alpha(1e-3)
}

/// Settings that between them use every part of the machinery.
pub(super) fn varied() -> Vec<SgdClassifierParams<bool>> {
    let weights = ClassWeight::ByLabel(vec![(true, 3.0), (false, 0.5)]);
    vec![
        params().shuffle(false),
        params().loss(Loss::LogLoss).penalty(Penalty::ElasticNet { l1_ratio: 0.3 }).seed(3),
        params().loss(Loss::SquaredHinge).penalty(Penalty::L1).average(Averaging::From(1)),
        params().loss(Loss::ModifiedHuber).learning_rate(LearningRate::Constant).average(Averaging::From(60)),
        params().class_weight(weights).fit_intercept(false),
        params().learning_rate(LearningRate::Pa1).penalty(Penalty::None).eta0(0.5),
        params().loss(Loss::LogLoss).learning_rate(LearningRate::AdaGrad).eta0(0.5),
        params().learning_rate(LearningRate::Ftrl { beta: 0.5 }).penalty(Penalty::L1).eta0(1.0),
    ]
}

/// Each label against an `SgdClassifier` that knows of no other.
fn assert_alone(model: &OneVsRest<f64>, alone: impl Fn(usize) -> SgdClassifier<f64, bool>, case: &str) {
    for label in 0..model.n_labels() {
        let alone = alone(label);
        assert_eq!(model.coef().row(label), alone.coef().row(0), "label {label}, {case}");
        assert_eq!(model.intercept()[label], alone.intercept()[0], "label {label}, {case}");
    }
}

#[test]
fn labels_learn_over_chunks_what_they_would_alone() {
    for labels in [1, 3, 8, 11, 20] {
        let chunks: Vec<_> = (0..3).map(|c| example(25 + c as usize, labels, c)).collect();
        for each in varied() {
            let params = OneVsRest::params(each.clone());
            let model = chunks.iter().fold(None, |model, (x, y)| {
                Some(params.fit_with(model, &DatasetBase::new(x.clone(), y.clone())).unwrap())
            });
            let alone = |label: usize| {
                let chunk = |(x, y): &(Csr<f64>, Array2<bool>)| DatasetBase::new(x.clone(), y.column(label).to_owned());
                chunks.iter().fold(None, |model, part| Some(each.fit_with(model, &chunk(part)).unwrap())).unwrap()
            };
            assert_alone(&model.unwrap(), alone, &format!("{each:?}"));
        }
    }
}

#[test]
fn labels_that_stop_early_have_what_they_would_alone() {
    let (x, y) = example(80, 10, 7);
    let mut apart = false;
    for each in varied().into_iter().chain([params().class_weight(ClassWeight::Balanced)]) {
        let each = each.epochs(40).tol(Some(1e-3)).n_iter_no_change(2);
        let model = OneVsRest::params(each.clone()).fit(&DatasetBase::new(x.clone(), y.clone())).unwrap();
        let alone = |label: usize| each.fit(&DatasetBase::new(x.clone(), y.column(label).to_owned())).unwrap();
        assert_alone(&model, alone, &format!("{each:?}"));
        let passes: Vec<usize> = (0..10).map(|label| alone(label).n_iter()).collect();
        assert_eq!(model.n_iter(), *passes.iter().max().unwrap());
        apart |= passes.iter().min() < passes.iter().max();
    }
    assert!(apart, "some label stops before others");
}

#[test]
fn margins_and_labels_are_those_of_the_coefficients() {
    let (x, y) = example(60, 11, 5);
    for each in varied() {
        let model = OneVsRest::params(each).fit(&DatasetBase::new(x.clone(), y.clone())).unwrap();
        let margins = model.decision_function(&x).unwrap();
        assert_eq!(margins.dim(), (60, 11));
        let plain = x.to_dense().dot(&model.coef().t()) + model.intercept();
        assert!(margins.iter().zip(&plain).all(|(a, b)| (a - b).abs() < 1e-9 * (1.0 + b.abs())));
        assert_eq!(model.predict(&x), margins.mapv(|margin| margin > 0.0));
        assert_eq!(model.predict(&x.to_dense()), model.predict(&x));
    }
}

#[test]
fn a_label_that_no_row_has_is_never_predicted() {
    let (x, mut y) = example(50, 9, 2);
    y.column_mut(4).fill(false);
    let model = OneVsRest::params(params()).fit(&DatasetBase::new(x.clone(), y.clone())).unwrap();
    let predicted = model.predict(&x);
    assert!(predicted.column(4).iter().all(|&has| !has));
    let right = predicted.iter().zip(&y).filter(|(a, b)| a == b).count();
    assert!(right * 10 > 9 * y.len(), "{right} of {}", y.len());
}

#[test]
fn blocks_of_labels_stand_beside_each_other() {
    let (x, y) = example(40, 19, 3);
    let params = OneVsRest::params(params());
    let of = |labels| params.fit(&DatasetBase::new(x.clone(), columns(&y, labels))).unwrap();
    let whole = of(0..8).beside(of(8..16)).unwrap().beside(of(16..19)).unwrap();
    assert_eq!((whole.coef(), whole.intercept()), (of(0..19).coef(), of(0..19).intercept()));
    assert!(of(0..3).beside(of(3..19)).is_err(), "lanes would have a gap");
    let fewer = params.fit(&DatasetBase::new(x.clone(), y.clone())).unwrap();
    let other = params.fit(&DatasetBase::new(example(7, 1, 0).0, example(7, 1, 0).1)).unwrap();
    assert!(matches!(fewer.beside(other).unwrap_err().kind(), ErrorKind::ShapeMismatch { .. }));
}

#[test]
fn a_saved_model_goes_on_as_if_it_had_stayed() {
    let chunks = [example(30, 11, 1), example(30, 11, 2)].map(|(x, y)| DatasetBase::new(x, y));
    for params in varied().into_iter().map(OneVsRest::params) {
        let first = params.fit_with(None, &chunks[0]).unwrap();
        let stayed = params.fit_with(Some(first.clone()), &chunks[1]).unwrap();
        let read = postcard::from_bytes(&postcard::to_stdvec(&first).unwrap()).unwrap();
        assert_eq!(params.fit_with(Some(read), &chunks[1]).unwrap(), stayed);
        let read = OneVsRest::of_bytes(&first.to_bytes().unwrap()).unwrap();
        assert_eq!(params.fit_with(Some(read), &chunks[1]).unwrap(), stayed);
        assert!(OneVsRest::<f32>::of_bytes(&first.to_bytes().unwrap()).is_err());
    }
}

#[test]
fn chunks_of_no_rows_change_nothing() {
    let (x, y) = example(20, 5, 4);
    let params = OneVsRest::params(params());
    let none = DatasetBase::new(head(&x.to_dense(), 0), head(&y, 0));
    let none = DatasetBase::new(Csr::from_dense(&none.records).unwrap(), none.targets);
    let empty = params.fit_with(None, &none).unwrap();
    assert_eq!((empty.is_fitted(), empty.n_labels(), empty.n_features(), empty.coef().dim()), (false, 0, 0, (0, 0)));
    assert_eq!(empty.decision_function(&x).unwrap_err().kind(), &ErrorKind::NoRows { estimator: "OneVsRest" });
    let chunk = DatasetBase::new(x, y);
    let model = params.fit_with(Some(empty), &chunk).unwrap();
    assert_eq!(model, params.fit_with(None, &chunk).unwrap());
    assert_eq!(params.fit_with(Some(model.clone()), &none).unwrap(), model);
    assert_eq!((model.n_rows_seen(), model.n_labels(), model.n_features(), model.t()), (20, 5, COLUMNS, 21.0));
    assert!(params.fit(&none).is_err());
}

#[test]
fn bad_input_is_refused_by_name() {
    let (x, y) = example(10, 3, 6);
    let valid = OneVsRest::params(params()).check().unwrap();
    let model = valid.partial_fit_weighted(None, &x, y.view(), None).unwrap();
    let mismatch = |error: Error, what: &str| {
        assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { .. }), "{error}");
        assert!(error.to_string().contains(what), "{error}");
    };
    mismatch(valid.partial_fit_weighted(None, &x, head(&y, 9).view(), None).unwrap_err(), "rows of labels");
    mismatch(
        valid.partial_fit_weighted(Some(model.clone()), &x, columns(&y, 0..2).view(), None).unwrap_err(),
        "labels",
    );
    mismatch(valid.partial_fit_weighted(None, &x, y.view(), Some(&[1.0])).unwrap_err(), "sample weights");
    let narrow = columns(&x.to_dense(), 0..5);
    mismatch(model.decision_function(&narrow).unwrap_err(), "columns");
    mismatch(valid.partial_fit_weighted(Some(model), &narrow, y.view(), None).unwrap_err(), "columns");
    let named = |error: Error, wrong: &str| {
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name, .. } if *name == wrong), "{error}");
    };
    named(valid.partial_fit_weighted(None, &x, columns(&y, 0..0).view(), None).unwrap_err(), "labels");
    named(OneVsRest::params(params().alpha(-1.0)).check().unwrap_err(), "alpha");
    let balanced = OneVsRest::params(params().class_weight(ClassWeight::Balanced)).check().unwrap();
    named(balanced.partial_fit_weighted(None, &x, y.view(), None).unwrap_err(), "class_weight");
    let mut infinite = x.to_dense();
    infinite[(7, 2)] = f64::INFINITY;
    let error = valid.fit_weighted(&infinite, y.view(), None).unwrap_err();
    assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 2 }, Some(7)));
}

#[test]
fn narrow_rows_train_narrow_weights_close_to_wide_ones() {
    let (x, y) = example(80, 9, 8);
    let narrow = Csr::from_dense(&x.to_dense().mapv(|value| value as f32)).unwrap();
    let params = OneVsRest::params(params().epochs(3).tol(None));
    let wide = params.fit(&DatasetBase::new(x, y.clone())).unwrap();
    let model: OneVsRest<f32> = params.fit(&DatasetBase::new(narrow, y)).unwrap();
    assert!(model.coef().iter().zip(wide.coef()).all(|(&a, &b)| (f64::from(a) - b).abs() < 1e-3 * (1.0 + b.abs())));
}

#[test]
fn names_of_labels_are_one_a_label_and_name_predictions() {
    let (x, y) = example(60, 3, 5);
    let model = OneVsRest::params(params()).fit(&DatasetBase::new(x.clone(), y)).unwrap();
    let unnamed = model.predict_names(&x).unwrap_err();
    assert!(matches!(unnamed.kind(), ErrorKind::ShapeMismatch { expected: 3, found: 0, .. }), "{unnamed}");
    assert!(model.clone().with_label_names(["a", "b"]).is_err());
    let named = model.clone().with_label_names(["a", "b", "c"]).unwrap();
    let expected = model.predict(&x);
    let found = named.predict_names(&x).unwrap();
    for (names, row) in found.iter().zip(expected.rows()) {
        let has = ["a", "b", "c"].map(|name| names.contains(&name));
        assert_eq!(has.as_slice(), row.as_slice().unwrap());
    }
    assert!(found.iter().any(|names| !names.is_empty()));
}

/// A model as it was saved before labels had names.
#[cfg(feature = "persist")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Nameless {
    lanes: Lanes<f64>,
    history: History,
}

#[cfg(feature = "persist")]
impl crate::persist::Persist for Nameless {
    fn kind() -> String {
        "OneVsRest".into()
    }
}

#[cfg(feature = "persist")]
#[test]
fn names_of_labels_are_saved_and_a_file_without_them_loads() {
    use crate::persist::Persist;
    let (x, y) = example(60, 3, 5);
    let model = OneVsRest::params(params()).fit(&DatasetBase::new(x, y)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("model.safetensors");
    Nameless { lanes: model.lanes.clone(), history: model.history.clone() }.save(&file).unwrap();
    assert_eq!(OneVsRest::<f64>::load(&file).unwrap(), model);
    let named = model.with_label_names(["oil", "gold", "tea"]).unwrap();
    named.save(&file).unwrap();
    let loaded = OneVsRest::<f64>::load(&file).unwrap();
    assert_eq!((loaded.label_names(), &loaded), (named.label_names(), &named));
}
