//! How long each step is.

use serde::{Deserialize, Serialize};

use super::loss::Loss;

/// How the step length follows from the number of steps `t` taken (scikit-learn's `learning_rate`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum LearningRate {
    /// `1 / (alpha (t + t0))`, where `t0` makes the first step fit typical weights (`optimal`;
    /// Bottou's heuristic). Needs `alpha` above 0 and does not read `eta0`. The default.
    #[default]
    Optimal,
    /// `eta0` throughout (`constant`).
    Constant,
    /// `eta0 / t^power_t` (`invscaling`).
    InvScaling {
        /// The exponent; 0 or more, scikit-learn's default is 0.5.
        power_t: f64,
    },
    /// As long as it takes to mend the example at hand, and at most `eta0` times the example (`pa1`;
    /// Crammer et al., *Online Passive-Aggressive Algorithms*, JMLR 2006, PA-I, whose `C` is
    /// `eta0`). Needs [`Loss::Hinge`] or [`Loss::EpsilonInsensitive`]. scikit-learn's
    /// `PassiveAggressiveClassifier` is this with `eta0` 1 and [`Penalty::None`](super::Penalty::None). A row of
    /// zeros is no step at all: no penalty is charged for it, and no average sees it.
    Pa1,
    /// The same with a soft limit on the length (`pa2`; PA-II).
    Pa2,
    /// `eta0 / sqrt(G)` at every coordinate, `G` being the sum of its squared gradients: what is rare
    /// takes long steps however late it comes (Duchi, Hazan and Singer, *Adaptive Subgradient Methods*,
    /// JMLR 2011: diagonal matrices, composite mirror descent). scikit-learn has no such schedule.
    /// The penalty, any one, is that of the objective: weights pay it in steps that do not touch them
    /// too. The intercept is a coordinate like others.
    ///
    /// The first step of every coordinate is `eta0` long, whatever its values are, so that the default
    /// `eta0` is far too short for one pass: begin with 1 for rows of unit length (0.5 to 2 are about
    /// as good on the text of Reuters), less for dense rows, where many coordinates step at once.
    ///
    /// `tol` is about the mean loss, without the penalty. Averaging is refused.
    AdaGrad,
    /// Follow the regularized leader, proximally (McMahan et al., *Ad Click Prediction*, KDD 2013):
    /// steps of `eta0 / (beta + sqrt(G))`, but that the penalties of all steps so far are weighed
    /// against all gradients at once: under L1 a weight is exactly zero until its gradients outweigh
    /// them. `alpha` is per example, as everywhere: after `t` steps the paper's λ1 and λ2 are `t alpha`
    /// times the shares of L1 and L2.
    ///
    /// Begin with an `eta0` of 1. A `beta` of 0.1 is good for rows of unit length with many values: next to
    /// the paper's 1 the gradients of their coordinates are small. `tol` and averaging are as with
    /// [`AdaGrad`](LearningRate::AdaGrad).
    Ftrl {
        /// How much the first steps are held back; above 0, the paper's value is 1.
        beta: f64,
    },
    /// `eta0`, divided by 5 whenever training stops getting better (`adaptive`). Within one
    /// `partial_fit` it is `eta0` throughout.
    Adaptive,
}

/// The step length as training sees it.
#[derive(Clone, Copy)]
pub(in crate::linear::sgd) struct Schedule {
    rate: LearningRate,
    alpha: f64,
    eta0: f64,
    /// [`LearningRate::Optimal`]'s `t0`.
    head_start: f64,
}

impl Schedule {
    pub(in crate::linear::sgd) fn new(rate: LearningRate, alpha: f64, eta0: f64, loss: Loss) -> Self {
        // The weights are taken to be of this size, and the first step to be as long.
        let typical = (1.0 / alpha.sqrt()).sqrt();
        let first = typical / loss.slope(1.0, -typical).max(1.0);
        Schedule { rate, alpha, eta0, head_start: 1.0 / (first * alpha) }
    }

    /// The length of step `t`, counted from 1.
    #[inline]
    pub(in crate::linear::sgd) fn eta(&self, t: f64) -> f64 {
        match self.rate {
            LearningRate::Optimal => 1.0 / (self.alpha * (self.head_start + t - 1.0)),
            LearningRate::InvScaling { power_t } => self.eta0 / t.powf(power_t),
            _ => self.eta0,
        }
    }

    /// Whether the length of a step follows from the example.
    pub(in crate::linear::sgd) fn is_passive_aggressive(&self) -> bool {
        matches!(self.rate, LearningRate::Pa1 | LearningRate::Pa2)
    }

    /// Whether a row without values is no step: it does not shrink the weights, is not averaged and is not counted
    /// (scikit-learn's `pa1`; its `pa2` moves the intercept).
    pub(in crate::linear::sgd) fn skips_empty_rows(&self) -> bool {
        matches!(self.rate, LearningRate::Pa1)
    }

    /// The length of a passive-aggressive step that mends a loss on a row with this squared norm.
    pub(in crate::linear::sgd) fn mend(&self, loss: f64, squared_norm: f64) -> f64 {
        match self.rate {
            LearningRate::Pa2 => loss / (squared_norm + 0.5 / self.eta0),
            _ => (loss / squared_norm).min(self.eta0),
        }
    }

    /// Shortens the steps after training stopped getting better. `false` when it is time to stop.
    pub(in crate::linear::sgd) fn slow_down(&mut self) -> bool {
        let goes_on = matches!(self.rate, LearningRate::Adaptive) && self.eta0 > 1e-6;
        if goes_on {
            self.eta0 /= 5.0;
        }
        goes_on
    }
}
