//! Surrogate of the objective of all rows, from the rows of one chunk and the slopes of all.
//!
//! Its slopes at the point of departure are the slopes of all rows, its curvature is the chunk's (Shamir, Srebro and
//! Zhang, *Communication-Efficient Distributed Optimization using an Approximate Newton-type Method*, ICML 2014). In no
//! column is it flatter than all rows are: a chunk that hardly has a word must not run away in it.

use super::columns::{Columns, RowVector};
use super::descent::{Quadratic, improve};
use super::penalty::Penalty;

/// The most sweeps over a surrogate: its optimum need not be exact.
const MOST_SWEEPS: usize = 100;
/// A sweep whose largest step is this share of the way so far is the last.
const SMALL: f64 = 1e-3;

/// The slopes and curvatures of all rows, column by column, at a point.
pub(super) struct Surroundings<'a> {
    pub point: &'a [f64],
    pub slopes: &'a [f64],
    pub squares: &'a [f64],
    pub damping: f64,
}

impl Surroundings<'_> {
    /// The least curvature in a column.
    fn least_curvature(&self, column: usize) -> f64 {
        (1.0 + self.damping) * self.squares[column]
    }

    /// The coefficient of a column that a chunk does not have.
    pub(super) fn best_alone(&self, penalty: &Penalty, column: usize) -> f64 {
        let curvature = self.least_curvature(column);
        penalty
            .best(curvature, if curvature > 0.0 { curvature * self.point[column] - self.slopes[column] } else { 0.0 })
    }

    /// The coefficients, in the columns of a chunk, that are best for its surrogate.
    pub(super) fn best(&self, penalty: &Penalty, columns: &Columns) -> Vec<f64> {
        let mut surrogate = Surrogate::new(self, columns);
        let start: Vec<f64> = columns.numbers.iter().map(|&j| self.point[j as usize]).collect();
        let mut coef = start.clone();
        for _ in 0..MOST_SWEEPS {
            let (mut step, mut way) = (0.0_f64, 0.0_f64);
            for (j, (w, start)) in coef.iter_mut().zip(&start).enumerate() {
                let unit = surrogate.curvature(j).sqrt();
                step = step.max(unit * improve(&mut surrogate, penalty, w, j).abs());
                way = way.max(unit * (*w - start).abs());
            }
            if step <= SMALL * way {
                break;
            }
        }
        coef
    }
}

struct Surrogate<'a> {
    columns: &'a Columns,
    /// Of the columns of the chunk.
    slopes: Vec<f64>,
    /// The curvature in addition to the chunk's own, and the way in that column.
    added: Vec<f64>,
    moved: Vec<f64>,
    rows: RowVector,
}

impl<'a> Surrogate<'a> {
    fn new(around: &Surroundings<'_>, columns: &'a Columns) -> Self {
        let numbers = columns.numbers.iter().map(|&j| j as usize);
        let added = |(j, column): (usize, usize)| {
            let total = around.squares[column];
            (total - columns.square(j)).max(0.0) + around.damping * total
        };
        Surrogate {
            columns,
            slopes: numbers.clone().map(|column| around.slopes[column]).collect(),
            added: numbers.enumerate().map(added).collect(),
            moved: vec![0.0; columns.width()],
            rows: columns.zeros(),
        }
    }
}

impl Quadratic for Surrogate<'_> {
    fn width(&self) -> usize {
        self.columns.width()
    }

    fn curvature(&self, j: usize) -> f64 {
        self.columns.square(j) + self.added[j]
    }

    fn slope(&self, j: usize) -> f64 {
        self.slopes[j] + self.columns.dot(j, &self.rows) + self.added[j] * self.moved[j]
    }

    fn step(&mut self, j: usize, by: f64) {
        self.moved[j] += by;
        self.columns.add(j, by, &mut self.rows);
    }
}
