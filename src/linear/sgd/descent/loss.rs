//! What a wrong margin costs, and how steeply.

use serde::{Deserialize, Serialize};

/// The loss that stochastic gradient descent minimises (scikit-learn's `loss`).
///
/// `y` is +1 for the boundary's own class and -1 for the others; `p` is the margin. The first five
/// are made for classification, the last four for regression: these take `y` as the number to hit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Loss {
    /// `max(0, 1 - y p)`: a linear support vector machine (`hinge`). The default.
    #[default]
    Hinge,
    /// `ln(1 + exp(-y p))`: logistic regression, with probabilities (`log_loss`).
    LogLoss,
    /// Quadratic for `y p` within ±1, linear below; tolerates outliers, with probabilities
    /// (`modified_huber`; Zhang, ICML 2004).
    ModifiedHuber,
    /// `max(0, 1 - y p)²` (`squared_hinge`).
    SquaredHinge,
    /// `max(0, -y p)`: the perceptron (`perceptron`).
    Perceptron,
    /// `(y - p)² / 2` (`squared_error`).
    SquaredError,
    /// Quadratic up to an error of `epsilon`, linear above (`huber`).
    Huber {
        /// Where the loss turns linear; 0 or more, scikit-learn's default is 0.1.
        epsilon: f64,
    },
    /// `max(0, |y - p| - epsilon)` (`epsilon_insensitive`).
    EpsilonInsensitive {
        /// Errors up to this cost nothing; 0 or more, scikit-learn's default is 0.1.
        epsilon: f64,
    },
    /// `max(0, |y - p| - epsilon)²` (`squared_epsilon_insensitive`).
    SquaredEpsilonInsensitive {
        /// Errors up to this cost nothing; 0 or more, scikit-learn's default is 0.1.
        epsilon: f64,
    },
}

impl Loss {
    /// The `epsilon` of a loss that has one.
    pub(in crate::linear::sgd) fn epsilon(self) -> Option<f64> {
        match self {
            Loss::Huber { epsilon }
            | Loss::EpsilonInsensitive { epsilon }
            | Loss::SquaredEpsilonInsensitive { epsilon } => Some(epsilon),
            _ => None,
        }
    }

    /// The target of the examples that are not of the boundary's class.
    pub(in crate::linear::sgd) fn negative(self) -> f64 {
        if self == Loss::LogLoss { 0.0 } else { -1.0 }
    }

    /// The loss of a margin.
    #[inline]
    pub(in crate::linear::sgd) fn value(self, y: f64, p: f64) -> f64 {
        match self {
            Loss::Hinge => (1.0 - p * y).max(0.0),
            Loss::Perceptron => (-p * y).max(0.0),
            Loss::LogLoss => p.max(0.0) + (-p.abs()).exp().ln_1p() - y * p,
            Loss::ModifiedHuber => {
                let z = p * y;
                if z >= -1.0 { (1.0 - z).max(0.0).powi(2) } else { -4.0 * z }
            }
            Loss::SquaredHinge => (1.0 - p * y).max(0.0).powi(2),
            Loss::SquaredError => 0.5 * (p - y) * (p - y),
            Loss::Huber { epsilon } => {
                let error = (y - p).abs();
                if error <= epsilon { 0.5 * error * error } else { epsilon * (error - 0.5 * epsilon) }
            }
            Loss::EpsilonInsensitive { epsilon } => ((y - p).abs() - epsilon).max(0.0),
            Loss::SquaredEpsilonInsensitive { epsilon } => ((y - p).abs() - epsilon).max(0.0).powi(2),
        }
    }

    /// The derivative with respect to the margin `p`.
    #[inline]
    pub(in crate::linear::sgd) fn slope(self, y: f64, p: f64) -> f64 {
        match self {
            Loss::Hinge => hinge_slope(1.0, y, p),
            Loss::Perceptron => hinge_slope(0.0, y, p),
            // exp(-p) overflows far below; there the probability is exp(p) to the last bit.
            Loss::LogLoss if p > -37.0 => {
                let e = (-p).exp();
                ((1.0 - y) - y * e) / (1.0 + e)
            }
            Loss::LogLoss => p.exp() - y,
            Loss::ModifiedHuber => {
                let z = p * y;
                if z >= -1.0 { 2.0 * (1.0 - z).max(0.0) * -y } else { -4.0 * y }
            }
            Loss::SquaredHinge => -2.0 * y * (1.0 - p * y).max(0.0),
            Loss::SquaredError => p - y,
            Loss::Huber { epsilon } => (p - y).clamp(-epsilon, epsilon),
            Loss::EpsilonInsensitive { epsilon } if (p - y).abs() > epsilon => (p - y).signum(),
            Loss::EpsilonInsensitive { .. } => 0.0,
            Loss::SquaredEpsilonInsensitive { epsilon } => 2.0 * ((p - y).abs() - epsilon).max(0.0) * (p - y).signum(),
        }
    }
}

/// On the kink itself too, or the perceptron would never leave zero.
#[inline]
fn hinge_slope(threshold: f64, y: f64, p: f64) -> f64 {
    if p * y <= threshold { -y } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_the_derivatives_of_the_values() {
        for loss in [
            Loss::Hinge,
            Loss::LogLoss,
            Loss::ModifiedHuber,
            Loss::SquaredHinge,
            Loss::Perceptron,
            Loss::SquaredError,
            Loss::Huber { epsilon: 0.1 },
            Loss::EpsilonInsensitive { epsilon: 0.1 },
            Loss::SquaredEpsilonInsensitive { epsilon: 0.1 },
        ] {
            for step in -450..450 {
                // An odd grid that misses every kink.
                let p = f64::from(step) * 0.1 + 0.0371;
                for y in [loss.negative(), 1.0] {
                    let quotient = (loss.value(y, p + 1e-6) - loss.value(y, p - 1e-6)) / 2e-6;
                    let slope = loss.slope(y, p);
                    assert!((quotient - slope).abs() < 1e-6, "{loss:?} at {p}, {y}: {quotient} {slope}");
                }
            }
        }
    }
}
