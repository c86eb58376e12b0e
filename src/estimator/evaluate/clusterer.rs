//! Scores of clusterers: from the distances of rows from their centres, and from clusters against labels.

use std::any::TypeId;

use linfa::dataset::{AsSingleTargets, DatasetBase, Records};

use super::EvaluateAs;
use crate::data::{ClassLabel, checked_weights};
use crate::error::{Error, Result};
use crate::estimator::assign_clusters::AssignClusters;
use crate::estimator::kind::Clusterer;
use crate::metrics::{ClusterTally, Problem, Scorer};

/// By the inertia where the rows have no labels, that is targets of `()`; where they have, against these as well.
/// Labels play no part in training, so any may occur.
impl<M, X, T, L> EvaluateAs<M, DatasetBase<X, T>> for Clusterer
where
    M: AssignClusters<X>,
    X: Records,
    T: AsSingleTargets<Elem = L>,
    L: ClassLabel,
{
    type Tally = ClusterTally<L>;
    type Seen = ();
    const PROBLEM: Problem = Problem::Clustering { labelled: true };
    const DEFAULT_SCORER: Scorer = Scorer::NegInertia;

    fn check(scorer: &Scorer) -> Result<()> {
        scorer.check_problem(Problem::Clustering { labelled: is_labelled::<L>() })
    }

    fn tally(model: &M, rows: &DatasetBase<X, T>, scorers: &[Scorer]) -> Result<ClusterTally<L>> {
        let (assignment, weights) = (model.assign_clusters(&rows.records)?, checked_weights(rows)?);
        let (clusters, weights) = (assignment.clusters, weights.as_deref());
        if clusters.len() != rows.records.nsamples() {
            return Err(Error::shape("clusters, one a row", rows.records.nsamples(), clusters.len()));
        }
        if assignment.squared_distances.len() != clusters.len() {
            return Err(Error::shape("squared distances", clusters.len(), assignment.squared_distances.len()));
        }
        let mut tally = ClusterTally::default();
        tally.count_distances(assignment.squared_distances.iter(), weights)?;
        if is_labelled::<L>() && scorers.iter().any(|scorer| *scorer != Scorer::NegInertia) {
            tally.count_labels(rows.targets.as_single_targets().iter(), clusters.iter(), weights)?;
        }
        Ok(tally)
    }
}

/// Whether targets of this type are labels: those of `()` are none.
fn is_labelled<L: 'static>() -> bool {
    TypeId::of::<L>() != TypeId::of::<()>()
}
