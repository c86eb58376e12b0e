//! A sigmoid from decision values to probabilities.

use serde::{Deserialize, Serialize};

use super::score_histogram::{ScoreHistogram, ScorePoint};
use crate::data::checked::checked_when_read;
use crate::error::{Error, ErrorKind, Result};

/// Platt scaling: the probability of the positive class is `1 / (1 + exp(a * score + b))`
/// (scikit-learn's `CalibratedClassifierCV(method="sigmoid")`).
///
/// `a` and `b` have the largest likelihood, with targets that are pulled away from 0 and 1 as if one
/// more row of each class had been seen (Platt 1999), found by Newton steps with backtracking (Lin, Lin
/// and Weng 2007). scikit-learn stops its search once the gradient is below 1e-6 and so agrees to that.
///
/// Where a bin of the histogram holds several values, each class stands at the mean of its values. The
/// likelihood is then wrong in the second order of the bin's width only.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct SigmoidCalibration {
    a: f64,
    b: f64,
}

checked_when_read!(SigmoidCalibration, serialize: [], deserialize: []);

/// As Lin, Lin and Weng have it: added to the diagonal of the Hessian, which may be singular.
const RIDGE: f64 = 1e-12;
const MAX_STEPS: usize = 100;
const SHORTEST_STEP: f64 = 1e-10;

impl SigmoidCalibration {
    /// The most likely sigmoid.
    ///
    /// # Errors
    /// No rows (kind `NoRows`); rows of one class only (`OneClass`); decision values so small that no slope can be told
    /// (`NonFiniteResult`).
    pub fn fit(histogram: &ScoreHistogram) -> Result<Self> {
        histogram.check_classes("SigmoidCalibration")?;
        let (positives, negatives) = (histogram.positives() as f64, histogram.negatives() as f64);
        let mut places: Vec<ScorePoint> = histogram.places().collect();
        // The result does not depend on the scale, but the ridge and the steps do.
        let largest = places.iter().map(|place| place.score.abs()).fold(0.0, f64::max);
        let scale = if largest > 0.0 { largest } else { 1.0 };
        places.iter_mut().for_each(|place| place.score /= scale);
        let likelihood = Likelihood {
            places,
            of_positives: (positives + 1.0) / (positives + 2.0),
            of_negatives: 1.0 / (negatives + 2.0),
        };
        let (a, b) = likelihood.maximum(((negatives + 1.0) / (positives + 1.0)).ln());
        let a = a / scale;
        match a.is_finite() && b.is_finite() {
            true => Ok(SigmoidCalibration { a, b }),
            false => Err(Error::new(ErrorKind::NonFiniteResult { what: "slope of the sigmoid" })),
        }
    }

    /// The probability of the positive class for a decision value; NaN for NaN.
    pub fn probability(&self, score: f64) -> f64 {
        // A slope of 0 says nothing, not even of what is infinite.
        let slope = if self.a == 0.0 && !score.is_nan() { 0.0 } else { self.a * score };
        one_minus_sigmoid(slope + self.b)
    }

    /// Refuses numbers that no training makes.
    fn check_read(&self) -> Result<()> {
        match self.a.is_finite() && self.b.is_finite() {
            true => Ok(()),
            false => Err(Error::parameter("sigmoid", (self.a, self.b), "finite numbers")),
        }
    }

    /// What the decision value is multiplied by (scikit-learn's `a_`); negative where larger values
    /// make the positive class more probable.
    pub fn a(&self) -> f64 {
        self.a
    }

    /// What is added (scikit-learn's `b_`).
    pub fn b(&self) -> f64 {
        self.b
    }
}

/// `1 / (1 + exp(z))`, without overflow.
fn one_minus_sigmoid(z: f64) -> f64 {
    if z >= 0.0 { (-z).exp() / (1.0 + (-z).exp()) } else { 1.0 / (1.0 + z.exp()) }
}

struct Likelihood {
    places: Vec<ScorePoint>,
    /// The probability that positive rows should have.
    of_positives: f64,
    of_negatives: f64,
}

impl Likelihood {
    fn target(&self, place: &ScorePoint) -> f64 {
        if place.positive { self.of_positives } else { self.of_negatives }
    }

    /// Minus the logarithm of the likelihood.
    fn loss(&self, (a, b): (f64, f64)) -> f64 {
        let loss = |place: &ScorePoint| {
            let (z, target) = (a * place.score + b, self.target(place));
            let log = |z: f64| if z >= 0.0 { (-z).exp().ln_1p() } else { z.exp().ln_1p() - z };
            place.count * if z >= 0.0 { target * z + log(z) } else { (target - 1.0) * z + log(-z) }
        };
        self.places.iter().map(loss).sum()
    }

    /// The slope and the offset of the largest likelihood; the search begins at slope 0.
    fn maximum(&self, offset: f64) -> (f64, f64) {
        let mut at = (0.0, offset);
        let mut loss = self.loss(at);
        for _ in 0..MAX_STEPS {
            let ((ga, gb), (haa, hab, hbb)) = self.derivatives(at);
            let determinant = haa * hbb - hab * hab;
            let (da, db) = ((hab * gb - hbb * ga) / determinant, (hab * ga - haa * gb) / determinant);
            let downhill = ga * da + gb * db;
            let mut step = 1.0;
            let next = loop {
                let to = (at.0 + step * da, at.1 + step * db);
                let there = self.loss(to);
                if there < loss + 1e-4 * step * downhill {
                    break Some((to, there));
                }
                step /= 2.0;
                if step < SHORTEST_STEP {
                    break None; // Nothing is left to be gained but rounding errors.
                }
            };
            let Some(next) = next else { break };
            (at, loss) = next;
        }
        at
    }

    /// The gradient of the loss and the three entries of its Hessian.
    fn derivatives(&self, (a, b): (f64, f64)) -> ((f64, f64), (f64, f64, f64)) {
        let ((mut ga, mut gb), (mut haa, mut hab, mut hbb)) = ((0.0, 0.0), (RIDGE, 0.0, RIDGE));
        for place in &self.places {
            let p = one_minus_sigmoid(a * place.score + b);
            let (slope, curve) = (place.count * (self.target(place) - p), place.count * p * (1.0 - p));
            ga += place.score * slope;
            gb += slope;
            haa += place.score * place.score * curve;
            hab += place.score * curve;
            hbb += curve;
        }
        ((ga, gb), (haa, hab, hbb))
    }
}
