//! Edges of ridge classification: states of chunks that merge, classes without weight, input that is refused.

use std::slice::from_ref;

use linfa::traits::{Fit, Predict};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, array};

use super::*;
use crate::data::{Csr, FeatureRows, Rows};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{DecisionFunction, FitAverage, FitPasses, FitSummed, Weighting};
use crate::linear::ClassWeight;

type X = Array2<f64>;
type T = Array1<usize>;
type Data = DatasetBase<X, T>;
type Params = RidgeClassifierParams<usize>;
type Model = RidgeClassifier<f64, usize>;

fn data(n: usize, classes: usize) -> Data {
    let x = Array2::from_shape_fn((n, 3), |(i, j)| ((i * i + 7 * i * j + 3 * j + i * j * j) % 13) as f64 / 4.0);
    DatasetBase::new(x, Array1::from_shape_fn(n, |i| (i * i + i / 3) % classes))
}

fn averaged(params: &Params, chunks: &[Data]) -> Result<Model> {
    let merge = |a, chunk: &Data| {
        let b = FitAverage::fit_state(params, chunk, Weighting::Samples)?;
        <Params as FitAverage<X, T>>::merge(a, b)
    };
    FitAverage::<X, T>::finish(params, chunks.iter().try_fold(RidgeState::default(), merge)?)
}

fn summed<X: FeatureRows<Elem = f64>>(params: &Params, chunks: &[DatasetBase<X, T>]) -> Result<Model> {
    let rows: Vec<_> = chunks.iter().map(|chunk| params.rows(chunk)).collect::<Result<_>>()?;
    let mut state = FitSummed::<X, T>::begin(params)?;
    while !<Params as FitPasses<X, T>>::is_done(&state) {
        let ask = |rows| FitPasses::<X, T>::ask(params, &state, rows);
        let parts: Vec<_> = rows.iter().map(ask).collect::<Result<_>>()?;
        let sum = <Params as FitPasses<X, T>>::sum(&parts.iter().collect::<Vec<_>>())?;
        state = FitPasses::<X, T>::advance(params, state, sum)?;
    }
    FitPasses::<X, T>::model(params, state)
}

fn assert_close(a: &Model, b: &Model) {
    assert_eq!(a.classes(), b.classes());
    let numbers = |model: &Model| model.coef().iter().chain(model.intercept()).copied().collect::<Vec<f64>>();
    for (a, b) in numbers(a).iter().zip(numbers(b)) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }
}

/// Chunks that lack classes, in any order, have the fit of all rows.
#[test]
fn every_way_finds_the_same_minimum() {
    for classes in [2, 3, 4] {
        let mut data = data(40, classes);
        // The chunks have one class, two, and all.
        data.targets.slice_axis_mut(ndarray::Axis(0), (0..9).into()).fill(classes - 1);
        let chunks = [0..9, 9..9, 9..12, 12..40].map(|rows| data.select_rows(&rows.collect::<Vec<_>>()));
        let reversed: Vec<Data> = chunks.iter().rev().cloned().collect();
        for params in [
            RidgeClassifier::params(),
            RidgeClassifier::params().alpha(0.0).fit_intercept(false),
            RidgeClassifier::params().class_weight(ClassWeight::ByLabel(vec![(0, 3.0), (1, 0.25)])),
        ] {
            let params = params.tol(1e-13);
            let whole = params.fit(&data).unwrap();
            assert_eq!((whole.coef().nrows(), whole.converged()), (if classes == 2 { 1 } else { classes }, true));
            for model in [averaged(&params, &chunks), averaged(&params, &reversed), summed(&params, &chunks)] {
                assert_close(&model.unwrap(), &whole);
            }
            let sparse = DatasetBase::new(Csr::from_dense(&data.records).unwrap(), data.targets.clone());
            assert_close(&params.fit(&sparse).unwrap(), &whole);
        }
    }
}

/// Weights are repeated rows, and rows of weight 0 are as if absent.
#[test]
fn weights_are_repeated_rows() {
    let data = data(30, 3);
    let repeated: Vec<usize> = (0..30).flat_map(|i| vec![i; i % 3]).collect();
    let weighted = data.clone().with_weights(Array1::from_shape_fn(30, |i| (i % 3) as f32));
    let repeated = data.select_rows(&repeated);
    let params = RidgeClassifier::params().tol(1e-13);
    assert_close(&params.fit(&weighted).unwrap(), &params.fit(&repeated).unwrap());
    assert_close(&averaged(&params, &[weighted]).unwrap(), &averaged(&params, &[repeated]).unwrap());
}

/// Two classes share one boundary, and three have the same with the third left out of the sums.
#[test]
fn a_class_without_weight_has_no_rows_of_its_own() {
    let three = data(30, 3);
    let params = RidgeClassifier::params().tol(1e-13);
    let without = params.clone().class_weight(ClassWeight::ByLabel(vec![(2, 0.0)]));
    let rest: Vec<usize> = (0..30).filter(|&i| three.targets[i] != 2).collect();
    let two = params.fit(&three.select_rows(&rest)).unwrap();
    for model in [without.fit(&three), averaged(&without, from_ref(&three)), summed(&without, from_ref(&three))] {
        let model = model.unwrap();
        assert_eq!(model.classes(), [0, 1, 2]);
        for j in 0..3 {
            let (first, second, third) = (model.coef()[(0, j)], model.coef()[(1, j)], model.coef()[(2, j)]);
            assert!((second - two.coef()[(0, j)]).abs() < 1e-9 && (first + second).abs() < 1e-9 && third.abs() < 1e-9);
        }
        assert!((model.intercept()[2] + 1.0).abs() < 1e-9);
    }
    let none = params.class_weight(ClassWeight::ByLabel((0..3).map(|class| (class, 0.0)).collect()));
    for error in [none.fit(&three).unwrap_err(), averaged(&none, from_ref(&three)).unwrap_err()] {
        assert_eq!(error.kind(), &ErrorKind::NoRows { estimator: NAME });
    }
}

#[test]
fn balanced_weights_count_rows_first() {
    let data = data(40, 3);
    let counts = (0..3).map(|class| data.targets.iter().filter(|label| **label == class).count());
    let by_label = counts.enumerate().map(|(class, n)| (class, 40.0 / (3.0 * n as f64))).collect();
    let params = RidgeClassifier::params().tol(1e-13);
    let expected = params.clone().class_weight(ClassWeight::ByLabel(by_label)).fit(&data).unwrap();
    let balanced = params.class_weight(ClassWeight::Balanced);
    let halves = [0..11, 11..40].map(|rows| data.select_rows(&rows.collect::<Vec<_>>()));
    assert_close(&balanced.fit(&data).unwrap(), &expected);
    assert_close(&summed(&balanced, &halves).unwrap(), &expected);
    let error = averaged(&balanced, &halves).unwrap_err();
    assert_eq!(named(&error), "class_weight");
    assert!(error.to_string().contains("Summed"), "{error}");
}

#[test]
fn every_parameter_changes_something() {
    let data = data(40, 3);
    let fit = |params: Params| params.fit(&data).unwrap();
    let params = RidgeClassifier::params;
    let base = fit(params());
    assert_ne!(fit(params().alpha(2.0)), base);
    assert_ne!(fit(params().fit_intercept(false)), base);
    assert_ne!(fit(params().class_weight(ClassWeight::Balanced)), base);
    assert_ne!(fit(params().tol(1.0)), base);
    assert!(!fit(params().tol(1e-14).max_iter(1)).converged());
}

/// Next to a mean that is a thousand times the spread.
#[test]
fn columns_far_from_zero_have_the_coefficients_of_those_about_zero() {
    let near = data(40, 3);
    let far = DatasetBase::new(&near.records + 4096.0, near.targets.clone());
    let params = RidgeClassifier::params().tol(1e-13);
    let (near, wide) = (params.fit(&near).unwrap(), params.fit(&far).unwrap());
    for model in [
        wide,
        averaged(
            &params,
            &[far.select_rows(&(0..7).collect::<Vec<_>>()), far.select_rows(&(7..40).collect::<Vec<_>>())],
        )
        .unwrap(),
    ] {
        assert!((model.coef() - near.coef()).iter().all(|apart| apart.abs() < 1e-9));
    }
}

fn named(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::InvalidParameter { name, .. } => name,
        ErrorKind::ShapeMismatch { what, .. } => what,
        other => panic!("{other}"),
    }
}

#[test]
fn parameters_out_of_range_are_named() {
    let params = RidgeClassifier::params;
    let name = |params: Params| named(&params.check().unwrap_err());
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(name(params().alpha(bad)), "alpha");
        assert_eq!(name(params().tol(bad)), "tol");
        assert_eq!(name(params().class_weight(ClassWeight::ByLabel(vec![(1, bad)]))), "class_weight");
    }
    assert_eq!(name(params().max_iter(0)), "max_iter");
    assert_eq!(name(params().class_weight(ClassWeight::ByLabel(vec![(1, 1.0), (1, 2.0)]))), "class_weight");
    let all = params().alpha(0.5).fit_intercept(false).class_weight(ClassWeight::Balanced).max_iter(7).tol(0.0);
    let bytes = postcard::to_stdvec(&all).unwrap();
    assert_eq!(postcard::from_bytes::<Params>(&bytes).unwrap(), all);
}

#[test]
fn input_that_does_not_fit_is_refused() {
    let (data, params) = (data(12, 3), RidgeClassifier::params());
    let each = |data: &Data| [params.fit(data), averaged(&params, from_ref(data)), summed(&params, from_ref(data))];
    for error in each(&data.select_rows(&[])).map(Result::unwrap_err) {
        assert_eq!(error.kind(), &ErrorKind::NoRows { estimator: NAME });
    }
    let one: Vec<usize> = (0..12).filter(|&i| data.targets[i] == 1).collect();
    for error in each(&data.select_rows(&one)).map(Result::unwrap_err) {
        assert!(matches!(error.kind(), ErrorKind::OneClass { found } if found.contains('1')), "{error}");
    }
    for bad in [f64::NAN, f64::INFINITY] {
        let mut data = data.clone();
        data.records[(7, 2)] = bad;
        for error in each(&data).map(Result::unwrap_err) {
            assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 2 }, Some(7)));
        }
    }
    let narrow = DatasetBase::new(array![[1.0], [2.0]], array![0, 1]);
    assert_eq!(named(&averaged(&params, &[data.clone(), narrow.clone()]).unwrap_err()), "columns");
    assert_eq!(named(&summed(&params, &[data.clone(), narrow.clone()]).unwrap_err()), "columns");
    assert_eq!(named(&params.fit(&data).unwrap().decision_function(&narrow.records).unwrap_err()), "columns");
    let short = DatasetBase::new(data.records.clone(), array![0, 1]);
    for error in each(&short).map(Result::unwrap_err) {
        assert_eq!(named(&error), "targets, one a row");
    }
    let mut huge = data.clone();
    huge.records[(3, 0)] = 1e200;
    for error in each(&huge).map(Result::unwrap_err) {
        assert_eq!(error.kind(), &ErrorKind::Diverged { estimator: NAME });
    }
    let wide = DatasetBase::new(Array2::<f64>::eye(2049).select_rows(&[0, 2000]), array![0, 1]);
    let too_many = averaged(&params, from_ref(&wide)).unwrap_err();
    assert!(matches!(too_many.kind(), ErrorKind::TooManyColumns { found: 2049, most: 2048, .. }), "{too_many}");
    assert_eq!(params.fit(&wide).unwrap().predict(&wide.records), array![0, 1]);
}

#[test]
fn forged_states_are_refused() {
    let state: RidgeState<usize> = FitAverage::fit_state(&Params::default(), &data(9, 3), Weighting::Samples).unwrap();
    let bytes = postcard::to_stdvec(&state).unwrap();
    assert_eq!(postcard::from_bytes::<RidgeState<usize>>(&bytes).unwrap(), state);
    // The number of classes, and one of them.
    for (place, other) in [(0, 2), (1, 9)] {
        let mut forged = bytes.clone();
        forged[place] = other;
        assert!(postcard::from_bytes::<RidgeState<usize>>(&forged).is_err());
    }
    // A linear regression's sums are of one target.
    assert!(postcard::from_bytes::<crate::linear::GramState>(&bytes[4..]).is_err());
}

#[cfg(feature = "persist")]
#[test]
fn a_model_file_comes_back() {
    use crate::persist::{Persist, Training};
    let model = RidgeClassifier::params().fit(&data(12, 3)).unwrap();
    assert_eq!(Model::from_bytes(&model.to_bytes(&Training::default()).unwrap()).unwrap(), model);
    assert_eq!((model.columns_in(), Model::kind()), (Some(3), "RidgeClassifier".into()));
}

/// Chunks of sparse rows without any value, and no intercept: nothing of a point is theirs.
#[test]
fn rows_without_values_have_a_part_in_every_pass() {
    let params = RidgeClassifier::params().fit_intercept(false).tol(1e-13);
    let x = array![[0.0, 0.0], [0.0, 0.0], [1.0, 2.0], [3.0, 1.0], [0.0, 1.0]];
    let whole = DatasetBase::new(Csr::from_dense(&x).unwrap(), array![0, 1, 0, 1, 1]);
    let expected = params.fit(&whole).unwrap();
    let chunks = [0..2, 0..0, 2..5].map(|rows| whole.select_rows(&rows.collect::<Vec<_>>()));
    assert_close(&summed(&params, &chunks).unwrap(), &expected);
    let nothing = params.fit(&chunks[0]).unwrap();
    assert_eq!((nothing.coef(), nothing.intercept()), (&array![[0.0, 0.0]], &array![0.0]));
}
