//! A `tracing` span around every task and an event for every warning, for whoever subscribes.

#[cfg(feature = "tracing")]
pub(super) struct Spans {
    /// The caller's subscriber, which the workers' threads do not know by themselves.
    subscriber: tracing::Dispatch,
    /// The caller's span, which the tasks' spans stand in.
    caller: tracing::Span,
}

#[cfg(feature = "tracing")]
impl Spans {
    /// Spans within the caller's, for the caller's subscriber.
    pub(super) fn new() -> Self {
        Spans { subscriber: tracing::dispatcher::get_default(Clone::clone), caller: tracing::Span::current() }
    }

    /// Does a worker's whole work, its spans going to the caller's subscriber.
    pub(super) fn on_this_thread<R>(&self, work: impl FnOnce() -> R) -> R {
        tracing::dispatcher::with_default(&self.subscriber, work)
    }

    /// Does one task within its span.
    pub(super) fn task<R>(&self, task: &super::node::Task, thread: usize, work: impl FnOnce() -> R) -> R {
        let (name, label) = (&*task.name, task.label.as_deref());
        let span = tracing::debug_span!(parent: &self.caller, "task", name, label, chunk = task.chunk, thread);
        span.in_scope(work)
    }

    /// An event for each of these.
    pub(super) fn warn(&self, warnings: &[super::warning::Warning]) {
        for super::warning::Warning { task, label, message } in warnings {
            tracing::warn!(parent: &self.caller, task, label = label.as_deref(), "{message}");
        }
    }
}

#[cfg(not(feature = "tracing"))]
pub(super) struct Spans;

#[cfg(not(feature = "tracing"))]
impl Spans {
    pub(super) fn new() -> Self {
        Spans
    }

    pub(super) fn on_this_thread<R>(&self, work: impl FnOnce() -> R) -> R {
        work()
    }

    pub(super) fn task<R>(&self, _task: &super::node::Task, _thread: usize, work: impl FnOnce() -> R) -> R {
        work()
    }

    pub(super) fn warn(&self, _warnings: &[super::warning::Warning]) {}
}
