//! Tests of averages of generalized linear regressions.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, array};

use super::average::GlmState;
use super::{AveragedFamily, GammaRegressor, Glm, GlmParams, Poisson, PoissonRegressor, TweedieRegressor};
use crate::data::{Csr, Rows};
use crate::error::ErrorKind;
use crate::estimator::{FitAverage, FitPasses, RefineAverage, Weighting};

type Dense = DatasetBase<Array2<f64>, Array1<f64>>;

const WEIGHTINGS: [Weighting; 3] = [Weighting::Curvature, Weighting::Samples, Weighting::Uniform];

/// Rows of numbers above 0 whose logarithm is about linear in four columns, the first of them about `far`.
fn rows(n: usize, far: f64) -> Dense {
    let number = |i: usize, j: usize| ((i * 31 + j * 17 + i * i * (j + 3)) % 23) as f64 / 23.0;
    let x = Array2::from_shape_fn((n, 4), |(i, j)| if j == 3 && i % 3 > 0 { 0.0 } else { number(i, j) });
    let y = Array1::from_shape_fn(n, |i| (1.0 + x[(i, 0)] - 0.7 * x[(i, 1)] + number(i, 7)).exp());
    let weights = Array1::from_shape_fn(n, |i| [1.0, 2.0, 0.0, 0.5][i % 4]);
    let mut x = x;
    x.column_mut(0).mapv_inplace(|v| v + far);
    DatasetBase::new(x, y).with_weights(weights)
}

fn part(rows: &Dense, span: std::ops::Range<usize>) -> Dense {
    rows.select_rows(&span.collect::<Vec<_>>())
}

fn sparse(rows: &Dense) -> DatasetBase<Csr<f64>, Array1<f64>> {
    DatasetBase::new(Csr::from_dense(&rows.records).unwrap(), rows.targets.clone()).with_weights(rows.weights.clone())
}

fn state<K: AveragedFamily>(params: &GlmParams<K>, rows: &Dense, weighting: Weighting) -> GlmState {
    params.fit_state(rows, weighting).unwrap()
}

fn merge(a: GlmState, b: GlmState) -> GlmState {
    <GlmParams<Poisson> as FitAverage<Array2<f64>, Array1<f64>>>::merge(a, b).unwrap()
}

fn finish<K: AveragedFamily>(params: &GlmParams<K>, state: GlmState) -> Glm<K, f64> {
    FitAverage::<Array2<f64>, Array1<f64>>::finish(params, state).unwrap()
}

fn numbers<K: AveragedFamily>(model: &Glm<K, f64>) -> Vec<f64> {
    model.coef().iter().copied().chain([model.intercept()]).collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn check_one_chunk<K: AveragedFamily>(params: &GlmParams<K>) {
    let rows = rows(60, 0.0);
    let narrow = DatasetBase::new(rows.records.mapv(|v| v as f32), rows.targets.mapv(|v| v as f32));
    for params in [params.clone(), params.clone().fit_intercept(false)] {
        for weighting in WEIGHTINGS {
            let fitted = params.fit(&rows).unwrap();
            let averaged = finish(&params, state(&params, &rows, weighting));
            assert_eq!(averaged, fitted);
            let of_sparse = params.fit_state(&sparse(&rows), weighting).unwrap();
            assert_eq!(finish(&params, of_sparse), params.fit(&sparse(&rows)).unwrap());
            let of_narrow = params.fit_state(&narrow, weighting).unwrap();
            let averaged = FitAverage::<Array2<f32>, Array1<f32>>::finish(&params, of_narrow).unwrap();
            assert_eq!(averaged, params.fit(&narrow).unwrap());
            // A chunk of no rows, or of rows of weight 0, changes nothing.
            let nothing = part(&rows, 0..0);
            let weightless = part(&rows, 0..9).with_weights(Array1::zeros(9));
            for none in [nothing, weightless] {
                let none = state(&params, &none, weighting);
                assert_eq!(none, GlmState::default());
                let own = state(&params, &rows, weighting);
                assert_eq!(merge(own.clone(), none.clone()), own);
                assert_eq!(merge(none, own.clone()), own);
            }
        }
    }
}

#[test]
fn the_average_of_one_chunk_is_its_fit() {
    check_one_chunk(&PoissonRegressor::params().alpha(1e-2));
    check_one_chunk(&GammaRegressor::params().alpha(1e-2));
    check_one_chunk(&TweedieRegressor::params().alpha(1e-2).power(1.5));
    check_one_chunk(&TweedieRegressor::params().alpha(1e-2));
}

/// The curvature of each row, about the centre of all, by the book.
#[test]
fn curvature_weighs_coefficients_about_the_centre() {
    let (whole, params) = (rows(80, 0.0), PoissonRegressor::params().alpha(1e-2).tol(1e-12));
    let chunks = [part(&whole, 0..30), part(&whole, 30..80)];
    let mut sums = [const { [0.0; 4] }; 2];
    let (mut margins, mut centers, mut total) = (0.0, [0.0; 4], 0.0);
    for chunk in &chunks {
        let model = params.fit(chunk).unwrap();
        let margin = chunk.records.dot(model.coef()) + model.intercept();
        let curvature = margin.mapv(f64::exp) * chunk.weights.mapv(f64::from);
        let center = chunk.records.t().dot(&curvature) / curvature.sum();
        let squares = (&chunk.records - &center).mapv(|d| d * d).t().dot(&curvature);
        for j in 0..4 {
            sums[0][j] += squares[j] * model.coef()[j];
            sums[1][j] += squares[j];
            centers[j] += curvature.sum() * center[j];
        }
        margins += curvature.sum() * (model.intercept() + center.dot(model.coef()));
        total += curvature.sum();
    }
    let coef: Vec<f64> = (0..4).map(|j| sums[0][j] / sums[1][j]).collect();
    let intercept = (margins - (0..4).map(|j| centers[j] * coef[j]).sum::<f64>()) / total;
    let expected = [coef, vec![intercept]].concat();
    let states = || chunks.each_ref().map(|chunk| state(&params, chunk, Weighting::Curvature));
    let [a, b] = states();
    assert!(distance(&numbers(&finish(&params, merge(a, b))), &expected) < 1e-9);
    let [a, b] = chunks.each_ref().map(|chunk| params.fit_state(&sparse(chunk), Weighting::Curvature).unwrap());
    assert!(distance(&numbers(&finish(&params, merge(a, b))), &expected) < 1e-6, "sparse rows have zeros, too");
}

/// Far from zero an intercept says next to nothing alone: a coefficient that is a bit off moves it far.
#[test]
fn columns_far_from_zero_are_averaged_as_well_as_near_ones() {
    let params = GammaRegressor::params().alpha(1e-3).tol(1e-10);
    let off = |far: f64| {
        let whole = rows(120, far);
        let chunks = [part(&whole, 0..30), part(&whole, 30..70), part(&whole, 70..120)];
        let states = chunks.map(|chunk| state(&params, &chunk, Weighting::Curvature));
        let averaged = finish(&params, states.into_iter().reduce(merge).unwrap());
        let exact = params.fit(&whole).unwrap();
        let margins = |model: &Glm<_, f64>| whole.records.dot(model.coef()) + model.intercept();
        (&margins(&averaged) - &margins(&exact)).iter().fold(0.0, |most: f64, d| most.max(d.abs()))
    };
    let near = off(0.0);
    assert!(near < 0.15, "{near}");
    assert!((off(2000.0) - near).abs() < 1e-6, "{} {near}", off(2000.0));
    assert!((off(-1e6) - near).abs() < 1e-4, "{} {near}", off(-1e6));
}

#[test]
fn a_column_that_no_chunk_tells_from_the_intercept_is_left_out() {
    let params = PoissonRegressor::params().alpha(0.0).tol(1e-10);
    let mut whole = rows(80, 0.0);
    whole.records.column_mut(2).iter_mut().enumerate().for_each(|(i, v)| *v = if i < 40 { 1.0 } else { 3.0 });
    let states = [0..40, 40..80].map(|span| state(&params, &part(&whole, span), Weighting::Curvature));
    let averaged = finish(&params, states.into_iter().reduce(merge).unwrap());
    assert!(averaged.coef()[2].abs() < 1e-9, "{averaged:?}");
    let mean = (whole.records.dot(averaged.coef()) + averaged.intercept()).mapv(f64::exp).mean().unwrap();
    let truth = whole.targets.mean().unwrap();
    assert!((mean / truth - 1.0).abs() < 0.1, "{mean} {truth}");
}

#[test]
fn an_average_is_where_a_round_begins() {
    let (whole, params) = (rows(90, 50.0), TweedieRegressor::params().alpha(1e-3).power(1.5).tol(1e-9));
    let states = [0..50, 50..90].map(|span| state(&params, &part(&whole, span), Weighting::Curvature));
    let merged = states.into_iter().reduce(merge).unwrap();
    let average = numbers(&finish(&params, merged.clone()));
    type Params = GlmParams<super::Tweedie>;
    let begun = RefineAverage::<Array2<f64>, Array1<f64>>::go_on(&params, merged).unwrap();
    type Rows = Array2<f64>;
    let chunk = FitPasses::<Rows, Array1<f64>>::rows(&params, &whole).unwrap();
    let part = FitPasses::<Rows, Array1<f64>>::ask(&params, &begun, &chunk).unwrap();
    let sum = <Params as FitPasses<Rows, Array1<f64>>>::sum(&[&part]).unwrap();
    let surveyed = FitPasses::<Rows, Array1<f64>>::advance(&params, begun, sum).unwrap();
    let model: Glm<_, f64> = FitPasses::<Rows, Array1<f64>>::model(&params, surveyed).unwrap();
    assert!(distance(&numbers(&model), &average) < 1e-9, "{model:?} {average:?}");
}

#[test]
fn chunks_that_cannot_be_averaged_are_refused_by_name() {
    let (whole, params) = (rows(20, 0.0), PoissonRegressor::params());
    let fit = |chunk: &Dense| params.fit_state(chunk, Weighting::Curvature).unwrap_err();
    let mut odd = whole.clone();
    odd.targets[3] = -1.0;
    let error = fit(&odd);
    assert!(matches!(error.kind(), ErrorKind::InvalidTarget { .. }) && error.place().row == Some(3), "{error}");
    let mut odd = whole.clone();
    odd.records[(5, 2)] = f64::NAN;
    let error = fit(&odd);
    assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 2 }, Some(5)));
    let odd = whole.clone().with_weights(Array1::from_elem(20, -1.0));
    assert!(matches!(fit(&odd).kind(), ErrorKind::InvalidParameter { name: "sample_weight", .. }));
    let error = params.clone().alpha(-1.0).fit_state(&whole, Weighting::Uniform).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "alpha", .. }));
    let narrow = DatasetBase::new(array![[1.0], [2.0]], array![1.0, 2.0]);
    let merge = <GlmParams<Poisson> as FitAverage<Array2<f64>, Array1<f64>>>::merge;
    let of = |chunk: &Dense, weighting| state(&params, chunk, weighting);
    for weighting in WEIGHTINGS {
        let error = merge(of(&narrow, weighting), of(&whole, weighting)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { what: "columns", expected: 1, found: 4 }));
    }
    let error = merge(of(&whole, Weighting::Curvature), of(&whole, Weighting::Samples)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::MismatchedStates { .. }));
    let error = FitAverage::<Array2<f64>, Array1<f64>>::finish(&params, GlmState::default()).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoRows { estimator: "PoissonRegressor" });
}
