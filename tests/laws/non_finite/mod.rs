//! NaN and infinite values, unknown labels and other numbers of columns are refused by composites, in memory, by searches
//! and on the way into files: beside the laws of the conformance suite, which hold for every estimator.

mod composites;
mod in_memory;
mod listed;
mod searches;
mod sinks;

use chunkfit::testing::{Block, TestRows};
use ndarray::{Array1, Array2, Axis, concatenate};

/// The width of the examples' rows.
const N_FEATURES: usize = 3;

/// The examples of the conformance suite.
fn blocks() -> Vec<Block> {
    Block::examples()
}

/// Rows in some layout.
fn of<R: TestRows>(x: &Array2<f64>) -> R {
    R::of(&Block::new(x.clone(), Array1::zeros(x.nrows()), Array1::zeros(x.nrows())))
}

/// What no feature and no target is.
const ODD: [f64; 3] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

/// Block, row and column: the first, a later row, a later block's row that is its last.
const PLACES: [(usize, usize, usize); 3] = [(0, 0, 1), (0, 5, 0), (2, 13, N_FEATURES - 1)];

/// The blocks with another value at a place.
fn with_value((block, row, column): (usize, usize, usize), value: f64) -> Vec<Block> {
    let mut blocks = blocks();
    blocks[block].x[(row, column)] = value;
    blocks
}

/// Rows with one column more, or one less.
fn of_other_width(x: &Array2<f64>, more: bool) -> Array2<f64> {
    let columns = x.columns().into_iter().take(N_FEATURES - 1);
    match more {
        true => concatenate(Axis(1), &[x.view(), Array2::ones((x.nrows(), 1)).view()]).unwrap(),
        false => Array2::from_shape_fn((x.nrows(), columns.len()), |place| x[place]),
    }
}

/// The last block has another number of columns.
fn of_two_widths(more: bool) -> Vec<Block> {
    let mut blocks = blocks();
    blocks[2].x = of_other_width(&blocks[2].x, more);
    blocks
}
