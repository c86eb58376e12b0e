//! Tests of averages of one-class machines.

use linfa::dataset::DatasetBase;
use linfa::traits::{FitWith, Predict};
use ndarray::{Array1, Array2, Axis, array, concatenate};

use super::{SgdOneClassSvm, SgdOneClassSvmParams};
use crate::data::Csr;
use crate::error::ErrorKind;
use crate::estimator::{FitAverage, FitAverageFrom, Weighting};
use crate::linear::sgd::vector_state::SgdVectorState;
use crate::linear::{Averaging, LearningRate};

type Chunk = DatasetBase<Array2<f64>, ()>;

const WEIGHTINGS: [Weighting; 3] = [Weighting::Curvature, Weighting::Samples, Weighting::Uniform];
const NU: f64 = 0.2;

/// Rows that lie on one side of the origin, with weights of which some are 0.
fn chunk(n: usize, seed: usize) -> Chunk {
    let x = Array2::from_shape_fn((n, 4), |(i, j)| match (i * 37 + j * 59 + i * i * (j + seed)) % 97 {
        v if j == 3 && v < 48 => 0.0,
        v => v as f64 / 97.0 + 0.4,
    });
    DatasetBase::new(x, ()).with_weights(Array1::from_shape_fn(n, |i| [1.0, 2.0, 0.0][i % 3]))
}

fn varied() -> Vec<SgdOneClassSvmParams> {
    let params = || SgdOneClassSvm::params().nu(NU);
    vec![
        params(),
        params().shuffle(false).fit_intercept(false),
        params().learning_rate(LearningRate::Constant).average(Averaging::From(8)),
        params().learning_rate(LearningRate::InvScaling { power_t: 0.5 }).eta0(0.1).seed(3),
    ]
}

fn merge(a: SgdVectorState, b: SgdVectorState) -> SgdVectorState {
    <SgdOneClassSvmParams as FitAverage<Array2<f64>, ()>>::merge(a, b).unwrap()
}

fn finish(params: &SgdOneClassSvmParams, state: SgdVectorState) -> SgdOneClassSvm<f64> {
    FitAverage::<Array2<f64>, ()>::finish(params, state).unwrap()
}

fn average(params: &SgdOneClassSvmParams, chunks: &[Chunk], weighting: Weighting) -> SgdOneClassSvm<f64> {
    let states = chunks.iter().map(|chunk| params.fit_state(chunk, weighting).unwrap());
    finish(params, states.reduce(merge).unwrap())
}

fn numbers(model: &SgdOneClassSvm<f64>) -> Vec<f64> {
    model.coef().iter().copied().chain([model.offset()]).collect()
}

fn assert_close(a: &[f64], b: &[f64], tolerance: f64) {
    assert_eq!(a.len(), b.len());
    assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance * b.abs().max(1.0)), "{a:?} {b:?}");
}

#[test]
fn the_average_of_one_chunk_is_that_of_partial_fit() {
    let dense = chunk(50, 1);
    let sparse = DatasetBase::new(Csr::from_dense(&dense.records).unwrap(), ()).with_weights(dense.weights.clone());
    let narrow = DatasetBase::new(dense.records.mapv(|v| v as f32), ()).with_weights(dense.weights.clone());
    macro_rules! check {
        ($params:expr, $chunk:expr, $rows:ty) => {
            let fitted = $params.fit_with(None, $chunk).unwrap();
            for weighting in WEIGHTINGS {
                let state = $params.fit_state($chunk, weighting).unwrap();
                let model = FitAverage::<$rows, ()>::finish(&$params, state).unwrap();
                assert_eq!((model.coef(), model.offset()), (fitted.coef(), fitted.offset()), "{weighting:?}");
                assert_eq!((model.t(), model.n_rows_seen(), model.n_iter()), (fitted.t(), 34, 1));
            }
        };
    }
    for params in varied() {
        check!(params, &dense, Array2<f64>);
        check!(params, &sparse, Csr<f64>);
        check!(params, &narrow, Array2<f32>);
    }
}

#[test]
fn coefficients_and_offsets_are_averaged_and_no_rows_change_nothing() {
    let chunks = [chunk(30, 1), chunk(60, 2), chunk(45, 3)];
    for params in varied() {
        let fitted = chunks.each_ref().map(|chunk| numbers(&params.fit_with(None, chunk).unwrap()));
        let mean = |shares: [f64; 3]| -> Vec<f64> {
            let total: f64 = shares.iter().sum();
            (0..5).map(|j| (0..3).map(|c| shares[c] * fitted[c][j] / total).sum()).collect()
        };
        assert_close(&numbers(&average(&params, &chunks, Weighting::Uniform)), &mean([1.0; 3]), 1e-12);
        assert_close(&numbers(&average(&params, &chunks, Weighting::Samples)), &mean([30.0, 60.0, 45.0]), 1e-12);
        for weighting in WEIGHTINGS {
            let [a, b, c] = chunks.each_ref().map(|chunk| params.fit_state(chunk, weighting).unwrap());
            let left = finish(&params, merge(merge(a.clone(), b.clone()), c.clone()));
            assert_close(&numbers(&finish(&params, merge(c, merge(b, a.clone())))), &numbers(&left), 1e-12);
            assert_eq!((left.n_rows_seen(), left.t()), (90, 41.0));
            let weightless = chunk(8, 4).with_weights(Array1::zeros(8));
            for none in [chunk(0, 1), weightless] {
                let none = params.fit_state(&none, weighting).unwrap();
                assert_eq!(none, SgdVectorState::default());
                assert_eq!(merge(a.clone(), none.clone()), a);
                assert_eq!(merge(none, a.clone()), a);
            }
        }
    }
}

/// Rows far inside pull at nothing: a chunk of them has next to no say.
#[test]
fn curvature_weighs_a_chunk_by_the_gradients_that_it_met() {
    let params = SgdOneClassSvm::params().nu(NU).shuffle(false);
    let (near, mut far) = (chunk(60, 1), chunk(60, 2));
    far.records.mapv_inplace(|v| v * 100.0);
    far.records.column_mut(1).fill(0.0);
    let averaged = average(&params, &[near.clone(), far.clone()], Weighting::Curvature);
    let own = params.fit_with(None, &near).unwrap();
    assert!((averaged.coef()[1] - own.coef()[1]).abs() < 1e-9, "only one chunk has the column");
    let plain = average(&params, &[near, far], Weighting::Uniform);
    assert!((plain.coef()[1] - own.coef()[1] / 2.0).abs() < 1e-9);
}

/// The objective of all rows, each counting once (scikit-learn's, times `nu`).
fn objective(model: &SgdOneClassSvm<f64>, x: &Array2<f64>) -> f64 {
    let scores = model.score_samples(x).unwrap();
    let short = scores.mapv(|score| (model.offset() - score).max(0.0)).mean().unwrap();
    let coef = model.coef();
    NU * (0.5 * coef.dot(&coef) - model.offset()) + short
}

#[test]
fn rounds_come_nearer_to_the_machine_of_all_rows() {
    let chunks = [1, 2, 3, 4].map(|seed| DatasetBase::new(chunk(100, seed).records, ()));
    let views: Vec<_> = chunks.iter().map(|chunk| chunk.records.view()).collect();
    let whole = DatasetBase::new(concatenate(Axis(0), &views).unwrap(), ());
    let params = SgdOneClassSvm::params().nu(NU);
    let epochs = |n: usize| (0..n).fold(None, |model, _| Some(params.fit_with(model, &whole).unwrap())).unwrap();
    let best = objective(&epochs(200), &whole.records);
    for weighting in WEIGHTINGS {
        let mut model = average(&params, &chunks, weighting);
        let first = objective(&model, &whole.records);
        for _ in 1..20 {
            let states = chunks.iter().map(|chunk| FitAverageFrom::fit_state_from(&params, &model, chunk, weighting));
            model = finish(&params, states.map(|state| state.unwrap()).reduce(merge).unwrap());
        }
        let last = objective(&model, &whole.records);
        assert!(last - best < 0.2 * (first - best), "{weighting:?}: {first} {last} {best}");
        let outliers = model.predict(&whole.records).iter().filter(|inlier| !**inlier).count() as f64 / 400.0;
        assert!((outliers - NU).abs() < 0.1, "{weighting:?}: {outliers}");
        assert_eq!((model.t(), model.n_rows_seen()), (2001.0, 400));
    }
}

#[test]
fn a_round_goes_on_from_the_model_of_the_last() {
    let chunk = chunk(40, 5);
    for params in varied() {
        let first = average(&params, std::slice::from_ref(&chunk), Weighting::Curvature);
        // Of a model that has an average a round goes on from the average.
        let begun = SgdOneClassSvm::from_parts(first.coef().to_owned(), first.offset()).unwrap();
        let on = params.fit_with(Some(begun.with_t(first.t()).unwrap()), &chunk).unwrap();
        for weighting in WEIGHTINGS {
            let state = FitAverageFrom::fit_state_from(&params, &first, &chunk, weighting).unwrap();
            let second = finish(&params, state);
            assert_close(&numbers(&second), &numbers(&on), 1e-9);
            assert_ne!(second.coef(), first.coef());
        }
    }
}

#[test]
fn chunks_that_do_not_fit_are_refused_by_name() {
    let params = SgdOneClassSvm::params().nu(NU);
    let model = params.fit_with(None, &chunk(20, 1)).unwrap();
    let narrow = DatasetBase::new(array![[1.0], [2.0]], ());
    let error = FitAverageFrom::fit_state_from(&params, &model, &narrow, Weighting::Uniform).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ShapeMismatch { what: "columns", expected: 4, found: 1 });
    let state = |chunk: &Chunk, weighting| params.fit_state(chunk, weighting).unwrap();
    let merge = <SgdOneClassSvmParams as FitAverage<Array2<f64>, ()>>::merge;
    let [curved, plain] = [Weighting::Curvature, Weighting::Uniform].map(|how| state(&chunk(20, 1), how));
    let error = merge(plain.clone(), state(&narrow, Weighting::Uniform)).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ShapeMismatch { what: "columns", expected: 4, found: 1 });
    assert!(matches!(merge(plain, curved).unwrap_err().kind(), ErrorKind::MismatchedStates { .. }));
    let error = FitAverage::<Array2<f64>, ()>::finish(&params, SgdVectorState::default()).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoRows { estimator: "SgdOneClassSvm" });
    let mut odd = chunk(20, 1);
    odd.records[(7, 2)] = f64::NAN;
    let error = params.fit_state(&odd, Weighting::Curvature).unwrap_err();
    assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 2 }, Some(7)));
    let negative = chunk(20, 1).with_weights(Array1::from_elem(20, -1.0));
    assert!(params.fit_state(&negative, Weighting::Curvature).is_err());
    let error = params.nu(0.0).fit_state(&chunk(20, 1), Weighting::Curvature).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "nu", .. }));
}
