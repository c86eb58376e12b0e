//! Columns that are there or not.

use linfa::Float as _;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::counts::{Counts, check_values};
use super::event_model::{Counting, EventModel, Examples, Mechanics, for_each_nonzero};
use super::log_weights::{LogWeights, is_above, remembering};
use super::model::NaiveBayes;
use super::params::NaiveBayesParams;
use super::smoothing::{Smoothed, Smoothing};
use crate::data::{FeatureRow, FeatureRows, Float};
use crate::error::{Error, Result};

/// Naive Bayes for features that are there or not (scikit-learn's `BernoulliNB`): unlike
/// [`MultinomialNb`](super::MultinomialNb) it heeds what is missing.
///
/// ```
/// use chunkfit::bayes::BernoulliNb;
/// use linfa::prelude::*;
/// use ndarray::array;
///
/// let data = Dataset::new(array![[5.0, -1.0], [7.0, 2.0], [-3.0, 4.0]], array![true, true, false]);
/// let model = BernoulliNb::params().fit(&data)?;
/// assert_eq!(model.predict(&array![[0.1, 0.0], [0.0, 9.0]]), array![true, false]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// The method: McCallum and Nigam, *A Comparison of Event Models for Naive Bayes Text
/// Classification*, AAAI/ICML Workshop 1998.
pub type BernoulliNb<L> = NaiveBayes<Bernoulli, L>;

/// The event model of [`BernoulliNb`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bernoulli {
    smoothing: Smoothing,
    binarize: Option<f64>,
}

impl Default for Bernoulli {
    fn default() -> Self {
        Bernoulli { smoothing: Smoothing::default(), binarize: Some(0.0) }
    }
}

impl<L> NaiveBayesParams<Bernoulli, L> {
    /// A feature is there if its value is above this; 0 or more. Default `Some(0.0)`.
    ///
    /// `None`: all features are 0 or 1 already, and others are an error.
    pub fn binarize(mut self, binarize: Option<f64>) -> Self {
        self.0.event_model.binarize = binarize;
        self
    }
}

/// What is added to a row's log likelihood by what is there and what is not.
#[derive(Debug)]
pub struct Presence {
    /// By how much a column that is there differs from one that is not.
    weights: LogWeights,
    /// The log likelihood of a row without anything, class by class, columns that are always there
    /// left out.
    nothing: Vec<f64>,
    /// How many columns are always there, class by class. Only without smoothing there are any.
    always: Vec<usize>,
}

impl Bernoulli {
    fn is_there<F: Float>(&self, value: F) -> bool {
        is_above(value, self.binarize.unwrap_or(0.0))
    }

    /// The smoothed number of rows of class `k`; that of column `j` needs the column's smoothing.
    fn total(&self, counts: &Counts, k: usize, j: usize) -> f64 {
        counts.class_count[k] + 2.0 * self.smoothing.of(j)
    }
}

impl EventModel for Bernoulli {}

impl Smoothed for Bernoulli {
    fn smoothing(&mut self) -> &mut Smoothing {
        &mut self.smoothing
    }
}

impl Counting for Bernoulli {
    fn feature_log_prob(&self, counts: &Counts) -> Array2<f64> {
        let mut shares = counts.feature_count.clone();
        for (k, mut row) in shares.rows_mut().into_iter().enumerate() {
            let mut log = remembering(f64::ln);
            let mut log_total = remembering(f64::ln);
            row.iter_mut().enumerate().for_each(|(j, count)| {
                let smoothed = *count + self.smoothing.of(j);
                // What was not seen has no share, not even of nothing.
                *count = if smoothed == 0.0 { log(0.0) } else { log(smoothed) - log_total(self.total(counts, k, j)) };
            });
        }
        shares
    }
}

impl Mechanics for Bernoulli {
    const NAME: &'static str = "BernoulliNb";
    type Statistics = Counts;
    type Likelihood = Presence;

    fn check(&self) -> Result<()> {
        self.smoothing.check()?;
        match self.binarize {
            Some(threshold) if !(threshold >= 0.0 && threshold.is_finite()) => {
                Err(Error::parameter("binarize", threshold, "a finite number of 0 or more, or None"))
            }
            _ => Ok(()),
        }
    }

    fn check_columns(&self, columns: usize) -> Result<()> {
        self.smoothing.check_columns(columns)
    }

    fn check_rows<X: FeatureRows>(&self, x: &X) -> Result<()> {
        match self.binarize {
            Some(_) => x.check_finite(),
            None => check_values(x, "0 or 1 with binarize(None)", |value| value == X::Elem::cast(1.0)),
        }
    }

    fn learn<X: FeatureRows>(&self, counts: &mut Counts, rows: &Examples<'_, X>) -> Result<()> {
        counts.add(rows, |value| f64::from(self.is_there(value)));
        Ok(())
    }

    fn likelihood(&self, counts: &Counts, _: &[f64]) -> Result<Presence> {
        let n_classes = counts.class_count.len();
        let (mut nothing, mut always) = (vec![0.0; n_classes], vec![0; n_classes]);
        let mut weights = self.feature_log_prob(counts);
        let mut log = remembering(f64::ln);
        weights.indexed_iter_mut().for_each(|((k, j), weight)| {
            let total = self.total(counts, k, j);
            // scikit-learn's 1 - exp(log probability) loses the digits of what is almost always there.
            let missing = counts.class_count[k] - counts.feature_count[(k, j)] + self.smoothing.of(j);
            let log_missing = if total > 0.0 { log(missing / total) } else { 0.0 };
            *weight -= log_missing;
            if log_missing == f64::NEG_INFINITY {
                always[k] += 1;
            } else {
                nothing[k] += log_missing;
            }
        });
        Ok(Presence { weights: LogWeights::new(&weights), nothing, always })
    }

    fn add_log_likelihood<X: FeatureRows>(&self, _: &Counts, presence: &Presence, x: &X, joint: &mut Array2<f64>) {
        let mut lacking = presence.always.clone();
        for (i, mut sums) in joint.rows_mut().into_iter().enumerate() {
            sums.iter_mut().zip(&presence.nothing).for_each(|(sum, nothing)| *sum += nothing);
            lacking.copy_from_slice(&presence.always);
            for_each_nonzero(x.feature_row(i), |j, value| {
                if self.is_there(value) {
                    for ((sum, lacking), weight) in sums.iter_mut().zip(&mut lacking).zip(presence.weights.of_column(j))
                    {
                        // Infinite: always there, which adds nothing to what is certain.
                        if *weight == f64::INFINITY { *lacking -= 1 } else { *sum += weight }
                    }
                }
            });
            // A class that never lacks what this row lacks.
            let ruled_out = lacking.iter().enumerate().filter(|(_, lacking)| **lacking > 0);
            ruled_out.for_each(|(k, _)| sums[k] = f64::NEG_INFINITY);
        }
    }

    /// Features are there or not, so that nothing grows beyond what a float can hold.
    fn is_certain<F: Float>(&self, _: &Presence, _: impl FeatureRow<F>, _: usize) -> bool {
        true
    }
}
