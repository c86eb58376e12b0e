//! Rows of `make_classification`, made by chunk, as batches of sequences.

use chunkfit::datasets::synthetic::Classification;
use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::{Array1, Array2};
use chunkfit::{Chunks, Result};

use crate::sequences::Sequences;

/// The rows of a sequence.
pub const STEPS: usize = 50;
/// The features of a row.
pub const FEATURES: usize = 10;

/// Sequences, with the scores that they should have.
pub type Batch = DatasetBase<Sequences, Array1<f32>>;

/// So many chunks of so many rows each, of 5 informative and 5 redundant columns.
///
/// # Errors
/// None for these parameters.
pub fn rows(chunks: usize, rows: usize) -> Result<Chunks<DatasetBase<Array2<f64>, Array1<usize>>>> {
    Classification::new(1).n_features(FEATURES).n_informative(5).n_redundant(5).chunks(chunks, rows)
}
