//! Counts told by the classes they are not from.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use super::counts::{Counts, check_counts};
use super::event_model::{Counting, EventModel, Examples, Mechanics};
use super::log_weights::{LogWeights, remembering};
use super::model::NaiveBayes;
use super::params::NaiveBayesParams;
use super::smoothing::{Smoothed, Smoothing};
use crate::data::{FeatureRow, FeatureRows, Float, wide};
use crate::error::{Error, Result};

/// Naive Bayes that asks how badly a row fits all other classes (scikit-learn's `ComplementNB`): for
/// counts, where some classes are much rarer than others.
///
/// Features are 0 or more. The prior matters only if there is a single class, as in scikit-learn.
///
/// ```
/// use chunkfit::bayes::ComplementNb;
/// use linfa::prelude::*;
/// use ndarray::array;
///
/// let data = Dataset::new(array![[2.0, 0.0], [0.0, 1.0], [1.0, 3.0]], array!["sport", "trade", "trade"]);
/// let model = ComplementNb::params().norm(true).fit(&data)?;
/// assert_eq!(model.predict(&array![[1.0, 0.0], [1.0, 2.0]]), array!["sport", "trade"]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// The method: Rennie, Shih, Teevan and Karger, *Tackling the Poor Assumptions of Naive Bayes Text
/// Classifiers*, ICML 2003.
pub type ComplementNb<L> = NaiveBayes<Complement, L>;

/// The event model of [`ComplementNb`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Complement {
    smoothing: Smoothing,
    norm: bool,
}

impl<L> NaiveBayesParams<Complement, L> {
    /// Whether each class's weights are divided by their sum. Default `false`. Needs `alpha` above 0.
    pub fn norm(mut self, norm: bool) -> Self {
        self.0.event_model.norm = norm;
        self
    }
}

impl EventModel for Complement {}

impl Smoothed for Complement {
    fn smoothing(&mut self) -> &mut Smoothing {
        &mut self.smoothing
    }
}

impl Counting for Complement {
    fn feature_log_prob(&self, counts: &Counts) -> Array2<f64> {
        let smoothed = counts.feature_count.sum_axis(Axis(0)).into_iter().enumerate();
        let smoothed: Vec<f64> = smoothed.map(|(j, count)| count + self.smoothing.of(j)).collect();
        let mut weights = counts.feature_count.clone();
        for mut row in weights.rows_mut() {
            row.iter_mut().zip(&smoothed).for_each(|(count, all)| *count = all - *count);
            let total = row.sum();
            // Nothing outside the class, and no smoothing: the limit of ever less of it.
            let (total, none) = if total > 0.0 { (total, 0.0) } else { (row.len() as f64, 1.0) };
            row.mapv_inplace(remembering(|count| ((count + none) / total).ln()));
            let divisor = if self.norm { row.sum() } else { -1.0 };
            row /= divisor;
        }
        weights
    }
}

impl Mechanics for Complement {
    const NAME: &'static str = "ComplementNb";
    type Statistics = Counts;
    type Likelihood = LogWeights;

    fn check(&self) -> Result<()> {
        self.smoothing.check()?;
        if self.norm && self.smoothing.may_be_zero() {
            return Err(Error::parameter("alpha", 0.0, "above 0 with norm, or force_alpha(false)"));
        }
        Ok(())
    }

    fn check_columns(&self, columns: usize) -> Result<()> {
        self.smoothing.check_columns(columns)
    }

    fn check_rows<X: FeatureRows>(&self, x: &X) -> Result<()> {
        check_counts(x)
    }

    fn learn<X: FeatureRows>(&self, counts: &mut Counts, rows: &Examples<'_, X>) -> Result<()> {
        counts.add(rows, wide);
        Ok(())
    }

    fn likelihood(&self, counts: &Counts, _: &[f64]) -> Result<LogWeights> {
        Ok(LogWeights::new(&self.feature_log_prob(counts)))
    }

    fn has_prior(n_classes: usize) -> bool {
        n_classes == 1
    }

    fn add_log_likelihood<X: FeatureRows>(&self, _: &Counts, weights: &LogWeights, x: &X, joint: &mut Array2<f64>) {
        weights.add_products(x, joint);
    }

    fn is_certain<F: Float>(&self, weights: &LogWeights, row: impl FeatureRow<F>, class: usize) -> bool {
        weights.has_infinite(row, class)
    }
}
