//! One model for every group of rows: the estimator, the models of all groups, and their scores.

mod evaluate;
mod models;

use std::fmt::Debug;

use std::collections::BTreeMap;

use linfa::dataset::{AsTargets, DatasetBase, Records};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use models::GroupModels;

use crate::data::codec::{from_bytes, to_bytes};
use crate::data::{Codec, Identified, Keyed, Rows, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{PartialFit, learn_chunk};

/// Learns one model a group of rows: one a customer, a sensor, a language. The groups are those of
/// [`Keyed`] records and need not be known beforehand; one pass over the chunks learns all of them.
///
/// It is an estimator that learns chunk by chunk wherever the one that it holds does, and each
/// group's model is the one that this would learn from the chunks of the group's rows alone. All
/// models are in memory together. A group whose rows all have weight 0 gets none. Rows that are all of one class are an
/// error ([`ErrorKind::OneClass`]) as for one model, those of one group among others are not: its model predicts that
/// class.
///
/// ```
/// use chunkfit::combine::PerGroup;
/// use chunkfit::linear::SgdRegressor;
/// use chunkfit::prelude::*;
/// # use linfa::DatasetBase;
/// # use ndarray::{array, ArrayView1};
/// # let sales = DatasetBase::new(array![[0.0, 1.0], [1.0, 1.0], [0.0, 2.0]], array![1.0, 2.0, 3.0]);
/// # let chunks = Chunks::from_memory([sales]);
/// let by_shop = chunks.group_by("shop", |row: ArrayView1<f64>, _| row[0] as usize);
/// let fit = Chained::new(PerGroup::new(SgdRegressor::params())).epochs(5).fit(&by_shop);
/// let models = Runtime::new().compute(&fit)?;
/// assert_eq!(models.keys().collect::<Vec<_>>(), [&0, &1]);
/// assert_eq!(models.get(&0)?.n_rows_seen(), 10);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PerGroup<P> {
    estimator: P,
}

impl<P: Identified> Identified for PerGroup<P> {
    const NAME: &'static str = "PerGroup";

    fn arguments() -> String {
        format!("<{}>", P::identity())
    }
}

impl<P> PerGroup<P> {
    /// Gives every group a model of this estimator.
    pub fn new(estimator: P) -> Self {
        PerGroup { estimator }
    }
}

impl<P, R, T, K> PartialFit<Keyed<R, K>, T> for PerGroup<P>
where
    P: PartialFit<R, T>,
    R: Records + Rows,
    T: Rows + AsTargets,
    K: Ord + Clone + Debug + Serialize + DeserializeOwned + Shared,
{
    type Model = GroupModels<K, P::Model>;

    /// # Errors
    /// The estimator's own, with the row's number in the chunk.
    fn partial_fit(&self, models: Option<Self::Model>, chunk: &DatasetBase<Keyed<R, K>, T>) -> Result<Self::Model> {
        let mut models = models.map_or_else(BTreeMap::new, |groups| groups.models);
        for (key, rows) in chunk.records.groups() {
            let DatasetBase { records, targets, weights, .. } = chunk.select_rows(&rows);
            let own = DatasetBase::new(records.into_rows(), targets).with_weights(weights);
            let model = learn_chunk(&self.estimator, models.remove(key), &own);
            let model = model.map_err(|error| error.renumber_row(|row| rows[row]))?;
            // A group of whose rows none counted is none.
            if let Some(model) = model.filter(|model| !has_no_rows(&self.estimator.check_end(model))) {
                models.insert(key.clone(), model);
            }
        }
        Ok(GroupModels { models })
    }

    /// A group of one class is no error among others of other classes: its model predicts that class.
    fn check_end(&self, groups: &Self::Model) -> Result<()> {
        let mut outcomes = groups.models.values().map(|model| self.estimator.check_end(model));
        let Some(first) = outcomes.next() else { return Err(Error::new(ErrorKind::NoRows { estimator: "PerGroup" })) };
        let Err(error) = first else { return Ok(()) };
        match outcomes.all(|outcome| outcome.is_err_and(|other| other.kind() == error.kind())) {
            true => Err(error),
            false => Ok(()),
        }
    }

    fn codec(&self) -> Option<Codec<Self::Model>> {
        let codec = self.estimator.codec()?;
        let (encoder, decoder) = (codec.clone(), codec);
        let encode = move |groups: &Self::Model| {
            let mut all: Vec<(&K, Vec<u8>)> = Vec::with_capacity(groups.models.len());
            for (key, model) in &groups.models {
                let Some(bytes) = encoder.encode(model)? else { return Ok(None) };
                all.push((key, bytes));
            }
            to_bytes(&all).map(Some)
        };
        let decode = move |bytes: &[u8]| {
            let all: Vec<(K, Vec<u8>)> = from_bytes(bytes)?;
            let models = all.into_iter().map(|(key, bytes)| Ok((key, decoder.decode(&bytes)?)));
            Ok(GroupModels { models: models.collect::<Result<_>>()? })
        };
        Some(Codec::new(encode, decode))
    }
}

fn has_no_rows(outcome: &Result<()>) -> bool {
    outcome.as_ref().is_err_and(|error| matches!(error.kind(), ErrorKind::NoRows { .. }))
}
