//! Probability calibration and decision thresholds, learned from held-out rows.
//!
//! - [`ScoreHistogram`]: counts of positive and negative rows by decision value, which merge over chunks
//!   to the bit, in bounded memory; [`ClassHistograms`]: one for every class of a model.
//! - [`Calibration`]: from a histogram to probabilities, by [`SigmoidCalibration`] (Platt) or
//!   [`IsotonicCalibration`].
//! - [`ThresholdRule`]: from a histogram to the [`Threshold`] of the best F-score, or of a wanted precision
//!   or recall.
//! - [`Calibrated`], [`Thresholded`]: a model with either.
//!
//! With up to 65 536 distinct decision values all of it is exact, and equal to scikit-learn's up to
//! rounding (a sigmoid as far as its search goes). With more, values share bins: in a test with 50 000
//! values in 4096 bins, the fewest there can be, a sigmoid's probabilities are wrong by less than 1e-6,
//! isotonic ones by less than 1e-3 in the mean, and less than 1e-3 is lost of the best F1; what a threshold
//! is said to make of the rows is always exact. Over chunks [`Calibrate`](crate::combine::Calibrate) does everything in one pass over the
//! held-out chunks.

mod calibrated;
mod calibrator;
mod class_histograms;
mod isotonic;
#[cfg(feature = "persist")]
mod persist;
mod score_histogram;
mod sigmoid;
#[cfg(test)]
mod tests;
mod threshold;
mod thresholded;

pub use calibrated::Calibrated;
#[cfg(feature = "predictor")]
pub(crate) use calibrated::most_probable;
pub use calibrator::{Calibration, Calibrator};
pub use class_histograms::ClassHistograms;
pub use isotonic::IsotonicCalibration;
pub use score_histogram::{ScoreBin, ScoreHistogram};
pub use sigmoid::SigmoidCalibration;
pub use threshold::{Threshold, ThresholdRule};
pub use thresholded::Thresholded;
