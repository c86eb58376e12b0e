//! The models of all groups of rows, by the key of the group.

use std::collections::BTreeMap;
use std::fmt::Debug;

use linfa::dataset::Records;
use linfa::traits::PredictInplace;
use ndarray::Array1;
use serde::{Deserialize, Serialize};

use crate::data::{Keyed, Rows, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{Model, TryPredict, check_targets, kind, settle};

/// The models of all groups, by key. They predict [`Keyed`] rows, each by the model of its group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupModels<K: Ord, M> {
    pub(super) models: BTreeMap<K, M>,
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

/// A group's model is asked about the group's rows.
///
/// # Panics
/// `predict` panics where the models' own do, when a row is of a group that has none, which it
/// names, and where there are no models at all; [`TryPredict`](crate::estimator::TryPredict) and everything lazy report it
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
}

impl<K, M> Model for GroupModels<K, M>
where
    K: Ord + Shared,
    M: Shared,
{
    type Kind = kind::Grouped;
}
