//! Fits, predictions and scores over `DataFrame`s in this process, beside those of the local engine.
//!
//! The rows are Reuters-21578 where `CHUNKFIT_DATA` has it, else the sample that is part of the package.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

#[path = "../common/reuters.rs"]
mod reuters;
#[path = "../common/tables.rs"]
mod tables;

/// Enough to tell models apart; the cluster's tests fit all of them.
const ROWS_A_FILE: usize = 200;

mod bits;
mod chunks;
mod functions;
mod groups;
mod local;
mod plans;
mod refusals;
mod rounds;
mod setting;
mod written;
