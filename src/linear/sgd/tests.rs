//! Tests of SGD: laws that hold for every parameter, and input that is refused.

use std::fmt::Debug;

use linfa::traits::{Fit, FitWith, Predict};
use linfa::{DatasetBase, Label, ParamGuard};
use ndarray::{Array1, Array2, Axis, array};

use super::*;
use crate::data::{ClassLabel, Csr, FeatureRows, Rows};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{DecisionFunction, PredictProba};

const COLUMNS: usize = 12;

/// Rows with a few values each, and which of `n_classes` they belong to, a bit at random.
pub(super) fn example(n: usize, n_classes: usize, seed: u64) -> (Csr<f64>, Array1<usize>) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1);
    let mut random = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let mut labels = Array1::zeros(n);
    let dense = Array2::from_shape_fn((n, COLUMNS), |(i, j)| {
        if j == 0 {
            labels[i] = (random() * n_classes as f64) as usize;
        }
        let own = if j % n_classes == labels[i] { 0.7 } else { 0.0 };
        if random() < 0.5 { random() - 0.5 + own } else { 0.0 }
    });
    (Csr::from_dense(&dense).unwrap(), labels)
}

fn params<L: Label>() -> SgdClassifierParams<L> {
    SgdClassifier::params().alpha(1e-3)
}

/// Trains on one chunk after the other.
fn chained<X, L>(
    params: &SgdClassifierParams<L>,
    chunks: &[DatasetBase<X, Array1<L>>],
) -> Result<SgdClassifier<X::Elem, L>>
where
    X: FeatureRows,
    L: Label + 'static,
{
    let mut model = None;
    for chunk in chunks {
        model = Some(params.fit_with(model, chunk)?);
    }
    Ok(model.unwrap())
}

fn chunks_of<L: Label>(labels: &[&[L]]) -> Vec<DatasetBase<Csr<f64>, Array1<L>>> {
    let chunk = |(seed, labels): (usize, &&[L])| {
        let (x, _) = example(labels.len(), 3, seed as u64);
        DatasetBase::new(x, labels.iter().cloned().collect())
    };
    labels.iter().enumerate().map(chunk).collect()
}

/// Settings that between them use every part of the machinery.
pub(super) fn varied<L: Label>() -> Vec<SgdClassifierParams<L>> {
    let elastic = Penalty::ElasticNet { l1_ratio: 0.3 };
    vec![
        params(),
        params().loss(Loss::LogLoss).penalty(elastic).seed(3),
        params().loss(Loss::SquaredHinge).penalty(Penalty::L1).shuffle(false).average(Averaging::From(1)),
        params().loss(Loss::ModifiedHuber).learning_rate(LearningRate::Constant).average(Averaging::From(8)),
        params().loss(Loss::Perceptron).penalty(Penalty::None).fit_intercept(false),
        params().learning_rate(LearningRate::Pa1).penalty(Penalty::None).eta0(0.5),
        params().learning_rate(LearningRate::AdaGrad).penalty(elastic).eta0(0.3),
        params().learning_rate(LearningRate::Ftrl { beta: 1.0 }).penalty(elastic).loss(Loss::LogLoss).eta0(0.5),
    ]
}

/// True if steps have a length of their own at every coordinate.
fn by_coordinate<L: Label>(params: &SgdClassifierParams<L>) -> bool {
    params.check_ref().unwrap().descent.coordinate_rates().is_some()
}

fn check_growth<L: Label + 'static + Debug>(labels: &[&[L]]) {
    let chunks = chunks_of(labels);
    let mut all: Vec<L> = labels.iter().flat_map(|labels| labels.iter().cloned()).collect();
    all.sort_unstable();
    all.dedup();
    for params in varied() {
        for n in 1..=chunks.len() {
            let grown = chained(&params, &chunks[..n]).unwrap();
            let seen = grown.classes().to_vec();
            let declared = chained(&params.clone().classes(all.clone()), &chunks[..n]).unwrap();
            assert_eq!(grown.t(), declared.t());
            if seen.len() == all.len() {
                assert_eq!((grown.coef(), grown.intercept()), (declared.coef(), declared.intercept()), "{params:?}");
            } else if all.len() > 2 {
                // The row that a class has among all of them.
                let shown = if seen.len() == 2 { &seen[1..] } else { &seen[..] };
                for (k, class) in shown.iter().enumerate() {
                    let row = all.binary_search(class).unwrap();
                    assert_eq!(grown.coef().row(k), declared.coef().row(row), "{class:?}, {params:?}");
                    assert_eq!(grown.intercept()[k], declared.intercept()[row], "{class:?}, {params:?}");
                }
            }
        }
    }
}

#[test]
fn classes_that_appear_get_the_bits_of_declared_ones() {
    check_growth::<usize>(&[&[7, 7, 7], &[7, 3, 7], &[3, 3], &[3, 5, 7, 5]]);
    check_growth::<usize>(&[&[2, 0], &[1, 1], &[0, 0, 1, 2]]);
    check_growth::<usize>(&[&[1; 5], &[1; 4], &[2, 1, 2]]);
    check_growth::<usize>(&[&[4, 3, 2, 1, 0], &[9, 4, 8], &[0, 0, 0]]);
    let words: Vec<String> = ["oil", "wheat", "acq", "earn"].map(String::from).to_vec();
    check_growth::<String>(&[&words[..2], &words[1..3], &words[..1], &words[..]]);
    check_growth::<Option<bool>>(&[&[Some(true)], &[Some(false), None], &[Some(true), None]]);
}

#[test]
fn booleans_have_two_classes_from_the_start() {
    let (x, y) = example(30, 2, 1);
    let chunk = DatasetBase::new(x, y.mapv(|label| label == 1));
    let all_false = DatasetBase::new(chunk.records.clone(), Array1::from_elem(30, false));
    let model = chained(&params(), &[all_false, chunk]).unwrap();
    assert_eq!((model.classes(), model.coef().nrows()), (&[false, true][..], 1));
    assert_eq!(model.boundaries.lanes.len(), 1);
}

#[test]
fn a_single_class_is_predicted_as_long_as_others_may_come() {
    let chunks = chunks_of::<usize>(&[&[5, 5, 5]]);
    let model = chained(&params().loss(Loss::LogLoss), &chunks).unwrap();
    assert_eq!(model.predict(&chunks[0].records), array![5, 5, 5]);
    assert_eq!(model.predict_proba(&chunks[0].records).unwrap(), array![[1.0], [1.0], [1.0]]);
    let error = params().fit(&chunks[0]).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::OneClass { found: "the label 5".into() });
}

#[test]
fn sparse_and_dense_rows_train_the_same_weights() {
    let (x, y) = example(60, 3, 2);
    // The intercept moves differently; and L1 charges the columns that a row stores.
    for params in varied().into_iter().filter(|params| !by_coordinate(params)) {
        let params = params.penalty(Penalty::L2).fit_intercept(false);
        let sparse = chained(&params, &[DatasetBase::new(x.clone(), y.clone())]).unwrap();
        let dense = chained(&params, &[DatasetBase::new(x.to_dense(), y.clone())]).unwrap();
        assert_eq!(sparse.coef(), dense.coef());
    }
}

#[test]
fn f32_is_close_to_f64() {
    let (x, y) = example(60, 3, 3);
    let narrow = Csr::from_dense(&x.to_dense().mapv(|value| value as f32)).unwrap();
    for params in varied() {
        let wide = chained(&params, &[DatasetBase::new(x.clone(), y.clone())]).unwrap();
        let narrow = chained(&params, &[DatasetBase::new(narrow.clone(), y.clone())]).unwrap();
        for (a, &b) in wide.coef().iter().zip(narrow.coef()) {
            assert!((a - f64::from(b)).abs() < 1e-3 * a.abs().max(1.0), "{a} {b} {params:?}");
        }
    }
}

/// Stochastic gradient descent with no tricks: every step writes every weight.
fn slow_twin(
    (x, y): (&Array2<f64>, &[f64]),
    slope: fn(f64, f64) -> f64,
    (alpha, l1_ratio): (f64, f64),
    eta: f64,
    from: usize,
) -> (Vec<f64>, f64) {
    let (mut w, mut b) = (vec![0.0f64; x.ncols()], 0.0);
    let (mut mean_w, mut mean_b) = (w.clone(), 0.0);
    let (mut received, mut due) = (w.clone(), 0.0);
    for (i, row) in x.rows().into_iter().enumerate() {
        let p: f64 = row.iter().zip(&w).map(|(x, w)| x * w).sum::<f64>() + b;
        let update = -eta * slope(y[i], p);
        for (w, x) in w.iter_mut().zip(row) {
            *w = *w * (1.0 - (1.0 - l1_ratio) * eta * alpha).max(0.0) + update * x;
        }
        b += update;
        if i + 1 >= from {
            let n = (i + 2 - from) as f64;
            mean_w.iter_mut().zip(&w).for_each(|(mean, w)| *mean += (w - *mean) / n);
            mean_b += (b - mean_b) / n;
        }
        due += l1_ratio * eta * alpha;
        for (w, received) in w.iter_mut().zip(&mut received) {
            let before = *w;
            if before > 0.0 {
                *w = (before - (due + *received)).max(0.0);
            } else if before < 0.0 {
                *w = (before + (due - *received)).min(0.0);
            }
            *received += *w - before;
        }
    }
    if from <= x.nrows() { (mean_w, mean_b) } else { (w, b) }
}

#[test]
fn lazy_training_is_the_slow_one() {
    let (x, y) = example(80, 2, 4);
    let x = x.to_dense();
    let signs: Vec<f64> = y.iter().map(|&label| 2.0 * label as f64 - 1.0).collect();
    let hinge = |y: f64, p: f64| if y * p <= 1.0 { -y } else { 0.0 };
    let log_loss = |y: f64, p: f64| -y / (1.0 + (y * p).exp());
    for (loss, slope) in [(Loss::Hinge, hinge as fn(f64, f64) -> f64), (Loss::LogLoss, log_loss)] {
        for (penalty, l1_ratio) in
            [(Penalty::L2, 0.0), (Penalty::L1, 1.0), (Penalty::ElasticNet { l1_ratio: 0.4 }, 0.4)]
        {
            // The average under L1 is scikit-learn's, which is not the plain one.
            let froms: &[usize] = if l1_ratio == 0.0 { &[1, 30, 1000] } else { &[1000] };
            // Steps from short to so long that the scale reaches zero.
            for (&from, (alpha, eta)) in
                froms.iter().flat_map(|from| [(1e-2, 0.1), (0.9, 1.0), (3.0, 0.5)].map(|pair| (from, pair)))
            {
                let params = SgdClassifier::params()
                    .loss(loss)
                    .penalty(penalty)
                    .alpha(alpha)
                    .learning_rate(LearningRate::Constant)
                    .eta0(eta)
                    .shuffle(false)
                    .classes(vec![0, 1])
                    .average(Averaging::From(from));
                let model = chained(&params, &[DatasetBase::new(x.clone(), y.clone())]).unwrap();
                let (w, b) = slow_twin((&x, &signs), slope, (alpha, l1_ratio), eta, from);
                for (found, expected) in model.coef().iter().zip(&w).chain([(&model.intercept()[0], &b)]) {
                    assert!((found - expected).abs() < 1e-9, "{found} {expected} {params:?}");
                }
            }
        }
    }
}

#[test]
fn every_parameter_changes_something() {
    let (x, y) = example(60, 2, 5);
    let data = DatasetBase::new(x, y);
    let elastic = |l1_ratio| params().penalty(Penalty::ElasticNet { l1_ratio });
    let rate = |rate| params().learning_rate(rate).eta0(0.1);
    let inv_scaling = |power_t| rate(LearningRate::InvScaling { power_t });
    let by_label = |weight| params().class_weight(ClassWeight::ByLabel(vec![(1, weight)]));
    let variants = [
        params(),
        params().loss(Loss::LogLoss),
        params().loss(Loss::ModifiedHuber),
        params().loss(Loss::SquaredHinge),
        params().loss(Loss::Perceptron),
        params().loss(Loss::SquaredError),
        params().loss(Loss::Huber { epsilon: 0.1 }),
        params().loss(Loss::Huber { epsilon: 0.2 }),
        params().loss(Loss::EpsilonInsensitive { epsilon: 0.1 }),
        params().loss(Loss::EpsilonInsensitive { epsilon: 0.2 }),
        params().loss(Loss::SquaredEpsilonInsensitive { epsilon: 0.1 }),
        params().loss(Loss::SquaredEpsilonInsensitive { epsilon: 0.2 }),
        params().penalty(Penalty::L1),
        params().penalty(Penalty::None),
        elastic(0.15),
        elastic(0.3),
        params().alpha(2e-3),
        rate(LearningRate::Constant),
        rate(LearningRate::Constant).eta0(0.2),
        rate(LearningRate::Adaptive),
        rate(LearningRate::Pa1),
        rate(LearningRate::Pa1).eta0(0.2),
        rate(LearningRate::Pa2),
        rate(LearningRate::Pa2).eta0(0.2),
        rate(LearningRate::AdaGrad),
        rate(LearningRate::AdaGrad).eta0(0.2),
        rate(LearningRate::AdaGrad).penalty(Penalty::L1),
        rate(LearningRate::AdaGrad).penalty(Penalty::None),
        rate(LearningRate::Ftrl { beta: 1.0 }),
        rate(LearningRate::Ftrl { beta: 0.5 }),
        rate(LearningRate::Ftrl { beta: 1.0 }).eta0(0.2),
        rate(LearningRate::Ftrl { beta: 1.0 }).penalty(Penalty::L1),
        inv_scaling(0.5),
        inv_scaling(0.25),
        params().fit_intercept(false),
        params().shuffle(false),
        params().seed(1),
        params().epochs(2),
        params().tol(Some(0.5)),
        params().tol(None).epochs(50),
        params().n_iter_no_change(2),
        params().average(Averaging::From(1)),
        params().average(Averaging::From(100)),
        params().class_weight(ClassWeight::Balanced),
        by_label(2.0),
        by_label(3.0),
        params().classes(vec![0, 1, 2]),
    ];
    let models: Vec<_> = variants.iter().map(|params| params.fit(&data).unwrap()).collect();
    for a in 0..models.len() {
        for b in 0..a {
            assert_ne!(models[a].coef(), models[b].coef(), "{:?}\n{:?}", variants[a], variants[b]);
        }
    }
    assert_eq!(models[0], params().fit(&data).unwrap());
}

#[test]
fn weights_count_as_repeated_gradients() {
    let (x, y) = example(40, 2, 6);
    let weights: Vec<f64> = (0..40).map(|i| f64::from(i % 4) / 2.0).collect();
    let params = params().classes(vec![0, 1]).check().unwrap();
    let narrow = weights.iter().map(|&weight| weight as f32).collect();
    let data = DatasetBase::new(x, y).with_weights(narrow);
    let (x, y) = (&data.records, data.targets.view());

    let chunk = params.partial_fit_weighted(None, x, y, Some(&weights)).unwrap();
    assert_eq!(params.fit_with(None, &data).unwrap(), chunk);
    assert_ne!(params.partial_fit_weighted(None, x, y, None).unwrap(), chunk);
    assert_eq!(params.fit(&data).unwrap(), params.fit_weighted(x, y, Some(&weights)).unwrap());
    // Rows of weight 0 are absent.
    let present: Vec<usize> = (0..40).filter(|&i| weights[i] > 0.0).collect();
    let of_present: Vec<f64> = present.iter().map(|&i| weights[i]).collect();
    let labels = y.select(Axis(0), &present);
    let alone = params.partial_fit_weighted(None, &x.select_rows(&present), labels.view(), Some(&of_present));
    assert_eq!(alone.unwrap(), chunk);
    let zero = params.partial_fit_weighted(None, x, y, Some(&[0.0; 40])).unwrap();
    assert!(!zero.is_fitted());
    assert_eq!(params.partial_fit_weighted(Some(chunk.clone()), x, y, Some(&[0.0; 40])).unwrap(), chunk);
}

#[test]
fn balanced_classes_are_counted_as_chunks_come() {
    let balanced = |classes: &[usize]| params().classes(classes.to_vec()).class_weight(ClassWeight::Balanced);
    for classes in [&[0, 1][..], &[0, 1, 2]] {
        let labels: [&[usize]; 2] = [&[0, 0, 1, 0, 0], &[1, 1, 0, 0, 0, 0, 0]];
        let chunks = chunks_of(&labels);
        let one = chained(&balanced(classes), &chunks[..1]).unwrap();
        // `fit` is scikit-learn's, to which it is held elsewhere.
        assert_eq!(one, balanced(classes).epochs(1).tol(None).fit(&chunks[0]).unwrap());
        // 12 rows, 9 of class 0 and 3 of class 1; class 2 has not occurred.
        let by_hand = ClassWeight::ByLabel(vec![(0, 12.0 / 18.0), (1, 12.0 / 6.0)]);
        let two = params().classes(classes.to_vec()).class_weight(by_hand).fit_with(Some(one), &chunks[1]).unwrap();
        assert_eq!(two, chained(&balanced(classes), &chunks).unwrap());
        let bytes = two.to_bytes().unwrap();
        let read = SgdClassifier::<f64, usize>::of_bytes(&bytes).ok();
        assert_eq!(read.unwrap().counts[..2], [9, 3]);
    }
    assert_eq!(chained(&params(), &chunks_of::<usize>(&[&[7, 7], &[3, 7, 5]])).unwrap().counts, [1, 1, 3]);
}

#[test]
fn a_saved_model_goes_on_as_if_it_had_stayed() {
    let chunks = chunks_of::<usize>(&[&[0, 4, 4], &[4, 0, 0, 4], &[4, 2, 0]]);
    for params in varied() {
        let model = chained(&params, &chunks[..2]).unwrap();
        let bytes = postcard::to_stdvec(&model).unwrap();
        let read = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(params.fit_with(Some(read), &chunks[2]).unwrap(), params.fit_with(Some(model), &chunks[2]).unwrap());
    }
}

#[test]
fn chunks_of_no_rows_change_nothing() {
    let chunks = chunks_of::<usize>(&[&[], &[0, 1, 2], &[], &[1, 2]]);
    let empty = chained(&params(), &chunks[..1]).unwrap();
    assert!(
        !empty.is_fitted() && empty.classes().is_empty() && empty.coef().is_empty() && empty.intercept().is_empty()
    );
    assert_eq!((empty.n_rows_seen(), empty.t()), (0, 1.0));
    for error in [empty.linear().unwrap_err(), empty.decision_function(&chunks[1].records).unwrap_err()] {
        assert_eq!(*error.kind(), ErrorKind::NoRows { estimator: "SgdClassifier" });
    }
    let full = [1, 3].map(|k| DatasetBase::new(chunks[k].records.clone(), chunks[k].targets.clone()));
    let model = chained(&params(), &chunks).unwrap();
    assert_eq!(model, chained(&params(), &full).unwrap());
    assert_eq!((model.is_fitted(), model.n_rows_seen(), model.t(), model.n_iter()), (true, 5, 6.0, 1));
    assert_eq!(*params().fit(&chunks[0]).unwrap_err().kind(), ErrorKind::NoRows { estimator: "SgdClassifier" });
}

#[test]
fn probabilities_sum_to_one() {
    for n_classes in [2, 3] {
        let (x, y) = example(50, n_classes, 7);
        let data = DatasetBase::new(x, y);
        for loss in [Loss::LogLoss, Loss::ModifiedHuber] {
            let model = params().loss(loss).fit(&data).unwrap();
            let proba = model.predict_proba(&data.records).unwrap();
            assert_eq!(proba.dim(), (50, n_classes));
            assert!(
                proba.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-12 && row.iter().all(|&p| p >= 0.0))
            );
            let margins = model.decision_function(&data.records).unwrap();
            if n_classes == 2 && loss == Loss::LogLoss {
                assert!(margins.iter().zip(proba.column(1)).all(|(m, p)| (p - 1.0 / (1.0 + (-m).exp())).abs() < 1e-12));
            }
            if n_classes == 3 {
                // scikit-learn's: each class's own share over their sum, or all alike.
                let all_out = |row: ndarray::ArrayView1<'_, f64>| row.iter().all(|&m| m <= -1.0);
                let alike = margins.rows().into_iter().zip(proba.rows()).filter(|(m, _)| all_out(m.view()));
                alike.filter(|_| loss == Loss::ModifiedHuber).for_each(|(_, p)| assert!((p[0] - p[2]).abs() < 1e-12));
            }
        }
    }
    let (x, y) = example(50, 2, 7);
    let error = params().fit(&DatasetBase::new(x.clone(), y)).unwrap().predict_proba(&x).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "loss", .. }), "{error}");
}

fn refused<L: Label + 'static>(
    params: SgdClassifierParams<L>,
    x: &Csr<f64>,
    y: Array1<L>,
    weights: Option<&[f64]>,
) -> Error {
    let params = params.check().unwrap();
    params.partial_fit_weighted(None, x, y.view(), weights).unwrap_err()
}

#[test]
fn bad_input_is_refused_by_name() {
    let (x, y) = example(10, 2, 8);
    let declared = || params().classes(vec![0, 1]);

    let error = refused(declared(), &x, array![0, 1], None);
    assert_eq!(*error.kind(), ErrorKind::ShapeMismatch { what: "labels", expected: 10, found: 2 });
    let error = refused(declared(), &x, y.clone(), Some(&[1.0]));
    assert_eq!(*error.kind(), ErrorKind::ShapeMismatch { what: "sample weights", expected: 10, found: 1 });
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        let mut weights = [1.0; 10];
        weights[3] = bad;
        let error = refused(declared(), &x, y.clone(), Some(&weights));
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "sample_weight", .. }), "{error}");
        assert_eq!(error.place().row, Some(3));
    }

    let mut strange = y.clone();
    strange[4] = 9;
    let error = refused(declared(), &x, strange, None);
    assert_eq!(*error.kind(), ErrorKind::UnknownLabel { label: "9".into(), known: "0, 1".into() });
    assert_eq!(error.place().row, Some(4));

    let by_label = ClassWeight::ByLabel(vec![(1, 2.0)]);
    for class_weight in [by_label, ClassWeight::Balanced] {
        let params = params().class_weight(class_weight);
        let error = refused(params, &x, y.clone(), None);
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "class_weight", .. }), "{error}");
    }

    let model = chained(&params(), &[DatasetBase::new(x.clone(), y.clone())]).unwrap();
    let narrow = DatasetBase::new(Csr::from_dense(&Array2::<f64>::zeros((1, 2))).unwrap(), array![0]);
    let error = params().fit_with(Some(model.clone()), &narrow).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ShapeMismatch { what: "columns", expected: COLUMNS, found: 2 });
    let error = params().classes(vec![0, 1, 2]).fit_with(Some(model), &DatasetBase::new(x, y)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "classes", .. }), "{error}");
}

#[test]
fn values_that_are_not_finite_are_refused_by_place() {
    let (x, y) = example(10, 2, 9);
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut dense = x.to_dense();
        dense[(6, 5)] = bad;
        let sparse = Csr::from_dense(&dense).unwrap();
        // Whatever the order, and however little the row counts.
        for params in varied() {
            let mut weights = [1.0; 10];
            weights[6] = 0.0;
            let error = refused(params.clone(), &sparse, y.clone(), Some(&weights));
            assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 5 }, Some(6)));
            let error = params.fit(&DatasetBase::new(dense.clone(), y.clone())).unwrap_err();
            assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 5 }, Some(6)));
        }
    }
}

#[test]
fn weights_that_overflow_are_an_error() {
    let (x, y) = example(40, 2, 10);
    let narrow = Csr::from_dense(&x.to_dense().mapv(|value| value as f32 * 1e15)).unwrap();
    let params = params().loss(Loss::SquaredError).learning_rate(LearningRate::Constant).eta0(1e20);
    let error = params.fit(&DatasetBase::new(narrow, y)).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Diverged { estimator: "SgdClassifier" });
}

#[test]
fn turning_the_average_off_goes_on_from_it() {
    let (x, y) = example(40, 3, 11);
    let data = DatasetBase::new(x, y);
    let averaged = chained(&params().average(Averaging::From(1)), std::slice::from_ref(&data)).unwrap();
    let shown = averaged.coef().to_owned();
    let none = data.records.select_rows(&[0]);
    let weightless = params().penalty(Penalty::None).check().unwrap();
    let on = weightless.partial_fit_weighted(Some(averaged), &none, array![0].view(), Some(&[0.0])).unwrap();
    assert_eq!(on.coef(), shown);
}

/// Parameters that differ in everything that members of a team may differ in.
fn team<L: Label>(classes: &[L]) -> Vec<SgdClassifierParams<L>> {
    let varied = varied().into_iter().filter(|params| !by_coordinate(params));
    let weights = ClassWeight::ByLabel(vec![(classes[0].clone(), 3.0)]);
    let mut team: Vec<_> = varied.map(|params| params.shuffle(true).seed(5)).collect();
    team.push(params().class_weight(weights).learning_rate(LearningRate::InvScaling { power_t: 0.3 }));
    team.push(params().class_weight(ClassWeight::Balanced));
    // So steep that the scale is written out now and then.
    team.push(params().alpha(2.0).learning_rate(LearningRate::Constant).eta0(0.45));
    team.into_iter().map(|params| params.seed(5).classes(classes.to_vec())).collect()
}

/// Members whose steps have a length of their own at every coordinate.
fn coordinate_team(learning_rate: LearningRate, classes: &[usize]) -> Vec<SgdClassifierParams<usize>> {
    let of = || params().learning_rate(learning_rate).eta0(0.3).classes(classes.to_vec());
    let elastic = Penalty::ElasticNet { l1_ratio: 0.5 };
    vec![
        of(),
        of().penalty(Penalty::L1).loss(Loss::LogLoss).alpha(0.01),
        of().penalty(elastic).class_weight(ClassWeight::Balanced).alpha(0.1),
        of().penalty(Penalty::None).fit_intercept(false).loss(Loss::SquaredHinge),
    ]
}

#[test]
fn a_team_learns_what_its_members_would_alone() {
    for classes in [&[0, 1, 2][..], &[0, 1, 2, 3, 4]] {
        check_team(&team(classes));
        for learning_rate in [LearningRate::AdaGrad, LearningRate::Ftrl { beta: 1.0 }] {
            check_team(&coordinate_team(learning_rate, classes));
        }
    }
}

fn check_team(team: &[SgdClassifierParams<usize>]) {
    let chunks = chunks_of::<usize>(&[&[0, 2, 2, 0, 1], &[], &[1, 2, 0, 0], &[2; 7], &[0, 1, 2, 0, 1]]);
    for n in 1..=team.len() {
        let params = &team[..n];
        let mut learners = SgdTeam::new(params.to_vec()).unwrap();
        for (c, chunk) in chunks.iter().enumerate() {
            if c % 2 == 0 {
                assert!(learners.fit_chunk(chunk).unwrap().is_empty());
                continue;
            }
            // The same rows among others, which would be an error.
            let (n, mut more) = (chunk.n_rows(), DatasetBase::concat_rows(&[chunk, chunk]).unwrap());
            more.targets.iter_mut().skip(n).for_each(|label| *label = 99);
            assert!(learners.fit_rows(&more, &(0..n).collect::<Vec<_>>()).unwrap().is_empty());
        }
        for (i, params) in params.iter().enumerate() {
            let (model, alone) = (learners.model(i).unwrap(), chained(params, &chunks).unwrap());
            assert_eq!(model, alone, "{params:?}");
            assert_eq!(model.linear().unwrap(), alone.linear().unwrap());
        }
    }
}

#[test]
fn a_member_that_diverges_leaves_the_others_alone() {
    let (x, y) = example(40, 2, 10);
    let narrow = Csr::from_dense(&x.to_dense().mapv(|value| value as f32 * 1e15)).unwrap();
    let chunk = DatasetBase::new(narrow, y.mapv(|label| label == 1));
    let steep = params().loss(Loss::SquaredError).learning_rate(LearningRate::Constant).eta0(1e20);
    let mut team = SgdTeam::new([params(), steep, params().loss(Loss::LogLoss)]).unwrap();
    let failures = team.fit_chunk(&chunk).unwrap();
    assert!(
        matches!(&failures[..], [(1, error)] if *error.kind() == ErrorKind::Diverged { estimator: "SgdClassifier" })
    );
    assert!(team.fit_chunk(&chunk).unwrap().is_empty(), "an error is told once");
    assert!(team.model(1).is_err());
    let twice = [(); 2].map(|()| DatasetBase::new(chunk.records.clone(), chunk.targets.clone()));
    assert_eq!(team.model(0).unwrap(), chained(&params(), &twice).unwrap());
}

#[test]
fn teams_are_of_a_kind_and_fill_a_cache_line() {
    let of = |classes: Vec<usize>, seed| params().classes(classes).seed(seed);
    let mut all: Vec<_> = (0..10).map(|_| of(vec![0, 1], 0)).collect();
    all.push(of(vec![0, 1, 2], 0));
    all.push(of(vec![0, 1], 9));
    all.push(params());
    all.push(of(vec![0, 1], 0).alpha(-1.0));
    all.push(of(vec![0, 1, 2], 0));
    all.push(of(vec![0, 1], 0).learning_rate(LearningRate::AdaGrad));
    all.push(of(vec![0, 1], 0).learning_rate(LearningRate::Ftrl { beta: 1.0 }));
    all.push(of(vec![0, 1], 0).learning_rate(LearningRate::AdaGrad));
    let teams = SgdTeam::<f64, usize>::divide(&all.iter().collect::<Vec<_>>());
    assert_eq!(teams, [(0..8).collect::<Vec<_>>(), vec![8, 9], vec![10, 14], vec![11], vec![15, 17], vec![16]]);
    let adagrad = of(vec![0, 1], 0).learning_rate(LearningRate::AdaGrad);
    let pairs = [of(vec![0, 1], 1), adagrad].map(|other| vec![of(vec![0, 1], 0), other]);
    for wrong in [vec![], vec![params()]].into_iter().chain(pairs) {
        let error = SgdTeam::<f64, usize>::new(wrong).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { .. }), "{error}");
    }
}

#[test]
fn what_was_written_down_goes_on_as_if_it_had_stayed() {
    fn check<L: ClassLabel>(labels: &[&[L]], params: &SgdClassifierParams<L>) {
        let chunks = chunks_of(labels);
        let model = chained(params, &chunks[..2]).unwrap();
        let bytes = model.to_bytes().unwrap();
        let read = SgdClassifier::<f64, L>::of_bytes(&bytes).unwrap();
        assert_eq!(read, model);
        assert_eq!(params.fit_with(Some(read), &chunks[2]).unwrap(), params.fit_with(Some(model), &chunks[2]).unwrap());
        // As another type of numbers it is nothing.
        assert!(SgdClassifier::<f32, L>::of_bytes(&bytes).is_err());
    }
    for params in varied() {
        check::<usize>(&[&[0, 4, 4], &[4, 0, 0, 4], &[4, 2, 0]], &params);
    }
    for params in varied() {
        check::<bool>(&[&[true], &[true, false], &[false, true]], &params);
    }
    let words: Vec<String> = ["oil", "wheat", "acq", "earn"].map(String::from).to_vec();
    check::<String>(&[&words, &words[..2], &words[1..]], &params());
    check::<Option<bool>>(&[&[None, Some(true)], &[Some(true), Some(true)], &[None, Some(false)]], &params());
}

#[test]
fn a_team_that_was_written_down_goes_on_as_if_it_had_stayed() {
    for params in [team(&[0, 1, 2]), coordinate_team(LearningRate::AdaGrad, &[0, 1, 2])] {
        check_resumed(params);
    }
}

fn check_resumed(params: Vec<SgdClassifierParams<usize>>) {
    let chunks = chunks_of::<usize>(&[&[0, 2, 2, 0, 1], &[1, 2, 0, 0], &[2; 7]]);
    let begin = SgdTeam::<f64, usize>::new(params.clone()).unwrap();
    let mut stayed = begin.clone();
    for chunk in &chunks {
        let bytes = stayed.to_bytes().unwrap();
        let mut read = begin.resume(&bytes).unwrap();
        assert!(
            SgdTeam::<f64, usize>::new(params[1..].to_vec()).unwrap().resume(&read.to_bytes().unwrap()).is_err(),
            "another team's"
        );
        read.fit_chunk(chunk).unwrap();
        stayed.fit_chunk(chunk).unwrap();
        let models = |team: &SgdTeam<f64, usize>| (0..team.len()).map(|i| team.model(i).unwrap()).collect::<Vec<_>>();
        assert_eq!(models(&read), models(&stayed));
    }
}

#[test]
fn margins_are_those_of_the_coefficients() {
    for (n_classes, columns) in [(2, COLUMNS), (3, COLUMNS), (11, COLUMNS)] {
        let (x, y) = example(60, n_classes, 12);
        let narrow = Csr::from_dense(&x.to_dense().mapv(|value| value as f32)).unwrap();
        for params in varied() {
            let wide = chained(&params, &[DatasetBase::new(x.clone(), y.clone())]).unwrap();
            assert_eq!(wide.decision_function(&x).unwrap(), wide.linear().unwrap().decision_function(&x).unwrap());
            assert_eq!(wide.predict(&x), wide.linear().unwrap().predict(&x));
            let narrow_model = chained(&params, &[DatasetBase::new(narrow.clone(), y.clone())]).unwrap();
            let margins = narrow_model.decision_function(&narrow).unwrap();
            assert_eq!(margins, narrow_model.linear().unwrap().decision_function(&narrow).unwrap());
            assert_eq!(wide.n_features(), columns);
        }
    }
}
