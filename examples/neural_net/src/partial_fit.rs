//! Learning chunk by chunk: a step of Adam for every batch.

use chunkfit::data::{Codec, Shared, checked_weights};
use chunkfit::estimator::PartialFit;
use chunkfit::graph::Figure;
use chunkfit::linfa::DatasetBase;
use chunkfit::ndarray::Axis;
use chunkfit::{Error, ErrorKind, Result};

use crate::model::Autoencoder;
use crate::network;
use crate::params::AutoencoderParams;
use crate::sequences::Sequences;

/// Targets are not looked at: they are the scores that sequences should have, 0.
impl<T: Shared> PartialFit<Sequences, T> for AutoencoderParams {
    type Model = Autoencoder;

    fn partial_fit(&self, model: Option<Autoencoder>, chunk: &DatasetBase<Sequences, T>) -> Result<Autoencoder> {
        let model = match model {
            Some(model) if chunk.records.is_empty() => return Ok(model),
            model => self.begin(model, chunk)?,
        };
        self.learn(model, &chunk.records, self.batches_per_epoch)
    }

    /// Weights, moments and history: a chain that was interrupted goes on to the bits of one that was not.
    fn codec(&self) -> Option<Codec<Autoencoder>> {
        Some(Codec::serialized())
    }

    /// The loss of an epoch, where it ends.
    fn figures(&self, model: &Autoencoder) -> Vec<Figure> {
        let ended = model.history.losses.last().filter(|_| model.history.batches == 0);
        ended.map(|loss| Figure::new("loss", *loss)).into_iter().collect()
    }
}

impl AutoencoderParams {
    /// The model that learns from a chunk: the one that is there, or a new one.
    pub(crate) fn begin<T>(
        &self,
        model: Option<Autoencoder>,
        chunk: &DatasetBase<Sequences, T>,
    ) -> Result<Autoencoder> {
        self.check()?;
        let sequences = &chunk.records;
        if sequences.is_empty() || sequences.values().is_empty() {
            return Err(Error::new(ErrorKind::NoRows { estimator: "Autoencoder" }));
        }
        let weights = checked_weights(chunk)?.unwrap_or_default();
        if let Some((row, weight)) = weights.iter().enumerate().find(|(_, weight)| **weight != 1.0) {
            return Err(Error::parameter("sample_weight", weight, "1: all sequences count alike").at_row(row));
        }
        let features = model.as_ref().map_or(sequences.features(), Autoencoder::features);
        sequences.check(features)?;
        let begin = || Autoencoder::from_weights(self.initial(features)?);
        model.map_or_else(begin, Ok)
    }

    /// A step for every batch of some sequences.
    pub(crate) fn learn(
        &self,
        mut model: Autoencoder,
        sequences: &Sequences,
        batches_per_epoch: usize,
    ) -> Result<Autoencoder> {
        for batch in sequences.values().axis_chunks_iter(Axis(0), self.batch_size) {
            let (loss, mut gradients) =
                network::loss_and_gradients(&model.weights, batch).map_err(Error::from_estimator)?;
            gradients.scale(1.0 / batch.len() as f32);
            model.adam.step(&mut model.weights, &gradients, self.learning_rate);
            if !(loss.is_finite() && model.weights.is_finite()) {
                return Err(Error::new(ErrorKind::Diverged { estimator: "Autoencoder" }));
            }
            model.history.count(loss, batch.len(), batches_per_epoch);
        }
        Ok(model)
    }
}
