//! Moments against exact arithmetic in integers, at any mean.

use chunkfit::bayes::GaussianNb;
use chunkfit::decomposition::{IncrementalPca, Pca};
use chunkfit::estimator::LearnRows;
use chunkfit::metrics::Residuals;
use chunkfit::prelude::*;
use chunkfit::preprocessing::VarianceThreshold;
use linfa::traits::{Fit, FitWith};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, Axis};

/// Floats are whole multiples of its inverse.
const UNIT: i128 = 1 << 10;

/// Columns whose mean is about this, of a standard deviation of about 1; and how often each row counts.
fn rows(mean: f64, n: usize) -> (Array2<f64>, Vec<u32>) {
    let mut state = 12345u64;
    let mut next = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        state >> 40
    };
    let mut value = |j: usize| mean * (j + 1) as f64 + ((next() % 4096) as f64 - 2048.0) / UNIT as f64;
    let x = Array2::from_shape_fn((n, 3), |(_, j)| value(j));
    (x, (0..n).map(|i| [1, 3, 1, 2][i % 4]).collect())
}

/// The exact mean and variance of numbers, each counting so many times: of integers, divided at the end.
fn exact(values: impl Iterator<Item = f64>, times: &[u32]) -> (f64, f64) {
    let whole: Vec<i128> = values.map(|value| (value * UNIT as f64) as i128).collect();
    let n: i128 = times.iter().map(|&t| i128::from(t)).sum();
    let sum: i128 = whole.iter().zip(times).map(|(v, &t)| v * i128::from(t)).sum();
    // About a number near the mean, so that squares fit.
    let near = sum / n;
    let rest: i128 = sum - near * n;
    let squares: i128 = whole.iter().zip(times).map(|(v, &t)| (v - near) * (v - near) * i128::from(t)).sum();
    let unit = UNIT as f64;
    let mean = near as f64 / unit + rest as f64 / n as f64 / unit;
    (mean, (squares * n - rest * rest) as f64 / (n * n) as f64 / unit / unit)
}

fn near(found: f64, exact: f64, what: &str) {
    assert!((found - exact).abs() <= 1e-10 * exact.abs(), "{what}: {found:e}, exactly {exact:e}");
}

const MEANS: [f64; 4] = [0.0, 1e8, -1e10, 1e12];

/// Rows with weights, in chunks.
fn chunks(x: &Array2<f64>, times: &[u32], weighted: bool) -> Vec<DatasetBase<Array2<f64>, Array1<usize>>> {
    let part = |start: usize| {
        let rows: Vec<usize> = (start..(start + 250).min(x.nrows())).collect();
        let weights = if weighted { rows.iter().map(|&i| times[i] as f32).collect() } else { vec![] };
        let targets = rows.iter().map(|i| i % 2).collect();
        DatasetBase::new(x.select(Axis(0), &rows), targets).with_weights(Array1::from(weights))
    };
    (0..x.nrows()).step_by(250).map(part).collect()
}

#[test]
fn means_and_variances_have_all_digits() {
    for mean in MEANS {
        let (x, times) = rows(mean, 2000);
        for weighted in [false, true] {
            let times = if weighted { times.clone() } else { vec![1; 2000] };
            let parts = chunks(&x, &times, weighted);
            let total: f64 = times.iter().map(|&t| f64::from(t)).sum();
            let all = Chunks::from_memory(parts.clone());
            let scaler = Preprocess::new(StandardScaler::params()).fit(&all);
            let pca = Preprocess::new(Pca::params()).fit(&all);
            let incremental = Chained::new(IncrementalPca::params()).fit(&all);
            let (scaler, pca, incremental) = Runtime::new().compute((&scaler, &pca, incremental)).unwrap();
            let mut variances = 0.0;
            for j in 0..3 {
                let (exact_mean, variance) = exact(x.column(j).iter().copied(), &times);
                variances += variance;
                near(scaler.mean()[j], exact_mean, "the scaler's mean");
                near(scaler.var()[j], variance, "the scaler's variance");
                for axes in [pca.axes(), incremental.axes()] {
                    near(axes.mean()[j], exact_mean, "the mean of the axes");
                }
            }
            for axes in [pca.axes(), incremental.axes()] {
                let trace: f64 = axes.explained_variance().sum();
                near(trace, variances * total / (total - 1.0), "the variance of all axes");
            }
        }
    }
}

/// A threshold between a variance and its neighbours: the column is kept by an exact variance only.
#[test]
fn a_threshold_is_compared_with_the_exact_variance() {
    for mean in MEANS {
        let (x, times) = rows(mean, 1000);
        let (_, variance) = exact(x.column(0).iter().copied(), &times);
        let column = x.select(Axis(1), &[0]);
        let parts = chunks(&column, &times, true);
        for (factor, is_kept) in [(1.0 - 1e-10, true), (1.0 + 1e-10, false)] {
            let fit = Preprocess::new(VarianceThreshold::params().threshold(variance * factor));
            let fit = fit.fit(&Chunks::from_memory(parts.clone()));
            assert_eq!(Runtime::new().compute(fit).is_ok(), is_kept, "{mean:e}");
        }
    }
}

#[test]
fn naive_bayes_has_all_digits_of_every_class() {
    for mean in MEANS {
        let (x, times) = rows(mean, 1000);
        let parts = chunks(&x, &times, true);
        let params = GaussianNb::params().var_smoothing(0.0);
        let chain = parts.iter().fold(None, |model, part| Some(params.fit_with(model, part).unwrap())).unwrap();
        let merged = parts.iter().map(|part| params.fit(part).unwrap()).reduce(|a, b| a.merge(b).unwrap()).unwrap();
        for model in [chain, merged] {
            for class in 0..2 {
                let of_class: Vec<usize> = (0..1000).filter(|i| i % 2 == class).collect();
                let times: Vec<u32> = of_class.iter().map(|&i| times[i]).collect();
                for j in 0..3 {
                    let (mean, variance) = exact(of_class.iter().map(|&i| x[(i, j)]), &times);
                    near(model.theta()[(class, j)], mean, "the mean of a class");
                    near(model.var().unwrap()[(class, j)], variance, "the variance of a class");
                }
            }
        }
    }
}

#[test]
fn the_explained_share_of_a_variance_has_all_digits() {
    for mean in MEANS {
        let (x, times) = rows(mean, 1000);
        let y = x.column(0);
        let (_, variance) = exact(y.iter().copied(), &times);
        let total: f64 = times.iter().map(|&t| f64::from(t)).sum();
        // A quarter beside the truth, everywhere.
        let part = |rows: std::ops::Range<usize>| {
            let weights: Vec<f64> = times[rows.clone()].iter().map(|&t| f64::from(t)).collect();
            let truth: Vec<f64> = y.iter().copied().skip(rows.start).take(rows.len()).collect();
            let predicted: Vec<f64> = truth.iter().map(|y| y + 0.25).collect();
            Residuals::count_weighted(truth.into_iter(), predicted.into_iter(), Some(&weights)).unwrap()
        };
        let parts = (0..10).map(|k| part(100 * k..100 * (k + 1)));
        let whole = parts.reduce(|a, b| a.merge(&b)).unwrap();
        assert_eq!(whole.total_weight(), total);
        near(whole.r2(), 1.0 - 0.0625 / variance, "R²");
    }
}

/// scikit-learn's rule: what varies by no more than rounding errors is not scaled.
#[test]
fn a_constant_column_is_not_scaled_at_any_mean() {
    let params = StandardScaler::params().check().unwrap();
    for value in [0.1, 1e8 + 0.1, -1e300 / 7.0, 1e-300] {
        let state = params.learn(&Array2::from_elem((50, 1), value)).unwrap();
        let scaler = LearnRows::<Array2<f64>>::finish(&params, state).unwrap();
        assert_eq!((scaler.mean(), scaler.scale()), (&[value][..], &[1.0][..]));
    }
}

/// A weight says how often a row is there, and a variance is divided by how many there are less one.
#[test]
fn weights_of_which_no_variance_follows_are_refused() {
    let (x, _) = rows(0.0, 4);
    let of =
        |weight: f32| DatasetBase::new(x.clone(), Array1::<usize>::zeros(4)).with_weights(Array1::from_elem(4, weight));
    let fits = |weight: f32| {
        let chained = Chained::new(IncrementalPca::params()).fit(&Chunks::from_memory([of(weight)]));
        [
            Pca::params().fit(&of(weight)).map(drop),
            IncrementalPca::params().fit(&of(weight)).map(drop),
            Runtime::new().compute(chained).map(drop),
        ]
    };
    assert!(fits(0.5).iter().all(Result::is_ok));
    for fit in fits(0.25) {
        let error = fit.unwrap_err();
        assert!(matches!(error.kind(), chunkfit::ErrorKind::InvalidParameter { name: "sample_weight", .. }), "{error}");
    }
    // More rows may follow.
    let params = IncrementalPca::params().check().unwrap();
    let begun = params.fit_with(None, &of(0.25)).unwrap();
    let axes = params.fit_with(Some(begun), &of(0.5)).unwrap();
    assert!(axes.axes().explained_variance()[0] > 0.5);
}

#[test]
fn a_scaler_that_only_centres_asks_for_no_variance() {
    let data = DatasetBase::new(Array2::from_elem((1, 1), 1e200), Array1::<usize>::zeros(1));
    let chunks = Chunks::from_memory([data.clone(), DatasetBase::new(-data.records, data.targets)]);
    let centred =
        Runtime::new().compute(Preprocess::new(StandardScaler::params().with_std(false)).fit(&chunks)).unwrap();
    assert_eq!((centred.mean(), centred.scale()), (&[0.0][..], &[1.0][..]));
    assert!(Runtime::new().compute(Preprocess::new(StandardScaler::params()).fit(&chunks)).is_err());
}
