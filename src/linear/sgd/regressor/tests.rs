//! Laws of the SGD regressor.

use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, FitWith, Predict};
use ndarray::{Array1, Array2, array};

use super::SgdRegressor;
use super::model::NAME;
use crate::data::Csr;
use crate::error::ErrorKind;
use crate::linear::sgd::classifier::params::Averaging;
use crate::linear::sgd::descent::schedule::LearningRate;
use crate::linear::sgd::descent::{Loss, Penalty};

fn example() -> (Array2<f64>, Array1<f64>) {
    let x = Array2::from_shape_fn((50, 4), |(i, j)| ((i * 7 + j * 5 + i * i * j) % 11) as f64 / 4.0 - 1.25);
    let y = x.rows().into_iter().map(|row| 1.0 + row[0] - 2.0 * row[1] + 0.5 * row[3]).collect();
    (x, y)
}

#[test]
fn a_linear_function_is_found_and_sparse_rows_find_the_same() {
    let (x, y) = example();
    let params = SgdRegressor::params().penalty(Penalty::None).eta0(0.05).tol(Some(1e-9)).fit_intercept(false);
    let y = y - 1.0;
    let dense = params.fit(&DatasetBase::new(x.clone(), y.clone())).unwrap();
    for (found, expected) in dense.coef().iter().zip([1.0, -2.0, 0.0, 0.5]) {
        assert!((found - expected).abs() < 0.02, "{found} {expected}");
    }
    let csr = Csr::from_dense(&x).unwrap();
    let sparse = params.fit(&DatasetBase::new(csr.clone(), y)).unwrap();
    assert_eq!(sparse.coef(), dense.coef());
    assert_eq!(sparse.predict(&csr), sparse.linear().unwrap().predict(&csr));
    assert_eq!(sparse.predict(&csr), dense.predict(&x));
    assert!(dense.n_iter() < 1000 && dense.n_rows_seen() == 50);
}

#[test]
fn chunks_go_on_where_the_last_ended_and_empty_ones_change_nothing() {
    let (x, y) = example();
    let params = SgdRegressor::params().average(Averaging::From(10)).check().unwrap();
    let none = (Array2::<f64>::zeros((0, 4)), Array1::zeros(0));
    let empty = params.partial_fit_weighted(None, &none.0, none.1.view(), None).unwrap();
    assert!(!empty.is_fitted() && empty.coef().is_empty());
    assert_eq!(*empty.linear().unwrap_err().kind(), ErrorKind::NoRows { estimator: NAME });
    let first = params.partial_fit_weighted(Some(empty), &x, y.view(), None).unwrap();
    let bytes = postcard::to_stdvec(&first).unwrap();
    let read = postcard::from_bytes::<SgdRegressor<f64>>(&bytes).unwrap();
    let next = |model| params.partial_fit_weighted(Some(model), &x, y.view(), None).unwrap();
    assert_eq!(next(read), next(first.clone()));
    assert_eq!(SgdRegressor::<f64>::of_bytes(&first.to_bytes().unwrap()).unwrap(), first);
    assert!(SgdRegressor::<f32>::of_bytes(&first.to_bytes().unwrap()).is_err());
    assert_eq!(params.partial_fit_weighted(Some(first.clone()), &none.0, none.1.view(), None).unwrap(), first);
}

#[test]
fn bad_input_is_refused_by_name() {
    let (x, mut y) = example();
    let params = || SgdRegressor::params();
    for (wrong, bad) in [
        ("loss", params().loss(Loss::Hinge)),
        ("loss", params().loss(Loss::LogLoss)),
        ("alpha", params().alpha(-1.0)),
        ("power_t", params().learning_rate(LearningRate::InvScaling { power_t: -1.0 })),
    ] {
        let error = bad.check().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name, .. } if *name == wrong), "{error}");
    }
    y[3] = f64::NAN;
    let error = params().fit(&DatasetBase::new(x.clone(), y.clone())).unwrap_err();
    assert_eq!(
        (error.place().row, matches!(error.kind(), ErrorKind::InvalidTarget { .. })),
        (Some(3), true),
        "{error}"
    );
    let model = params().fit(&DatasetBase::new(x, Array1::zeros(50))).unwrap();
    let narrow = DatasetBase::new(array![[1.0]], array![1.0]);
    let error = params().fit_with(Some(model), &narrow).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ShapeMismatch { what: "columns", expected: 4, found: 1 });
}
