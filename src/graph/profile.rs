//! Profile of a run: which task ran when, on which thread.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::explain::Explanation;
use super::node::Task;
use super::plan::{Plan, TaskId};
use crate::data::Figure;

/// The record of a run: which task ran when and on which thread, and what the process used meanwhile. Recorded
/// where [`Runtime::profile`](super::Runtime::profile) asks for it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Profile {
    /// The plan of the run.
    pub plan: Explanation,
    /// One record a task run, by start.
    pub records: Vec<TaskRecord>,
    /// The process's use of the machine, about every 50 ms, by time; in runs of more than three
    /// minutes less often. Empty without the feature `diagnostics`.
    pub samples: Vec<Sample>,
    /// Scores, objectives and losses that values state, made or read from the checkpoint, in the order in which a
    /// single thread would have made them.
    pub figures: Vec<FigureRecord>,
}

/// One run of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaskRecord {
    /// The task's name, e.g. `vectorize`.
    pub name: Cow<'static, str>,
    /// The display name that tells it from others of that name, e.g. the model's.
    pub display_name: Option<Arc<str>>,
    /// The kind of task: an index into [`Summary::stages`](super::Summary::stages) and
    /// [`Explanation::stages`].
    pub stage: usize,
    /// The chunk that it works on.
    pub chunk: Option<usize>,
    /// The file that the chunk comes from.
    pub file: Option<Arc<Path>>,
    /// The thread that it ran on, from 0.
    pub thread: usize,
    /// Nanoseconds from the start of the run to its start.
    pub start: u64,
    /// Nanoseconds from the start of the run to its end.
    pub end: u64,
    /// The bytes that its value holds, if they count against the memory limit.
    pub bytes: Option<usize>,
    /// True if it made a value again that had been dropped.
    pub again: bool,
    /// True if it read a value from the checkpoint instead of running.
    pub restored: bool,
    /// True if it read a value from the chunk cache instead of running.
    pub loaded: bool,
}

/// CPU and memory use of the process at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sample {
    /// Nanoseconds from the start of the run.
    pub at: u64,
    /// The processor time used since the sample before (of the first: until the second), in
    /// percent of one core: 400 is four cores at work.
    pub cpu_percent: f64,
    /// The memory of the process that is in RAM, in bytes.
    pub resident_bytes: u64,
    /// The bytes that the process has read from disks since the run began. What the system still
    /// had in its cache is not among them.
    pub read_bytes: u64,
}

/// A score, an objective or a loss that came out in a run: a [`Figure`] of one task's value.
///
/// Records of one task name, display name and figure name are a series, such as the objective of a fit pass by pass.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FigureRecord {
    /// Nanoseconds from the start of the run to the end of the task.
    pub at: u64,
    /// The task's name, e.g. `scores`.
    pub task: Cow<'static, str>,
    /// The display name that tells it from others of that name, e.g. the model's, or the candidate's and the fold's.
    pub display_name: Option<Arc<str>>,
    /// The chunk that the task works on.
    pub chunk: Option<usize>,
    /// The figure's name, e.g. `accuracy`.
    pub name: Cow<'static, str>,
    /// The figure's value.
    pub value: f64,
}

impl FigureRecord {
    /// A figure of a task that has ended at this time.
    pub(super) fn new(task: &Task, at: Duration, figure: &Figure) -> Self {
        FigureRecord {
            at: nanoseconds(at),
            task: task.name.clone(),
            display_name: task.display_name.clone(),
            chunk: task.chunk,
            name: figure.name.clone(),
            value: figure.value,
        }
    }
}

impl TaskRecord {
    /// The time that the task took.
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(self.end - self.start)
    }
}

/// The note of a worker about a task: little, for it is noted while others wait.
#[derive(Clone)]
pub(super) struct Note {
    pub(super) task: TaskId,
    pub(super) start: Duration,
    pub(super) end: Duration,
    pub(super) bytes: usize,
    pub(super) again: bool,
    pub(super) loaded: bool,
    pub(super) figures: Vec<Figure>,
}

/// The figures of all threads, by the rank of their tasks.
pub(super) fn figures(plan: &Plan, notes: &[Vec<Note>]) -> Vec<FigureRecord> {
    let mut stated: Vec<&Note> = notes.iter().flatten().filter(|note| !note.figures.is_empty()).collect();
    stated.sort_by_key(|note| plan.entries[note.task].rank);
    let records = |note: &&Note| {
        let (task, at) = (&plan.entries[note.task].node.task, note.end);
        note.figures.iter().map(move |figure| FigureRecord::new(task, at, figure)).collect::<Vec<_>>()
    };
    stated.iter().flat_map(records).collect()
}

/// The notes of all threads, by start.
pub(super) fn records(plan: &Plan, notes: Vec<Vec<Note>>) -> Vec<TaskRecord> {
    let mut records = Vec::with_capacity(notes.iter().map(Vec::len).sum());
    for (thread, notes) in notes.into_iter().enumerate() {
        records.extend(notes.into_iter().map(|note| {
            let entry = &plan.entries[note.task];
            let task = &entry.node.task;
            TaskRecord {
                name: task.name.clone(),
                display_name: task.display_name.clone(),
                stage: entry.stage,
                chunk: task.chunk,
                file: task.file.clone(),
                thread,
                start: nanoseconds(note.start),
                end: nanoseconds(note.end),
                bytes: task.measure.map(|_| note.bytes),
                again: note.again,
                restored: entry.restored.is_some(),
                loaded: note.loaded,
            }
        }));
    }
    records.sort_by_key(|record| record.start);
    records
}

/// Enough for 584 years.
pub(super) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
