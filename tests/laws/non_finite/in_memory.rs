//! Models in memory: `predict` panics with the place and the remedy, all else returns the error.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chunkfit::calibration::{Calibrated, Calibration, ClassHistograms, ThresholdRule, Thresholded};
use chunkfit::cluster::{KMeans, MiniBatchKMeans};
use chunkfit::combine::PerGroup;
use chunkfit::data::{Csr, FeatureRows, Keyed, Rows};
use chunkfit::estimator::PartialFit;
use chunkfit::estimator::{Classes, DecisionFunction, PredictProba, TryPredict};
use chunkfit::linear::{
    GammaRegressor, LinearRegression, Loss, OneVsRest, PoissonRegressor, SgdOneClassSvm, SgdRegressor, TweedieRegressor,
};
use chunkfit::prelude::*;
use chunkfit::testing::{Block, TestRows, TestTargets, dataset};
use linfa::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2};

use super::{N_FEATURES, ODD, blocks, of, of_other_width};

fn block() -> Block {
    blocks().swap_remove(0)
}

/// Rows with a value that is none, where it is, and what else is wrong with others.
fn spoiled() -> impl Iterator<Item = (Array2<f64>, usize, usize)> {
    let places = [(0, 1), (7, 0), (11, N_FEATURES - 1)];
    places.into_iter().flat_map(|(row, column)| {
        ODD.map(|odd| {
            let mut x = block().x;
            x[(row, column)] = odd;
            (x, row, column)
        })
    })
}

fn panic_of(work: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(work)).expect_err("it should have panicked");
    payload.downcast_ref::<String>().cloned().unwrap()
}

/// The law of one function that returns errors.
fn returns<X, T>(what: &str, of: impl Fn(&Array2<f64>) -> X, apply: impl Fn(&X) -> Result<T, Error>) {
    assert!(apply(&of(&block().x)).is_ok(), "{what}");
    for (x, row, column) in spoiled() {
        let Err(error) = apply(&of(&x)) else { panic!("{what}: NaN or infinity at {row}, {column} went through") };
        assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column }, Some(row)), "{what}: {error}");
    }
    for more in [true, false] {
        let Err(error) = apply(&of(&of_other_width(&block().x, more))) else { panic!("{what}: other columns") };
        assert!(matches!(error.kind(), ErrorKind::ShapeMismatch { what: "columns", .. }), "{what}: {error}");
    }
}

/// The law of linfa's `predict`, and of `try_predict`.
fn predicts<M, X, Y>(name: &str, model: &M, of: impl Fn(&Array2<f64>) -> X)
where
    M: PredictInplace<X, Y>,
    X: linfa::dataset::Records,
    Y: PartialEq + std::fmt::Debug,
{
    let predict = |x: &X| {
        let mut y = model.default_target(x);
        model.predict_inplace(x, &mut y);
        y
    };
    returns(&format!("{name}, try_predict"), &of, |x| model.try_predict(x));
    let good = of(&block().x);
    assert_eq!(model.try_predict(&good).unwrap(), predict(&good), "{name}");
    for (x, row, column) in spoiled() {
        let said = panic_of(|| drop(predict(&of(&x))));
        for part in [format!("column {column}"), format!("row {row}"), "try_predict".to_owned()] {
            assert!(said.contains(&part), "{name}: {said}");
        }
    }
    let said = panic_of(|| drop(predict(&of(&of_other_width(&block().x, true)))));
    assert!(said.contains("columns differs from training"), "{name}: {said}");
    let said = panic_of(|| model.predict_inplace(&good, &mut model.default_target(&of(&block().x.select_rows(&[0])))));
    assert!(said.contains("differs from that of the targets"), "{name}: {said}");
}

fn decides<M: DecisionFunction<R>, R: TestRows + FeatureRows>(name: &str, model: &M) {
    returns(&format!("{name}, decision_function"), of::<R>, |x| model.decision_function(x));
}

/// All of a classifier, and of what is made of it.
fn classifies<M, R>(name: &str, model: M, targets: &Array1<usize>)
where
    M: PredictInplace<R, Array1<usize>> + DecisionFunction<R> + PredictProba<R> + Classes<usize> + Clone + 'static,
    R: TestRows + FeatureRows,
{
    let name = &format!("{name}, {}", R::NAME);
    predicts(name, &model, of::<R>);
    decides::<_, R>(name, &model);
    returns(&format!("{name}, predict_proba"), of::<R>, |x| model.predict_proba(x));
    let decision = model.decision_function(&of::<R>(&block().x)).unwrap();
    let histograms = ClassHistograms::count(model.classes(), targets.view(), &decision).unwrap();
    for calibration in [Calibration::Sigmoid, Calibration::Isotonic] {
        let calibrated = Calibrated::new(model.clone(), &histograms, calibration).unwrap();
        predicts(&format!("{name}, calibrated"), &calibrated, of::<R>);
        decides::<_, R>(&format!("{name}, calibrated"), &calibrated);
        returns(&format!("{name}, calibrated, predict_proba"), of::<R>, |x| calibrated.predict_proba(x));
        assert_eq!(calibrated.classes(), model.classes(), "{name}");
    }
    if model.classes().len() == 2 {
        let thresholded = Thresholded::new(model, &histograms, ThresholdRule::FBeta(1.0)).unwrap();
        predicts(&format!("{name}, thresholded"), &thresholded, of::<R>);
        decides::<_, R>(&format!("{name}, thresholded"), &thresholded);
        returns(&format!("{name}, thresholded, predict_proba"), of::<R>, |x| thresholded.predict_proba(x));
    }
}

macro_rules! over {
    ($rows:ty, $float:ty) => {{
        let sgd = || SgdClassifier::params().shuffle(false).loss(Loss::LogLoss);
        let two = || block().class.mapv(|class| class.min(1));
        for targets in [block().class, two()] {
            let data: DatasetBase<$rows, Array1<usize>> = DatasetBase::new(of::<$rows>(&block().x), targets.clone());
            classifies::<_, $rows>("SgdClassifier", sgd().fit(&data).unwrap(), &targets);
            classifies::<_, $rows>("LogisticRegression", LogisticRegression::params().fit(&data).unwrap(), &targets);
            classifies::<_, $rows>("MultinomialNb", MultinomialNb::params().fit(&data).unwrap(), &targets);
            classifies::<_, $rows>("ComplementNb", ComplementNb::params().fit(&data).unwrap(), &targets);
            classifies::<_, $rows>("BernoulliNb", BernoulliNb::params().fit(&data).unwrap(), &targets);
            classifies::<_, $rows>("GaussianNb", GaussianNb::params().fit(&data).unwrap(), &targets);
            let sgd = sgd().fit(&data).unwrap();
            predicts("LinearClassifier", sgd.linear().unwrap(), of::<$rows>);
            decides::<_, $rows>("LinearClassifier", sgd.linear().unwrap());
            predicts::<_, $rows, Array1<usize>>(
                "KMeans",
                &KMeans::params().n_clusters(2).fit(&data).unwrap(),
                of::<$rows>,
            );
            predicts::<_, $rows, Array1<usize>>(
                "MiniBatchKMeans",
                &MiniBatchKMeans::params().n_clusters(2).fit(&data).unwrap(),
                of::<$rows>,
            );
            let one_class = SgdOneClassSvm::params().fit(&data).unwrap();
            predicts::<_, $rows, Array1<bool>>("SgdOneClassSvm", &one_class, of::<$rows>);
            decides::<_, $rows>("SgdOneClassSvm", &one_class);
            returns("SgdOneClassSvm, score_samples", of::<$rows>, |x| one_class.score_samples(x));
        }
        let data: DatasetBase<$rows, Array2<bool>> = dataset(&block());
        let labels = OneVsRest::params(SgdClassifier::params()).fit(&data).unwrap();
        predicts::<_, $rows, Array2<bool>>("OneVsRest", &labels, of::<$rows>);
        decides::<_, $rows>("OneVsRest", &labels);
        let data: DatasetBase<$rows, Array1<$float>> = dataset(&block());
        macro_rules! regressor {
            ($kind:ident) => {
                let model = $kind::params().fit(&data).unwrap();
                predicts::<_, $rows, Array1<$float>>(stringify!($kind), &model, of::<$rows>);
            };
        }
        regressor!(LinearRegression);
        regressor!(PoissonRegressor);
        regressor!(GammaRegressor);
        regressor!(TweedieRegressor);
        regressor!(SgdRegressor);
        let sgd = SgdRegressor::params().fit(&data).unwrap();
        predicts::<_, $rows, Array1<$float>>("LinearRegressor", sgd.linear().unwrap(), of::<$rows>);
        by_group::<$rows, Array1<$float>, _, _>("groups of SgdRegressor", SgdRegressor::params());
        by_group::<$rows, Array1<usize>, _, _>("groups of SgdClassifier", SgdClassifier::params());
        by_group::<$rows, Array1<usize>, _, _>("groups of GaussianNb", GaussianNb::params());
    }};
}

/// One model a group; of rows whose groups change from row to row.
fn by_group<R, T, P, Y>(name: &str, params: P)
where
    R: TestRows + FeatureRows,
    T: TestTargets,
    P: PartialFit<R, T, Model: PredictInplace<R, Array1<Y>> + 'static>,
    Y: PartialEq + std::fmt::Debug,
{
    let keyed = |x: &Array2<f64>| {
        let keys: Vec<usize> = (0..x.nrows()).map(|i| i % 2).collect();
        Keyed::new(of::<R>(x), keys).unwrap()
    };
    let chunk = DatasetBase::new(keyed(&block().x), T::of(&block()));
    let models = PerGroup::new(params).partial_fit(None, &chunk).unwrap();
    predicts::<_, _, Array1<Y>>(&format!("{name}, {}", R::NAME), &models, keyed);
    let others = Keyed::new(of::<R>(&block().x), (0..12).map(|i| if i == 8 { 9 } else { i % 2 }).collect()).unwrap();
    let error = models.try_predict(&others).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::UnknownGroup { .. }), "{name}: {error}");
    assert_eq!(error.place().row, Some(8), "{name}: {error}");
}

#[test]
fn of_dense_rows() {
    over!(Array2<f64>, f64);
    over!(Array2<f32>, f32);
}

#[test]
fn of_sparse_rows() {
    over!(Csr<f64>, f64);
    over!(Csr<f32>, f32);
}
