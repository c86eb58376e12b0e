//! Proximal Newton method as a dialogue: minimises a smooth convex function plus an L1 penalty.

use serde::{Deserialize, Serialize};

use super::conjugate_gradients::{ConjugateGradients, Solving};
use super::l1::L1;
use super::l1_quadratic::L1Quadratic;
use super::minimizer::{MAX_HALVINGS, Question, ROUNDING, SUFFICIENT};
use super::{Limits, Outcome, dot, norm, triangle_len};
use crate::data::checked::{checked_when_read, contradiction, is_count};
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
    limits: Limits,
    /// The most numbers in a working set.
    together: usize,
    /// The best point so far; function plus penalty and the function's gradient there; the norm of the subgradient there,
    /// and that of the gradient at the start.
    point: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
    size: f64,
    start: f64,
    n_iter: usize,
    /// The working set; empty where products are asked for.
    set: Vec<u32>,
    solver: ConjugateGradients,
    step: Vec<f64>,
    /// The point that is tried, which part of the step away it is, and the change that the slope promises.
    trial: Vec<f64>,
    length: f64,
    promised: f64,
    halvings: usize,
    stage: Stage,
}

checked_when_read!(L1Minimizer, serialize: [], deserialize: []);

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Stage {
    /// Nothing is known yet.
    Begun,
    /// The Hessian of the working set is wanted.
    Curving,
    /// A product is wanted.
    Solving,
    Trying,
    Over {
        converged: bool,
    },
    /// What it was told, or made of that, is beyond what floats hold.
    Overflowed,
}

impl L1Minimizer {
    fn check_read(&self) -> Result<()> {
        let n = self.point.len();
        let set = self.set.is_sorted_by(|a, b| a < b) && self.set.last().is_none_or(|&last| (last as usize) < n);
        let solves = match self.stage {
            Stage::Curving => !self.set.is_empty() && self.set.len() <= self.together,
            Stage::Solving => self.solver.fits(n),
            Stage::Trying => self.step.len() == n && self.trial.len() == n,
            Stage::Begun | Stage::Over { .. } | Stage::Overflowed => true,
        };
        let lengths = self.gradient.len() == n && self.l1.penalized <= n && self.together <= MOST_TOGETHER;
        let trials = self.trial.is_empty() || self.trial.len() == n;
        let counts = is_count([self.n_iter as u64]) && self.halvings <= MAX_HALVINGS && n <= u32::MAX as usize;
        match lengths && set && solves && trials && counts && self.l1.strength >= 0.0 {
            true => Ok(()),
            false => Err(contradiction(format!("a minimization whose vectors are not all of {n} numbers"))),
        }
    }

    /// Begins at a point. The Hessian is asked for of `together` numbers at once at most, and no more than
    /// [`MOST_TOGETHER`]; 0 for products alone.
    pub(crate) fn new(point: Vec<f64>, limits: Limits, l1: L1, together: usize) -> Self {
        L1Minimizer {
            l1,
            limits,
            together: together.min(MOST_TOGETHER),
            value: f64::INFINITY,
            gradient: vec![0.0; point.len()],
            size: f64::INFINITY,
            start: f64::INFINITY,
            n_iter: 0,
            set: Vec::new(),
            solver: ConjugateGradients::default(),
            step: Vec::new(),
            trial: Vec::new(),
            length: 1.0,
            promised: 0.0,
            halvings: 0,
            stage: Stage::Begun,
            point,
        }
    }

    /// The next question; `None` at the end, or after as many steps as it may take.
    pub(crate) fn question(&self) -> Option<Question<'_>> {
        match self.stage {
            Stage::Begun => Some(Question::Evaluate(&self.point)),
            Stage::Curving | Stage::Solving if self.n_iter >= self.limits.max_iter => None,
            Stage::Curving => Some(Question::Curve(&self.set)),
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

    /// The answer to [`Question::Evaluate`], as for [`Minimizer`](super::Minimizer): the function's, without the penalty.
    pub(crate) fn evaluated(&mut self, value: f64, gradient: &mut Vec<f64>, precondition: impl FnOnce(&mut [f64])) {
        let at = if self.stage == Stage::Begun { &self.point } else { &self.trial };
        let value = value + self.l1.value(at);
        let size = self.l1.subgradient_norm(at, gradient);
        if self.stage == Stage::Begun {
            self.start = norm(gradient);
            if !(value.is_finite() && self.start.is_finite() && size.is_finite()) {
                self.stage = Stage::Overflowed;
                return;
            }
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
            self.begin_step(precondition);
        }
    }

    /// Asks for the Hessian of a working set, or for products where that would be too large.
    fn begin_step(&mut self, precondition: impl FnOnce(&mut [f64])) {
        // With room for some that want to leave zero.
        let nonzero = self.l1.n_nonzero(&self.point);
        if 16 * nonzero < 15 * self.together {
            let mut curvature = vec![0.0; self.point.len()];
            precondition(&mut curvature);
            let most = (GROWTH * nonzero).max(LEAST_TOGETHER).min(self.together);
            self.set = self.l1.working_set(&self.point, &self.gradient, &curvature, most);
            self.stage = Stage::Curving;
        } else {
            self.set.clear();
            let forcing = (self.size / self.start).sqrt().min(self.limits.roughest);
            let subgradient: Vec<f64> = self.l1.subgradient(&self.point, &self.gradient).collect();
            let begun = self.solver.begin(&subgradient, forcing, precondition);
            self.stage = if begun { Stage::Solving } else { Stage::Overflowed };
        }
    }

    /// The answer to [`Question::Curve`]: the lower triangle of the Hessian of those numbers, row after row.
    pub(crate) fn curved(&mut self, triangle: &[f64]) {
        let n = self.set.len();
        if triangle.len() != triangle_len(n) || !triangle.iter().all(|h| h.is_finite()) {
            self.stage = Stage::Overflowed;
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
        let (point, gradient) = (of(&self.point), of(&self.gradient));
        // The data is asked twice a step, however well the model is solved.
        let forcing = (self.size / self.start).min(0.1);
        let minimum = L1Quadratic { point, gradient, strengths, hessian: &hessian }.minimize(forcing);
        self.step.clear();
        self.step.resize(self.point.len(), 0.0);
        self.set.iter().zip(minimum).for_each(|(&j, x)| self.step[j as usize] = x - self.point[j as usize]);
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
        match self.solver.multiplied(product, self.limits.max_products) {
            Solving::GoesOn => {}
            Solving::Solved => {
                self.step.clear();
                self.step.extend_from_slice(self.solver.step());
                self.try_step();
            }
            Solving::Overflowed => self.stage = Stage::Overflowed,
        }
    }

    /// The side of zero that a penalized number is on, or would leave zero for; 0 if it is to stay there. Free numbers have
    /// 1.
    fn side(&self, j: usize) -> f64 {
        let x = self.point[j];
        if j >= self.l1.penalized {
            1.0
        } else if x != 0.0 {
            x.signum()
        } else {
            match self.l1.subgradient_of(j, x, self.gradient[j]) {
                0.0 => 0.0,
                v => -v.signum(),
            }
        }
    }

    fn try_step(&mut self) {
        self.length = 1.0;
        self.stage = Stage::Trying;
        self.set_trial();
        if self.set.is_empty() {
            let subgradient: Vec<f64> = self.l1.subgradient(&self.point, &self.gradient).collect();
            if self.promised > KEPT * dot(&subgradient, &self.step) {
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
        self.trial.clear();
        self.trial.extend(self.point.iter().zip(&self.step).map(|(x, step)| x + self.length * step));
        if self.set.is_empty() {
            for j in 0..self.l1.penalized {
                if self.trial[j] * self.side(j) <= 0.0 {
                    self.trial[j] = 0.0;
                }
            }
        }
        self.promised = self.l1.promised(&self.point, &self.trial, &self.gradient);
    }

    /// Whether the trial is good enough to go on from. If not, the next one is nearer, or all is over.
    fn descends(&mut self, value: f64, size: f64) -> bool {
        // Where values cannot tell any more, the subgradient still can.
        let blind = -self.promised <= ROUNDING * self.value.abs();
        let finite = value.is_finite() && size.is_finite();
        if finite && ((blind && size < self.size) || (!blind && value <= self.value + SUFFICIENT * self.promised)) {
            return true;
        }
        self.halvings += 1;
        if blind || self.halvings == MAX_HALVINGS {
            self.stage = Stage::Over { converged: finite && self.promised.is_finite() };
        } else {
            self.length *= 0.5;
            self.set_trial();
        }
        false
    }
}
