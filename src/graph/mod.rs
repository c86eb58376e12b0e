//! Lazy values, and the scheduler that computes them.
//!
//! - [`Lazy`]: a handle on a value that will be computed; built from others, never run on its own.
//! - [`Key`]: the identity of a task. Equal keys are one task, however often they are asked for.
//! - [`Task`]: the description of a task for the scheduler: everything but the work itself.
//! - [`Compute`]: anything that holds handles: one, a tuple, a vector, an array.
//! - [`Checkpoint`]: a folder of values from which an interrupted run goes on. A [`Codec`](crate::data::Codec) makes
//!   bytes of them.
//! - [`ChunkCache`]: a folder of chunks that need not be made again.
//! - [`Runtime`]: threads, memory limit, progress; [`Runtime::compute`] runs a graph.
//! - [`Session`]: computes in the background what is submitted at any time; [`Future`]: the values, when they are there;
//!   [`as_completed`]: several of them in the order in which they come.
//! - [`Summary`]: what ran, how often, for how long, in how much memory. [`TimeAccount`]: the time of some tasks.
//!   [`Warning`]: a reason to doubt a value that was made.
//! - [`Explanation`]: what would run; [`Explanation::dot`] draws it.
//! - [`Profile`]: which task ran when, on which thread, and what the machine did meanwhile. [`Figure`]: a score, an
//!   objective or a loss that a value states, as it comes out.
//!
//! The data flows one way: handles are walked into a `plan` (one entry a distinct task, in the
//! order in which a single thread would run them, without what a checkpoint lets it `restore`),
//! which joins the other submissions of its session in the `scheduler`. The workers of an `engine`
//! run its tasks on a pool of their own, keeping values in `memory` and, for later
//! runs, in the checkpoint and the chunk cache. Nothing here knows of machine learning.
//!
//! # Glossary
//!
//! States of a value:
//!
//! | word | meaning |
//! |---|---|
//! | given | there before the run begins: data in memory ([`Lazy::value`], [`Lazy::given`]) |
//! | made | computed in this run by the task's work |
//! | kept | written to the checkpoint, if the run has one ([`Lazy::kept`]) |
//! | restored | read from the checkpoint instead of made |
//! | cached | written to the chunk cache, if the run has one ([`Lazy::cached`]) |
//! | loaded | read from the chunk cache instead of made |
//! | measured | counted against the memory limit ([`Task::measured`]) |
//! | remakeable | may be dropped before its last use, and made again ([`Task::remakeable`]) |
//! | held | stays in memory until the run is over ([`Task::held`]) |
//! | carried | held, small, and passed from chunk to chunk, such as a count of rows so far |
//! | identified | goes by a key that the user states, the same in every process ([`Lazy::identified`]) |
//! | caught | a failure that has become a value, an error to be looked at ([`Lazy::caught`]) |
//! | settled | decided by the task's first input alone, so that the others are not made ([`Lazy::zip_unless`]) |
//!
//! States and numbers of a task in a plan:
//!
//! | word | meaning |
//! |---|---|
//! | source | a task without inputs: it reads from the outside world |
//! | family | the tasks whose values are made from one source alone, or from one value that is made of several |
//! | turn | the order that the task asks for ([`Task::order`]): the lowest goes first |
//! | rank | the place in the order in which a single thread would run all tasks |
//! | stage | the tasks of one name and display name: a line of the summary ([`Stage`]) |
//! | owner | a submission that has the task in its plan |
//! | pinned | a result of a submission that is under way, or held by a future |
//! | spare | used by all that need it, and left there for a submission that may join |
//! | guarded | every way from the task to a result leads through one that catches failures |
//! | asleep | needed only if a value turns out not to be in the chunk cache after all |
//! | namesake | of a type whose name another type bears: neither kept nor cached |
//!
//! Parts of a run:
//!
//! | name | meaning |
//! |---|---|
//! | `Plan`, `TaskEntry` | the distinct tasks, in order, and how they depend on each other |
//! | `Scheduler`, `TaskState` | which task runs next; how far each is; values while they are needed |
//! | `Submission`, `Record` | what one call asked for: its tasks and how far they are; what is noted of them for its summary |
//! | `Ledger` | the bytes of measured values that are there or expected, against the memory limit |
//! | `Engine`, `Shared` | how submissions begin and end, and the state that a session's workers share under a lock |
//! | `Job`, `Outcome` | a task to be run by a worker; the value that came out, or the failure |
//! | `Promise` | the place for the outcome of a submission, and those who wait for it |
//! | `RunCheckpoint`, `Slot` | the checkpoint in a session; the file of one value, which the next of a chain replaces |
//! | `RunCache`, `FolderIndex` | the chunk cache in a session, and the files that lie in its folder |
//! | `Observers` | the progress bar, `tracing` spans and samples of CPU and memory, what the dashboard shows |

mod as_completed;
mod checkpoint;
mod chunk_cache;
mod compute;
mod dot;
mod engine;
mod erased;
mod execution;
mod explain;
mod figure;
mod future;
#[cfg(test)]
mod interleavings;
mod kept;
mod key;
mod lazy;
mod memory;
mod names;
mod node;
mod observers;
mod outcome;
mod panics;
mod plan;
mod pool;
mod profile;
mod promise;
mod record;
mod restore;
mod run;
mod run_checkpoint;
mod runtime;
mod scheduler;
mod session;
mod slot_file;
mod summary;
mod sync;
mod teardown;
mod time_account;
mod turns;
pub(crate) mod units;
mod warning;
mod worker;

pub use as_completed::{AsCompleted, as_completed};
pub use checkpoint::Checkpoint;
pub use chunk_cache::ChunkCache;
pub use compute::{Compute, Results, Targets};
pub(crate) use erased::{AnyLazy, AnyWork};
pub use explain::{Explanation, PlannedEdge, PlannedStage};
pub use figure::Figure;
pub use future::{Future, Progress};
pub(crate) use kept::AnyCodec;
pub use key::{Key, KeyBuilder};
pub use lazy::Lazy;
pub(crate) use lazy::settled_by;
pub use node::Task;
pub(crate) use node::{Inputs, RowCount, Settled};
#[cfg(feature = "dashboard")]
pub(crate) use observers::gauge::{Gauge, Reading, Readings};
#[cfg(feature = "dashboard")]
pub(crate) use observers::live::{Ended, LiveRun, Messages, Notice, RunEnd, RunOutcome, Running, Watcher};
pub(crate) use panics::caught_in;
pub use profile::{FigureRecord, Profile, Sample, TaskRecord};
pub use run::Run;
pub use runtime::Runtime;
pub use session::Session;
pub use summary::{Stage, Summary};
pub use time_account::TimeAccount;
pub use warning::Warning;
