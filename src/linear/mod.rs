//! Linear models, in memory and single-threaded, over sparse and dense rows alike.
//!
//! - [`FeatureRows`](crate::data::FeatureRows): what the learners ask of their input; [`Csr`](crate::data::Csr) and dense
//!   matrices have it.
//! - [`SgdClassifier`]: a classifier by stochastic gradient descent, chunk after chunk.
//! - [`OneVsRest`]: one such classifier for every label, where a row may have several.
//! - [`SgdRegressor`]: a regression in the same way.
//! - [`SgdOneClassSvm`]: what is unlike the rest, in the same way.
//! - [`LinearClassifier`]: classes, coefficients and intercepts, and all that follows from them.
//! - [`LinearRegressor`]: the same for a number to be predicted.
//! - [`LogisticRegression`]: fitted on all rows at once, to the optimum.
//! - [`RidgeClassifier`]: least squares on the classes, fitted on all rows at once.
//! - [`NearestCentroid`]: the class whose mean is the nearest, from sums over chunks.
//! - [`LinearRegression`], [`PoissonRegressor`], [`GammaRegressor`], [`TweedieRegressor`]: generalized
//!   linear regressions, likewise.
//! - [`ElasticNet`], [`Lasso`]: least squares with coefficients that are exactly 0, by coordinate descent.
//! - [`TryPredict`](crate::estimator::TryPredict): predictions that fail with an error, where linfa's `predict` panics.
//! - [`FitPasses`](crate::estimator::FitPasses): fits that go over many chunks several times, to the optimum of all rows.
//! - [`average`]: averaging the models of many chunks.

pub mod average;
mod elastic_net;
mod glm;
mod linear_classifier;
mod linear_inside;
mod linear_regressor;
mod logistic;
mod moments;
mod nearest_centroid;
mod newton;
#[cfg(feature = "persist")]
mod persist;
mod ranges;
mod ridge_classifier;
mod sgd;
mod smooth;
mod targets;

pub use elastic_net::{
    ElasticNet, ElasticNetAnswer, ElasticNetParams, ElasticNetPasses, ElasticNetRows, ElasticNetState, ElasticNetSum,
    ElasticNetValidParams, Lasso,
};
pub use glm::{
    AveragedFamily, Family, Gamma, GammaRegressor, Glm, GlmParams, GlmState, GlmValidParams, GramState,
    LinearRegression, Normal, Poisson, PoissonRegressor, Tweedie, TweedieRegressor, ValueSurvey, ValueTargets,
};
pub use linear_classifier::LinearClassifier;
pub use linear_regressor::LinearRegressor;
pub use logistic::{
    LogisticMinimization, LogisticRegression, LogisticRegressionParams, LogisticRegressionValidParams, LogisticState,
    Regularization,
};
pub use nearest_centroid::{NearestCentroid, NearestCentroidParams, NearestCentroidValidParams, Priors};
pub use ridge_classifier::{
    ClassTotals, RidgeClassifier, RidgeClassifierParams, RidgeClassifierValidParams, RidgeState,
};
pub(crate) use sgd::LabelBlock;
pub use sgd::{
    Averaging, ClassWeight, LearningRate, Loss, OneVsRest, OneVsRestParams, OneVsRestValidParams, Penalty,
    SgdClassifier, SgdClassifierParams, SgdClassifierValidParams, SgdOneClassSvm, SgdOneClassSvmParams,
    SgdOneClassSvmValidParams, SgdRegressor, SgdRegressorParams, SgdRegressorValidParams, SgdState, SgdTeam,
    SgdVectorState,
};
pub use smooth::{ChunkPart, ChunkRows, ChunkSum, Minimization};
pub use targets::ClassTargets;
