//! Descriptions in model files: what a file says of its model.

use serde::{Deserialize, Serialize};

/// What a model file says of its model: see [`describe`](super::describe).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Description {
    /// What kind of model it is, e.g. `FittedPipeline<HashingVectorizer, SgdClassifier>`.
    pub kind: String,
    /// What wrote the file, e.g. `chunkfit 0.1.0`.
    pub library: String,
    /// What is known of the training.
    pub training: Training,
}

/// What is known of a model's training: [`save`](super::Persist::save) writes what the model knows itself,
/// [`save_with`](super::Persist::save_with) what it is told.
///
/// ```
/// use chunkfit::persist::Training;
/// let training = Training::default().rows(1000).seed(42); // or `model.training().seed(42)`
/// assert_eq!((training.rows, training.chunks, training.seed), (Some(1000), None, Some(42)));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Training {
    /// How many rows it has learned from.
    pub rows: Option<usize>,
    /// How many rows, or how much weight, each class had, in the order of the classes: the base rates.
    pub class_counts: Option<Vec<f64>>,
    /// How many chunks it has learned from. No model knows.
    pub chunks: Option<usize>,
    /// What its splits and shuffling depended on. No model knows.
    pub seed: Option<u64>,
}

impl Training {
    /// With the number of rows.
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = Some(rows);
        self
    }

    /// With the rows, or the weight, of each class.
    pub fn class_counts(mut self, counts: Vec<f64>) -> Self {
        self.class_counts = Some(counts);
        self
    }

    /// With the number of chunks.
    pub fn chunks(mut self, chunks: usize) -> Self {
        self.chunks = Some(chunks);
        self
    }

    /// With the seed of splits and shuffling.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// So many rows, in these classes.
    pub(crate) fn of_classes(rows: usize, counts: impl IntoIterator<Item = f64>) -> Self {
        Training { rows: Some(rows), class_counts: Some(counts.into_iter().collect()), ..Training::default() }
    }

    /// So many rows.
    pub(crate) fn of_rows(rows: usize) -> Self {
        Training { rows: Some(rows), ..Training::default() }
    }
}
