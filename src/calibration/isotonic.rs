//! A rising step function from decision values to probabilities.

use serde::{Deserialize, Serialize};

use super::score_histogram::ScoreHistogram;
use crate::data::checked::checked_when_read;
use crate::error::{Error, Result};

/// Isotonic calibration: of all functions that never fall, the one nearest to the rows in squared error,
/// between its steps interpolated, beyond them constant (scikit-learn's `IsotonicRegression` with
/// `out_of_bounds="clip"`, as `CalibratedClassifierCV(method="isotonic")` uses it).
///
/// By pooling adjacent violators (Ayer et al. 1955), in whole numbers. It may give 0 and 1, and wants
/// about a thousand rows or more; [`SigmoidCalibration`](super::SigmoidCalibration) serves fewer.
///
/// Where a bin of the histogram holds several values, they are one value: their mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct IsotonicCalibration {
    /// Ascending.
    scores: Vec<f64>,
    /// Never falling; one for each score.
    probabilities: Vec<f64>,
}

checked_when_read!(IsotonicCalibration, serialize: [], deserialize: []);

/// Neighbouring bins of one probability.
struct Block {
    positives: u64,
    rows: u64,
    first: f64,
    last: f64,
}

impl Block {
    /// Whether this block's share of positive rows is no smaller than that of the next.
    fn violates(&self, next: &Block) -> bool {
        u128::from(self.positives) * u128::from(next.rows) >= u128::from(next.positives) * u128::from(self.rows)
    }

    fn pool(self, next: &Block) -> Block {
        Block {
            positives: self.positives + next.positives,
            rows: self.rows + next.rows,
            last: next.last,
            first: self.first,
        }
    }
}

impl IsotonicCalibration {
    /// The nearest rising function.
    ///
    /// # Errors
    /// No rows (kind `NoRows`); rows of one class only (`OneClass`).
    pub fn fit(histogram: &ScoreHistogram) -> Result<Self> {
        histogram.check_classes("IsotonicCalibration")?;
        let mut blocks: Vec<Block> = Vec::new();
        for bin in histogram.bins() {
            let rows = bin.positives + bin.negatives;
            let mut block = Block { positives: bin.positives, rows, first: bin.mean, last: bin.mean };
            while let Some(before) = blocks.pop_if(|before| before.violates(&block)) {
                block = before.pool(&block);
            }
            blocks.push(block);
        }
        let (mut scores, mut probabilities) = (Vec::new(), Vec::new());
        for block in &blocks {
            let ends = [block.first, block.last];
            for &end in if block.first == block.last { &ends[..1] } else { &ends } {
                scores.push(end);
                probabilities.push(block.positives as f64 / block.rows as f64);
            }
        }
        Ok(IsotonicCalibration { scores, probabilities })
    }

    /// The probability of the positive class for a decision value; NaN for NaN.
    pub fn probability(&self, score: f64) -> f64 {
        if score.is_nan() {
            return score;
        }
        let (scores, probabilities) = (&self.scores, &self.probabilities);
        match scores.partition_point(|&end| end <= score) {
            0 => probabilities[0],
            after if after == scores.len() => probabilities[after - 1],
            after => {
                let (x0, x1) = (scores[after - 1], scores[after]);
                let (y0, y1) = (probabilities[after - 1], probabilities[after]);
                let width = x1 - x0;
                // Halves, where the ends are so far apart that a float cannot tell how far.
                let share = match width.is_finite() {
                    true => (score - x0) / width,
                    false => (score / 2.0 - x0 / 2.0) / (x1 / 2.0 - x0 / 2.0),
                };
                y0 + (y1 - y0) * share
            }
        }
    }

    /// Refuses other than a probability for each score, and one at least; scores ascend, and probabilities never fall.
    fn check_read(&self) -> Result<()> {
        let IsotonicCalibration { scores, probabilities } = self;
        let is_whole = !scores.is_empty()
            && scores.len() == probabilities.len()
            && scores.is_sorted_by(|a, b| a < b)
            && probabilities.is_sorted()
            && scores.iter().all(|score| score.is_finite())
            && probabilities.iter().all(|probability| (0.0..=1.0).contains(probability));
        let expected = "one or more, ascending, and a probability for each";
        if is_whole { Ok(()) } else { Err(Error::parameter("scores", scores, expected)) }
    }

    /// The decision values at which steps begin and end, ascending (scikit-learn's `X_thresholds_`).
    pub fn scores(&self) -> &[f64] {
        &self.scores
    }

    /// The probability at each of [`scores`](Self::scores) (scikit-learn's `y_thresholds_`).
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }
}
