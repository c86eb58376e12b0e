//! Linear learners, in memory and single-threaded, over sparse and dense rows alike.
//!
//! - [`FeatureRows`]: what the learners ask of their input; [`Csr`](crate::data::Csr) and dense
//!   matrices have it.
//! - [`SgdClassifier`]: a classifier by stochastic gradient descent, chunk after chunk.
//! - [`OneVsRest`]: one such classifier for every label, where a row may have several.
//! - [`SgdRegressor`]: a regression in the same way.
//! - [`SgdOneClassSvm`]: what is unlike the rest, in the same way.
//! - [`LinearClassifier`]: classes, coefficients and intercepts, and all that follows from them.
//! - [`LinearRegressor`]: the same for a number to be predicted.
//! - [`LogisticRegression`]: fitted on all rows at once, to the optimum.
//! - [`LinearRegression`], [`PoissonRegressor`], [`GammaRegressor`], [`TweedieRegressor`]: generalized
//!   linear regressions, likewise.
//! - [`TryPredict`]: predictions that fail with an error, where linfa's `predict` panics.
//! - [`FitPasses`]: fits that go over many chunks several times, to the optimum of all rows.
//! - [`average`]: averaging the models of many chunks.

pub mod average;
mod check_values;
mod column_rows;
mod column_set;
mod feature_rows;
mod glm;
pub(crate) mod labels;
mod linear_classifier;
mod linear_regressor;
mod logistic;
mod newton;
mod passes;
mod remembered;
mod sgd;
mod smooth;
mod try_predict;
mod weighted_rows;

pub use average::{FitAverage, FitAverageFrom, Weighting};
pub(crate) use check_values::{check_values, first_odd_row};
pub(crate) use column_rows::ColumnRows;
pub use feature_rows::{FeatureRow, FeatureRows};
pub use glm::{
    Family, Gamma, GammaRegressor, Glm, GlmParams, GlmValidParams, GramState, LinearRegression, Normal, Poisson,
    PoissonRegressor, Tweedie, TweedieRegressor, ValueSurvey, ValueTargets,
};
pub use linear_classifier::{Classes, DecisionFunction, LinearClassifier, PredictProba};
pub(crate) use linear_classifier::{classes_as, labels_of, write_labels};
pub use linear_regressor::LinearRegressor;
pub use logistic::{
    ClassTargets, LogisticRegression, LogisticRegressionParams, LogisticRegressionValidParams, LogisticSearch,
    LogisticState, Regularization,
};
pub use passes::{FitPasses, FitSummed, RefineAverage};
pub(crate) use remembered::Remembered;
pub use sgd::{
    Averaging, ClassWeight, LearningRate, Loss, OneVsRest, OneVsRestParams, OneVsRestValidParams, Penalty,
    SgdClassifier, SgdClassifierParams, SgdClassifierValidParams, SgdOneClassSvm, SgdOneClassSvmParams,
    SgdOneClassSvmValidParams, SgdRegressor, SgdRegressorParams, SgdRegressorState, SgdRegressorValidParams, SgdState,
    SgdTeam,
};
pub use smooth::{ChunkPart, ChunkRows, ChunkSum, Search};
pub use try_predict::TryPredict;
pub(crate) use try_predict::{check_targets, classes_if_asked, classes_of, default_labels, settle};
pub(crate) use weighted_rows::{check_finite, check_rows, rows_of_weight, weights_of};
