//! View of a run as the page shows it: over, or going on.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::graph::{Explanation, FigureRecord, Profile, Sample, Summary, TaskRecord};

/// A run at one time. All times are nanoseconds since it began.
#[derive(Clone, Debug)]
pub(crate) struct RunView<'a> {
    /// The counts so far. `elapsed` is the time of the view.
    pub(crate) summary: Cow<'a, Summary>,
    /// The plan, with the stages of the summary in the same order.
    pub(crate) plan: Option<Cow<'a, Explanation>>,
    /// Tasks that have ended, by start; maybe not all of them.
    pub(crate) records: Cow<'a, [TaskRecord]>,
    /// Of each record, the tasks that it stands for, where neighbours were merged; empty if each is one task.
    pub(crate) merged: Vec<Merged>,
    /// The number of records that are missing.
    pub(crate) dropped_records: u64,
    /// Use of the machine over time.
    pub(crate) samples: Cow<'a, [Sample]>,
    /// The bytes that chunks held over time, where that was watched: (time, bytes).
    pub(crate) memory: Vec<(u64, usize)>,
    /// The most bytes that chunks may hold, where that is known.
    pub(crate) memory_limit: Option<usize>,
    pub(crate) state: RunState,
    /// Scores, objectives and losses, in the order in which they came out.
    pub(crate) figures: Vec<FigureRecord>,
    /// Errors of tasks, each with its place.
    pub(crate) errors: Vec<String>,
    /// The bytes read from sources.
    pub(crate) read_bytes: u64,
}

/// The tasks of one thread that one record stands for. Its name and chunk are those of the longest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Merged {
    pub(crate) tasks: u64,
    /// The time that all of them took together.
    pub(crate) busy: u64,
    /// The time that the longest took.
    pub(crate) longest: u64,
}

/// The state of a run.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "dashboard"), allow(dead_code))] // A report is about a run that is done.
pub(crate) enum RunState {
    /// All results are there.
    Done,
    /// It goes on: the tasks that run right now.
    Running { now: Vec<RunningTask> },
    /// It ended with this error.
    Failed(String),
    /// It was cancelled.
    Cancelled,
}

/// A task that runs right now.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "dashboard"), allow(dead_code))] // A report is about a run that is done.
pub(crate) struct RunningTask {
    pub(crate) thread: usize,
    /// The kind of task: an index into the stages.
    pub(crate) stage: usize,
    pub(crate) name: Cow<'static, str>,
    pub(crate) display_name: Option<Arc<str>>,
    pub(crate) chunk: Option<usize>,
    pub(crate) file: Option<Arc<Path>>,
    pub(crate) start: u64,
}

impl<'a> RunView<'a> {
    /// The view of a run that is done.
    pub(crate) fn done(summary: &'a Summary, profile: Option<&'a Profile>) -> Self {
        RunView {
            summary: Cow::Borrowed(summary),
            plan: profile.map(|profile| Cow::Borrowed(&profile.plan)),
            records: profile.map_or(Cow::Borrowed(&[]), |profile| Cow::Borrowed(&profile.records)),
            merged: Vec::new(),
            dropped_records: 0,
            samples: profile.map_or(Cow::Borrowed(&[]), |profile| Cow::Borrowed(&profile.samples)),
            memory: Vec::new(),
            memory_limit: profile.map(|profile| profile.plan.memory_limit),
            state: RunState::Done,
            figures: profile.map(|profile| profile.figures.clone()).unwrap_or_default(),
            errors: Vec::new(),
            read_bytes: profile.map_or(0, |profile| profile.plan.expected_source_bytes as u64),
        }
    }

    /// The tasks that a record of this place stands for.
    pub(super) fn merged(&self, place: usize) -> Merged {
        self.merged.get(place).copied().unwrap_or_else(|| {
            let time = self.records.get(place).map_or(0, |record| record.end.saturating_sub(record.start));
            Merged { tasks: 1, busy: time, longest: time }
        })
    }

    /// The tasks that run right now; none of a run that is over.
    pub(super) fn running(&self) -> &[RunningTask] {
        if let RunState::Running { now } = &self.state { now } else { &[] }
    }

    pub(super) fn is_running(&self) -> bool {
        matches!(self.state, RunState::Running { .. })
    }

    /// The time of the view.
    pub(super) fn now(&self) -> u64 {
        nanoseconds(self.summary.elapsed)
    }
}

/// Enough for 584 years.
pub(super) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
