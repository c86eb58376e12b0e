//! Scores of the models of groups.

use std::fmt::Debug;

use linfa::dataset::{AsTargets, DatasetBase, Records};

use super::GroupModels;
use crate::data::{Keyed, Rows, Shared};
use crate::error::{Error, ErrorKind, Result};
use crate::estimator::{Evaluate, EvaluateAs, kind};
use crate::metrics::{Problem, Scorer, Tally};

/// Each row is scored by the model of its group. A label is known to these models if it is to one of them: rows of a
/// group may have a label that other groups' rows had in training.
impl<K, M, R, T> EvaluateAs<GroupModels<K, M>, DatasetBase<Keyed<R, K>, T>> for kind::Grouped
where
    K: Ord + Clone + Debug + Shared,
    M: Evaluate<DatasetBase<R, T>>,
    R: Records + Rows,
    T: Rows + AsTargets,
{
    type Tally = M::Tally;
    type Seen = M::Seen;
    const PROBLEM: Problem = M::PROBLEM;
    const DEFAULT_SCORER: Scorer = M::DEFAULT_SCORER;

    fn check(scorer: &Scorer) -> Result<()> {
        M::check(scorer)
    }

    /// Of several errors, that of the first row is given.
    fn tally(groups: &GroupModels<K, M>, rows: &Chunk<R, K, T>, scorers: &[Scorer]) -> Result<M::Tally> {
        if groups.is_empty() && rows.records.n_rows() > 0 {
            return Err(Error::new(ErrorKind::NoRows { estimator: "PerGroup" }));
        }
        let (mut total, mut failed) = (M::Tally::default(), None::<(usize, Error)>);
        for (key, own) in rows.records.groups() {
            let counts = groups.get(key).map_err(|error| error.at_row(0)).and_then(|model| {
                let counts = model.tally(&of_group(rows, &own), scorers)?;
                std::mem::take(&mut total).merge(&counts)
            });
            match counts {
                Ok(counts) => total = counts,
                Err(error) => {
                    let row = own[error.place().row.unwrap_or(0)];
                    if failed.as_ref().is_none_or(|(first, _)| row < *first) {
                        failed = Some((row, error.renumber_row(|row| own[row])));
                    }
                }
            }
        }
        failed.map_or(Ok(total), |(_, error)| Err(error))
    }

    fn add_seen(groups: &GroupModels<K, M>, seen: &mut M::Seen) {
        groups.iter().for_each(|(_, model)| model.add_seen(seen));
    }

    fn check_seen(rows: &Chunk<R, K, T>, seen: &M::Seen) -> Result<()> {
        let checks = rows.records.groups().into_values().map(|own| (M::check_seen(&of_group(rows, &own), seen), own));
        let failed = checks.filter_map(|(outcome, own)| outcome.err().map(|error| error.renumber_row(|row| own[row])));
        failed.min_by_key(|error| error.place().row).map_or(Ok(()), Err)
    }
}

/// A chunk of rows with the keys of their groups.
type Chunk<R, K, T> = DatasetBase<Keyed<R, K>, T>;

/// These rows, without keys.
fn of_group<R, K, T>(chunk: &Chunk<R, K, T>, rows: &[usize]) -> DatasetBase<R, T>
where
    R: Records + Rows,
    K: Clone,
    T: Rows + AsTargets,
{
    let DatasetBase { records, targets, weights, .. } = chunk.select_rows(rows);
    DatasetBase::new(records.into_rows(), targets).with_weights(weights)
}
