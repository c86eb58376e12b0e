//! One model a group.

use std::collections::BTreeMap;
use std::fmt::Debug;

use linfa::dataset::{AsTargets, DatasetBase, Records};
use linfa::traits::PredictInplace;
use ndarray::Array1;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::partial_fit::{PartialFit, from_bytes, learn_chunk, to_bytes};
use crate::data::{Identified, Keyed, Rows};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Codec;
use crate::linear::{TryPredict, check_targets, classes_if_asked, classes_of, settle};

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

impl<P> PerGroup<P> {
    /// Gives every group a model of this estimator.
    pub fn new(estimator: P) -> Self {
        PerGroup { estimator }
    }
}

impl<P: Identified> Identified for PerGroup<P> {
    const NAME: &'static str = "PerGroup";

    fn arguments() -> String {
        format!("<{}>", P::identity())
    }
}

/// The models of all groups, by key. They predict [`Keyed`] rows, each by the model of its group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupModels<K: Ord, M> {
    models: BTreeMap<K, M>,
}

impl<K: Ord + Debug, M> GroupModels<K, M> {
    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.models.len()
    }

    /// Whether there is no group.
    pub fn is_empty(&self) -> bool {
        self.models.is_empty()
    }

    /// The groups, sorted.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &K> {
        self.models.keys()
    }

    /// The groups and their models, sorted by key.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&K, &M)> {
        self.models.iter()
    }

    /// A group's model.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownGroup`]: no row of training was of that group.
    pub fn get(&self, key: &K) -> Result<&M> {
        self.models.get(key).ok_or_else(|| {
            let group = format!("{key:?}");
            Error::new(ErrorKind::UnknownGroup { group, known: self.len() })
        })
    }
}

impl<P, R, T, K> PartialFit<Keyed<R, K>, T> for PerGroup<P>
where
    P: PartialFit<R, T, Model: 'static>,
    R: Records + Rows,
    T: Rows + AsTargets,
    K: Ord + Clone + Debug + Serialize + DeserializeOwned + 'static,
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

/// A group's model is asked about the group's rows. A label is known to these models if it is to one of them: rows of
/// a group may have a label that other groups' rows had in training.
///
/// # Panics
/// `predict` panics where the models' own do, when a row is of a group that has none, which it
/// names, and where there are no models at all; [`TryPredict`](crate::linear::TryPredict) and everything lazy report it
/// as an error instead. [`get`](GroupModels::get) tells beforehand.
impl<K, M, R, L> PredictInplace<Keyed<R, K>, Array1<L>> for GroupModels<K, M>
where
    K: Ord + Clone + Debug,
    M: PredictInplace<R, Array1<L>>,
    R: Records + Rows,
{
    fn predict_inplace(&self, x: &Keyed<R, K>, y: &mut Array1<L>) {
        settle(check_targets(x.n_rows(), y.len()).and_then(|()| self.predict_groups(x, y)));
    }

    fn default_target(&self, x: &Keyed<R, K>) -> Array1<L> {
        if let Some(classes) = classes_if_asked(self, || self.classes_of_all(x)) {
            return classes;
        }
        match self.models.values().next() {
            Some(any) => any.default_target(x.rows()),
            None => {
                let outcome = if x.n_rows() == 0 { Ok(()) } else { Err(ErrorKind::NoRows { estimator: "PerGroup" }) };
                settle(outcome.map_err(Error::new));
                Array1::from_vec(Vec::new())
            }
        }
    }
}

impl<K: Ord + Debug, M> GroupModels<K, M> {
    /// Predicts each group by its model. Of several errors, that of the first row is given.
    fn predict_groups<R, L>(&self, x: &Keyed<R, K>, y: &mut Array1<L>) -> Result<()>
    where
        K: Clone,
        M: PredictInplace<R, Array1<L>>,
        R: Records + Rows,
    {
        let mut failed: Option<(usize, Error)> = None;
        for (key, rows) in x.groups() {
            let predicted = self.get(key).map_err(|error| error.at_row(0)).and_then(|model| {
                let own = x.rows().select_rows(&rows);
                model.try_predict(&own)
            });
            match predicted {
                Ok(predicted) => rows.into_iter().zip(predicted).for_each(|(row, value)| y[row] = value),
                Err(error) => {
                    let of_chunk = |row: usize| rows.get(row).copied().unwrap_or(rows[0]);
                    let row = of_chunk(error.place().row.unwrap_or(0));
                    if failed.as_ref().is_none_or(|(first, _)| row < *first) {
                        failed = Some((row, error.renumber_row(of_chunk)));
                    }
                }
            }
        }
        failed.map_or(Ok(()), |(_, error)| Err(error))
    }

    /// The classes of all models; `None` if there is one that does not tell.
    fn classes_of_all<R, L>(&self, x: &Keyed<R, K>) -> Option<Array1<L>>
    where
        M: PredictInplace<R, Array1<L>>,
        R: Records + Rows,
    {
        let none = x.rows().select_rows(&[]);
        let of_each = self.models.values().map(|model| classes_of(model, &none));
        Some(of_each.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
    }
}
