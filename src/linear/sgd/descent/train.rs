//! Training loop of SGD: one learner, or several that learn from the same rows.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::loss::Loss;
use super::settings::Descent;
use crate::data::{FeatureRows, Float, RowsView, float_computation};
use crate::error::{Error, ErrorKind, Result};
use crate::linear::sgd::classifier::params::Averaging;
use crate::linear::sgd::coordinate;
use crate::linear::sgd::coordinate::rule::{Rates, Rule};
use crate::linear::sgd::kernel::lane_run::{LaneRun, State, Target};
use crate::linear::sgd::kernel::lanes::{Lanes, WIDEST};
use crate::linear::sgd::kernel::lines::Lines;
use crate::linear::sgd::kernel::order::Order;
use crate::linear::sgd::kernel::pass::{Examples, pass};

/// The history of a model's training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::linear::sgd) struct History {
    pub(in crate::linear::sgd) loss: Loss,
    /// The first step in the average, once it has begun; skipped ones are not counted.
    averaged_from: Option<f64>,
    /// One more than the number of steps, those that were skipped among them.
    pub(in crate::linear::sgd) t: f64,
    /// The number of steps that were skipped: see [`LaneRun::skip`]. A file of an earlier version does not say.
    #[serde(default)]
    skipped: f64,
    pub(in crate::linear::sgd) n_iter: usize,
    pub(in crate::linear::sgd) n_rows_seen: usize,
    diverged: bool,
}

impl History {
    pub(in crate::linear::sgd) fn new(loss: Loss) -> Self {
        History { loss, averaged_from: None, t: 1.0, skipped: 0.0, n_iter: 0, n_rows_seen: 0, diverged: false }
    }

    /// That of an average of models, each after one pass, of which the longest had `t - 1` steps behind it.
    pub(in crate::linear::sgd) fn of_average(loss: Loss, t: f64, n_rows_seen: usize) -> Self {
        History { t, n_iter: 1, n_rows_seen, ..History::new(loss) }
    }

    /// True if it is that of these lanes: all have an average, or none has.
    pub(in crate::linear::sgd) fn fits<F: Float>(&self, lanes: &Lanes<F>) -> bool {
        F::run::<Fits<'_>>((self, lanes))
    }

    fn is_of<F: Float>((history, lanes): (&Self, &Lanes<F>)) -> bool {
        let averages = history.averaged_from.is_some();
        lanes.blocks().iter().flat_map(|block| &block.lanes).all(|lane| lane.averages == averages)
    }

    /// Refuses weights that overflowed.
    pub(in crate::linear::sgd) fn check(&self, estimator: &'static str) -> Result<()> {
        if self.diverged { Err(Error::new(ErrorKind::Diverged { estimator })) } else { Ok(()) }
    }
}

/// One learner: what it wants, what it did so far, and which lanes are its boundaries.
pub(in crate::linear::sgd) struct Learner<'a> {
    pub(in crate::linear::sgd) descent: &'a Descent,
    pub(in crate::linear::sgd) history: &'a mut History,
    pub(in crate::linear::sgd) lanes: Range<usize>,
    /// The target of each lane.
    pub(in crate::linear::sgd) targets: Vec<Target>,
}

/// When to stop.
#[derive(Clone, Copy)]
pub(in crate::linear::sgd) struct Stopping {
    /// After so many passes at the most.
    pub(in crate::linear::sgd) epochs: usize,
    /// When the objective has not fallen by this much ...
    pub(in crate::linear::sgd) tol: Option<f64>,
    /// ... for so many passes in a row.
    pub(in crate::linear::sgd) n_iter_no_change: usize,
}

impl Stopping {
    /// scikit-learn's `partial_fit`.
    pub(in crate::linear::sgd) const AFTER_ONE_PASS: Stopping = Stopping { epochs: 1, tol: None, n_iter_no_change: 1 };
}

/// The training of one learner, whose lanes are all that there are.
pub(in crate::linear::sgd) struct Training<'a, F> {
    pub(in crate::linear::sgd) descent: &'a Descent,
    pub(in crate::linear::sgd) history: &'a mut History,
    pub(in crate::linear::sgd) lanes: &'a mut Lanes<F>,
    /// The target of each lane.
    pub(in crate::linear::sgd) targets: Vec<Target>,
    pub(in crate::linear::sgd) examples: Examples<'a, RowsView<'a, F>>,
    pub(in crate::linear::sgd) stopping: Stopping,
    /// Its name in errors.
    pub(in crate::linear::sgd) estimator: &'static str,
}

impl<F: Float> Training<'_, F> {
    /// Trains the learner.
    ///
    /// # Errors
    /// A NaN or infinite feature; [`ErrorKind::Diverged`].
    pub(in crate::linear::sgd) fn run(self) -> Result<()> {
        F::run::<TrainOne<'_>>(self)
    }
}

float_computation!(Fits<'a>((&'a History, &'a Lanes<F>)) -> bool = History::is_of);
float_computation!(TrainOne<'a>(Training<'a, F>) -> Result<()> = train_one);

fn train_one<F: Float>(training: Training<'_, F>) -> Result<()> {
    let Training { descent, history, lanes, targets, examples, stopping, estimator } = training;
    let learner = Learner { descent, history: &mut *history, lanes: 0..targets.len(), targets };
    train(&mut [learner], lanes, &examples, stopping)?;
    history.check(estimator)
}

/// Trains learners that have seen the same rows in the same order. A learner whose weights overflow is
/// marked in its history; the others do not notice.
///
/// # Errors
/// A NaN or infinite feature.
pub(in crate::linear::sgd) fn train<F: Float>(
    learners: &mut [Learner<'_>],
    lanes: &mut Lanes<F>,
    examples: &Examples<'_, RowsView<'_, F>>,
    stopping: Stopping,
) -> Result<()> {
    match &examples.x {
        RowsView::Sparse(rows) => train_on(learners, lanes, &examples.over(*rows), stopping),
        RowsView::Dense(rows) => train_on(learners, lanes, &examples.over(*rows), stopping),
    }
}

fn train_on<X: FeatureRows>(
    learners: &mut [Learner<'_>],
    lanes: &mut Lanes<X::Elem>,
    examples: &Examples<'_, X>,
    stopping: Stopping,
) -> Result<()> {
    let Some(first) = learners.first() else { return Ok(()) };
    let n = examples.truth.len();
    let t = first.history.t;
    let last_step = t + stopping.epochs as f64 * n as f64 - 1.0;
    let mut order = Order::new(n, first.descent.order_seed());

    let mut runs = Vec::with_capacity(lanes.len());
    for learner in &mut *learners {
        learner.prepare_average(lanes, last_step);
        for &target in &learner.targets {
            let History { averaged_from, skipped, .. } = *learner.history;
            let mut run = LaneRun::new(learner.descent, target, averaged_from, skipped);
            if learner.history.diverged {
                run.state = State::Diverged;
            }
            runs.push(run);
        }
    }

    let columns = lanes.columns();
    for (block, runs) in lanes.blocks_mut().iter_mut().zip(runs.chunks_mut(WIDEST)) {
        block.take_steps(coordinate_rates(runs), t);
        let truncates = block.steps.is_none() && runs.iter().any(|run| run.penalty.truncates());
        let mut received = truncates.then(|| Lines::zeros(columns * block.width()));
        for epoch in 0..stopping.epochs {
            if !runs.iter().any(LaneRun::learns) {
                break;
            }
            let t = t + (epoch * n) as f64;
            let measure = stopping.tol.is_some();
            match &block.steps {
                None => pass(block, runs, &mut received, examples, (order.of_pass(t), t), measure)?,
                Some(_) => coordinate::kernel::pass(block, runs, examples, (order.of_pass(t), t), measure)?,
            }
            for run in runs.iter_mut().filter(|run| run.learns()) {
                run.end_pass(n, stopping.tol, stopping.n_iter_no_change);
            }
        }
    }

    for learner in learners {
        learner.finish(lanes, &runs, n);
    }
    Ok(())
}

/// The rates of a block's lanes, which have the same rule or none.
fn coordinate_rates(runs: &[LaneRun]) -> Option<(Rule, Vec<Rates>)> {
    let (rule, _) = runs.first()?.rates?;
    debug_assert!(runs.iter().all(|run| run.rates.is_some_and(|(other, _)| other == rule)));
    Some((rule, runs.iter().filter_map(|run| run.rates).map(|(_, rates)| rates).collect()))
}

impl Learner<'_> {
    /// Makes room for the average if it begins no later than `last_step`.
    fn prepare_average<F: Float>(&mut self, lanes: &mut Lanes<F>, last_step: f64) {
        let history = &mut *self.history;
        for k in self.lanes.clone() {
            let (block, lane) = lanes.find_mut(k);
            match self.descent.averaging {
                Averaging::From(start) if start as f64 <= last_step => {
                    if history.averaged_from.is_none() {
                        block.begin_average(lane);
                    }
                }
                _ => block.settle_on_average(lane),
            }
        }
        history.averaged_from = match self.descent.averaging {
            Averaging::From(start) if start as f64 <= last_step => {
                history.averaged_from.or(Some((history.t - history.skipped).max(start as f64)))
            }
            _ => None,
        };
    }

    /// Writes down what was learned from `n` rows.
    fn finish<F: Float>(&mut self, lanes: &mut Lanes<F>, runs: &[LaneRun], n: usize) {
        let history = &mut *self.history;
        let runs = &runs[self.lanes.clone()];
        let t = history.t;
        history.loss = self.descent.loss;
        history.n_iter = runs.iter().map(|run| run.passes).max().unwrap_or(0);
        history.t = t + (history.n_iter * n) as f64;
        history.skipped = runs.iter().map(|run| run.skipped).fold(0.0, f64::max);
        history.n_rows_seen = history.n_rows_seen.saturating_add(n);
        history.diverged = runs.iter().any(|run| run.state == State::Diverged);

        // As in scikit-learn, the average counts from a number of rows on, even if so many were skipped that it has no
        // sample yet.
        let last_row = |run: &LaneRun| t + (run.passes * n) as f64 - 1.0;
        let begun = |run: &LaneRun| history.averaged_from.is_some_and(|from| from <= last_row(run));
        let averages = runs.iter().any(begun);
        for (k, run) in self.lanes.clone().zip(runs) {
            let (block, lane) = lanes.find_mut(k);
            match (averages, begun(run)) {
                (true, true) => {}
                // A boundary that stopped early may have stopped before its average began.
                (true, false) => block.fill_average(lane),
                (false, _) => block.drop_average(lane),
            }
            history.diverged |= block.has_overflowed(lane);
        }
        if !averages {
            history.averaged_from = None;
        }
    }
}
