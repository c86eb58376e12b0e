//! The inner loop of SGD: blocks of weight vectors side by side, and one pass over the rows.

pub(in crate::linear::sgd) mod boundaries;
pub(in crate::linear::sgd) mod lane_average;
pub(in crate::linear::sgd) mod lane_run;
pub(in crate::linear::sgd) mod lanes;
pub(in crate::linear::sgd) mod lines;
pub(in crate::linear::sgd) mod margins;
pub(in crate::linear::sgd) mod order;
pub(in crate::linear::sgd) mod pass;
pub(in crate::linear::sgd) mod row_order;
pub(in crate::linear::sgd) mod squares;
