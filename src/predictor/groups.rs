//! The models of groups of rows, whose keys are known at run time.

use std::collections::BTreeMap;

use ndarray::{Array1, Array2};

use super::any_label::AnyLabel;
use super::load::{Loaded, single};
use super::model::predict_by;
use super::predictions::Predictions;
use super::rows::{Layout, Width};
use super::step::{Facts, Role, Step};
use crate::error::{Error, ErrorKind, Result};
use crate::persist::Part;

/// A model for every group.
pub(super) struct Groups(BTreeMap<AnyLabel, Loaded>);

impl Groups {
    /// The models of a file, all of one kind.
    pub(super) fn load(kind: &str, part: &Part<'_>) -> Result<Self> {
        let pairs = part.field("models");
        let pairs = pairs.value().as_array().cloned().unwrap_or_default();
        let group = |pair: &serde_json::Value| {
            Ok((part.with(pair[0].clone()).read()?, single(kind, &part.with(pair[1].clone()))?))
        };
        Ok(Groups(pairs.iter().map(group).collect::<Result<_>>()?))
    }

    fn get(&self, key: &AnyLabel) -> Result<&Loaded> {
        let unknown = || ErrorKind::UnknownGroup { group: key.to_string(), known: self.0.len() };
        self.0.get(key).ok_or_else(|| Error::new(unknown()))
    }
}

impl Step for Groups {
    fn facts(&self) -> Facts {
        let of_first = self.0.values().next().map(|model| model.step.facts());
        let width: Option<Width> = of_first.and_then(|facts| facts.width);
        Facts { role: Role::Groups, width, columns_in: of_first.and_then(|facts| facts.columns_in), columns_out: None }
    }

    /// Each group by its model. Of several errors, that of the first row is given.
    fn predict(&self, rows: &Layout<'_>) -> Result<Predictions> {
        let Layout::Keyed(rows, keys) = rows else { return Err(rows.refused("GroupModels", &["Keyed"])) };
        let mut groups: BTreeMap<&AnyLabel, Vec<usize>> = BTreeMap::new();
        keys.iter().enumerate().for_each(|(row, key)| groups.entry(key).or_default().push(row));
        let (mut all, mut failed): (Option<Predictions>, Option<(usize, Error)>) = (None, None);
        for (key, numbers) in groups {
            let own = self.get(key).map_err(|error| error.at_row(0));
            match own.and_then(|model| predict_by(model, &rows.select(&numbers))) {
                Ok(predicted) => all = Some(put(all, predicted, &numbers, keys.len())),
                Err(error) => {
                    let of_all = |row: usize| numbers.get(row).copied().unwrap_or(numbers[0]);
                    let row = of_all(error.place().row.unwrap_or(0));
                    if failed.as_ref().is_none_or(|(first, _)| row < *first) {
                        failed = Some((row, error.renumber_row(of_all)));
                    }
                }
            }
        }
        match (failed, all) {
            (Some((_, error)), _) => Err(error),
            (None, Some(all)) => Ok(all),
            // No rows: predictions of the kind of the models.
            (None, None) => match self.0.values().next() {
                Some(model) => predict_by(model, &rows.select(&[])),
                None => Err(Error::new(ErrorKind::NoRows { estimator: "PerGroup" })),
            },
        }
    }
}

/// The predictions of all rows with those of some put in their places.
fn put(all: Option<Predictions>, some: Predictions, rows: &[usize], n_rows: usize) -> Predictions {
    match (all, some) {
        (Some(Predictions::Labels(all)), Predictions::Labels(some)) => Predictions::Labels(placed(all, some, rows)),
        (_, Predictions::Labels(some)) => {
            Predictions::Labels(placed(Array1::from_elem(n_rows, AnyLabel::Bool(false)), some, rows))
        }
        (Some(Predictions::Numbers(all)), Predictions::Numbers(some)) => Predictions::Numbers(placed(all, some, rows)),
        (_, Predictions::Numbers(some)) => Predictions::Numbers(placed(Array1::zeros(n_rows), some, rows)),
        (Some(Predictions::Clusters(all)), Predictions::Clusters(some)) => {
            Predictions::Clusters(placed(all, some, rows))
        }
        (_, Predictions::Clusters(some)) => Predictions::Clusters(placed(Array1::zeros(n_rows), some, rows)),
        (all, Predictions::LabelSets(some)) => {
            let mut sets = match all {
                Some(Predictions::LabelSets(sets)) => sets,
                _ => Array2::from_elem((n_rows, some.ncols()), false),
            };
            rows.iter().zip(some.rows()).for_each(|(&row, set)| sets.row_mut(row).assign(&set));
            Predictions::LabelSets(sets)
        }
    }
}

/// All values with some put in their places.
fn placed<T>(mut all: Array1<T>, some: Array1<T>, rows: &[usize]) -> Array1<T> {
    rows.iter().zip(some).for_each(|(&row, value)| all[row] = value);
    all
}
