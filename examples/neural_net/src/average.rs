//! Averages of models: every chunk learns by itself, and the weights are averaged, again and again (iterative parameter
//! mixing; federated averaging).

use chunkfit::data::Shared;
use chunkfit::estimator::{AverageRounds, ByMixing, FitAverage, FitAverageFrom, Weighting};
use chunkfit::linfa::DatasetBase;
use chunkfit::{Error, ErrorKind, Result};

use crate::model::Autoencoder;
use crate::params::AutoencoderParams;
use crate::sequences::Sequences;

/// The average of the models of some chunks, weighted by their sequences; that of no chunk by default.
#[derive(Clone, Debug, Default)]
pub struct AverageState(Option<Average>);

#[derive(Clone, Debug)]
struct Average {
    model: Autoencoder,
    /// The sum of the chunks' weights.
    weight: f64,
}

/// The round that goes on is an epoch of the history.
const ROUND: usize = usize::MAX;

impl<T: Shared> FitAverage<Sequences, T> for AutoencoderParams {
    type State = AverageState;
    type Model = Autoencoder;

    /// From the initial weights, which the seed gives for all chunks.
    fn fit_state(&self, chunk: &DatasetBase<Sequences, T>, weighting: Weighting) -> Result<AverageState> {
        self.fit_from(None, chunk, weighting)
    }

    fn merge(a: AverageState, b: AverageState) -> Result<AverageState> {
        let (mut a, b) = match (a.0, b.0) {
            (Some(a), Some(b)) => (a, b),
            (a, b) => return Ok(AverageState(a.or(b))),
        };
        if !a.model.weights.fits(&b.model.weights) {
            return Err(Error::shape("columns", a.model.features(), b.model.features()));
        }
        a.weight += b.weight;
        let share = (b.weight / a.weight) as f32;
        a.model.weights.approach(&b.model.weights, share);
        a.model.adam.approach(&b.model.adam, share);
        a.model.history.sum += b.model.history.sum;
        a.model.history.values += b.model.history.values;
        a.model.history.batches += b.model.history.batches;
        Ok(AverageState(Some(a)))
    }

    fn finish(&self, state: AverageState) -> Result<Autoencoder> {
        let Some(Average { mut model, .. }) = state.0 else {
            return Err(Error::new(ErrorKind::NoRows { estimator: "Autoencoder" }));
        };
        model.history.end_epoch();
        Ok(model)
    }
}

impl<T: Shared> FitAverageFrom<Sequences, T> for AutoencoderParams {
    fn fit_state_from(
        &self,
        model: &Autoencoder,
        chunk: &DatasetBase<Sequences, T>,
        weighting: Weighting,
    ) -> Result<AverageState> {
        self.fit_from(Some(model), chunk, weighting)
    }
}

/// Every chunk learns on from the average of the round before.
impl<T: Shared> AverageRounds<Sequences, T> for AutoencoderParams {
    type Way = ByMixing;
}

impl AutoencoderParams {
    fn fit_from<T>(
        &self,
        model: Option<&Autoencoder>,
        chunk: &DatasetBase<Sequences, T>,
        weighting: Weighting,
    ) -> Result<AverageState> {
        if chunk.records.is_empty() {
            return Ok(AverageState::default());
        }
        let model = self.begin(model.cloned(), chunk)?;
        let model = self.learn(model, &chunk.records, ROUND)?;
        let weight = match weighting {
            Weighting::Uniform => 1.0,
            _ => chunk.records.len() as f64,
        };
        Ok(AverageState(Some(Average { model, weight })))
    }
}
