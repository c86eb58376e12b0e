//! Losses of one row as functions of its margin: logistic, squared, Tweedie.

/// A loss of a target and a margin (the row times the coefficients, plus the intercept).
pub(in crate::linear) trait PointLoss: Copy {
    /// The value, the slope and the curvature in the margin, at a margin. The curvature is at least 0.
    fn at(self, target: f64, margin: f64) -> (f64, f64, f64);
}

/// `ln(1 + exp(-target · margin))`; targets are 1 and -1.
#[derive(Clone, Copy, Debug)]
pub(in crate::linear) struct Logistic;

impl PointLoss for Logistic {
    #[inline]
    fn at(self, target: f64, margin: f64) -> (f64, f64, f64) {
        let right = target * margin;
        // exp of a negative number never overflows.
        let e = (-right.abs()).exp();
        let one = 1.0 / (1.0 + e);
        let slope = -target * if right > 0.0 { e * one } else { one };
        ((-right).max(0.0) + e.ln_1p(), slope, e * one * one)
    }
}

/// `½ (margin - target)²`.
#[derive(Clone, Copy, Debug)]
pub(in crate::linear) struct Squared;

impl PointLoss for Squared {
    #[inline]
    fn at(self, target: f64, margin: f64) -> (f64, f64, f64) {
        let error = margin - target;
        (0.5 * error * error, error, 1.0)
    }
}

/// Half the deviance of a Tweedie distribution of this power, from 1 to 2, whose mean is the
/// exponential of the margin, but for what does not depend on the margin.
#[derive(Clone, Copy, Debug)]
pub(in crate::linear) struct Tweedie(pub f64);

impl PointLoss for Tweedie {
    #[inline]
    fn at(self, target: f64, margin: f64) -> (f64, f64, f64) {
        let power = self.0;
        // The parts of mean and target: ∫ exp((2-p) m) and ∫ exp((1-p) m), whose limits are m.
        let mean = ((2.0 - power) * margin).exp();
        let held = target * ((1.0 - power) * margin).exp();
        let integral = |rate: f64, exponential: f64, scale: f64| {
            if rate == 0.0 { scale * margin } else { exponential / rate }
        };
        let value = integral(2.0 - power, mean, 1.0) - integral(1.0 - power, held, target);
        let curvature = (2.0 - power) * mean - (1.0 - power) * held;
        (value, mean - held, curvature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(loss: impl PointLoss, target: f64) {
        for margin in [-2.0, -0.3, 0.0, 0.7, 3.0] {
            let h = 1e-5;
            let ((up, slope_up, _), (down, slope_down, _)) = (loss.at(target, margin + h), loss.at(target, margin - h));
            let (_, slope, curvature) = loss.at(target, margin);
            assert!(((up - down) / (2.0 * h) - slope).abs() < 1e-6 * (1.0 + slope.abs()), "{margin}");
            assert!(
                ((slope_up - slope_down) / (2.0 * h) - curvature).abs() < 1e-6 * (1.0 + curvature.abs()),
                "{margin}"
            );
        }
    }

    #[test]
    fn slopes_and_curvatures_are_those_of_finite_differences() {
        for target in [-1.0, 1.0] {
            check(Logistic, target);
            check(Squared, target);
        }
        for power in [1.0, 1.5, 2.0] {
            for target in [0.5, 4.0] {
                check(Tweedie(power), target);
            }
        }
        check(Tweedie(1.0), 0.0);
    }

    #[test]
    fn logistic_loss_is_finite_far_out() {
        let (value, slope, curvature) = Logistic.at(1.0, -800.0);
        assert_eq!((value, slope, curvature), (800.0, -1.0, 0.0));
        assert_eq!(Logistic.at(1.0, 800.0), (0.0, 0.0, 0.0));
    }
}
