//! Estimators and their capabilities: which of them are averaged, searched, stopped early, saved, and why not.
//!
//! Every `yes` is held by the laws of the [conformance suite](../../testing/index.html) (feature `testing`); the table is
//! made from the list that the suite goes over. The columns:
//!
//! | Column | Capability |
//! |---|---|
//! | in memory | linfa's [`Fit`](linfa::traits::Fit) of rows in memory, and [`Concatenated`](crate::combine::Concatenated) over chunks |
//! | chained | learns chunk by chunk, by `partial_fit`: [`Chained`](crate::combine::Chained), [`Online`](crate::combine::Online) |
//! | averaged, rounds | a model for each chunk, merged: [`Averaged`](crate::combine::Averaged); better averages in further [rounds](crate::combine::Averaged::rounds) |
//! | exact, in passes | the fit of all rows, in passes over the chunks: [`Summed`](crate::combine::Summed), or, for transformers, [`Preprocess`](crate::combine::Preprocess) |
//! | scored | [scores by name](crate::metrics::Scorer), with labels and columns checked, weighted where there are weights |
//! | searched, halved | [`Search`](crate::model_selection::Search) and [`cross_validate`](crate::model_selection::cross_validate); [halving searches](crate::model_selection::Search::halve) |
//! | stopped early | [`Chained::early_stopping`](crate::combine::Chained::early_stopping) |
//! | checkpoints | an interrupted fit goes on from a [`Checkpoint`](crate::graph::Checkpoint) |
//! | per group | a model for every group of rows: [`PerGroup`](crate::combine::PerGroup) |
//! | calibrated, thresholded | [`Calibrate`](crate::combine::Calibrate): probabilities and a threshold from held-out chunks |
//! | probabilities | `predict_proba` of its own |
//! | saved | `save` and `load`: `Persist` (feature `persist`) |
//! | into files | predictions or transformed rows into files: `sinks` (feature `formats`) |
#![doc = ""]
#![doc = include_str!("estimators.md")]
