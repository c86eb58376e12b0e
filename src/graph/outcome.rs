//! Outcome of a job: the value, made or read, or the failure.

use super::node::Value;
use super::observers::TaskOutcome;
use super::panics;
use super::summary::Stage;
use crate::error::{Error, ErrorKind, Result};

/// The outcome of a task.
pub(super) enum Outcome {
    /// It ran.
    Made {
        value: Value,
        /// It was written to the checkpoint.
        kept: bool,
        /// It was written to the chunk cache; or what stood against that.
        cached: Result<bool>,
    },
    /// Its value was read from the checkpoint.
    Restored(Value),
    /// Its value was read from the chunk cache.
    Loaded(Value),
    /// The task failed, which may be caught.
    Failed(Error),
    /// The value, which is there, could not be kept: the run ends, even if a failure of the task would be caught.
    Stopped(Error, Value),
    /// The checkpoint does not hold the value that it seemed to hold: the run begins anew.
    Lost(Error),
    /// The chunk cache does not: the value is made of its inputs.
    Missed,
}

impl Outcome {
    pub(super) fn value(&self) -> Option<&Value> {
        match self {
            Outcome::Made { value, .. } | Outcome::Restored(value) | Outcome::Loaded(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn for_observers(&self) -> TaskOutcome<'_> {
        match self {
            Outcome::Made { kept, cached, .. } => TaskOutcome::Made { kept: *kept, cached: matches!(cached, Ok(true)) },
            Outcome::Restored(_) => TaskOutcome::Restored,
            Outcome::Loaded(_) => TaskOutcome::Loaded,
            Outcome::Failed(error) | Outcome::Stopped(error, _) => TaskOutcome::Failed(error),
            Outcome::Lost(_) | Outcome::Missed => TaskOutcome::Missed,
        }
    }

    /// The value was made, but could not be kept. A codec that panics is the task's own failure.
    pub(super) fn not_kept(error: Error, value: Value) -> Self {
        if !is_panic(&error) {
            return Outcome::Stopped(error, value);
        }
        drop(panics::discard(value));
        Outcome::Failed(error)
    }

    /// Drops it.
    pub(super) fn discard(self) {
        let (error, value) = match self {
            Outcome::Made { value, cached, .. } => (cached.err(), Some(value)),
            Outcome::Restored(value) | Outcome::Loaded(value) => (None, Some(value)),
            Outcome::Stopped(error, value) => (Some(error), Some(value)),
            Outcome::Failed(error) | Outcome::Lost(error) => (Some(error), None),
            Outcome::Missed => (None, None),
        };
        // It stands for a failure that is reported; what its parts panic with comes second.
        drop((panics::discard(error), panics::discard(value)));
    }

    /// Counts it in the stage of its task.
    pub(super) fn count(&self, stage: &mut Stage, again: bool) {
        match self {
            Outcome::Restored(_) | Outcome::Lost(_) => stage.restored += 1,
            Outcome::Loaded(_) => stage.loaded += 1,
            Outcome::Missed => {}
            Outcome::Made { kept, cached, .. } => {
                stage.kept += usize::from(*kept);
                stage.cached += usize::from(matches!(cached, Ok(true)));
                stage.runs += 1;
                stage.reruns += usize::from(again);
            }
            Outcome::Failed(_) | Outcome::Stopped(..) => {
                stage.runs += 1;
                stage.reruns += usize::from(again);
            }
        }
    }
}

/// True if the error is a panic.
pub(super) fn is_panic(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Panicked { .. })
}
