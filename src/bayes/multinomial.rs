//! Counts drawn from one distribution over the columns.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::counts::{Counts, check_counts};
use super::event_model::{Counting, EventModel, Examples, Mechanics};
use super::log_weights::{LogWeights, log_share, remembering};
use super::model::NaiveBayes;
use super::smoothing::{Smoothed, Smoothing};
use crate::data::{FeatureRow, FeatureRows, Float, wide};
use crate::error::Result;

/// Naive Bayes for counts, such as words in documents (scikit-learn's `MultinomialNB`).
///
/// Features are 0 or more, and need not be whole: tf-idf works, too. Hash with
/// `alternate_sign(false)`.
///
/// ```
/// use chunkfit::bayes::MultinomialNb;
/// use chunkfit::data::Csr;
/// use chunkfit::estimator::PredictProba;
/// use linfa::DatasetBase;
/// use linfa::traits::{FitWith, Predict};
/// use ndarray::array;
///
/// let chunks = [
///     DatasetBase::new(Csr::from_dense(&array![[2.0, 0.0, 1.0], [0.0, 1.0, 1.0]])?, array!["spam", "ham"]),
///     DatasetBase::new(Csr::from_dense(&array![[0.0, 3.0, 0.0], [1.0, 0.0, 0.0]])?, array!["ham", "spam"]),
/// ];
/// let params = MultinomialNb::params().alpha(0.5);
/// // From chunk to chunk,
/// let first = params.fit_with(None, &chunks[0])?;
/// let model = params.fit_with(Some(first.clone()), &chunks[1])?;
/// assert_eq!(model.predict(&chunks[0].records), array!["spam", "ham"]);
/// assert!(model.predict_proba(&chunks[0].records)?[(0, 1)] > 0.8);
/// // or each on its own, and then merged.
/// assert_eq!(first.merge(params.fit_with(None, &chunks[1])?)?, model);
/// # Ok::<(), chunkfit::Error>(())
/// ```
///
/// The method: Manning, Raghavan and Schütze, *Introduction to Information Retrieval*, 2008, ch. 13.
pub type MultinomialNb<L> = NaiveBayes<Multinomial, L>;

/// The event model of [`MultinomialNb`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Multinomial {
    smoothing: Smoothing,
}

impl EventModel for Multinomial {}

impl Smoothed for Multinomial {
    fn smoothing(&mut self) -> &mut Smoothing {
        &mut self.smoothing
    }
}

impl Counting for Multinomial {
    fn feature_log_prob(&self, counts: &Counts) -> Array2<f64> {
        let mut shares = counts.feature_count.clone();
        for mut row in shares.rows_mut() {
            row.iter_mut().enumerate().for_each(|(j, count)| *count += self.smoothing.of(j));
            let log_total = row.sum().ln();
            row.mapv_inplace(remembering(|count| log_share(count, log_total)));
        }
        shares
    }
}

impl Mechanics for Multinomial {
    const NAME: &'static str = "MultinomialNb";
    type Statistics = Counts;
    type Likelihood = LogWeights;

    fn check(&self) -> Result<()> {
        self.smoothing.check()
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

    fn add_log_likelihood<X: FeatureRows>(&self, _: &Counts, weights: &LogWeights, x: &X, joint: &mut Array2<f64>) {
        weights.add_products(x, joint);
    }

    fn is_certain<F: Float>(&self, weights: &LogWeights, row: impl FeatureRow<F>, class: usize) -> bool {
        weights.has_infinite(row, class)
    }
}
