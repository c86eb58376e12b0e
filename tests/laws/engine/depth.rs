//! Graphs as deep as memory allows: built, explained, computed and dropped without a deep stack.

use chunkfit::graph::{Key, Lazy, Runtime, Task};
use chunkfit::{Chunks, Result};

use super::in_time;

const DEEP: usize = 200_000;

fn task() -> Task {
    Task::new("deep", Key::unique())
}

/// Each from the one before, and all of it used and dropped on a stack of 512 KiB.
fn deep<T: Send + 'static>(
    what: &str,
    first: impl FnOnce() -> T + Send + 'static,
    next: fn(T) -> T,
    used: fn(&T) -> Result<()>,
) {
    in_time(what, move || {
        let work = move || {
            let last = (0..DEEP).fold(first(), |before, _| next(before));
            used(&last).unwrap();
        };
        std::thread::Builder::new().stack_size(512 << 10).spawn(work).unwrap().join().unwrap();
    });
}

fn used(last: &Lazy<usize>) -> Result<()> {
    let runtime = Runtime::new().threads(2);
    runtime.explain(last)?;
    runtime.compute(last).map(drop)
}

#[test]
fn a_handle_in_the_function_of_the_next() {
    let next = |before: Lazy<usize>| {
        Lazy::source(task(), move || {
            let _ = &before;
            Ok(1)
        })
    };
    deep("in a function", || Lazy::value(0), next, used);
}

#[test]
fn a_handle_in_the_predicate_of_the_next() {
    let next = |before: Lazy<usize>| {
        let first = Lazy::value(1);
        first.zip_unless(&first, task(), move |_| before.key() == Key::unique(), |n, _| Ok(*n))
    };
    deep("in a predicate", || Lazy::value(0), next, used);
}

#[test]
fn a_handle_in_the_value_of_the_next() {
    let next = |before: Lazy<usize>| Lazy::given(task(), before).map(task(), |_| Ok(1));
    deep("in a value", || Lazy::value(0), next, used);
}

#[test]
fn a_handle_as_the_input_of_the_next() {
    let next = |before: Lazy<usize>| before.map(task(), |n| Ok(n + 1));
    deep("an input", || Lazy::value(0), next, used);
}

#[test]
fn chunks_in_the_function_of_the_next() {
    let next = |before: Chunks<Vec<usize>>| {
        Chunks::from_fn("deep", 2, move |c| {
            let _ = &before;
            Ok(vec![c])
        })
    };
    let used = |last: &Chunks<Vec<usize>>| Runtime::new().threads(2).compute(last).map(drop);
    deep("chunks", || Chunks::from_memory([vec![0]]), next, used);
}

#[test]
fn a_deep_graph_that_only_the_run_holds() {
    in_time("given away", || {
        let work = || {
            let next = |before: Lazy<usize>, _| {
                Lazy::source(task(), move || {
                    let _ = &before;
                    Ok(1)
                })
            };
            let last = (0..DEEP).fold(Lazy::value(0), next);
            Runtime::new().threads(1).compute(last).unwrap()
        };
        assert_eq!(std::thread::Builder::new().stack_size(512 << 10).spawn(work).unwrap().join().unwrap(), 1);
    });
}
