//! Record of a submission that is under way: counts, times, warnings and notes of its tasks, for its summary.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::compute::Targets;
use super::execution::{Executed, Watched};
use super::key::Key;
use super::memory::ProcessMemory;
use super::node::Value;
use super::observers::Observers;
use super::outcome::Outcome;
use super::plan::{Plan, Rank, TaskId};
use super::profile::{Note, Sample};
use super::promise::Promise;
use super::run::Ran;
use super::summary::{Stage, Summary};
use super::time_account::AccountId;
use super::warning::Warning;

/// The record of a submission.
pub(super) struct Record {
    pub(super) targets: Arc<Targets>,
    pub(super) promise: Arc<Promise>,
    pub(super) plan: Arc<Plan>,
    pub(super) observers: Arc<Observers>,
    /// The keys of values that were not to be had from the checkpoint before it began anew.
    pub(super) lost: HashSet<Key>,
    /// Each with the rank of its task.
    pub(super) warnings: Vec<(Rank, Warning)>,
    started: Instant,
    stages: Vec<Stage>,
    /// The time booked on each account.
    accounts: BTreeMap<AccountId, Duration>,
    /// The tasks that have been counted as done for this submission, by their numbers in the plan.
    counted: Vec<bool>,
    /// The notes of each worker, by its number, if they are asked for.
    notes: Option<Vec<Vec<Note>>>,
}

impl Record {
    /// `watched`: by whom, and whether workers note what they do.
    pub(super) fn new(
        targets: Arc<Targets>,
        promise: Arc<Promise>,
        plan: Arc<Plan>,
        (observers, profile): (Arc<Observers>, bool),
        started: Instant,
        lost: HashSet<Key>,
    ) -> Self {
        let stage = |(name, display_name): &(String, Option<Arc<str>>)| Stage {
            name: name.clone(),
            display_name: display_name.clone(),
            ..Stage::default()
        };
        Record {
            stages: plan.stages.iter().map(stage).collect(),
            counted: vec![false; plan.entries.len()],
            targets,
            promise,
            plan,
            observers,
            lost,
            warnings: Vec::new(),
            started,
            accounts: BTreeMap::new(),
            notes: profile.then(Vec::new),
        }
    }

    /// The run as a worker sees it that does a task of it.
    pub(super) fn watched(&self, local: TaskId) -> Watched {
        Watched {
            observers: self.observers.clone(),
            stage: self.plan.entries[local].stage,
            started: self.started,
            profile: self.notes.is_some(),
        }
    }

    /// Warnings about the value of a task.
    pub(super) fn warn(&mut self, local: TaskId, warnings: &[Warning]) {
        let rank = self.plan.entries[local].rank;
        self.warnings.extend(warnings.iter().map(|warning| (rank, warning.clone())));
    }

    /// A value is there that a task of another submission has made.
    pub(super) fn share(&mut self, local: TaskId) {
        let stage = self.plan.entries[local].stage;
        if !std::mem::replace(&mut self.counted[local], true) {
            self.stages[stage].shared += 1;
            self.observers.shared(stage);
        }
    }

    /// Notes a task that has run for this submission.
    pub(super) fn note(&mut self, local: TaskId, (worker, again): (usize, bool), executed: &mut Executed) {
        let Executed { outcome, measures, start, end } = executed;
        let entry = &self.plan.entries[local];
        self.counted[local] = true;
        let stage = &mut self.stages[entry.stage];
        stage.rows += measures.rows;
        stage.busy += *end - *start;
        outcome.count(stage, again);
        if let Some(account) = entry.node.task.account {
            *self.accounts.entry(account).or_default() += *end - *start;
        }
        if let Some(notes) = &mut self.notes {
            if notes.len() <= worker {
                notes.resize_with(worker + 1, Vec::new);
            }
            notes[worker].push(Note {
                task: local,
                start: start.saturating_duration_since(self.started),
                end: end.saturating_duration_since(self.started),
                bytes: measures.bytes,
                again,
                loaded: matches!(outcome, Outcome::Loaded(_)),
                figures: std::mem::take(&mut measures.figures),
            });
        }
    }

    /// The values and observations, at the end.
    pub(super) fn into_ran(
        self,
        values: Vec<Value>,
        threads: usize,
        (memory, peak_bytes): (ProcessMemory, usize),
        samples: Vec<Sample>,
    ) -> Ran {
        let Record { plan, mut warnings, started, stages, accounts, notes, .. } = self;
        warnings.extend(plan.warnings());
        // Tasks end in any order; ranks do not depend on it.
        warnings.sort_by_key(|(rank, _)| *rank);
        let warnings = warnings.into_iter().map(|(_, warning)| warning).collect();
        let elapsed = started.elapsed();
        let accounts = accounts.into_iter().collect();
        let summary = Summary { stages, threads, elapsed, peak_bytes, warnings, accounts };
        Ran { plan, values, summary, notes, samples, memory }
    }
}
