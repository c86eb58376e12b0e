//! Training state of one lane: what it learns, how, and how far it is.

use super::boundaries::Positive;
use crate::linear::sgd::coordinate::rule::{Rates, Rule};
use crate::linear::sgd::descent::schedule::Schedule;
use crate::linear::sgd::descent::settings::Descent;
use crate::linear::sgd::descent::{Loss, Penalty};

/// One boundary in training: what it learns, how, and how far it is.
pub(in crate::linear::sgd) struct LaneRun {
    pub(in crate::linear::sgd) loss: Loss,
    pub(in crate::linear::sgd) penalty: Penalty,
    pub(in crate::linear::sgd) alpha: f64,
    pub(in crate::linear::sgd) schedule: Schedule,
    /// Of a schedule that has them.
    pub(in crate::linear::sgd) rates: Option<(Rule, Rates)>,
    pub(in crate::linear::sgd) fit_intercept: bool,
    /// What the objective charges for each unit of the intercept.
    pub(in crate::linear::sgd) intercept_price: f64,
    target: Target,
    /// The first step whose weights enter the average, skipped ones not counted; infinite for none.
    averaged_from: f64,
    /// The number of steps that were [skipped](Self::skip) so far, those of earlier trainings too.
    pub(in crate::linear::sgd) skipped: f64,
    /// The last of them.
    last_skipped: f64,
    pub(in crate::linear::sgd) state: State,
    /// The number of passes it made.
    pub(in crate::linear::sgd) passes: usize,
    /// The sum of the objective over the pass in work.
    pub(in crate::linear::sgd) objective: f64,
    best: f64,
    stale: usize,
    /// What scikit-learn's objective, which decides when to stop, takes for the squared L2 norm and
    /// the L1 norm of the weights: those of the weights that the last update changed. Stopping at
    /// the same epoch needs the same norms.
    pub(in crate::linear::sgd) norms: (f64, f64),
    /// The L1 penalty that each weight could have received in this training.
    pub(in crate::linear::sgd) due: f64,
}

/// The state of a lane: learning, or at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::linear::sgd) enum State {
    Learns,
    /// Its objective stopped falling.
    Done,
    /// Its weights overflowed.
    Diverged,
}

/// The target of a lane.
#[derive(Clone, Copy)]
pub(in crate::linear::sgd) enum Target {
    /// To tell a class from the others, whose examples count so much.
    Class { own: usize, own_weight: f64, rest_weight: f64 },
    /// To tell the rows that have a label from those that have not, which count so much.
    Label { number: usize, own_weight: f64, rest_weight: f64 },
    /// The number itself.
    Value,
    /// To have every row on its own side, though not for the price of a high intercept.
    Inlier,
}

/// The truth about the rows that count.
#[derive(Clone, Copy)]
pub(in crate::linear::sgd) enum Truth<'a> {
    /// The number of each row's class.
    Classes(&'a [usize]),
    /// Whether each row has each of so many labels, row by row.
    Labels(&'a [bool], usize),
    /// A number for each row.
    Values(&'a [f64]),
    /// Nothing is known of so many rows.
    Unlabelled(usize),
}

impl Truth<'_> {
    /// Of how many rows.
    pub(in crate::linear::sgd) fn len(&self) -> usize {
        match self {
            Truth::Classes(classes) => classes.len(),
            Truth::Labels(has, n_labels) => has.len() / n_labels,
            Truth::Values(values) => values.len(),
            Truth::Unlabelled(rows) => *rows,
        }
    }
}

impl Target {
    /// Those of boundaries that tell these apart, with these weights of all classes.
    pub(in crate::linear::sgd) fn classes(positives: &[Positive], class_weight: &[f64]) -> Vec<Self> {
        positives.iter().map(|&positive| Target::class(positive, class_weight)).collect()
    }

    /// To tell a class from the others, with these weights of all classes.
    pub(in crate::linear::sgd) fn class(positive: Positive, class_weight: &[f64]) -> Self {
        let (own, own_weight) = match positive {
            Positive::Class(class) => (class, class_weight[class]),
            // No row has this number.
            Positive::Unseen => (usize::MAX, 1.0),
        };
        // Of two classes each has its weight. Against the rest, only the class itself has.
        let rest_weight = if class_weight.len() == 2 { class_weight[0] } else { 1.0 };
        Target::Class { own, own_weight, rest_weight }
    }
}

impl LaneRun {
    pub(in crate::linear::sgd) fn new(
        descent: &Descent,
        target: Target,
        averaged_from: Option<f64>,
        skipped: f64,
    ) -> Self {
        let &Descent { loss, penalty, alpha, learning_rate, eta0, fit_intercept, .. } = descent;
        LaneRun {
            loss,
            penalty,
            alpha,
            schedule: Schedule::new(learning_rate, alpha, eta0, loss),
            rates: descent.coordinate_rates(),
            fit_intercept,
            intercept_price: if matches!(target, Target::Inlier) { alpha } else { 0.0 },
            target,
            averaged_from: averaged_from.unwrap_or(f64::INFINITY),
            skipped,
            last_skipped: 0.0,
            state: State::Learns,
            passes: 0,
            objective: 0.0,
            best: f64::INFINITY,
            stale: 0,
            norms: (0.0, 0.0),
            due: 0.0,
        }
    }

    pub(in crate::linear::sgd) fn learns(&self) -> bool {
        self.state == State::Learns
    }

    /// Leaves out step `t`: its row has nothing to learn from.
    #[cold]
    pub(in crate::linear::sgd) fn skip(&mut self, t: f64) {
        self.skipped += 1.0;
        self.last_skipped = t;
    }

    /// True if it takes step `t`, which was not over when it was [skipped](Self::skip).
    #[inline]
    pub(in crate::linear::sgd) fn takes_step(&self, t: f64) -> bool {
        self.learns() && self.last_skipped != t
    }

    /// The number of step `t` among those that are averaged, if it is.
    #[inline]
    pub(in crate::linear::sgd) fn averaged_sample(&self, t: f64) -> Option<f64> {
        let sample = t - self.skipped - self.averaged_from + 1.0;
        (sample >= 1.0 && self.takes_step(t)).then_some(sample)
    }

    /// What to aim at for row `k` of those that count, and how much it counts.
    #[inline]
    pub(in crate::linear::sgd) fn target(&self, truth: Truth<'_>, k: usize) -> (f64, f64) {
        let (is_own, own_weight, rest_weight) = match (self.target, truth) {
            (Target::Class { own, own_weight, rest_weight }, Truth::Classes(classes)) => {
                (classes[k] == own, own_weight, rest_weight)
            }
            (Target::Label { number, own_weight, rest_weight }, Truth::Labels(has, n_labels)) => {
                (has[k * n_labels + number], own_weight, rest_weight)
            }
            (Target::Value, Truth::Values(values)) => return (values[k], 1.0),
            (Target::Inlier, _) => return (1.0, 1.0),
            _ => unreachable!("a lane is given the kind of truth that it aims at"),
        };
        if is_own { (1.0, own_weight) } else { (self.loss.negative(), rest_weight) }
    }

    /// The objective, at a margin and with this intercept.
    pub(in crate::linear::sgd) fn objective_at(&self, y: f64, p: f64, intercept: f64) -> f64 {
        let loss = self.loss.value(y, p) + self.intercept_price * intercept;
        // Passive-aggressive training stops by the loss alone, as in scikit-learn.
        if self.penalty == Penalty::None || self.schedule.is_passive_aggressive() {
            return loss;
        }
        let (l1_ratio, (squared, l1)) = (self.penalty.l1_ratio(), self.norms);
        loss + self.alpha * ((1.0 - l1_ratio) * 0.5 * squared + l1_ratio * l1)
    }

    /// Ends a pass over `n` rows. With a `tol`, training is done when the objective has not fallen
    /// by that much for `n_iter_no_change` passes in a row.
    pub(in crate::linear::sgd) fn end_pass(&mut self, n: usize, tol: Option<f64>, n_iter_no_change: usize) {
        self.passes += 1;
        let objective = std::mem::take(&mut self.objective) / n as f64;
        let Some(tol) = tol else { return };
        self.stale = if objective > self.best - tol { self.stale + 1 } else { 0 };
        self.best = self.best.min(objective);
        if self.stale >= n_iter_no_change {
            if self.schedule.slow_down() {
                self.stale = 0;
            } else {
                self.state = State::Done;
            }
        }
    }
}
