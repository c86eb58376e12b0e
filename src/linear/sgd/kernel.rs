//! The inner loop: one example after the other, one boundary.

use super::boundaries::BoundaryMut;
use super::loss::LossFunction;
use super::order::Order;
use super::penalty::{Penalty, Truncation};
use super::schedule::{LearningRate, Schedule};
use super::weights::ScaledWeights;
use crate::data::wide;
use crate::error::{Error, ErrorKind, Result};
use crate::linear::FeatureRows;
use crate::linear::feature_rows::FeatureRow;

/// scikit-learn moves the intercept by this much less than the weights if zeros are left out: each
/// weight then sees few of the examples, the intercept all of them.
const SPARSE_INTERCEPT_STEP: f64 = 0.01;

/// Steeper slopes are cut to this, against overflow.
const STEEPEST_SLOPE: f64 = 1e12;

/// The numbers that all boundaries of one training run share.
#[derive(Clone, Copy)]
pub(super) struct Settings {
    pub(super) estimator: &'static str,
    pub(super) penalty: Penalty,
    pub(super) alpha: f64,
    pub(super) learning_rate: LearningRate,
    pub(super) eta0: f64,
    pub(super) fit_intercept: bool,
    /// The first step whose weights enter the average.
    pub(super) averaged_from: Option<f64>,
    /// How many passes at the most.
    pub(super) epochs: usize,
    /// Stop when the objective has not fallen by this much ...
    pub(super) tol: Option<f64>,
    /// ... for so many passes in a row.
    pub(super) n_iter_no_change: usize,
}

/// Trains one boundary from step `t` on: passes over `x` until it is time to stop. `target` gives
/// each row's `y` and its weight. Returns the number of passes.
///
/// # Errors
/// [`ErrorKind::NonFinite`] for a NaN or infinite feature, [`ErrorKind::Diverged`] when the weights
/// overflow.
pub(super) fn train<X, Ls, Y>(
    settings: &Settings,
    loss: Ls,
    (x, target): (&X, Y),
    (order, t): (&mut Order, f64),
    boundary: BoundaryMut<'_, X::Elem>,
) -> Result<usize>
where
    X: FeatureRows,
    Ls: LossFunction,
    Y: Fn(usize) -> (f64, f64),
{
    let columns = boundary.weights.len();
    let (average, average_intercept) = match boundary.average {
        Some((weights, intercept)) => (Some(weights), Some(intercept)),
        None => (None, None),
    };
    let averages = average.is_some();
    let mut run = Run {
        settings,
        loss,
        schedule: Schedule::new(settings.learning_rate, settings.alpha, settings.eta0, loss),
        weights: ScaledWeights::new(boundary.weights, average),
        intercept: *boundary.intercept,
        average_intercept: average_intercept.as_deref().copied().unwrap_or_default(),
        // An average that is not kept begins after the last step.
        averaged_from: settings.averaged_from.filter(|_| averages).unwrap_or(f64::INFINITY),
        truncation: settings.penalty.truncates().then(|| Truncation::new(columns)),
        t,
    };
    let n_iter = run.passes(x, &target, order)?;

    let averaged = run.t - 1.0 >= run.averaged_from;
    let (intercept, mean_intercept) = (run.intercept, run.average_intercept);
    if !run.weights.finish() || !intercept.is_finite() {
        return Err(Error::new(ErrorKind::Diverged { estimator: settings.estimator }));
    }
    // scikit-learn 1.9 stores the plain intercept only until averaging begins: each later chunk
    // starts from the one it had then. Kept, for the same numbers.
    if !averaged {
        *boundary.intercept = intercept;
    }
    if let Some(average_intercept) = average_intercept {
        *average_intercept = mean_intercept;
    }
    Ok(n_iter)
}

/// One boundary in training.
struct Run<'a, F, Ls> {
    settings: &'a Settings,
    loss: Ls,
    schedule: Schedule,
    weights: ScaledWeights<'a, F>,
    intercept: f64,
    average_intercept: f64,
    averaged_from: f64,
    truncation: Option<Truncation<F>>,
    t: f64,
}

impl<F: linfa::Float, Ls: LossFunction> Run<'_, F, Ls> {
    /// Passes over the rows until the objective stops falling. Returns their number.
    fn passes<X, Y>(&mut self, x: &X, target: &Y, order: &mut Order) -> Result<usize>
    where
        X: FeatureRows<Elem = F>,
        Y: Fn(usize) -> (f64, f64),
    {
        let &Settings { epochs, tol, n_iter_no_change, .. } = self.settings;
        let (mut best, mut stale) = (f64::INFINITY, 0);
        for epoch in 1..=epochs {
            let order = order.of_pass(self.t);
            let Some(tol) = tol else {
                self.pass::<false, X, Y>(x, target, order)?;
                continue;
            };
            let objective = self.pass::<true, X, Y>(x, target, order)? / x.nsamples() as f64;
            stale = if objective > best - tol { stale + 1 } else { 0 };
            best = best.min(objective);
            if stale >= n_iter_no_change {
                if !self.schedule.slow_down() {
                    return Ok(epoch);
                }
                stale = 0;
            }
        }
        Ok(epochs)
    }

    /// One pass over the rows. The sum of the objective at each step, or 0 if it is not measured.
    fn pass<const MEASURE: bool, X, Y>(&mut self, x: &X, target: &Y, order: Option<&[usize]>) -> Result<f64>
    where
        X: FeatureRows<Elem = F>,
        Y: Fn(usize) -> (f64, f64),
    {
        let &Settings { penalty, alpha, fit_intercept, .. } = self.settings;
        let (l1_ratio, shrinks) = (penalty.l1_ratio(), penalty.shrinks());
        let intercept_step = if X::SPARSE { SPARSE_INTERCEPT_STEP } else { 1.0 };
        let mut objective = 0.0;

        for step in 0..x.nsamples() {
            let i = order.map_or(step, |order| order[step]);
            let row = x.feature_row(i);
            let p = self.weights.dot(row) + self.intercept;
            // Weights are finite, so a NaN or infinite feature always shows here: it times zero is
            // NaN, and no sum takes that back. Finite features show at no further cost.
            if !p.is_finite() {
                return Err(self.not_finite(row).at_row(i));
            }
            let (y, weight) = target(i);
            let eta = self.schedule.eta(self.t);

            if MEASURE {
                let (squared_norm, l1_norm) = self.weights.norms();
                objective += self.loss.value(y, p);
                if penalty != Penalty::None {
                    objective += alpha * ((1.0 - l1_ratio) * 0.5 * squared_norm + l1_ratio * l1_norm);
                }
            }

            let slope = self.loss.slope(y, p).clamp(-STEEPEST_SLOPE, STEEPEST_SLOPE);
            let update = -eta * slope * weight;
            if shrinks {
                // A step so long that the sign would turn sets the weights to zero.
                self.weights.shrink((1.0 - (1.0 - l1_ratio) * eta * alpha).max(0.0));
            }
            if update != 0.0 {
                if MEASURE {
                    self.weights.add_and_measure(row, update);
                } else {
                    self.weights.add(row, update);
                }
                if fit_intercept {
                    self.intercept += update * intercept_step;
                }
            }
            if self.averaged_from <= self.t {
                let n = self.t - self.averaged_from + 1.0;
                self.weights.add_to_average(row, update, n);
                self.average_intercept += (self.intercept - self.average_intercept) / n;
            }
            if let Some(truncation) = &mut self.truncation {
                truncation.charge(l1_ratio * eta * alpha, row, &mut self.weights);
            }
            self.t += 1.0;
        }
        Ok(objective)
    }

    /// Why a margin is not finite: the row, or else the weights.
    #[cold]
    fn not_finite(&self, row: impl FeatureRow<F>) -> Error {
        let mut bad = None;
        row.for_each(|j, x| {
            if !wide(x).is_finite() {
                bad.get_or_insert(j);
            }
        });
        Error::new(match bad {
            Some(column) => ErrorKind::NonFinite { column },
            None => ErrorKind::Diverged { estimator: self.settings.estimator },
        })
    }
}
