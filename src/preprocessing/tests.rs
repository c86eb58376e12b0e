//! What holds for all learned transformers.

use std::collections::BTreeSet;
use std::fmt::Debug;

use linfa::ParamGuard;
use linfa::traits::Transformer;
use ndarray::{Array1, Array2, array};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::*;
use crate::data::{Csr, Norm, Rows};
use crate::error::{Error, ErrorKind};
use crate::estimator::{LearnRows, TransformRows};

/// Learned of the rows cut at `cuts`, merged one after the other and as a tree from the right, against
/// all rows at once.
fn merged_is_whole<P, R>(params: P, rows: &R, cuts: &[usize], near: impl Fn(&P::Learned, &P::Learned) -> bool)
where
    P: LearnRows<R, Learned: Debug>,
    R: Rows,
{
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (rows.n_rows() + 1)).collect();
    ends.extend([0, rows.n_rows()]);
    ends.sort_unstable();
    let part = |ends: &[usize]| rows.select_rows(&(ends[0]..ends[1]).collect::<Vec<_>>());
    let states = || ends.windows(2).map(|ends| params.learn(&part(ends)).unwrap());
    let merge = |a, b| P::merge(a, b).unwrap();
    let whole = params.finish(params.learn(rows).unwrap()).unwrap();
    let from_left = states().reduce(merge).unwrap();
    let from_right = states().rev().reduce(|right, left| merge(left, right)).unwrap();
    for state in [from_left, from_right] {
        let parts = params.finish(state).unwrap();
        assert!(near(&parts, &whole), "{parts:?}\n{whole:?}");
    }
}

fn close(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0))
}

fn close_scalers(a: &StandardScaler, b: &StandardScaler) -> bool {
    a.n_rows() == b.n_rows() && close(a.mean(), b.mean()) && close(a.var(), b.var()) && close(a.scale(), b.scale())
}

fn matrices() -> impl Strategy<Value = Array2<f64>> {
    let value = prop_oneof![Just(0.0), Just(0.0), -1e3..1e3f64];
    prop::collection::vec(prop::collection::vec(value, 4), 1..30)
        .prop_map(|rows| Array2::from_shape_vec((rows.len(), 4), rows.concat()).unwrap())
}

proptest! {
    #[test]
    fn what_is_learned_of_parts_and_merged_is_learned_of_all_rows(
        dense in matrices(),
        cuts in prop::collection::vec(any::<usize>(), 0..6),
    ) {
        let sparse = Csr::from_dense(&dense).unwrap();
        let uncentred = StandardScaler::params().with_mean(false).check().unwrap();
        merged_is_whole(StandardScaler::params().check().unwrap(), &dense, &cuts, close_scalers);
        merged_is_whole(uncentred.clone(), &sparse, &cuts, close_scalers);
        merged_is_whole(MaxAbsScaler::params().check().unwrap(), &dense, &cuts, PartialEq::eq);
        merged_is_whole(MaxAbsScaler::params().check().unwrap(), &sparse, &cuts, PartialEq::eq);
        merged_is_whole(MinMaxScaler::params().check().unwrap(), &dense, &cuts, PartialEq::eq);
        merged_is_whole(TfidfTransformer::params().check().unwrap(), &sparse, &cuts, PartialEq::eq);
        // Where a column varies, whose variance is far from the threshold's.
        let mut varied = dense.clone();
        varied.column_mut(0).iter_mut().enumerate().for_each(|(i, x)| *x = i as f64);
        varied.push_row(ndarray::aview1(&[-1.0, 0.0, 0.0, 0.0])).unwrap();
        let selector = VarianceThreshold::params().check().unwrap();
        merged_is_whole(selector.clone(), &varied, &cuts, PartialEq::eq);
        merged_is_whole(selector, &Csr::from_dense(&varied).unwrap(), &cuts, PartialEq::eq);
        let categories = dense.mapv(|x| x as i64 % 7);
        merged_is_whole(OneHotEncoder::params().check().unwrap(), &categories, &cuts, PartialEq::eq);
        merged_is_whole(OrdinalEncoder::params().check().unwrap(), &categories, &cuts, PartialEq::eq);
        let labels = categories.column(0).to_owned();
        merged_is_whole(LabelBinarizer::params().check().unwrap(), &labels, &cuts, PartialEq::eq);
        let sets: Vec<BTreeSet<i64>> = categories.rows().into_iter().map(|row| row.iter().copied().collect()).collect();
        merged_is_whole(MultiLabelBinarizer::params().check().unwrap(), &sets, &cuts, PartialEq::eq);

        // The slow twin of the moments: the mean and the variance by their definitions.
        let scaler = LearnRows::<Csr<f64>>::finish(&uncentred, uncentred.learn(&sparse).unwrap()).unwrap();
        let n = dense.nrows() as f64;
        let mean: Vec<f64> = dense.columns().into_iter().map(|column| column.sum() / n).collect();
        let var: Vec<f64> =
            dense.columns().into_iter().zip(&mean).map(|(x, m)| x.fold(0.0, |sum, x| sum + (x - m).powi(2)) / n).collect();
        prop_assert!(close(scaler.mean(), &mean) && close(scaler.var(), &var), "{scaler:?} {mean:?} {var:?}");
    }

    #[test]
    fn sparse_rows_and_single_precision_are_scaled_as_dense_ones(dense in matrices()) {
        let sparse = Csr::from_dense(&dense).unwrap();
        let uncentred = StandardScaler::params().with_mean(false).check().unwrap();
        let of_dense = LearnRows::<Array2<f64>>::finish(&uncentred, uncentred.learn(&dense).unwrap()).unwrap();
        let of_sparse = LearnRows::<Csr<f64>>::finish(&uncentred, uncentred.learn(&sparse).unwrap()).unwrap();
        prop_assert!(close_scalers(&of_dense, &of_sparse));
        prop_assert_eq!(of_dense.transform_rows(&sparse).unwrap().to_dense(), of_dense.transform_rows(&dense).unwrap());
        let narrow = dense.mapv(|x| x as f32);
        let exact = of_dense.transform_rows(&narrow.mapv(f64::from)).unwrap();
        prop_assert_eq!(of_dense.transform_rows(&narrow).unwrap(), exact.mapv(|x| x as f32));
    }
}

fn fit<P, R>(params: P, rows: &R) -> <P::Checked as LearnRows<R>>::Learned
where
    P: ParamGuard<Checked: LearnRows<R>, Error: Debug>,
{
    let params = params.check().unwrap();
    params.finish(params.learn(rows).unwrap()).unwrap()
}

fn refused<P: ParamGuard<Error = Error>>(params: P, name: &str) {
    let by_reference = params.check_ref().err().unwrap();
    for error in [by_reference, params.check().err().unwrap()] {
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: n, .. } if *n == name), "{error}");
    }
}

#[test]
fn every_parameter_changes_something() {
    let train = array![[1.0, -4.0], [3.0, 2.0], [8.0, 0.0]];
    let test = array![[2.0, 9.0], [10.0, -1.0]];
    let scaled = |params: StandardScalerParams| fit(params, &train).transform_rows(&test).unwrap();
    let usual = scaled(StandardScaler::params());
    assert_ne!(scaled(StandardScaler::params().with_mean(false)), usual);
    assert_ne!(scaled(StandardScaler::params().with_std(false)), usual);
    let largest = |params: MaxAbsScalerParams| fit(params, &train).transform_rows(&test).unwrap();
    assert_ne!(largest(MaxAbsScaler::params().clip(true)), largest(MaxAbsScaler::params()));
    let between = |params: MinMaxScalerParams| fit(params, &train).transform_rows(&test).unwrap();
    assert_ne!(between(MinMaxScaler::params().clip(true)), between(MinMaxScaler::params()));
    assert_ne!(between(MinMaxScaler::params().feature_range(0.0, 2.0)), between(MinMaxScaler::params()));

    let counts = Csr::from_dense(&array![[1.0, 4.0, 0.0], [0.0, 2.0, 1.0]]).unwrap();
    let weighed = |params: TfidfTransformerParams| fit(params, &counts).transform_rows(&counts).unwrap();
    let usual = weighed(TfidfTransformer::params());
    for params in [
        TfidfTransformer::params().norm(None),
        TfidfTransformer::params().norm(Some(Norm::L1)),
        TfidfTransformer::params().use_idf(false),
        TfidfTransformer::params().smooth_idf(false),
        TfidfTransformer::params().sublinear_tf(true),
    ] {
        assert_ne!(weighed(params.clone()), usual, "{params:?}");
    }

    let labels = array!["b", "a", "c"];
    let indicators =
        |params: LabelBinarizerParams<&'static str, f64>| fit(params, &labels).transform_rows(&labels).unwrap();
    let usual = indicators(LabelBinarizer::params());
    assert_ne!(indicators(LabelBinarizer::params().values(-1.0, 1.0)), usual);
    assert_ne!(indicators(LabelBinarizer::params().classes(vec!["c", "b", "a"])), usual);
    let sets = vec![vec!["b"], vec!["a", "b"]];
    let usual = fit(MultiLabelBinarizer::params(), &sets).transform_rows(&sets).unwrap();
    let declared = fit(MultiLabelBinarizer::params().classes(vec!["b", "a"]), &sets);
    assert_ne!(declared.transform_rows(&sets).unwrap(), usual);
}

#[test]
fn parameters_out_of_range_are_refused_by_name() {
    refused(MinMaxScaler::params().feature_range(1.0, 0.0), "feature_range");
    refused(MinMaxScaler::params().feature_range(0.0, f64::NAN), "feature_range");
    refused(OneHotEncoder::params().categories(vec![vec!["a"], vec![]]), "categories");
    refused(OrdinalEncoder::params().categories(vec![vec![1, 2, 1]]), "categories");
    refused(LabelBinarizer::params().classes(Vec::<u8>::new()), "classes");
    refused(LabelBinarizer::<u8, f64>::params().values(1.0, 1.0), "values");
    refused(MultiLabelBinarizer::params().classes(vec!['x', 'x']), "classes");
}

#[test]
fn rows_that_do_not_fit_are_named() {
    let scaler = fit(StandardScaler::params(), &array![[1.0, 2.0]]);
    let wide = scaler.transform_rows(&array![[1.0, 2.0, 3.0]]).unwrap_err();
    assert_eq!(*wide.kind(), ErrorKind::ShapeMismatch { what: "columns", expected: 2, found: 3 });
    for value in [f64::NAN, f64::INFINITY] {
        let bad = array![[0.0, 1.0], [0.0, value]];
        let sparse = Csr::from_dense(&bad).unwrap();
        let largest = MaxAbsScaler::params().check().unwrap();
        for error in [
            scaler.transform_rows(&bad).unwrap_err(),
            largest.learn(&bad).unwrap_err(),
            largest.learn(&sparse).unwrap_err(),
            fit(MaxAbsScaler::params(), &array![[1.0, 2.0]]).transform_rows(&sparse).unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 1 }, Some(1)));
        }
    }
    // Centring would fill the zeros of sparse rows.
    let sparse = Csr::from_dense(&array![[1.0, 2.0]]).unwrap();
    let learned = StandardScaler::params().check().unwrap().learn(&sparse).unwrap_err();
    for error in [learned, scaler.transform_rows(&sparse).unwrap_err()] {
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "with_mean", .. }), "{error}");
    }
    let counts = Csr::from_dense(&array![[1.0], [-1.0]]).unwrap();
    let error = fit(TfidfTransformer::params().sublinear_tf(true), &counts).transform_rows(&counts).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "sublinear_tf", .. }), "{error}");
    assert_eq!(error.place().row, Some(1));
}

#[test]
fn unknown_categories_and_labels_are_named_or_ignored_or_numbered() {
    let (train, test) = (array![["a", "x"], ["b", "x"]], array![["a", "x"], ["b", "y"]]);
    let unknown = ErrorKind::UnknownCategory { column: 1, category: "\"y\"".into() };
    for error in [
        fit(OneHotEncoder::params(), &train).transform_rows(&test).unwrap_err(),
        fit(OrdinalEncoder::params(), &train).transform_rows(&test).unwrap_err(),
        // Declared categories are all there are, in training too.
        OrdinalEncoder::params().categories(vec![vec!["a", "b"], vec!["x"]]).check().unwrap().learn(&test).unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.place().row), (&unknown, Some(1)));
    }
    let ignoring = fit(OneHotEncoder::params().handle_unknown(HandleUnknown::Ignore), &train);
    assert_eq!(ignoring.transform_rows(&test).unwrap().to_dense(), array![[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]);
    let numbered = fit(OrdinalEncoder::params().unknown_value(Some(-1.0)), &train);
    assert_eq!(numbered.transform_rows(&test).unwrap(), array![[0.0, 0.0], [1.0, -1.0]]);
    let taken = OrdinalEncoder::params().unknown_value(Some(1.0)).check().unwrap();
    let error = taken.finish(taken.learn(&train).unwrap()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "unknown_value", .. }), "{error}");

    let (labels, more) = (array![1, 2, 3], array![2, 9]);
    let error = fit(LabelBinarizer::params(), &labels).transform_rows(&more).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnknownLabel { label, .. } if label == "9"), "{error}");
    let ignoring = fit(LabelBinarizer::params().handle_unknown(HandleUnknown::Ignore), &labels);
    assert_eq!(ignoring.transform_rows(&more).unwrap(), array![[0.0, 1.0, 0.0], [0.0; 3]]);
    let (sets, more) = (vec![vec![1], vec![2]], Array1::from_vec(vec![vec![2, 9]]));
    let error = fit(MultiLabelBinarizer::params(), &sets).transform_rows(&more).unwrap_err();
    assert_eq!(error.place().row, Some(0));
    let ignoring = fit(MultiLabelBinarizer::params().handle_unknown(HandleUnknown::Ignore), &sets);
    assert_eq!(ignoring.transform_rows(&more).unwrap(), array![[0.0, 1.0]]);
}

#[test]
fn rows_without_any_known_category_are_still_rows() {
    let encoder = fit(OneHotEncoder::params().handle_unknown(HandleUnknown::Ignore), &array![["a"]]);
    let rows = encoder.transform_rows(&array![["?"], ["a"], ["?"], ["?"]]).unwrap();
    assert_eq!(rows.to_dense(), array![[0.0], [1.0], [0.0], [0.0]]);
    assert_eq!(encoder.transform_rows(&Array2::from_elem((0, 1), "a")).unwrap().n_rows(), 0);
}

#[test]
fn no_rows_are_no_error_until_the_end() {
    let params = MinMaxScaler::params().check().unwrap();
    let none = params.learn(&Array2::<f64>::zeros((0, 2))).unwrap();
    let error = LearnRows::<Array2<f64>>::finish(&params, none.clone()).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoRows { estimator: "MinMaxScaler" });
    // Not even the number of columns counts.
    let state = params.partial_fit(Some(none), &array![[1.0, 2.0, 3.0]]).unwrap();
    assert_eq!(LearnRows::<Array2<f64>>::finish(&params, state.clone()).unwrap().data_min(), [1.0, 2.0, 3.0]);
    let error = params.partial_fit(Some(state), &array![[1.0]]).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::ShapeMismatch { what: "columns", expected: 3, found: 1 });
}

#[test]
fn parameters_and_transformers_are_plain_data() {
    fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug + Send + Sync>(value: T) {
        let bytes = postcard::to_allocvec(&value).unwrap();
        assert_eq!(postcard::from_bytes::<T>(&bytes).unwrap(), value);
    }
    let rows = array![[1.0, 5.0], [2.0, 5.0]];
    let named = rows.mapv(|x: f64| x.to_string());
    round_trip(StandardScaler::params().with_mean(false));
    round_trip(fit(StandardScaler::params(), &rows));
    round_trip(fit(MinMaxScaler::params(), &rows));
    round_trip(fit(TfidfTransformer::params(), &Csr::from_dense(&rows).unwrap()));
    round_trip(fit(OneHotEncoder::params().dtype::<f32>(), &named));
    round_trip(fit(OrdinalEncoder::params().unknown_value(Some(-1.0)), &named));
    round_trip(fit(LabelBinarizer::params(), &named.column(0).to_owned()));
}

#[test]
fn linfa_fits_and_transforms_by_its_own_names() {
    let data = linfa::DatasetBase::from(array![[1.0f32, 2.0], [3.0, 2.0]]);
    let scaler = linfa::traits::Fit::fit(&StandardScaler::params(), &data).unwrap();
    let scaled: Array2<f32> = Transformer::transform(&scaler, &data.records).unwrap();
    assert_eq!(scaled, array![[-1.0, 0.0], [1.0, 0.0]]);
}
