//! Inner loop of AdaGrad and FTRL, whose steps have a length of their own at every coordinate.

use linfa::Float as _;
use std::array;
use std::marker::PhantomData;

use prefetch_index::prefetch_index;

use super::rule::{AdaGrad, CoordinateRule, Ftrl, Rates, Rule};
use crate::data::{FeatureRow, FeatureRows, check_finite, wide};
use crate::error::Result;
use crate::linear::sgd::kernel::lane_run::{LaneRun, State};
use crate::linear::sgd::kernel::lanes::{Block, Lane};
use crate::linear::sgd::kernel::pass::{Examples, STEEPEST_SLOPE};
use crate::linear::sgd::kernel::row_order::RowOrder;

/// One pass over the rows that count, as that of [`kernel`](super::kernel), of a block that
/// [takes such steps](Block::take_steps). With `measure`, the lanes' losses are summed up.
///
/// # Errors
/// As there.
pub(in crate::linear::sgd) fn pass<X: FeatureRows>(
    block: &mut Block<X::Elem>,
    runs: &mut [LaneRun],
    examples: &Examples<'_, X>,
    (order, t): (Option<&[usize]>, f64),
    measure: bool,
) -> Result<()> {
    match block.steps.as_ref().map(|steps| steps.rule) {
        Some(Rule::AdaGrad) => by_width::<X, AdaGrad>(block, runs, examples, (order, t), measure),
        Some(Rule::Ftrl) => by_width::<X, Ftrl>(block, runs, examples, (order, t), measure),
        None => unreachable!("the block takes plain steps"),
    }
}

fn by_width<X: FeatureRows, R: CoordinateRule>(
    block: &mut Block<X::Elem>,
    runs: &mut [LaneRun],
    examples: &Examples<'_, X>,
    order: (Option<&[usize]>, f64),
    measure: bool,
) -> Result<()> {
    match block.width() {
        1 => Pass::<X, R, 1>::new(block, runs, examples, measure).run(order),
        2 => Pass::<X, R, 2>::new(block, runs, examples, measure).run(order),
        4 => Pass::<X, R, 4>::new(block, runs, examples, measure).run(order),
        8 => Pass::<X, R, 8>::new(block, runs, examples, measure).run(order),
        width => unreachable!("blocks are 1, 2, 4 or 8 wide, not {width}"),
    }
}

/// A pass over a block of `N` lanes, as wide as the block.
struct Pass<'a, X: FeatureRows, R, const N: usize> {
    lanes: &'a mut [Lane],
    runs: &'a mut [LaneRun],
    weights: &'a mut [[X::Elem; N]],
    squares: &'a mut [[f64; N]],
    intercept_squares: &'a mut [f64],
    rates: [Rates; N],
    paid: &'a mut [f64],
    next: &'a mut [f64],
    examples: &'a Examples<'a, X>,
    measure: bool,
    rule: PhantomData<R>,
}

impl<'a, X: FeatureRows, R: CoordinateRule, const N: usize> Pass<'a, X, R, N> {
    fn new(
        block: &'a mut Block<X::Elem>,
        runs: &'a mut [LaneRun],
        examples: &'a Examples<'a, X>,
        measure: bool,
    ) -> Self {
        let Block { lanes, weights, squares: Some(squares), steps: Some(steps), .. } = block else {
            unreachable!("the block was prepared for such steps");
        };
        Pass {
            lanes,
            runs,
            weights: weights.groups_mut(),
            squares: squares.weights.groups_mut(),
            intercept_squares: &mut squares.intercepts,
            rates: array::from_fn(|l| steps.rates[l]),
            paid: &mut steps.paid,
            next: &mut steps.next,
            examples,
            measure,
            rule: PhantomData,
        }
    }

    fn run(mut self, (order, mut t): (Option<&[usize]>, f64)) -> Result<()> {
        self.set_next(f64::INFINITY);
        let order = RowOrder::new(self.examples, order, size_of_val(self.weights) + size_of_val(self.squares));
        for step in 0..order.len() {
            order.fetch(step, |j| {
                prefetch_index(&*self.weights, j);
                prefetch_index(&*self.squares, j);
            });
            let (i, k) = order.numbers(step);
            let row = self.examples.x.feature_row(i);
            let dots = self.dots(row, t);
            let gradients = self.gradients(&dots, row, (i, k))?;
            if gradients.iter().any(|&gradient| gradient != 0.0) {
                self.add(row, &gradients, t);
            }
            t += 1.0;
        }
        self.set_next(t);
        Ok(())
    }

    /// The step that comes next for the lanes that learn.
    fn set_next(&mut self, t: f64) {
        let learning = self.next.iter_mut().zip(&*self.runs).filter(|(_, run)| run.learns());
        learning.for_each(|(next, _)| *next = t);
    }

    /// How many steps the rule asks for, in step `t` and a column paid for up to `paid`.
    #[inline]
    fn steps(next: f64, t: f64, paid: f64) -> f64 {
        // A lane that is done counts no more steps.
        let from = if R::OWES { paid } else { 1.0 };
        (t.min(next) - from).max(0.0)
    }

    /// The products of the row with the weights, which pay what they owe.
    #[inline]
    fn dots(&mut self, row: X::Row<'_>, t: f64) -> [f64; N] {
        let mut dots = [0.0; N];
        row.for_each(|j, x| {
            let (stored, squares) = (&mut self.weights[j], &self.squares[j]);
            for l in 0..N {
                let steps = Self::steps(self.next[l], t, self.paid[j]);
                let weight = X::Elem::cast(R::weight(&self.rates[l], wide(stored[l]), squares[l], steps));
                dots[l] += wide(weight) * wide(x);
                if R::OWES {
                    stored[l] = weight;
                }
            }
            if R::OWES {
                self.paid[j] = t;
            }
        });
        dots
    }

    /// The derivatives of the losses with respect to the margins, and the intercepts' steps.
    #[inline]
    fn gradients(&mut self, dots: &[f64; N], row: X::Row<'_>, (i, k): (usize, usize)) -> Result<[f64; N]> {
        let sample_weight = self.examples.sample_weight.map_or(1.0, |weights| weights[i]);
        let mut gradients = [0.0; N];
        for l in 0..self.runs.len() {
            let (lane, run) = (&mut self.lanes[l], &mut self.runs[l]);
            if !run.learns() {
                continue;
            }
            let p = dots[l] + lane.intercept;
            // As in the plain kernel, this shows whatever is not finite.
            if !p.is_finite() {
                check_finite(row).map_err(|error| error.at_row(i))?;
                self.rest(l);
                continue;
            }
            let (y, class_weight) = run.target(self.examples.truth, k);
            if self.measure {
                run.objective += run.loss.value(y, p);
            }
            let slope = run.loss.slope(y, p).clamp(-STEEPEST_SLOPE, STEEPEST_SLOPE);
            let gradient = slope * (class_weight * sample_weight);
            if run.fit_intercept {
                let squares = &mut self.intercept_squares[l];
                *squares += gradient * gradient;
                lane.intercept -= self.rates[l].step(gradient, *squares);
            }
            gradients[l] = gradient;
        }
        Ok(gradients)
    }

    /// Takes the gradient at every coordinate of the row into what is stored there.
    #[inline]
    fn add(&mut self, row: X::Row<'_>, gradients: &[f64; N], t: f64) {
        let mut finite = true;
        row.for_each(|j, x| {
            let (stored, squares) = (&mut self.weights[j], &mut self.squares[j]);
            for l in 0..N {
                let gradient = gradients[l] * wide(x);
                if gradient == 0.0 {
                    continue;
                }
                let (rates, before) = (&self.rates[l], wide(stored[l]));
                let weight = R::weight(rates, before, squares[l], Self::steps(self.next[l], t, self.paid[j]));
                stored[l] = X::Elem::cast(R::after(rates, before, weight, squares[l], gradient));
                squares[l] += gradient * gradient;
                finite &= wide(stored[l]).is_finite() && squares[l].is_finite();
            }
        });
        if !finite {
            self.find_diverged(row);
        }
    }

    #[cold]
    fn find_diverged(&mut self, row: X::Row<'_>) {
        let mut overflowed = [false; N];
        row.for_each(|j, _| {
            for (l, overflowed) in overflowed.iter_mut().enumerate() {
                *overflowed |= !wide(self.weights[j][l]).is_finite() || !self.squares[j][l].is_finite();
            }
        });
        (0..N).filter(|&l| overflowed[l]).for_each(|l| self.rest(l));
    }

    /// Clears a lane that overflowed, so that its infinities do not slow down the others.
    #[cold]
    fn rest(&mut self, l: usize) {
        self.runs[l].state = State::Diverged;
        self.lanes[l].intercept = 0.0;
        self.intercept_squares[l] = 0.0;
        self.weights.iter_mut().for_each(|weights| weights[l] = X::Elem::cast(0.0));
        self.squares.iter_mut().for_each(|squares| squares[l] = 0.0);
    }
}
