//! A `tracing` span around every task and an event for every warning, for whoever subscribes.

use std::time::Instant;

use super::Observer;
use crate::graph::node::Task;
use crate::graph::plan::Plan;
use crate::graph::runtime::Runtime;
use crate::graph::warning::Warning;

struct Spans {
    /// The caller's subscriber, which the workers' threads do not know by themselves.
    subscriber: tracing::Dispatch,
    /// The caller's span, which the tasks' spans stand in.
    caller: tracing::Span,
}

/// Spans within the caller's, for the caller's subscriber.
pub(super) fn begin(_: &Runtime, _: &Plan, _: Instant) -> Option<Box<dyn Observer>> {
    let (subscriber, caller) = (tracing::dispatcher::get_default(Clone::clone), tracing::Span::current());
    Some(Box::new(Spans { subscriber, caller }))
}

impl Observer for Spans {
    /// Its spans go to the caller's subscriber.
    fn worker(&self, work: &mut dyn FnMut()) {
        tracing::dispatcher::with_default(&self.subscriber, work);
    }

    fn task(&self, task: &Task, thread: usize, work: &mut dyn FnMut()) {
        let (name, label) = (&*task.name, task.label.as_deref());
        let span = tracing::debug_span!(parent: &self.caller, "task", name, label, chunk = task.chunk, thread);
        span.in_scope(work);
    }

    fn warn(&self, warnings: &[Warning]) {
        for Warning { task, label, message } in warnings {
            tracing::warn!(parent: &self.caller, task, label = label.as_deref(), "{message}");
        }
    }
}
