//! Laws of nearest centroids, and input that is refused.

use linfa::traits::{Fit, FitWith, Predict};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, array};
use proptest::prelude::*;

use super::*;
use crate::data::{Codec, Csr, Rows};
use crate::error::{Error, ErrorKind};
use crate::estimator::{Classify, DecisionFunction, PartialFit, PredictProba, TryPredict, Wanted};

type Data = DatasetBase<Array2<f64>, Array1<usize>>;
type Model = NearestCentroid<usize>;

const COLUMNS: usize = 4;

/// Rows with many zeros, of up to four classes.
fn data() -> impl Strategy<Value = Data> {
    let value = prop_oneof![Just(0.0), -3.0..3.0];
    let row = (prop::collection::vec(value, COLUMNS), 0..4usize, 0..9u8);
    (prop::collection::vec(row, 1..30), any::<bool>()).prop_map(|(rows, weighted)| {
        let x = Array2::from_shape_fn((rows.len(), COLUMNS), |(i, j)| rows[i].0[j]);
        let data = DatasetBase::new(x, rows.iter().map(|row| row.1).collect());
        let weights = rows.iter().map(|row| f32::from(row.2) / 4.0).collect();
        if weighted { data.with_weights(weights) } else { data }
    })
}

fn small() -> Data {
    let x = array![[0.0, 2.0, 1.0], [1.0, 0.0, 0.5], [3.0, 1.0, -1.0], [4.0, 0.5, -2.0], [0.5, 1.0, 2.0]];
    DatasetBase::new(x, array![3, 3, 7, 7, 3])
}

fn sparse(data: &Data) -> DatasetBase<Csr<f64>, Array1<usize>> {
    DatasetBase::new(Csr::from_dense(&data.records).unwrap(), data.targets.clone()).with_weights(data.weights.clone())
}

fn chunks(data: &Data, size: usize) -> Vec<Data> {
    let rows: Vec<usize> = (0..data.n_rows()).collect();
    rows.chunks(size).map(|rows| data.select_rows(rows)).collect()
}

fn learned(params: &NearestCentroidParams<usize>, data: &Data) -> Model {
    params.fit_with(None, data).unwrap()
}

/// Whether two models have the same centroids and deviations up to a rounding of an `f64`.
fn assert_close(a: &Model, b: &Model) {
    assert_eq!((a.classes(), a.class_count(), a.n_rows_seen()), (b.classes(), b.class_count(), b.n_rows_seen()));
    // Rows of weight 0 only.
    let (Ok(left), Ok(right)) = (a.centroids(), b.centroids()) else { return assert!(b.centroids().is_err()) };
    for (left, right) in left.iter().zip(&right) {
        assert!((left - right).abs() <= 4.0 * f64::EPSILON * right.abs().max(1e-3), "{left} {right}");
    }
    if let (Ok(left), Ok(right)) = (a.within_class_std_dev(), b.within_class_std_dev()) {
        for (left, right) in left.iter().zip(right) {
            assert!((left - right).abs() <= 1e-13 * right.max(1e-3), "{left} {right}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn chunks_are_one_data_set(data in data(), size in 1..9_usize) {
        let params = NearestCentroid::params();
        let whole = learned(&params, &data);
        let chunks = chunks(&data, size);
        let chained = chunks.iter().fold(None, |model, chunk| Some(params.fit_with(model, chunk).unwrap()));
        assert_eq!(chained.unwrap(), whole);
        assert_eq!(params.fit_with(None, &sparse(&data)).unwrap(), whole);
        let merged = chunks.iter().map(|chunk| learned(&params, chunk)).reduce(|a, b| a.merge(b).unwrap());
        assert_close(&merged.unwrap(), &whole);
        let back = chunks.iter().rev().map(|chunk| learned(&params, chunk)).reduce(|a, b| a.merge(b).unwrap());
        assert_close(&back.unwrap(), &whole);
    }

    #[test]
    fn weights_are_repeated_rows(data in data()) {
        let params = NearestCentroid::params();
        let counts: Vec<usize> = (0..data.n_rows()).map(|i| i % 3).collect();
        let repeated: Vec<usize> = counts.iter().enumerate().flat_map(|(i, &n)| vec![i; n]).collect();
        let weights = counts.iter().map(|&n| n as f32).collect();
        let plain = DatasetBase::new(data.records, data.targets);
        let repeated = learned(&params, &plain.select_rows(&repeated));
        let weighted = learned(&params, &plain.with_weights(weights));
        prop_assert_eq!(weighted.is_fitted(), repeated.is_fitted());
        if weighted.is_fitted() {
            prop_assert_eq!(weighted.class_count(), repeated.class_count());
            assert_close(&Model { n_rows_seen: repeated.n_rows_seen, ..weighted }, &repeated);
        }
    }

    #[test]
    fn sparse_and_dense_rows_are_at_the_same_distance(data in data()) {
        let model = learned(&NearestCentroid::params().priors(Priors::Empirical), &data);
        let (dense, sparse) = (model.decision_function(&data.records), model.decision_function(&sparse(&data).records));
        prop_assert_eq!(dense.is_ok(), sparse.is_ok());
        if let (Ok(dense), Ok(sparse)) = (dense, sparse) {
            // What is squared and subtracted again is at most as large as this.
            let widest = |s: &f64| if *s > 0.0 { (6.0 / s).powi(2) } else { 36.0 };
            let size: f64 = model.within_class_std_dev().unwrap().iter().map(widest).sum();
            for (left, right) in dense.iter().zip(&sparse) {
                prop_assert!((left - right).abs() <= 1e-14 * size || left == right, "{} {}", left, right);
            }
        }
    }
}

#[test]
fn labels_are_those_of_the_nearest_mean() {
    let model = NearestCentroid::params().fit(&small()).unwrap();
    assert_eq!(model.centroids().unwrap(), array![[0.5, 1.0, 3.5 / 3.0], [3.5, 0.75, -1.5]]);
    assert_eq!((model.class_prior().unwrap(), model.class_count()), (&[0.5, 0.5][..], &[3.0, 2.0][..]));
    let asked = array![[0.0, 0.0, 0.0], [3.0, 3.0, -3.0]];
    assert_eq!(model.predict(&asked), array![3, 7]);
    assert_eq!(model.predict(&Csr::from_dense(&asked).unwrap()), array![3, 7]);
    assert_eq!(model.predict(&asked.mapv(|x| x as f32)), array![3, 7]);
    // Between both: the first.
    let two = DatasetBase::new(array![[0.0], [2.0]], array![7, 3]);
    assert_eq!(NearestCentroid::params().fit(&two).unwrap().predict(&array![[1.0]]), array![3]);
}

/// As in scikit-learn: columns are divided by their deviations for decision values only.
#[test]
fn uniform_priors_label_by_the_plain_distance_and_others_by_the_scaled_one() {
    let x = array![[0.0, 0.0], [10.0, 0.1], [1.0, 1.0], [11.0, 1.1]];
    let data = DatasetBase::new(x, array![0, 0, 1, 1]);
    let asked = array![[9.0, 0.2]];
    let uniform = NearestCentroid::params().fit(&data).unwrap();
    assert_eq!(uniform.predict(&asked), array![1]);
    assert!(uniform.decision_function(&asked).unwrap()[(0, 0)] < 0.0);
    let outputs = uniform.outputs(&asked, Wanted { decision: true, probabilities: true }).unwrap();
    assert_eq!(outputs.decision().unwrap(), uniform.decision_function(&asked).unwrap());
    let given = NearestCentroid::params().priors(Priors::Given(vec![1.0, 1.001])).fit(&data).unwrap();
    assert_eq!(given.predict(&asked), array![0]);
    assert!(given.predict_proba(&asked).unwrap()[(0, 0)] > 0.5);
    let sum = given.predict_log_proba(&asked).unwrap().mapv(f64::exp).sum();
    assert!((sum - 1.0).abs() < 1e-12);
}

#[test]
fn deviations_keep_their_digits_however_large_the_means_are() {
    let model = |shift: f64| -> Model {
        let x = Array2::from_shape_fn((40, 2), |(i, j)| ((i * 7 + j * 5 + i * i) % 11) as f64 / 4.0 + shift);
        NearestCentroid::params().fit(&DatasetBase::new(x, Array1::from_shape_fn(40, |i| i % 2))).unwrap()
    };
    let expected = model(0.0);
    for (shift, tolerance) in [(1e4, 1e-13), (1e8, 1e-13), (1e12, 1e-7)] {
        for (found, expected) in
            model(shift).within_class_std_dev().unwrap().iter().zip(expected.within_class_std_dev().unwrap())
        {
            assert!((found - expected).abs() < tolerance, "{shift:e}: {found} {expected}");
        }
    }
    // 0.1 is no binary fraction, and its sums are rounded.
    let x = Array2::from_shape_fn((30, 2), |(i, j)| if j == 0 { 0.1 } else { i as f64 });
    let constant = NearestCentroid::params().fit(&DatasetBase::new(x, Array1::from_shape_fn(30, |i| i % 2))).unwrap();
    assert_eq!(constant.within_class_std_dev().unwrap()[0], 0.0);
}

#[test]
fn a_class_that_was_declared_and_never_seen_is_never_predicted() {
    for priors in [Priors::Uniform, Priors::Empirical, Priors::Given(vec![0.8, 0.1, 0.1])] {
        let params = NearestCentroid::params().classes(vec![7, 0, 3]).priors(priors.clone());
        let model = params.fit(&small()).unwrap();
        assert_eq!(model.predict(&array![[0.0, 0.0, 0.0], [3.0, 3.0, -3.0]]), array![3, 7], "{priors:?}");
        let asked = small().records;
        let (proba, decision) = (model.predict_proba(&asked).unwrap(), model.decision_function(&asked).unwrap());
        assert!(proba.column(0).iter().all(|p| *p == 0.0) && proba.column(1).iter().all(|p| p.is_finite()));
        assert!(decision.column(0).iter().all(|value| *value == f64::NEG_INFINITY));
    }
    // The prior rules a class out, too.
    let none = NearestCentroid::params().priors(Priors::Given(vec![0.0, 2.0])).fit(&small()).unwrap();
    assert_eq!(none.class_prior().unwrap(), [0.0, 1.0]);
    assert_eq!(none.predict(&small().records), array![7, 7, 7, 7, 7]);
}

#[test]
fn shrinking_draws_centroids_to_the_mean_of_all_rows() {
    let centroids = |threshold| {
        let params = NearestCentroid::params().shrink_threshold(threshold);
        params.fit(&small()).unwrap().centroids().unwrap().to_owned()
    };
    let overall = small().records.mean_axis(ndarray::Axis(0)).unwrap();
    let (plain, less, most) = (centroids(None), centroids(Some(0.3)), centroids(Some(1e3)));
    for ((k, j), plain) in plain.indexed_iter() {
        let apart = |centroids: &Array2<f64>| (centroids[(k, j)] - overall[j]).abs();
        assert!(apart(&less) < (plain - overall[j]).abs() && apart(&most) < 1e-15, "{k} {j}");
    }
}

#[test]
fn a_saved_model_goes_on_as_if_it_had_not_been() {
    let params = NearestCentroid::params().priors(Priors::Empirical);
    let halves = chunks(&small(), 3);
    let model = learned(&params, &halves[0]);
    let codec: Codec<Model> = PartialFit::<Array2<f64>, Array1<usize>>::codec(&params).unwrap();
    let read = codec.decode(&codec.encode(&model).unwrap().unwrap()).unwrap();
    assert_eq!(read, model);
    let on = |model| params.fit_with(Some(model), &halves[1]).unwrap();
    assert_eq!(on(read), learned(&params, &small()));
}

#[cfg(feature = "persist")]
#[test]
fn a_model_file_comes_back_and_forged_parts_are_refused() {
    use crate::persist::{Persist, Training};
    let model = NearestCentroid::params().fit(&small()).unwrap();
    let file = model.to_bytes(&Training::default()).unwrap();
    assert_eq!(Model::from_bytes(&file).unwrap(), model);
    assert_eq!((model.training().rows, model.training().class_counts), (Some(5), Some(vec![3.0, 2.0])));
    assert_eq!((model.columns_in(), Model::kind()), (Some(3), "NearestCentroid".into()));
    let forged = [
        Model { classes: vec![7, 3], ..model.clone() },
        Model { classes: vec![3], ..model.clone() },
        Model { statistics: super::statistics::Statistics::empty(3), ..model.clone() },
        Model { params: NearestCentroid::params().priors(Priors::Given(vec![1.0])).check().unwrap(), ..model.clone() },
    ];
    for forged in forged {
        assert!(Model::from_bytes(&forged.to_bytes(&Training::default()).unwrap()).is_err(), "{forged:?}");
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
    let params = NearestCentroid::<usize>::params;
    let name = |params: NearestCentroidParams<usize>| named(&params.check().unwrap_err());
    for bad in [vec![0.5, -0.5], vec![0.0, 0.0], vec![f64::NAN, 1.0], vec![f64::MAX, f64::MAX], vec![]] {
        assert_eq!(name(params().priors(Priors::Given(bad))), "priors");
    }
    assert_eq!(name(params().priors(Priors::Given(vec![0.5])).classes(vec![1, 2])), "class priors");
    assert_eq!(name(params().classes(vec![])), "classes");
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(name(params().shrink_threshold(Some(bad))), "shrink_threshold");
    }
    let all = params().priors(Priors::Given(vec![0.5, 0.5])).shrink_threshold(Some(0.5)).classes(vec![4, 2]);
    let bytes = postcard::to_stdvec(&all).unwrap();
    assert_eq!(postcard::from_bytes::<NearestCentroidParams<usize>>(&bytes).unwrap(), all);
}

#[test]
fn input_that_does_not_fit_is_refused() {
    let (data, params) = (small(), NearestCentroid::params());
    let no_rows = ErrorKind::NoRows { estimator: "NearestCentroid" };
    let none = data.select_rows(&[]);
    assert_eq!(params.fit(&none).unwrap_err().kind(), &no_rows);
    let empty = learned(&params, &none);
    assert!(!empty.is_fitted() && empty.classes().is_empty());
    assert_eq!(empty.predict_proba(&data.records).unwrap_err().kind(), &no_rows);
    let model = params.fit_with(Some(empty.clone()), &data).unwrap();
    assert_eq!(params.fit_with(Some(model.clone()), &none).unwrap(), model);
    assert_eq!(empty.clone().merge(model.clone()).unwrap(), model);
    assert_eq!(model.clone().merge(empty).unwrap(), model);
    let narrow = DatasetBase::new(array![[1.0], [2.0]], array![3, 7]);
    assert_eq!(named(&params.fit_with(Some(model.clone()), &narrow).unwrap_err()), "columns");
    assert_eq!(named(&model.try_predict(&narrow.records).unwrap_err()), "columns");
    assert_eq!(named(&model.clone().merge(learned(&params, &narrow)).unwrap_err()), "columns");
    let other = params.clone().priors(Priors::Empirical).fit(&data).unwrap();
    assert_eq!(named(&model.clone().merge(other).unwrap_err()), "params");
    let one = data.select_rows(&[0, 1]);
    assert!(matches!(params.fit(&one).unwrap_err().kind(), ErrorKind::OneClass { found } if found.contains('3')));
    assert_eq!(learned(&params, &one).predict(&data.records), array![3, 3, 3, 3, 3]);
    let same = DatasetBase::new(Array2::from_elem((6, 2), 0.1), array![3, 7, 3, 7, 3, 3]);
    assert_eq!(named(&params.fit(&same).unwrap_err()), "x");
    let given = params.clone().priors(Priors::Given(vec![0.5, 0.5]));
    assert_eq!(named(&given.fit_with(None, &data).unwrap_err()), "priors");
    assert!(given.fit(&data).is_ok() && given.clone().classes(vec![3, 7]).fit_with(None, &data).is_ok());
    assert_eq!(named(&params.clone().priors(Priors::Given(vec![1.0; 3])).fit(&data).unwrap_err()), "class priors");
    assert_eq!(named(&params.clone().classes(vec![3, 8]).fit_with(Some(model.clone()), &data).unwrap_err()), "classes");
    let unknown = params.clone().classes(vec![3, 8]).fit(&data).unwrap_err();
    assert!(matches!(unknown.kind(), ErrorKind::UnknownLabel { .. }) && unknown.place().row == Some(2), "{unknown}");
}

#[test]
fn values_that_are_no_numbers_or_overflow_are_refused() {
    let model = NearestCentroid::params().fit(&small()).unwrap();
    for odd in [f64::NAN, f64::INFINITY] {
        let mut data = small();
        data.records[(4, 1)] = odd;
        let learning = NearestCentroid::params().fit(&data).unwrap_err();
        for error in [learning, model.try_predict(&data.records).unwrap_err()] {
            assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 1 }, Some(4)));
        }
    }
    let mut far = small();
    far.records[(2, 0)] = 1e200;
    let expected = ErrorKind::Overflow { estimator: "NearestCentroid", column: 0 };
    assert_eq!(NearestCentroid::params().fit(&far).unwrap_err().kind(), &expected);
    for error in [model.try_predict(&far.records), model.try_predict(&sparse(&far).records)].map(Result::unwrap_err) {
        assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFiniteResult { what: "distance" }, Some(2)));
    }
}

/// No degrees of freedom are left for the deviations within the classes.
#[test]
fn weights_too_small_for_deviations_leave_the_plain_distance() {
    let data = small().with_weights(Array1::from_elem(5, 0.25));
    let model = NearestCentroid::params().fit(&data).unwrap();
    assert_eq!(model.predict(&array![[0.0, 0.0, 0.0], [3.0, 3.0, -3.0]]), array![3, 7]);
    assert_eq!(named(&model.decision_function(&data.records).unwrap_err()), "sample_weight");
    assert_eq!(named(&model.within_class_std_dev().unwrap_err()), "sample_weight");
    // One row a class does not deviate: columns are as they are.
    let two = DatasetBase::new(array![[0.0, 1.0], [3.0, 1.0]], array![0, 1]);
    let model = NearestCentroid::params().fit(&two).unwrap();
    assert_eq!(model.decision_function(&array![[1.0, 5.0]]).unwrap(), array![[-3.0]]);
}
