//! Sums of squared gradients of each coordinate: the curvature that weighs a chunk in an average.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::lanes::{Lanes, WIDEST};
use super::lines::Lines;
use crate::data::column_set::ColumnSet;
use crate::data::{FeatureRow, FeatureRows, Float, RowsView, float_computation, wide, with_rows};
use crate::error::{Error, ErrorKind, Result};
use crate::linear::average::ChunkWeight;

/// A coefficient that no gradient of a chunk pulled at weighs next to nothing beside one of another
/// chunk, but where none did, it counts.
const LEAST_WEIGHT: f64 = 1e-200;

/// What any number of such weights stays below.
const NO_WEIGHT: f64 = 1e-150;

/// The sum of the squared gradients of the loss at every coordinate of some lanes that lie side by
/// side. In `f64` whatever the weights are: a sum of many small squares would stop growing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::linear::sgd) struct Squares {
    /// Of the weights, laid out as these are.
    pub(in crate::linear::sgd) weights: Lines<f64>,
    /// Of the intercepts, one a lane.
    pub(in crate::linear::sgd) intercepts: Vec<f64>,
}

impl Squares {
    /// Of no gradient yet.
    pub(in crate::linear::sgd) fn zeros(width: usize, columns: usize) -> Self {
        Squares { weights: Lines::zeros(width * columns), intercepts: vec![0.0; width] }
    }

    /// True if they are those of so many lanes and columns.
    pub(in crate::linear::sgd) fn fit(&self, width: usize, columns: usize) -> bool {
        self.intercepts.len() == width && Some(self.weights.as_slice().len()) == width.checked_mul(columns)
    }
}

impl<F: Float> Lanes<F> {
    /// Lets training sum up the squares, if the rule of its steps does not anyway.
    pub(in crate::linear::sgd) fn sum_squares(&mut self) {
        F::run::<SumSquares<'_>>(self);
    }

    fn begin_squares(&mut self) {
        for block in self.blocks_mut() {
            let (width, columns) = (block.width(), block.columns());
            block.squares.get_or_insert_with(|| Squares::zeros(width, columns));
        }
    }

    /// Goes on from this share of the squares that the first lanes of others have, if they do.
    pub(in crate::linear::sgd) fn share_squares(&mut self, others: &Lanes<F>, share: f64) {
        F::run::<ShareSquares<'_>>((self, others, share));
    }

    fn take_share((own, others, share): (&mut Self, &Self, f64)) {
        for k in 0..own.len() {
            let (other, from) = (&others.blocks()[k / WIDEST], k % WIDEST);
            let Some(squares) = &other.squares else { continue };
            let (block, lane) = own.find_mut(k);
            let (width, columns) = (block.width(), block.columns());
            let own = block.squares.get_or_insert_with(|| Squares::zeros(width, columns));
            own.intercepts[lane] = share * squares.intercepts[from];
            let theirs = squares.weights.as_slice().iter().skip(from).step_by(other.width());
            let own = own.weights.as_mut_slice().iter_mut().skip(lane).step_by(width);
            own.zip(theirs).for_each(|(own, squares)| *own = share * squares);
        }
    }

    /// Goes on from squares that are as large as the coefficients in these columns [weighed](Self::chunk_weight).
    pub(in crate::linear::sgd) fn restore_squares(&mut self, known: (Vec<u32>, ChunkWeight)) {
        F::run::<RestoreSquares<'_>>((self, known));
    }

    fn restore((own, (columns, weight)): (&mut Self, (Vec<u32>, ChunkWeight))) {
        let ChunkWeight::Each { coef, intercept } = weight else { return };
        own.sum_squares();
        let known = |weight: f64| if weight > NO_WEIGHT { weight } else { 0.0 };
        for k in 0..own.len() {
            let (block, lane) = own.find_mut(k);
            let width = block.width();
            let Some(squares) = &mut block.squares else { continue };
            squares.intercepts[lane] = known(intercept[k]);
            for (&j, &weight) in columns.iter().zip(&coef[k * columns.len()..]) {
                squares.weights.as_mut_slice()[j as usize * width + lane] = known(weight);
            }
        }
    }

    /// How much each coefficient in these columns weighs, one lane after the other, and each
    /// intercept: its squares, which must have been [summed up](Self::sum_squares).
    ///
    /// # Errors
    /// [`ErrorKind::Diverged`]: a sum of squares is beyond what floats hold.
    pub(in crate::linear::sgd) fn chunk_weight(&self, columns: &[u32], estimator: &'static str) -> Result<ChunkWeight> {
        F::run::<SquaresOf<'_>>((self, columns, estimator))
    }

    fn weigh((own, columns, estimator): (&Self, &[u32], &'static str)) -> Result<ChunkWeight> {
        let (mut coef, mut intercept) = (Vec::with_capacity(own.len() * columns.len()), Vec::new());
        for k in 0..own.len() {
            let (block, lane) = (&own.blocks()[k / WIDEST], k % WIDEST);
            let squares = block.squares.as_ref().expect("the squares were asked for");
            let of_weights = squares.weights.as_slice();
            coef.extend(columns.iter().map(|&j| of_weights[j as usize * block.width() + lane].max(LEAST_WEIGHT)));
            intercept.push(squares.intercepts[lane].max(LEAST_WEIGHT));
        }
        let weight = ChunkWeight::Each { coef, intercept };
        if weight.is_finite() { Ok(weight) } else { Err(Error::new(ErrorKind::Diverged { estimator })) }
    }
}

/// The columns, ascending, in which any of these rows, or of all, or any coefficient to begin with has a value.
pub(in crate::linear::sgd) fn touched<F: Float>(
    x: RowsView<'_, F>,
    rows: Option<&[usize]>,
    coef: Option<ArrayView2<'_, F>>,
) -> Vec<u32> {
    F::run::<Touched<'_>>((x.reborrow(), rows, coef.map(|coef| coef.reborrow())))
}

float_computation!(
    Touched<'a>((RowsView<'a, F>, Option<&'a [usize]>, Option<ArrayView2<'a, F>>)) -> Vec<u32> = touched_columns
);
float_computation!(SumSquares<'a>(&'a mut Lanes<F>) -> () = Lanes::begin_squares);
float_computation!(ShareSquares<'a>((&'a mut Lanes<F>, &'a Lanes<F>, f64)) -> () = Lanes::take_share);
float_computation!(RestoreSquares<'a>((&'a mut Lanes<F>, (Vec<u32>, ChunkWeight))) -> () = Lanes::restore);
float_computation!(SquaresOf<'a>((&'a Lanes<F>, &'a [u32], &'static str)) -> Result<ChunkWeight> = Lanes::weigh);

fn touched_columns<F: Float>(
    (x, rows, coef): (RowsView<'_, F>, Option<&[usize]>, Option<ArrayView2<'_, F>>),
) -> Vec<u32> {
    with_rows!(x, x => touched_in(x, rows, coef))
}

fn touched_in<X: FeatureRows>(x: &X, rows: Option<&[usize]>, coef: Option<ArrayView2<'_, X::Elem>>) -> Vec<u32> {
    let mut touched = ColumnSet::new(x.nfeatures());
    let mut touch = |i: usize| x.feature_row(i).for_each(|j, _| touched.insert(j));
    match rows {
        Some(rows) => rows.iter().for_each(|&i| touch(i)),
        None => (0..x.nsamples()).for_each(touch),
    }
    for ((_, j), &weight) in coef.iter().flat_map(|coef| coef.indexed_iter()) {
        // A model of other columns is refused elsewhere.
        if j < x.nfeatures() && wide(weight) != 0.0 {
            touched.insert(j);
        }
    }
    touched.columns()
}
