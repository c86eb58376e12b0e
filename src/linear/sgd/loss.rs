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
    pub(super) fn epsilon(self) -> Option<f64> {
        match self {
            Loss::Huber { epsilon }
            | Loss::EpsilonInsensitive { epsilon }
            | Loss::SquaredEpsilonInsensitive { epsilon } => Some(epsilon),
            _ => None,
        }
    }

    /// Calls `visitor` with the loss as a type of its own, so that the inner loop is compiled for it.
    pub(super) fn visit<V: LossVisitor>(self, visitor: V) -> V::Output {
        match self {
            Loss::Hinge => visitor.visit(HingeLoss { threshold: 1.0 }),
            Loss::Perceptron => visitor.visit(HingeLoss { threshold: 0.0 }),
            Loss::LogLoss => visitor.visit(LogisticLoss),
            Loss::ModifiedHuber => visitor.visit(ModifiedHuberLoss),
            Loss::SquaredHinge => visitor.visit(SquaredHingeLoss),
            Loss::SquaredError => visitor.visit(SquaredLoss),
            Loss::Huber { epsilon } => visitor.visit(HuberLoss { epsilon }),
            Loss::EpsilonInsensitive { epsilon } => visitor.visit(EpsilonInsensitiveLoss { epsilon }),
            Loss::SquaredEpsilonInsensitive { epsilon } => visitor.visit(SquaredEpsilonInsensitiveLoss { epsilon }),
        }
    }
}

/// What to do once the loss is known as a type.
pub(super) trait LossVisitor {
    type Output;

    fn visit<Ls: LossFunction>(self, loss: Ls) -> Self::Output;
}

/// A loss of the target `y` and the margin `p`.
pub(super) trait LossFunction: Copy {
    /// The target of the examples that are not of the boundary's class.
    const NEGATIVE: f64 = -1.0;

    fn value(self, y: f64, p: f64) -> f64;

    /// The derivative with respect to `p`.
    fn slope(self, y: f64, p: f64) -> f64;
}

#[derive(Clone, Copy)]
struct HingeLoss {
    threshold: f64,
}

impl LossFunction for HingeLoss {
    #[inline]
    fn value(self, y: f64, p: f64) -> f64 {
        (self.threshold - p * y).max(0.0)
    }

    #[inline]
    fn slope(self, y: f64, p: f64) -> f64 {
        // On the kink itself too, or the perceptron would never leave zero.
        if p * y <= self.threshold { -y } else { 0.0 }
    }
}

#[derive(Clone, Copy)]
struct LogisticLoss;

impl LossFunction for LogisticLoss {
    const NEGATIVE: f64 = 0.0;

    #[inline]
    fn value(self, y: f64, p: f64) -> f64 {
        p.max(0.0) + (-p.abs()).exp().ln_1p() - y * p
    }

    #[inline]
    fn slope(self, y: f64, p: f64) -> f64 {
        // exp(-p) overflows far below; there the probability is exp(p) to the last bit.
        if p > -37.0 {
            let e = (-p).exp();
            ((1.0 - y) - y * e) / (1.0 + e)
        } else {
            p.exp() - y
        }
    }
}

#[derive(Clone, Copy)]
struct ModifiedHuberLoss;

impl LossFunction for ModifiedHuberLoss {
    #[inline]
    fn value(self, y: f64, p: f64) -> f64 {
        let z = p * y;
        if z >= 1.0 {
            0.0
        } else if z >= -1.0 {
            (1.0 - z) * (1.0 - z)
        } else {
            -4.0 * z
        }
    }

    #[inline]
    fn slope(self, y: f64, p: f64) -> f64 {
        let z = p * y;
        if z >= 1.0 {
            0.0
        } else if z >= -1.0 {
            2.0 * (1.0 - z) * -y
        } else {
            -4.0 * y
        }
    }
}

#[derive(Clone, Copy)]
struct SquaredHingeLoss;

impl LossFunction for SquaredHingeLoss {
    #[inline]
    fn value(self, y: f64, p: f64) -> f64 {
        let z = (1.0 - p * y).max(0.0);
        z * z
    }

    #[inline]
    fn slope(self, y: f64, p: f64) -> f64 {
        -2.0 * y * (1.0 - p * y).max(0.0)
    }
}

#[derive(Clone, Copy)]
struct SquaredLoss;

impl LossFunction for SquaredLoss {
    #[inline]
    fn value(self, y: f64, p: f64) -> f64 {
        0.5 * (p - y) * (p - y)
    }

    #[inline]
    fn slope(self, y: f64, p: f64) -> f64 {
        p - y
    }
}

#[derive(Clone, Copy)]
struct HuberLoss {
    epsilon: f64,
}

impl LossFunction for HuberLoss {
    #[inline]
    fn value(self, y: f64, p: f64) -> f64 {
        let error = (y - p).abs();
        if error <= self.epsilon { 0.5 * error * error } else { self.epsilon * (error - 0.5 * self.epsilon) }
    }

    #[inline]
    fn slope(self, y: f64, p: f64) -> f64 {
        (p - y).clamp(-self.epsilon, self.epsilon)
    }
}

#[derive(Clone, Copy)]
struct EpsilonInsensitiveLoss {
    epsilon: f64,
}

impl LossFunction for EpsilonInsensitiveLoss {
    #[inline]
    fn value(self, y: f64, p: f64) -> f64 {
        ((y - p).abs() - self.epsilon).max(0.0)
    }

    #[inline]
    fn slope(self, y: f64, p: f64) -> f64 {
        if y - p > self.epsilon {
            -1.0
        } else if p - y > self.epsilon {
            1.0
        } else {
            0.0
        }
    }
}

#[derive(Clone, Copy)]
struct SquaredEpsilonInsensitiveLoss {
    epsilon: f64,
}

impl LossFunction for SquaredEpsilonInsensitiveLoss {
    #[inline]
    fn value(self, y: f64, p: f64) -> f64 {
        let beyond = ((y - p).abs() - self.epsilon).max(0.0);
        beyond * beyond
    }

    #[inline]
    fn slope(self, y: f64, p: f64) -> f64 {
        let z = y - p;
        if z > self.epsilon {
            -2.0 * (z - self.epsilon)
        } else if z < -self.epsilon {
            2.0 * (-z - self.epsilon)
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares each slope with the difference quotient of its value.
    struct SlopeIsDerivative;

    impl LossVisitor for SlopeIsDerivative {
        type Output = f64;

        fn visit<Ls: LossFunction>(self, loss: Ls) -> f64 {
            let mut worst: f64 = 0.0;
            for step in -450..450 {
                // An odd grid that misses every kink.
                let p = f64::from(step) * 0.1 + 0.0371;
                for y in [Ls::NEGATIVE, 1.0] {
                    let quotient = (loss.value(y, p + 1e-6) - loss.value(y, p - 1e-6)) / 2e-6;
                    worst = worst.max((quotient - loss.slope(y, p)).abs());
                }
            }
            worst
        }
    }

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
            let worst = loss.visit(SlopeIsDerivative);
            assert!(worst < 1e-6, "{loss:?}: {worst}");
        }
    }
}
