//! Ridge classification: least squares on the classes, coded as 1 and -1, over sparse and dense rows alike.
//!
//! - `params`, `model`: parameters, and what they fit.
//! - `totals`: the classes, how often each occurs, and the weights that follow.
//! - `class_squares`: the loss of three or more classes.
//! - `fit`: all rows at once; `passes`: over chunks; `average`: by normal equations, which merge over chunks.

mod average;
mod fit;
mod model;
mod params;
mod passes;
#[cfg(feature = "persist")]
mod persist;
#[cfg(test)]
mod tests;
mod totals;

pub use average::RidgeState;
pub use model::RidgeClassifier;
pub use params::{RidgeClassifierParams, RidgeClassifierValidParams};
pub use totals::ClassTotals;

/// The name in errors and files.
const NAME: &str = "RidgeClassifier";

/// The target of a row for the boundary of a class: 1 for its own, -1 for others.
fn target(own: bool) -> f64 {
    if own { 1.0 } else { -1.0 }
}
