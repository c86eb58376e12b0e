//! Weight vectors side by side, each of which can be shrunk as a whole at no cost, and knows its
//! running average.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use super::lines::Lines;
use super::squares::Squares;
use crate::data::{Float, float_computation, wide};
use crate::linear::sgd::coordinate::steps::CoordinateSteps;

/// The most lanes in a block: eight `f64` fill a cache line.
pub(in crate::linear::sgd) const WIDEST: usize = 8;

/// The weight vectors of some boundaries, in blocks of up to [`WIDEST`].
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "F: Float + Serialize", deserialize = "F: Float + Deserialize<'de>"))]
pub(in crate::linear::sgd) struct Lanes<F> {
    columns: usize,
    blocks: Vec<Block<F>>,
}

/// Weight vectors that lie side by side, column by column: whoever reads a column of one has those
/// of all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "F: Float + Serialize", deserialize = "F: Float + Deserialize<'de>"))]
pub(in crate::linear::sgd) struct Block<F> {
    /// A power of two; lanes beyond those in use stay zero.
    width: usize,
    pub(in crate::linear::sgd) lanes: Vec<Lane>,
    pub(in crate::linear::sgd) weights: Lines<F>,
    /// There if any lane has an average.
    pub(in crate::linear::sgd) average: Option<Lines<F>>,
    /// There if they are wanted.
    pub(in crate::linear::sgd) squares: Option<Squares>,
    /// There if the lanes take steps of another length at every coordinate; so are the squares then.
    pub(in crate::linear::sgd) steps: Option<CoordinateSteps>,
}

/// The scale, intercept and other numbers of a weight vector, beside its stored weights.
///
/// The weights are `scale` times the stored `weights`; their average is `(a * weights + average) / b`
/// in terms of the stored numbers. So a step that shrinks all weights, or takes them all into the
/// average, changes no more than these and the columns of the row at hand (Bottou, *Stochastic
/// Gradient Descent Tricks*, 2012).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::linear::sgd) struct Lane {
    pub(in crate::linear::sgd) scale: f64,
    pub(in crate::linear::sgd) intercept: f64,
    /// True if the average counts, not the last weights.
    pub(in crate::linear::sgd) averages: bool,
    pub(in crate::linear::sgd) a: f64,
    pub(in crate::linear::sgd) b: f64,
    pub(in crate::linear::sgd) average_intercept: f64,
}

impl Lane {
    fn zero() -> Self {
        Lane { scale: 1.0, intercept: 0.0, averages: false, a: 0.0, b: 1.0, average_intercept: 0.0 }
    }
}

impl<F: Float> Lanes<F> {
    /// `n` vectors of zeros.
    pub(in crate::linear::sgd) fn zeros(n: usize, columns: usize) -> Self {
        F::run::<Zeros>((n, columns))
    }

    fn of_zeros((n, columns): (usize, usize)) -> Self {
        let block = |first: usize| Block::zeros((n - first).min(WIDEST), columns);
        Lanes { columns, blocks: (0..n).step_by(WIDEST).map(block).collect() }
    }

    /// One vector for each row of coefficients.
    pub(in crate::linear::sgd) fn of_coefficients(coef: ArrayView2<'_, F>, intercept: ArrayView1<'_, F>) -> Self {
        F::run::<OfCoefficients<'_>>((coef.reborrow(), intercept.reborrow()))
    }

    fn of_parts((coef, intercept): (ArrayView2<'_, F>, ArrayView1<'_, F>)) -> Self {
        let mut lanes = Lanes::zeros(coef.nrows(), coef.ncols());
        for (k, (row, &b)) in coef.rows().into_iter().zip(intercept).enumerate() {
            let (block, lane) = lanes.find_mut(k);
            block.weights.as_mut_slice().iter_mut().skip(lane).step_by(block.width).zip(row).for_each(|(w, &c)| *w = c);
            block.lanes[lane].intercept = wide(b);
        }
        lanes
    }

    pub(in crate::linear::sgd) fn len(&self) -> usize {
        let full = self.blocks.len().saturating_sub(1) * WIDEST;
        self.blocks.last().map_or(0, |last| full + last.lanes.len())
    }

    pub(in crate::linear::sgd) fn columns(&self) -> usize {
        self.columns
    }

    /// Lanes from their blocks; `None` unless they are [whole](Self::are_whole).
    pub(in crate::linear::sgd) fn from_blocks(columns: usize, blocks: Vec<Block<F>>) -> Option<Self> {
        let lanes = Lanes { columns, blocks };
        lanes.are_whole().then_some(lanes)
    }

    /// True if the parts of every block fit together, and all blocks but the last are full.
    pub(in crate::linear::sgd) fn are_whole(&self) -> bool {
        F::run::<AreWhole<'_>>(self)
    }

    fn fit_together(&self) -> bool {
        let full = self.blocks.iter().rev().skip(1).all(|block| block.lanes.len() == WIDEST);
        full && self.blocks.iter().all(|block| block.is_whole(self.columns))
    }

    /// These lanes, then others over the same columns; `None` if that would leave a gap.
    pub(in crate::linear::sgd) fn beside(self, others: Self) -> Option<Self> {
        F::run::<Beside>((self, others))
    }

    fn joined((mut this, others): (Self, Self)) -> Option<Self> {
        if others.columns != this.columns {
            return None;
        }
        this.blocks.extend(others.blocks);
        Self::from_blocks(this.columns, this.blocks)
    }

    pub(in crate::linear::sgd) fn blocks(&self) -> &[Block<F>] {
        &self.blocks
    }

    pub(in crate::linear::sgd) fn blocks_mut(&mut self) -> &mut [Block<F>] {
        &mut self.blocks
    }

    /// The block of lane `k`, and the lane's number in it.
    pub(in crate::linear::sgd) fn find_mut(&mut self, k: usize) -> (&mut Block<F>, usize) {
        (&mut self.blocks[k / WIDEST], k % WIDEST)
    }

    /// Copies of these lanes, in this order.
    pub(in crate::linear::sgd) fn select(&self, lanes: &[usize]) -> Self {
        F::run::<Select<'_>>((self, lanes))
    }

    fn selected((all, lanes): (&Self, &[usize])) -> Self {
        let mut copy = Lanes::zeros(lanes.len(), all.columns);
        for (to, &from) in lanes.iter().enumerate() {
            let (block, lane) = copy.find_mut(to);
            block.copy_lane(lane, &all.blocks[from / WIDEST], from % WIDEST);
        }
        copy
    }

    /// The weights and intercepts that count: shape (lanes, columns), and one a lane.
    pub(in crate::linear::sgd) fn coefficients(&self, lanes: Range<usize>) -> (Array2<F>, Array1<F>) {
        F::run::<Coefficients<'_>>((self, lanes))
    }

    fn write((all, lanes): (&Self, Range<usize>)) -> (Array2<F>, Array1<F>) {
        let mut coef = Array2::zeros((lanes.len(), all.columns));
        let mut intercept = Array1::zeros(lanes.len());
        for (row, k) in lanes.enumerate() {
            let (block, lane) = (&all.blocks[k / WIDEST], k % WIDEST);
            block.write_to(lane, coef.row_mut(row).as_slice_mut().expect("rows of a fresh array lie whole"));
            intercept[row] = block.lanes[lane].intercept_that_counts();
        }
        (coef, intercept)
    }
}

impl<F: Float> Clone for Lanes<F> {
    fn clone(&self) -> Self {
        F::run::<Copied<'_>>(self)
    }
}

impl<F: Float> Lanes<F> {
    fn copied(&self) -> Self {
        Lanes { columns: self.columns, blocks: self.blocks.clone() }
    }
}

float_computation!(Zeros((usize, usize)) -> Lanes<F> = Lanes::of_zeros);
float_computation!(OfCoefficients<'a>((ArrayView2<'a, F>, ArrayView1<'a, F>)) -> Lanes<F> = Lanes::of_parts);
float_computation!(AreWhole<'a>(&'a Lanes<F>) -> bool = Lanes::fit_together);
float_computation!(Beside((Lanes<F>, Lanes<F>)) -> Option<Lanes<F>> = Lanes::joined);
float_computation!(Select<'a>((&'a Lanes<F>, &'a [usize])) -> Lanes<F> = Lanes::selected);
float_computation!(Coefficients<'a>((&'a Lanes<F>, Range<usize>)) -> (Array2<F>, Array1<F>) = Lanes::write);
float_computation!(Copied<'a>(&'a Lanes<F>) -> Lanes<F> = Lanes::copied);

impl<F: Float> Block<F> {
    fn zeros(lanes: usize, columns: usize) -> Self {
        let width = lanes.next_power_of_two();
        Block {
            width,
            lanes: vec![Lane::zero(); lanes],
            weights: Lines::zeros(width * columns),
            average: None,
            squares: None,
            steps: None,
        }
    }

    /// A block from its parts, whether or not they fit together.
    pub(in crate::linear::sgd) fn from_parts(
        lanes: Vec<Lane>,
        weights: Lines<F>,
        average: Option<Lines<F>>,
        squares: Option<Squares>,
        steps: Option<CoordinateSteps>,
    ) -> Self {
        Block { width: lanes.len().next_power_of_two(), lanes, weights, average, squares, steps }
    }

    /// True if the parts fit together, over so many columns.
    fn is_whole(&self, columns: usize) -> bool {
        let Block { width, lanes, weights, average, squares, steps } = self;
        let n = weights.as_slice().len();
        let averages = lanes.iter().any(|lane| lane.averages);
        (1..=WIDEST).contains(&lanes.len())
            && *width == lanes.len().next_power_of_two()
            && width.checked_mul(columns) == Some(n)
            && average.as_ref().map_or(!averages, |average| average.as_slice().len() == n)
            && squares.as_ref().map_or(steps.is_none(), |squares| squares.fit(*width, columns))
            && steps.as_ref().is_none_or(|steps| steps.fit(*width, columns))
    }

    /// True if a lane's intercept, its average or the sum of its squared gradients is beyond what floats hold; the
    /// inner loops watch the weights.
    pub(in crate::linear::sgd) fn has_overflowed(&self, lane: usize) -> bool {
        let Lane { intercept, average_intercept, .. } = self.lanes[lane];
        let squares = self.squares.as_ref().map_or(0.0, |squares| squares.intercepts[lane]);
        let finite = |intercept: f64| wide(F::cast(intercept)).is_finite();
        !(finite(intercept) && finite(average_intercept) && squares.is_finite())
    }

    pub(in crate::linear::sgd) fn width(&self) -> usize {
        self.width
    }

    pub(in crate::linear::sgd) fn columns(&self) -> usize {
        self.weights.as_slice().len() / self.width
    }

    fn copy_lane(&mut self, to: usize, from: &Block<F>, lane: usize) {
        copy(&from.weights, (from.width, lane), &mut self.weights, (self.width, to));
        self.lanes[to] = from.lanes[lane].clone();
        if let (true, Some(average)) = (from.lanes[lane].averages, &from.average) {
            let own = self.average.get_or_insert_with(|| Lines::zeros(self.weights.as_slice().len()));
            copy(average, (from.width, lane), own, (self.width, to));
        }
        if let Some(squares) = &from.squares {
            let (width, columns) = (self.width, from.columns());
            let own = self.squares.get_or_insert_with(|| Squares::zeros(width, columns));
            copy(&squares.weights, (from.width, lane), &mut own.weights, (width, to));
            own.intercepts[to] = squares.intercepts[lane];
        }
        if let Some(steps) = &from.steps {
            let own = self.steps.get_or_insert_with(|| steps.like(self.width));
            (own.rates[to], own.next[to]) = (steps.rates[lane], steps.next[lane]);
        }
    }

    /// Applies a lane's scale, and its average's terms, to every stored number.
    pub(in crate::linear::sgd) fn write_out(&mut self, lane: usize) {
        let width = self.width;
        let average = self.average.as_mut().map(Lines::as_mut_slice);
        self.lanes[lane].write_out(self.weights.as_mut_slice(), average, (width, lane));
    }

    /// Writes the weights that count.
    fn write_to(&self, lane: usize, row: &mut [F]) {
        let Lane { scale, averages, a, b, .. } = self.lanes[lane];
        let of_lane = |numbers: &'_ Lines<F>, j: usize| numbers.as_slice()[j * self.width + lane];
        match &self.average {
            _ if self.steps.is_some() => {
                let weight = |j| self.stepped_weight(j * self.width + lane);
                row.iter_mut().enumerate().for_each(|(j, number)| *number = weight(j));
            }
            Some(average) if averages => {
                let (a, share) = (F::cast(a), F::cast(1.0 / b));
                let mean = |j| (of_lane(average, j) + a * of_lane(&self.weights, j)) * share;
                row.iter_mut().enumerate().for_each(|(j, number)| *number = mean(j));
            }
            _ => {
                let scale = F::cast(scale);
                row.iter_mut().enumerate().for_each(|(j, number)| *number = of_lane(&self.weights, j) * scale);
            }
        }
    }
}

impl Lane {
    /// The intercept, or its average if that counts.
    pub(in crate::linear::sgd) fn intercept_that_counts<F: Float>(&self) -> F {
        F::cast(if self.averages { self.average_intercept } else { self.intercept })
    }

    /// Below this scale the stored numbers would lose digits; scikit-learn's limits.
    const fn smallest_scale<F>() -> f64 {
        if size_of::<F>() <= 4 { 1e-6 } else { 1e-9 }
    }

    /// Multiplies all weights by `factor`, which is from 0 to 1. `true` when the scale became so
    /// small that it must be [written out](Self::write_out) before the weights change again.
    #[inline]
    pub(in crate::linear::sgd) fn shrink<F>(&mut self, factor: f64) -> bool {
        self.scale *= factor;
        self.scale < Self::smallest_scale::<F>()
    }

    /// Applies the scale, and the average's terms, to the stored numbers `lane`, `lane + width`, …
    #[cold]
    pub(in crate::linear::sgd) fn write_out<F: Float>(
        &mut self,
        weights: &mut [F],
        average: Option<&mut [F]>,
        (width, lane): (usize, usize),
    ) {
        if let (true, Some(average)) = (self.averages, average) {
            let (a, share) = (F::cast(self.a), F::cast(1.0 / self.b));
            let pairs = average.iter_mut().zip(&*weights).skip(lane).step_by(width);
            pairs.for_each(|(average, &weight)| *average = (*average + a * weight) * share);
            (self.a, self.b) = (0.0, 1.0);
        }
        let scale = F::cast(self.scale);
        weights.iter_mut().skip(lane).step_by(width).for_each(|weight| *weight *= scale);
        self.scale = 1.0;
    }
}

/// Copies a lane's numbers, of lanes that lie side by side, to another's place.
pub(in crate::linear::sgd) fn copy<F: Copy>(
    from: &Lines<F>,
    (width, lane): (usize, usize),
    to: &mut Lines<F>,
    (own_width, own): (usize, usize),
) {
    let numbers = from.as_slice().iter().skip(lane).step_by(width);
    to.as_mut_slice().iter_mut().skip(own).step_by(own_width).zip(numbers).for_each(|(to, &from)| *to = from);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(n: usize, columns: usize) -> Lanes<f64> {
        let mut lanes = Lanes::zeros(n, columns);
        for k in 0..n {
            let (block, lane) = lanes.find_mut(k);
            let width = block.width();
            let numbers = block.weights.as_mut_slice().iter_mut().skip(lane).step_by(width);
            numbers.enumerate().for_each(|(j, number)| *number = (100 * k + j) as f64);
            block.lanes[lane].intercept = k as f64;
        }
        lanes
    }

    #[test]
    fn lanes_keep_apart_in_blocks_of_any_width() {
        for n in [1, 2, 3, 5, 8, 9, 20] {
            let lanes = marked(n, 7);
            assert_eq!((lanes.len(), lanes.columns()), (n, 7));
            let (coef, intercept) = lanes.coefficients(0..n);
            for k in 0..n {
                assert_eq!(
                    (coef[(k, 0)], coef[(k, 6)], intercept[k]),
                    (100.0 * k as f64, (100 * k + 6) as f64, k as f64)
                );
            }
            let backwards: Vec<usize> = (0..n).rev().collect();
            assert_eq!(lanes.select(&backwards).select(&backwards), lanes);
            let last = lanes.select(&[n - 1]).coefficients(0..1);
            assert_eq!((last.0.row(0), last.1[0]), (coef.row(n - 1), intercept[n - 1]));
        }
    }

    /// The lazy scale and average against vectors that are written out on every step.
    #[test]
    fn lazy_lanes_are_the_plain_ones() {
        let rows: [&[(usize, f64)]; 3] = [&[(0, 1.0), (2, -2.0)], &[(1, 0.5)], &[(0, 3.0), (1, 1.0), (3, 1.5)]];
        for (n, k) in [(1, 0), (3, 1), (8, 7)] {
            let mut lanes = Lanes::<f64>::zeros(n, 5);
            let (mut plain, mut plain_average) = (vec![0.0; 5], vec![0.0; 5]);
            for step in 0..60 {
                let (row, update) = (rows[step % 3], 0.1 * (step % 7) as f64 - 0.3);
                // Small enough for the scale to be written out several times.
                let factor = if step % 10 == 9 { 0.0 } else { 0.2 };
                let (block, lane) = lanes.find_mut(k);
                if step == 4 {
                    block.begin_average(lane);
                }
                if block.lanes[lane].shrink::<f64>(factor) {
                    block.write_out(lane);
                }
                let (width, scale) = (block.width(), block.lanes[lane].scale);
                row.iter().for_each(|&(j, x)| block.weights.as_mut_slice()[j * width + lane] += update / scale * x);
                plain.iter_mut().for_each(|w| *w *= factor);
                row.iter().for_each(|&(j, x)| plain[j] += update * x);
                if step >= 4 {
                    let n = (step - 3) as f64;
                    let factor = block.lanes[lane].add_to_average(update, n);
                    let average = block.average.as_mut().unwrap().as_mut_slice();
                    row.iter().for_each(|&(j, x)| average[j * width + lane] += factor * x);
                    plain_average.iter_mut().zip(&plain).for_each(|(mean, w)| *mean += (w - *mean) / n);
                }
                let expected = if step >= 4 { &plain_average } else { &plain };
                let (coef, _) = lanes.coefficients(k..k + 1);
                assert!(coef.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{coef} {expected:?}");
            }
            let (block, lane) = lanes.find_mut(k);
            block.settle_on_average(lane);
            assert_eq!(block.average, None);
            let (coef, _) = lanes.coefficients(k..k + 1);
            assert!(coef.iter().zip(&plain_average).all(|(a, b)| (a - b).abs() < 1e-9));
            // The other lanes saw nothing of it.
            let others: Vec<usize> = (0..n).filter(|&other| other != k).collect();
            assert_eq!(lanes.select(&others), Lanes::zeros(n - 1, 5));
        }
    }
}
