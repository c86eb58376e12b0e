//! Categories, each column with a distribution of its own.

mod counts;
#[cfg(test)]
mod tests;

use linfa::Label;
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use self::counts::{CategoryCounts, NAME, code};
use super::counts::check_values;
use super::event_model::{EventModel, Examples, Mechanics, Statistics, for_each_nonzero};
use super::log_weights::{LogWeights, log_share};
use super::model::NaiveBayes;
use super::params::NaiveBayesParams;
use super::smoothing::{Smoothed, Smoothing};
use crate::data::{FeatureRow, FeatureRows, Float, wide};
use crate::error::{Error, ErrorKind, Result};

/// Naive Bayes for categories (scikit-learn's `CategoricalNB`): each column has a distribution of its own over its
/// categories, class by class.
///
/// Features are the codes of categories, whole numbers from 0, such as an
/// [`OrdinalEncoder`](crate::preprocessing::OrdinalEncoder) makes; in sparse rows what is left out is category 0. A column
/// has as many categories as its greatest code says, of those that were learned and of
/// [`min_categories`](NaiveBayesParams::min_categories). A chunk may bring greater codes than those before it.
///
/// ```
/// use chunkfit::bayes::CategoricalNb;
/// use linfa::prelude::*;
/// use ndarray::array;
///
/// // Colour: 0 red, 1 green, 2 blue. Size: 0 small, 1 large.
/// let data = Dataset::new(array![[0.0, 1.0], [0.0, 0.0], [2.0, 1.0], [1.0, 1.0]], array!["a", "a", "b", "b"]);
/// let model = CategoricalNb::params().min_categories(3).fit(&data)?;
/// assert_eq!(model.predict(&array![[0.0, 0.0], [2.0, 2.0]]), array!["a", "b"]);
/// assert_eq!(model.n_categories(), [3, 3]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// To predict for a category that is beyond those of its column is an error, as in scikit-learn; one within them that no
/// row has is smoothed like all others.
pub type CategoricalNb<L> = NaiveBayes<Categorical, L>;

/// The event model of [`CategoricalNb`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Categorical {
    smoothing: Smoothing,
    min_categories: MinCategories,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum MinCategories {
    Same(usize),
    /// One a column.
    Each(Vec<usize>),
}

impl Default for MinCategories {
    fn default() -> Self {
        MinCategories::Same(0)
    }
}

impl<L> NaiveBayesParams<Categorical, L> {
    /// The least number of categories that every column has, whatever was seen of it; default 0. Set it to the number of
    /// categories that there are, so that those that training lacks can be predicted for.
    pub fn min_categories(mut self, min_categories: usize) -> Self {
        self.0.event_model.min_categories = MinCategories::Same(min_categories);
        self
    }

    /// The same, one number a column (scikit-learn's `min_categories` as an array). As many as columns are needed, which
    /// is checked when fitting begins.
    pub fn min_categories_each(mut self, min_categories: Vec<usize>) -> Self {
        self.0.event_model.min_categories = MinCategories::Each(min_categories);
        self
    }
}

/// The log likelihoods of categories: those of a row of zeros, and by how much other categories differ from 0.
#[derive(Debug)]
pub struct CategoryWeights {
    /// By place. That of a category 0 is -∞ where it rules the class out; those of the others are then not by how much
    /// they differ, but their own.
    weights: LogWeights,
    /// The log likelihood of a row of zeros, class by class, columns in which they rule the class out left out.
    zeros: Vec<f64>,
    /// The number of those columns, class by class. Only without smoothing there are any.
    never_zero: Vec<usize>,
}

impl Categorical {
    fn least(&self, column: usize) -> usize {
        match &self.min_categories {
            MinCategories::Same(least) => *least,
            MinCategories::Each(least) => least[column],
        }
    }

    /// The logarithm of the share of each category of a column: shape (classes, categories).
    fn log_shares(&self, counts: &CategoryCounts, column: usize) -> Array2<f64> {
        let (mut shares, alpha) = (counts.of_column(column), self.smoothing.of(column));
        for (mut row, class_count) in shares.rows_mut().into_iter().zip(counts.class_count()) {
            let log_total = (class_count + alpha * row.len() as f64).ln();
            row.mapv_inplace(|count| log_share(count + alpha, log_total));
        }
        shares
    }
}

impl EventModel for Categorical {}

impl Smoothed for Categorical {
    fn smoothing(&mut self) -> &mut Smoothing {
        &mut self.smoothing
    }
}

impl Mechanics for Categorical {
    const NAME: &'static str = NAME;
    type Statistics = CategoryCounts;
    type Likelihood = CategoryWeights;

    fn check(&self) -> Result<()> {
        self.smoothing.check()
    }

    fn check_columns(&self, columns: usize) -> Result<()> {
        self.smoothing.check_columns(columns)?;
        match &self.min_categories {
            MinCategories::Each(least) if least.len() != columns => {
                Err(Error::shape("min_categories", columns, least.len()))
            }
            _ => Ok(()),
        }
    }

    fn check_rows<X: FeatureRows>(&self, x: &X) -> Result<()> {
        let is_code = |value| wide(value) > 0.0 && wide(value).is_finite() && wide(value).fract() == 0.0;
        check_values(x, "the code of a category, 0, 1, 2 and so on: encode categories with OrdinalEncoder", is_code)
    }

    fn check_known<X: FeatureRows>(&self, counts: &CategoryCounts, x: &X) -> Result<()> {
        for i in 0..x.nsamples() {
            let mut unknown = None;
            for_each_nonzero(x.feature_row(i), |j, value| {
                if code(value) >= counts.n_categories(j) {
                    unknown.get_or_insert((j, value));
                }
            });
            if let Some((column, value)) = unknown {
                let expected = "the code of a category that training had: set min_categories to the number of \
                                categories that there are, or train on rows that have this one";
                let kind = ErrorKind::InvalidFeature { column, value: wide(value), expected };
                return Err(Error::new(kind).at_row(i));
            }
        }
        Ok(())
    }

    fn learn<X: FeatureRows>(&self, counts: &mut CategoryCounts, rows: &Examples<'_, X>) -> Result<()> {
        counts.add(rows, |column| self.least(column))
    }

    fn likelihood(&self, counts: &CategoryCounts, _: &[f64]) -> Result<CategoryWeights> {
        let (n_classes, columns) = (counts.class_count().len(), counts.columns());
        let (mut zeros, mut never_zero) = (vec![0.0; n_classes], vec![0; n_classes]);
        let places = (0..columns).map(|j| counts.n_categories(j)).sum();
        let mut weights = Array2::zeros((n_classes, places));
        for j in 0..columns {
            let start = counts.start(j);
            for ((k, category), log) in self.log_shares(counts, j).indexed_iter() {
                weights[(k, start + category)] = *log;
            }
            for (k, mut row) in weights.rows_mut().into_iter().enumerate() {
                let zero: f64 = row[start];
                if zero == f64::NEG_INFINITY {
                    never_zero[k] += 1;
                } else {
                    zeros[k] += zero;
                    row.iter_mut().skip(start + 1).take(counts.n_categories(j) - 1).for_each(|log| *log -= zero);
                }
            }
        }
        Ok(CategoryWeights { weights: LogWeights::new(&weights), zeros, never_zero })
    }

    fn add_log_likelihood<X: FeatureRows>(
        &self,
        counts: &CategoryCounts,
        likelihood: &CategoryWeights,
        x: &X,
        joint: &mut Array2<f64>,
    ) {
        let CategoryWeights { weights, zeros, never_zero } = likelihood;
        let mut lacking = never_zero.clone();
        for (i, mut sums) in joint.rows_mut().into_iter().enumerate() {
            sums.iter_mut().zip(zeros).for_each(|(sum, zeros)| *sum += zeros);
            lacking.copy_from_slice(never_zero);
            for_each_nonzero(x.feature_row(i), |j, value| {
                let start = counts.start(j);
                let (zero, own) = (weights.of_column(start), weights.of_column(start + code(value)));
                for (((sum, lacking), zero), own) in sums.iter_mut().zip(&mut lacking).zip(zero).zip(own) {
                    *sum += own;
                    if *zero == f64::NEG_INFINITY {
                        *lacking -= 1;
                    }
                }
            });
            // A class that never has a 0 where this row has one.
            let ruled_out = lacking.iter().enumerate().filter(|(_, lacking)| **lacking > 0);
            ruled_out.for_each(|(k, _)| sums[k] = f64::NEG_INFINITY);
        }
    }

    /// A column adds one logarithm, so that nothing grows beyond what a float can hold.
    fn is_certain<F: Float>(&self, _: &CategoryWeights, _: impl FeatureRow<F>, _: usize) -> bool {
        true
    }
}

impl<L: Label> CategoricalNb<L> {
    /// The number of categories of each column (scikit-learn's `n_categories_`).
    pub fn n_categories(&self) -> Vec<usize> {
        (0..self.n_features()).map(|j| self.statistics.n_categories(j)).collect()
    }

    /// The weight of the rows of each class and category, one matrix a column (scikit-learn's `category_count_`): shape
    /// (classes, categories).
    pub fn category_count(&self) -> Vec<Array2<f64>> {
        (0..self.n_features()).map(|j| self.statistics.of_column(j)).collect()
    }

    /// The logarithm of each category's probability within each class, one matrix a column: shape (classes, categories).
    /// Computed at every call.
    pub fn feature_log_prob(&self) -> Vec<Array2<f64>> {
        (0..self.n_features()).map(|j| self.params.event_model.log_shares(&self.statistics, j)).collect()
    }
}
