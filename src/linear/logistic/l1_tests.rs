//! Tests of logistic regression with L1 and elastic-net penalties.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2, array};

use super::{LogisticRegression, LogisticRegressionParams};
use crate::data::{Csr, Rows};

type Dense = DatasetBase<Array2<f64>, Array1<usize>>;

/// Numbers between 0 and 1, always the same.
fn noise(i: usize) -> f64 {
    let bits = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((bits ^ (bits >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Of `columns` columns, those whose number is one of a class are about it.
fn data(rows: usize, columns: usize, classes: usize) -> Dense {
    let y = Array1::from_shape_fn(rows, |i| if noise(i) < 0.2 { 0 } else { i % classes });
    let x = Array2::from_shape_fn((rows, columns), |(i, j)| {
        let value = noise(1000 + i * columns + j);
        if value < 0.3 { 0.0 } else { 2.0 * value - 1.0 + if j == i % classes { 1.0 } else { 0.0 } }
    });
    DatasetBase::new(x, y)
}

fn params() -> LogisticRegressionParams<usize> {
    LogisticRegression::params().alpha(0.02).l1_ratio(1.0).tol(1e-9)
}

/// The mean loss plus the penalty.
fn objective(data: &Dense, coef: &Array2<f64>, intercept: &Array1<f64>, alpha: f64, l1_ratio: f64) -> f64 {
    let margins = data.records.dot(&coef.t()) + intercept;
    let loss = |(row, &own): (ndarray::ArrayView1<f64>, &usize)| match row.len() {
        1 => (if own == 1 { -row[0] } else { row[0] }).exp().ln_1p(),
        _ => row.mapv(f64::exp).sum().ln() - row[own],
    };
    let losses: f64 = margins.rows().into_iter().zip(&data.targets).map(loss).sum();
    let penalty = coef.iter().map(|w| l1_ratio * w.abs() + 0.5 * (1.0 - l1_ratio) * w * w).sum::<f64>();
    losses / margins.nrows() as f64 + alpha * penalty
}

/// The slow, obvious twin: proximal gradient descent, with gradients by finite differences of the loss.
fn descend(data: &Dense, outputs: usize, alpha: f64, l1_ratio: f64) -> f64 {
    let (mut coef, mut intercept) = (Array2::zeros((outputs, data.records.ncols())), Array1::zeros(outputs));
    let loss = |coef: &Array2<f64>, intercept: &Array1<f64>| objective(data, coef, intercept, 0.0, 0.0);
    let (h, length) = (1e-6, 1.0);
    for _ in 0..1500 {
        let (here, mut next, mut next_intercept) = ((coef.clone(), intercept.clone()), coef.clone(), intercept.clone());
        for at in ndarray::indices(coef.dim()) {
            coef[at] += h;
            let up = loss(&coef, &intercept);
            coef[at] -= 2.0 * h;
            let slope = (up - loss(&coef, &intercept)) / (2.0 * h) + alpha * (1.0 - l1_ratio) * here.0[at];
            coef[at] = here.0[at];
            let free: f64 = coef[at] - length * slope;
            next[at] = free.signum() * (free.abs() - length * alpha * l1_ratio).max(0.0);
        }
        for k in 0..outputs {
            intercept[k] += h;
            let up = loss(&coef, &intercept);
            intercept[k] -= 2.0 * h;
            next_intercept[k] = here.1[k] - length * (up - loss(&coef, &intercept)) / (2.0 * h);
            intercept[k] = here.1[k];
        }
        (coef, intercept) = (next, next_intercept);
    }
    objective(data, &coef, &intercept, alpha, l1_ratio)
}

#[test]
fn the_objective_is_that_of_proximal_gradient_descent() {
    for (classes, outputs) in [(2, 1), (3, 3)] {
        let data = data(30, 4, classes);
        for l1_ratio in [0.5, 1.0] {
            let model = params().l1_ratio(l1_ratio).fit(&data).unwrap();
            let slow = descend(&data, outputs, 0.02, l1_ratio);
            let fast = objective(&data, model.coef(), model.intercept(), 0.02, l1_ratio);
            assert!(fast <= slow + 1e-12 && slow - fast < 1e-6, "{classes} {l1_ratio}: {fast} {slow}");
        }
    }
}

#[test]
fn without_any_column_worth_it_the_intercept_is_the_log_odds() {
    for classes in [2, 3] {
        let data = data(40, 5, classes);
        let counts = (0..classes).map(|class| data.targets.iter().filter(|&&y| y == class).count() as f64);
        let logs = Array1::from_iter(counts.map(f64::ln));
        let model = params().alpha(10.0).fit(&data).unwrap();
        let expected = if classes == 2 { array![logs[1] - logs[0]] } else { &logs - logs.mean().unwrap() };
        assert!(model.converged() && model.n_nonzero() == 0, "{model:?}");
        assert!((model.intercept() - &expected).iter().all(|d| d.abs() < 1e-8), "{model:?} {expected}");
        let model = params().alpha(10.0).fit_intercept(false).fit(&data).unwrap();
        assert!(model.converged() && model.n_iter() == 0 && model.n_nonzero() == 0, "{model:?}");
        assert_eq!(params().alpha(10.0).penalize_intercept(true).fit(&data).unwrap().intercept().sum(), 0.0);
    }
}

/// No penalty has no share of L1.
#[test]
fn no_penalty_is_that_without_l1() {
    let data = data(60, 4, 2);
    let base = LogisticRegression::params().alpha(0.0);
    assert_eq!(base.clone().l1_ratio(1.0).fit(&data).unwrap(), base.fit(&data).unwrap());
}

#[test]
fn weights_are_copies_and_absent_rows_do_not_select() {
    let data = data(40, 6, 3);
    let counts: Vec<usize> = (0..40).map(|i| [1, 0, 3][i % 7 % 3]).collect();
    let copies: Vec<usize> = (0..40).flat_map(|i| vec![i; counts[i]]).collect();
    let copied = params().fit(&data.select_rows(&copies)).unwrap();
    let weighted = params().fit(&data.with_weights(counts.iter().map(|&n| n as f32).collect())).unwrap();
    assert!((copied.coef() - weighted.coef()).iter().all(|d| d.abs() < 1e-7));
    assert!(copied.coef().iter().zip(weighted.coef()).all(|(a, b)| (*a == 0.0) == (*b == 0.0)));
}

/// More columns than a working set may have: products take over.
#[test]
fn more_coefficients_than_a_working_set_has_are_found_by_products() {
    let data = data(40, 300, 2);
    // Of 300 dense columns, a working set has 277 at most.
    let base = params().alpha(1e-3).l1_ratio(0.05).tol(1e-7);
    let whole = base.fit(&data).unwrap();
    let sparse = DatasetBase::new(Csr::from_dense(&data.records).unwrap(), data.targets.clone());
    let sparse = base.fit(&sparse).unwrap();
    assert!(whole.n_nonzero() > 260 && whole.n_nonzero() < 300, "{}", whole.n_nonzero());
    assert!(sparse.converged() && sparse.n_nonzero() == whole.n_nonzero());
    assert!((sparse.coef() - whole.coef()).iter().all(|d| d.abs() < 1e-4));
}

/// A minimization that is cut after one step and goes on.
#[test]
fn steps_that_run_out_are_no_error() {
    let data = data(50, 6, 3);
    let short = params().max_iter(1).fit(&data).unwrap();
    assert!(!short.converged() && short.n_iter() == 1);
    let long = params().fit(&data).unwrap();
    assert!(long.converged() && long.n_iter() > 1);
}

#[test]
fn raw_tables_with_far_columns_converge() {
    for classes in [2, 3] {
        let mut data = data(60, 5, classes);
        let even = params().fit(&data).unwrap();
        // Far from zero: the intercept makes up for it.
        data.records.column_mut(1).mapv_inplace(|x| x + 1e4);
        let far = params().fit(&data).unwrap();
        assert!(far.converged());
        assert!((far.coef() - even.coef()).iter().all(|d| d.abs() < 1e-5), "{} {}", far.coef(), even.coef());
        assert!(classes == 2 || far.intercept().sum().abs() < 1e-6 * far.intercept()[0].abs());
    }
}
