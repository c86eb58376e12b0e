//! A `tracing` span around every task and an event for every warning, for subscribers.

use super::{Beginning, Observer, TaskStart};
use crate::graph::node::Task;
use crate::graph::warning::Warning;

struct Spans {
    /// The caller's subscriber, which the workers' threads do not know by themselves.
    subscriber: tracing::Dispatch,
    /// The caller's span, which the tasks' spans stand in.
    caller: tracing::Span,
}

/// Spans within the caller's, for the caller's subscriber.
pub(super) fn begin(_: &Beginning<'_>) -> Option<Box<dyn Observer>> {
    let (subscriber, caller) = (tracing::dispatcher::get_default(Clone::clone), tracing::Span::current());
    Some(Box::new(Spans { subscriber, caller }))
}

impl Observer for Spans {
    fn task(&self, task: &Task, start: &TaskStart, work: &mut dyn FnMut()) {
        let (name, display_name) = (&*task.name, task.display_name.as_deref());
        tracing::dispatcher::with_default(&self.subscriber, || {
            let (parent, thread) = (&self.caller, start.thread);
            let span = tracing::debug_span!(parent: parent, "task", name, display_name, chunk = task.chunk, thread);
            span.in_scope(work);
        });
    }

    fn warn(&self, warnings: &[Warning]) {
        tracing::dispatcher::with_default(&self.subscriber, || {
            for Warning { task, display_name, message } in warnings {
                tracing::warn!(parent: &self.caller, task, display_name = display_name.as_deref(), "{message}");
            }
        });
    }
}
