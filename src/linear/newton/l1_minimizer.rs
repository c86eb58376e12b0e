//! Proximal Newton method as a dialogue: minimises a smooth convex function plus an L1 penalty.

use serde::{Deserialize, Serialize};

use super::conjugate_gradients::{ConjugateGradients, Solving};
use super::l1::L1;
use super::l1_quadratic::L1Quadratic;
use super::line_search::{LineSearch, Progress, Stage};
use super::{Limits, Question, dot, norm, triangle_len};
use crate::data::checked::{checked_when_read, contradiction};
use crate::error::Result;

/// The most numbers of which the Hessian is asked for at once: a triangle of 4 MiB.
pub(in crate::linear) const MOST_TOGETHER: usize = 1024;
/// Working sets are at least of so many numbers, if as many want to leave zero.
const LEAST_TOGETHER: usize = 256;
/// They are no more times as many as are not zero: most that want to leave at first are not needed in the end.
const GROWTH: usize = 4;
/// A clamped step that keeps less than this share of the slope is aligned with the subgradient.
const KEPT: f64 = 0.01;

/// A minimization of a smooth function plus an L1 penalty that stands between two questions, as
/// [`Minimizer`](super::Minimizer) does for a smooth function alone.
///
/// Each step minimises the quadratic model plus the penalty. Where few numbers are not zero, the Hessian of a working set
/// of numbers is asked for, and the model is solved at hand (a proximal Newton method: glmnet, Friedman et al. 2010;
/// newGLMNET, Yuan, Ho and Lin 2012): two passes over the data a step, and some ten steps. Where they are too many, conjugate
/// gradients solve for the step in the orthant of the minimum-norm subgradient, and what leaves the orthant becomes zero
/// (Andrew and Gao 2007; Byrd, Chin, Nocedal and Oztoprak 2016). Steps are halved until they descend. It ends when the norm of
/// the minimum-norm subgradient has fallen to `tol` times the norm of the function's gradient at the start.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(in crate::linear) struct L1Minimizer {
    l1: L1,
    /// The most numbers in a working set.
    together: usize,
    line: LineSearch,
    /// The working set; empty where products are asked for.
    set: Vec<u32>,
    solver: ConjugateGradients,
    step: Vec<f64>,
}

checked_when_read!(L1Minimizer, serialize: [], deserialize: []);

impl L1Minimizer {
    fn check_read(&self) -> Result<()> {
        let n = self.line.point.len();
        let set = self.set.is_sorted_by(|a, b| a < b) && self.set.last().is_none_or(|&last| (last as usize) < n);
        let solves = match self.line.stage {
            Stage::Solving if self.set.is_empty() => self.solver.fits(n),
            Stage::Solving => self.set.len() <= self.together,
            Stage::Trying => self.step.len() == n,
            Stage::Begun | Stage::Over { .. } | Stage::Overflowed => true,
        };
        let sizes = self.l1.penalized <= n && self.together <= MOST_TOGETHER && n <= u32::MAX as usize;
        match self.line.is_consistent() && set && solves && sizes && self.l1.strength >= 0.0 {
            true => Ok(()),
            false => Err(contradiction(format!("a minimization whose vectors are not all of {n} numbers"))),
        }
    }

    /// Begins at a point. The Hessian is asked for of `together` numbers at once at most, and no more than
    /// [`MOST_TOGETHER`]; 0 for products alone.
    pub(crate) fn new(point: Vec<f64>, limits: Limits, l1: L1, together: usize) -> Self {
        L1Minimizer {
            l1,
            together: together.min(MOST_TOGETHER),
            line: LineSearch::new(point, limits),
            set: Vec::new(),
            solver: ConjugateGradients::default(),
            step: Vec::new(),
        }
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
        let of_step = match &self.set[..] {
            [] => Question::Multiply(self.solver.search()),
            set => Question::Curve(set),
        };
        self.line.question(of_step)
    }

    /// The answer to [`Question::Evaluate`], as for [`Minimizer`](super::Minimizer): the function's, without the penalty.
    pub(crate) fn evaluated(&mut self, value: f64, gradient: &mut Vec<f64>, precondition: impl FnOnce(&mut [f64])) {
        let at = self.line.evaluated_at();
        let value = value + self.l1.value(at);
        let size = self.l1.subgradient_norm(at, gradient);
        match self.line.evaluated(value, size, norm(gradient), gradient) {
            Progress::Step => self.begin_step(precondition),
            Progress::Shorter => self.set_trial(),
            Progress::Over => {}
        }
    }

    /// Asks for the Hessian of a working set, or for products where that would be too large.
    fn begin_step(&mut self, precondition: impl FnOnce(&mut [f64])) {
        // With room for some that want to leave zero.
        let LineSearch { point, gradient, .. } = &self.line;
        let nonzero = self.l1.n_nonzero(point);
        if 16 * nonzero < 15 * self.together {
            let mut curvature = vec![0.0; point.len()];
            precondition(&mut curvature);
            let most = (GROWTH * nonzero).max(LEAST_TOGETHER).min(self.together);
            // It is not empty: the subgradient is not zero.
            self.set = self.l1.working_set(point, gradient, &curvature, most);
            self.line.solve(true);
        } else {
            self.set.clear();
            let begun = self.solver.begin(&self.subgradient(), self.line.forcing(), precondition);
            self.line.solve(begun);
        }
    }

    /// The minimum-norm subgradient at the best point.
    fn subgradient(&self) -> Vec<f64> {
        self.l1.subgradient(&self.line.point, &self.line.gradient).collect()
    }

    /// The answer to [`Question::Curve`]: the lower triangle of the Hessian of those numbers, row after row.
    pub(crate) fn curved(&mut self, triangle: &[f64]) {
        let n = self.set.len();
        if triangle.len() != triangle_len(n) || !triangle.iter().all(|h| h.is_finite()) {
            self.line.stage = Stage::Overflowed;
            return;
        }
        let mut hessian = vec![0.0; n * n];
        for a in 0..n {
            for b in 0..=a {
                let h = triangle[triangle_len(a) + b];
                (hessian[a * n + b], hessian[b * n + a]) = (h, h);
            }
        }
        let of = |numbers: &[f64]| self.set.iter().map(|&j| numbers[j as usize]).collect();
        let strengths = self.set.iter().map(|&j| self.l1.strength_of(j as usize)).collect();
        let (point, gradient) = (of(&self.line.point), of(&self.line.gradient));
        // The data is asked twice a step, however well the model is solved.
        let forcing = self.line.relative_size().min(0.1);
        let minimum = L1Quadratic { point, gradient, strengths, hessian: &hessian }.minimize(forcing);
        self.step.clear();
        self.step.resize(self.line.point.len(), 0.0);
        self.set.iter().zip(minimum).for_each(|(&j, x)| self.step[j as usize] = x - self.line.point[j as usize]);
        self.try_step();
    }

    /// The answer to [`Question::Multiply`].
    pub(crate) fn multiplied(&mut self, product: &mut [f64]) {
        // What is at its minimum at zero stays there.
        for (j, p) in product.iter_mut().enumerate() {
            if self.side(j) == 0.0 {
                *p = 0.0;
            }
        }
        match self.solver.multiplied(product, self.line.limits.max_products) {
            Solving::GoesOn => {}
            Solving::Solved => {
                self.step.clear();
                self.step.extend_from_slice(self.solver.step());
                self.try_step();
            }
            Solving::Overflowed => self.line.stage = Stage::Overflowed,
        }
    }

    /// The side of zero that a penalized number is on, or would leave zero for; 0 if it is to stay there. Free numbers have
    /// 1.
    fn side(&self, j: usize) -> f64 {
        let x = self.line.point[j];
        if j >= self.l1.penalized {
            1.0
        } else if x != 0.0 {
            x.signum()
        } else {
            match self.l1.subgradient_of(j, x, self.line.gradient[j]) {
                0.0 => 0.0,
                v => -v.signum(),
            }
        }
    }

    fn try_step(&mut self) {
        self.line.begin_trials();
        self.set_trial();
        if self.set.is_empty() {
            let subgradient = self.subgradient();
            if self.line.promised > KEPT * dot(&subgradient, &self.step) {
                for (step, v) in self.step.iter_mut().zip(subgradient) {
                    if *step * v > 0.0 {
                        *step = 0.0;
                    }
                }
                self.set_trial();
            }
        }
    }

    fn set_trial(&mut self) {
        self.line.set_trial(&self.step);
        if self.set.is_empty() {
            for j in 0..self.l1.penalized {
                if self.line.trial[j] * self.side(j) <= 0.0 {
                    self.line.trial[j] = 0.0;
                }
            }
        }
        let LineSearch { point, trial, gradient, .. } = &self.line;
        self.line.promised = self.l1.promised(point, trial, gradient);
    }
}
