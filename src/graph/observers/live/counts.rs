//! Counters of a run that goes on: what its tasks have done so far, by stage.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::graph::explain::PlannedStage;
use crate::graph::observers::{TaskEnd, TaskOutcome};
use crate::graph::profile::nanoseconds;
use crate::graph::summary::Stage;

/// The most counters of stages that the threads of a run have for themselves; beyond, they share them.
const MOST_SEPARATE: usize = 1 << 16;

/// Counters of what the tasks of one stage have done so far, on one thread or on all.
#[derive(Default)]
struct StageCounts {
    runs: AtomicU64,
    reruns: AtomicU64,
    restored: AtomicU64,
    kept: AtomicU64,
    loaded: AtomicU64,
    cached: AtomicU64,
    shared: AtomicU64,
    rows: AtomicU64,
    busy: AtomicU64,
}

/// Counters of what the tasks of each stage have done so far. Each thread counts for itself, so that none waits for another's cache
/// line; unless that would take too much memory.
pub(super) struct Counts(Vec<Box<[StageCounts]>>);

impl Counts {
    pub(super) fn new(threads: usize, stages: usize) -> Self {
        let sets = if threads.saturating_mul(stages) <= MOST_SEPARATE { threads.max(1) } else { 1 };
        Counts((0..sets).map(|_| (0..stages).map(|_| StageCounts::default()).collect()).collect())
    }

    /// Counts a task as the summary of a run does.
    pub(super) fn count(&self, end: &TaskEnd<'_>) {
        let Some(counts) = self.0[end.thread % self.0.len()].get(end.stage) else { return };
        counts.busy.fetch_add(nanoseconds(end.end.saturating_sub(end.start)), Relaxed);
        if end.rows > 0 {
            counts.rows.fetch_add(end.rows as u64, Relaxed);
        }
        match end.outcome {
            TaskOutcome::Restored => drop(counts.restored.fetch_add(1, Relaxed)),
            TaskOutcome::Loaded => drop(counts.loaded.fetch_add(1, Relaxed)),
            TaskOutcome::Missed => {}
            TaskOutcome::Made { kept, cached } => {
                counts.run(end.again);
                if kept {
                    counts.kept.fetch_add(1, Relaxed);
                }
                if cached {
                    counts.cached.fetch_add(1, Relaxed);
                }
            }
            TaskOutcome::Failed(_) => counts.run(end.again),
        }
    }

    /// Counts a value of this stage that another submission's task has made.
    pub(super) fn share(&self, stage: usize) {
        if let Some(counts) = self.0[0].get(stage) {
            counts.shared.fetch_add(1, Relaxed);
        }
    }

    /// The stages with what they have done so far.
    pub(super) fn stages(&self, planned: &[PlannedStage]) -> Vec<Stage> {
        let stage = |(i, planned): (usize, &PlannedStage)| {
            let sum = |counter: fn(&StageCounts) -> &AtomicU64| {
                self.0.iter().filter_map(|set| set.get(i)).map(|counts| counter(counts).load(Relaxed)).sum::<u64>()
            };
            Stage {
                name: planned.name.clone(),
                display_name: planned.display_name.clone(),
                runs: sum(|counts| &counts.runs) as usize,
                reruns: sum(|counts| &counts.reruns) as usize,
                restored: sum(|counts| &counts.restored) as usize,
                kept: sum(|counts| &counts.kept) as usize,
                loaded: sum(|counts| &counts.loaded) as usize,
                cached: sum(|counts| &counts.cached) as usize,
                shared: sum(|counts| &counts.shared) as usize,
                rows: sum(|counts| &counts.rows) as usize,
                busy: Duration::from_nanos(sum(|counts| &counts.busy)),
            }
        };
        planned.iter().enumerate().map(stage).collect()
    }
}

impl StageCounts {
    fn run(&self, again: bool) {
        self.runs.fetch_add(1, Relaxed);
        if again {
            self.reruns.fetch_add(1, Relaxed);
        }
    }
}
