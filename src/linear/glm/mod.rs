//! Generalized linear regressions: a number to be predicted from a sum over columns.
//!
//! - `family`: what is predicted, and which loss that means.
//! - `params`, `model`: parameters, and what they fit.
//! - `fit`: all rows at once; `passes`: over chunks.
//! - `average`: averages of chunks' regressions, weighed by `curvature`, and rounds from there.
//! - `normal_equations`: linear regression from sums of squares and products, which merge over chunks.

mod average;
#[cfg(test)]
mod average_tests;
mod curvature;
mod family;
mod fit;
mod model;
mod normal_equations;
mod params;
mod passes;
#[cfg(feature = "persist")]
mod persist;

pub use average::GlmState;
pub(in crate::linear) use family::check_finite_targets;
pub use family::{AveragedFamily, Family, Gamma, Normal, Poisson, Tweedie};
pub use model::{GammaRegressor, Glm, LinearRegression, PoissonRegressor, TweedieRegressor};
pub use normal_equations::GramState;
pub(in crate::linear) use normal_equations::least_squares;
pub use params::{GlmParams, GlmValidParams};
pub use passes::{ValueSurvey, ValueTargets};
