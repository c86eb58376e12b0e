//! Tests of the autoencoder: its gradients, Keras' numbers, the laws of estimators, the program.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

mod gradients;
mod keras;
mod program;
mod training;

use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array3};
use chunkfit_neural_net::data::Batch;
use chunkfit_neural_net::{AutoencoderParams, Sequences};

/// So many sequences of 6 steps of 3 features that follow from each other.
fn batch(sequences: usize, number: usize) -> Batch {
    let value = |(i, step, j): (usize, usize, usize)| ((number * 31 + i * 7 + step * (j + 1)) as f32 * 0.7).sin();
    DatasetBase::new(Sequences::new(Array3::from_shape_fn((sequences, 6, 3), value)), Array1::zeros(sequences))
}

/// A small network.
fn small() -> AutoencoderParams {
    AutoencoderParams::new(11).units([5, 4]).learning_rate(0.01)
}
