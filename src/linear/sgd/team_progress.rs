//! Training state of a team of SGD classifiers, which knows the numbers of classes and not their labels.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::classifier::fit::check_size;
use super::classifier::model::{NAME, no_rows};
use super::descent::Loss;
use super::descent::settings::Descent;
use super::descent::train::{History, Learner, Stopping, train};
use super::kernel::boundaries::{BoundarySet, Positive, closed_positives};
use super::kernel::lane_run::Target;
use super::kernel::lanes::Lanes;
use super::kernel::pass::Examples;
use super::snapshot::LanesSnapshot;
use crate::data::codec::{foreign, from_bytes, to_bytes};
use crate::data::{Float, RowsView, float_computation};
use crate::error::{Error, Result};

/// The learned state of a team.
#[derive(Debug)]
pub(super) struct TeamProgress<F> {
    /// The number of rows of each class there were.
    pub(super) counts: Vec<usize>,
    /// The classes that the boundaries of one member tell apart.
    positives: Vec<Positive>,
    histories: Vec<History>,
    /// Each member's error, once it failed.
    pub(super) failed: Vec<Option<Error>>,
    /// The members' boundaries, one member after the other; `None` until the first row.
    lanes: Option<Lanes<F>>,
}

/// Each member's parameters and its weights of all classes.
type Members<'a> = Vec<(&'a Descent, Vec<f64>)>;

impl<F: Float> TeamProgress<F> {
    /// Nothing yet, of as many members as there are losses.
    pub(super) fn new(losses: &[Loss], n_classes: usize) -> Self {
        let histories = histories_of(losses);
        let (failed, positives) = (vec![None; losses.len()], closed_positives(n_classes));
        TeamProgress { counts: vec![0; n_classes], positives, histories, failed, lanes: None }
    }

    /// Makes room for so many columns, if there is none yet.
    ///
    /// # Errors
    /// More than there is memory for; other columns than before.
    pub(super) fn begin(&mut self, n_members: usize, columns: usize) -> Result<()> {
        let n_lanes = n_members * self.positives.len();
        if self.lanes.is_none() {
            check_size::<F>(n_lanes, columns)?;
        }
        let known = self.lanes.get_or_insert_with(|| Lanes::zeros(n_lanes, columns)).columns();
        if columns == known { Ok(()) } else { Err(Error::shape("columns", known, columns)) }
    }

    /// One pass over these examples. Gives the members that failed in this pass, with their errors.
    ///
    /// # Errors
    /// A NaN or infinite feature.
    pub(super) fn learn<'a>(
        &'a mut self,
        members: Members<'a>,
        examples: Examples<'a, RowsView<'a, F>>,
    ) -> Result<Vec<(usize, Error)>> {
        F::run::<Learn<'_>>((self, members, examples))
    }

    fn pass(
        (team, members, examples): (&mut Self, Members<'_>, Examples<'_, RowsView<'_, F>>),
    ) -> Result<Vec<(usize, Error)>> {
        let TeamProgress { positives, histories, failed, lanes: Some(lanes), .. } = team else {
            return Err(no_rows());
        };
        let mut learners = Vec::with_capacity(members.len());
        for (i, ((descent, class_weight), history)) in members.iter().zip(&mut *histories).enumerate() {
            let targets = Target::classes(positives, class_weight);
            learners.push(Learner { descent, history, lanes: span(i, positives.len()), targets });
        }
        train(&mut learners, lanes, &examples, Stopping::AFTER_ONE_PASS)?;

        let mut failures = Vec::new();
        for (i, (history, failed)) in histories.iter().zip(failed).enumerate() {
            if let (Err(error), None) = (history.check(NAME), &failed) {
                *failed = Some(error.clone());
                failures.push((i, error));
            }
        }
        Ok(failures)
    }

    /// The boundaries and the history of member `i`.
    ///
    /// # Errors
    /// Its own, if it failed; and that it has learned from no rows.
    pub(super) fn member(&self, i: usize) -> Result<(BoundarySet<F>, History)> {
        F::run::<Member<'_>>((self, i))
    }

    fn of_member((team, i): (&Self, usize)) -> Result<(BoundarySet<F>, History)> {
        team.failed[i].clone().map_or(Ok(()), Err)?;
        let lanes = team.lanes.as_ref().ok_or_else(no_rows)?;
        let own: Vec<usize> = span(i, team.positives.len()).collect();
        Ok((BoundarySet::of_lanes(lanes.select(&own)), team.histories[i].clone()))
    }

    /// All of it as bytes.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        F::run::<ToBytes<'_>>(self)
    }

    fn written(&self) -> Result<Vec<u8>> {
        to_bytes(&TeamSnapshot {
            counts: self.counts.clone(),
            histories: self.histories.clone(),
            lanes: self.lanes.as_ref().map(LanesSnapshot::of),
        })
    }

    /// The state in these bytes, of a team of these members.
    ///
    /// # Errors
    /// Bytes that are not of what this team learns.
    pub(super) fn resume(&self, bytes: &[u8]) -> Result<Self> {
        F::run::<Resume<'_>>((self, bytes))
    }

    fn resumed((team, bytes): (&Self, &[u8])) -> Result<Self> {
        let TeamSnapshot { counts, histories, lanes } = from_bytes(bytes)?;
        let lanes: Option<Lanes<F>> = match lanes {
            Some(lanes) => Some(lanes.into_lanes().ok_or_else(foreign)?),
            None => None,
        };
        let n = team.histories.len();
        let fits = histories.len() == n && counts.len() == team.counts.len();
        if !fits || lanes.as_ref().is_some_and(|lanes| lanes.len() != n * team.positives.len()) {
            return Err(foreign());
        }
        let failed = histories.iter().map(|history| history.check(NAME).err()).collect();
        Ok(TeamProgress { counts, positives: team.positives.clone(), histories, failed, lanes })
    }

    fn copied(&self) -> Self {
        let TeamProgress { counts, positives, histories, failed, lanes } = self;
        TeamProgress {
            counts: counts.clone(),
            positives: positives.clone(),
            histories: histories.clone(),
            failed: failed.clone(),
            lanes: lanes.clone(),
        }
    }
}

impl<F: Float> Clone for TeamProgress<F> {
    fn clone(&self) -> Self {
        F::run::<Copied<'_>>(self)
    }
}

float_computation!(
    Learn<'a>((&'a mut TeamProgress<F>, Members<'a>, Examples<'a, RowsView<'a, F>>)) -> Result<Vec<(usize, Error)>>
        = TeamProgress::pass
);
float_computation!(
    Member<'a>((&'a TeamProgress<F>, usize)) -> Result<(BoundarySet<F>, History)> = TeamProgress::of_member
);
float_computation!(ToBytes<'a>(&'a TeamProgress<F>) -> Result<Vec<u8>> = TeamProgress::written);
float_computation!(
    Resume<'a>((&'a TeamProgress<F>, &'a [u8])) -> Result<TeamProgress<F>> = TeamProgress::resumed
);
float_computation!(Copied<'a>(&'a TeamProgress<F>) -> TeamProgress<F> = TeamProgress::copied);

/// The learned state of a team, as plain data.
#[derive(Serialize, Deserialize)]
struct TeamSnapshot {
    counts: Vec<usize>,
    histories: Vec<History>,
    lanes: Option<LanesSnapshot>,
}

fn histories_of(losses: &[Loss]) -> Vec<History> {
    losses.iter().map(|&loss| History::new(loss)).collect()
}

/// The lanes of member `i`, each member having so many.
fn span(i: usize, width: usize) -> Range<usize> {
    i * width..(i + 1) * width
}
