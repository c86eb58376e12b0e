//! A scheduler and executors as processes on loopback, and clients of them.
//!
//! The rows are Reuters-21578 where `CHUNKFIT_DATA` has it, else the sample that is part of the package. Most cases share
//! one cluster, which ends with this process. Those that kill a part of it have their own.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

// Parts that other tests share: not all of them are used here.
#[allow(dead_code)]
#[path = "../common/corpus.rs"]
mod corpus;
#[allow(dead_code)]
#[path = "../common/faults.rs"]
mod faults_ground;
#[allow(dead_code)]
#[path = "../frames/local.rs"]
mod local;
#[allow(dead_code)]
#[path = "../common/processes.rs"]
mod processes;
#[path = "../common/reuters.rs"]
mod reuters;
#[allow(dead_code)]
#[path = "../frames/setting.rs"]
mod setting;
#[path = "../common/tables.rs"]
mod tables;

/// All there are.
const ROWS_A_FILE: usize = usize::MAX;

mod bits;
mod command_line;
mod faults;
mod functions;
mod mismatches;
mod processes_end;
mod shared;
