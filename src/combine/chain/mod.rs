//! Chains: one model passed from chunk to chunk with `partial_fit`, for a number of epochs or until it stops early.

mod chained;
mod early_stopping;
mod epochs;
mod labels;
mod state;
mod team;

pub use chained::Chained;
pub use early_stopping::{ChainedUntil, EarlyStopping};
pub use labels::ChainedLabels;
