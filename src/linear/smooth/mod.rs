//! Smooth convex losses over rows, and their minimum: over rows in memory, or over chunks in passes.
//!
//! - `design`: the rows, sparse or dense, in the columns they touch.
//! - `point_loss`: what one row contributes, as a function of its margin.
//! - `margin_loss` and `softmax`: the losses of many rows, with one output a row and with several.
//! - `problem`: what these share: weights and penalty.
//! - `shifted`: dense rows whose columns are shifted to about zero, where they lie far from it.
//! - `chunk_rows`, `chunk_sum`, `minimization`: the same loss as a sum over chunks.

mod chunk_rows;
mod chunk_sum;
mod design;
mod margin_loss;
mod minimization;
mod point_loss;
mod problem;
mod shifted;
mod softmax;

pub use chunk_rows::ChunkRows;
pub(super) use chunk_rows::{ChunkTargets, rows_that_count};
pub use chunk_sum::{ChunkPart, ChunkSum};
pub(super) use design::{DenseDesign, Design, SparseDesign};
pub(super) use margin_loss::MarginLoss;
pub use minimization::Minimization;
pub(super) use minimization::{Found, Smooth};
pub(super) use point_loss::{Logistic, PointLoss, Squared, Tweedie};
pub(super) use problem::{Intercept, Loss, Penalty, Problem, most_together};
pub(super) use shifted::{Shifted, shifts, unshift};
pub(super) use softmax::{SoftmaxLoss, center};
