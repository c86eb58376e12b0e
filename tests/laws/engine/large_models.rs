//! Models that no machine has room for are refused by name, before they are made: every learner × every way to fit.

use std::sync::Arc;

use chunkfit::Result;
use chunkfit::cluster::{Init, KMeans, MiniBatchKMeans};
use chunkfit::data::Identified;
use chunkfit::decomposition::Pca;
use chunkfit::estimator::PartialFit;
use chunkfit::estimator::{FitAverage, FitSummed};
use chunkfit::estimator::{LearnRows, TransformRows};
use chunkfit::linear::{Averaging, Loss, OneVsRest};
use chunkfit::prelude::*;
use chunkfit::preprocessing::LabelBinarizer;
use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};

use super::in_time;

/// Every row another label.
const ROWS: usize = 3_000;
/// Times the rows and the bytes of a number more than a terabyte.
const COLUMNS: usize = 1 << 27;

type Data<T> = DatasetBase<Csr<f64>, T>;

/// One value a row.
fn rows() -> Csr<f64> {
    let indices = (0..ROWS as u32).map(|i| i * 7).collect();
    Csr::new(COLUMNS, (0..=ROWS).collect(), indices, vec![1.0; ROWS]).unwrap()
}

fn labelled() -> Data<Array1<usize>> {
    DatasetBase::new(rows(), (0..ROWS).collect())
}

type Way = (String, Box<dyn FnOnce() -> Result<()> + Send>);

fn ways<P, M>(name: &str, params: P) -> Vec<Way>
where
    P: Fit<Csr<f64>, Array1<usize>, Error> + Clone + Send + Sync + 'static,
    P: FitAverage<Csr<f64>, Array1<usize>, Model = M> + Identified + serde::Serialize,
    M: Clone + Send + Sync + 'static,
{
    let (fit, average) = (params.clone(), params);
    vec![
        (format!("{name}, fit"), Box::new(move || fit.fit(&labelled()).map(drop))),
        (
            format!("{name}, average"),
            Box::new(move || {
                let chunks = Chunks::from_memory([labelled(), labelled()]);
                Runtime::new().threads(2).compute(Averaged::new(average).fit(&chunks)).map(drop)
            }),
        ),
    ]
}

fn chained<P, T>(name: &str, params: P, data: fn() -> Data<T>) -> Vec<Way>
where
    P: PartialFit<Csr<f64>, T, Model: Clone + Send + Sync + 'static>
        + Identified
        + serde::Serialize
        + Clone
        + Send
        + Sync
        + 'static,
    T: Send + Sync + 'static,
{
    let alone = params.clone();
    vec![
        (format!("{name}, partial_fit"), Box::new(move || alone.partial_fit(None, &data()).map(drop))),
        (
            format!("{name}, chain"),
            Box::new(move || {
                let chunks = Chunks::from_memory([data()]);
                Runtime::new().threads(2).compute(Chained::new(params).fit(&chunks)).map(drop)
            }),
        ),
    ]
}

fn summed<P>(name: &str, params: P) -> Vec<Way>
where
    P: FitSummed<Csr<f64>, Array1<usize>, Model: Clone + Send + Sync + 'static> + Identified + serde::Serialize + Clone,
    P: Send + Sync + 'static,
{
    let sum = move || {
        let chunks = Chunks::from_memory([labelled()]);
        Runtime::new().threads(2).compute(Summed::new(params).fit(&chunks)).map(drop)
    };
    vec![(format!("{name}, sum"), Box::new(sum))]
}

fn labels() -> Data<Array2<bool>> {
    DatasetBase::new(rows(), Array2::from_shape_fn((ROWS, ROWS), |(i, j)| i == j))
}

fn learners() -> Vec<Way> {
    let mut all = Vec::new();
    macro_rules! chained_and_averaged {
        ($($name:literal: $params:expr),*) => {$(
            all.extend(ways($name, $params));
            all.extend(chained($name, $params, labelled));
        )*};
    }
    let sgd = SgdClassifier::params;
    chained_and_averaged!(
        "SgdClassifier": sgd(), "SgdClassifier, averaged": sgd().average(Averaging::From(1)).loss(Loss::LogLoss),
        "SgdClassifier, declared": sgd().classes((0..ROWS).collect::<Vec<_>>()),
        "MultinomialNb": MultinomialNb::params(), "ComplementNb": ComplementNb::params(),
        "BernoulliNb": BernoulliNb::params(), "GaussianNb": GaussianNb::params(),
        "MultinomialNb, declared": MultinomialNb::params().classes((0..ROWS).collect::<Vec<_>>())
    );
    all.extend(ways("LogisticRegression", LogisticRegression::params()));
    all.extend(summed("LogisticRegression", LogisticRegression::params()));
    let one_vs_rest = || OneVsRest::params(SgdClassifier::params());
    all.extend(chained("OneVsRest", one_vs_rest(), labels));
    all.push(("OneVsRest, fit".into(), Box::new(move || one_vs_rest().fit(&labels()).map(drop))));
    for init in [Init::Random, Init::KMeansPlusPlus] {
        let mini_batch = MiniBatchKMeans::params().n_clusters(ROWS / 2).init(Init::Random);
        all.extend(chained("MiniBatchKMeans", mini_batch, labelled));
        let n_clusters = if matches!(init, Init::Random) { ROWS / 2 } else { 2_000 };
        let k_means = move || {
            let chunks = Chunks::from_memory([labelled()]);
            Runtime::new()
                .compute(Preprocess::new(KMeans::params().n_clusters(n_clusters).init(init)).fit(&chunks))
                .map(drop)
        };
        all.push(("KMeans".into(), Box::new(k_means)));
    }
    let pca = || Pca::params().check()?.learn(&Array2::<f64>::zeros((2, 1 << 21))).map(drop);
    all.push(("Pca".into(), Box::new(pca)));
    all
}

#[test]
fn every_learner_refuses_what_does_not_fit() {
    for (name, fit) in learners() {
        let error = in_time(&name, move || fit().map_err(Arc::new)).expect_err(&name);
        let ErrorKind::ModelTooLarge { shape, bytes, available, .. } = error.kind() else { panic!("{name}: {error}") };
        assert!(shape.contains("columns") && bytes > available, "{name}: {error}");
        let message = error.to_string();
        assert!(message.contains(shape) && message.contains("n_features"), "{message}");
    }
}

#[test]
fn a_dense_result_that_does_not_fit_is_refused() {
    // One class a label, of so many labels: as many numbers a row.
    let labels: Array1<usize> = (0..300_000).collect();
    let binarizer = LabelBinarizer::<usize, f64>::params().check().unwrap();
    let binarizer = in_time("learn labels", {
        let labels = labels.clone();
        move || binarizer.finish(binarizer.learn(&labels)?)
    });
    let error = binarizer.unwrap().transform_rows(&labels).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::ModelTooLarge { model: "LabelBinarizer", .. }), "{error}");
}
