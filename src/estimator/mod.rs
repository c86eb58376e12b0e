//! The contracts of estimators and models: the page "Write an estimator of your own".

mod average;
mod decision;
mod learn_rows;
mod learn_transform;
mod linfa;
#[cfg(feature = "linfa-clustering")]
mod linfa_k_means;
mod linfa_weights;
mod merge_warning;
mod partial_fit;
mod passes;
mod pipeline_step;
mod team;
mod transform_chunk;
mod transformer_checks;
mod try_predict;

pub use average::{FitAverage, FitAverageFrom, Weighting};
pub use decision::{Classes, DecisionFunction, PredictProba};
pub(crate) use decision::{classes_as, labels_of, write_labels};
pub(crate) use learn_rows::linfa_traits;
pub use learn_rows::{LearnRows, TransformRows};
pub use learn_transform::LearnTransform;
pub use linfa::Linfa;
pub(crate) use linfa_weights::refuse_ignored_weights;
pub use merge_warning::MergeWarning;
pub use partial_fit::PartialFit;
pub(crate) use partial_fit::learn_chunk;
pub use passes::{FitPasses, FitSummed, RefineAverage};
pub use pipeline_step::{Learned, PipelineStep, Stateless};
pub use team::{LearnTogether, Team};
pub use transform_chunk::TransformChunk;
pub(crate) use transform_chunk::with_records;
pub(crate) use transformer_checks::{check_columns, check_numbers, check_overflow, check_rows};
pub use try_predict::TryPredict;
pub(crate) use try_predict::{check_targets, classes_if_asked, classes_of, default_labels, settle};
