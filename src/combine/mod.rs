//! Combinators: they turn an estimator and chunks into a graph.
//!
//! To fit, choose one of
//! - [`Chained`]: passes one model from chunk to chunk with `partial_fit`; any linfa [`FitWith`](linfa::traits::FitWith);
//! - [`ChainedLabels`]: the same for many labels a row, in parallel over the labels;
//! - [`Averaged`]: fits every chunk on its own, in parallel, and merges the models; linear models and naive Bayes;
//! - [`Summed`]: the exact fit of all rows in passes over the chunks; logistic regression, linear and generalized linear models;
//! - [`Concatenated`]: fits all rows at once, for data that fits into memory; any linfa [`Fit`](linfa::traits::Fit);
//!
//! and put a [`Pipeline`] around it when the chunks must be transformed first: [`Pipeline::new`] with one transformer,
//! [`Pipeline::steps`] with a list of them, stateless or learned from the chunks;
//! [`Preprocess`] fits a transformer alone. All of them are
//! [`FitChunks`], and [`FitRows`] for model selection; what they give is [`Fitted`]: it predicts and scores chunk by chunk, lazily;
//! and held-out chunks give it probabilities and thresholds: [`Calibrate`].
//!
//! Rows whose targets are sets of labels get targets of `bool` by [`Chunks::label_binarizer`](crate::Chunks::label_binarizer)
//! and [`binarized_labels`](crate::Chunks::binarized_labels).
//!
//! A [`FittedPipeline`] in memory predicts texts, rows and data sets at once: see [`PredictInput`].
//!
//! [`Online`] learns from a stream of chunks that need not end, while others use the model.
//!
//! [`PerGroup`] turns an estimator that learns chunk by chunk into one that learns a model for every group
//! of rows.

mod average;
mod calibrate;
mod chain;
mod concatenated;
mod fit;
mod label_sets;
mod online;
mod per_group;
#[cfg(feature = "persist")]
mod persist;
mod pipeline;
mod sum;

pub use average::{Averaged, AveragedRounds, Way};
pub use calibrate::Calibrate;
pub use chain::{Chained, ChainedLabels, ChainedUntil, EarlyStopping};
pub use concatenated::Concatenated;
pub use fit::{FitAs, FitChunks, FitOnward, FitRows, Fitted, IntoFit, SingleKind, WithModel};
pub(crate) use fit::{key_of_scorers, no_scored_rows, score_figures};
pub use online::{ModelReader, Online, Published};
pub use per_group::{GroupModels, PerGroup};
pub use pipeline::{
    AsModel, AsRecords, Behind, DecideChunk, FittedPipeline, Here, Learning, Part, Pipeline, PipelineFit, PredictChunk,
    PredictInput, Preprocess, PreprocessFit, ProbabilitiesOfChunk, PutBefore, ScoreChunk, StepAt, StepOver, Steps,
    TransformAll,
};
pub(crate) use sum::NEIGHBOURS;
pub use sum::Summed;
