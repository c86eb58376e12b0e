//! `ValueTally`: the sums that scorers of regressors read.

use serde::{Deserialize, Serialize};

use super::row_means::RowMeans;
use super::scorer::REGRESSION;
use super::{Residuals, Scorer};
use crate::error::Result;

/// [`Residuals`], and the sums of scorers of one's own; mergeable over chunks.
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
    means: RowMeans,
}

impl ValueTally {
    /// Sums up the pairs of true and predicted values, for all named scorers and for those of one's
    /// own among `scorers`.
    ///
    /// # Errors
    /// A different number of true and predicted values.
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
        let mut means = RowMeans::default();
        for scorer in scorers {
            if let Scorer::Custom(custom) = scorer
                && let Some(of_row) = custom.of_values()
            {
                let rows = truth.clone().zip(predicted.clone()).map(|(y, p)| of_row(y, p));
                means.add(custom.identity(), rows, sample_weight);
            }
        }
        Ok(ValueTally { residuals, means })
    }

    /// Adds the sums of other rows.
    pub fn merge(self, other: &Self) -> Self {
        ValueTally { residuals: self.residuals.merge(&other.residuals), means: self.means.merge(&other.means) }
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
    /// A scorer of classifiers, or one of one's own that was not counted (kind `InvalidParameter`,
    /// name `scoring`); no rows (`NoScoredRows`).
    pub fn score(&self, scorer: &Scorer) -> Result<f64> {
        let Scorer::Custom(custom) = scorer else { return self.residuals.score(scorer) };
        match (self.n_rows(), self.means.n_rows_of(custom.identity())) {
            _ if custom.of_values().is_none() => Err(scorer.unfit(REGRESSION)),
            (0, _) => Err(scorer.no_rows()),
            (_, 0) => Err(scorer.unfit("a scorer among those that were counted")),
            _ => Ok(self.means.mean(custom.identity())),
        }
    }
}
