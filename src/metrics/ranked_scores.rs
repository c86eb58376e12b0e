//! ROC AUC and average precision: how well decision values rank positive rows before negative ones.

use serde::{Deserialize, Serialize};

use std::borrow::Cow;

use super::row_weights;
use crate::data::checked::{checked_when_read, contradiction, is_count, is_weight};
use crate::error::{Error, ErrorKind, Result};

/// How many positive and negative rows have each decision value; mergeable over chunks.
///
/// Holds the distinct values and their counts, 24 bytes each, after a merge up to twice as many; and
/// as much again while they are sorted. So decision values that are all different take memory in
/// proportion to the rows. Counts of rows are whole numbers: parts merged in any order give the same
/// bits. Rows may have weights (scikit-learn's `sample_weight`), whose sums are the same up to rounding; a row of
/// weight 0 counts as absent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct RankedScores {
    n_rows: usize,
    /// The first `settled` steps descend, each value once. What was merged since then follows.
    steps: Vec<Step>,
    settled: usize,
}

checked_when_read!(RankedScores, serialize: [], deserialize: []);

impl RankedScores {
    fn check_read(&self) -> Result<()> {
        let settled = self.steps.get(..self.settled).unwrap_or_default();
        let descend = settled.windows(2).all(|pair| pair[0].score > pair[1].score);
        let finite = self.steps.iter().all(|step| step.score.is_finite());
        let weights = self.steps.iter().all(|step| is_weight(step.positives) && is_weight(step.negatives));
        let counts = is_count([self.n_rows as u64]) && self.steps.len() <= self.n_rows;
        match settled.len() == self.settled && descend && finite && weights && counts {
            true => Ok(()),
            false => Err(contradiction("decision values that are no counts of rows in descending order")),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Step {
    score: f64,
    /// The sum of the weights of the positive rows; without weights their number, exact below 2^53.
    positives: f64,
    negatives: f64,
}

impl RankedScores {
    /// Counts rows: whether each is positive, and its decision value. The larger the value, the
    /// more the row is taken for positive; the scale does not matter.
    ///
    /// # Errors
    /// A NaN or infinite value (kind `NonFinite`, at that row); numbers of rows that differ.
    pub fn count(
        positive: impl ExactSizeIterator<Item = bool>,
        scores: impl ExactSizeIterator<Item = f64>,
    ) -> Result<Self> {
        Self::count_weighted(positive, scores, None)
    }

    /// The same, each row counting `sample_weight` times (scikit-learn's `sample_weight`).
    ///
    /// # Errors
    /// As [`count`](Self::count); weights that are not one for each row (kind `ShapeMismatch`); a weight that is
    /// negative, NaN or infinite (`InvalidParameter`, name `sample_weight`).
    pub fn count_weighted(
        positive: impl ExactSizeIterator<Item = bool>,
        scores: impl ExactSizeIterator<Item = f64>,
        sample_weight: Option<&[f64]>,
    ) -> Result<Self> {
        let (mut is_positive, mut values) = (Vec::with_capacity(positive.len()), Vec::with_capacity(scores.len()));
        for positive in positive {
            is_positive.push(positive);
        }
        for score in scores {
            values.push(score);
        }
        Self::count_rows(&is_positive, &values, sample_weight)
    }

    /// The same of rows at hand.
    pub(super) fn count_rows(positive: &[bool], scores: &[f64], sample_weight: Option<&[f64]>) -> Result<Self> {
        if positive.len() != scores.len() {
            return Err(Error::shape("decision values", positive.len(), scores.len()));
        }
        row_weights::check(scores.len(), sample_weight)?;
        let mut steps = Vec::with_capacity(scores.len());
        for (row, (&positive, &score)) in positive.iter().zip(scores).enumerate() {
            if !score.is_finite() {
                return Err(Error::new(ErrorKind::NonFinite { column: 0 }).at_row(row));
            }
            // The two zeros are a tie, but have an order in `total_cmp`.
            let score = if score == 0.0 { 0.0 } else { score };
            let weight = row_weights::weight_of(row, sample_weight);
            if weight > 0.0 {
                let (positives, negatives) = if positive { (weight, 0.0) } else { (0.0, weight) };
                steps.push(Step { score, positives, negatives });
            }
        }
        let n_rows = steps.len();
        settle(&mut steps);
        steps.shrink_to_fit();
        Ok(RankedScores { n_rows, settled: steps.len(), steps })
    }

    /// Adds the counts of other rows.
    ///
    /// Sorting waits until the merged parts are as long as what is sorted already: a total over many
    /// chunks would otherwise walk all values once a chunk.
    pub fn merge(mut self, other: &Self) -> Self {
        self.n_rows += other.n_rows;
        self.steps.extend_from_slice(&other.steps);
        if self.steps.len() > 2 * self.settled {
            settle(&mut self.steps);
            self.settled = self.steps.len();
        }
        self
    }

    /// The number of rows that were counted.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The probability that a positive row ranks above a negative one, a tie counting one half: the
    /// area under the ROC curve, from 0 to 1 (scikit-learn's `roc_auc_score`).
    ///
    /// # Errors
    /// No rows; no positive or no negative row (kind `OneClass`), where scikit-learn warns and
    /// gives NaN.
    pub fn roc_auc(&self) -> Result<f64> {
        let (positives, negatives) = self.totals("roc_auc")?;
        if positives == 0.0 || negatives == 0.0 {
            return Err(one_class(positives));
        }
        let ranking = self.ranking();
        let pairs = whole_pairs(&ranking, negatives).unwrap_or_else(|| pairs(&ranking, negatives));
        Ok(pairs / (2.0 * positives * negatives))
    }

    /// The mean of the precisions at each positive row's rank, ties as one rank, from 0 to 1
    /// (scikit-learn's `average_precision_score`).
    ///
    /// # Errors
    /// No rows; no positive row (kind `OneClass`), where scikit-learn warns and gives 0. Without
    /// negative rows it is 1, as there.
    pub fn average_precision(&self) -> Result<f64> {
        let (positives, _) = self.totals("average_precision")?;
        if positives == 0.0 {
            return Err(one_class(positives));
        }
        let (mut hits, mut rows, mut sum) = (0.0, 0.0, 0.0);
        for step in self.ranking().iter() {
            hits += step.positives;
            rows += step.positives + step.negatives;
            sum += step.positives * (hits / rows);
        }
        Ok(sum / positives)
    }

    /// The sum of the weights of the positive rows.
    pub(super) fn positives(&self) -> f64 {
        self.ranking().iter().fold(0.0, |sum, step| sum + step.positives)
    }

    /// The weights of the positive and of the negative rows.
    fn totals(&self, score: &'static str) -> Result<(f64, f64)> {
        if self.n_rows == 0 {
            return Err(Error::new(ErrorKind::NoScoredRows { score: score.to_owned() }));
        }
        // In the order of the ranking, so that parts merged in another order have the same sums.
        let sum = |of: fn(&Step) -> f64| self.ranking().iter().map(of).sum();
        Ok((sum(|step| step.positives), sum(|step| step.negatives)))
    }

    /// All steps, descending, each value once.
    fn ranking(&self) -> Cow<'_, [Step]> {
        if self.settled == self.steps.len() {
            return Cow::Borrowed(&self.steps);
        }
        let mut steps = self.steps.clone();
        settle(&mut steps);
        Cow::Owned(steps)
    }
}

/// Equal counts, however they were merged.
impl PartialEq for RankedScores {
    fn eq(&self, other: &Self) -> bool {
        self.ranking() == other.ranking()
    }
}

fn settle(steps: &mut Vec<Step>) {
    // The stable sort finds the runs that are sorted already and merges them.
    steps.sort_by(|a, b| b.score.total_cmp(&a.score));
    steps.dedup_by(|next, kept| {
        let tie = next.score == kept.score;
        if tie {
            kept.positives += next.positives;
            kept.negatives += next.negatives;
        }
        tie
    });
}

/// Twice the weight of the pairs of a positive and a negative row in the right order, a tie being half a pair.
fn pairs(ranking: &[Step], negatives: f64) -> f64 {
    let (mut pairs, mut below) = (0.0, negatives);
    for step in ranking {
        below -= step.negatives;
        pairs += step.positives * (2.0 * below + step.negatives);
    }
    pairs
}

/// The same in whole numbers, however many there are; `None` if some weight is no whole number.
fn whole_pairs(ranking: &[Step], negatives: f64) -> Option<f64> {
    let is_whole = |weight: f64| weight.fract() == 0.0 && weight < 2f64.powi(53);
    if !ranking.iter().all(|step| is_whole(step.positives) && is_whole(step.negatives)) || !is_whole(negatives) {
        return None;
    }
    let (mut pairs, mut below) = (0u128, negatives as u128);
    for step in ranking {
        below -= step.negatives as u128;
        pairs += step.positives as u128 * (2 * below + step.negatives as u128);
    }
    Some(pairs as f64)
}

fn one_class(positives: f64) -> Error {
    let found = if positives == 0.0 { "rows of the negative class" } else { "rows of the positive class" };
    Error::new(ErrorKind::OneClass { found: found.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ranked(rows: &[(bool, f64)]) -> RankedScores {
        RankedScores::count(rows.iter().map(|row| row.0), rows.iter().map(|row| row.1)).unwrap()
    }

    /// The slow twin: all pairs of a positive and a negative row.
    fn auc_of_pairs(rows: &[(bool, f64)]) -> f64 {
        let of = |positive| rows.iter().filter(move |row| row.0 == positive).map(|row| row.1);
        let pairs =
            of(true).flat_map(|p| of(false).map(move |n| f64::from(u8::from(p > n)) + f64::from(u8::from(p >= n))));
        let (wins, count) = pairs.fold((0.0, 0.0), |(wins, count), pair| (wins + pair, count + 2.0));
        wins / count
    }

    /// The slow twin: for each positive row, the precision among the rows that rank no lower.
    fn precision_of_ranks(rows: &[(bool, f64)]) -> f64 {
        let precision = |at: f64| {
            let above = rows.iter().filter(|row| row.1 >= at);
            above.clone().filter(|row| row.0).count() as f64 / above.count() as f64
        };
        let precisions: Vec<f64> = rows.iter().filter(|row| row.0).map(|row| precision(row.1)).collect();
        precisions.iter().sum::<f64>() / precisions.len() as f64
    }

    proptest! {
        #[test]
        fn any_partition_gives_the_bits_of_the_whole_and_of_the_slow_twins(
            rows in prop::collection::vec((any::<bool>(), (-8i8..8).prop_map(|x| f64::from(x) / 4.0)), 2..60),
            cuts in prop::collection::vec(1usize..9, 1..30),
        ) {
            let whole = ranked(&rows);
            let (mut parts, mut rest) = (Vec::new(), &rows[..]);
            for &cut in cuts.iter().cycle() {
                let (part, after) = rest.split_at(cut.min(rest.len()));
                parts.push(ranked(part));
                rest = after;
                if rest.is_empty() { break; }
            }
            let forth = parts.iter().fold(RankedScores::default(), RankedScores::merge);
            let back = parts.iter().rev().fold(RankedScores::default(), RankedScores::merge);
            prop_assert!(forth == whole && back == whole);
            prop_assert!(forth.steps.len() <= 2 * whole.steps.len());
            prop_assert_eq!(forth.n_rows(), rows.len());
            let positives = rows.iter().filter(|row| row.0).count();
            match (forth.roc_auc(), 0 < positives && positives < rows.len()) {
                (Ok(auc), true) => {
                    prop_assert_eq!(auc.to_bits(), back.roc_auc().unwrap().to_bits());
                    prop_assert!((auc - auc_of_pairs(&rows)).abs() < 1e-14);
                }
                (auc, both) => prop_assert!(auc.is_err() && !both),
            }
            match (forth.average_precision(), positives > 0) {
                (Ok(precision), true) => {
                    prop_assert_eq!(precision.to_bits(), whole.average_precision().unwrap().to_bits());
                    prop_assert!((precision - precision_of_ranks(&rows)).abs() < 1e-14);
                }
                (precision, any) => prop_assert!(precision.is_err() && !any),
            }
        }
    }

    /// The numbers are scikit-learn's.
    #[test]
    fn ties_count_as_in_scikit_learn() {
        let rows = [(false, 0.5), (false, 0.5), (true, 0.5), (true, 0.7), (true, 0.2), (false, 0.2), (true, 0.0)];
        assert!((ranked(&rows).roc_auc().unwrap() - 0.45833333333333337).abs() < 1e-15);
        assert!((ranked(&rows).average_precision().unwrap() - 0.6428571428571428).abs() < 1e-15);
        assert_eq!(ranked(&[(false, 0.0), (true, -0.0)]).roc_auc().unwrap(), 0.5);
        assert_eq!(ranked(&[(false, 0.1), (true, 0.1f64.next_up())]).roc_auc().unwrap(), 1.0);
    }

    #[test]
    fn what_cannot_be_ranked_is_an_error() {
        let kind = |result: Result<f64>| result.unwrap_err().kind().clone();
        assert_eq!(kind(ranked(&[]).roc_auc()), ErrorKind::NoScoredRows { score: "roc_auc".into() });
        assert!(matches!(kind(ranked(&[(false, 1.0)]).average_precision()), ErrorKind::OneClass { .. }));
        assert!(matches!(kind(ranked(&[(true, 1.0)]).roc_auc()), ErrorKind::OneClass { .. }));
        assert_eq!(ranked(&[(true, 1.0)]).average_precision().unwrap(), 1.0);
        for bad in [f64::NAN, f64::INFINITY] {
            let error = RankedScores::count([true, false].into_iter(), [1.0, bad].into_iter()).unwrap_err();
            assert_eq!((error.kind(), error.place().row), (&ErrorKind::NonFinite { column: 0 }, Some(1)));
        }
        assert!(RankedScores::count([true].into_iter(), [].into_iter()).is_err());
    }
}
