//! The contracts of estimators and models: the page "Write an estimator of your own".

mod as_kind;
mod average;
mod classify;
mod decision;
mod evaluate;
pub mod kind;
mod learn_rows;
mod learn_transform;
mod linfa;
#[cfg(feature = "linfa-clustering")]
mod linfa_k_means;
mod linfa_weights;
mod merge_warning;
mod model;
mod partial_fit;
mod passes;
mod team;
mod transform_chunk;
mod transformer_checks;
mod try_predict;

#[cfg(feature = "persist")]
pub use crate::persist::Persist;
pub use as_kind::{AsClassifier, AsRegressor};
pub use average::{FitAverage, FitAverageFrom, Weighting};
pub use classify::{ClassOutputs, Classify, Wanted};
pub(crate) use decision::write_labels;
pub use decision::{Classes, DecisionFunction, PredictProba};
pub use evaluate::{Evaluate, EvaluateAs};
pub(crate) use learn_rows::linfa_traits;
pub use learn_rows::{LearnRows, TransformRows};
pub use learn_transform::LearnTransform;
pub use linfa::Linfa;
pub(crate) use linfa_weights::refuse_ignored_weights;
pub use merge_warning::MergeWarning;
pub use model::Model;
pub use partial_fit::PartialFit;
pub(crate) use partial_fit::learn_chunk;
pub use passes::{FitPasses, FitSummed, RefineAverage};
pub use team::{LearnTogether, Team};
pub use transform_chunk::TransformChunk;
pub(crate) use transform_chunk::with_records;
pub(crate) use transformer_checks::{check_columns, check_numbers, check_overflow, check_rows};
pub use try_predict::TryPredict;
pub(crate) use try_predict::{check_targets, settle};
