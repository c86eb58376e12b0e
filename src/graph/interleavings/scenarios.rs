//! Scenarios: faults that random interleavings have found, each by the smallest one that shows it, and what they cannot
//! find.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::clients::{Gate, block_on};
use super::items::{Bomb, Census, Item};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::sync::simulation;
use crate::graph::{Future, Key, Lazy, Runtime, Session, Task};

/// Runs a scenario under many interleavings.
fn always(scenario: fn()) {
    for seed in 0..300 {
        if let Err(fault) = simulation::simulate(seed, false, scenario) {
            panic!("seed {seed}: {fault}");
        }
    }
}

fn session(threads: usize) -> Session {
    Runtime::new().threads(threads).session().unwrap()
}

fn task(name: &'static str) -> Task {
    Task::new(name, Key::of(name).finish())
}

fn pause() {
    (0..3).for_each(|_| simulation::yield_now());
}

/// A task whose value panics when it is dropped.
fn bomb(census: &Arc<Census>) -> Lazy<Item> {
    let census = census.clone();
    Lazy::source(task("bomb"), move || Ok(Item::new(0, 0, Bomb::Dropped, &census)))
}

/// True if a future ends without a panic. Its values may panic.
fn waits_well(future: Future<Item>) -> bool {
    let waited = catch_unwind(AssertUnwindSafe(|| future.wait()));
    waited.is_ok_and(|result| {
        drop_carefully(result);
        true
    })
}

fn drop_carefully<T>(value: T) {
    drop(catch_unwind(AssertUnwindSafe(|| drop(value))));
}

/// It still computes: no worker has panicked.
fn is_well(session: &Session) {
    assert_eq!(session.compute(Lazy::source(Task::new("five", Key::unique()), || Ok(5))).unwrap(), 5);
}

#[test]
fn a_submission_that_has_failed_does_not_take_over_a_failure_that_it_catches() {
    always(|| {
        let fails = |name| Lazy::<()>::source(task(name), || Err(Error::new(ErrorKind::Estimator)));
        let caught = fails("caught").map(task("unused"), |()| Ok(()));
        let future = session(2).submit((caught.caught(), fails("own")));
        let error = future.wait().unwrap_err();
        // Or the session was dropped before it came to an end.
        assert!(*error.kind() == ErrorKind::Cancelled || error.place().task.as_deref() == Some("own"), "{error:?}");
    });
}

#[test]
fn a_value_in_hand_is_not_made_again_for_nobody() {
    always(|| {
        let (session, gate) = (session(1), Gate::new(1));
        let open = gate.clone();
        let value = Lazy::source(task("value"), || Ok(1));
        let fails = value.map_owned(task("fails"), move |_| -> Result<()> {
            open.wait();
            resume_unwind(Box::new("on purpose"))
        });
        let first = session.submit(fails);
        pause();
        let second = session.submit(value);
        pause();
        second.cancel();
        gate.count_down();
        assert!(matches!(first.wait().unwrap_err().kind(), ErrorKind::Panicked { .. }));
        is_well(&session);
    });
}

#[test]
fn a_task_that_runs_on_after_a_cancel_is_joined() {
    always(|| {
        let (session, census) = (session(2), Census::new(1));
        let value = Lazy::source(task("first"), || Ok(1)).map(task("second"), |x| Ok(*x));
        let slow = value.map(task("slow"), move |x| {
            let _running = census.begin(0, true);
            pause();
            Ok(*x)
        });
        let first = session.submit(slow.clone());
        pause();
        first.cancel();
        assert_eq!(session.compute(slow).unwrap(), 1);
    });
}

#[test]
fn what_joins_keeps_to_the_limit_with_chunks_that_are_there() {
    const LIMIT: usize = 1200;
    always(|| {
        let census = Census::new(0);
        let item = move |bytes| Item::new(0, bytes, Bomb::No, &census);
        let (gate, made) = (Gate::new(1), Arc::new(item));
        let measured = |name, bytes| task(name).remakeable().measured::<Item>().expected_bytes(bytes);
        let session = Runtime::new().threads(4).memory_limit(LIMIT).session().unwrap();
        let chunks = ["a", "b"].map(|name| {
            let made = made.clone();
            Lazy::source(measured(name, 400), move || Ok(made(400)))
        });
        let held = [0, 1].map(|i| {
            let gate = gate.clone();
            chunks[i].map(task(["hold a", "hold b"][i]), move |_| {
                gate.wait();
                Ok(())
            })
        });
        let first = session.submit(held);
        pause();
        let joined = [0, 1].map(|i| {
            let made = made.clone();
            let of_chunk = chunks[i].map(measured(["of a", "of b"][i], 300), move |_| Ok(made(300)));
            of_chunk.map(task(["used a", "used b"][i]), |_| {
                pause();
                Ok(())
            })
        });
        let second = session.submit(joined);
        for _ in 0..40 {
            let held = session.audit().0.bytes_held;
            assert!(held <= LIMIT, "{held} bytes are held");
            simulation::yield_now();
        }
        gate.count_down();
        first.wait().unwrap();
        second.wait().unwrap();
    });
}

#[test]
fn results_that_panic_are_cancelled_as_they_come() {
    always(|| {
        let session = session(1);
        let future = session.submit(bomb(&Census::new(0)));
        (0..12).for_each(|_| simulation::yield_now());
        future.cancel();
        drop_carefully(future);
        is_well(&session);
    });
}

#[test]
fn two_that_wait_for_results_that_panic_have_them() {
    always(|| {
        let (session, census) = (session(1), Census::new(0));
        let future = session.submit(bomb(&census));
        let other = future.clone();
        let thread = simulation::spawn("other", move || waits_well(other));
        assert!(waits_well(future) && thread.join().unwrap());
        drop(session);
        assert_eq!(census.live(), 0);
    });
}

#[test]
fn a_future_whose_values_were_taken_says_so() {
    always(|| {
        let session = session(1);
        let mut future = session.submit(Lazy::source(task("one"), || Ok(1)));
        assert_eq!(block_on(&mut future).unwrap(), 1);
        assert!(future.is_done());
        let gone = |result: Result<i32>| assert_eq!(*result.unwrap_err().kind(), ErrorKind::Cancelled);
        gone(future.try_result().unwrap());
        gone(future.wait_timeout(Duration::ZERO).unwrap());
        gone(future.wait());
    });
}

/// Two tasks wait for each other. The last of those that are ready is left to the worker that is free first, or whose rest
/// is over.
#[test]
fn a_resting_worker_is_told_of_a_backlog() {
    always(|| {
        let (session, gate) = (session(2), Gate::new(2));
        let source = Lazy::source(task("source"), || Ok(()));
        let meet = |name| {
            let gate = gate.clone();
            source.map(task(name), move |()| {
                gate.count_down();
                gate.wait();
                Ok(())
            })
        };
        session.compute((["first", "second"].map(meet), source.map(task("third"), |()| Ok(())))).unwrap();
    });
}
