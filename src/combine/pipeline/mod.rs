//! Pipelines: transformers, stateless or learned, then an estimator; and a transformer alone.

mod fit;
mod fit_onward;
mod fitted;
mod in_memory;
mod partial_fit;
mod parts;
mod predict_chunk;
mod predict_input;
mod preprocess;
mod preprocess_fit;
mod step_and_estimator;
mod step_over;
mod steps;
mod transform_all;

pub use fit::PipelineFit;
pub use fitted::FittedPipeline;
pub use parts::{AsModel, Behind, Here, Part, StepAt};
pub use predict_chunk::{DecideChunk, PredictChunk, ProbabilitiesOfChunk, ScoreChunk};
pub use predict_input::{AsRecords, PredictInput};
pub use preprocess::Preprocess;
pub use preprocess_fit::PreprocessFit;
pub use step_and_estimator::Pipeline;
pub use step_over::{Learning, StepOver};
pub use steps::{PutBefore, Steps};
pub use transform_all::TransformAll;
