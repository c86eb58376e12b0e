//! Class probabilities counted class by class: the frequency of each class, and its ranks against all others.

use std::collections::BTreeMap;

use linfa::Label;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::probability_loss::unknown;
use super::row_weights;
use super::{ProbabilityLoss, RankedScores, Scorer};
use crate::data::checked::{checked_when_read, contradiction, is_weight};
use crate::data::{Float, wide};
use crate::error::{Error, ErrorKind, Result};

/// The rows of each class, and the decision values of each class against all others; mergeable over chunks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[serde(bound(serialize = "L: Ord + Serialize", deserialize = "L: Ord + Deserialize<'de>"))]
pub(super) struct ClassProbabilities<L: Ord> {
    /// The sum of the weights of the rows of each class that occurs.
    weights: BTreeMap<L, f64>,
    /// For each class its probability in every row; empty unless it is asked for.
    ranks: BTreeMap<L, RankedScores>,
}

checked_when_read!(ClassProbabilities<L>, serialize: [L: Ord + Serialize], deserialize: [L: Ord + Deserialize<'de>]);

impl<L: Ord> ClassProbabilities<L> {
    fn check_read(&self) -> Result<()> {
        match self.weights.values().all(|weight| is_weight(*weight)) {
            true => Ok(()),
            false => Err(contradiction("weights below 0")),
        }
    }
}

impl<L: Label> Default for ClassProbabilities<L> {
    fn default() -> Self {
        ClassProbabilities { weights: BTreeMap::new(), ranks: BTreeMap::new() }
    }
}

impl<L: Label> ClassProbabilities<L> {
    /// Adds the weights of rows, which have been checked.
    pub(super) fn count_weights<'a>(&mut self, truth: impl Iterator<Item = &'a L>, sample_weight: Option<&[f64]>)
    where
        L: 'a,
    {
        let mut part = Self::default();
        for (label, weight) in row_weights::present(truth, sample_weight) {
            *part.weights.entry(label.clone()).or_insert(0.0) += weight;
        }
        *self = std::mem::take(self).merge(&part);
    }

    /// Counts probabilities of shape (rows, classes), the columns standing for the sorted classes.
    pub(super) fn count_ranks<'a, F: Float>(
        &mut self,
        classes: &[L],
        truth: impl ExactSizeIterator<Item = &'a L> + Clone,
        probabilities: &Array2<F>,
        sample_weight: Option<&[f64]>,
    ) -> Result<()>
    where
        L: 'a,
    {
        if probabilities.ncols() != classes.len() {
            return Err(Error::shape("columns of probabilities", classes.len(), probabilities.ncols()));
        }
        if let Some((row, label)) = truth.clone().enumerate().find(|(_, label)| classes.binary_search(label).is_err()) {
            return Err(unknown(label, classes).at_row(row));
        }
        let truth: Vec<&L> = truth.collect();
        for class in ranked(classes) {
            let Ok(column) = classes.binary_search(class) else { continue };
            let scores = probabilities.column(column);
            let is_class: Vec<bool> = truth.iter().map(|label| *label == class).collect();
            let scores = scores.iter().map(|&score| wide(score));
            let counts = RankedScores::count_weighted(is_class.into_iter(), scores, sample_weight)?;
            let ranks = self.ranks.entry(class.clone()).or_default();
            *ranks = std::mem::take(ranks).merge(&counts);
        }
        Ok(())
    }

    /// Adds the counts of other rows.
    pub(super) fn merge(mut self, other: &Self) -> Self {
        for (class, weight) in &other.weights {
            *self.weights.entry(class.clone()).or_insert(0.0) += weight;
        }
        for (class, others) in &other.ranks {
            let ranks = self.ranks.entry(class.clone()).or_default();
            *ranks = std::mem::take(ranks).merge(others);
        }
        self
    }

    /// How many rows were ranked.
    pub(super) fn n_rows(&self) -> usize {
        self.ranks.values().map(RankedScores::n_rows).max().unwrap_or(0)
    }

    /// The mean over the classes of the area under the ROC curve of a class against all others; each class counts by
    /// the weight of its rows or not.
    ///
    /// # Errors
    /// A class without rows or with all of them (kind `OneClass`); parts of models of other classes, which have no
    /// ranking in common (`InvalidParameter`, name `scoring`).
    pub(super) fn roc_auc(&self, scorer: &Scorer, classes: &[L], weighted: bool) -> Result<f64> {
        let n_rows = self.n_rows();
        if ranked(classes).iter().any(|class| self.ranks.get(class).is_none_or(|ranks| ranks.n_rows() != n_rows)) {
            return Err(scorer.unfit("a scorer of labels, such as accuracy: not all of the rows have the same classes"));
        }
        let (mut total, mut weight) = (0.0, 0.0);
        for (class, ranks) in &self.ranks {
            let area = ranks.roc_auc().map_err(|error| match error.kind() {
                ErrorKind::OneClass { .. } => one_against_none(class, ranks),
                _ => error,
            })?;
            let own = if weighted { ranks.positives() } else { 1.0 };
            total += own * area;
            weight += own;
        }
        Ok(total / weight)
    }

    /// The share of the log loss of the classes' frequencies that the probabilities save.
    ///
    /// # Errors
    /// All rows are of one class (kind `OneClass`).
    pub(super) fn d2_log_loss(&self, loss: &ProbabilityLoss) -> Result<f64> {
        let shares = self.shares()?;
        let entropy = -shares.iter().map(|share| share * share.ln()).sum::<f64>();
        Ok(self.d2(loss, loss.log_loss(), entropy))
    }

    /// The share of the Brier score of the classes' frequencies that the probabilities save.
    ///
    /// # Errors
    /// As [`d2_log_loss`](Self::d2_log_loss).
    pub(super) fn d2_brier_score(&self, loss: &ProbabilityLoss) -> Result<f64> {
        let impurity = 1.0 - self.shares()?.iter().map(|share| share * share).sum::<f64>();
        Ok(self.d2(loss, loss.squared_distance(), impurity))
    }

    /// As scikit-learn, which calls the score of one row not defined.
    fn d2(&self, loss: &ProbabilityLoss, found: f64, of_frequencies: f64) -> f64 {
        if loss.n_rows() < 2 { f64::NAN } else { 1.0 - found / of_frequencies }
    }

    /// The share of the rows of each class that occurs.
    fn shares(&self) -> Result<Vec<f64>> {
        let total: f64 = self.weights.values().sum();
        if let (1, Some(only)) = (self.weights.len(), self.weights.keys().next()) {
            return Err(Error::new(ErrorKind::OneClass { found: format!("the label {only:?}") }));
        }
        Ok(self.weights.values().map(|weight| weight / total).collect())
    }
}

/// The classes that are ranked against all others: of two the second, whose ranks are those of the first in reverse.
fn ranked<L>(classes: &[L]) -> &[L] {
    if classes.len() == 2 { &classes[1..] } else { classes }
}

/// The error of a class that no row has, or every row.
fn one_against_none<L: Label>(class: &L, ranks: &RankedScores) -> Error {
    let found = if ranks.positives() > 0.0 { "no row without" } else { "no row of" };
    Error::new(ErrorKind::OneClass { found: format!("{found} the label {class:?}") })
}

#[cfg(test)]
mod tests {
    use crate::error::ErrorKind;
    use crate::metrics::{ClassTally, Scorer};
    use ndarray::{Array2, array};

    fn tally(truth: &[usize], probabilities: &Array2<f64>) -> ClassTally<usize> {
        let mut tally = ClassTally::new(&[0, 1, 2]);
        tally.count_probabilities(truth.iter(), probabilities).unwrap();
        tally.count_one_vs_rest_weighted(truth.iter(), probabilities, None).unwrap();
        tally
    }

    const SCORERS: [Scorer; 4] =
        [Scorer::RocAucOvr, Scorer::RocAucOvrWeighted, Scorer::D2LogLoss, Scorer::D2BrierScore];

    #[test]
    fn a_class_without_rows_has_no_rank_and_one_class_no_share() {
        let probabilities = array![[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.2, 0.2, 0.6]];
        let kind =
            |truth: &[usize], scorer: &Scorer| tally(truth, &probabilities).score(scorer).map_err(|e| e.kind().clone());
        for scorer in SCORERS {
            assert!(kind(&[0, 1, 2], &scorer).is_ok());
            assert!(matches!(kind(&[1, 1, 1], &scorer), Err(ErrorKind::OneClass { .. })), "{scorer}");
        }
        assert!(matches!(kind(&[0, 1, 1], &Scorer::RocAucOvr), Err(ErrorKind::OneClass { .. })));
        assert_eq!(kind(&[0, 1, 2], &Scorer::RocAucOvr), Ok(1.0));
        assert!(tally(&[1], &array![[0.2, 0.7, 0.1]]).score(&Scorer::D2LogLoss).is_err());
        let error = ClassTally::<usize>::default().score(&Scorer::RocAucOvr).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NoScoredRows { .. }));
        let mut other = ClassTally::new(&[0, 3]);
        other.count_one_vs_rest_weighted([0, 3].iter(), &array![[0.8, 0.2], [0.4, 0.6]], None).unwrap();
        let error = tally(&[0, 1, 2], &probabilities).merge(&other).score(&Scorer::RocAucOvr).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "scoring", .. }), "{error}");
        let error = other.count_one_vs_rest_weighted([5].iter(), &array![[0.8, 0.2]], None).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::UnknownLabel { .. }) && error.place().row == Some(0));
    }
}
