//! Class probabilities counted class by class: the frequency of each class, and its ranks against all others.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::class_core::Truth;
use super::row_weights;
use super::{ProbabilityLoss, RankedScores, Scorer};
use crate::data::checked::{checked_when_read, contradiction, is_weight};
use crate::error::{Error, ErrorKind, Result};

/// The rows of each class, and the decision values of each class against all others; mergeable over chunks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(super) struct ClassProbabilities {
    /// The sum of the weights of the rows of each class; 0 for one that does not occur.
    weights: Vec<f64>,
    /// For each class its probability in every row; without rows unless it is asked for.
    ranks: Vec<RankedScores>,
}

checked_when_read!(ClassProbabilities, serialize: [], deserialize: []);

impl ClassProbabilities {
    fn check_read(&self) -> Result<()> {
        match self.weights.iter().all(|weight| is_weight(*weight)) && self.weights.len() == self.ranks.len() {
            true => Ok(()),
            false => Err(contradiction("weights below 0, or ranks of other classes")),
        }
    }

    /// Of so many classes, without rows.
    pub(super) fn new(n_classes: usize) -> Self {
        ClassProbabilities { weights: vec![0.0; n_classes], ranks: vec![RankedScores::default(); n_classes] }
    }

    /// The number of classes.
    pub(super) fn n_classes(&self) -> usize {
        self.weights.len()
    }

    /// The counts of `n_classes` classes, in which every class has another place.
    pub(super) fn renumbered(self, places: &[usize], n_classes: usize) -> Self {
        let mut all = Self::new(n_classes);
        for ((weight, ranks), &place) in self.weights.into_iter().zip(self.ranks).zip(places) {
            (all.weights[place], all.ranks[place]) = (weight, ranks);
        }
        all
    }

    /// Adds the weights of rows, which have been checked.
    pub(super) fn count_weights(&mut self, truth: &[usize], sample_weight: Option<&[f64]>) {
        let mut part = vec![0.0; self.n_classes()];
        for (&class, weight) in row_weights::present(truth.iter(), sample_weight) {
            part[class] += weight;
        }
        self.weights.iter_mut().zip(part).for_each(|(own, others)| *own += others);
    }

    /// Counts probabilities of shape (rows, classes), the columns standing for the sorted classes.
    pub(super) fn count_ranks(
        &mut self,
        truth: &Truth<'_>,
        probabilities: ArrayView2<'_, f64>,
        sample_weight: Option<&[f64]>,
    ) -> Result<()> {
        if probabilities.ncols() != self.n_classes() {
            return Err(Error::shape("columns of probabilities", self.n_classes(), probabilities.ncols()));
        }
        let classes = (0..truth.numbers.len()).map(|row| truth.class(row)).collect::<Result<Vec<usize>>>()?;
        for class in self.first_ranked()..self.n_classes() {
            let is_class: Vec<bool> = classes.iter().map(|own| *own == class).collect();
            let scores = probabilities.column(class).to_vec();
            let counts = RankedScores::count_rows(&is_class, &scores, sample_weight)?;
            self.ranks[class] = std::mem::take(&mut self.ranks[class]).merge(&counts);
        }
        Ok(())
    }

    /// The first class that is ranked against all others: of two the second, whose ranks are those of the first in
    /// reverse.
    fn first_ranked(&self) -> usize {
        usize::from(self.n_classes() == 2)
    }

    /// Adds the counts of other rows, of the same classes.
    pub(super) fn merge(mut self, other: &Self) -> Self {
        for (class, weight) in other.weights.iter().enumerate() {
            self.weights[class] += weight;
        }
        for (own, others) in self.ranks.iter_mut().zip(&other.ranks).filter(|(_, others)| others.n_rows() > 0) {
            *own = std::mem::take(own).merge(others);
        }
        self
    }

    /// How many rows were ranked.
    pub(super) fn n_rows(&self) -> usize {
        self.ranks.iter().map(RankedScores::n_rows).max().unwrap_or(0)
    }

    /// The mean over the classes of the area under the ROC curve of a class against all others; each class counts by
    /// the weight of its rows or not. `label` shows a class.
    ///
    /// # Errors
    /// A class without rows or with all of them (kind `OneClass`); parts of models of other classes, which have no
    /// ranking in common (`InvalidParameter`, name `scoring`).
    pub(super) fn roc_auc(&self, scorer: &Scorer, label: &dyn Fn(usize) -> String, weighted: bool) -> Result<f64> {
        let n_rows = self.n_rows();
        if self.ranks[self.first_ranked()..].iter().any(|ranks| ranks.n_rows() != n_rows) {
            return Err(scorer.unfit("a scorer of labels, such as accuracy: not all of the rows have the same classes"));
        }
        let (mut total, mut weight) = (0.0, 0.0);
        for (class, ranks) in self.ranks.iter().enumerate().filter(|(_, ranks)| ranks.n_rows() > 0) {
            let area = ranks.roc_auc().map_err(|error| match error.kind() {
                ErrorKind::OneClass { .. } => one_against_none(&label(class), ranks),
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
    pub(super) fn d2_log_loss(&self, loss: &ProbabilityLoss, label: &dyn Fn(usize) -> String) -> Result<f64> {
        let shares = self.shares(label)?;
        let entropy = -shares.iter().map(|share| share * share.ln()).sum::<f64>();
        Ok(d2(loss, loss.log_loss(), entropy))
    }

    /// The share of the Brier score of the classes' frequencies that the probabilities save.
    ///
    /// # Errors
    /// As [`d2_log_loss`](Self::d2_log_loss).
    pub(super) fn d2_brier_score(&self, loss: &ProbabilityLoss, label: &dyn Fn(usize) -> String) -> Result<f64> {
        let impurity = 1.0 - self.shares(label)?.iter().map(|share| share * share).sum::<f64>();
        Ok(d2(loss, loss.squared_distance(), impurity))
    }

    /// The share of the rows of each class that occurs.
    fn shares(&self, label: &dyn Fn(usize) -> String) -> Result<Vec<f64>> {
        let occur: Vec<usize> = (0..self.n_classes()).filter(|&class| self.weights[class] > 0.0).collect();
        let total: f64 = occur.iter().map(|&class| self.weights[class]).sum();
        if let [only] = occur[..] {
            return Err(Error::new(ErrorKind::OneClass { found: format!("the label {}", label(only)) }));
        }
        Ok(occur.into_iter().map(|class| self.weights[class] / total).collect())
    }
}

/// As scikit-learn, which calls the score of one row not defined.
fn d2(loss: &ProbabilityLoss, found: f64, of_frequencies: f64) -> f64 {
    if loss.n_rows() < 2 { f64::NAN } else { 1.0 - found / of_frequencies }
}

/// The error of a class that no row has, or every row.
fn one_against_none(label: &str, ranks: &RankedScores) -> Error {
    let found = if ranks.positives() > 0.0 { "no row without" } else { "no row of" };
    Error::new(ErrorKind::OneClass { found: format!("{found} the label {label}") })
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
