//! Parameters of the autoencoder: the estimator.

use chunkfit::data::Identified;
use chunkfit::{Error, Result};
use serde::Serialize;

use crate::initial;
use crate::weights::Weights;

/// The parameters of an LSTM autoencoder: LSTM layers and a dense layer that reconstruct the sequences they are given,
/// trained by Adam on the mean absolute error.
///
/// ```
/// use chunkfit::linfa::DatasetBase;
/// use chunkfit::ndarray::{Array1, Array3};
/// use chunkfit::prelude::*;
/// use chunkfit_neural_net::{AutoencoderParams, Sequences};
///
/// let batch = |c: usize| {
///     let values = Array3::from_shape_fn((8, 5, 2), |(i, step, j)| ((c + i + step * (j + 1)) % 3) as f32 - 1.0);
///     DatasetBase::new(Sequences::new(values), Array1::<f32>::zeros(8))
/// };
/// let batches = Chunks::from_memory([batch(0), batch(1)]);
/// let params = AutoencoderParams::new(7).units([6, 4]).learning_rate(0.01).batches_per_epoch(2);
/// let model = Runtime::new().compute(Chained::new(params).epochs(20).fit(&batches))?;
/// let losses = &model.history().losses;
/// assert!(losses.len() == 20 && losses[19] < losses[0]);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AutoencoderParams {
    pub(crate) units: Vec<usize>,
    pub(crate) learning_rate: f64,
    pub(crate) batch_size: usize,
    pub(crate) batches_per_epoch: usize,
    pub(crate) seed: u64,
    pub(crate) initial: Option<Weights>,
}

impl Identified for AutoencoderParams {
    const NAME: &'static str = "chunkfit_neural_net::Autoencoder";
}

impl AutoencoderParams {
    /// Two LSTM layers of 100 and 40 units, with initial weights drawn from a seed.
    pub fn new(seed: u64) -> Self {
        AutoencoderParams {
            units: vec![100, 40],
            learning_rate: 1e-3,
            batch_size: 128,
            batches_per_epoch: 1,
            seed,
            initial: None,
        }
    }

    /// The units of each LSTM layer. Default 100 and 40; one layer or more, of one unit or more.
    pub fn units(mut self, units: impl Into<Vec<usize>>) -> Self {
        self.units = units.into();
        self
    }

    /// The learning rate of Adam, above 0. Default 0.001.
    pub fn learning_rate(mut self, learning_rate: f64) -> Self {
        self.learning_rate = learning_rate;
        self
    }

    /// The most sequences of a chunk that a step learns from. Default 128; 1 or more.
    pub fn batch_size(mut self, batch_size: usize) -> Self {
        self.batch_size = batch_size;
        self
    }

    /// The batches whose mean loss is a point of the [history](crate::Autoencoder::history). Default 1; 1 or more.
    pub fn batches_per_epoch(mut self, batches_per_epoch: usize) -> Self {
        self.batches_per_epoch = batches_per_epoch;
        self
    }

    /// Initial weights in place of those that are drawn from the seed: Keras', for one. The units are theirs.
    pub fn initial_weights(mut self, weights: Weights) -> Self {
        self.initial = Some(weights);
        self
    }

    /// The weights that training begins with, for rows of so many features.
    pub(crate) fn initial(&self, features: usize) -> Result<Weights> {
        match &self.initial {
            None => Ok(initial::weights(features, &self.units, self.seed)),
            Some(weights) if weights.features() == features => Ok(weights.clone()),
            Some(weights) => Err(Error::shape("columns", weights.features(), features)),
        }
    }

    /// Refuses parameters out of their range.
    pub(crate) fn check(&self) -> Result<()> {
        if self.units.is_empty() || self.units.contains(&0) {
            return Err(Error::parameter("units", &self.units, "one layer or more, of one unit or more"));
        }
        if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            return Err(Error::parameter("learning_rate", self.learning_rate, "a number above 0"));
        }
        for (name, value) in [("batch_size", self.batch_size), ("batches_per_epoch", self.batches_per_epoch)] {
            if value == 0 {
                return Err(Error::parameter(name, value, "1 or more"));
            }
        }
        Ok(())
    }
}
