//! Combinators: they turn an estimator and chunks into a graph.
//!
//! To fit, choose one of
//! - [`Chained`]: passes one model from chunk to chunk with `partial_fit`; any linfa [`FitWith`](linfa::traits::FitWith);
//! - [`ChainedLabels`]: the same for many labels a row, in parallel over the labels;
//! - [`Averaged`]: fits every chunk on its own, in parallel, and merges the models; linear models and naive Bayes;
//! - [`Summed`]: the exact fit of all rows in passes over the chunks; logistic regression, linear and generalized linear models;
//! - [`Concatenated`]: fits all rows at once, for data that fits into memory; any linfa [`Fit`](linfa::traits::Fit);
//!
//! and put a [`Pipeline`] around it when the chunks must be transformed first: [`Pipeline::new`] with a
//! transformer that needs no fitting, [`Pipeline::learned`] with one that is learned from the chunks;
//! [`Preprocess`] learns a transformer alone. All of them are
//! [`FitChunks`], and [`FitRows`] for model selection; what they give is [`Fitted`]: it predicts and scores chunk by chunk, lazily;
//! and held-out chunks give it probabilities and thresholds: [`Calibrate`].
//!
//! [`Online`] learns from a stream of chunks that need not end, while others use the model.
//!
//! [`PerGroup`] turns an estimator that learns chunk by chunk into one that learns a model for every group
//! of rows.

mod averaged;
mod averaged_rounds;
mod calibrate;
mod chain;
mod chained;
mod chained_labels;
mod concatenated;
mod early_stopping;
mod estimator;
mod fit_chunks;
mod fit_groups;
mod fitted;
mod into_fit;
mod learn_transform;
mod learned_pipeline;
mod linfa_weights;
mod merge_tree;
mod online;
mod partial_fit;
mod partial_fit_bayes;
mod partial_fit_cluster;
mod partial_fit_decomposition;
mod partial_fit_labels;
#[cfg(feature = "linfa-clustering")]
mod partial_fit_linfa_k_means;
mod partial_fit_pipeline;
mod passes;
mod per_group;
mod pipeline;
mod preprocess;
mod summed;
mod team_chain;
mod transform_chunk;
mod validate;
mod with_model;

pub use averaged::Averaged;
pub use averaged_rounds::{AverageRounds, AveragedRounds, ByMixing, ByPasses, Way};
pub use calibrate::Calibrate;
pub use chained::Chained;
pub use chained_labels::ChainedLabels;
pub use concatenated::Concatenated;
pub use early_stopping::{ChainedUntil, EarlyStopping};
pub use fit_chunks::{FitChunks, FitOnward, FitRows};
pub use fitted::Fitted;
pub use into_fit::IntoFit;
pub use learn_transform::LearnTransform;
pub use learned_pipeline::{LearnedPipeline, LearnedPipelineFit};
pub use online::{ModelReader, Online, Published};
pub use partial_fit::{LearnTogether, Linfa, PartialFit, Team};
pub(crate) use passes::NEIGHBOURS;
pub use per_group::{GroupModels, PerGroup};
pub use pipeline::{FittedPipeline, Pipeline, PipelineFit};
pub use preprocess::{Preprocess, PreprocessFit};
pub use summed::Summed;
pub use transform_chunk::TransformChunk;
pub use validate::Validate;
pub use with_model::WithModel;
