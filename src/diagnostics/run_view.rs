//! A run as the page shows it: over, or going on.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use crate::graph::{Explanation, FigureRecord, Sample, Summary, TaskRecord};

/// A run as the page shows it.
pub(crate) struct RunView<'a> {
    /// The counts so far.
    pub(crate) summary: Cow<'a, Summary>,
    /// The graph by stage: tasks planned by stage.
    pub(crate) plan: Option<Cow<'a, Explanation>>,
    /// The task stream, maybe not all of it.
    pub(crate) records: Cow<'a, [TaskRecord]>,
    /// The number of records that are missing.
    pub(crate) dropped_records: u64,
    /// CPU, process memory and read bytes over time.
    pub(crate) samples: Cow<'a, [Sample]>,
    /// Live only: bytes of chunks held over time, each with its time in nanoseconds.
    pub(crate) memory: Vec<(u64, usize)>,
    /// The most bytes that chunks may hold.
    pub(crate) memory_limit: Option<usize>,
    pub(crate) state: RunState,
    /// Scores, objectives and losses.
    pub(crate) figures: Vec<FigureRecord>,
    /// Errors, each with its place.
    pub(crate) errors: Vec<String>,
    /// Bytes of sources that were read.
    pub(crate) read_bytes: u64,
}

/// The state of a run.
pub(crate) enum RunState {
    Done,
    Running {
        /// The tasks that are being done.
        now: Vec<RunningTask>,
    },
    /// With the error's message and place.
    Failed(String),
    Cancelled,
}

/// A task that is being done.
pub(crate) struct RunningTask {
    pub(crate) thread: usize,
    /// An index into the stages.
    pub(crate) stage: usize,
    pub(crate) name: Cow<'static, str>,
    pub(crate) display_name: Option<Arc<str>>,
    pub(crate) chunk: Option<usize>,
    pub(crate) file: Option<Arc<Path>>,
    /// Nanoseconds from the start of the run to its start.
    pub(crate) start: u64,
}
