//! Backtracking line search of the Newton methods: the best point so far, the trial point, and the end.

use serde::{Deserialize, Serialize};

use super::{Limits, Outcome, Question};
use crate::data::checked::is_count;

/// A step must gain this share of the promised change (Armijo's condition).
const SUFFICIENT: f64 = 1e-4;
/// A gain this small, relative to the value, drowns in rounding.
const ROUNDING: f64 = 1e-13;
/// Steps shorter than 2^-40 of Newton's gain nothing that rounding does not hide.
const MAX_HALVINGS: usize = 40;

/// The best point of a minimization so far, and the trial point on the way from it along a step, which is halved until it
/// descends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LineSearch {
    pub(super) limits: Limits,
    /// The best point so far; the function there, with its penalty, and the gradient of its smooth part; the norm of the
    /// (sub)gradient there, and the norm of the gradient at the start.
    pub(super) point: Vec<f64>,
    value: f64,
    pub(super) gradient: Vec<f64>,
    size: f64,
    start: f64,
    n_iter: usize,
    /// The trial point, the part of the step that leads to it, and the change that the slope promises there.
    pub(super) trial: Vec<f64>,
    length: f64,
    pub(super) promised: f64,
    halvings: usize,
    pub(super) stage: Stage,
}

/// The stage of a minimization between two answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Stage {
    /// Nothing is known yet.
    Begun,
    /// A step from the best point is being solved for.
    Solving,
    /// The function is wanted at the trial point.
    Trying,
    Over {
        converged: bool,
    },
    /// A value, a gradient or a curvature is beyond what floats hold.
    Overflowed,
}

/// The next thing to do after an evaluation.
pub(super) enum Progress {
    /// Solve for a step from the best point, which is new.
    Step,
    /// Set the trial point again: the length has been halved.
    Shorter,
    /// Nothing: the minimization is over.
    Over,
}

impl LineSearch {
    /// Begins at a point.
    pub(super) fn new(point: Vec<f64>, limits: Limits) -> Self {
        LineSearch {
            limits,
            value: f64::INFINITY,
            gradient: vec![0.0; point.len()],
            size: f64::INFINITY,
            start: f64::INFINITY,
            n_iter: 0,
            trial: Vec::new(),
            length: 1.0,
            promised: 0.0,
            halvings: 0,
            stage: Stage::Begun,
            point,
        }
    }

    /// True if the vectors are all of one length, and the counts are possible.
    pub(super) fn is_consistent(&self) -> bool {
        let n = self.point.len();
        let trial = self.trial.len() == n || (self.trial.is_empty() && self.stage != Stage::Trying);
        self.gradient.len() == n && trial && is_count([self.n_iter as u64]) && self.halvings <= MAX_HALVINGS
    }

    /// The next question, where `of_step` is the one that solving for a step asks; `None` at the end, or after as many
    /// steps as allowed.
    pub(super) fn question<'a>(&'a self, of_step: Question<'a>) -> Option<Question<'a>> {
        match self.stage {
            Stage::Begun | Stage::Trying => Some(Question::Evaluate(self.evaluated_at())),
            Stage::Solving => (self.n_iter < self.limits.max_iter).then_some(of_step),
            Stage::Over { .. } | Stage::Overflowed => None,
        }
    }

    /// The point where the function is evaluated next.
    pub(super) fn evaluated_at(&self) -> &[f64] {
        if self.stage == Stage::Begun { &self.point } else { &self.trial }
    }

    /// The outcome, so far.
    pub(super) fn outcome(&self) -> Outcome {
        Outcome {
            n_iter: self.n_iter,
            converged: self.stage == Stage::Over { converged: true },
            overflowed: self.stage == Stage::Overflowed,
        }
    }

    /// The function at the best point, with its penalty; infinite before it was evaluated there.
    pub(super) fn value(&self) -> f64 {
        self.value
    }

    /// True if the function was last evaluated elsewhere than at the best point.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.halvings > 0
    }

    /// Goes on from the value, the norms of the (sub)gradient and of the gradient of the smooth part, and this gradient, which
    /// is swapped for another vector where it is wanted.
    pub(super) fn evaluated(&mut self, value: f64, size: f64, smooth: f64, gradient: &mut Vec<f64>) -> Progress {
        if self.stage == Stage::Begun {
            self.start = smooth;
            if !(value.is_finite() && self.start.is_finite() && size.is_finite()) {
                self.stage = Stage::Overflowed;
                return Progress::Over;
            }
        } else if self.descends(value, size) {
            std::mem::swap(&mut self.point, &mut self.trial);
            self.n_iter += 1;
        } else {
            return self.halve(value.is_finite() && size.is_finite());
        }
        std::mem::swap(&mut self.gradient, gradient);
        (self.value, self.size, self.halvings) = (value, size, 0);
        if self.size <= self.limits.tol * self.start {
            self.stage = Stage::Over { converged: true };
            return Progress::Over;
        }
        Progress::Step
    }

    /// True if the promised change drowns in rounding: then values cannot show a descent, but the gradient still can.
    fn is_blind(&self) -> bool {
        -self.promised <= ROUNDING * self.value.abs()
    }

    /// True if the trial point is good enough to go on from.
    fn descends(&self, value: f64, size: f64) -> bool {
        let gains = value <= self.value + SUFFICIENT * self.promised;
        value.is_finite() && size.is_finite() && if self.is_blind() { size < self.size } else { gains }
    }

    /// Halves the step after a trial that does not descend, or ends where no shorter one would.
    fn halve(&mut self, finite: bool) -> Progress {
        self.halvings += 1;
        if self.is_blind() || self.halvings == MAX_HALVINGS {
            self.stage = Stage::Over { converged: finite && self.promised.is_finite() };
            return Progress::Over;
        }
        self.length *= 0.5;
        Progress::Shorter
    }

    /// The norm of the (sub)gradient at the best point, relative to that of the gradient at the start.
    pub(super) fn relative_size(&self) -> f64 {
        self.size / self.start
    }

    /// The relative residual up to which conjugate gradients solve for a step: Dembo and Steihaug's forcing term, rough
    /// far away, superlinear near the minimum.
    pub(super) fn forcing(&self) -> f64 {
        self.relative_size().sqrt().min(self.limits.roughest)
    }

    /// A step is solved for, if its curvatures are what floats hold.
    pub(super) fn solve(&mut self, finite: bool) {
        self.stage = if finite { Stage::Solving } else { Stage::Overflowed };
    }

    /// Tries steps from now on, the whole step first.
    pub(super) fn begin_trials(&mut self) {
        (self.length, self.stage) = (1.0, Stage::Trying);
    }

    /// Sets the trial point along a step, at the current length, which it gives.
    pub(super) fn set_trial(&mut self, step: &[f64]) -> f64 {
        let length = self.length;
        self.trial.clear();
        self.trial.extend(self.point.iter().zip(step).map(|(x, step)| x + length * step));
        length
    }
}
