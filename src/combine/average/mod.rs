//! Averaging: every chunk fitted on its own, in parallel, and the models merged; in one round or several.

mod averaged;
mod rounds;

pub use averaged::Averaged;
pub use rounds::{AveragedRounds, Way};
