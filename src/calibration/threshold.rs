//! Decision thresholds: the value from which on a row is taken for positive.

use serde::{Deserialize, Serialize};

use super::score_histogram::ScoreHistogram;
use crate::data::checked::checked_when_read;
use crate::error::{Error, Result};

/// By what a threshold is chosen. Of equally good thresholds, the highest is taken.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ThresholdRule {
    /// The largest F-score, recall counting this many times as much as precision: above 0, and 1 for
    /// F1 (scikit-learn's `fbeta_score`).
    FBeta(f64),
    /// The largest recall with at least this precision, above 0 and up to 1.
    Precision(f64),
    /// The largest precision with at least this recall, above 0 and up to 1.
    Recall(f64),
}

/// A decision value from which on rows are taken for positive, and what it made of the rows that it was
/// chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Threshold {
    value: f64,
    true_positives: u64,
    false_positives: u64,
    positives: u64,
}

checked_when_read!(Threshold, serialize: [], deserialize: []);

impl ThresholdRule {
    /// The best threshold for these rows.
    ///
    /// Thresholds are lower ends of bins, so the counts are exactly those of the rows with a decision
    /// value of at least the threshold. What is lost where a bin holds several values are the thresholds
    /// between them.
    ///
    /// # Errors
    /// A rule out of range, or a precision that no threshold reaches (kind `InvalidParameter`); no rows
    /// (`NoRows`); rows of one class only (`OneClass`).
    pub fn choose(self, histogram: &ScoreHistogram) -> Result<Threshold> {
        self.check()?;
        histogram.check_classes("threshold")?;
        let (mut true_positives, mut false_positives) = (0, 0);
        let positives = histogram.positives();
        let thresholds = histogram.bins().rev().map(|bin| {
            true_positives += bin.positives;
            false_positives += bin.negatives;
            Threshold { value: bin.lower, true_positives, false_positives, positives }
        });
        let mut best: Option<(f64, Threshold)> = None;
        let mut highest_precision = 0f64;
        for threshold in thresholds {
            highest_precision = highest_precision.max(threshold.precision());
            if let Some(merit) = self.merit(&threshold).filter(|merit| best.is_none_or(|(most, _)| *merit > most)) {
                best = Some((merit, threshold));
            }
        }
        let unreached =
            || Error::parameter("precision", self, format!("at most {highest_precision}, the highest here"));
        best.map(|(_, threshold)| threshold).ok_or_else(unreached)
    }

    fn check(self) -> Result<()> {
        let (name, value, expected, right) = match self {
            ThresholdRule::FBeta(beta) => ("beta", beta, "a finite number above 0", beta > 0.0 && beta.is_finite()),
            ThresholdRule::Precision(share) => ("precision", share, "above 0 and up to 1", share > 0.0 && share <= 1.0),
            ThresholdRule::Recall(share) => ("recall", share, "above 0 and up to 1", share > 0.0 && share <= 1.0),
        };
        if right { Ok(()) } else { Err(Error::parameter(name, value, expected)) }
    }

    /// What is to be as large as can be; `None` for thresholds that will not do.
    fn merit(self, threshold: &Threshold) -> Option<f64> {
        match self {
            ThresholdRule::FBeta(beta) => Some(threshold.f_beta(beta)),
            ThresholdRule::Precision(least) => (threshold.precision() >= least).then(|| threshold.recall()),
            ThresholdRule::Recall(least) => (threshold.recall() >= least).then(|| threshold.precision()),
        }
    }
}

impl Threshold {
    /// Refuses numbers that no training makes, as a file may have them.
    fn check_read(&self) -> Result<()> {
        let fits = self.value.is_finite() && self.true_positives <= self.positives && self.positives > 0;
        let taken = self.true_positives.checked_add(self.false_positives).is_some_and(|taken| taken > 0);
        if fits && taken { Ok(()) } else { Err(Error::parameter("threshold", self, "that of some rows")) }
    }

    /// The least decision value of a row that is taken for positive.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// The share of positive rows among those taken for positive.
    pub fn precision(&self) -> f64 {
        self.true_positives as f64 / (self.true_positives + self.false_positives) as f64
    }

    /// The share of those taken for positive among the positive rows.
    pub fn recall(&self) -> f64 {
        self.true_positives as f64 / self.positives as f64
    }

    /// The F-score (scikit-learn's `fbeta_score`).
    pub fn f_beta(&self, beta: f64) -> f64 {
        let weight = beta * beta;
        let wanted = weight * self.positives as f64 + (self.true_positives + self.false_positives) as f64;
        (1.0 + weight) * self.true_positives as f64 / wanted
    }
}
