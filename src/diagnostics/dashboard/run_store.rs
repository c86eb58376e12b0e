//! A run as the dashboard keeps it: while it goes on, and frozen once it is over.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::lanes::Lanes;
use super::series::Series;
use crate::diagnostics::run_view::{RunState, RunView, RunningTask};
use crate::graph::{
    Ended, Explanation, FigureRecord, LiveRun, Messages, Reading, RunEnd, RunOutcome, Running, Sample, Summary, Warning,
};

/// The most warnings, and the most errors, that are kept of a run; further ones are counted.
const MOST_MESSAGES: usize = 200;

/// The most figures that are kept of a run; of more the oldest go.
const MOST_FIGURES: usize = 4096;

/// Everything that the dashboard knows of a run.
pub(super) struct RunStore {
    pub(super) number: u64,
    pub(super) began: SystemTime,
    started: Instant,
    source: Source,
    lanes: Lanes,
    series: Series,
    warnings: Vec<Warning>,
    errors: Vec<String>,
    figures: VecDeque<FigureRecord>,
    /// Warnings, errors and figures that are not kept.
    dropped_messages: u64,
    memory_limit: usize,
}

/// The place of a run's counts.
enum Source {
    /// It goes on, and counts itself.
    Live(Arc<LiveRun>),
    /// It is over.
    Frozen(Box<Frozen>),
}

struct Frozen {
    summary: Summary,
    plan: Explanation,
    samples: Vec<Sample>,
    end: RunEnd,
    missed: u64,
    read_bytes: u64,
}

impl RunStore {
    pub(super) fn new(run: Arc<LiveRun>) -> Self {
        RunStore {
            number: run.number(),
            began: SystemTime::now() - run.started().elapsed(),
            started: run.started(),
            lanes: Lanes::new(),
            series: Series::new(),
            warnings: Vec::new(),
            errors: Vec::new(),
            figures: VecDeque::new(),
            dropped_messages: 0,
            memory_limit: run.memory_limit(),
            source: Source::Live(run),
        }
    }

    /// The run, if it goes on.
    pub(super) fn live(&self) -> Option<&Arc<LiveRun>> {
        match &self.source {
            Source::Live(run) => Some(run),
            Source::Frozen(_) => None,
        }
    }

    /// The end of the run, if it is frozen.
    pub(super) fn end(&self) -> Option<&RunEnd> {
        match &self.source {
            Source::Live(_) => None,
            Source::Frozen(frozen) => Some(&frozen.end),
        }
    }

    /// The plan of the run.
    pub(super) fn plan(&self) -> &Explanation {
        match &self.source {
            Source::Live(run) => run.plan(),
            Source::Frozen(frozen) => &frozen.plan,
        }
    }

    /// Tasks that a thread has done.
    pub(super) fn add(&mut self, thread: usize, tasks: Vec<Ended>) {
        self.lanes.add(thread, tasks);
    }

    /// True if a sample of memory and CPU is due.
    pub(super) fn is_sample_due(&self, now: Instant) -> bool {
        self.live().is_some() && self.series.is_due(now)
    }

    /// Adds a sample: the process's, where the system tells it, and what chunks hold.
    pub(super) fn sample(&mut self, now: Instant, reading: Option<Reading>) {
        if let Source::Live(run) = &self.source {
            self.series.add(now, now.saturating_duration_since(self.started), run.held(), reading);
        }
    }

    /// Takes what the run has not handed on by itself: records of threads that do little, warnings, errors, figures.
    pub(super) fn take_rest(&mut self) {
        let Some(run) = self.live().cloned() else { return };
        for (thread, tasks) in run.take_records().filter(|(_, tasks)| !tasks.is_empty()) {
            self.lanes.add(thread, tasks);
        }
        self.keep(run.take_messages());
    }

    fn keep(&mut self, messages: Messages) {
        let Messages { warnings, errors, figures, dropped } = messages;
        self.dropped_messages += dropped;
        for warning in warnings {
            if self.warnings.len() < MOST_MESSAGES { self.warnings.push(warning) } else { self.dropped_messages += 1 }
        }
        for error in errors {
            // A failure that is caught far down fails every task on the way there.
            if self.errors.contains(&error) {
                continue;
            }
            if self.errors.len() < MOST_MESSAGES { self.errors.push(error) } else { self.dropped_messages += 1 }
        }
        for figure in figures {
            if self.figures.len() == MOST_FIGURES {
                self.figures.pop_front();
                self.dropped_messages += 1;
            }
            self.figures.push_back(figure);
        }
    }

    /// Lets go of a run that is over, once all its records are here.
    pub(super) fn freeze(&mut self) {
        let Source::Live(run) = &self.source else { return };
        let Some(end) = run.end().cloned() else { return };
        if let RunOutcome::Failed(error) = &end.outcome
            && !self.errors.contains(error)
        {
            self.errors.insert(0, error.clone());
        }
        let frozen = Frozen {
            summary: run.summary(),
            plan: run.plan().clone(),
            samples: self.series.samples(self.started),
            end,
            missed: run.missed(),
            read_bytes: run.read_bytes(),
        };
        self.source = Source::Frozen(Box::new(frozen));
    }

    /// About how many bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        let plan = self.plan();
        let texts = self.warnings.len() + self.errors.len() + self.figures.len() + 2 * plan.stages.len();
        self.lanes.bytes() + self.series.bytes() + 512 * texts + size_of_val(&plan.edges[..])
    }

    /// The run as the page shows it.
    pub(super) fn view(&self) -> RunView<'_> {
        let plan = self.plan();
        let (mut summary, samples, missed, read_bytes) = match &self.source {
            Source::Live(run) => {
                (run.summary(), Cow::Owned(self.series.samples(self.started)), run.missed(), run.read_bytes())
            }
            Source::Frozen(frozen) => {
                (frozen.summary.clone(), Cow::Borrowed(&frozen.samples[..]), frozen.missed, frozen.read_bytes)
            }
        };
        summary.warnings.clone_from(&self.warnings);
        let (records, merged) = self.lanes.records(&plan.stages).into_iter().unzip();
        RunView {
            summary: Cow::Owned(summary),
            plan: Some(Cow::Borrowed(plan)),
            records: Cow::Owned(records),
            merged,
            dropped_records: missed,
            samples,
            memory: self.series.held(),
            memory_limit: Some(self.memory_limit),
            state: self.state(),
            figures: self.figures.iter().cloned().collect(),
            errors: self.errors.clone(),
            read_bytes,
        }
    }

    fn state(&self) -> RunState {
        match &self.source {
            Source::Live(run) => {
                RunState::Running { now: run.running().filter_map(|task| self.running(task)).collect() }
            }
            Source::Frozen(frozen) => match &frozen.end.outcome {
                RunOutcome::Done => RunState::Done,
                RunOutcome::Cancelled => RunState::Cancelled,
                RunOutcome::Failed(error) => RunState::Failed(error.clone()),
            },
        }
    }

    fn running(&self, task: Running) -> Option<RunningTask> {
        let Running { thread, stage, chunk, file, start } = task;
        let planned = self.plan().stages.get(stage)?;
        let (name, display_name) = (planned.name.clone().into(), planned.display_name.clone());
        Some(RunningTask { thread, stage, name, display_name, chunk, file, start })
    }
}
