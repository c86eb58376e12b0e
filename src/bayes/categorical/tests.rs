//! Edges of categorical naive Bayes: codes that are none, categories that come late, sizes.

use linfa::traits::{Fit, FitWith, Predict};
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, Array2, array};

use super::*;
use crate::data::{Codec, Csr, Rows};
use crate::estimator::{PartialFit, PredictProba, TryPredict};

type Data = DatasetBase<Array2<f64>, Array1<usize>>;

fn small() -> Data {
    let x = array![[0.0, 2.0], [1.0, 0.0], [0.0, 1.0], [3.0, 0.0], [0.0, 0.0]];
    DatasetBase::new(x, array![4, 7, 4, 7, 4])
}

#[test]
fn counts_are_those_of_the_rows() {
    let model = CategoricalNb::params().min_categories_each(vec![5, 2]).fit(&small()).unwrap();
    assert_eq!(model.n_categories(), [5, 3]);
    let first = array![[3.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 1.0, 0.0]];
    assert_eq!(model.category_count(), [first, array![[1.0, 1.0, 1.0], [2.0, 0.0, 0.0]]]);
    let logs = model.feature_log_prob();
    assert!((logs[0][(0, 0)] - (4.0f64 / 8.0).ln()).abs() < 1e-15);
    assert!((logs[1][(1, 2)] - (1.0f64 / 5.0).ln()).abs() < 1e-15);
    assert_eq!(model.predict(&array![[0.0, 2.0], [3.0, 0.0], [4.0, 0.0]]), array![4, 7, 7]);
}

/// A later chunk has categories and classes that the first has not: zeros are filled in.
#[test]
fn categories_and_classes_may_come_late() {
    let data = small();
    let whole = CategoricalNb::params().fit(&data).unwrap();
    let parts: Vec<Data> = [[0, 2].as_slice(), &[4], &[], &[1, 3]].map(|rows| data.select_rows(rows)).to_vec();
    let params = CategoricalNb::params();
    let chained = parts.iter().fold(None, |model, part| Some(params.fit_with(model, part).unwrap())).unwrap();
    assert_eq!(chained.category_count(), whole.category_count());
    let merged = parts.iter().rev().map(|part| params.fit_with(None, part).unwrap());
    assert_eq!(merged.reduce(|a, b| a.merge(b).unwrap()).unwrap().category_count(), whole.category_count());
}

/// Weights of which sums are rounded: what no row has is nothing, not what rounding left.
#[test]
fn a_category_without_rows_has_exactly_no_weight() {
    let weights: Vec<f64> = (0..9).map(|i| 0.1 + f64::from(i) * 0.7).collect();
    let x = Array2::from_shape_fn((9, 1), |(i, _)| if i % 2 == 1 { 1.0 + (i / 2) as f64 } else { (i / 6) as f64 });
    let params = CategoricalNb::params().alpha(0.0).check().unwrap();
    let y = Array1::from_shape_fn(9, |i| i % 2);
    let model = params.fit_weighted(&x, y.view(), Some(&weights)).unwrap();
    assert_eq!(model.category_count()[0][(1, 0)], 0.0);
    // Class 1 never has a 0, and class 0 nothing but 0 and 1.
    let joint = model.predict_joint_log_proba(&array![[0.0], [2.0], [1.0]]).unwrap();
    let infinite = joint.mapv(|joint| joint == f64::NEG_INFINITY);
    assert_eq!(infinite, array![[false, true], [true, false], [false, false]]);
    assert_eq!(model.predict_proba(&array![[0.0], [2.0]]).unwrap(), array![[1.0, 0.0], [0.0, 1.0]]);
}

#[test]
fn values_that_are_no_codes_are_refused_with_row_and_column() {
    let model = CategoricalNb::params().min_categories(9).fit(&small()).unwrap();
    for bad in [-1.0, 0.5, 1e-300, f64::NAN, f64::INFINITY] {
        let mut data = small();
        data.records[(3, 1)] = bad;
        let sparse = Csr::from_dense(&data.records).unwrap();
        for error in [
            CategoricalNb::params().fit(&data).unwrap_err(),
            CategoricalNb::params().fit(&DatasetBase::new(sparse.clone(), data.targets.clone())).unwrap_err(),
            model.try_predict(&data.records).unwrap_err(),
            model.try_predict(&sparse).unwrap_err(),
        ] {
            assert_eq!(error.place().row, Some(3));
            match error.kind() {
                ErrorKind::InvalidFeature { column: 1, value, expected } => {
                    assert_eq!(*value, bad);
                    assert!(expected.contains("OrdinalEncoder"));
                }
                kind => assert_eq!((kind, bad.is_finite()), (&ErrorKind::NonFinite { column: 1 }, false)),
            }
        }
    }
}

#[test]
fn a_category_that_training_lacked_is_refused_with_the_remedy() {
    let asked = array![[0.0, 1.0], [1.0, 7.0]];
    let model = CategoricalNb::params().fit(&small()).unwrap();
    for error in [
        model.try_predict(&asked).unwrap_err(),
        model.predict_proba(&Csr::from_dense(&asked).unwrap()).unwrap_err(),
        model.predict_joint_log_proba(&asked.mapv(|x| x as f32)).unwrap_err(),
    ] {
        assert!(matches!(error.kind(), ErrorKind::InvalidFeature { column: 1, value: 7.0, .. }), "{error}");
        assert_eq!(error.place().row, Some(1));
        assert!(error.to_string().contains("min_categories"), "{error}");
    }
    assert!(CategoricalNb::params().min_categories(8).fit(&small()).unwrap().try_predict(&asked).is_ok());
}

/// Numbers that are no categories, such as ids, would take more memory than there is.
#[test]
fn codes_beyond_memory_are_refused_by_name() {
    for bad in [1e15, 1e300] {
        let mut data = small();
        data.records[(2, 1)] = bad;
        let model = CategoricalNb::params().fit(&small()).unwrap();
        let params = CategoricalNb::params();
        for error in [params.fit(&data).unwrap_err(), params.fit_with(Some(model), &data).unwrap_err()] {
            let ErrorKind::ModelTooLarge { model: "CategoricalNb", shape, .. } = error.kind() else {
                panic!("{error}")
            };
            assert!(shape.contains("2 classes × ") && shape.contains(" categories × 8 bytes"), "{shape}");
            assert!(shape.contains("column 1 has a code of 1"), "{shape}");
            assert_eq!(error.place().row, Some(2));
        }
    }
    let error = CategoricalNb::params().min_categories(usize::MAX).fit(&small()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ModelTooLarge { .. }), "{error}");
}

#[test]
fn least_numbers_of_categories_are_one_a_column() {
    let error = CategoricalNb::params().min_categories_each(vec![3]).fit(&small()).unwrap_err();
    let shape = ErrorKind::ShapeMismatch { what: "min_categories", expected: 2, found: 1 };
    assert_eq!(error.kind(), &shape);
    let params = CategoricalNb::params().min_categories_each(vec![3, 9]).classes(vec!["b".to_owned()]);
    let bytes = postcard::to_stdvec(&params).unwrap();
    assert_eq!(postcard::from_bytes::<NaiveBayesParams<Categorical, String>>(&bytes).unwrap(), params);
}

#[test]
fn a_checkpoint_goes_on_as_if_it_had_not_been() {
    let params = CategoricalNb::params();
    let parts = [[0, 1, 2].as_slice(), &[3, 4]].map(|rows| small().select_rows(rows));
    let model = params.fit_with(None, &parts[0]).unwrap();
    let codec: Codec<CategoricalNb<usize>> = PartialFit::<Array2<f64>, Array1<usize>>::codec(&params).unwrap();
    let read = codec.decode(&codec.encode(&model).unwrap().unwrap()).unwrap();
    assert_eq!(read, model);
    assert_eq!(params.fit_with(Some(read), &parts[1]).unwrap(), CategoricalNb::params().fit(&small()).unwrap());
}

#[test]
fn forged_counts_are_refused() {
    let model = CategoricalNb::params().fit(&small()).unwrap();
    let whole = model.statistics.clone();
    assert!(whole.are_whole(2) && !whole.are_whole(3));
    let forge = |forge: fn(&mut CategoryCounts)| {
        let mut forged = whole.clone();
        forge(&mut forged);
        assert!(!forged.are_whole(2), "{forged:?}");
        let bytes = postcard::to_stdvec(&NaiveBayes { statistics: forged, ..model.clone() }).unwrap();
        assert!(postcard::from_bytes::<CategoricalNb<usize>>(&bytes).is_err());
    };
    counts::forgeries().into_iter().for_each(forge);
}
