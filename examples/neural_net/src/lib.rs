//! LSTM autoencoder over chunks: a neural net of candle as an estimator of one's own.
//!
//! - [`Sequences`]: rows of an estimator of one's own, each a sequence of steps.
//! - [`AutoencoderParams`], [`Autoencoder`]: the estimator by the contracts of `chunkfit::estimator`, and its model.
//! - [`network`]: losses and gradients by candle. [`lstm`]: an LSTM layer as one operation of candle.
//! - [`Weights`], [`initial`], [`adam`]: plain arrays, how they begin, and how a step changes them.
//! - [`data`]: rows of `make_classification` as batches of sequences.

mod activation;
pub mod adam;
mod average;
#[cfg(test)]
mod conformance;
pub mod data;
pub mod initial;
pub mod lstm;
mod model;
pub mod network;
mod params;
mod partial_fit;
mod sequences;
mod weights;

pub use average::AverageState;
pub use model::{Autoencoder, History};
pub use params::AutoencoderParams;
pub use sequences::Sequences;
pub use weights::Weights;
