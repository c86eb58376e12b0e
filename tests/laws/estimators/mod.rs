//! The catalogue of all estimators: every way to fit each, and every way to use what was fitted, behind one signature.
//!
//! A law goes over [`estimators`], so that an estimator which is added here is tried by every law.

mod blocks;
mod numbers;
mod ways;
#[macro_use]
mod uses;

use chunkfit::Result;
use chunkfit::calibration::Calibration;
use chunkfit::cluster::{KMeans, MiniBatchKMeans};
use chunkfit::combine::StepOver;
use chunkfit::data::Csr;
use chunkfit::data::{Chunk, Identified};
use chunkfit::decomposition::{IncrementalPca, Pca, TruncatedSvd};
use chunkfit::linear::{
    GammaRegressor, LinearRegression, Loss, OneVsRest, PoissonRegressor, SgdOneClassSvm, SgdRegressor, TweedieRegressor,
};
use chunkfit::prelude::*;
use chunkfit::preprocessing::VarianceThreshold;
use linfa::ParamGuard;
use linfa::dataset::DatasetBase;
use ndarray::{Array1, Array2};
use serde::Serialize;

#[allow(unused_imports)] // each law takes what it needs
pub use blocks::{Block, Layout, N_FEATURES, Targets, blocks, chunks, dataset};
pub use numbers::Numbers;
use uses::{as_model, using};
use ways::{average, chain, compute, concatenate, fit, partial_fit, sum};

/// What an estimator needs of its rows and targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learns {
    Classes,
    /// Numbers; those of the generalized linear models are above 0 in [`blocks`].
    Values,
    /// A label may be there or not, for every class.
    Labels,
    /// Nothing but rows.
    Rows,
}

/// An estimator over one layout of rows.
pub struct Learner {
    /// With the layout: `SgdClassifier hinge, sparse f32`.
    pub name: String,
    pub learns: Learns,
    /// The ways to fit it: `fit`, `partial_fit`, `chain`, `average`, `average, rounds`, `sum`, `concatenate`, `learn`.
    pub ways: Vec<(&'static str, FitBlocks)>,
}

/// Fits blocks, each a chunk.
pub type FitBlocks = Box<dyn Fn(&[Block]) -> Result<Model>>;

/// What was fitted, and all ways to use it: `predict`, `decision_function`, `predict_proba`, `score`, `confusion`,
/// `probability_loss`, `residuals`, `label_counts`, `transform`, `calibrated`, `thresholded`, each over chunks.
pub struct Model {
    pub uses: Vec<(&'static str, UseBlocks)>,
}

/// All numbers that come of some blocks, each a chunk: predictions as numbers, scores, transformed rows.
pub type UseBlocks = Box<dyn Fn(&[Block]) -> Result<Vec<f64>>>;

/// An estimator, with the ways to fit it and how what was fitted becomes a [`Model`].
macro_rules! add {
    ($learners:ident, $name:expr, $learns:ident, $params:expr, [$($way:ident),*], $rows:ty, $float:ty, $targets:ty, $wrap:ident) => {{
        let params = $params;
        let ways = vec![$($way::<_, $rows, $targets>(&params, $wrap!($rows, $float))),*];
        $learners.push(Learner { name: format!("{}, {}", $name, <$rows>::NAME), learns: Learns::$learns, ways });
    }};
}

/// All estimators over one layout of rows, but transformers.
macro_rules! over_rows {
    ($learners:ident, $rows:ty, $float:ty) => {{
        type Classes = Array1<usize>;
        type Values = Array1<$float>;
        let sgd = SgdClassifier::params().shuffle(false);
        for (name, params) in [("SgdClassifier hinge", sgd.clone()), ("SgdClassifier log", sgd.loss(Loss::LogLoss))] {
            add!(
                $learners,
                name,
                Classes,
                params,
                [fit, partial_fit, chain, average, concatenate],
                $rows,
                $float,
                Classes,
                classifier
            );
        }
        add!(
            $learners,
            "LogisticRegression",
            Classes,
            LogisticRegression::params(),
            [fit, average, sum, concatenate],
            $rows,
            $float,
            Classes,
            probabilistic_classifier
        );
        add!(
            $learners,
            "NearestCentroid",
            Classes,
            chunkfit::linear::NearestCentroid::params(),
            [fit, partial_fit, chain, average, concatenate],
            $rows,
            $float,
            Classes,
            probabilistic_classifier
        );
        macro_rules! naive_bayes {
            ($kind:ident) => {
                add!(
                    $learners,
                    stringify!($kind),
                    Classes,
                    $kind::params(),
                    [fit, partial_fit, chain, average, concatenate],
                    $rows,
                    $float,
                    Classes,
                    probabilistic_classifier
                )
            };
        }
        naive_bayes!(MultinomialNb);
        naive_bayes!(ComplementNb);
        naive_bayes!(BernoulliNb);
        naive_bayes!(GaussianNb);
        add!(
            $learners,
            "LinearRegression",
            Values,
            LinearRegression::params(),
            [fit, average, sum, concatenate],
            $rows,
            $float,
            Values,
            regressor
        );
        add!(
            $learners,
            "PoissonRegressor",
            Values,
            PoissonRegressor::params(),
            [fit, sum, concatenate],
            $rows,
            $float,
            Values,
            regressor
        );
        add!(
            $learners,
            "GammaRegressor",
            Values,
            GammaRegressor::params(),
            [fit, sum, concatenate],
            $rows,
            $float,
            Values,
            regressor
        );
        add!(
            $learners,
            "TweedieRegressor",
            Values,
            TweedieRegressor::params(),
            [fit, sum, concatenate],
            $rows,
            $float,
            Values,
            regressor
        );
        add!(
            $learners,
            "SgdRegressor",
            Values,
            SgdRegressor::params().shuffle(false),
            [fit, partial_fit, chain, average, concatenate],
            $rows,
            $float,
            Values,
            regressor
        );
        add!(
            $learners,
            "SgdOneClassSvm",
            Rows,
            SgdOneClassSvm::params().shuffle(false),
            [fit, partial_fit, chain, concatenate],
            $rows,
            $float,
            Classes,
            outliers
        );
        add!(
            $learners,
            "OneVsRest",
            Labels,
            OneVsRest::params(SgdClassifier::params().shuffle(false)),
            [fit, partial_fit, chain, concatenate],
            $rows,
            $float,
            Array2<bool>,
            labels
        );
        add!(
            $learners,
            "MiniBatchKMeans",
            Rows,
            MiniBatchKMeans::params().n_clusters(2),
            [fit, partial_fit, chain, concatenate],
            $rows,
            $float,
            Classes,
            clusters
        );
    }};
}

/// A transformer that is learned in passes over all chunks.
fn transformer<P, R, U>(name: &str, params: P, extra: fn(&U::Transformer) -> Vec<(&'static str, UseBlocks)>) -> Learner
where
    P: ParamGuard<Checked = U, Error: Send + Sync + 'static> + Identified + Serialize + Clone + 'static,
    R: Layout,
    U: StepOver<DatasetBase<R, Array1<usize>>, Transformer: Clone, Output: Numbers + Clone>,
    DatasetBase<R, Array1<usize>>: Chunk,
{
    let learn = move |blocks: &[Block]| {
        let data = chunks::<R, Array1<usize>>(blocks);
        let learned = compute(Preprocess::new(params.clone()).fit(&data))?;
        let transform =
            using("transform", &*learned, |fit, data: &Chunks<DatasetBase<R, Array1<usize>>>| fit.transform(data));
        let mut uses = extra(&learned);
        uses.push(transform);
        Ok(Model { uses })
    };
    Learner { name: format!("{name}, {}", R::NAME), learns: Learns::Rows, ways: vec![("learn", Box::new(learn))] }
}

/// Transformers over one layout of rows.
macro_rules! transformers {
    ($learners:ident, $rows:ty, $($name:literal: $params:expr),*) => {
        $( $learners.push(transformer::<_, $rows, _>($name, $params, |_| Vec::new())); )*
    };
}

/// Transformers of sparse and dense rows.
macro_rules! transformers_over {
    ($learners:ident, $rows:ty) => {
        transformers!($learners, $rows,
            "StandardScaler": StandardScaler::params().with_mean(false), "MaxAbsScaler": MaxAbsScaler::params(),
            "VarianceThreshold": VarianceThreshold::params(), "TruncatedSvd": TruncatedSvd::params().n_components(1)
        );
        $learners.push(transformer::<_, $rows, _>("KMeans", KMeans::params().n_clusters(2), |model| {
            type Data = Chunks<DatasetBase<$rows, Array1<usize>>>;
            vec![using("predict", model, |fit, data: &Data| {
                fit.predict::<$rows, Array1<usize>, Array1<usize>>(data)
            })]
        }));
    };
}

/// Transformers of dense rows alone.
macro_rules! transformers_of_dense {
    ($learners:ident, $rows:ty) => {
        transformers!($learners, $rows,
            "StandardScaler centred": StandardScaler::params(), "MinMaxScaler": MinMaxScaler::params(),
            "Pca": Pca::params().n_components(2)
        );
        add!($learners, "IncrementalPca", Rows, IncrementalPca::params().n_components(2),
            [fit, partial_fit, chain, concatenate], $rows, (), Array1<usize>, transforms);
    };
}

/// Every estimator over every layout of rows, with every way to fit it and every way to use the model.
pub fn estimators() -> Vec<Learner> {
    let mut learners = Vec::new();
    over_rows!(learners, Array2<f64>, f64);
    over_rows!(learners, Csr<f64>, f64);
    over_rows!(learners, Array2<f32>, f32);
    over_rows!(learners, Csr<f32>, f32);
    transformers_over!(learners, Array2<f64>);
    transformers_over!(learners, Csr<f64>);
    transformers_over!(learners, Array2<f32>);
    transformers_over!(learners, Csr<f32>);
    transformers_of_dense!(learners, Array2<f64>);
    transformers_of_dense!(learners, Array2<f32>);
    transformers!(learners, Csr<f64>, "TfidfTransformer": TfidfTransformer::params());
    transformers!(learners, Csr<f32>, "TfidfTransformer": TfidfTransformer::params());
    learners
}

/// The catalogue is whole: each can learn from [`blocks`] in every way, and what it learned can be used in every way.
#[test]
fn every_estimator_can_be_fitted_and_used_in_every_way() {
    for learner in estimators() {
        for (way, fit) in &learner.ways {
            let model = fit(&blocks()).unwrap_or_else(|error| panic!("{} by {way}: {error}", learner.name));
            assert!(!model.uses.is_empty(), "{}, which learns {:?}", learner.name, learner.learns);
            for (name, apply) in &model.uses {
                let numbers =
                    apply(&blocks()).unwrap_or_else(|error| panic!("{} by {way}, {name}: {error}", learner.name));
                assert!(!numbers.is_empty() && numbers.iter().all(|x| x.is_finite()), "{} {way} {name}", learner.name);
            }
        }
    }
}
