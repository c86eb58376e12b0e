//! Elastic net and lasso: least squares with an L1 and an L2 penalty, by coordinate descent.
//!
//! - `params`, `model`, `penalty`: parameters, what they fit, and what coefficients cost.
//! - `descent`: cyclic coordinate descent on a quadratic function, until the `duality_gap` closes.
//! - The quadratic functions: `gram`, from sums of squares and products; `columns`, from the rows, column by column;
//!   `surrogate`, from the rows of one chunk and the slopes of all.
//! - `examples`: rows, targets and weights, checked; `solve`: their optimum, and `fit`: the same as a model.
//! - `average`: averages over chunks. `passes`: over chunks, the exact fit from sums of squares and products, or the
//!   `rounds` that go on from an average; `answer`: what chunks answer in a pass, `line`: the best point on a line.

mod answer;
mod average;
mod columns;
mod descent;
mod duality_gap;
mod examples;
mod fit;
mod gram;
mod line;
mod model;
mod params;
mod passes;
mod penalty;
#[cfg(feature = "persist")]
mod persist;
mod rounds;
mod solve;
mod surrogate;
#[cfg(test)]
mod tests;

pub use answer::{ElasticNetAnswer, ElasticNetSum};
pub use average::ElasticNetState;
pub use examples::ElasticNetRows;
pub use model::{ElasticNet, Lasso};
pub use params::{ElasticNetParams, ElasticNetValidParams};
pub use passes::ElasticNetPasses;

/// The name in errors, summaries and files.
const NAME: &str = "ElasticNet";
