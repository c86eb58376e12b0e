//! Linear models that are the exact minimum of an objective.

use chunkfit::combine::{Averaged, Summed};
use chunkfit::linear::{
    ClassWeight, ElasticNet, GammaRegressor, Lasso, LinearRegression, NearestCentroid, PoissonRegressor, Priors,
    RidgeClassifier, TweedieRegressor,
};
use chunkfit::prelude::*;
use chunkfit::testing::{Capability, Examples, Subject};
use ndarray::Array1;

const OF_ALL_ROWS: &str =
    "the minimum depends on all rows at once: `SgdClassifier` and `SgdRegressor` learn chunk by chunk";
const ADD_UP: &str = "sums add up: an average is the exact fit already";

fn logistic_regression() -> Vec<Subject> {
    over_two_layouts! {
        Examples::<Rows, Array1<usize>>::new().estimator(LogisticRegression::params().tol(1e-12))
            .tolerance(if <Rows as chunkfit::testing::TestRows>::IS_NARROW { 1e-4 } else { 1e-6 })
            .in_memory().average().rounds().sum().searched("average", Averaged::new).searched("sum", Summed::new)
            .decision_function().calibrated().probabilities().scored().persisted().into_files::<usize>()
            .lacks(Capability::Chained, OF_ALL_ROWS)
            .varied("regularization", |params| params.alpha(0.1))
            .varied("fit_intercept", |params| params.fit_intercept(false))
            .varied("l1_ratio", |params| params.l1_ratio(0.5))
            .varied("penalize_intercept", |params| params.penalize_intercept(true))
            .varied("max_iter", |params| params.max_iter(1))
            .varied("tol", |params| params.tol(0.5))
            .subject()
    }
}

/// The same with an L1 penalty, whose minimum is found in other steps.
fn logistic_regression_with_l1() -> Vec<Subject> {
    over_two_layouts! {
        Examples::<Rows, Array1<usize>>::new().estimator(LogisticRegression::params().alpha(1e-3).l1_ratio(0.7).tol(1e-9))
            .named("LogisticRegression with L1")
            .tolerance(if <Rows as chunkfit::testing::TestRows>::IS_NARROW { 1e-4 } else { 1e-6 })
            .in_memory().average().rounds().sum().decision_function().probabilities().persisted()
            .varied("l1_ratio", |params| params.l1_ratio(0.2))
            .varied("regularization", |params| params.alpha(0.1))
            .varied("fit_intercept", |params| params.fit_intercept(false))
            .varied("penalize_intercept", |params| params.penalize_intercept(true))
            .varied("max_iter", |params| params.max_iter(1))
            .varied("tol", |params| params.tol(0.5))
            .subject()
    }
}

fn nearest_centroid() -> Vec<Subject> {
    over_two_layouts! {
        Examples::<Rows, Array1<usize>>::new().estimator(NearestCentroid::params())
            .chained().exact_average().searched("average", Averaged::new).in_memory()
            .decision_function().calibrated().probabilities().scored().persisted().into_files::<usize>()
            .lacks(Capability::Rounds, ADD_UP)
            .lacks(Capability::Summed, ADD_UP)
            .varied("priors", |params| params.priors(Priors::Given(vec![0.5, 0.25, 0.25])))
            .varied("shrink_threshold", |params| params.shrink_threshold(Some(0.25)))
            .varied("classes", |params| params.classes(vec![0, 1, 2, 5]))
            .subject()
    }
}

fn linear_regression() -> Vec<Subject> {
    over_two_layouts! {
        Examples::<Rows, Array1<Float>>::new().estimator(LinearRegression::params())
            .in_memory().exact_average().sum().searched("average", Averaged::new).searched("sum", Summed::new)
            .scored().persisted().into_files::<Float>()
            .lacks(Capability::Rounds, ADD_UP)
            .lacks(Capability::Chained, OF_ALL_ROWS)
            .varied("alpha", |params| params.alpha(0.1))
            .varied("fit_intercept", |params| params.fit_intercept(false))
            .fixed("family", "the type says it")
            .fixed("max_iter", "the normal equations are solved at once")
            .fixed("tol", "the normal equations are solved at once")
            .subject()
    }
}

fn elastic_net() -> Vec<Subject> {
    over_two_layouts! {
        Examples::<Rows, Array1<Float>>::new().estimator(ElasticNet::params().alpha(0.01).tol(1e-10))
            .in_memory().average().rounds().sum().searched("average", Averaged::new).searched("sum", Summed::new)
            .scored().persisted().into_files::<Float>()
            .lacks(Capability::Chained, OF_ALL_ROWS)
            .varied("alpha", |params| params.alpha(0.1))
            .varied("l1_ratio", |params| params.l1_ratio(1.0))
            .varied("fit_intercept", |params| params.fit_intercept(false))
            .varied("positive", |params| params.positive(true))
            .varied("max_iter", |params| params.max_iter(1))
            .varied("tol", |params| params.tol(0.5))
            .subject()
    }
}

fn ridge_classifier() -> Vec<Subject> {
    over_two_layouts! {
        Examples::<Rows, Array1<usize>>::new().estimator(RidgeClassifier::params().tol(1e-12))
            .tolerance(if <Rows as chunkfit::testing::TestRows>::IS_NARROW { 1e-4 } else { 1e-6 })
            .in_memory().exact_average().sum().searched("average", Averaged::new).searched("sum", Summed::new)
            .decision_function().calibrated().scored().persisted().into_files::<usize>()
            .lacks(Capability::Rounds, ADD_UP)
            .lacks(Capability::Chained, OF_ALL_ROWS)
            .lacks(Capability::Probabilities, "least squares have none: `calibrated` makes them")
            .varied("alpha", |params| params.alpha(10.0))
            .varied("fit_intercept", |params| params.fit_intercept(false))
            .varied("class_weight", |params| params.class_weight(ClassWeight::ByLabel(vec![(1, 0.5)])))
            .varied("max_iter", |params| params.max_iter(1))
            .varied("tol", |params| params.tol(0.5))
            .subject()
    }
}

/// One that has L1 alone.
fn lasso() -> Vec<Subject> {
    over_two_layouts! {
        Examples::<Rows, Array1<Float>>::new().estimator(Lasso::params().alpha(0.01).tol(1e-10))
            .named("Lasso")
            .in_memory().average().rounds().sum().persisted()
            .subject()
    }
}

macro_rules! glm {
    ($name:ident $(, $variation:ident: $value:expr)*) => {
        over_two_layouts! {
            Examples::<Rows, Array1<Float>>::new().estimator($name::params().tol(1e-9))
                .in_memory().average().rounds().sum()
                .searched("average", Averaged::new).searched("sum", Summed::new)
                .scored().persisted().into_files::<Float>()
                .lacks(Capability::Chained, OF_ALL_ROWS)
                .varied("alpha", |params| params.alpha(0.1))
                .varied("fit_intercept", |params| params.fit_intercept(false))
                .varied("max_iter", |params| params.max_iter(1))
                .varied("tol", |params| params.tol(0.5))
                .fixed("family", "the type says it, but for the power")
                $(.varied(stringify!($variation), |params| params.$variation($value)))*
                .subject()
        }
    };
}

pub fn subjects() -> Vec<Subject> {
    let all: [Vec<Subject>; 10] = [
        logistic_regression(),
        logistic_regression_with_l1(),
        ridge_classifier(),
        elastic_net(),
        lasso(),
        nearest_centroid(),
        linear_regression(),
        glm!(PoissonRegressor),
        glm!(GammaRegressor),
        glm!(TweedieRegressor, power: 1.5),
    ];
    all.into_iter().flatten().collect()
}
