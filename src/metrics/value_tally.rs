//! `ValueTally`: the sums that scorers of regressors read.

use serde::{Deserialize, Serialize};

use super::row_losses::{RowLoss, RowLosses};
use super::row_means::RowMeans;
use super::scorer::REGRESSION;
use super::{Residuals, Scorer};
use crate::error::{Error, ErrorKind, Result};

const UNCOUNTED: &str = "a scorer among those that were counted";

/// [`Residuals`], and the sums of scorers of logarithms, percentages and deviances and of one's own; mergeable over
/// chunks.
///
/// ```
/// use chunkfit::metrics::{Scorer, ValueTally};
///
/// let late = Scorer::mean_of_values("neg_late", |truth, predicted| -(truth - predicted).max(0.0));
/// let scorers = [Scorer::R2, late];
/// let one = ValueTally::count([1.0, 3.0].into_iter(), [2.0, 2.0].into_iter(), &scorers)?;
/// let two = ValueTally::count([5.0].into_iter(), [4.5].into_iter(), &scorers)?;
/// assert_eq!(one.merge(&two).score(&scorers[1])?, -0.5);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ValueTally {
    residuals: Residuals,
    losses: RowLosses,
    means: RowMeans,
}

impl ValueTally {
    /// Sums up the pairs of true and predicted values, for all scorers that are read from [`Residuals`] and for all
    /// others among `scorers`.
    ///
    /// # Errors
    /// A different number of true and predicted values; those of [`Residuals::count`]; with the row, a true or a
    /// predicted value that one of `scorers` is not defined for, such as the logarithmic error of a value of -1 or less
    /// (kinds `InvalidTarget`; `InvalidParameter`, name `scoring`).
    pub fn count(
        truth: impl ExactSizeIterator<Item = f64> + Clone,
        predicted: impl ExactSizeIterator<Item = f64> + Clone,
        scorers: &[Scorer],
    ) -> Result<Self> {
        Self::count_weighted(truth, predicted, scorers, None)
    }

    /// The same, each row counting `sample_weight` times (scikit-learn's `sample_weight`).
    ///
    /// # Errors
    /// As [`count`](Self::count); weights that are not one for each row (kind `ShapeMismatch`); a weight that is
    /// negative, NaN or infinite (`InvalidParameter`, name `sample_weight`).
    pub fn count_weighted(
        truth: impl ExactSizeIterator<Item = f64> + Clone,
        predicted: impl ExactSizeIterator<Item = f64> + Clone,
        scorers: &[Scorer],
        sample_weight: Option<&[f64]>,
    ) -> Result<Self> {
        let residuals = Residuals::count_weighted(truth.clone(), predicted.clone(), sample_weight)?;
        let losses = RowLosses::count(scorers, truth.clone().zip(predicted.clone()), sample_weight)?;
        let mut means = RowMeans::default();
        for scorer in scorers {
            if let Scorer::Custom(custom) = scorer
                && let Some(of_row) = custom.of_values()
            {
                let rows = truth.clone().zip(predicted.clone()).map(|(y, p)| of_row(y, p));
                means.add(custom.identity(), rows, sample_weight);
            }
        }
        Ok(ValueTally { residuals, losses, means })
    }

    /// Adds the sums of other rows.
    pub fn merge(self, other: &Self) -> Self {
        ValueTally {
            residuals: self.residuals.merge(&other.residuals),
            losses: self.losses.merge(&other.losses),
            means: self.means.merge(&other.means),
        }
    }

    /// How many rows were summed up.
    pub fn n_rows(&self) -> usize {
        self.residuals.n_rows()
    }

    /// The true against the predicted values.
    pub fn residuals(&self) -> &Residuals {
        &self.residuals
    }

    /// The score of this name, greater being better.
    ///
    /// # Errors
    /// A scorer of other models, or one that was not counted (kind `InvalidParameter`, name `scoring`); no rows
    /// (`NoScoredRows`); sums beyond what a float can hold (`NonFiniteResult`).
    pub fn score(&self, scorer: &Scorer) -> Result<f64> {
        if let Some(loss) = RowLoss::of(scorer) {
            return match (self.n_rows(), self.losses.n_rows_of(loss), self.losses.mean(loss)) {
                (0, ..) => Err(scorer.no_rows()),
                (_, 0, _) => Err(scorer.unfit(UNCOUNTED)),
                (.., mean) if !mean.is_finite() => {
                    Err(Error::new(ErrorKind::NonFiniteResult { what: "sum of losses" }))
                }
                (.., mean) if *scorer == Scorer::NegRootMeanSquaredLogError => Ok(-mean.sqrt()),
                (.., mean) => Ok(-mean),
            };
        }
        let Scorer::Custom(custom) = scorer else { return self.residuals.score(scorer) };
        match (self.n_rows(), self.means.n_rows_of(custom.identity())) {
            _ if custom.of_values().is_none() => Err(scorer.unfit(REGRESSION)),
            (0, _) => Err(scorer.no_rows()),
            (_, 0) => Err(scorer.unfit(UNCOUNTED)),
            _ => Ok(self.means.mean(custom.identity())),
        }
    }
}
