//! A chain over chunks is one pass over their rows, whatever the weights, the losses and the number of classes; weights of
//! groups, in searches, and of estimators of linfa.

mod absent;
mod bad_weights;
mod chains;
mod moments;
