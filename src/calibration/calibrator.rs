//! The choice of a calibration.

use serde::{Deserialize, Serialize};

use super::isotonic::IsotonicCalibration;
use super::score_histogram::ScoreHistogram;
use super::sigmoid::SigmoidCalibration;
use crate::error::Result;

/// How decision values become probabilities (scikit-learn's `CalibratedClassifierCV(method=…)`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Calibration {
    /// By a sigmoid of two parameters: [`SigmoidCalibration`]. The default, as there.
    #[default]
    Sigmoid,
    /// By any function that never falls: [`IsotonicCalibration`].
    Isotonic,
}

/// A fitted calibration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Calibrator {
    /// By a sigmoid.
    Sigmoid(SigmoidCalibration),
    /// By a function that never falls.
    Isotonic(IsotonicCalibration),
}

impl Calibration {
    /// The calibration of these rows.
    ///
    /// # Errors
    /// No rows (kind `NoRows`); rows of one class only (`OneClass`).
    pub fn fit(self, histogram: &ScoreHistogram) -> Result<Calibrator> {
        match self {
            Calibration::Sigmoid => SigmoidCalibration::fit(histogram).map(Calibrator::Sigmoid),
            Calibration::Isotonic => IsotonicCalibration::fit(histogram).map(Calibrator::Isotonic),
        }
    }
}

impl Calibrator {
    /// The probability of the positive class for a decision value.
    pub fn probability(&self, score: f64) -> f64 {
        match self {
            Calibrator::Sigmoid(sigmoid) => sigmoid.probability(score),
            Calibrator::Isotonic(isotonic) => isotonic.probability(score),
        }
    }
}
