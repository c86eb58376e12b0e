//! Smooth convex losses over rows, and their minimum: over rows in memory, or over chunks in passes.
//!
//! - `design`: the rows, sparse or dense, in the columns they touch.
//! - `point_loss`: what one row contributes, as a function of its margin.
//! - `margin_loss`, `softmax` and `class_squares`: the losses of many rows, with one output a row and with several.
//! - `row_kernel`: the products of sparse rows with each other.
//! - `row_losses`: any of these, with targets as numbers.
//! - `problem`: what these share: weights and penalty.
//! - `shifted`: dense rows whose columns are shifted to about zero, where they lie far from it.
//! - `chunk_rows`, `chunk_sum`, `minimization`: the same loss as a sum over chunks, for any targets; `row_sums`, `descent` and
//!   `found`: what of it knows no targets, and is compiled once.

mod chunk_rows;
mod chunk_sum;
mod class_squares;
mod descent;
mod design;
mod found;
mod margin_loss;
mod minimization;
mod point_loss;
mod problem;
mod row_kernel;
mod row_losses;
mod row_sums;
mod shifted;
mod softmax;

pub use chunk_rows::ChunkRows;
pub(super) use chunk_rows::{ChunkTargets, check_finite, rows_that_count};
pub use chunk_sum::{ChunkPart, ChunkSum};
pub(super) use design::{DenseDesign, Design, SparseDesign};
pub(super) use found::Found;
pub(super) use margin_loss::MarginLoss;
pub use minimization::Minimization;
pub(super) use minimization::Smooth;
pub(super) use point_loss::{Logistic, PointLoss, Squared, Tweedie};
pub(super) use problem::{Intercept, Loss, Penalty, Problem, most_together};
pub(super) use row_losses::{RowLosses, RowTargets};
pub(super) use shifted::{Shifted, shifts, unshift};
pub(super) use softmax::{SoftmaxLoss, center};
