//! The catalogue of all estimators: every way to fit each, and every way to use what was fitted, behind one signature.
//!
//! A law goes over [`estimators`] or over the whole [`catalogue`], so that an estimator which is added here is tried by every
//! law: of numbers that are no numbers, of weights, of chains, of searches, early stopping and checkpoints, of model files
//! and of forged ones.
//!
//! # A new estimator
//! is one line, an `add!` in `over_rows!`: its name, what it learns, its parameters, the ways to fit it (the functions of
//! `ways.rs`), and how its models are used (a macro of `uses.rs`: `classifier`, `probabilistic_classifier`, `regressor`,
//! `labels`, `outliers`, `clusters`, `transforms`):
//!
//! ```text
//! add!($learners, "RidgeClassifier", Classes, RidgeClassifier::params(),
//!     [fit, average, concatenate], $rows, $float, Classes, classifier);
//! ```
//!
//! A transformer that is learned in passes is a line of `transformers!`; a model around models, or of what is no numbers,
//! stands in `around.rs`. Its model has to be [`Persist`].

mod blocks;
mod model;
mod numbers;
mod trials;
mod ways;
#[macro_use]
mod uses;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chunkfit::Result;
use chunkfit::calibration::Calibration;
use chunkfit::cluster::{KMeans, MiniBatchKMeans};
use chunkfit::combine::StepOver;
use chunkfit::data::{Chunk, Csr, Identified, Shared};
use chunkfit::decomposition::{IncrementalPca, Pca, TruncatedSvd};
use chunkfit::estimator::{Persist, TransformChunk};
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
use model::Uses;
pub use model::{Model, ModelFile};
pub use numbers::Numbers;
use trials::{Trial, of_chain, of_checkpoint, of_fit, of_sum};
use uses::{uses_of, using};
use ways::{average, chain, compute, concatenate, fit, partial_fit, sum};

/// What an estimator needs of its rows and targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learns {
    Classes,
    /// `true` or `false`: two classes.
    TwoClasses,
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
    /// What it has by the kind of its models.
    pub trials: Vec<Trial>,
}

/// Fits blocks, each a chunk.
pub type FitBlocks = Box<dyn Fn(&[Block]) -> Result<Model>>;

/// All numbers that come of some blocks, each a chunk: predictions as numbers, scores, transformed rows.
pub type UseBlocks = Box<dyn Fn(&[Block]) -> Result<Vec<f64>>>;

/// An estimator, with the ways to fit it and how what was fitted becomes a [`Model`].
macro_rules! add {
    ($learners:ident, $name:expr, $learns:ident, $params:expr, [$($way:ident),*], $rows:ty, $float:ty, $targets:ty, $wrap:ident) => {{
        let params = $params;
        let ways = vec![$($way::<_, $rows, $targets>(&params, $wrap!($rows, $float))),*];
        let trials: Vec<Vec<$crate::estimators::trials::Trial>> = vec![$(tries!($wrap, $way, &params, $rows, $targets)),*];
        let trials = trials.into_iter().flatten().collect();
        let name = format!("{}, {}", $name, <$rows>::NAME);
        $learners.push(Learner { name, learns: Learns::$learns, ways, trials });
    }};
}

/// What an estimator is tried on beside its uses, by how its models are used and how it is fitted.
macro_rules! tries {
    (clusters, chain, $params:expr, $rows:ty, $targets:ty) => {
        vec![of_checkpoint::<_, $rows, $targets>($params)]
    };
    (transforms, chain, $params:expr, $rows:ty, $targets:ty) => {
        vec![of_checkpoint::<_, $rows, $targets>($params)]
    };
    // Clusters and transformed rows have no score.
    (clusters, $($other:tt)*) => {
        Vec::new()
    };
    (transforms, $($other:tt)*) => {
        Vec::new()
    };
    ($wrap:ident, chain, $params:expr, $rows:ty, $targets:ty) => {
        of_chain::<_, $rows, $targets>($params)
    };
    ($wrap:ident, sum, $params:expr, $rows:ty, $targets:ty) => {
        of_sum::<_, $rows, $targets>($params)
    };
    ($wrap:ident, fit, $params:expr, $rows:ty, $targets:ty) => {
        of_fit::<_, $rows, $targets>($params)
    };
    ($wrap:ident, $($other:tt)*) => {
        Vec::new()
    };
}

mod around;

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
            [fit, average, sum, concatenate],
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
            [fit, average, sum, concatenate],
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
            [fit, average, sum, concatenate],
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
            [fit, partial_fit, chain, average, concatenate],
            $rows,
            $float,
            Array1<bool>,
            outliers
        );
        add!(
            $learners,
            "OneVsRest",
            Labels,
            OneVsRest::params(SgdClassifier::params().shuffle(false)),
            [fit, partial_fit, chain, average, concatenate],
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
fn transformer<P, R, U>(name: &str, params: P, uses: Uses<U::Transformer>) -> Learner
where
    P: ParamGuard<Checked = U, Error: Send + Sync + 'static> + Identified + Serialize + Clone + 'static,
    R: Layout,
    U: StepOver<DatasetBase<R, Array1<usize>>, Transformer: Clone + Persist, Output: Numbers + Clone>,
    DatasetBase<R, Array1<usize>>: Chunk,
{
    let learn = move |blocks: &[Block]| {
        let data = chunks::<R, Array1<usize>>(blocks);
        let learned = compute(Preprocess::new(params.clone()).fit(&data))?;
        Ok(Model::new((*learned).clone(), uses))
    };
    let ways: Vec<(&'static str, FitBlocks)> = vec![("learn", Box::new(learn))];
    Learner { name: format!("{name}, {}", R::NAME), learns: Learns::Rows, ways, trials: Vec::new() }
}

/// A transformer's use.
fn transforms<M, R>(model: &M) -> Vec<(&'static str, UseBlocks)>
where
    M: TransformChunk<DatasetBase<R, Array1<usize>>, Output: Chunk + Numbers + Clone> + Clone + Shared,
    R: Layout,
    DatasetBase<R, Array1<usize>>: Chunk,
{
    vec![using("transform", model, |fit, data: &Chunks<DatasetBase<R, Array1<usize>>>| fit.transform(data))]
}

/// Transformers over one layout of rows.
macro_rules! transformers {
    ($learners:ident, $rows:ty, $($name:literal: $params:expr),*) => {
        $( $learners.push(transformer::<_, $rows, _>($name, $params, transforms::<_, $rows>)); )*
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
            let predict = using("predict", model, |fit, data: &Data| {
                fit.predict::<$rows, Array1<usize>, Array1<usize>>(data)
            });
            vec![predict, using("transform", model, |fit, data: &Data| fit.transform(data))]
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

/// All of the catalogue: [`estimators`], models around models, and transformers of what is no numbers.
pub fn catalogue() -> Vec<Learner> {
    estimators().into_iter().chain(around::around()).collect()
}

/// The catalogue is whole: each can learn from [`blocks`] in every way, and what it learned can be used in every way.
#[test]
fn every_estimator_can_be_fitted_and_used_in_every_way() {
    for learner in catalogue() {
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

/// Whatever is scored is searched, stopped early, resumed and made a fit again.
#[test]
fn every_estimator_has_what_its_kind_of_models_has() {
    let mut tried = BTreeMap::new();
    for learner in catalogue() {
        for (name, hold) in &learner.trials {
            let outcome = catch_unwind(AssertUnwindSafe(hold));
            outcome.unwrap_or_else(|_| panic!("{}: {name}, see above", learner.name));
            *tried.entry(*name).or_insert(0) += 1;
        }
    }
    // Four layouts of rows of every estimator that is scored; what has no score has checkpoints.
    let least = [("checkpoint", 4 * 9), ("early stopping", 4 * 9), ("into_fit", 4 * 14), ("search", 4 * 14)];
    for (name, least) in least {
        assert!(tried.get(name).is_some_and(|tried| *tried >= least), "{name}: {tried:?}");
    }
}
