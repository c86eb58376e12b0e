//! Tests of averages of linear models.

use linfa::dataset::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2, array};

use super::row_sample::RowSample;
use super::{ChunkWeight, CompactFit, LinearState};
use crate::data::{Csr, Rows};
use crate::error::ErrorKind;
use crate::estimator::{FitAverage, MergeWarning, Weighting};
use crate::linear::{LogisticRegression, LogisticRegressionParams, LogisticState};

type Dense<L> = DatasetBase<Array2<f64>, Array1<L>>;

const WEIGHTINGS: [Weighting; 3] = [Weighting::Curvature, Weighting::Samples, Weighting::Uniform];

/// 60 rows of three classes, every fourth label wrong.
fn data() -> Dense<usize> {
    let x = Array2::from_shape_fn((60, 5), |(i, j)| {
        ((i * 31 + j * 17) % 23) as f64 / 10.0 - 1.0 + if i % 3 == j { 1.0 } else { 0.0 }
    });
    DatasetBase::new(x, Array1::from_shape_fn(60, |i| if i % 4 == 0 { i / 4 % 3 } else { i % 3 }))
}

/// The rows of these classes in the first half, or the second.
fn of_classes(classes: &[usize], half: usize) -> Dense<usize> {
    let data = data();
    let rows: Vec<usize> = (0..60).filter(|&i| classes.contains(&data.targets[i]) && i / 30 == half).collect();
    data.select_rows(&rows)
}

fn params() -> LogisticRegressionParams<usize> {
    LogisticRegression::params().alpha(1e-2).tol(1e-10)
}

fn merge(a: LogisticState<usize>, b: LogisticState<usize>) -> LogisticState<usize> {
    <LogisticRegressionParams<usize> as FitAverage<Array2<f64>, Array1<usize>>>::merge(a, b).unwrap()
}

fn state(data: &Dense<usize>, weighting: Weighting) -> LogisticState<usize> {
    params().fit_state(data, weighting).unwrap()
}

fn finish(state: LogisticState<usize>) -> crate::Result<LogisticRegression<f64, usize>> {
    FitAverage::<Array2<f64>, Array1<usize>>::finish(&params(), state)
}

fn assert_close(a: &LogisticRegression<f64, usize>, b: &LogisticRegression<f64, usize>) {
    assert_eq!(a.classes(), b.classes());
    let numbers =
        |m: &LogisticRegression<f64, usize>| m.coef().iter().chain(m.intercept()).copied().collect::<Vec<_>>();
    assert_eq!(numbers(a).len(), numbers(b).len());
    for (x, y) in numbers(a).into_iter().zip(numbers(b)) {
        assert!((x - y).abs() < 1e-12, "{a:?} {b:?}");
    }
}

#[test]
fn averaging_one_chunk_is_fitting_it() {
    for weighting in WEIGHTINGS {
        for data in [data(), of_classes(&[0, 2], 0)] {
            let fitted = params().fit(&data).unwrap();
            let averaged = finish(state(&data, weighting)).unwrap();
            assert_close(&averaged, &fitted);
            assert_eq!((averaged.n_iter(), averaged.converged()), (fitted.n_iter(), true));
            let sparse = DatasetBase::new(Csr::from_dense(&data.records).unwrap(), data.targets);
            let state = params().fit_state(&sparse, weighting).unwrap();
            let model = FitAverage::<Csr<f64>, Array1<usize>>::finish(&params(), state).unwrap();
            assert!((model.coef() - fitted.coef()).iter().all(|d: &f64| d.abs() < 1e-8));
        }
    }
}

#[test]
fn the_order_of_merging_does_not_matter_and_nothing_changes_nothing() {
    for weighting in WEIGHTINGS {
        let chunks = [
            of_classes(&[0, 1], 0),
            of_classes(&[0, 1, 2], 0),
            of_classes(&[1, 2], 1),
            of_classes(&[2], 0),
            of_classes(&[0, 1], 1),
        ];
        let states: Vec<_> = chunks.iter().map(|chunk| state(chunk, weighting)).collect();
        let at = |i: usize| states[i].clone();
        let left = (1..5).fold(at(0), |a, i| merge(a, at(i)));
        let right = (0..4).rev().fold(at(4), |a, i| merge(at(i), a));
        let tree = merge(merge(at(3), at(1)), merge(at(4), merge(at(2), at(0))));
        let expected = finish(left).unwrap();
        assert_close(&finish(right).unwrap(), &expected);
        assert_close(&finish(tree).unwrap(), &expected);
        assert_eq!(merge(at(0), LogisticState::default()), at(0));
        assert_eq!(merge(LogisticState::default(), at(1)), at(1));
    }
}

#[test]
fn chunks_without_two_classes_add_only_what_they_know() {
    let both = of_classes(&[0, 1], 0);
    let fitted = params().fit(&both).unwrap();
    let empty = data().select_rows(&[]);
    for weighting in WEIGHTINGS {
        let only = |class: usize| state(&of_classes(&[class], 0), weighting);
        assert_eq!(state(&empty, weighting), LogisticState::default());
        let merged = merge(merge(only(0), state(&both, weighting)), state(&empty, weighting));
        assert_close(&finish(merged).unwrap(), &fitted);
        let error = finish(LogisticState::default()).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NoRows { estimator: "LogisticRegression" });
        let error = finish(merge(only(2), only(2))).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::OneClass { found: "the label 2".into() });
        let error = finish(merge(only(2), only(1))).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::OneClass { found: "the labels 1, 2, each in chunks of its own".into() });
        let three = finish(merge(state(&both, weighting), only(2))).unwrap();
        assert_eq!((three.classes(), three.coef().nrows()), (&[0, 1, 2][..], 3));
        assert_eq!(three.predict(&both.records), fitted.predict(&both.records));
    }
}

/// What is said of the average of these chunks, weighted by curvature.
fn warnings_of(chunks: &[Dense<usize>]) -> Vec<MergeWarning> {
    let states = chunks.iter().map(|chunk| state(chunk, Weighting::Curvature));
    finish(states.reduce(merge).unwrap()).unwrap().warnings().to_vec()
}

#[test]
fn an_average_of_like_chunks_is_not_warned_of_and_one_of_contrary_chunks_is() {
    let all = &[0, 1, 2];
    assert_eq!(warnings_of(&[of_classes(all, 0), of_classes(all, 1)]), []);
    let pair = of_classes(&[0, 1], 0);
    let contrary = DatasetBase::new(pair.records.clone(), pair.targets.mapv(|label| 1 - label));
    assert_eq!(warnings_of(&[pair.clone(), pair.clone()]), []);
    let found = warnings_of(&[pair.clone(), contrary]);
    let [MergeWarning::OneClassPredicted { .. }, MergeWarning::ChunksDisagree { disagreement }] = found[..] else {
        panic!("{found:?}")
    };
    assert!(disagreement > 1.0 - 1e-9 && found[1].to_string().contains("100 %"), "{found:?}");
}

#[test]
fn the_class_that_most_chunks_lack_is_named() {
    let chunks = [of_classes(&[0, 1, 2], 0), of_classes(&[0, 1], 1), of_classes(&[0], 1), of_classes(&[1, 0], 0)];
    let missing = |class: &str, chunks, of, others| {
        let class = class.to_owned();
        MergeWarning::ClassMissing { class, chunks, of, others }
    };
    assert_eq!(warnings_of(&chunks[1..]).last(), Some(&missing("1", 1, 3, 0)));
    let found = warnings_of(&chunks);
    assert_eq!(found.last(), Some(&missing("2", 3, 4, 1)));
    let text = found.last().unwrap().to_string();
    assert!(
        text.starts_with("3 of 4 chunks have no row of 2, and one other class is missing in some chunk;"),
        "{text}"
    );
}

#[test]
fn an_average_that_predicts_one_class_is_found_out_on_the_rows_sampled() {
    let data = of_classes(&[0, 1], 0);
    let state = |intercept: f64| {
        let fit = CompactFit::from_parts(vec![0, 1], 5, Vec::new(), Vec::new(), vec![intercept]).unwrap();
        LinearState::from_fit(fit, ChunkWeight::All(1.0), 1.0).unwrap()
    };
    let unseen = state(-1.0).merge(state(-1.0)).unwrap();
    assert_eq!(unseen.warnings(), [], "without rows it cannot be told");
    let merged = |intercept: f64| state(intercept).with_sample_of(&data).merge(state(intercept)).unwrap();
    for (intercept, class) in [(-1.0, "0"), (1.0, "1")] {
        assert_eq!(merged(intercept).warnings(), [MergeWarning::OneClassPredicted { class: class.into() }]);
    }
    assert_eq!(state(1.0).with_sample_of(&data).warnings(), [], "one chunk merges nothing");
}

#[test]
fn the_same_rows_are_sampled_however_they_lie_in_chunks() {
    let rows = |classes: usize, n: usize| {
        let x = Array2::from_shape_fn((n, 3), |(i, j)| ((i * 7919 + j * 104_729) % 10_007) as f64);
        DatasetBase::new(x, Array1::from_shape_fn(n, |i| i % classes))
    };
    for (classes, sampled) in [(2, 64), (8, 256), (16, 256), (300, 300)] {
        let data = rows(classes, 900);
        let whole = RowSample::of_chunk(&data);
        let tried = |sample: &RowSample<usize>| {
            let labels: Vec<usize> = (0..classes).collect();
            let boundaries = if classes == 2 { 1 } else { classes };
            let fit = CompactFit::from_parts(labels, 3, Vec::new(), Vec::new(), vec![0.0; boundaries]).unwrap();
            sample.try_on(&fit).support.iter().sum::<usize>()
        };
        assert_eq!(tried(&whole), sampled);
        for deal in [1, 2, 5] {
            let part = |k: usize| data.select_rows(&(0..900).filter(|i| i / 11 % deal == k).collect::<Vec<_>>());
            let parts: Vec<_> = (0..deal).map(|k| RowSample::of_chunk(&part(k))).collect();
            assert_eq!(parts.iter().cloned().reduce(RowSample::merge).unwrap(), whole);
            assert_eq!(parts.into_iter().rev().fold(RowSample::default(), RowSample::merge), whole);
        }
        let sparse = DatasetBase::new(Csr::from_dense(&data.records).unwrap(), data.targets);
        assert_eq!(RowSample::of_chunk(&sparse), whole, "zeros that are not stored count as much as those that are");
    }
}

/// One boundary over the first column, weighing 1.
fn plain(classes: [&'static str; 2], coef: f64, intercept: f64) -> LinearState<&'static str> {
    let fit = CompactFit::from_parts(classes.to_vec(), 2, vec![0], vec![coef], vec![intercept]).unwrap();
    LinearState::from_fit(fit, ChunkWeight::All(1.0), 10.0).unwrap()
}

#[test]
fn pairs_of_classes_are_averaged_class_by_class() {
    let merged = plain(["a", "b"], 4.0, 2.0).merge(plain(["b", "c"], 8.0, -2.0)).unwrap();
    assert_eq!((merged.labels(), merged.n_chunks(), merged.rows()), (&["a", "b", "c"][..], 2, 20.0));
    let model = merged.clone().finish::<f64>("test").unwrap();
    // "b" is the second class of one chunk and the first of the other.
    assert_eq!(model.coef(), &array![[-2.0, 0.0], [-1.0, 0.0], [4.0, 0.0]]);
    assert_eq!(model.intercept(), &array![-1.0, 1.0, -1.0]);
    let more = merged.merge(plain(["a", "b"], 12.0, 2.0)).unwrap().finish::<f32>("test").unwrap();
    assert_eq!(more.coef(), &array![[-4.0, 0.0], [4.0 / 3.0, 0.0], [4.0, 0.0]]);
    let same = plain(["a", "b"], 4.0, 2.0).merge(plain(["a", "b"], 0.0, 0.0)).unwrap().finish::<f64>("test").unwrap();
    assert_eq!((same.coef(), same.intercept()), (&array![[2.0, 0.0]], &array![1.0]));
}

#[test]
fn a_rare_column_keeps_its_coefficient_only_where_curvature_weighs() {
    let mut with = of_classes(&[0, 1], 0);
    let mut without = of_classes(&[0, 1], 1);
    with.records.column_mut(4).mapv_inplace(|v| v + 0.5);
    without.records.column_mut(4).fill(0.0);
    let own = params().fit(&with).unwrap().coef()[(0, 4)];
    let averaged =
        |weighting| finish(merge(state(&with, weighting), state(&without, weighting))).unwrap().coef()[(0, 4)];
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12 && b != 0.0, "{a} {b}");
    close(averaged(Weighting::Curvature), own);
    close(averaged(Weighting::Uniform), own / 2.0);
    let share = with.n_rows() as f64 / (with.n_rows() + without.n_rows()) as f64;
    close(averaged(Weighting::Samples), own * share);
}

#[test]
fn states_that_do_not_fit_are_refused() {
    let narrow = DatasetBase::new(Array2::eye(2), array![0, 1]);
    let merge = <LogisticRegressionParams<usize> as FitAverage<Array2<f64>, Array1<usize>>>::merge;
    let error = merge(state(&narrow, Weighting::Uniform), state(&data(), Weighting::Uniform)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { expected: 2, found: 5, .. }));
    let error = merge(state(&data(), Weighting::Curvature), state(&data(), Weighting::Uniform)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::MismatchedStates { .. }));
    let error = params().alpha(-1.0).fit_state(&data(), Weighting::Uniform).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "alpha", .. }));
    let fit = |classes: &[usize], columns: &[u32], coef: &[f64], intercept: &[f64]| {
        CompactFit::from_parts(classes.to_vec(), 3, columns.to_vec(), coef.to_vec(), intercept.to_vec())
    };
    assert!(fit(&[0, 1], &[0, 2], &[1.0, 2.0], &[0.0]).is_ok());
    assert!(fit(&[0], &[0, 2], &[1.0, 2.0], &[0.0]).is_err());
    assert!(fit(&[1, 0], &[0, 2], &[1.0, 2.0], &[0.0]).is_err());
    assert!(fit(&[0, 1], &[2, 0], &[1.0, 2.0], &[0.0]).is_err());
    assert!(fit(&[0, 1], &[0, 3], &[1.0, 2.0], &[0.0]).is_err());
    assert!(fit(&[0, 1, 2], &[0, 2], &[1.0, 2.0], &[0.0; 3]).is_err());
    assert!(fit(&[0, 1], &[0, 2], &[1.0, 2.0], &[0.0; 2]).is_err());
    let good = fit(&[0, 1], &[0, 2], &[1.0, 2.0], &[0.0]).unwrap();
    let short = ChunkWeight::Each { coef: vec![1.0], intercept: vec![1.0] };
    assert!(LinearState::from_fit(good, short, 1.0).is_err());
}

#[test]
fn curvature_is_the_same_from_inside_and_outside() {
    let data = of_classes(&[0, 1], 0);
    let model = params().fit(&data).unwrap();
    let columns: Vec<u32> = (0..5).collect();
    let weight = ChunkWeight::logistic_curvature(model.linear(), &data, &columns).unwrap();
    let outside =
        LinearState::from_fit(CompactFit::from_linear(model.linear(), columns).unwrap(), weight, data.n_rows() as f64);
    let other = state(&of_classes(&[0, 1], 1), Weighting::Curvature);
    let inside = merge(state(&data, Weighting::Curvature), other.clone());
    assert_close(&finish(inside).unwrap(), &finish(merge(outside.unwrap().into(), other)).unwrap());
}

#[cfg(feature = "linfa-logistic")]
#[test]
fn linfa_logistic_regression_is_averaged_with_the_second_class_positive() {
    let linfa = linfa_logistic::LogisticRegression::default().alpha(0.5).gradient_tolerance(1e-9);
    // linfa points to the more frequent class: once it is the second, once the first.
    for classes in [[0, 1], [1, 2], [0, 2]] {
        for half in [0, 1] {
            let data = of_classes(&classes, half);
            let own = LogisticRegression::params().c(2.0).tol(1e-10);
            for weighting in WEIGHTINGS {
                let state = linfa.fit_state(&data, weighting).unwrap();
                let model = FitAverage::<Array2<f64>, Array1<usize>>::finish(&linfa, state.clone()).unwrap();
                let expected = own.fit(&data).unwrap();
                assert!(
                    (model.coef() - expected.coef()).iter().all(|d: &f64| d.abs() < 1e-5),
                    "{model:?} {expected:?}"
                );
                assert_eq!(model.predict(&data.records), linfa.fit(&data).unwrap().predict(&data.records));
                let one = linfa.fit_state(&of_classes(&[classes[0]], 0), weighting).unwrap();
                assert_eq!(one.merge(state.clone()).unwrap().finish::<f64>("").unwrap(), model.into_linear());
                let none = linfa.fit_state(&data.select_rows(&[]), weighting).unwrap();
                assert_eq!(none.merge(state.clone()).unwrap(), state);
            }
        }
    }
}

#[cfg(feature = "linfa-linear")]
#[test]
fn linfa_linear_regression_is_averaged() {
    use super::RegressorState;
    use crate::linear::LinearRegressor;

    let linfa = linfa_linear::LinearRegression::new();
    let x = data().records;
    let y = x.column(0).mapv(|v| v * v) + &x.column(1) * 2.0;
    let chunk = |from: usize, to: usize| {
        let rows: Vec<usize> = (from..to).collect();
        DatasetBase::new(x.select_rows(&rows), y.select_rows(&rows))
    };
    let finish = |state| FitAverage::<Array2<f64>, Array1<f64>>::finish(&linfa, state);
    let fit = |data: &Dense<f64>| -> LinearRegressor<f64> {
        let model = linfa.fit(data).unwrap();
        LinearRegressor::from_parts(model.params().clone(), model.intercept()).unwrap()
    };
    let (a, b) = (chunk(0, 20), chunk(20, 60));
    for weighting in WEIGHTINGS {
        let state = |data: &Dense<f64>| linfa.fit_state(data, weighting).unwrap();
        assert!((finish(state(&a)).unwrap().coef() - fit(&a).coef()).iter().all(|d| d.abs() < 1e-12));
        let merged = state(&a).merge(state(&b)).unwrap();
        assert_eq!(merged, merged.clone().merge(state(&chunk(0, 0))).unwrap());
        let model = finish(merged).unwrap();
        for j in 0..5 {
            let (ga, gb) = match weighting {
                Weighting::Uniform => (1.0, 1.0),
                Weighting::Samples => (20.0, 40.0),
                Weighting::Curvature => {
                    let squares = |data: &Dense<f64>| data.records.column(j).mapv(|v| v * v).sum();
                    (squares(&a), squares(&b))
                }
            };
            let expected = (ga * fit(&a).coef()[j] + gb * fit(&b).coef()[j]) / (ga + gb);
            assert!((model.coef()[j] - expected).abs() < 1e-12);
        }
    }
    assert!(matches!(finish(RegressorState::default()).unwrap_err().kind(), ErrorKind::NoRows { .. }));
    let odd = DatasetBase::new(x.clone(), array![1.0]);
    assert!(linfa.fit_state(&odd, Weighting::Uniform).is_err());
}
