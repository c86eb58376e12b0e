//! Limits that both ends of a connection have to agree on, in one place.

/// The largest message between client, scheduler and executors, in bytes: 1 GiB.
///
/// Ballista's own 16 MiB are not enough for a plan that carries a model more than once, nor for a model on its way to
/// the client, which is one message. An oversize task does not fail as such: the scheduler takes the executor for lost, and
/// the next one, until none is left. So models of more than 1 MB travel to executors by reference, and this limit leaves
/// room for the others.
pub const MESSAGE_BYTES: u32 = crate::session::MOST_MESSAGE_BYTES as u32;

/// How often an executor tells the scheduler that it lives, in seconds. Ballista's own 60 are for long jobs.
pub const HEARTBEAT_SECONDS: u64 = 5;

/// After how many seconds without a heartbeat an executor counts as dead, and its tasks are given to others.
/// Ballista's own 180 make a job that loses an executor wait for three minutes. A process that is paused for longer than
/// this is given up, and comes back with its next heartbeat.
pub const EXECUTOR_TIMEOUT_SECONDS: u64 = 30;

/// How often the scheduler looks for dead executors, in seconds.
pub const CHECK_SECONDS: u64 = 5;

/// The slots of all tasks' threads: how deep plans may nest before a stack overflows. Ballista's own binaries set the
/// same.
pub const STACK_BYTES: usize = 32 << 20;
