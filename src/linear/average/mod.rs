//! Averaging the linear models of many chunks into one.
//!
//! Every chunk is fitted by itself; its model becomes a state, states merge, and the merged state
//! becomes the model of all chunks. A state is a sum over chunks, column by column (Σ weight ·
//! coefficient, Σ weight), so the order of merging matters only to rounding.
//!
//! - [`FitAverage`](crate::estimator::FitAverage): what an estimator needs to be averaged. This crate's
//!   [`LogisticRegression`](super::LogisticRegression), [`PoissonRegressor`](super::PoissonRegressor),
//!   [`GammaRegressor`](super::GammaRegressor), [`TweedieRegressor`](super::TweedieRegressor),
//!   [`SgdClassifier`](super::SgdClassifier), [`SgdRegressor`](super::SgdRegressor),
//!   [`SgdOneClassSvm`](super::SgdOneClassSvm) and [`OneVsRest`](super::OneVsRest) have it, and linfa's logistic and
//!   linear regression on dense rows (features `linfa-logistic`, `linfa-linear`).
//! - [`Weighting`](crate::estimator::Weighting): how chunks are weighed.
//! - [`MergeWarning`](crate::estimator::MergeWarning): what speaks against the average that came out.
//! - [`LinearState`] and [`RegressorState`]: the states, for estimators of your own. Build them
//!   from a [`CompactFit`] and a [`ChunkWeight`], or from a [`LinearRegressor`](super::LinearRegressor).

mod chunk_weight;
mod column_sums;
mod compact_fit;
mod linear_state;
#[cfg(feature = "linfa-linear")]
mod linfa_linear;
#[cfg(feature = "linfa-logistic")]
mod linfa_logistic;
mod regressor_state;
mod row_sample;
#[cfg(test)]
mod tests;

pub use chunk_weight::ChunkWeight;
pub(super) use column_sums::ColumnSums;
pub use compact_fit::CompactFit;
pub(super) use compact_fit::spread;
pub use linear_state::LinearState;
pub use regressor_state::RegressorState;
