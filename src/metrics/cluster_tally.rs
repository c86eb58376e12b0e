//! `ClusterTally`: the inertia and the counts that scorers of clusterings read.

use linfa::Label;
use serde::{Deserialize, Serialize};

use super::contingency::ContingencyCounts;
use super::row_weights;
use super::scorer::{CLUSTERING, UNLABELLED};
use super::{ContingencyTable, Scorer};
use crate::data::Twofold;
use crate::data::checked::{checked_when_read, contradiction, is_count, is_weight};
use crate::error::{Error, ErrorKind, Result};

/// The inertia of a clustering and, where rows have labels, a [`ContingencyTable`] of labels against clusters;
/// mergeable over chunks.
///
/// ```
/// use chunkfit::metrics::{ClusterTally, Scorer};
///
/// let mut tally = ClusterTally::default();
/// tally.count_distances([0.25, 1.0].iter(), None)?;
/// tally.count_labels([true, false].iter(), [1, 0].iter(), None)?;
/// assert_eq!(tally.score(&Scorer::NegInertia)?, -1.25);
/// assert_eq!(tally.score(&Scorer::AdjustedRand)?, 1.0);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[serde(bound(serialize = "L: Ord + Serialize", deserialize = "L: Ord + Deserialize<'de>"))]
pub struct ClusterTally<L: Ord> {
    n_rows: usize,
    /// The sum of the weights of the rows; without weights their number.
    weight: f64,
    /// The weighted sum of the squared distances.
    inertia: Twofold,
    labels: ContingencyTable<L>,
}

checked_when_read!(ClusterTally<L>, serialize: [L: Ord + Serialize], deserialize: [L: Ord + Deserialize<'de>]);

impl<L: Ord> ClusterTally<L> {
    fn check_read(&self) -> Result<()> {
        let rows = is_count([self.n_rows as u64]) && is_weight(self.weight);
        // The sum may have overflowed, which is said when it is scored.
        match rows && (self.inertia.high >= 0.0 || self.inertia.high.is_nan()) {
            true => Ok(()),
            false => Err(contradiction(format!("an inertia of {} of {} rows", self.inertia.high, self.n_rows))),
        }
    }
}

impl<L: Label> Default for ClusterTally<L> {
    fn default() -> Self {
        ClusterTally { n_rows: 0, weight: 0.0, inertia: Twofold::default(), labels: ContingencyTable::default() }
    }
}

impl<L: Label> ClusterTally<L> {
    /// Adds the squared distances of rows from the centres of their clusters, each row counting `sample_weight` times.
    ///
    /// # Errors
    /// A distance that is negative, NaN or infinite (kind `NonFiniteResult`, with the row); a different number of
    /// weights (`ShapeMismatch`); a weight that is negative, NaN or infinite (`InvalidParameter`, name
    /// `sample_weight`).
    pub fn count_distances<'a>(
        &mut self,
        squared_distances: impl ExactSizeIterator<Item = &'a f64>,
        sample_weight: Option<&[f64]>,
    ) -> Result<()> {
        let n_rows = squared_distances.len();
        row_weights::check(n_rows, sample_weight)?;
        // The rows are summed up before the sum so far is added: as if they were a part to be merged.
        let mut part = Self::default();
        for (row, &distance) in squared_distances.enumerate() {
            if !(distance >= 0.0 && distance.is_finite()) {
                return Err(Error::new(ErrorKind::NonFiniteResult { what: "squared distance" }).at_row(row));
            }
            let weight = row_weights::weight_of(row, sample_weight);
            if weight > 0.0 {
                part.n_rows += 1;
                part.weight += weight;
                part.inertia = part.inertia.plus(weight * distance);
            }
        }
        *self = std::mem::take(self).merge(&part);
        Ok(())
    }

    /// Counts the labels of rows against their clusters, each row counting `sample_weight` times.
    ///
    /// # Errors
    /// As [`ContingencyTable::count_weighted`].
    pub fn count_labels<'a>(
        &mut self,
        truth: impl ExactSizeIterator<Item = &'a L>,
        clusters: impl ExactSizeIterator<Item = &'a usize>,
        sample_weight: Option<&[f64]>,
    ) -> Result<()>
    where
        L: 'a,
    {
        let counts = ContingencyTable::count_weighted(truth, clusters, sample_weight)?;
        self.labels = std::mem::take(&mut self.labels).merge(&counts);
        Ok(())
    }

    /// Adds the sums and counts of other rows.
    pub fn merge(self, other: &Self) -> Self {
        ClusterTally {
            n_rows: self.n_rows + other.n_rows,
            weight: self.weight + other.weight,
            inertia: self.inertia.plus(other.inertia.high).plus(other.inertia.low),
            labels: self.labels.merge(&other.labels),
        }
    }

    /// How many rows of a weight above 0 were counted, be it their distances or their labels.
    pub fn n_rows(&self) -> usize {
        self.n_rows.max(self.labels.n_rows())
    }

    /// The labels against the clusters.
    pub fn contingency(&self) -> &ContingencyTable<L> {
        &self.labels
    }

    /// The sum of the squared distances (scikit-learn's `inertia_`), 0 for no rows.
    pub fn inertia(&self) -> f64 {
        self.inertia.high + self.inertia.low
    }

    /// The score of this name, greater being better.
    ///
    /// # Errors
    /// A scorer of another kind of models, one of labels where none were counted, or one of pairs of rows whose weights
    /// are no whole numbers (all of kind `InvalidParameter`, name `scoring`); no rows (`NoScoredRows`); an inertia
    /// beyond what a float can hold (`NonFiniteResult`).
    pub fn score(&self, scorer: &Scorer) -> Result<f64> {
        let of_labels = of_labels(scorer);
        match (scorer, of_labels) {
            (Scorer::NegInertia, _) | (_, Some(_)) if self.n_rows() == 0 => Err(scorer.no_rows()),
            (Scorer::NegInertia, _) if self.n_rows == 0 => {
                Err(scorer.unfit("a scorer of labels: distances were not counted"))
            }
            (Scorer::NegInertia, _) if self.inertia().is_finite() => Ok(-self.inertia()),
            (Scorer::NegInertia, _) => Err(Error::new(ErrorKind::NonFiniteResult { what: "inertia" })),
            (_, None) => Err(scorer.unfit(CLUSTERING)),
            _ if self.labels.n_rows() == 0 => Err(scorer.unfit(UNLABELLED)),
            (Scorer::Rand | Scorer::AdjustedRand | Scorer::FowlkesMallows, _)
                if self.labels.has_fractional_weights() =>
            {
                Err(scorer.unfit(WHOLE_WEIGHTS))
            }
            (_, Some(score)) => Ok(score(self.labels.counts())),
        }
    }
}

const WHOLE_WEIGHTS: &str = "a scorer that takes weights which are no whole numbers, such as v_measure_score: this one \
                             counts pairs of rows";

/// The score of labels against clusters that a scorer is.
fn of_labels(scorer: &Scorer) -> Option<fn(&ContingencyCounts) -> f64> {
    match scorer {
        Scorer::Rand => Some(ContingencyCounts::rand),
        Scorer::AdjustedRand => Some(ContingencyCounts::adjusted_rand),
        Scorer::FowlkesMallows => Some(ContingencyCounts::fowlkes_mallows),
        Scorer::Homogeneity => Some(ContingencyCounts::homogeneity),
        Scorer::Completeness => Some(ContingencyCounts::completeness),
        Scorer::VMeasure => Some(ContingencyCounts::v_measure),
        Scorer::MutualInfo => Some(ContingencyCounts::mutual_info),
        Scorer::NormalizedMutualInfo => Some(ContingencyCounts::normalized_mutual_info),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(rows: &[(usize, usize, f64)], weights: Option<&[f64]>) -> ClusterTally<usize> {
        let mut tally = ClusterTally::default();
        let distances: Vec<f64> = rows.iter().map(|row| row.2).collect();
        tally.count_distances(distances.iter(), weights).unwrap();
        tally.count_labels(rows.iter().map(|row| &row.0), rows.iter().map(|row| &row.1), weights).unwrap();
        tally
    }

    #[test]
    fn parts_merged_are_the_whole() {
        let rows = [(0, 1, 0.1), (0, 1, 1e9), (1, 0, 0.3), (1, 1, 0.0), (2, 0, 1e-9), (2, 2, 7.7)];
        let weights = [1.0, 2.0, 0.0, 4.0, 1.0, 3.0];
        let whole = tally(&rows, Some(&weights));
        for cut in 0..=rows.len() {
            let (left, right) =
                (tally(&rows[..cut], Some(&weights[..cut])), tally(&rows[cut..], Some(&weights[cut..])));
            let merged = left.merge(&right);
            assert_eq!((merged.contingency(), merged.n_rows()), (whole.contingency(), 5));
            assert!((merged.inertia() - whole.inertia()).abs() <= 1e-6 * f64::EPSILON * whole.inertia());
        }
    }

    #[test]
    fn scores_that_cannot_be_read_are_errors() {
        let kind = |result: Result<f64>| result.unwrap_err().kind().clone();
        let empty = ClusterTally::<usize>::default();
        for scorer in Scorer::ALL {
            let full = tally(&[(0, 0, 1.0), (1, 1, 0.5)], None).score(&scorer);
            assert_eq!(full.is_ok(), scorer.needs() == crate::metrics::Needs::Clusters, "{scorer}");
            let expected = if full.is_ok() { "NoScoredRows" } else { "InvalidParameter" };
            assert!(format!("{:?}", kind(empty.score(&scorer))).starts_with(expected), "{scorer}");
        }
        let mut unlabelled = ClusterTally::<()>::default();
        unlabelled.count_distances([1.0].iter(), None).unwrap();
        assert!(unlabelled.score(&Scorer::VMeasure).unwrap_err().to_string().contains("these rows have none"));
        let halves = tally(&[(0, 0, 1.0), (1, 1, 1.0)], Some(&[0.5, 2.0]));
        assert!(halves.score(&Scorer::Rand).unwrap_err().to_string().contains("v_measure_score"));
        let scores = [Scorer::VMeasure, Scorer::NegInertia].map(|scorer| halves.score(&scorer).unwrap());
        assert!((scores[0] - 1.0).abs() < 1e-15 && scores[1] == -2.5);
        for bad in [f64::NAN, f64::INFINITY, -1.0] {
            let error = unlabelled.count_distances([0.0, bad].iter(), None).unwrap_err();
            assert_eq!(error.place().row, Some(1));
        }
        let mut large = ClusterTally::<()>::default();
        large.count_distances([1e308, 1e308].iter(), None).unwrap();
        assert!(matches!(kind(large.score(&Scorer::NegInertia)), ErrorKind::NonFiniteResult { .. }));
    }
}
