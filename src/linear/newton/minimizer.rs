//! Newton's method as a dialogue: it asks for values and products of a function, and goes on from the answers.

use serde::{Deserialize, Serialize};

use super::conjugate_gradients::{ConjugateGradients, Solving};
use super::{Limits, Outcome, dot, norm};
use crate::data::checked::{checked_when_read, contradiction, is_count};
use crate::error::Result;

/// A step must gain this share of what the slope promises (Armijo's condition).
pub(super) const SUFFICIENT: f64 = 1e-4;
/// A gain this small, relative to the value, drowns in rounding.
pub(super) const ROUNDING: f64 = 1e-13;
/// Steps shorter than 2^-40 of Newton's gain nothing that could be told from rounding.
pub(super) const MAX_HALVINGS: usize = 40;

/// A minimization that stands between two questions, so that whoever answers them may take a loop
/// over rows in memory for it, or a pass over chunks.
///
/// Each step is solved for by conjugate gradients with a diagonal preconditioner, as roughly as the
/// distance from the minimum allows, and then halved until it descends (a truncated Newton method:
/// Dembo and Steihaug 1983; for linear classifiers Lin, Weng and Keerthi 2008, and Hsia, Chiang and
/// Lin 2018 for the preconditioner). The convergence is faster than linear, so more digits cost
/// little.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(in crate::linear) struct Minimizer {
    limits: Limits,
    /// The best point so far, what the function is there, and its gradient's norm there and at the
    /// start.
    point: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
    size: f64,
    start: f64,
    n_iter: usize,
    solver: ConjugateGradients,
    /// The point that is tried, and which part of the step away it is.
    trial: Vec<f64>,
    length: f64,
    halvings: usize,
    stage: Stage,
}

checked_when_read!(Minimizer, serialize: [], deserialize: []);

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Stage {
    /// Nothing is known yet.
    Begun,
    Solving,
    Trying,
    Over {
        converged: bool,
    },
    /// What it was told, or made of that, is beyond what floats hold.
    Overflowed,
}

/// A question of a minimization about its function.
pub(in crate::linear) enum Question<'a> {
    /// The value and the gradient at a point, of which what follows speaks.
    Evaluate(&'a [f64]),
    /// The Hessian, at the point evaluated last, times a vector.
    Multiply(&'a [f64]),
    /// The Hessian, at the point evaluated last, of these numbers alone (ascending): its lower triangle, row after row.
    Curve(&'a [u32]),
}

impl Minimizer {
    fn check_read(&self) -> Result<()> {
        let n = self.point.len();
        let solves = match self.stage {
            Stage::Begun => true,
            Stage::Solving => self.solver.fits(n),
            Stage::Trying => self.solver.fits(n) && self.trial.len() == n,
            Stage::Over { .. } | Stage::Overflowed => true,
        };
        let trials = self.trial.is_empty() || self.trial.len() == n;
        let counts = is_count([self.n_iter as u64]) && self.halvings <= MAX_HALVINGS;
        match self.gradient.len() == n && solves && trials && counts {
            true => Ok(()),
            false => Err(contradiction(format!("a minimization whose vectors are not all of {n} numbers"))),
        }
    }

    /// Begins at a point.
    pub(crate) fn new(point: Vec<f64>, limits: Limits) -> Self {
        Minimizer {
            limits,
            value: f64::INFINITY,
            gradient: vec![0.0; point.len()],
            size: f64::INFINITY,
            start: f64::INFINITY,
            n_iter: 0,
            solver: ConjugateGradients::default(),
            trial: Vec::new(),
            length: 1.0,
            halvings: 0,
            stage: Stage::Begun,
            point,
        }
    }

    /// The next question; `None` at the end, or after as many steps as it may take.
    pub(crate) fn question(&self) -> Option<Question<'_>> {
        match self.stage {
            Stage::Begun => Some(Question::Evaluate(&self.point)),
            Stage::Solving if self.n_iter >= self.limits.max_iter => None,
            Stage::Solving => Some(Question::Multiply(self.solver.search())),
            Stage::Trying => Some(Question::Evaluate(&self.trial)),
            Stage::Over { .. } | Stage::Overflowed => None,
        }
    }

    /// Allows one step more.
    pub(crate) fn go_on(&mut self) {
        self.limits.max_iter = self.limits.max_iter.saturating_add(1);
    }

    /// The best point so far.
    pub(crate) fn point(&self) -> &[f64] {
        &self.point
    }

    /// The outcome, so far.
    pub(crate) fn outcome(&self) -> Outcome {
        Outcome {
            n_iter: self.n_iter,
            converged: self.stage == Stage::Over { converged: true },
            overflowed: self.stage == Stage::Overflowed,
        }
    }

    /// True if the function was last evaluated elsewhere than at the best point.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.halvings > 0
    }

    /// The answer to [`Question::Evaluate`]. `gradient` is swapped for another vector where it is
    /// wanted; `precondition` writes a diagonal that stands for the Hessian there, where that is.
    pub(crate) fn evaluated(&mut self, value: f64, gradient: &mut Vec<f64>, precondition: impl FnOnce(&mut [f64])) {
        let size = norm(gradient);
        if self.stage == Stage::Begun {
            if !(value.is_finite() && size.is_finite()) {
                self.stage = Stage::Overflowed;
                return;
            }
            self.start = size;
        } else if !self.descends(value, size) {
            return;
        } else {
            std::mem::swap(&mut self.point, &mut self.trial);
            self.n_iter += 1;
        }
        std::mem::swap(&mut self.gradient, gradient);
        (self.value, self.size, self.halvings) = (value, size, 0);
        if self.size <= self.limits.tol * self.start {
            self.stage = Stage::Over { converged: true };
        } else {
            // Dembo and Steihaug's forcing term: rough far away, superlinear near the minimum.
            let forcing = (self.size / self.start).sqrt().min(self.limits.roughest);
            let begun = self.solver.begin(&self.gradient, forcing, precondition);
            self.stage = if begun { Stage::Solving } else { Stage::Overflowed };
        }
    }

    /// The answer to [`Question::Multiply`].
    pub(crate) fn multiplied(&mut self, product: &[f64]) {
        match self.solver.multiplied(product, self.limits.max_products) {
            Solving::GoesOn => {}
            Solving::Solved => {
                self.length = 1.0;
                self.stage = Stage::Trying;
                self.set_trial();
            }
            Solving::Overflowed => self.stage = Stage::Overflowed,
        }
    }

    /// Whether the trial is good enough to go on from. If not, the next one is nearer, or all is over.
    fn descends(&mut self, value: f64, size: f64) -> bool {
        // Where values cannot tell any more, the gradient still can.
        let slope = dot(&self.gradient, self.solver.step());
        let promised = self.length * slope;
        let blind = -promised <= ROUNDING * self.value.abs();
        let finite = value.is_finite() && size.is_finite();
        if finite && ((blind && size < self.size) || (!blind && value <= self.value + SUFFICIENT * promised)) {
            return true;
        }
        self.halvings += 1;
        if blind || self.halvings == MAX_HALVINGS {
            self.stage = Stage::Over { converged: finite && slope.is_finite() };
        } else {
            self.length *= 0.5;
            self.set_trial();
        }
        false
    }

    fn set_trial(&mut self) {
        self.trial.resize(self.point.len(), 0.0);
        for ((t, &p), &s) in self.trial.iter_mut().zip(&self.point).zip(self.solver.step()) {
            *t = p + self.length * s;
        }
    }
}
