//! Tests of logistic regression.

use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2, array};

use super::{LogisticRegression, LogisticRegressionParams};
use crate::data::{Csr, Rows};
use crate::error::{Error, ErrorKind};
use crate::estimator::PredictProba;

/// Rows of classes 0 to `classes` - 1, some of them on the wrong side.
fn data(classes: usize) -> DatasetBase<Array2<f64>, Array1<usize>> {
    let x = Array2::from_shape_fn((40, 6), |(i, j)| match (i * 13 + j * 7) % 17 {
        v if v > 9 => 0.0,
        v => v as f64 / 5.0 - 0.8 + if j == i % classes { 0.7 } else { 0.0 },
    });
    let y = Array1::from_shape_fn(40, |i| if i % 9 == 0 { 0 } else { i % classes });
    DatasetBase::new(x, y)
}

fn params() -> LogisticRegressionParams<usize> {
    LogisticRegression::params().alpha(1e-2).tol(1e-10)
}

fn coef<F: crate::data::Float>(model: &LogisticRegression<F, usize>) -> Vec<f64> {
    model.coef().iter().chain(model.intercept()).map(|&w| crate::data::wide(w)).collect()
}

fn assert_close(a: &[f64], b: &[f64], tolerance: f64) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() <= tolerance, "{a} {b}");
    }
}

#[test]
fn sparse_is_dense_and_f32_is_nearly_f64() {
    for classes in [2, 3] {
        let data = data(classes);
        let dense = params().fit(&data).unwrap();
        let sparse = Csr::from_dense(&data.records).unwrap();
        let x = sparse.clone();
        let sparse = params().fit(&DatasetBase::new(sparse, data.targets.clone())).unwrap();
        assert_close(&coef(&dense), &coef(&sparse), 1e-8);
        assert_eq!(dense.predict(&data.records), sparse.predict(&x));
        let narrow = params().fit(&DatasetBase::new(data.records.mapv(|v| v as f32), data.targets.clone())).unwrap();
        assert_close(&coef(&dense), &coef(&narrow), 1e-4);
        for row in dense.predict_proba(&data.records).unwrap().rows() {
            assert!((row.sum() - 1.0).abs() < 1e-12 && row.len() == classes);
        }
    }
}

#[test]
fn a_weight_is_a_number_of_copies() {
    for classes in [2, 3] {
        let data = data(classes);
        let counts: Vec<usize> = (0..40).map(|i| [1, 0, 3][i % 7 % 3]).collect();
        let copies: Vec<usize> = (0..40).flat_map(|i| vec![i; counts[i]]).collect();
        let copied_rows = data.select_rows(&copies);
        let copied = params().fit(&copied_rows).unwrap();
        let weighted = data.with_weights(counts.iter().map(|&n| n as f32).collect());
        assert_close(&coef(&params().fit(&weighted).unwrap()), &coef(&copied), 1e-8);
        let c = params().c(0.5);
        assert_close(&coef(&c.fit(&weighted).unwrap()), &coef(&c.fit(&copied_rows).unwrap()), 1e-8);
    }
}

#[test]
fn rows_of_weight_zero_are_absent() {
    let mut data = data(3);
    data.weights = data.targets.mapv(|y| if y == 1 { 0.0 } else { 1.0 });
    let model = params().fit(&data).unwrap();
    assert_eq!((model.classes(), model.coef().nrows()), (&[0, 2][..], 1));
}

#[test]
fn c_and_alpha_are_two_names_for_one_penalty() {
    let data = data(2);
    let c = params().c(2.0).fit(&data).unwrap();
    assert_close(&coef(&c), &coef(&params().alpha(1.0 / 80.0).fit(&data).unwrap()), 1e-9);
}

#[test]
fn every_parameter_changes_something() {
    let data = data(2);
    let base = params().fit(&data).unwrap();
    let changed = [
        params().alpha(1e-3),
        params().c(0.5),
        params().l1_ratio(0.5),
        params().l1_ratio(1.0),
        params().fit_intercept(false),
        params().penalize_intercept(true).alpha(1e-1),
        params().max_iter(1),
        params().tol(0.5),
    ];
    for other in &changed {
        assert_ne!(other, &params());
        assert_ne!(other.fit(&data).unwrap(), base, "{other:?}");
    }
    assert_ne!(changed[5].fit(&data).unwrap(), params().alpha(1e-1).fit(&data).unwrap());
    assert_eq!(changed[4].fit(&data).unwrap().intercept(), array![0.0]);
    let short = changed[6].fit(&data).unwrap();
    assert!(!short.converged() && base.converged() && short.n_iter() == 1 && base.n_iter() > 1);
    let json = serde_json::to_string(&changed[1]).unwrap();
    assert_eq!(serde_json::from_str::<LogisticRegressionParams<usize>>(&json).unwrap(), changed[1]);
}

#[test]
fn without_penalty_separable_rows_are_still_told_apart() {
    let data =
        DatasetBase::new(array![[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [4.0, 0.0]], array![false, false, true, true]);
    let model = LogisticRegression::params().alpha(0.0).fit(&data).unwrap();
    assert_eq!(model.predict(&data.records), data.targets);
    assert!(model.coef()[(0, 0)] < f64::INFINITY && model.coef()[(0, 1)] == 0.0);
}

#[test]
fn huge_margins_do_not_overflow() {
    let data = DatasetBase::new(array![[-1e6], [1e6], [2e6]], array![0usize, 1, 2]);
    let model = LogisticRegression::params().alpha(1e-9).fit(&data).unwrap();
    let proba: Array2<f64> = model.predict_proba(&array![[-1e300], [1e300]]).unwrap();
    assert!(proba.iter().all(|p| p.is_finite()), "{proba}");
    let two = DatasetBase::new(array![[-1e6], [1e6]], array![0usize, 1]);
    let proba = LogisticRegression::params().fit(&two).unwrap().predict_proba(&array![[-1e300], [1e300]]).unwrap();
    assert_eq!(proba, array![[1.0, 0.0], [0.0, 1.0]]);
}

#[test]
fn what_cannot_be_fitted_is_an_error_that_says_why() {
    let kind = |params: LogisticRegressionParams<usize>, data: &DatasetBase<_, _>| -> ErrorKind {
        let error: Error = params.fit(data).unwrap_err();
        error.kind().clone()
    };
    let good = data(2);
    for bad in [
        params().alpha(-1.0),
        params().alpha(f64::NAN),
        params().c(0.0),
        params().c(f64::INFINITY),
        params().l1_ratio(-0.1),
        params().l1_ratio(1.1),
        params().l1_ratio(f64::NAN),
        params().max_iter(0),
        params().tol(-1e-9),
        params().tol(f64::NAN),
    ] {
        assert!(matches!(kind(bad, &good), ErrorKind::InvalidParameter { .. }));
    }
    let mut bad = data(2);
    bad.records[(3, 2)] = f64::INFINITY;
    let error = params().fit(&bad).unwrap_err();
    assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 2 }, Some(3)));
    bad = DatasetBase::new(good.records.clone(), array![0, 1]);
    assert!(matches!(kind(params(), &bad), ErrorKind::ShapeMismatch { expected: 40, found: 2, .. }));
    bad = data(2).with_weights(array![1.0]);
    assert!(matches!(kind(params(), &bad), ErrorKind::ShapeMismatch { .. }));
    bad = data(2).with_weights(Array1::from_elem(40, -1.0));
    assert!(matches!(kind(params(), &bad), ErrorKind::InvalidParameter { .. }));
    bad = data(2).with_weights(Array1::zeros(40));
    assert!(matches!(kind(params(), &bad), ErrorKind::NoRows { .. }));
    bad = DatasetBase::new(good.records.clone(), Array1::ones(40));
    assert_eq!(kind(params(), &bad), ErrorKind::OneClass { found: "the label 1".into() });
    bad = DatasetBase::new(Array2::zeros((0, 3)), array![]);
    assert!(matches!(kind(params(), &bad), ErrorKind::NoRows { .. }));
}

/// Columns from thousandths to millions, as raw tables have them.
#[test]
fn badly_scaled_columns_still_converge() {
    for classes in [2, 3] {
        let mut data = data(classes);
        let even = params().alpha(0.0).fit(&data).unwrap();
        let scales = array![1.0, 1e3, 1e-3, 1e6, 1.0, 1e-2];
        data.records *= &scales;
        let uneven = params().alpha(0.0).fit(&data).unwrap();
        assert!(uneven.converged() && uneven.n_iter() < 3 * even.n_iter(), "{even:?} {uneven:?}");
        assert!((uneven.coef() * &scales - even.coef()).iter().all(|d: &f64| d.abs() < 1e-4));
    }
}
