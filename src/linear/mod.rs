//! Linear learners, in memory and single-threaded, over sparse and dense rows alike.
//!
//! - [`FeatureRows`]: what the learners ask of their input; [`Csr`](crate::data::Csr) and dense
//!   matrices have it.
//! - [`SgdClassifier`]: a classifier by stochastic gradient descent, chunk after chunk.
//! - [`SgdRegressor`]: a regression in the same way.
//! - [`LinearClassifier`]: classes, coefficients and intercepts, and all that follows from them.
//! - [`LinearRegressor`]: the same for a number to be predicted.
//! - [`LogisticRegression`]: fitted on all rows at once, to the optimum.
//! - [`average`]: averaging the models of many chunks.

pub mod average;
mod column_rows;
mod feature_rows;
pub(crate) mod labels;
mod linear_classifier;
mod linear_regressor;
mod logistic;
mod newton;
mod remembered;
mod sgd;
mod weighted_rows;

pub use average::{FitAverage, Weighting};
pub(crate) use column_rows::ColumnRows;
pub use feature_rows::{FeatureRow, FeatureRows};
pub(crate) use linear_classifier::labels_of;
pub use linear_classifier::{Classes, DecisionFunction, LinearClassifier, PredictProba};
pub use linear_regressor::LinearRegressor;
pub use logistic::{
    LogisticRegression, LogisticRegressionParams, LogisticRegressionValidParams, LogisticState, Regularization,
};
pub(crate) use remembered::Remembered;
pub use sgd::{
    Averaging, ClassWeight, LearningRate, Loss, Penalty, SgdClassifier, SgdClassifierParams, SgdClassifierValidParams,
    SgdRegressor, SgdRegressorParams, SgdRegressorValidParams, SgdTeam,
};
pub(crate) use weighted_rows::{check_rows, weights_of};
