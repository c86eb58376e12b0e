//! Example rows with targets and weights, from which chunks of every layout are made.

use std::time::Duration;

use ndarray::{Array1, Array2, Axis, concatenate};

use super::outcome::{Outcome, violation};
use crate::error::{Error, ErrorKind, Result};

/// Rows, targets that may be learned from them, and weights: one chunk of [`Examples`](super::Examples).
///
/// ```
/// use chunkfit::ndarray::array;
/// use chunkfit::testing::Block;
///
/// let block = Block::new(array![[1.0, 2.0], [3.0, 4.0]], array![0, 1], array![0.5, 0.25]).weighted(|row| row as f32);
/// assert_eq!(block.weights, Some(array![0.0, 1.0]));
/// assert_eq!(Block::whole(&[block.clone(), block.select(&[1])])?.x, array![[1.0, 2.0], [3.0, 4.0], [3.0, 4.0]]);
/// # Ok::<(), chunkfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Block {
    /// The features; `n` rows.
    pub x: Array2<f64>,
    /// The class of every row; of shape `(n,)`.
    pub class: Array1<usize>,
    /// The value of every row, for regressors; of shape `(n,)`.
    pub value: Array1<f64>,
    /// The group of every row; of shape `(n,)`.
    pub group: Array1<usize>,
    /// The weight of every row, of shape `(n,)`; `None` for a data set without weights.
    pub weights: Option<Array1<f32>>,
    /// The time that reading the block takes.
    pub delay: Duration,
    /// True if reading the block fails.
    pub is_broken: bool,
}

impl Block {
    /// Three blocks of 12, 13 and 14 rows that every estimator can learn from: small positive multiples of 1/4 in three
    /// columns, three classes, values above 0, two groups.
    pub fn examples() -> Vec<Block> {
        let block = |c: usize| {
            let n = 12 + c;
            let x = Array2::from_shape_fn((n, 3), |(i, j)| ((7 * i + 5 * j * i + 3 * c + j) % 11) as f64 / 4.0);
            let class = Array1::from_shape_fn(n, |i| (i + usize::from(x[(i, 0)] > 1.5)) % 3);
            let value = Array1::from_shape_fn(n, |i| 0.5 + x[(i, 0)] + 0.25 * x[(i, 1)] + 0.125 * class[i] as f64);
            Block::new(x, class, value)
        };
        (0..3).map(block).collect()
    }

    /// Rows with their classes and values, in two groups in turns, without weights.
    ///
    /// # Panics
    /// When the numbers of rows differ.
    pub fn new(x: Array2<f64>, class: Array1<usize>, value: Array1<f64>) -> Self {
        let n = x.nrows();
        assert_eq!((class.len(), value.len()), (n, n), "a class and a value for every row");
        let group = Array1::from_shape_fn(n, |i| i % 2);
        Block { x, class, value, group, weights: None, delay: Duration::ZERO, is_broken: false }
    }

    /// The number of rows.
    pub fn n_rows(&self) -> usize {
        self.x.nrows()
    }

    /// The rows with these numbers, in the order given.
    ///
    /// # Panics
    /// When there is no row of a number.
    pub fn select(&self, rows: &[usize]) -> Self {
        Block {
            x: self.x.select(Axis(0), rows),
            class: self.class.select(Axis(0), rows),
            value: self.value.select(Axis(0), rows),
            group: self.group.select(Axis(0), rows),
            weights: self.weights.as_ref().map(|weights| weights.select(Axis(0), rows)),
            ..self.clone()
        }
    }

    /// The same rows with weights, given by the number of the row.
    pub fn weighted(&self, weight: impl Fn(usize) -> f32) -> Self {
        Block { weights: Some(Array1::from_shape_fn(self.n_rows(), weight)), ..self.clone() }
    }

    /// Each row as often as its weight says, which is a whole number; without weights.
    pub(super) fn repeated(&self) -> Self {
        let times = |i: usize| self.weights.as_ref().map_or(1, |weights| weights[i] as usize);
        let rows: Vec<usize> = (0..self.n_rows()).flat_map(|i| vec![i; times(i)]).collect();
        Block { weights: None, ..self.select(&rows) }
    }

    /// All rows of some blocks in one.
    ///
    /// # Errors
    /// No block, or blocks of different numbers of columns.
    pub fn whole(blocks: &[Block]) -> Result<Block> {
        let Some(first) = blocks.first() else { return Err(Error::new(ErrorKind::NoRows { estimator: "examples" })) };
        let weights: Vec<_> = blocks.iter().filter_map(|block| block.weights.as_ref().map(|w| w.view())).collect();
        let joined = || {
            Ok::<_, ndarray::ShapeError>(Block {
                x: concatenate(Axis(0), &blocks.iter().map(|block| block.x.view()).collect::<Vec<_>>())?,
                class: concatenate(Axis(0), &blocks.iter().map(|block| block.class.view()).collect::<Vec<_>>())?,
                value: concatenate(Axis(0), &blocks.iter().map(|block| block.value.view()).collect::<Vec<_>>())?,
                group: concatenate(Axis(0), &blocks.iter().map(|block| block.group.view()).collect::<Vec<_>>())?,
                weights: if weights.is_empty() { None } else { Some(concatenate(Axis(0), &weights)?) },
                ..first.clone()
            })
        };
        joined().map_err(|_| {
            let width = |block: &&Block| block.x.ncols() != first.x.ncols();
            let found = blocks.iter().find(width).map_or(0, |block| block.x.ncols());
            Error::shape("columns", first.x.ncols(), found)
        })
    }

    /// The same rows in blocks of `size` rows.
    pub(super) fn cut(&self, size: usize) -> Vec<Block> {
        let rows: Vec<usize> = (0..self.n_rows()).collect();
        rows.chunks(size).map(|rows| self.select(rows)).collect()
    }

    /// A block of no rows, of as many columns.
    pub(super) fn empty(&self) -> Block {
        self.select(&[])
    }

    /// Another value at a place of the features.
    pub(super) fn with_value(mut self, (row, column): (usize, usize), value: f64) -> Self {
        self.x[(row, column)] = value;
        self
    }
}

/// Checks that laws can work with the examples: three blocks of 6 rows or more, at least two columns.
pub(super) fn check(blocks: &[Block]) -> Outcome {
    let n_columns = blocks.first().map_or(0, |block| block.x.ncols());
    let fit = blocks.len() == 3 && n_columns > 1;
    match fit && blocks.iter().all(|block| block.n_rows() > 5 && block.x.ncols() == n_columns) {
        true => Ok(()),
        false => {
            Err(violation("examples have to be three blocks of 6 rows or more, of the same two columns or more".into()))
        }
    }
}
