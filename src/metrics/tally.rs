//! Tallies: the counts and sums that scores are read from, mergeable over chunks.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ClassTally, ClusterTally, MultilabelCounts, Scorer, ValueTally};
use crate::data::{ClassLabel, Shared};
use crate::error::Result;

/// Counts and sums that scores are read from. They merge over chunks, in any order up to rounding, and can be written
/// down, so that a search that was interrupted does not count again.
pub trait Tally: Clone + Default + Serialize + DeserializeOwned + Shared {
    /// The counts of both.
    ///
    /// # Errors
    /// Counts that do not fit each other.
    fn merge(self, other: &Self) -> Result<Self>;

    /// The number of rows that were counted.
    fn n_rows(&self) -> usize;

    /// A score of the rows that were counted; greater is better.
    ///
    /// # Errors
    /// No rows, or a scorer that is not defined for them.
    fn score(&self, scorer: &Scorer) -> Result<f64>;
}

/// A tally that is known to be a `T`: what ties a score, such as a confusion matrix, to the models that have it.
///
/// Implemented for every tally; never by hand.
#[diagnostic::on_unimplemented(
    message = "models that are scored by `{Self}` do not have this score",
    label = "not a score of models of this kind",
    note = "`confusion` and `probability_loss` are those of classifiers and outlier detectors, `residuals` those of \
            regressors, `label_counts` those of multilabel classifiers; every model that can be evaluated has \
            `score`"
)]
pub trait TallyOf<T>: Tally {
    /// The tally.
    fn as_tally(&self) -> &T;
}

impl<T: Tally> TallyOf<T> for T {
    fn as_tally(&self) -> &T {
        self
    }
}

impl<L: ClassLabel> Tally for ClassTally<L> {
    fn merge(self, other: &Self) -> Result<Self> {
        Ok(ClassTally::merge(self, other))
    }

    fn n_rows(&self) -> usize {
        ClassTally::n_rows(self)
    }

    fn score(&self, scorer: &Scorer) -> Result<f64> {
        ClassTally::score(self, scorer)
    }
}

impl Tally for ValueTally {
    fn merge(self, other: &Self) -> Result<Self> {
        Ok(ValueTally::merge(self, other))
    }

    fn n_rows(&self) -> usize {
        ValueTally::n_rows(self)
    }

    fn score(&self, scorer: &Scorer) -> Result<f64> {
        ValueTally::score(self, scorer)
    }
}

impl Tally for MultilabelCounts {
    fn merge(self, other: &Self) -> Result<Self> {
        MultilabelCounts::merge(self, other)
    }

    fn n_rows(&self) -> usize {
        MultilabelCounts::n_rows(self)
    }

    fn score(&self, scorer: &Scorer) -> Result<f64> {
        MultilabelCounts::score(self, scorer)
    }
}

impl<L: ClassLabel> Tally for ClusterTally<L> {
    fn merge(self, other: &Self) -> Result<Self> {
        Ok(ClusterTally::merge(self, other))
    }

    fn n_rows(&self) -> usize {
        ClusterTally::n_rows(self)
    }

    fn score(&self, scorer: &Scorer) -> Result<f64> {
        ClusterTally::score(self, scorer)
    }
}
