//! Laws that hold for every event model, and input that is refused.

use linfa::traits::{Fit, FitWith, Predict};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, array};
use proptest::prelude::*;

use super::*;
use crate::data::{Csr, FeatureRows, Rows};
use crate::error::{Error, ErrorKind};
use crate::estimator::{DecisionFunction, PredictProba, TryPredict};

type Data = DatasetBase<Array2<f64>, Array1<usize>>;

const COLUMNS: usize = 4;

/// Rows with many zeros. Their weights are quarters, so that products with whole values are exact.
fn data() -> impl Strategy<Value = Data> {
    let value = prop_oneof![Just(0.0), (1..9u8).prop_map(f64::from)];
    let row = (prop::collection::vec(value, COLUMNS), 0..4usize, 0..9u8);
    (prop::collection::vec(row, 1..30), any::<bool>()).prop_map(|(rows, weighted)| {
        let x = Array2::from_shape_fn((rows.len(), COLUMNS), |(i, j)| rows[i].0[j]);
        let data = DatasetBase::new(x, rows.iter().map(|row| row.1).collect());
        let weights = rows.iter().map(|row| f32::from(row.2) / 4.0).collect();
        if weighted { data.with_weights(weights) } else { data }
    })
}

fn sparse(data: &Data) -> DatasetBase<Csr<f64>, Array1<usize>> {
    DatasetBase::new(Csr::from_dense(&data.records).unwrap(), data.targets.clone()).with_weights(data.weights.clone())
}

/// The rows in chunks of `size`.
fn chunks(data: &Data, size: usize) -> Vec<Data> {
    let rows: Vec<usize> = (0..data.n_rows()).collect();
    rows.chunks(size).map(|rows| data.select_rows(rows)).collect()
}

/// All rows in one go; where `fit` does not refuse them, that is what it gives.
fn learned<K: EventModel, X: FeatureRows>(
    params: &NaiveBayesParams<K, usize>,
    data: &DatasetBase<X, Array1<usize>>,
) -> NaiveBayes<K, usize> {
    let learned = params.fit_with(None, data).unwrap();
    match params.fit(data) {
        Ok(fitted) => assert_eq!(fitted, learned),
        Err(error) => assert!(matches!(error.kind(), ErrorKind::NoRows { .. } | ErrorKind::OneClass { .. }), "{error}"),
    }
    learned
}

fn chained<K: EventModel>(params: &NaiveBayesParams<K, usize>, chunks: &[Data]) -> NaiveBayes<K, usize> {
    let step = |model, chunk| Some(params.fit_with(model, chunk).unwrap());
    chunks.iter().fold(None, step).unwrap()
}

/// Merges as a tree whose shape depends on `seed`.
fn merged<K: EventModel>(
    params: &NaiveBayesParams<K, usize>,
    chunks: &[Data],
    mut seed: usize,
) -> NaiveBayes<K, usize> {
    let mut models: Vec<_> = chunks.iter().map(|chunk| params.fit_with(None, chunk).unwrap()).collect();
    while models.len() > 1 {
        let a = models.remove(seed % models.len());
        let b = models.remove(seed / 7 % models.len());
        models.push(a.merge(b).unwrap());
        seed = seed.wrapping_mul(31).wrapping_add(17) % 1009;
    }
    models.remove(0)
}

/// Whatever the chunks and the order of merging: the same bits. `scale` makes values that are not
/// whole, for which that holds only of chunks learned one after the other.
fn assert_exact<K: EventModel>(params: NaiveBayesParams<K, usize>, data: &Data, size: usize, seed: usize, scale: f64) {
    let whole = learned(&params, data);
    assert_eq!(chained(&params, &chunks(data, size)), whole);
    assert_eq!(merged(&params, &chunks(data, size), seed), whole);
    let mut scaled = data.clone();
    scaled.records *= scale;
    let whole = learned(&params, &scaled);
    assert_eq!(chained(&params, &chunks(&scaled, size)), whole);
    assert_eq!(learned(&params, &sparse(&scaled)), whole);
    let merged = merged(&params, &chunks(&scaled, size), seed);
    assert_eq!((merged.classes(), merged.n_rows_seen()), (whole.classes(), whole.n_rows_seen()));
    assert!(merged.class_count().iter().zip(whole.class_count()).all(|(a, b)| (a - b).abs() < 1e-9));
    // Of rows without any weight there is nothing to predict.
    match (whole.predict_joint_log_proba(&scaled.records), merged.predict_joint_log_proba(&scaled.records)) {
        (Ok(a), Ok(b)) => {
            assert_eq!(whole.predict_joint_log_proba(&sparse(&scaled).records).unwrap(), a);
            assert!(a.iter().zip(&b).all(|(a, b)| a == b || (a - b).abs() < 1e-9));
        }
        (a, b) => assert_eq!(a.unwrap_err().kind(), b.unwrap_err().kind()),
    }
}

proptest! {
    #[test]
    fn counts_are_the_same_however_the_rows_came(data in data(), size in 1..9usize, seed in 0..1000usize) {
        assert_exact(MultinomialNb::params(), &data, size, seed, 0.1);
        assert_exact(ComplementNb::params().norm(true), &data, size, seed, 0.1);
        assert_exact(BernoulliNb::params().binarize(Some(0.25)), &data, size, seed, 0.1);
        assert_exact(CategoricalNb::params().min_categories(17), &data, size, seed, 2.0);
    }

    #[test]
    fn moments_are_the_same_up_to_rounding(data in data(), size in 1..9usize, seed in 0..1000usize) {
        let params = GaussianNb::params().var_smoothing(0.1);
        let whole = learned(&params, &data);
        prop_assert_eq!(&learned(&params, &sparse(&data)), &whole);
        for other in [chained(&params, &chunks(&data, size)), merged(&params, &chunks(&data, size), seed)] {
            prop_assert_eq!(other.classes(), whole.classes());
            let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-9;
            prop_assert!(other.class_count().iter().zip(whole.class_count()).all(close));
            prop_assert!(other.theta().iter().zip(&whole.theta()).all(close));
            prop_assert!((other.epsilon() - whole.epsilon()).abs() < 1e-9);
            if let (Ok(a), Ok(b)) = (other.var(), whole.var()) {
                prop_assert!(a.iter().zip(&b).all(close));
            }
        }
    }
}

/// Mean and variance as their definitions have them.
#[test]
fn gaussian_moments_are_those_of_the_definition() {
    let x = array![[1e6, 0.0], [1e6 + 1.0, 2.0], [1e6 + 4.0, 0.0], [7.0, 5.0]];
    let weights = [1.0, 2.0, 0.5, 3.0];
    let data = DatasetBase::new(x.clone(), array!["a", "a", "a", "b"]).with_weights(array![1.0, 2.0, 0.5, 3.0]);
    let model = GaussianNb::params().var_smoothing(1e-3).fit(&data).unwrap();
    assert_eq!(model.class_count(), [3.5, 3.0]);
    let mean_of = |values: &[f64], weights: &[f64]| {
        values.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>() / weights.iter().sum::<f64>()
    };
    let var_of = |values: &[f64], weights: &[f64]| {
        let mean = mean_of(values, weights);
        mean_of(&values.iter().map(|x| (x - mean).powi(2)).collect::<Vec<_>>(), weights)
    };
    let column = |j: usize| x.column(j).to_vec();
    // Smoothing goes by the rows, not by their weights.
    let epsilon = 1e-3 * f64::max(var_of(&column(0), &[1.0; 4]), var_of(&column(1), &[1.0; 4]));
    assert!((model.epsilon() / epsilon - 1.0).abs() < 1e-12);
    for j in 0..2 {
        let (values, weights) = (&column(j)[..3], &weights[..3]);
        assert!((model.theta()[(0, j)] / mean_of(values, weights) - 1.0).abs() < 1e-15);
        assert!((model.var().unwrap()[(0, j)] / (var_of(values, weights) + epsilon) - 1.0).abs() < 1e-12);
    }
    assert_eq!((model.theta()[(1, 1)], model.var().unwrap()[(1, 1)]), (5.0, model.epsilon()));
}

fn small() -> Data {
    DatasetBase::new(array![[1.0, 0.0, 2.0], [0.0, 3.0, 1.0], [4.0, 1.0, 0.0], [0.0, 0.0, 1.0]], array![0, 1, 2, 1])
}

fn joint<K: EventModel>(params: NaiveBayesParams<K, usize>) -> Array2<f64> {
    params.fit(&small()).unwrap().predict_joint_log_proba(&small().records).unwrap()
}

#[test]
fn every_parameter_changes_something() {
    let base = joint(MultinomialNb::params());
    assert_ne!(joint(MultinomialNb::params().alpha(0.5)), base);
    assert_ne!(joint(MultinomialNb::params().alphas(vec![1.0, 1.0, 2.0])), base);
    assert_eq!(joint(MultinomialNb::params().alphas(vec![1.0; 3])), base);
    assert_ne!(joint(MultinomialNb::params().fit_prior(false)), base);
    assert_ne!(joint(MultinomialNb::params().class_prior(vec![0.5, 0.25, 0.25])), base);
    assert_ne!(joint(MultinomialNb::params().classes(vec![0, 1, 2, 3])), base);
    let tiny = joint(MultinomialNb::params().alpha(0.0).force_alpha(false));
    assert!(tiny.iter().all(|joint| joint.is_finite()));
    assert_ne!(joint(MultinomialNb::params().alpha(0.0)), tiny);
    assert_ne!(joint(ComplementNb::params()), base);
    assert_ne!(joint(ComplementNb::params().norm(true)), joint(ComplementNb::params()));
    assert_ne!(joint(BernoulliNb::params().binarize(Some(1.0))), joint(BernoulliNb::params()));
    assert_ne!(joint(GaussianNb::params().var_smoothing(0.1)), joint(GaussianNb::params()));
    assert_ne!(joint(GaussianNb::params().priors(vec![0.5, 0.25, 0.25])), joint(GaussianNb::params()));
    // The complement's prior counts only where nothing else tells.
    assert_eq!(joint(ComplementNb::params().class_prior(vec![0.5, 0.25, 0.25])), joint(ComplementNb::params()));
    let one = DatasetBase::new(small().records, array!["a", "a", "a", "a"]);
    let of_one = |prior: f64| {
        let model = ComplementNb::params().class_prior(vec![prior]).classes(vec!["a"]).fit_with(None, &one).unwrap();
        model.predict_joint_log_proba(&one.records).unwrap()
    };
    assert!((of_one(1.0) - of_one(0.5)).iter().all(|apart| (apart - 2f64.ln()).abs() < 1e-12));
    let two: Array2<f64> = array![[0.0, 1.0], [1.0, 1.0]];
    let model = BernoulliNb::params().binarize(None).fit(&DatasetBase::new(two.clone(), array![false, true])).unwrap();
    assert_eq!(model, {
        let mut same = BernoulliNb::params().fit(&DatasetBase::new(two, array![false, true])).unwrap();
        same.params = model.params.clone();
        same
    });
}

/// Without smoothing, what was never seen rules a class out; nothing is ever NaN.
#[test]
fn without_smoothing_classes_are_ruled_out() {
    let data = DatasetBase::new(array![[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]], array![false, true]);
    let rows = array![[1.0, 0.0, 3.0], [2.0, 5.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]];
    let bernoulli = BernoulliNb::params().alpha(0.0).fit(&data).unwrap();
    // The row must be one of those that were learned, or nothing is known.
    let known = array![[1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.5, 0.5], [0.5, 0.5]];
    assert_eq!(bernoulli.predict_proba(&rows).unwrap(), known);
    let multinomial = MultinomialNb::params().alpha(0.0).fit(&data).unwrap();
    assert_eq!(multinomial.predict_proba(&rows).unwrap(), known);
    assert_eq!(multinomial.decision_function(&rows).unwrap().column(0).to_vec()[2..], [0.0; 3]);
    // A class outside which a column never occurs is certain when it does.
    let complement = ComplementNb::params().alpha(0.0).fit(&data).unwrap();
    assert_eq!(complement.predict_proba(&rows.select_rows(&[0, 1, 2, 3])).unwrap(), known.select_rows(&[0, 1, 2, 3]));
    // Nothing at all is outside the only class that was seen.
    let one: DatasetBase<Array2<f64>, _> = DatasetBase::new(array![[1.0, 2.0]], array![true]);
    let complement = ComplementNb::params().alpha(0.0).fit_with(None, &one).unwrap();
    assert!(complement.predict_joint_log_proba(&one.records).unwrap().iter().all(|joint| joint.is_finite()));
    let gaussian =
        GaussianNb::params().fit_with(None, &DatasetBase::new(array![[1.0], [2.0]], array![true, true])).unwrap();
    assert_eq!(gaussian.predict_proba(&array![[9.0]]).unwrap(), array![[0.0, 1.0]]);
}

#[test]
fn probabilities_logarithms_and_decisions_agree_with_labels() {
    let (x, model) = (small().records, MultinomialNb::params().fit(&small()).unwrap());
    let (joint, log) = (model.predict_joint_log_proba(&x).unwrap(), model.predict_log_proba(&x).unwrap());
    let proba = model.predict_proba(&x).unwrap();
    assert_eq!(model.decision_function(&x).unwrap(), joint);
    for i in 0..x.nrows() {
        assert!((proba.row(i).sum() - 1.0).abs() < 1e-12);
        let shift = joint[(i, 0)] - log[(i, 0)];
        for k in 0..3 {
            assert!((joint[(i, k)] - log[(i, k)] - shift).abs() < 1e-12);
            assert!((log[(i, k)].exp() - proba[(i, k)]).abs() < 1e-12);
        }
        assert!(proba.row(i).iter().all(|&p| p <= proba[(i, model.predict(&x)[i])]));
    }
    let two = DatasetBase::new(x.clone(), array!["a", "b", "a", "b"]);
    let model = MultinomialNb::params().fit(&two).unwrap();
    let (odds, proba) = (model.decision_function(&x).unwrap(), model.predict_proba(&x).unwrap());
    assert_eq!(odds.dim(), (4, 1));
    for i in 0..4 {
        assert!((odds[(i, 0)] - (proba[(i, 1)] / proba[(i, 0)]).ln()).abs() < 1e-12);
        assert_eq!(model.predict(&x)[i] == "b", odds[(i, 0)] > 0.0);
    }
    // f32 rows have results of f32, from the same sums.
    let narrow = model.predict_proba(&x.mapv(|v| v as f32)).unwrap();
    assert_eq!(narrow, proba.mapv(|p| p as f32));
}

#[test]
fn classes_may_be_declared_or_appear() {
    let data = small();
    let open = MultinomialNb::params();
    let declared = open.clone().classes(vec![2, 1, 0]);
    let (late, early) = (chained(&open, &chunks(&data, 1)), chained(&declared, &chunks(&data, 1)));
    assert_eq!((late.classes(), &late.statistics), (early.classes(), &early.statistics));
    let more = declared.fit_with(Some(early.clone()), &DatasetBase::new(data.records.clone(), array![0, 1, 3, 2]));
    let error = more.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnknownLabel { label, .. } if label == "3"), "{error}");
    assert_eq!(error.place().row, Some(2));
    let other = open.clone().classes(vec![0, 1]).fit_with(Some(early.clone()), &data).unwrap_err();
    assert!(matches!(other.kind(), ErrorKind::InvalidParameter { name: "classes", .. }));
    // Both truths are known; the one never seen is never predicted, unless its prior is given.
    let truth = DatasetBase::new(array![[1.0, 1.0]], array![true]);
    let model = MultinomialNb::params().fit_with(None, &truth).unwrap();
    assert_eq!((model.classes(), model.class_count()), (&[false, true][..], &[0.0, 1.0][..]));
    assert_eq!(model.class_log_prior().unwrap(), [f64::NEG_INFINITY, 0.0]);
    let given = MultinomialNb::params().class_prior(vec![0.9, 0.1]);
    assert_eq!(given.fit_with(None, &truth).unwrap().predict(&truth.records), array![false]);
}

/// Far from all that was learned, a row is in no class more than in another as far as a float can tell: that is said,
/// while what is ruled out may be infinite.
#[test]
fn probabilities_beyond_what_a_float_can_hold_are_an_error() {
    let odd = |error: Error, what| {
        assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFiniteResult { what }, Some(1)), "{error}");
    };
    let data = DatasetBase::new(array![[1.0, 3.0], [2.0, 1.0], [4.0, 0.5]], array![0usize, 1, 1]);
    let counts = array![[1.0, 2.0], [f64::MAX, f64::MAX]];
    odd(MultinomialNb::params().fit(&data).unwrap().try_predict(&counts).unwrap_err(), "log probability");
    odd(ComplementNb::params().fit(&data).unwrap().try_predict(&counts).unwrap_err(), "log probability");
    assert!(BernoulliNb::params().fit(&data).unwrap().try_predict(&counts).is_ok());
    let gaussian = GaussianNb::params().fit(&data).unwrap();
    for far in [1e160, -1e300] {
        let x = array![[1.0, 2.0], [far, 2.0]];
        odd(gaussian.try_predict(&x).unwrap_err(), "log probability");
        odd(gaussian.predict_proba(&x).unwrap_err(), "log probability");
        odd(gaussian.decision_function(&x).unwrap_err(), "log probability");
    }
    // The sums fit, the rows' own width does not hold them.
    let narrow = array![[1.0f32, 2.0], [1e25, 2.0]];
    odd(gaussian.decision_function(&narrow).unwrap_err(), "decision value");
    odd(gaussian.predict_joint_log_proba(&narrow).unwrap_err(), "log probability");
    assert!(gaussian.predict_proba(&narrow).unwrap().iter().all(|p| (0.0..=1.0).contains(p)));
    // Without smoothing: large counts of a column that a class never has, and of one that it has.
    let data = DatasetBase::new(array![[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]], array![0usize, 1]);
    let model = MultinomialNb::params().alpha(0.0).fit(&data).unwrap();
    let joint = model.predict_joint_log_proba(&array![[0.0, 1e300, 0.0]]).unwrap();
    assert!(joint[(0, 0)] == f64::NEG_INFINITY && joint[(0, 1)].is_finite());
    let both = model.predict_joint_log_proba(&array![[0.0, 1.0, 1.0]]).unwrap();
    assert!(both.iter().all(|joint| *joint == f64::NEG_INFINITY));
    let large = array![[0.0, 1.0, 1.0], [f64::MAX, f64::MAX, 0.0]];
    odd(model.predict_joint_log_proba(&large).unwrap_err(), "log probability");
}

/// So far away, what tells the classes apart is below the last digit of what they have in common.
#[test]
fn probabilities_sum_to_one_however_far_a_row_is() {
    let data = DatasetBase::new(array![[1.0], [3.0], [4.0], [2.5]], array![0usize, 1, 1, 0]);
    let model = GaussianNb::params().fit(&data).unwrap();
    for far in [1e8_f64, 1e20, 1e100, -1e150] {
        let x = array![[far], [1.0]];
        let sums = model.predict_proba(&x).unwrap().sum_axis(ndarray::Axis(1));
        assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-12), "{far}: {sums}");
        let sums = model.predict_log_proba(&x).unwrap().mapv(f64::exp).sum_axis(ndarray::Axis(1));
        assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-12), "{far}: {sums}");
    }
}

#[test]
fn a_saved_model_goes_on_as_if_it_had_not_been() {
    let params = GaussianNb::params().var_smoothing(0.1);
    let halves = chunks(&small(), 2);
    let model = params.fit_with(None, &halves[0]).unwrap();
    model.predict(&small().records);
    let bytes = postcard::to_stdvec(&model).unwrap();
    let read: GaussianNb<usize> = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(read, model);
    let on = |model| params.fit_with(Some(model), &halves[1]).unwrap();
    let (read, model) = (on(read), on(model));
    let joint = |model: &GaussianNb<usize>| model.predict_joint_log_proba(&small().records).unwrap();
    assert_eq!(joint(&read), joint(&model));
    assert_eq!(read.class_count(), [1.0, 2.0, 1.0]);
}

fn refused<K: EventModel>(params: &NaiveBayesParams<K, usize>, x: Array2<f64>) -> (ErrorKind, Option<usize>) {
    let labels = Array1::from_shape_fn(x.nrows(), |i| i % 2);
    let dense = params.fit_with(None, &DatasetBase::new(x.clone(), labels.clone())).unwrap_err();
    let error = params.fit_with(None, &DatasetBase::new(Csr::from_dense(&x).unwrap(), labels)).unwrap_err();
    assert_eq!((dense.kind(), dense.place()), (error.kind(), error.place()));
    // Predicting refuses what learning refuses.
    let model = params.fit(&DatasetBase::new(array![[0.0, 1.0], [1.0, 0.0]], array![0, 1])).unwrap();
    let predicting = model.predict_proba(&x).unwrap_err();
    assert_eq!((predicting.kind(), predicting.place()), (error.kind(), error.place()));
    (error.kind().clone(), error.place().row)
}

#[test]
fn values_that_an_event_model_does_not_have_are_named() {
    let with = |bad: f64| array![[0.0, 1.0], [2.0, bad]];
    let negative = |(kind, row)| {
        assert!(matches!(kind, ErrorKind::InvalidFeature { column: 1, value: -2.0, .. }), "{kind}");
        assert_eq!(row, Some(1));
    };
    negative(refused(&MultinomialNb::params(), with(-2.0)));
    negative(refused(&ComplementNb::params(), with(-2.0)));
    let (kind, _) = refused(&BernoulliNb::params().binarize(None), with(1.0));
    assert!(matches!(kind, ErrorKind::InvalidFeature { column: 0, value: 2.0, .. }), "{kind}");
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let non_finite = (ErrorKind::NonFinite { column: 1 }, Some(1));
        assert_eq!(refused(&MultinomialNb::params(), with(bad)), non_finite);
        assert_eq!(refused(&ComplementNb::params(), with(bad)), non_finite);
        assert_eq!(refused(&BernoulliNb::params(), with(bad)), non_finite);
        assert_eq!(refused(&GaussianNb::params(), with(bad)), non_finite);
    }
}

#[test]
fn input_that_does_not_fit_is_refused() {
    let data = small();
    let params = MultinomialNb::<usize>::params();
    let checked = params.clone().check().unwrap();
    let none = data.select_rows(&[]);
    assert_eq!(params.fit(&none).unwrap_err().kind(), &ErrorKind::NoRows { estimator: "MultinomialNb" });
    let empty = params.fit_with(None, &none).unwrap();
    assert!(!empty.is_fitted() && empty.predict_proba(&data.records).is_err());
    let model = params.fit_with(Some(empty.clone()), &data).unwrap();
    assert_eq!(params.fit_with(Some(model.clone()), &none).unwrap(), model);
    assert_eq!(empty.clone().merge(model.clone()).unwrap(), model);
    assert_eq!(model.clone().merge(empty).unwrap(), model);
    let narrow = DatasetBase::new(array![[1.0]], array![0]);
    let columns = ErrorKind::ShapeMismatch { what: "columns", expected: 3, found: 1 };
    assert_eq!(params.fit_with(Some(model.clone()), &narrow).unwrap_err().kind(), &columns);
    assert_eq!(model.predict_proba(&narrow.records).unwrap_err().kind(), &columns);
    assert_eq!(model.clone().merge(params.fit_with(None, &narrow).unwrap()).unwrap_err().kind(), &columns);
    let other = params.clone().alpha(0.5).fit(&data).unwrap();
    assert!(matches!(model.merge(other).unwrap_err().kind(), ErrorKind::MismatchedStates { .. }));

    let fit = |labels: &[usize], weights: &[f64]| {
        checked.partial_fit_weighted(None, &data.records, ndarray::aview1(labels), Some(weights))
    };
    let shape =
        |error: Error, wrong| assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { what, .. } if *what == wrong));
    shape(fit(&[0, 1], &[1.0; 4]).unwrap_err(), "labels");
    shape(fit(&[0; 4], &[1.0; 3]).unwrap_err(), "sample weights");
    assert_eq!(fit(&[0; 4], &[1.0, -1.0, 1.0, 1.0]).unwrap_err().place().row, Some(1));
    let weightless = fit(&[0, 1, 0, 1], &[0.0; 4]).unwrap();
    assert_eq!(
        weightless.predict_proba(&data.records).unwrap_err().kind(),
        &ErrorKind::NoRows { estimator: "MultinomialNb" }
    );
    shape(params.clone().alphas(vec![1.0; 2]).fit(&data).unwrap_err(), "alphas");
    shape(params.clone().class_prior(vec![0.5; 2]).fit(&data).unwrap_err(), "class priors");
    let undeclared = params.class_prior(vec![0.5; 3]).fit_with(None, &data).unwrap_err();
    assert!(matches!(undeclared.kind(), ErrorKind::InvalidParameter { name: "class_prior", .. }));
    let flat = GaussianNb::params().fit(&DatasetBase::new(array![[1.0], [1.0]], array![0, 1])).unwrap();
    assert!(matches!(flat.var().unwrap_err().kind(), ErrorKind::InvalidParameter { name: "var_smoothing", .. }));
}
