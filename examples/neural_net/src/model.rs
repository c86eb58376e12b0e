//! The model: weights, the state of Adam, the losses of the epochs; predictions and files.

use chunkfit::estimator::{Model, Persist, kind, settle};
use chunkfit::linfa::traits::PredictInplace;
use chunkfit::ndarray::Array1;
use chunkfit::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use crate::adam::Adam;
use crate::network;
use crate::sequences::Sequences;
use crate::weights::Weights;

/// An LSTM autoencoder in training or trained: all that goes from chunk to chunk, in plain arrays. A copy shares
/// nothing with the original.
///
/// It predicts the anomaly score of every sequence: the mean absolute error of its reconstruction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Autoencoder {
    pub(crate) weights: Weights,
    pub(crate) adam: Adam,
    pub(crate) history: History,
}

/// The losses of a training, epoch by epoch (Keras' `History`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The mean loss of every epoch that has ended, each batch's before its step.
    pub losses: Vec<f64>,
    /// The sum of the absolute errors of the epoch that goes on.
    pub(crate) sum: f64,
    /// The number of values that they are of.
    pub(crate) values: usize,
    /// The batches of the epoch that goes on.
    pub(crate) batches: usize,
}

impl History {
    /// Counts the sum of the absolute errors of a batch.
    pub(crate) fn count(&mut self, loss: f64, values: usize, batches_per_epoch: usize) {
        self.sum += loss;
        self.values += values;
        self.batches += 1;
        if self.batches >= batches_per_epoch {
            self.end_epoch();
        }
    }

    /// Ends the epoch that goes on.
    pub(crate) fn end_epoch(&mut self) {
        self.losses.push(self.sum / self.values as f64);
        (self.sum, self.values, self.batches) = (0.0, 0, 0);
    }
}

impl Autoencoder {
    /// A model of these weights, which has not learned yet.
    ///
    /// # Errors
    /// `ShapeMismatch`: arrays that do not fit together.
    pub fn from_weights(weights: Weights) -> Result<Self> {
        weights.check()?;
        Ok(Autoencoder { adam: Adam::new(&weights), weights, history: History::default() })
    }

    /// The weights.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The losses of the epochs.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The number of features of a step.
    pub fn features(&self) -> usize {
        self.weights.features()
    }

    /// The reconstruction of sequences.
    ///
    /// # Errors
    /// Another number of features (`ShapeMismatch`); NaN or infinity (`NonFinite`).
    pub fn reconstruct(&self, sequences: &Sequences) -> Result<Sequences> {
        sequences.check(self.features())?;
        let values = network::reconstruction(&self.weights, sequences.values()).map_err(Error::from_estimator)?;
        Ok(Sequences::new(values))
    }

    /// The mean absolute error of the reconstruction of every sequence: its anomaly score.
    ///
    /// # Errors
    /// As [`reconstruct`](Self::reconstruct); `NonFiniteResult`.
    pub fn anomaly_scores(&self, sequences: &Sequences) -> Result<Array1<f32>> {
        sequences.check(self.features())?;
        let scores = network::errors(&self.weights, sequences.values()).map_err(Error::from_estimator)?;
        match scores.iter().position(|score| !score.is_finite()) {
            Some(row) => Err(Error::new(ErrorKind::NonFiniteResult { what: "anomaly score" }).at_row(row)),
            None => Ok(scores),
        }
    }
}

/// A number for every row: scores of regressors, early stopping and searches follow.
impl Model for Autoencoder {
    type Kind = kind::Regressor;
}

impl PredictInplace<Sequences, Array1<f32>> for Autoencoder {
    fn predict_inplace(&self, sequences: &Sequences, scores: &mut Array1<f32>) {
        let mut predict = || {
            let found = self.anomaly_scores(sequences)?;
            if found.len() != scores.len() {
                return Err(Error::shape("targets", found.len(), scores.len()));
            }
            scores.assign(&found);
            Ok(())
        };
        settle(predict());
    }

    fn default_target(&self, sequences: &Sequences) -> Array1<f32> {
        Array1::zeros(sequences.len())
    }
}

impl Persist for Autoencoder {
    fn kind() -> String {
        "LSTM autoencoder".into()
    }

    fn check(&self) -> Result<()> {
        let malformed = |problem: &str| Error::new(ErrorKind::Malformed { format: "model", problem: problem.into() });
        self.weights.check().map_err(|error| malformed("the layers do not fit together").caused_by(error))?;
        let moments = [&self.adam.means, &self.adam.squares];
        if !moments.iter().all(|moments| moments.fits(&self.weights)) {
            return Err(malformed("the moments are of other weights"));
        }
        let negative = self.adam.squares.arrays().iter().flatten().any(|square| *square < 0.0);
        if negative || !moments.iter().chain([&&self.weights]).all(|numbers| numbers.is_finite()) {
            return Err(malformed("a number that no training makes"));
        }
        Ok(())
    }

    fn columns_in(&self) -> Option<usize> {
        Some(self.features())
    }
}
