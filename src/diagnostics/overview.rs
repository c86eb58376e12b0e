//! Progress of a run by kind of task: what is done of what was planned, how fast, how long it will take.

use std::time::Duration;

use super::colours::Colours;
use crate::diagnostics::run_view::{RunView, RunningTask};
use crate::error::shown;
use crate::graph::{PlannedStage, Stage};

/// Before so much time has passed nothing is foretold.
const SHORTEST: Duration = Duration::from_millis(300);

/// A run, and what several sections of the page need to know of it.
pub(super) struct Overview<'a> {
    pub(super) view: &'a RunView<'a>,
    /// The kinds of tasks, by stage.
    pub(super) kinds: Vec<Kind>,
    pub(super) colours: Colours,
}

/// The tasks of one stage.
#[derive(Clone, Debug, Default)]
pub(super) struct Kind {
    pub(super) name: String,
    /// The display name, which tells it from others of that name.
    pub(super) label: Option<String>,
    /// Values to be made, restored or loaded.
    pub(super) planned: usize,
    /// Values that have been.
    pub(super) done: usize,
    pub(super) running: usize,
    pub(super) runs: usize,
    pub(super) again: usize,
    pub(super) restored: usize,
    pub(super) loaded: usize,
    /// With what it has done of the tasks that run right now.
    pub(super) busy: Duration,
    /// Values done in a second while it ran.
    pub(super) rate: Option<f64>,
    /// Work that is left, on one thread; none where nothing is known.
    left: Option<Duration>,
}

/// The time until a run is over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum TimeLeft {
    Unknown,
    About(Duration),
    /// Of some kinds nothing is known yet.
    MoreThan(Duration),
}

impl<'a> Overview<'a> {
    pub(super) fn new(view: &'a RunView<'a>) -> Self {
        let stages = view.summary.stages.len().max(view.plan.as_ref().map_or(0, |plan| plan.stages.len()));
        let spans = spans(view, stages);
        let mut running: Vec<Vec<&RunningTask>> = vec![Vec::new(); stages];
        for task in view.running().iter().filter(|task| task.stage < stages) {
            running[task.stage].push(task);
        }
        let kind = |i: usize| {
            let planned = view.plan.as_ref().and_then(|plan| plan.stages.get(i));
            Kind::new(view, (view.summary.stages.get(i), planned), &running[i], spans[i])
        };
        let kinds: Vec<Kind> = (0..stages).map(kind).collect();
        let colours = Colours::new(kinds.iter().map(|kind| (kind.name.as_str(), kind.busy)));
        Overview { view, kinds, colours }
    }

    /// Values to be made, restored or loaded; and how many have been.
    pub(super) fn planned_and_done(&self) -> (usize, usize) {
        self.kinds.iter().fold((0, 0), |(planned, done), kind| (planned + kind.planned, done + kind.done))
    }

    pub(super) fn busy(&self) -> Duration {
        self.kinds.iter().map(|kind| kind.busy).sum()
    }

    /// The part of the threads' time that tasks took, at most 1.
    pub(super) fn share_busy(&self) -> f64 {
        let available = self.view.summary.elapsed.as_secs_f64() * self.view.summary.threads as f64;
        if available > 0.0 { (self.busy().as_secs_f64() / available).min(1.0) } else { 0.0 }
    }

    /// The work that is left at the mean time of its kinds, done by as many threads as worked so far.
    pub(super) fn time_left(&self) -> TimeLeft {
        let elapsed = self.view.summary.elapsed;
        if !self.view.is_running() || elapsed < SHORTEST {
            return TimeLeft::Unknown;
        }
        let open = || self.kinds.iter().filter(|kind| kind.done < kind.planned);
        let known: Duration = open().filter_map(|kind| kind.left).sum();
        let threads = (self.busy().as_secs_f64() / elapsed.as_secs_f64()).clamp(1.0, self.most_threads());
        let left = known.div_f64(threads);
        match (open().any(|kind| kind.left.is_none()), left.is_zero()) {
            (true, true) => TimeLeft::Unknown,
            (true, false) => TimeLeft::MoreThan(left),
            (false, _) => TimeLeft::About(left),
        }
    }

    fn most_threads(&self) -> f64 {
        self.view.summary.threads.max(1) as f64
    }
}

impl Kind {
    fn new(
        view: &RunView<'_>,
        (stage, plan): (Option<&Stage>, Option<&PlannedStage>),
        running: &[&RunningTask],
        span: Option<(u64, u64)>,
    ) -> Self {
        let (name, label) = stage
            .map(|stage| (&stage.name, &stage.display_name))
            .or_else(|| plan.map(|plan| (&plan.name, &plan.display_name)))
            .map_or_else(Default::default, |(name, label)| (name.clone(), label.clone()));
        let none = Stage::default();
        let stage = stage.unwrap_or(&none);
        let (restored, in_cache) = plan.map_or((stage.restored, stage.loaded), |plan| (plan.restored, plan.in_cache));
        // A value that was dropped may be loaded again and again, and one that is missing in the cache is made instead.
        let made = stage.runs - stage.reruns.min(stage.runs) + stage.shared;
        let done = made + stage.loaded.min(in_cache) + stage.restored.min(restored);
        let planned =
            plan.map_or(0, |plan| plan.tasks + plan.restored + plan.in_cache).max(done + running.len().min(1));
        let so_far = |task: &&RunningTask| Duration::from_nanos(view.now().saturating_sub(task.start));
        let begun: Duration = running.iter().map(so_far).sum();
        let ended = stage.runs + stage.loaded + stage.restored;
        let mean = (ended > 0).then(|| stage.busy.div_f64(ended as f64));
        Kind {
            name: shown::value(&name).to_string(),
            label: label.map(|label| shown::value(&label).to_string()),
            planned,
            done,
            running: running.len(),
            runs: stage.runs,
            again: stage.reruns,
            restored: stage.restored,
            loaded: stage.loaded,
            busy: stage.busy + begun,
            rate: span.and_then(|span| rate(view, span, ended)),
            left: mean.map(|mean| {
                let ahead = running.iter().map(|task| so_far(task).min(mean)).sum();
                mean.mul_f64((planned - done) as f64).saturating_sub(ahead)
            }),
        }
    }

    /// Something was planned or done.
    pub(super) fn is_there(&self) -> bool {
        self.planned > 0
    }

    /// Name and label, e.g. `partial_fit · sgd`.
    pub(super) fn title(&self) -> String {
        self.label.as_ref().map_or_else(|| self.name.clone(), |label| format!("{} · {label}", self.name))
    }

    /// The time until its last value at its own rate.
    pub(super) fn time_left(&self) -> Option<Duration> {
        let rate = self.rate.filter(|rate| *rate > 0.0)?;
        (self.done < self.planned)
            .then(|| Duration::try_from_secs_f64((self.planned - self.done) as f64 / rate).ok())?
    }
}

/// The first start and the last end of each stage's records.
fn spans(view: &RunView<'_>, stages: usize) -> Vec<Option<(u64, u64)>> {
    let mut spans: Vec<Option<(u64, u64)>> = vec![None; stages];
    for record in view.records.iter().filter(|record| record.stage < stages) {
        let span = spans[record.stage].get_or_insert((record.start, record.end));
        *span = (span.0.min(record.start), span.1.max(record.end));
    }
    spans
}

/// Tasks a second from the first start on, until the last end or now; of a single one it would say nothing.
fn rate(view: &RunView<'_>, (start, end): (u64, u64), ended: usize) -> Option<f64> {
    // Where records are missing, the first may be among them.
    let start = if view.dropped_records > 0 { 0 } else { start };
    let end = if view.is_running() { view.now().max(end) } else { end };
    let seconds = end.saturating_sub(start) as f64 / 1e9;
    (seconds > 0.0 && ended > 1).then(|| ended as f64 / seconds)
}
