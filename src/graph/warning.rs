//! Warnings of a run: reasons to doubt values that were made without an error.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::summary::title;
use crate::error::shown;

/// Something that speaks against a value, which was made all the same: see
/// [`Task::warns`](super::Task::warns).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// The name of the task that made the value, e.g. `finish`.
    pub task: String,
    /// The display name that tells it from others of that name, e.g. the model's.
    pub display_name: Option<Arc<str>>,
    /// The message.
    pub message: String,
}

/// `finish · averaged: ` and the message, escaped, and cut where it is long.
impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", title(&self.task, self.display_name.as_deref()), shown::sentence(&self.message))
    }
}

type Messages = dyn Fn(&(dyn Any + Send + Sync)) -> Vec<String> + Send + Sync;

/// A function that tells what speaks against a value, whatever its type.
#[derive(Clone)]
pub(super) struct Warns(Arc<Messages>);

impl Warns {
    pub(super) fn new<T: 'static>(warnings: fn(&T) -> Vec<String>) -> Self {
        Warns(Arc::new(move |value| value.downcast_ref::<T>().map(warnings).unwrap_or_default()))
    }

    /// Nothing of a value of another type, such as one that stands for a failure.
    pub(super) fn of(&self, value: &(dyn Any + Send + Sync)) -> Vec<String> {
        (self.0)(value)
    }
}

impl fmt::Debug for Warns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Warns")
    }
}
