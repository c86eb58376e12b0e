//! Tests of averages of single SGD passes.

use std::fmt::Debug;

use linfa::traits::FitWith;
use linfa::{DatasetBase, Label, ParamGuard};
use ndarray::{Array1, Array2};

use super::tests::{example, varied};
use super::*;
use crate::data::{Csr, FeatureRows, Rows, Shared};
use crate::error::ErrorKind;
use crate::estimator::{FitAverage, Weighting};

const WEIGHTINGS: [Weighting; 3] = [Weighting::Curvature, Weighting::Samples, Weighting::Uniform];

type Chunk<L> = DatasetBase<Csr<f64>, Array1<L>>;

fn chunk(n_classes: usize, seed: u64) -> Chunk<usize> {
    let (x, y) = example(40, n_classes, seed);
    DatasetBase::new(x, y)
}

fn of_classes(chunk: &Chunk<usize>, classes: &[usize]) -> Chunk<usize> {
    let rows: Vec<usize> = (0..chunk.n_rows()).filter(|&i| classes.contains(&chunk.targets[i])).collect();
    chunk.select_rows(&rows)
}

fn merge(states: impl IntoIterator<Item = SgdState<usize>>) -> SgdState<usize> {
    let merge = <SgdClassifierParams<usize> as FitAverage<Csr<f64>, Array1<usize>>>::merge;
    states.into_iter().reduce(|a, b| merge(a, b).unwrap()).unwrap()
}

fn finish(params: &SgdClassifierParams<usize>, state: SgdState<usize>) -> crate::Result<SgdClassifier<f64, usize>> {
    FitAverage::<Csr<f64>, Array1<usize>>::finish(params, state)
}

fn numbers(model: &SgdClassifier<f64, usize>) -> Vec<f64> {
    model.coef().iter().chain(model.intercept()).copied().collect()
}

fn assert_close(a: &[f64], b: &[f64], tolerance: f64, what: impl Debug) {
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{a} {b} {what:?}");
    }
}

/// The average of one chunk is the bits of `partial_fit`.
fn check_one_chunk<X, L>(params: &SgdClassifierParams<L>, chunk: &DatasetBase<X, Array1<L>>)
where
    X: FeatureRows,
    L: Label + Shared,
{
    let fitted = params.fit_with(None, chunk).unwrap();
    for weighting in WEIGHTINGS {
        let state = params.fit_state(chunk, weighting).unwrap();
        let model = FitAverage::<X, Array1<L>>::finish(params, state).unwrap();
        assert_eq!((model.coef(), model.intercept()), (fitted.coef(), fitted.intercept()), "{params:?}");
        assert_eq!((model.classes(), model.counts.clone()), (fitted.classes(), fitted.counts.clone()));
        let facts = |model: &SgdClassifier<X::Elem, L>| (model.t(), model.n_rows_seen(), model.n_iter());
        assert_eq!(facts(&model), facts(&fitted));
    }
}

#[test]
fn the_average_of_one_chunk_is_that_of_partial_fit() {
    for n_classes in [2, 3] {
        let chunk = chunk(n_classes, 31);
        let narrow = Csr::from_dense(&chunk.records.to_dense().mapv(|value| value as f32)).unwrap();
        let of_bools = DatasetBase::new(chunk.records.clone(), chunk.targets.mapv(|label| label == 1));
        for params in varied() {
            check_one_chunk(&params, &chunk);
            check_one_chunk(&params.clone().classes(vec![0, 1, 2, 7]), &chunk);
            check_one_chunk(&params, &DatasetBase::new(chunk.records.to_dense(), chunk.targets.clone()));
            check_one_chunk(&params, &DatasetBase::new(narrow.clone(), chunk.targets.clone()));
        }
        varied().iter().for_each(|params| check_one_chunk(params, &of_bools));
    }
}

#[test]
fn the_order_of_merging_does_not_matter_and_chunks_of_one_class_add_nothing() {
    for params in varied() {
        for weighting in WEIGHTINGS {
            let chunks = [chunk(2, 32), chunk(3, 33), of_classes(&chunk(3, 34), &[1, 2]), chunk(3, 35)];
            let states = || chunks.iter().map(|chunk| params.fit_state(chunk, weighting).unwrap());
            let expected = finish(&params, merge(states())).unwrap();
            let backwards = finish(&params, merge(states().collect::<Vec<_>>().into_iter().rev())).unwrap();
            assert_close(&numbers(&backwards), &numbers(&expected), 1e-12, &params);
            assert_eq!((expected.n_rows_seen(), expected.t()), (chunks.iter().map(Rows::n_rows).sum(), 41.0));

            let one_class = params.fit_state(&of_classes(&chunks[1], &[2]), weighting).unwrap();
            let empty = params.fit_state(&chunks[1].select_rows(&[]), weighting).unwrap();
            assert_eq!(empty, SgdState::default());
            let more = finish(&params, merge(states().chain([one_class.clone(), empty.clone()]))).unwrap();
            assert_close(&numbers(&more), &numbers(&expected), 1e-12, &params);
            assert!(more.n_rows_seen() > expected.n_rows_seen());

            let first = states().next().unwrap();
            assert_eq!(merge([first.clone(), empty.clone()]), first);
            assert_eq!(merge([empty.clone(), first.clone()]), first);
            let error = finish(&params, empty).unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::NoRows { estimator: "SgdClassifier" });
            let error = finish(&params, one_class).unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::OneClass { found: "the label 2".into() });
        }
    }
}

/// The weights of one chunk after a pass and the sums of squared gradients on the way, row by row.
fn squares_twin(
    params: &SgdClassifierParams<usize>,
    chunk: &Chunk<usize>,
    slope: fn(f64, f64) -> f64,
) -> [Vec<f64>; 2] {
    let x = chunk.records.to_dense();
    let (mut model, mut squares) = (None, vec![0.0; x.ncols() + 1]);
    for (i, row) in x.rows().into_iter().enumerate() {
        let p = model
            .as_ref()
            .map_or(0.0, |model: &SgdClassifier<f64, usize>| row.dot(&model.coef().row(0)) + model.intercept()[0]);
        let slope = slope(2.0 * chunk.targets[i] as f64 - 1.0, p);
        for (squares, x) in squares.iter_mut().zip(row.iter().chain([&1.0])) {
            *squares += (slope * x) * (slope * x);
        }
        model = Some(params.fit_with(model, &chunk.select_rows(&[i])).unwrap());
    }
    [numbers(&model.unwrap()), squares]
}

#[test]
fn curvature_weighs_by_the_squared_gradients() {
    let hinge: fn(f64, f64) -> f64 = |y, p| if y * p <= 1.0 { -y } else { 0.0 };
    let log_loss: fn(f64, f64) -> f64 = |y, p| -y / (1.0 + (y * p).exp());
    let mut chunks = [chunk(2, 36), chunk(2, 37)];
    // A column that only the first chunk has.
    let mut dense = chunks[1].records.to_dense();
    dense.column_mut(4).fill(0.0);
    chunks[1].records = Csr::from_dense(&dense).unwrap();
    for (loss, slope) in [(Loss::Hinge, hinge), (Loss::LogLoss, log_loss)] {
        for rate in [LearningRate::Optimal, LearningRate::AdaGrad, LearningRate::Ftrl { beta: 1.0 }] {
            let params = SgdClassifier::params().loss(loss).learning_rate(rate).eta0(0.3).alpha(1e-2);
            let params = params.shuffle(false).classes(vec![0, 1]);
            let [a, b] = [0, 1].map(|k| squares_twin(&params, &chunks[k], slope));
            let mean = |j: usize| (a[0][j] * a[1][j] + b[0][j] * b[1][j]) / (a[1][j] + b[1][j]);
            let expected: Vec<f64> = (0..a[0].len()).map(mean).collect();
            let states = [0, 1].map(|k| params.fit_state(&chunks[k], Weighting::Curvature).unwrap());
            let model = finish(&params, merge(states)).unwrap();
            assert_close(&numbers(&model), &expected, 1e-9, &params);
            assert!((model.coef()[(0, 4)] - a[0][4]).abs() < 1e-9 && a[0][4] != 0.0);
        }
    }
}

#[test]
fn a_round_goes_on_from_the_model_of_the_last() {
    for params in varied().into_iter().map(|params| params.classes(vec![0, 1, 2])) {
        let params_valid = params.clone().check().unwrap();
        let chunk = chunk(3, 38);
        let first = finish(&params, params.fit_state(&chunk, Weighting::Curvature).unwrap()).unwrap();
        for weighting in WEIGHTINGS {
            let state = params_valid.fit_state_from(Some(&first), &chunk, weighting).unwrap();
            let second = finish(&params, state).unwrap();
            // The stored numbers are others, the model is the same.
            let on = params.fit_with(Some(first.clone()), &chunk).unwrap();
            assert_close(&numbers(&second), &numbers(&on), 1e-9, &params);
            assert_eq!((second.t(), second.n_rows_seen()), (81.0, 40));
            assert_ne!(second.coef(), first.coef());
        }
    }
}

/// The squares of the only block.
fn squares(model: &SgdClassifier<f64, usize>) -> Option<Vec<f64>> {
    let squares = model.boundaries.lanes.blocks()[0].squares.as_ref()?;
    Some([squares.weights.as_slice(), &squares.intercepts].concat())
}

#[test]
fn adagrad_goes_on_from_round_to_round_with_the_squares_of_all_chunks() {
    let of = |rate| SgdClassifier::params().learning_rate(rate).eta0(0.3).classes(vec![0, 1, 2]);
    let params = of(LearningRate::AdaGrad);
    let valid = params.clone().check().unwrap();
    let chunks = [chunk(3, 44), chunk(3, 45)];
    let fitted = chunks.each_ref().map(|chunk| params.fit_with(None, chunk).unwrap());
    let averaged = |params: &SgdClassifierParams<usize>, weighting| {
        let states = chunks.each_ref().map(|chunk| params.fit_state(chunk, weighting).unwrap());
        finish(params, merge(states)).unwrap()
    };

    // One chunk: as if nobody had averaged.
    let alone = finish(&params, params.fit_state(&chunks[0], Weighting::Curvature).unwrap()).unwrap();
    let next = valid.fit_state_from(Some(&alone), &chunks[0], Weighting::Curvature).unwrap();
    let on = params.fit_with(Some(fitted[0].clone()), &chunks[0]).unwrap();
    assert_close(&numbers(&finish(&params, next).unwrap()), &numbers(&on), 1e-9, &params);

    // Several: the squares of all, of which each begins with its share.
    let both = averaged(&params, Weighting::Curvature);
    let [a, b] = fitted.each_ref().map(|model| squares(model).unwrap());
    let sums: Vec<f64> = a.iter().zip(b).map(|(a, b)| a + b).collect();
    assert_close(&squares(&both).unwrap(), &sums, 1e-12, &params);
    let state = |k: usize| valid.fit_state_from(Some(&both), &chunks[k], Weighting::Curvature).unwrap();
    let next = squares(&finish(&params, merge([state(0), state(1)])).unwrap()).unwrap();
    assert!(next.iter().zip(&sums).all(|(next, sum)| *next >= sum * (1.0 - 1e-12)), "{next:?} {sums:?}");

    assert_eq!(squares(&averaged(&params, Weighting::Uniform)), None);
    assert_eq!(squares(&averaged(&of(LearningRate::Ftrl { beta: 1.0 }), Weighting::Curvature)), None);
}

#[test]
fn what_no_chunk_pulls_at_stays() {
    let still = || {
        let rates = [LearningRate::Constant, LearningRate::AdaGrad, LearningRate::Ftrl { beta: 1.0 }];
        rates.map(|rate| SgdClassifier::params().penalty(Penalty::None).learning_rate(rate).eta0(0.3))
    };
    for params in still() {
        let (first, other) = (chunk(2, 39), chunk(2, 40));
        let model = finish(&params, params.fit_state(&first, Weighting::Curvature).unwrap()).unwrap();
        let zeros = || Csr::from_dense(&Array2::<f64>::zeros((40, model.n_features()))).unwrap();
        let nothing = DatasetBase::new(zeros(), other.targets.clone()).with_weights(Array1::from_elem(40, 1e-30));
        for weighting in [Weighting::Curvature, Weighting::Uniform] {
            let valid = params.clone().check().unwrap();
            let states = [(); 2].map(|()| valid.fit_state_from(Some(&model), &nothing, weighting).unwrap());
            assert_close(&numbers(&finish(&params, merge(states)).unwrap()), &numbers(&model), 1e-12, &params);
        }
    }
}

#[test]
fn regressors_are_averaged_likewise() {
    let targets = |chunk: &Chunk<usize>| chunk.records.to_dense().sum_axis(ndarray::Axis(1)) + 0.5;
    let chunks = [41, 42].map(|seed| {
        let chunk = chunk(2, seed);
        let y = targets(&chunk);
        DatasetBase::new(chunk.records, y)
    });
    type Params = SgdRegressorParams;
    let merge = <Params as FitAverage<Csr<f64>, Array1<f64>>>::merge;
    let finish = |params: &Params, state| FitAverage::<Csr<f64>, Array1<f64>>::finish(params, state).unwrap();
    let rates = [LearningRate::InvScaling { power_t: 0.25 }, LearningRate::AdaGrad, LearningRate::Ftrl { beta: 1.0 }];
    for params in rates.map(|rate| SgdRegressor::params().learning_rate(rate).eta0(0.1)) {
        for weighting in WEIGHTINGS {
            let fitted = [0, 1].map(|k| params.fit_with(None, &chunks[k]).unwrap());
            let states = [0, 1].map(|k| params.fit_state(&chunks[k], weighting).unwrap());
            let alone = finish(&params, states[0].clone());
            assert_eq!((alone.coef(), alone.intercept()), (fitted[0].coef(), fitted[0].intercept()));
            assert_eq!((alone.t(), alone.n_rows_seen()), (41.0, 40));
            assert_eq!(merge(SgdVectorState::default(), states[1].clone()).unwrap(), states[1]);
            let [a, b] = states;
            let both = finish(&params, merge(a, b).unwrap());
            let mean = (&fitted[0].coef() + &fitted[1].coef()) / 2.0;
            let plain = both.coef().iter().zip(&mean).all(|(a, b)| (a - b).abs() < 1e-12);
            assert_eq!(plain, weighting != Weighting::Curvature);

            // Rounds get better.
            let errors = |model: &SgdRegressor<f64>| -> f64 {
                let error = |chunk: &DatasetBase<Csr<f64>, Array1<f64>>| {
                    let predicted = linfa::traits::Predict::predict(model, &chunk.records);
                    (&predicted - &chunk.targets).mapv(|error| error * error).sum()
                };
                chunks.iter().map(error).sum()
            };
            let valid = params.clone().check().unwrap();
            let state = |k: usize| valid.fit_state_from(Some(&both), &chunks[k], weighting).unwrap();
            let next = finish(&params, merge(state(0), state(1)).unwrap());
            assert!(errors(&next) < errors(&both), "{} {} {params:?}", errors(&next), errors(&both));
            assert_eq!((next.t(), next.n_rows_seen()), (81.0, 80));
        }
    }
}

#[test]
fn chunks_that_do_not_fit_are_refused_by_name() {
    let params = SgdClassifier::params().classes(vec![0, 1]).check().unwrap();
    let two = chunk(2, 43);
    let model = params.fit_with(None, &two).unwrap();
    let error = params.fit_state_from(Some(&model), &chunk(3, 43), Weighting::Uniform).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnknownLabel { .. }), "{error}");
    let narrow = DatasetBase::new(Csr::from_dense(&Array2::<f64>::eye(2)).unwrap(), Array1::from(vec![0, 1]));
    let error = params.fit_state_from(Some(&model), &narrow, Weighting::Uniform).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { what: "columns", found: 2, .. }), "{error}");
    let undeclared = SgdClassifier::params().class_weight(ClassWeight::Balanced);
    let error = undeclared.fit_state(&two, Weighting::Uniform).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "class_weight", .. }), "{error}");
}
