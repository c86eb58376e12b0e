//! Run: the values that were computed, and what it took.

use std::sync::Arc;

use super::compute::{Results, Targets};
use super::explain::Explanation;
use super::memory::ProcessMemory;
use super::node::Value;
use super::panics::{self, caught};
use super::plan::Plan;
use super::profile;
use super::profile::{Note, Profile, Sample};
use super::summary::Summary;
use crate::error::Result;

/// The result of a run: the values, and what it took.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Run<T> {
    /// The values asked for.
    pub values: T,
    /// The tasks that ran, and what they took.
    pub summary: Summary,
    /// The task records, if [`Runtime::profile`](super::Runtime::profile) asked for it.
    pub profile: Option<Profile>,
}

/// The values and observations of a submission, before its caller's types are made of them.
#[derive(Clone)]
pub(super) struct Ran {
    pub(super) plan: Arc<Plan>,
    /// The values of the targets, in their order.
    pub(super) values: Vec<Value>,
    pub(super) summary: Summary,
    /// The notes of each worker, if they were asked for.
    pub(super) notes: Option<Vec<Vec<Note>>>,
    pub(super) samples: Vec<Sample>,
    pub(super) memory: ProcessMemory,
}

impl Ran {
    /// Drops the values, which nobody has taken: their panics are nobody's.
    pub(super) fn discard(self) {
        drop(panics::discard_all(self.values));
    }

    /// The run, whose values `extract` takes out of the targets' results.
    ///
    /// # Errors
    /// A panic of `extract`, or of the `clone` or `Drop` of a value.
    pub(super) fn collect(self, targets: &Targets, extract: &mut dyn FnMut(&mut Results)) -> Result<Observed> {
        let Ran { plan, values, summary, notes, samples, memory } = self;
        let profile = notes.map(|notes| Profile {
            plan: Explanation::new(&plan, targets, memory),
            figures: profile::figures(&plan, &notes),
            records: profile::records(&plan, notes),
            samples,
        });
        let mut results = Results::new(targets, values)?;
        let extracted = caught(|| {
            extract(&mut results);
            Ok(())
        });
        let left = results.discard();
        extracted.and(left).map(|()| Observed { summary, profile })
    }
}

/// The summary and the profile of a run, without its values.
pub(super) struct Observed {
    summary: Summary,
    profile: Option<Profile>,
}

impl<T> Run<T> {
    /// The run of these values, which `extract` has taken out of its results.
    ///
    /// # Errors
    /// There are none.
    pub(super) fn of(values: Option<T>, observed: Observed) -> Result<Self> {
        let Observed { summary, profile } = observed;
        match values {
            Some(values) => Ok(Run { values, summary, profile }),
            None => Err(panics::panicked("the values were not taken".into())),
        }
    }
}
