//! AdaGrad and FTRL against their textbook loops, which write every weight on every step.

use linfa::DatasetBase;
use linfa::dataset::Records;
use linfa::traits::{Fit, FitWith};
use ndarray::{Array1, Array2, ArrayView1, Axis, Slice};

use crate::data::Csr;
use crate::linear::sgd::tests::example;
use crate::linear::sgd::*;

const ETA0: f64 = 0.4;
const BETA: f64 = 0.7;

/// What a twin is told: the penalties of a step, and the derivative of the loss.
#[derive(Clone, Copy)]
struct Problem {
    l1: f64,
    l2: f64,
    slope: fn(f64, f64) -> f64,
}

fn margin(row: ArrayView1<'_, f64>, w: &[f64], b: f64) -> f64 {
    row.iter().zip(w).map(|(x, w)| x * w).sum::<f64>() + b
}

/// Duchi, Hazan and Singer 2011, composite mirror descent with diagonal matrices.
fn adagrad_twin(x: &Array2<f64>, y: &[f64], problem: Problem) -> (Vec<f64>, f64) {
    let (mut w, mut b) = (vec![0.0f64; x.ncols()], 0.0);
    let (mut squares, mut b_squares) = (w.clone(), 0.0f64);
    for (row, &y) in x.rows().into_iter().zip(y) {
        let slope = (problem.slope)(y, margin(row, &w, b));
        for (j, x) in row.iter().enumerate() {
            let gradient = slope * x;
            squares[j] += gradient * gradient;
            if squares[j] > 0.0 {
                let length = ETA0 / squares[j].sqrt();
                let moved = w[j] - length * gradient;
                w[j] = ((moved.abs() - length * problem.l1).max(0.0) / (1.0 + length * problem.l2)).copysign(moved);
            }
        }
        b_squares += slope * slope;
        if b_squares > 0.0 {
            b -= ETA0 / b_squares.sqrt() * slope;
        }
    }
    (w, b)
}

/// McMahan et al. 2013, algorithm 1, but that the penalties grow with the steps.
fn ftrl_twin(x: &Array2<f64>, y: &[f64], problem: Problem) -> (Vec<f64>, f64) {
    let columns = x.ncols();
    // The last coordinate is the intercept, which is not penalised.
    let (mut z, mut n) = (vec![0.0f64; columns + 1], vec![0.0f64; columns + 1]);
    let weights = |z: &[f64], n: &[f64], steps: usize| -> Vec<f64> {
        let weight = |j: usize| {
            let of_penalty = if j < columns { steps as f64 } else { 0.0 };
            let (l1, l2) = (of_penalty * problem.l1, of_penalty * problem.l2);
            if z[j].abs() <= l1 {
                return 0.0;
            }
            -(z[j] - z[j].signum() * l1) / ((BETA + n[j].sqrt()) / ETA0 + l2)
        };
        (0..=columns).map(weight).collect()
    };
    for (step, row) in x.rows().into_iter().enumerate() {
        let w = weights(&z, &n, step);
        let slope = (problem.slope)(y[step], margin(row, &w[..columns], w[columns]));
        for j in 0..=columns {
            let gradient = slope * row.get(j).unwrap_or(&1.0);
            let sigma = ((n[j] + gradient * gradient).sqrt() - n[j].sqrt()) / ETA0;
            z[j] += gradient - sigma * w[j];
            n[j] += gradient * gradient;
        }
    }
    let mut w = weights(&z, &n, x.nrows());
    let b = w.pop().unwrap();
    (w, b)
}

fn assert_close<'a>(found: impl IntoIterator<Item = &'a f64>, expected: (&[f64], f64), what: &str) {
    let found: Vec<f64> = found.into_iter().copied().collect();
    assert_eq!(found.len(), expected.0.len() + 1);
    for (found, expected) in found.iter().zip(expected.0.iter().chain([&expected.1])) {
        assert!((found - expected).abs() < 1e-10, "{found} {expected} {what}");
    }
}

const RATES: [LearningRate; 2] = [LearningRate::AdaGrad, LearningRate::Ftrl { beta: BETA }];

#[test]
fn lazy_steps_are_those_of_the_textbook() {
    let (x, labels) = example(90, 2, 21);
    let dense = x.to_dense();
    let hinge = |y: f64, p: f64| if y * p <= 1.0 { -y } else { 0.0 };
    let log_loss = |y: f64, p: f64| -y / (1.0 + (y * p).exp());
    let squared = |y: f64, p: f64| p - y;
    let signs: Vec<f64> = labels.iter().map(|&label| 2.0 * label as f64 - 1.0).collect();
    let elastic = Penalty::ElasticNet { l1_ratio: 0.4 };
    for (loss, slope) in
        [(Loss::Hinge, hinge as fn(f64, f64) -> f64), (Loss::LogLoss, log_loss), (Loss::SquaredError, squared)]
    {
        for (penalty, share) in [(Penalty::None, 0.0), (Penalty::L2, 0.0), (Penalty::L1, 1.0), (elastic, 0.4)] {
            for (alpha, learning_rate) in [1e-3, 0.05].into_iter().flat_map(|alpha| RATES.map(|rate| (alpha, rate))) {
                let (l1, l2) =
                    if penalty == Penalty::None { (0.0, 0.0) } else { (alpha * share, alpha * (1.0 - share)) };
                let problem = Problem { l1, l2, slope };
                let twin = if learning_rate == LearningRate::AdaGrad { adagrad_twin } else { ftrl_twin };
                let (w, b) = twin(&dense, &signs, problem);
                let what = format!("{loss:?} {penalty:?} {alpha} {learning_rate:?}");
                assert!(w.iter().any(|&w| w != 0.0), "{what}");

                let params = SgdClassifier::params().loss(loss).penalty(penalty).alpha(alpha).eta0(ETA0);
                let params = params.learning_rate(learning_rate).shuffle(false).classes(vec![0, 1]);
                for chunk_rows in [90, 25] {
                    let (mut sparse, mut whole) = (None, None);
                    for start in (0..90).step_by(chunk_rows) {
                        let span = Slice::from(start..(start + chunk_rows).min(90));
                        let rows = dense.slice_axis(Axis(0), span).to_owned();
                        let y = labels.slice_axis(Axis(0), span).to_owned();
                        let chunk = DatasetBase::new(Csr::from_dense(&rows).unwrap(), y.clone());
                        sparse = Some(params.fit_with(sparse, &chunk).unwrap());
                        whole = Some(params.fit_with(whole, &DatasetBase::new(rows, y)).unwrap());
                    }
                    for model in [sparse.unwrap(), whole.unwrap()] {
                        assert_close(model.coef().iter().chain(model.intercept()), (&w, b), &what);
                    }
                }
                if loss == Loss::SquaredError {
                    let params = SgdRegressor::params().penalty(penalty).alpha(alpha).eta0(ETA0);
                    let params = params.learning_rate(learning_rate).shuffle(false);
                    let data = DatasetBase::new(x.clone(), Array1::from(signs.clone()));
                    let model = params.fit_with(None, &data).unwrap();
                    assert_close(model.coef().iter().chain([&model.intercept()]), (&w, b), &what);
                }
            }
        }
    }
}

#[test]
fn other_steps_go_on_from_the_same_weights() {
    let (x, y) = example(60, 3, 22);
    let none = Array2::<f64>::zeros((1, x.nfeatures()));
    let none = DatasetBase::new(Csr::from_dense(&none).unwrap(), Array1::zeros(1));
    let data = DatasetBase::new(x, y);
    let params = || SgdClassifier::params().classes(vec![0, 1, 2]).eta0(0.2).fit_intercept(false).loss(Loss::LogLoss);
    let rates = [RATES[0], RATES[1], LearningRate::Constant];
    for (before, after) in rates.into_iter().flat_map(|before| rates.map(|after| (before, after))) {
        let first = params().learning_rate(before).fit_with(None, &data).unwrap();
        let penalty = if before == after { Penalty::L2 } else { Penalty::None };
        let then = params().learning_rate(after).penalty(penalty).eta0(0.3);
        let next = then.fit_with(Some(first.clone()), &none).unwrap();
        // A row of zeros moves nothing but for the step's penalty.
        for (a, b) in first.coef().iter().zip(next.coef()) {
            assert!((a - b).abs() < 1e-4 * a.abs().max(0.1), "{a} {b} from {before:?} to {after:?}");
        }
        let squares = |model: &SgdClassifier<f64, usize>| model.boundaries.lanes.blocks()[0].squares.clone();
        let keep = before != LearningRate::Constant && after != LearningRate::Constant;
        assert_eq!(squares(&next).is_some(), after != LearningRate::Constant);
        assert!(!keep || squares(&next).unwrap().weights == squares(&first).unwrap().weights, "{before:?} {after:?}");
    }
}

#[test]
fn fit_ends_when_the_mean_loss_stops_falling() {
    let (x, y) = example(80, 3, 23);
    let data = DatasetBase::new(x, y);
    for learning_rate in RATES {
        let params = SgdClassifier::params().learning_rate(learning_rate).eta0(0.3).loss(Loss::LogLoss);
        let model = params.clone().fit(&data).unwrap();
        assert!((6..1000).contains(&model.n_iter()), "{}", model.n_iter());
        // Boundaries end one by one; each is that of a training of as many passes as it took.
        let binary = |class: usize| {
            let y = data.targets.mapv(|label| label == class);
            let params = SgdClassifier::params().learning_rate(learning_rate).eta0(0.3).loss(Loss::LogLoss);
            params.fit(&DatasetBase::new(data.records.clone(), y)).unwrap()
        };
        for class in 0..3 {
            assert_eq!(model.coef().row(class), binary(class).coef().row(0), "{learning_rate:?} {class}");
        }
    }
}

#[test]
fn l1_of_ftrl_leaves_few_weights() {
    let (x, y) = example(200, 2, 24);
    let data = DatasetBase::new(x, y);
    let zeros = |alpha: f64| {
        let params = SgdClassifier::params().loss(Loss::LogLoss).penalty(Penalty::L1).alpha(alpha).eta0(0.5);
        let model = params.learning_rate(RATES[1]).fit_with(None, &data).unwrap();
        model.coef().iter().filter(|&&w| w == 0.0).count()
    };
    let (counts, all) = ([1e-6, 0.04, 0.05, 0.06, 0.08, 10.0].map(zeros), data.records.nfeatures());
    assert!(counts.is_sorted() && (counts[0], counts[5]) == (0, all), "{counts:?}");
    assert!(counts.iter().any(|count| (1..all).contains(count)), "{counts:?}");
}

#[test]
fn coordinates_that_overflow_are_an_error() {
    let (x, y) = example(20, 2, 25);
    let steep = Csr::from_dense(&x.to_dense().mapv(|value| value * 1e200)).unwrap();
    for learning_rate in RATES {
        let params = SgdClassifier::params().learning_rate(learning_rate);
        let error = params.fit_with(None, &DatasetBase::new(steep.clone(), y.clone())).unwrap_err();
        assert_eq!(*error.kind(), crate::ErrorKind::Diverged { estimator: "SgdClassifier" });
    }
}
