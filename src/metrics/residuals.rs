//! Regression scores: sums over the differences of predictions and targets.

use serde::{Deserialize, Serialize};

use super::row_weights;
use super::scorer::{REGRESSION, Scorer};
use crate::data::Twofold;
use crate::data::checked::{checked_when_read, contradiction, is_count, is_weight};
use crate::error::{Error, ErrorKind, Result};

/// Sums over the errors of a regressor; mergeable over chunks.
///
/// All scores are scikit-learn's. As there, NaN and infinite values are refused; so are finite ones whose errors are
/// beyond what a float can hold, of which there the scores are infinite.
///
/// Rows may have weights (scikit-learn's `sample_weight`); a row of weight 0 counts as absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Residuals {
    n_rows: usize,
    /// The sum of the weights of the rows; without weights their number. So below: sums are weighted.
    weight: f64,
    mean: Twofold,
    /// Σ (y - mean)²
    spread: f64,
    /// The mean of y - p.
    bias: Twofold,
    /// Σ (y - p - bias)²
    error_spread: f64,
    /// Σ (y - p)²
    squared: f64,
    /// Σ |y - p|
    absolute: f64,
    /// max |y - p|
    largest: f64,
}

checked_when_read!(Residuals, serialize: [], deserialize: []);

impl Residuals {
    fn check_read(&self) -> Result<()> {
        let rows = is_count([self.n_rows as u64]) && is_weight(self.weight) && (self.n_rows > 0) == (self.weight > 0.0);
        // Sums may have overflowed, which is said when they are scored.
        let sums = [self.spread, self.error_spread, self.squared, self.absolute, self.largest];
        match rows && !sums.iter().any(|&sum| sum < 0.0) {
            true => Ok(()),
            false => Err(contradiction(format!("sums of {} rows of weight {}", self.n_rows, self.weight))),
        }
    }

    /// Sums up the pairs of true and predicted values.
    ///
    /// # Errors
    /// A different number of true and predicted values; with the row, a true value that is NaN or infinite (kind
    /// `InvalidTarget`), a predicted one (`NonFiniteResult`), and an error beyond what a float can hold
    /// (`NonFiniteResult`).
    pub fn count(
        truth: impl ExactSizeIterator<Item = f64>,
        predicted: impl ExactSizeIterator<Item = f64>,
    ) -> Result<Self> {
        Self::count_weighted(truth, predicted, None)
    }

    /// The same, each row counting `sample_weight` times (scikit-learn's `sample_weight`).
    ///
    /// # Errors
    /// Those of [`count`](Self::count); a different number of weights (kind `ShapeMismatch`), and a weight that is
    /// negative, NaN or infinite (`InvalidParameter`, name `sample_weight`).
    pub fn count_weighted(
        truth: impl ExactSizeIterator<Item = f64>,
        predicted: impl ExactSizeIterator<Item = f64>,
        sample_weight: Option<&[f64]>,
    ) -> Result<Self> {
        if truth.len() != predicted.len() {
            return Err(Error::shape("predicted values", truth.len(), predicted.len()));
        }
        row_weights::check(truth.len(), sample_weight)?;
        let mut sums = Residuals::default();
        for (i, (y, p)) in truth.zip(predicted).enumerate() {
            let weight = row_weights::weight_of(i, sample_weight);
            if !(y - p).powi(2).is_finite() {
                return Err(odd(y, p).at_row(i));
            }
            if weight > 0.0 {
                sums = sums.merge(&Residuals::of_row(y, p, weight));
            }
        }
        Ok(sums)
    }

    fn of_row(y: f64, p: f64, weight: f64) -> Self {
        let error = (y - p).abs();
        Residuals {
            n_rows: 1,
            weight,
            mean: Twofold { high: y, low: 0.0 },
            spread: 0.0,
            bias: Twofold { high: y - p, low: 0.0 },
            error_spread: 0.0,
            squared: weight * error.powi(2),
            absolute: weight * error,
            largest: error,
        }
    }

    /// Adds the sums of other rows (Chan, Golub and LeVeque 1983 for the spreads, the means having twice the digits of
    /// a float).
    pub fn merge(self, other: &Self) -> Self {
        if other.n_rows == 0 {
            return self;
        }
        if self.n_rows == 0 {
            return *other;
        }
        let (a, b) = (self.weight, other.weight);
        let weight = a + b;
        let (gap, bias_gap) = (other.mean.minus(self.mean), other.bias.minus(self.bias));
        Residuals {
            n_rows: self.n_rows + other.n_rows,
            weight,
            mean: self.mean.plus(gap * b / weight),
            // The same bits whichever of the two comes first.
            spread: self.spread + other.spread + gap * gap * (a * b) / weight,
            bias: self.bias.plus(bias_gap * b / weight),
            error_spread: self.error_spread + other.error_spread + bias_gap * bias_gap * (a * b) / weight,
            squared: self.squared + other.squared,
            absolute: self.absolute + other.absolute,
            // Not `f64::max`, which would lose a NaN.
            largest: if other.largest <= self.largest || self.largest.is_nan() { self.largest } else { other.largest },
        }
    }

    /// How many rows of a weight above 0 were summed up.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Refuses sums beyond what a float can hold.
    pub(crate) fn checked(self) -> Result<Self> {
        let sums = [self.weight, self.mean.high, self.mean.low, self.spread, self.squared, self.absolute];
        match sums.iter().all(|sum| sum.is_finite()) {
            true => Ok(self),
            false => Err(Error::new(ErrorKind::NonFiniteResult { what: "sum of squared errors" })),
        }
    }

    /// The sum of the weights of the rows; without weights their number.
    pub fn total_weight(&self) -> f64 {
        self.weight
    }

    /// The share of the targets' variance that the predictions explain (scikit-learn's `r2_score`):
    /// at most 1; NaN for fewer than two rows, as there, and for sums beyond what a float can hold.
    pub fn r2(&self) -> f64 {
        match (self.n_rows, self.spread == 0.0) {
            (0 | 1, _) => f64::NAN,
            _ if !(self.spread.is_finite() && self.squared.is_finite()) => f64::NAN,
            // Constant targets: scikit-learn calls exact predictions 1, all others 0.
            (_, true) => f64::from(u8::from(self.squared == 0.0)),
            _ => 1.0 - self.squared / self.spread,
        }
    }

    /// The share of the targets' variance that the predictions explain, whatever they are off by on average
    /// (scikit-learn's `explained_variance_score`): at most 1, and 1 where all errors are the same; NaN for no rows,
    /// and for sums beyond what a float can hold.
    pub fn explained_variance(&self) -> f64 {
        match (self.spread == 0.0, self.error_spread == 0.0) {
            _ if self.n_rows == 0 || !(self.spread.is_finite() && self.error_spread.is_finite()) => f64::NAN,
            (_, true) => 1.0,
            (true, false) => 0.0,
            _ => 1.0 - self.error_spread / self.spread,
        }
    }

    /// The mean squared error; NaN for no rows.
    pub fn mean_squared_error(&self) -> f64 {
        self.squared / self.weight
    }

    /// The square root of the mean squared error (scikit-learn's `root_mean_squared_error`); NaN for no rows.
    pub fn root_mean_squared_error(&self) -> f64 {
        self.mean_squared_error().sqrt()
    }

    /// The mean absolute error; NaN for no rows.
    pub fn mean_absolute_error(&self) -> f64 {
        self.absolute / self.weight
    }

    /// The largest absolute error (scikit-learn's `max_error`); NaN for no rows.
    pub fn max_error(&self) -> f64 {
        if self.n_rows == 0 { f64::NAN } else { self.largest }
    }

    /// The score of this name, greater being better.
    ///
    /// # Errors
    /// A scorer of other models; one of one's own or of logarithms, percentages and deviances, for which a
    /// [`ValueTally`](super::ValueTally) has what it needs; no rows; sums beyond what a float can hold.
    pub fn score(&self, scorer: &Scorer) -> Result<f64> {
        self.checked()?;
        let score = match scorer {
            Scorer::R2 => self.r2(),
            Scorer::ExplainedVariance => self.explained_variance(),
            Scorer::NegRootMeanSquaredError => -self.root_mean_squared_error(),
            Scorer::NegMeanSquaredError => -self.mean_squared_error(),
            Scorer::NegMeanAbsoluteError => -self.mean_absolute_error(),
            Scorer::NegMaxError => -self.max_error(),
            _ => return Err(scorer.unfit(REGRESSION)),
        };
        if self.n_rows == 0 {
            return Err(scorer.no_rows());
        }
        Ok(score)
    }
}

/// The error of a row whose squared error is NaN or infinite.
fn odd(y: f64, p: f64) -> Error {
    match (y.is_finite(), p.is_finite()) {
        (false, _) => {
            Error::new(ErrorKind::InvalidTarget { value: y.to_string(), expected: "a finite number to score against" })
        }
        (_, false) => Error::new(ErrorKind::NonFiniteResult { what: "prediction" }),
        _ => Error::new(ErrorKind::NonFiniteResult { what: "squared error" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_merged_are_the_whole() {
        let y = [3.0, -0.5, 2.0, 7.0];
        let p = [2.5, 0.0, 2.0, 8.0];
        let count = |a: usize, b: usize| Residuals::count(y[a..b].iter().copied(), p[a..b].iter().copied()).unwrap();
        for cut in 0..=4 {
            let sums = count(0, cut).merge(&count(cut, 4));
            // scikit-learn's documentation gives these for its r2_score and errors.
            assert!((sums.r2() - 0.9486081370449679).abs() < 1e-15);
            assert_eq!((sums.mean_squared_error(), sums.mean_absolute_error(), sums.max_error()), (0.375, 0.5, 1.0));
        }
        assert!(count(0, 0).r2().is_nan() && count(0, 1).r2().is_nan() && count(0, 0).max_error().is_nan());
        assert_eq!(Residuals::count([1.0, 1.0].into_iter(), [1.0, 1.0].into_iter()).unwrap().r2(), 1.0);
        assert_eq!(Residuals::count([1.0, 1.0].into_iter(), [1.0, 2.0].into_iter()).unwrap().r2(), 0.0);
        // So does scikit-learn, which calls a constant error of constant targets 1.
        let explained =
            |y: [f64; 2], p: [f64; 2]| Residuals::count(y.into_iter(), p.into_iter()).unwrap().explained_variance();
        assert_eq!((count(0, 1).explained_variance(), explained([1.0, 1.0], [2.0, 2.0])), (1.0, 1.0));
        assert_eq!(explained([1.0, 1.0], [2.0, 3.0]), 0.0);
        assert!(count(0, 0).explained_variance().is_nan());
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_row() {
        let count = |y: [f64; 2], p: [f64; 2]| Residuals::count(y.into_iter(), p.into_iter());
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let error = count([1.0, bad], [1.0, bad]).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::InvalidTarget { .. }), "{error}");
            assert_eq!(error.place().row, Some(1));
            let error = count([1.0, 2.0], [bad, 2.0]).unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::NonFiniteResult { what: "prediction" });
            assert_eq!(error.place().row, Some(0));
        }
        let error = count([1.0, 1e200], [1.0, -1e200]).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NonFiniteResult { what: "squared error" });
        // Each row has a finite error, and all together have not; nor have the targets a variance.
        for (y, p) in [([1.3e154, 1.3e154], [0.0, 0.0]), ([1e200, -1e200], [1e200, -1e200])] {
            let sums = count(y, p).unwrap();
            assert!(sums.r2().is_nan());
            assert!(matches!(sums.score(&Scorer::R2).unwrap_err().kind(), ErrorKind::NonFiniteResult { .. }));
        }
    }

    #[test]
    fn scorers_are_negated_errors() {
        let sums = Residuals::count([1.0, 3.0].into_iter(), [1.0, 2.0].into_iter()).unwrap();
        let score = |scorer: Scorer| sums.score(&scorer).unwrap();
        assert_eq!((score(Scorer::R2), score(Scorer::NegMeanSquaredError)), (0.5, -0.5));
        assert_eq!((score(Scorer::NegMeanAbsoluteError), score(Scorer::NegMaxError)), (-0.5, -1.0));
        let error = sums.score(&Scorer::Accuracy).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidParameter { name: "scoring", .. }));
        let error = Residuals::default().score(&Scorer::R2).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NoScoredRows { score: "r2".into() });
    }
}
