//! Inner loop of SGD: one example after the other, for all boundaries of a block at once.

use linfa::Float as _;
use prefetch_index::prefetch_index;

use super::lane_run::{LaneRun, State, Truth};
use super::lanes::{Block, Lane};
use super::lines::Lines;
use super::row_order::RowOrder;
use crate::data::{FeatureRow, FeatureRows, Float, check_finite, wide};
use crate::error::Result;

/// scikit-learn moves the intercept by this much less than the weights if zeros are left out: each
/// weight then sees few of the examples, the intercept all of them.
const SPARSE_INTERCEPT_STEP: f64 = 0.01;

/// Steeper slopes are cut to this, against overflow.
pub(in crate::linear::sgd) const STEEPEST_SLOPE: f64 = 1e12;

/// Rows to learn from.
pub(in crate::linear::sgd) struct Examples<'a, X> {
    pub(in crate::linear::sgd) x: X,
    /// The rows of `x` that count; `None` for all.
    pub(in crate::linear::sgd) rows: Option<&'a [usize]>,
    /// Of those that count.
    pub(in crate::linear::sgd) truth: Truth<'a>,
    /// Of every row of `x`.
    pub(in crate::linear::sgd) sample_weight: Option<&'a [f64]>,
}

impl<'a, X> Examples<'a, X> {
    /// The same examples, of the same rows in another container.
    pub(in crate::linear::sgd) fn over<Y>(&self, x: Y) -> Examples<'a, Y> {
        Examples { x, rows: self.rows, truth: self.truth, sample_weight: self.sample_weight }
    }
}

/// The L1 penalty that each weight has received so far, signed: it is charged, when a weight is
/// next touched, for all the steps that the weight slept through, and never past zero (Tsuruoka,
/// Tsujii and Ananiadou, ACL 2009).
pub(in crate::linear::sgd) type Received<F> = Option<Lines<F>>;

/// One pass over the rows that count, in this order of them if one is given, from step `t` on. With `measure`, the
/// lanes' objectives are summed up.
///
/// A lane that overflows is [`State::Diverged`] and learns no further; the others do not notice.
///
/// # Errors
/// [`NonFinite`](crate::ErrorKind::NonFinite) for a NaN or infinite feature.
pub(in crate::linear::sgd) fn pass<X: FeatureRows>(
    block: &mut Block<X::Elem>,
    runs: &mut [LaneRun],
    received: &mut Received<X::Elem>,
    examples: &Examples<'_, X>,
    (order, t): (Option<&[usize]>, f64),
    measure: bool,
) -> Result<()> {
    match block.width() {
        1 => Pass::<X, 1>::new(block, runs, received, examples, measure).run(order, t),
        2 => Pass::<X, 2>::new(block, runs, received, examples, measure).run(order, t),
        4 => Pass::<X, 4>::new(block, runs, received, examples, measure).run(order, t),
        8 => Pass::<X, 8>::new(block, runs, received, examples, measure).run(order, t),
        width => unreachable!("blocks are 1, 2, 4 or 8 wide, not {width}"),
    }
}

/// A pass over a block of `N` lanes, as wide as the block.
struct Pass<'a, X: FeatureRows, const N: usize> {
    lanes: &'a mut [Lane],
    runs: &'a mut [LaneRun],
    weights: &'a mut [[X::Elem; N]],
    average: Option<&'a mut [[X::Elem; N]]>,
    received: Option<&'a mut [[X::Elem; N]]>,
    squares: Option<(&'a mut [[f64; N]], &'a mut [f64])>,
    /// A stored weight as large as this has overflowed.
    limit: X::Elem,
    examples: &'a Examples<'a, X>,
    /// The lanes' objectives are summed up.
    measure: bool,
}

/// The updates of each lane for one example.
struct Steps<const N: usize> {
    /// What the row is multiplied by before it is added to the weights; 0 for a lane that rests.
    update: [f64; N],
    /// By how much L1 pulls each weight towards zero.
    l1: [f64; N],
    /// The derivative of the loss with respect to the margin.
    gradient: [f64; N],
}

impl<'a, X: FeatureRows, const N: usize> Pass<'a, X, N> {
    fn new(
        block: &'a mut Block<X::Elem>,
        runs: &'a mut [LaneRun],
        received: &'a mut Received<X::Elem>,
        examples: &'a Examples<'a, X>,
        measure: bool,
    ) -> Self {
        let Block { lanes, weights, average, squares, .. } = block;
        let limit = weight_limit(average.is_some());
        let squares = squares.as_mut().map(|squares| (squares.weights.groups_mut(), &mut *squares.intercepts));
        Pass {
            lanes,
            runs,
            weights: weights.groups_mut(),
            average: average.as_mut().map(Lines::groups_mut),
            received: received.as_mut().map(Lines::groups_mut),
            squares,
            limit,
            examples,
            measure,
        }
    }

    fn run(mut self, order: Option<&[usize]>, mut t: f64) -> Result<()> {
        let order = RowOrder::new(self.examples, order, size_of_val(self.weights));
        for step in 0..order.len() {
            order.fetch(step, |j| prefetch_index(&*self.weights, j));
            let (i, k) = order.numbers(step);
            let row = self.examples.x.feature_row(i);
            let steps = self.step(row, (i, k), t)?;
            if steps.update.iter().any(|&update| update != 0.0) {
                match (self.average.is_some(), self.measure) {
                    (true, true) => self.add::<true, true>(row, &steps.update),
                    (true, false) => self.add::<true, false>(row, &steps.update),
                    (false, true) => self.add::<false, true>(row, &steps.update),
                    (false, false) => self.add::<false, false>(row, &steps.update),
                }
            }
            if self.average.is_some() {
                self.add_to_average(row, &steps.update, t);
            }
            if self.received.is_some() {
                self.charge(row, &steps.l1, t);
            }
            if self.squares.is_some() {
                self.add_squares(row, &steps.gradient);
            }
            t += 1.0;
        }
        Ok(())
    }

    /// Reads the margins off the weights, shrinks these, and tells how the row is to change them.
    #[inline]
    fn step(&mut self, row: X::Row<'_>, (i, k): (usize, usize), t: f64) -> Result<Steps<N>> {
        let mut dots = [0.0; N];
        row.for_each(|j, x| {
            let weights = &self.weights[j];
            for l in 0..N {
                dots[l] += wide(weights[l]) * wide(x);
            }
        });
        let truth = self.examples.truth;
        let sample_weight = self.examples.sample_weight.map_or(1.0, |weights| weights[i]);
        let intercept_step = if X::SPARSE { SPARSE_INTERCEPT_STEP } else { 1.0 };
        let mut steps = Steps { update: [0.0; N], l1: [0.0; N], gradient: [0.0; N] };
        for (l, (lane, run)) in self.lanes.iter_mut().zip(&mut *self.runs).enumerate() {
            if !run.learns() {
                continue;
            }
            let p = dots[l] * lane.scale + lane.intercept;
            // Weights are finite, so a NaN or infinite feature always shows here: it times zero is
            // NaN, and no sum takes that back. Finite features show at no further cost.
            if !p.is_finite() {
                check_finite(row).map_err(|error| error.at_row(i))?;
                run.state = State::Diverged;
                rest(lane, self.weights, l);
                continue;
            }
            let (y, class_weight) = run.target(truth, k);
            let eta = run.schedule.eta(t);
            if self.measure {
                run.objective += run.objective_at(y, p, lane.intercept);
            }
            let slope = run.loss.slope(y, p).clamp(-STEEPEST_SLOPE, STEEPEST_SLOPE);
            let length = if run.schedule.is_passive_aggressive() {
                let squared_norm = row.squared_norm();
                if squared_norm == 0.0 && run.schedule.skips_empty_rows() {
                    run.skip(t);
                    continue;
                }
                run.schedule.mend(run.loss.value(y, p), squared_norm)
            } else {
                eta
            };
            let update = -length * slope * (class_weight * sample_weight);
            let l1_ratio = run.penalty.l1_ratio();
            if run.penalty.shrinks() {
                // A step so long that the sign would turn sets the weights to zero.
                let factor = (1.0 - (1.0 - l1_ratio) * eta * run.alpha).max(0.0);
                if self.measure {
                    run.norms = (run.norms.0 * factor * factor, run.norms.1 * factor);
                }
                if lane.shrink::<X::Elem>(factor) {
                    let average = self.average.as_deref_mut().map(<[_]>::as_flattened_mut);
                    lane.write_out(self.weights.as_flattened_mut(), average, (N, l));
                }
            }
            if run.fit_intercept {
                lane.intercept += (update - eta * run.intercept_price) * intercept_step;
            }
            steps.update[l] = update;
            steps.gradient[l] = slope * (class_weight * sample_weight);
            steps.l1[l] = l1_ratio * eta * run.alpha;
        }
        Ok(steps)
    }

    /// Adds the row to the weights of every lane. `AVERAGED`: lanes have an average; `MEASURE`: objectives are summed up.
    #[inline]
    fn add<const AVERAGED: bool, const MEASURE: bool>(&mut self, row: X::Row<'_>, update: &[f64; N]) {
        let mut factors = [X::Elem::cast(0.0); N];
        for (l, lane) in self.lanes.iter().enumerate() {
            factors[l] = X::Elem::cast(update[l] / lane.scale);
        }
        let (mut squares, mut sums) = ([0.0; N], [0.0; N]);
        // A limit that is known when this is compiled costs a team's lanes fewer instructions.
        let limit = if AVERAGED { self.limit } else { weight_limit(false) };
        let mut finite = true;
        row.for_each(|j, x| {
            let weights = &mut self.weights[j];
            for l in 0..N {
                weights[l] += factors[l] * x;
                finite &= is_below(weights[l], limit);
                if MEASURE {
                    let weight = wide(weights[l]);
                    squares[l] += weight * weight;
                    sums[l] += weight.abs();
                }
            }
        });
        if !finite {
            self.find_diverged(row);
        }
        if MEASURE {
            for (l, (lane, run)) in self.lanes.iter().zip(&mut *self.runs).enumerate() {
                if update[l] != 0.0 {
                    run.norms = (squares[l] * lane.scale * lane.scale, sums[l] * lane.scale);
                }
            }
        }
    }

    #[cold]
    fn find_diverged(&mut self, row: X::Row<'_>) {
        row.for_each(|j, _| {
            for (run, weight) in self.runs.iter_mut().zip(self.weights[j]) {
                if !is_below(weight, self.limit) {
                    run.state = State::Diverged;
                }
            }
        });
        for (l, (lane, run)) in self.lanes.iter_mut().zip(&*self.runs).enumerate() {
            if run.state == State::Diverged {
                rest(lane, self.weights, l);
            }
        }
    }

    /// Takes the weights of every lane whose average has begun into it.
    fn add_to_average(&mut self, row: X::Row<'_>, update: &[f64; N], t: f64) {
        let Some(average) = &mut self.average else { return };
        let mut factors = [X::Elem::cast(0.0); N];
        for (l, (lane, run)) in self.lanes.iter_mut().zip(&*self.runs).enumerate() {
            if let Some(n) = run.averaged_sample(t) {
                factors[l] = X::Elem::cast(lane.add_to_average(update[l], n));
            }
        }
        // Most examples of most labels are right by a margin, and change nothing here.
        if factors.iter().all(|&factor| factor == X::Elem::cast(0.0)) {
            return;
        }
        row.for_each(|j, x| {
            for l in 0..N {
                average[j][l] += factors[l] * x;
            }
        });
    }

    /// Sums up the squared gradients of every coordinate of the row.
    fn add_squares(&mut self, row: X::Row<'_>, gradient: &[f64; N]) {
        let Some((squares, intercepts)) = &mut self.squares else { return };
        row.for_each(|j, x| {
            for l in 0..N {
                let gradient = gradient[l] * wide(x);
                squares[j][l] += gradient * gradient;
            }
        });
        intercepts.iter_mut().zip(gradient).for_each(|(squares, gradient)| *squares += gradient * gradient);
    }

    /// Adds one step's L1 penalty to the bill and charges the weights of the row.
    fn charge(&mut self, row: X::Row<'_>, l1: &[f64; N], t: f64) {
        let Some(received) = &mut self.received else { return };
        for (l, (lane, run)) in self.lanes.iter().zip(&mut *self.runs).enumerate() {
            if !run.takes_step(t) || !run.penalty.truncates() {
                continue;
            }
            run.due += l1[l];
            let (due, scale) = (run.due, lane.scale);
            row.for_each(|j, _| {
                let (weight, received) = (&mut self.weights[j][l], &mut received[j][l]);
                let before = wide(*weight);
                // The scale is positive, so the stored number has the weight's sign.
                let after = if before > 0.0 {
                    (before - (due + wide(*received)) / scale).max(0.0)
                } else if before < 0.0 {
                    (before + (due - wide(*received)) / scale).min(0.0)
                } else {
                    before
                };
                *weight = X::Elem::cast(after);
                *received = X::Elem::cast(wide(*received) + scale * (wide(*weight) - before));
            });
        }
    }
}

/// What stored weights must stay below: infinity, or far enough below it that an average of up to 10^12 of them
/// (10^7 of `f32`), whose sums are up to twice the square of that number as large, stays finite.
#[inline]
fn weight_limit<F: Float>(averages: bool) -> F {
    match (averages, size_of::<F>() <= 4) {
        (false, _) => F::infinity(),
        (true, true) => F::cast(1e24),
        (true, false) => F::cast(1e280),
    }
}

/// True if a number is a number, and nearer to 0 than the limit.
#[inline]
fn is_below<F: Float>(number: F, limit: F) -> bool {
    number.abs() < limit
}

/// Clears a lane that will not be used any more, so that its infinities do not slow down the others.
#[cold]
fn rest<F: Float, const N: usize>(lane: &mut Lane, weights: &mut [[F; N]], l: usize) {
    lane.intercept = 0.0;
    weights.iter_mut().for_each(|weights| weights[l] = F::zero());
}
