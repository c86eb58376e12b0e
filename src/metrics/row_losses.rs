//! Losses of predicted numbers that are means over rows: logarithmic and percentage errors, deviances.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Scorer;
use super::row_weights::weight_of;
use crate::data::Twofold;
use crate::data::checked::{checked_when_read, contradiction, is_count, is_weight};
use crate::error::{Error, ErrorKind, Result};

/// A loss of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum RowLoss {
    SquaredLog,
    AbsolutePercentage,
    PoissonDeviance,
    GammaDeviance,
}

impl RowLoss {
    /// The loss whose mean a scorer is read from.
    pub(super) fn of(scorer: &Scorer) -> Option<Self> {
        match scorer {
            Scorer::NegMeanSquaredLogError | Scorer::NegRootMeanSquaredLogError => Some(RowLoss::SquaredLog),
            Scorer::NegMeanAbsolutePercentageError => Some(RowLoss::AbsolutePercentage),
            Scorer::NegMeanPoissonDeviance => Some(RowLoss::PoissonDeviance),
            Scorer::NegMeanGammaDeviance => Some(RowLoss::GammaDeviance),
            _ => None,
        }
    }

    /// The loss of a row, 0 or more.
    ///
    /// # Errors
    /// A true value that the loss is not defined for (kind `InvalidTarget`), a predicted one (`InvalidParameter`, name
    /// `scoring`), a loss beyond what a float can hold (`NonFiniteResult`).
    fn of_row(self, scorer: &Scorer, y: f64, p: f64) -> Result<f64> {
        let (truths, predictions) = self.domain();
        if !truths.holds(y) {
            return Err(Error::new(ErrorKind::InvalidTarget { value: y.to_string(), expected: truths.truth() }));
        }
        if !predictions.holds(p) {
            let expected = format!(
                "a scorer that takes any prediction, such as neg_mean_squared_error: this one takes {}, and one is {p}",
                predictions.shown()
            );
            return Err(scorer.unfit(expected));
        }
        let loss = match self {
            RowLoss::SquaredLog => (y.ln_1p() - p.ln_1p()).powi(2),
            RowLoss::AbsolutePercentage => (p - y).abs() / y.abs().max(f64::EPSILON),
            RowLoss::PoissonDeviance if y == 0.0 => 2.0 * p,
            RowLoss::PoissonDeviance => 2.0 * (y * (y / p).ln() - y + p),
            RowLoss::GammaDeviance => 2.0 * ((p / y).ln() + y / p - 1.0),
        };
        if loss.is_finite() { Ok(loss) } else { Err(Error::new(ErrorKind::NonFiniteResult { what: "loss" })) }
    }

    /// The true and the predicted values that it is defined for.
    fn domain(self) -> (Domain, Domain) {
        match self {
            RowLoss::SquaredLog => (Domain::AboveMinusOne, Domain::AboveMinusOne),
            RowLoss::AbsolutePercentage => (Domain::Any, Domain::Any),
            RowLoss::PoissonDeviance => (Domain::NotNegative, Domain::Positive),
            RowLoss::GammaDeviance => (Domain::Positive, Domain::Positive),
        }
    }
}

/// A range of numbers.
#[derive(Clone, Copy)]
enum Domain {
    Any,
    AboveMinusOne,
    NotNegative,
    Positive,
}

impl Domain {
    fn holds(self, x: f64) -> bool {
        match self {
            Domain::Any => true,
            Domain::AboveMinusOne => x > -1.0,
            Domain::NotNegative => x >= 0.0,
            Domain::Positive => x > 0.0,
        }
    }

    fn shown(self) -> &'static str {
        match self {
            Domain::Any => "any",
            Domain::AboveMinusOne => "those above -1",
            Domain::NotNegative => "those of 0 or more",
            Domain::Positive => "those above 0",
        }
    }

    /// The range, as an error of a true value names it.
    fn truth(self) -> &'static str {
        match self {
            Domain::Any => "a number",
            Domain::AboveMinusOne => "a number above -1 to score its logarithm",
            Domain::NotNegative => "a number of 0 or more to score a deviance",
            Domain::Positive => "a number above 0 to score a deviance",
        }
    }
}

/// The sum of each loss over the rows; mergeable over chunks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RowLosses(BTreeMap<RowLoss, LossSum>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
struct LossSum {
    n_rows: usize,
    /// The sum of the weights of the rows; without weights their number.
    weight: f64,
    total: Twofold,
}

checked_when_read!(LossSum, serialize: [], deserialize: []);

impl LossSum {
    fn check_read(&self) -> Result<()> {
        let rows = is_count([self.n_rows as u64]) && is_weight(self.weight) && (self.n_rows > 0) == (self.weight > 0.0);
        // The sum may have overflowed, which is said when it is scored.
        match rows && (self.total.high >= 0.0 || self.total.high.is_nan()) {
            true => Ok(()),
            false => Err(contradiction(format!("a loss over {} rows of weight {}", self.n_rows, self.weight))),
        }
    }

    fn merge(self, other: Self) -> Self {
        LossSum {
            n_rows: self.n_rows + other.n_rows,
            weight: self.weight + other.weight,
            total: self.total.plus(other.total.high).plus(other.total.low),
        }
    }
}

impl RowLosses {
    /// Sums up the losses that scorers are read from, each row counting so many times. A row of weight 0 is absent.
    ///
    /// # Errors
    /// A row that a loss is not defined for.
    pub(super) fn count(
        scorers: &[Scorer],
        rows: impl Iterator<Item = (f64, f64)> + Clone,
        sample_weight: Option<&[f64]>,
    ) -> Result<Self> {
        let mut losses = RowLosses::default();
        for scorer in scorers {
            let Some(loss) = RowLoss::of(scorer).filter(|loss| !losses.0.contains_key(loss)) else { continue };
            let mut sum = LossSum::default();
            for (row, (y, p)) in rows.clone().enumerate() {
                let weight = weight_of(row, sample_weight);
                if weight > 0.0 {
                    let of_row = loss.of_row(scorer, y, p).map_err(|error| error.at_row(row))?;
                    sum.n_rows += 1;
                    sum.weight += weight;
                    sum.total = sum.total.plus(weight * of_row);
                }
            }
            losses.0.insert(loss, sum);
        }
        Ok(losses)
    }

    /// Adds the sums of other rows.
    pub(super) fn merge(mut self, other: &Self) -> Self {
        for (&loss, &part) in &other.0 {
            let sum = self.0.entry(loss).or_default();
            *sum = sum.merge(part);
        }
        self
    }

    /// Over how many rows of a weight above 0 a loss was summed up.
    pub(super) fn n_rows_of(&self, loss: RowLoss) -> usize {
        self.0.get(&loss).map_or(0, |sum| sum.n_rows)
    }

    /// The mean of a loss; NaN for no rows.
    pub(super) fn mean(&self, loss: RowLoss) -> f64 {
        self.0.get(&loss).map_or(f64::NAN, |sum| (sum.total.high + sum.total.low) / sum.weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(scorer: Scorer, rows: &[(f64, f64)]) -> Result<RowLosses> {
        RowLosses::count(&[scorer], rows.iter().copied(), None)
    }

    #[test]
    fn parts_merged_are_the_whole() {
        let rows = [(1.0, 2.0), (3e9, 1e-9), (0.5, 0.25), (7.0, 7.0), (1e-9, 2.0)];
        for scorer in Scorer::ALL.into_iter().filter(|scorer| RowLoss::of(scorer).is_some()) {
            let loss = RowLoss::of(&scorer).unwrap();
            let whole = count(scorer.clone(), &rows).unwrap();
            for cut in 0..=rows.len() {
                let (left, right) = rows.split_at(cut);
                let merged = count(scorer.clone(), left).unwrap().merge(&count(scorer.clone(), right).unwrap());
                assert_eq!(merged.n_rows_of(loss), 5);
                assert!((merged.mean(loss) / whole.mean(loss) - 1.0).abs() < 1e-15);
            }
        }
        assert!(RowLosses::default().mean(RowLoss::SquaredLog).is_nan());
    }

    #[test]
    fn values_that_a_loss_is_not_defined_for_are_named_with_their_row() {
        let error = |scorer: Scorer, y: f64, p: f64| {
            let error = count(scorer, &[(1.0, 1.0), (y, p)]).unwrap_err();
            assert_eq!(error.place().row, Some(1));
            error
        };
        for (scorer, y) in [
            (Scorer::NegMeanSquaredLogError, -1.0),
            (Scorer::NegMeanPoissonDeviance, -0.5),
            (Scorer::NegMeanGammaDeviance, 0.0),
        ] {
            let of_truth = error(scorer.clone(), y, 1.0);
            assert!(matches!(of_truth.kind(), ErrorKind::InvalidTarget { .. }), "{of_truth}");
            assert!(of_truth.to_string().contains(&y.to_string()));
            let of_prediction = error(scorer, 1.0, -1.5);
            assert!(matches!(of_prediction.kind(), ErrorKind::InvalidParameter { name: "scoring", .. }));
            assert!(of_prediction.to_string().contains("one is -1.5"), "{of_prediction}");
        }
        assert!(count(Scorer::NegMeanPoissonDeviance, &[(0.0, 1.0)]).is_ok());
        assert!(matches!(error(Scorer::NegMeanPoissonDeviance, 1.0, 0.0).kind(), ErrorKind::InvalidParameter { .. }));
        let beyond = error(Scorer::NegMeanPoissonDeviance, 1e300, f64::MIN_POSITIVE);
        assert!(matches!(beyond.kind(), ErrorKind::NonFiniteResult { .. }), "{beyond}");
    }

    #[test]
    fn a_row_of_weight_zero_is_absent() {
        let scorers = [Scorer::NegMeanSquaredLogError, Scorer::NegRootMeanSquaredLogError];
        let rows = [(0.0, 1.0), (-7.0, f64::NAN)];
        let losses = RowLosses::count(&scorers, rows.into_iter(), Some(&[2.0, 0.0])).unwrap();
        assert_eq!((losses.n_rows_of(RowLoss::SquaredLog), losses.0.len()), (1, 1));
    }
}
