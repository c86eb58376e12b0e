//! How much the gradients of each coordinate sum up to.

use serde::{Deserialize, Serialize};

use super::lines::Lines;

/// The sum of the squared gradients of the loss at every coordinate of some lanes that lie side by
/// side. In `f64` whatever the weights are: a sum of many small squares would stop growing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Squares {
    /// Of the weights, laid out as these are.
    pub(super) weights: Lines<f64>,
    /// Of the intercepts, one a lane.
    pub(super) intercepts: Vec<f64>,
}

impl Squares {
    /// Of no gradient yet.
    pub(super) fn zeros(width: usize, columns: usize) -> Self {
        Squares { weights: Lines::zeros(width * columns), intercepts: vec![0.0; width] }
    }

    /// Whether they are those of so many lanes and columns.
    pub(super) fn fit(&self, width: usize, columns: usize) -> bool {
        self.intercepts.len() == width && Some(self.weights.as_slice().len()) == width.checked_mul(columns)
    }
}
