//! Newton's method as a dialogue: it asks for values and products of a function, and goes on from the answers.

use serde::{Deserialize, Serialize};

use super::conjugate_gradients::{ConjugateGradients, Solving};
use super::line_search::{LineSearch, Progress, Stage};
use super::{Limits, Question, dot, norm};
use crate::data::checked::{checked_when_read, contradiction};
use crate::error::Result;

/// A minimization that stands between two questions, so that the caller may answer each by a loop over rows in memory,
/// or by a pass over chunks.
///
/// Each step is solved for by conjugate gradients with a diagonal preconditioner, as roughly as the
/// distance from the minimum allows, and then halved until it descends (a truncated Newton method:
/// Dembo and Steihaug 1983; for linear classifiers Lin, Weng and Keerthi 2008, and Hsia, Chiang and
/// Lin 2018 for the preconditioner). The convergence is faster than linear, so more digits cost
/// little.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(in crate::linear) struct Minimizer {
    line: LineSearch,
    solver: ConjugateGradients,
}

checked_when_read!(Minimizer, serialize: [], deserialize: []);

impl Minimizer {
    fn check_read(&self) -> Result<()> {
        let n = self.line.point.len();
        let solves = match self.line.stage {
            Stage::Solving | Stage::Trying => self.solver.fits(n),
            Stage::Begun | Stage::Over { .. } | Stage::Overflowed => true,
        };
        match self.line.is_consistent() && solves {
            true => Ok(()),
            false => Err(contradiction(format!("a minimization whose vectors are not all of {n} numbers"))),
        }
    }

    /// Begins at a point.
    pub(crate) fn new(point: Vec<f64>, limits: Limits) -> Self {
        Minimizer { line: LineSearch::new(point, limits), solver: ConjugateGradients::default() }
    }

    /// The best point so far, and the way on from it.
    pub(super) fn line(&self) -> &LineSearch {
        &self.line
    }

    pub(super) fn line_mut(&mut self) -> &mut LineSearch {
        &mut self.line
    }

    /// The next question; `None` at the end, or after as many steps as it may take.
    pub(crate) fn question(&self) -> Option<Question<'_>> {
        self.line.question(Question::Multiply(self.solver.search()))
    }

    /// The answer to [`Question::Evaluate`]. `gradient` is swapped for another vector where it is
    /// wanted; `precondition` writes a diagonal that stands for the Hessian there, where that is.
    pub(crate) fn evaluated(&mut self, value: f64, gradient: &mut Vec<f64>, precondition: impl FnOnce(&mut [f64])) {
        let size = norm(gradient);
        match self.line.evaluated(value, size, size, gradient) {
            Progress::Step => {
                let begun = self.solver.begin(&self.line.gradient, self.line.forcing(), precondition);
                self.line.solve(begun);
            }
            Progress::Shorter => self.set_trial(),
            Progress::Over => {}
        }
    }

    /// The answer to [`Question::Multiply`].
    pub(crate) fn multiplied(&mut self, product: &[f64]) {
        match self.solver.multiplied(product, self.line.limits.max_products) {
            Solving::GoesOn => {}
            Solving::Solved => {
                self.line.begin_trials();
                self.set_trial();
            }
            Solving::Overflowed => self.line.stage = Stage::Overflowed,
        }
    }

    fn set_trial(&mut self) {
        let step = self.solver.step();
        let length = self.line.set_trial(step);
        self.line.promised = length * dot(&self.line.gradient, step);
    }
}
