//! Any numbers, normally distributed.

use std::f64::consts::TAU;

use linfa::Label;
use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use super::event_model::{EventModel, Examples, Mechanics, Statistics};
use super::model::NaiveBayes;
use super::moments::Moments;
use super::params::NaiveBayesParams;
use crate::data::{FeatureRow, FeatureRows, Float, wide};
use crate::error::{Error, Result};

/// Naive Bayes for numbers, each column being normally distributed within a class (scikit-learn's
/// `GaussianNB`).
///
/// ```
/// use chunkfit::bayes::GaussianNb;
/// use linfa::prelude::*;
/// use ndarray::array;
///
/// let data = Dataset::new(array![[-2.0], [-1.0], [1.0], [2.5]], array!["low", "low", "high", "high"]);
/// let model = GaussianNb::params().fit(&data)?;
/// assert_eq!(model.predict(&array![[-0.8], [1.4]]), array!["low", "high"]);
/// assert_eq!(model.theta()[(0, 0)], 1.75); // "high" comes first
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// Columns are smoothed by the variance of all rows learned so far, so chunks give, up to rounding,
/// the model of all their rows. scikit-learn's `partial_fit` takes the variance of the last chunk
/// alone (and takes that from the variances, too, to which it had added an earlier one's); its `fit`
/// is the same as this.
///
/// Sparse rows may be learned from at their own cost, but to predict for one costs as much as for a
/// dense one.
pub type GaussianNb<L> = NaiveBayes<Gaussian, L>;

/// The event model of [`GaussianNb`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gaussian {
    var_smoothing: f64,
}

impl Default for Gaussian {
    fn default() -> Self {
        Gaussian { var_smoothing: 1e-9 }
    }
}

impl<L> NaiveBayesParams<Gaussian, L> {
    /// What is added to all variances, as a share of the greatest variance of a column over the rows
    /// of all classes (unweighted); 0 or more. Default 1e-9.
    pub fn var_smoothing(mut self, var_smoothing: f64) -> Self {
        self.0.event_model.var_smoothing = var_smoothing;
        self
    }

    /// How probable each class is beforehand, in the order of the sorted classes. By default as it
    /// was frequent.
    ///
    /// Numbers of 0 or more whose sum is 1, as many as there are classes. To learn chunk by chunk the
    /// [`classes`](Self::classes) must be declared.
    pub fn priors(mut self, priors: Vec<f64>) -> Self {
        self.0.prior.given = Some(priors);
        self
    }
}

/// What [`GaussianNb`] keeps of the rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GaussianStatistics {
    by_class: Moments,
    /// Of all rows as one class, each counted once: what smoothing goes by.
    overall: Moments,
}

/// Normal distributions, class by class.
#[derive(Debug)]
pub struct Normal {
    var: Array2<f64>,
    /// 1 / `var`.
    precision: Array2<f64>,
    /// The log likelihood of the mean.
    peak: Vec<f64>,
}

impl Gaussian {
    fn epsilon(&self, statistics: &GaussianStatistics) -> f64 {
        self.var_smoothing * statistics.overall.variance().iter().fold(0.0, |max: f64, &v| max.max(v))
    }
}

impl EventModel for Gaussian {}

impl Mechanics for Gaussian {
    const NAME: &'static str = "GaussianNb";
    type Statistics = GaussianStatistics;
    type Likelihood = Normal;

    fn check(&self) -> Result<()> {
        let smoothing = self.var_smoothing;
        if smoothing >= 0.0 && smoothing.is_finite() {
            Ok(())
        } else {
            Err(Error::parameter("var_smoothing", smoothing, "a finite number of 0 or more"))
        }
    }

    fn check_prior(&self, given: &[f64]) -> Result<()> {
        let sum: f64 = given.iter().sum();
        // numpy's isclose.
        if (sum - 1.0).abs() <= 1e-5 {
            Ok(())
        } else {
            Err(Error::parameter("priors", given, format!("numbers whose sum is 1, not {sum}")))
        }
    }

    fn check_rows<X: FeatureRows>(&self, x: &X) -> Result<()> {
        x.check_finite()
    }

    fn learn<X: FeatureRows>(&self, statistics: &mut GaussianStatistics, rows: &Examples<'_, X>) -> Result<()> {
        let n_classes = statistics.class_count().len();
        let all: Vec<usize> = (0..n_classes).collect();
        statistics.by_class.merge(&Moments::of_rows(rows.x, n_classes, rows.each()), &all);
        let each_once = rows.each().map(|(i, ..)| (i, 0, 1.0));
        statistics.overall.merge(&Moments::of_rows(rows.x, 1, each_once), &[0]);
        Ok(())
    }

    fn likelihood(&self, statistics: &GaussianStatistics, log_prior: &[f64]) -> Result<Normal> {
        let var = statistics.by_class.variance() + self.epsilon(statistics);
        let mut precision = var.clone();
        for (mut row, &log_prior) in precision.rows_mut().into_iter().zip(log_prior) {
            if let Some(j) = row.iter().position(|&var| !var.recip().is_finite()) {
                if log_prior > f64::NEG_INFINITY {
                    let expected = format!("above 0, and rows that differ: column {j} does not vary within a class");
                    return Err(Error::parameter("var_smoothing", self.var_smoothing, expected));
                }
                // The prior rules the class out; any distribution will do.
                row.fill(1.0);
            }
            row.mapv_inplace(f64::recip);
        }
        let peak = precision.rows().into_iter().map(|row| 0.5 * row.iter().map(|p| (p / TAU).ln()).sum::<f64>());
        Ok(Normal { var, peak: peak.collect(), precision })
    }

    fn add_log_likelihood<X: FeatureRows>(
        &self,
        statistics: &GaussianStatistics,
        normal: &Normal,
        x: &X,
        joint: &mut Array2<f64>,
    ) {
        let mut row = vec![0.0; x.nfeatures()];
        for (i, mut sums) in joint.rows_mut().into_iter().enumerate() {
            row.fill(0.0);
            x.feature_row(i).for_each(|j, value| row[j] = wide(value));
            for (k, sum) in sums.iter_mut().enumerate() {
                let spread = statistics.by_class.mean.row(k).into_iter().zip(normal.precision.row(k));
                let distance: f64 = row.iter().zip(spread).map(|(x, (mean, p))| (x - mean).powi(2) * p).sum();
                *sum += normal.peak[k] - 0.5 * distance;
            }
        }
    }

    /// A normal distribution rules nothing out: the row is too far from the mean for its distance to be told.
    fn is_certain<F: Float>(&self, _: &Normal, _: impl FeatureRow<F>, _: usize) -> bool {
        false
    }
}

impl Statistics for GaussianStatistics {
    /// Mean and deviations, those of the chunk, and the weight of what is not zero there.
    const BYTES: usize = 5 * size_of::<f64>();

    fn empty(columns: usize) -> Self {
        GaussianStatistics { by_class: Moments::zeros(0, columns), overall: Moments::zeros(1, columns) }
    }

    fn columns(&self) -> usize {
        self.by_class.mean.ncols()
    }

    fn are_whole(&self, n_classes: usize) -> bool {
        self.by_class.are_whole(n_classes, self.columns()) && self.overall.are_whole(1, self.columns())
    }

    fn class_count(&self) -> &[f64] {
        &self.by_class.weight
    }

    fn rearrange(&mut self, origin: &[Option<usize>]) {
        self.by_class.rearrange(origin);
    }

    fn merge(&mut self, other: &Self, to: &[usize]) -> Result<()> {
        self.by_class.merge(&other.by_class, to);
        self.overall.merge(&other.overall, &[0]);
        Ok(())
    }

    fn check_overflow(&self, estimator: &'static str) -> Result<()> {
        self.by_class.check_overflow(estimator)?;
        self.overall.check_overflow(estimator)
    }

    const CHECKED_OFTEN: bool = true;
}

impl<L: Label> GaussianNb<L> {
    /// The mean of each class's rows: shape (classes, columns).
    pub fn theta(&self) -> ArrayView2<'_, f64> {
        self.statistics.by_class.mean.view()
    }

    /// The variance of each class's rows, smoothed: shape (classes, columns).
    ///
    /// # Errors
    /// Those of predicting, apart from the rows'.
    pub fn var(&self) -> Result<ArrayView2<'_, f64>> {
        Ok(self.posterior()?.likelihood.var.view())
    }

    /// What smoothing adds to every variance (scikit-learn's `epsilon_`).
    pub fn epsilon(&self) -> f64 {
        self.params.event_model.epsilon(&self.statistics)
    }
}
