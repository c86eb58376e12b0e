//! Dropping nodes: in a loop, however deep the graph is, with panics in what they hold caught.
//!
//! A node is dropped with its closures and values, which may hold the last handles on other nodes. Were these dropped
//! on the spot, a handle in the closure of the next, and so on, would take a stack as deep. So a node that
//! is dropped while another is being dropped puts what it holds on a list of the thread, which the outermost works off.

use std::any::Any;
use std::cell::RefCell;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, LazyLock};

use super::node::{Action, Node, Settled, Task, Value};
use super::panics::{self, caught};
use crate::error::{Error, Result};

/// What a dropped node held.
struct Remains {
    task: Task,
    inputs: Vec<Arc<Node>>,
    action: Action,
    settled: Option<Settled>,
}

/// A panic while something was dropped.
type Panic = Box<dyn Any + Send>;

/// What a thread has to drop.
#[derive(Default)]
struct List {
    /// Somebody further up on the stack works it off.
    in_work: bool,
    waiting: Vec<Remains>,
    /// A run wants to know of panics, rather than be unwound by them.
    watched: bool,
    failure: Option<Error>,
}

thread_local! {
    static LIST: RefCell<List> = RefCell::default();
}

/// Stands where the action of a dropped node was.
static NOTHING: LazyLock<Value> = LazyLock::new(|| Arc::new(()));

impl Drop for Node {
    fn drop(&mut self) {
        let key = self.task.key;
        let task = mem::replace(&mut self.task, Task::new("", key));
        let action = mem::replace(&mut self.action, Action::Given(NOTHING.clone()));
        let remains = Remains { task, inputs: mem::take(&mut self.inputs), action, settled: self.settled.take() };
        let add = |list: &RefCell<List>| {
            let mut list = list.borrow_mut();
            list.waiting.push(remains);
            !mem::replace(&mut list.in_work, true)
        };
        // Where a thread has ended so far that its list is gone, the remains are dropped with this closure.
        if LIST.try_with(add).unwrap_or(false) {
            work_off();
        }
    }
}

/// Drops all that is on this thread's list, and what comes onto it meanwhile.
fn work_off() {
    let mut orphans: Vec<Arc<Node>> = Vec::new();
    let mut panic = None;
    loop {
        let next = LIST.with_borrow_mut(|list| list.waiting.pop());
        if let Some(mut remains) = next {
            orphans.append(&mut remains.inputs);
            panic = panic.or(remains.discard());
        } else if let Some(orphan) = orphans.pop() {
            drop(orphan);
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
    let Some((task, payload)) = panic else { return };
    if watched {
        let error = task.place(panics::panicked(panics::message(payload)));
        LIST.with_borrow_mut(|list| list.failure.get_or_insert(error).clone());
    } else if std::thread::panicking() {
        // A second panic would end the process.
        panics::message(payload);
    } else {
        resume_unwind(payload);
    }
}

impl Remains {
    /// Drops one part after the other, for two panics at once would end the process. Gives the first.
    fn discard(self) -> Option<(Task, Panic)> {
        let Remains { mut task, action, settled, .. } = self;
        let (kept, cached) = (task.kept.take(), task.cached.take());
        let parts = [dropped(action), dropped(settled), dropped(kept), dropped(cached)];
        let mut panics = parts.into_iter().flatten();
        let first = panics.next();
        panics.for_each(|further| drop(panics::message(further)));
        first.map(|panic| (task, panic))
    }
}

fn dropped(part: impl Sized) -> Option<Panic> {
    catch_unwind(AssertUnwindSafe(|| drop(part))).err()
}

/// Does some work on this thread, at whose end nodes may be dropped.
///
/// # Errors
/// The work's own, or that of a panic in it; a panic while what a node holds was dropped.
pub(super) fn watched<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let before = LIST.with_borrow_mut(|list| (mem::replace(&mut list.watched, true), list.failure.take()));
    let result = caught(work);
    let failure = LIST.with_borrow_mut(|list| {
        list.watched = before.0;
        mem::replace(&mut list.failure, before.1)
    });
    match (result, failure) {
        (Ok(value), Some(error)) => panics::discard(value).and(Err(error)),
        (result, _) => result,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Key, Lazy};
    use super::*;
    use crate::error::ErrorKind;

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
