//! Lazy values, and the scheduler that computes them.
//!
//! - [`Lazy`]: a handle on a value that will be computed; built from others, never run on its own.
//! - [`Key`]: what identifies a task. Equal keys are one task, however often they are asked for.
//! - [`Task`]: what the scheduler is told about a task besides the work itself.
//! - [`Compute`]: anything that holds handles: one, a tuple, a vector, an array.
//! - [`Codec`](crate::data::Codec): how a value is kept in the checkpoint of a run; [`Checkpoint`]: the folder.
//! - [`ChunkCache`]: a folder of chunks that need not be made again.
//! - [`Runtime`]: threads, memory limit, progress; [`Runtime::compute`] runs a graph.
//! - [`Summary`]: what ran, how often, for how long, in how much memory; [`Warning`]: what speaks
//!   against a value that came out.
//! - [`Explanation`]: what would run, told beforehand; [`Explanation::dot`] draws it.
//! - [`Profile`]: which task ran when, on which thread, and what the machine did meanwhile.
//!
//! The data flows one way: handles are walked into a `plan` (one row a distinct task, in the
//! order in which a single thread would run them, without what a checkpoint lets it `restore`),
//! which the `scheduler` runs on a pool of its own, keeping values in its `memory` and, for later
//! runs, in the checkpoint and the chunk cache. Nothing here knows of machine learning.

mod checkpoint;
mod chunk_cache;
mod compute;
mod dot;
mod explain;
mod floor;
mod keeper;
mod kept;
mod key;
mod lazy;
mod memory;
mod names;
mod node;
mod observers;
mod panics;
mod plan;
mod profile;
mod restore;
mod runtime;
mod scheduler;
mod slot_file;
mod summary;
mod teardown;
pub(crate) mod units;
mod warning;

pub use checkpoint::Checkpoint;
pub use chunk_cache::ChunkCache;
pub use compute::{Compute, Results, Targets};
pub use explain::{Explanation, PlannedEdge, PlannedStage};
pub use key::{Key, KeyBuilder};
pub use lazy::Lazy;
pub use node::Task;
pub(crate) use panics::caught_in;
pub use profile::{Profile, Sample, TaskRecord};
pub use runtime::{Run, Runtime};
pub use summary::{Stage, Summary};
pub use warning::Warning;
