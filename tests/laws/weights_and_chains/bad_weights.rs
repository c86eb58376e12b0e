//! Weights that estimators of linfa would ignore, and weights that are not one a row behind filters, splits and groups.

use chunkfit::combine::PerGroup;
use chunkfit::prelude::*;
use linfa::DatasetBase;
use ndarray::{Array1, array};

/// linfa's estimators do not look at weights: where they learn by themselves, weights are refused instead of ignored.
#[test]
fn weights_that_an_estimator_of_linfas_would_ignore_are_refused() {
    let fits = |weights: [f32; 3]| {
        let (x, weights) = (array![[1.0], [2.0], [4.0]], Array1::from(weights.to_vec()));
        let classes = DatasetBase::new(x.clone(), array![0usize, 1, 1]).with_weights(weights.clone());
        let values = DatasetBase::new(x, array![0.0, 1.0, 3.0]).with_weights(weights);
        let (classes, values) = (Chunks::from_memory([classes]), Chunks::from_memory([values]));
        let logistic = linfa_logistic::LogisticRegression::<f64>::default();
        let runtime = Runtime::new();
        [
            runtime.compute(Chained::linfa(linfa_bayes::GaussianNb::params()).fit(&classes)).map(drop),
            runtime.compute(Concatenated::opaque(logistic).fit(&classes)).map(drop),
            runtime.compute(Concatenated::opaque(linfa_linear::LinearRegression::new()).fit(&values)).map(drop),
        ]
    };
    for (i, fit) in fits([1.0; 3]).into_iter().enumerate() {
        fit.unwrap_or_else(|error| panic!("{i}: {error}"));
    }
    for (i, fit) in fits([1.0, 2.0, 1.0]).into_iter().enumerate() {
        let error = fit.expect_err(&format!("{i} ignores weights"));
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "sample_weight", .. }), "{i}: {error}");
        assert_eq!(error.place().row, Some(1), "{i}: {error}");
    }
}

/// linfa makes NaN of it.
#[cfg(all(feature = "linfa-linear", feature = "linfa-logistic"))]
#[test]
fn averages_of_linfas_models_refuse_what_is_not_finite() {
    let classes = Chunks::from_memory([DatasetBase::new(array![[1.0], [2.0], [f64::NAN]], array![0usize, 1, 1])]);
    let values = |x: f64, y: f64| Chunks::from_memory([DatasetBase::new(array![[1.0], [x]], array![y, 2.0])]);
    let logistic = linfa_logistic::LogisticRegression::<f64>::default();
    let linear = |values| {
        let fit = Averaged::opaque(linfa_linear::LinearRegression::new()).fit(&values);
        Runtime::new().compute(fit).map(drop).unwrap_err()
    };
    let error = Runtime::new().compute(Averaged::opaque(logistic).fit(&classes)).map(drop).unwrap_err();
    assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 0 }, Some(2)));
    let error = linear(values(f64::INFINITY, 1.0));
    assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 0 }, Some(1)));
    assert_eq!(linear(values(2.0, f64::NAN)).place().row, Some(0));
}

/// Rows are taken out of a data set on the way to a learner: by filters, splits and folds.
#[test]
fn weights_that_are_not_one_a_row_are_refused_behind_filters_splits_and_groups() {
    let (x, y) = (array![[1.0_f64], [-1.0], [2.0], [-2.0]], array![1usize, 0, 1, 0]);
    for n in [1, 2, 3, 5] {
        let chunk = DatasetBase::new(x.clone(), y.clone()).with_weights(Array1::ones(n));
        let data = Chunks::from_memory([chunk]);
        let (train, test) = train_test_split(&data, 0.5, 1);
        let some = data.filter("two", |(row, _)| row[0].abs() == 1.0);
        let groups = data.group_by("sign", |row, _| row[0] > 0.0);
        let by_group = Chained::new(PerGroup::new(SgdClassifier::params())).fit(&groups);
        let fit = |data| Runtime::new().compute(Chained::new(SgdClassifier::params()).fit(&data)).map(drop);
        let outcomes = [some, train, test].map(fit);
        for outcome in outcomes.into_iter().chain([Runtime::new().compute(by_group).map(drop)]) {
            let error = outcome.expect_err(&format!("{n} weights are dropped"));
            assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { .. }), "{error}");
        }
    }
}
