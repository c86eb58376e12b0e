//! Dropping nodes: in a loop, however deep the graph is, with panics in what they hold caught.
//!
//! A node is dropped with its closures and values, which may hold the last handles on other nodes. Were these dropped
//! on the spot, a handle in the closure of the next, and so on, would take a stack as deep. So a node that
//! is dropped while another is being dropped puts what it holds on a list of the thread, which the outermost works off.

use std::any::Any;
use std::cell::RefCell;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use super::node::{Action, Node, Settled, Task};
use super::panics;
use super::panics::caught;
use crate::error::{Error, Result};

/// The parts of a node that was dropped by what another one held.
struct Remains {
    task: Task,
    inputs: Vec<Arc<Node>>,
    action: Action,
    settled: Option<Settled>,
}

/// A panic while something was dropped, and how it becomes an error with its place.
type Panic = (Error, Box<dyn Any + Send>);

/// The nodes that a thread has to drop.
#[derive(Default)]
struct List {
    /// A caller further up on the stack works it off.
    in_work: bool,
    waiting: Vec<Remains>,
    /// A run wants to know of panics, rather than be unwound by them.
    watched: bool,
    failure: Option<Error>,
}

thread_local! {
    static LIST: RefCell<List> = RefCell::default();
}

impl Drop for Node {
    fn drop(&mut self) {
        if matches!(self.action, Action::Gone) {
            return;
        }
        match LIST.try_with(|list| mem::replace(&mut list.borrow_mut().in_work, true)) {
            Ok(false) => work_off(self),
            Ok(true) => {
                let remains = Remains::of(self);
                LIST.with_borrow_mut(|list| list.waiting.push(remains));
            }
            // The thread has ended so far that its list is gone.
            Err(_) => {}
        }
    }
}

/// Drops what a node holds, and all nodes that only it leads to.
fn work_off(node: &mut Node) {
    let mut orphans = mem::take(&mut node.inputs);
    let mut panic = discard(node);
    loop {
        let next = LIST.with_borrow_mut(|list| list.waiting.pop());
        if let Some(mut remains) = next {
            orphans.append(&mut remains.inputs);
            keep_first(&mut panic, remains.discard());
        } else if let Some(orphan) = orphans.pop() {
            let Some(mut node) = Arc::into_inner(orphan) else { continue };
            orphans.append(&mut node.inputs);
            keep_first(&mut panic, discard(&mut node));
        } else {
            break;
        }
    }
    let watched = LIST.with_borrow_mut(|list| {
        list.in_work = false;
        // A wide graph leaves no large list behind.
        list.waiting.shrink_to(16);
        list.watched
    });
    let Some((error, payload)) = panic else { return };
    if watched {
        panics::message(payload);
        LIST.with_borrow_mut(|list| {
            list.failure.get_or_insert(error);
        });
    } else if std::thread::panicking() {
        // A second panic would end the process.
        panics::message(payload);
    } else {
        resume_unwind(payload);
    }
}

/// Of two panics the second is not reported.
fn keep_first(first: &mut Option<Panic>, further: Option<Panic>) {
    match further {
        Some((_, payload)) if first.is_some() => drop(panics::message(payload)),
        Some(further) => *first = Some(further),
        None => {}
    }
}

/// Drops what a node holds beside its inputs, one part after the other, for two panics at once would end the process.
/// Gives the first panic.
fn discard(node: &mut Node) -> Option<Panic> {
    let Node { task, action, settled, .. } = node;
    discard_parts(task, mem::replace(action, Action::Gone), settled.take())
}

fn discard_parts(task: &mut Task, action: Action, settled: Option<Settled>) -> Option<Panic> {
    let mut first = dropped(action);
    if settled.is_some() || task.kept.is_some() || task.cached.is_some() {
        let further = [dropped(settled), dropped(task.kept.take()), dropped(task.cached.take())];
        for payload in further.into_iter().flatten() {
            match &first {
                None => first = Some(payload),
                Some(_) => drop(panics::message(payload)),
            }
        }
    }
    first.map(|payload| {
        // The message is the user's to read where no run watches, and then this error is not needed.
        let message = panics::text(&*payload);
        (task.place(panics::panicked(message)), payload)
    })
}

fn dropped(part: impl Sized) -> Option<Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(|| drop(part))).err()
}

impl Remains {
    fn of(node: &mut Node) -> Self {
        let key = node.task.key;
        Remains {
            task: mem::replace(&mut node.task, Task::new("", key)),
            inputs: mem::take(&mut node.inputs),
            action: mem::replace(&mut node.action, Action::Gone),
            settled: node.settled.take(),
        }
    }

    fn discard(self) -> Option<Panic> {
        let Remains { mut task, action, settled, .. } = self;
        discard_parts(&mut task, action, settled)
    }
}

/// Does some work on this thread, at whose end nodes may be dropped.
///
/// # Errors
/// The work's own, or that of a panic in it; a panic while what a node holds was dropped.
pub(super) fn watched<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let before = begin_watch();
    let result = caught(work);
    match (result, end_watch(before)) {
        (Ok(value), Some(error)) => panics::discard(value).and(Err(error)),
        (result, _) => result,
    }
}

fn begin_watch() -> (bool, Option<Error>) {
    LIST.with_borrow_mut(|list| (mem::replace(&mut list.watched, true), list.failure.take()))
}

fn end_watch(before: (bool, Option<Error>)) -> Option<Error> {
    LIST.with_borrow_mut(|list| {
        list.watched = before.0;
        mem::replace(&mut list.failure, before.1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::graph::{Key, Lazy};

    fn task() -> Task {
        Task::new("hold", Key::unique())
    }

    #[test]
    fn handles_in_closures_and_values_are_dropped_in_a_loop() {
        let deep = |next: fn(Lazy<usize>) -> Lazy<usize>| (0..200_000).fold(Lazy::value(0), |inner, _| next(inner));
        drop(deep(|inner| {
            Lazy::source(task(), move || {
                let _ = &inner;
                Ok(1)
            })
        }));
        drop(deep(|inner| {
            let outer = Lazy::given(task(), inner);
            outer.map(task(), |_| Ok(1))
        }));
        drop(deep(|inner| {
            let settled = inner.clone();
            let unless = move |_: &usize| settled.key() == Key::unique();
            inner.zip_unless(&Lazy::value(1), task(), unless, |n, _| Ok(*n))
        }));
    }

    #[test]
    fn a_panic_outside_a_run_is_the_callers_and_every_node_is_dropped_all_the_same() {
        struct Loud(Arc<()>);
        impl Drop for Loud {
            fn drop(&mut self) {
                panic!("on purpose, {} left", Arc::strong_count(&self.0));
            }
        }
        let counted = Arc::new(());
        let hold = |inner: Option<Lazy<()>>| {
            let loud = Loud(counted.clone());
            Lazy::source(task(), move || {
                let _ = (&inner, &loud);
                Ok(())
            })
        };
        let chain = || (0..10).fold(hold(None), |inner, _| hold(Some(inner)));
        let nodes = chain();
        let message = panics::catch(|| drop(nodes)).unwrap_err();
        assert!(message.starts_with("on purpose"));
        assert_eq!(Arc::strong_count(&counted), 1);
        let nodes = chain();
        let error = watched(|| {
            drop(nodes);
            Ok(())
        });
        let error = error.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Panicked { .. }));
        assert_eq!(error.place().task.as_deref(), Some("hold"));
        assert_eq!(Arc::strong_count(&counted), 1);
        assert!(watched(|| Ok(())).is_ok());
    }
}
