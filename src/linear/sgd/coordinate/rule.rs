//! What a step does to one coordinate, if it is as long there as the coordinate's own gradients say.

use serde::{Deserialize, Serialize};

/// How steps follow from the gradients of a coordinate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::linear::sgd) enum Rule {
    AdaGrad,
    Ftrl,
}

/// The numbers that a [`Rule`] is told.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::linear::sgd) struct Rates {
    pub(in crate::linear::sgd) eta0: f64,
    pub(in crate::linear::sgd) beta: f64,
    /// The penalty of each step, times the sum of the absolute weights.
    pub(in crate::linear::sgd) l1: f64,
    /// The penalty of each step, times half the sum of the squared weights.
    pub(in crate::linear::sgd) l2: f64,
}

impl Rates {
    /// Of a lane that is not in use.
    pub(in crate::linear::sgd) const NONE: Rates = Rates { eta0: 0.0, beta: 0.0, l1: 0.0, l2: 0.0 };

    /// The step against a gradient, which is already among the squares.
    #[inline]
    pub(in crate::linear::sgd) fn step(&self, gradient: f64, squares: f64) -> f64 {
        // A gradient may be too small for its square.
        if squares > 0.0 { self.eta0 / (self.beta + squares.sqrt()) * gradient } else { 0.0 }
    }
}

/// A [`Rule`] for the inner loop, which is compiled for each.
pub(in crate::linear::sgd) trait CoordinateRule {
    /// Whether the stored number is a weight that owes the penalties of the steps in which no row
    /// touched it. If not, it is a sum from which the weight follows for any step.
    const OWES: bool;

    /// The weight that a stored number stands for: `steps` after the penalties were last paid if it
    /// owes them, else after the first step.
    fn weight(rates: &Rates, stored: f64, squares: f64, steps: f64) -> f64;

    /// What is stored after one more gradient, which is not among the squares yet.
    fn after(rates: &Rates, stored: f64, weight: f64, squares: f64, gradient: f64) -> f64;

    /// What is stored for a weight; the inverse of [`weight`](Self::weight).
    fn stored(rates: &Rates, weight: f64, squares: f64, steps: f64) -> f64;
}

/// Composite mirror descent: each step goes `eta0 / sqrt(squares)` against the gradient, and then the
/// penalty's proximal step, as long, follows. A coordinate whose gradient is zero takes the second
/// only, always of the same length, so that many of them are one formula.
pub(in crate::linear::sgd) struct AdaGrad;

impl CoordinateRule for AdaGrad {
    const OWES: bool = true;

    #[inline]
    fn weight(rates: &Rates, stored: f64, squares: f64, steps: f64) -> f64 {
        let penalized = rates.l1 > 0.0 || rates.l2 > 0.0;
        if !penalized || stored == 0.0 || steps == 0.0 || squares == 0.0 {
            return stored;
        }
        let length = rates.eta0 / squares.sqrt();
        let (lost, pull) = if rates.l2 > 0.0 {
            // One step: (w - length * l1) / (1 + length * l2).
            let lost = -(-steps * (length * rates.l2).ln_1p()).exp_m1();
            (lost, rates.l1 / rates.l2 * lost)
        } else {
            (0.0, steps * length * rates.l1)
        };
        (stored.abs() * (1.0 - lost) - pull).max(0.0).copysign(stored)
    }

    #[inline]
    fn after(rates: &Rates, stored: f64, _: f64, squares: f64, gradient: f64) -> f64 {
        stored - rates.step(gradient, squares + gradient * gradient)
    }

    fn stored(_: &Rates, weight: f64, _: f64, _: f64) -> f64 {
        weight
    }
}

/// Follow the regularized leader, proximally: the weights are those that minimise the sum of all
/// gradients' planes, of the distances to the weights so far, and of the penalties of all steps.
pub(in crate::linear::sgd) struct Ftrl;

impl Ftrl {
    fn stiffness(rates: &Rates, squares: f64, steps: f64) -> f64 {
        (rates.beta + squares.sqrt()) / rates.eta0 + steps * rates.l2
    }
}

impl CoordinateRule for Ftrl {
    const OWES: bool = false;

    #[inline]
    fn weight(rates: &Rates, stored: f64, squares: f64, steps: f64) -> f64 {
        let over = stored.abs() - steps * rates.l1;
        if over > 0.0 { -over.copysign(stored) / Ftrl::stiffness(rates, squares, steps) } else { 0.0 }
    }

    #[inline]
    fn after(rates: &Rates, stored: f64, weight: f64, squares: f64, gradient: f64) -> f64 {
        let stiffer = ((squares + gradient * gradient).sqrt() - squares.sqrt()) / rates.eta0;
        stored + gradient - stiffer * weight
    }

    fn stored(rates: &Rates, weight: f64, squares: f64, steps: f64) -> f64 {
        if weight == 0.0 {
            return 0.0;
        }
        -(weight.abs() * Ftrl::stiffness(rates, squares, steps) + steps * rates.l1).copysign(weight)
    }
}

impl Rule {
    /// [`CoordinateRule::weight`], from the step of the last payment and that which comes next.
    pub(in crate::linear::sgd) fn weight(
        self,
        rates: &Rates,
        stored: f64,
        squares: f64,
        (paid, next): (f64, f64),
    ) -> f64 {
        match self {
            Rule::AdaGrad => AdaGrad::weight(rates, stored, squares, (next - paid).max(0.0)),
            Rule::Ftrl => Ftrl::weight(rates, stored, squares, next - 1.0),
        }
    }

    /// [`CoordinateRule::stored`], all being paid when step `next` comes.
    pub(in crate::linear::sgd) fn stored(self, rates: &Rates, weight: f64, squares: f64, next: f64) -> f64 {
        match self {
            Rule::AdaGrad => AdaGrad::stored(rates, weight, squares, 0.0),
            Rule::Ftrl => Ftrl::stored(rates, weight, squares, next - 1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn penalties_paid_late_are_those_paid_step_by_step() {
        for (l1, l2) in [(0.0, 0.0), (0.01, 0.0), (0.0, 0.2), (0.02, 0.1)] {
            let rates = Rates { eta0: 0.3, beta: 0.0, l1, l2 };
            for (start, squares) in [(1.5, 4.0), (-0.7, 0.3), (0.001, 2.0), (0.0, 1.0), (0.5, 0.0)] {
                let mut weight: f64 = start;
                for steps in 0..60 {
                    let late = AdaGrad::weight(&rates, start, squares, f64::from(steps));
                    assert!((late - weight).abs() < 1e-12, "{late} {weight} after {steps}, {rates:?}");
                    let length = if squares > 0.0 { 0.3 / f64::sqrt(squares) } else { 0.0 };
                    let size = (weight.abs() - length * l1).max(0.0) / (1.0 + length * l2);
                    weight = size.copysign(weight);
                }
            }
        }
    }

    #[test]
    fn what_is_stored_stands_for_the_weight() {
        let rates = Rates { eta0: 0.3, beta: 1.0, l1: 0.01, l2: 0.1 };
        for rule in [Rule::AdaGrad, Rule::Ftrl] {
            for (weight, squares, next) in [(1.5, 4.0, 1.0), (-0.7, 0.0, 20.0), (0.0, 3.0, 5.0)] {
                let stored = rule.stored(&rates, weight, squares, next);
                assert!((rule.weight(&rates, stored, squares, (next, next)) - weight).abs() < 1e-12);
            }
        }
    }
}
