//! What the scheduler costs a task, beside the task itself: 100,000 that add two numbers.

use std::time::Instant;

use chunkfit::graph::{Key, Lazy, Task};
use chunkfit::prelude::*;
use serde_json::{Value, json};

const TASKS: u64 = 100_000;
const RUNS: usize = 5;

/// The worse of two shapes: each task waits for the one before; 1,000 chunks with 100 tasks each. The graph is
/// built before the clock.
pub fn run() -> Result<Value, Error> {
    let runtime = Runtime::new().threads(2);
    let (chain, chunks) = (micros_a_task(&runtime, &chain())?, micros_a_task(&runtime, &chunks())?);
    Ok(json!({ "seconds": chain.max(chunks) * 1e-6 * TASKS as f64, "tasks": TASKS, "chain": chain, "chunks": chunks }))
}

/// The median of some runs.
fn micros_a_task(runtime: &Runtime, sum: &Lazy<u64>) -> Result<f64, Error> {
    let mut micros = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        let found = runtime.compute(sum)?;
        micros.push(started.elapsed().as_secs_f64() * 1e6 / TASKS as f64);
        assert_eq!(found, TASKS);
    }
    micros.sort_by(f64::total_cmp);
    Ok(micros[RUNS / 2])
}

fn add() -> Task {
    Task::new("add", Key::unique())
}

fn chain() -> Lazy<u64> {
    let one = Lazy::value(1);
    (0..TASKS).fold(Lazy::value(0), |sum, _| sum.step(&one, add(), |a, b| Ok(a + b)))
}

fn chunks() -> Lazy<u64> {
    let chunk = |c: usize| {
        let read = Lazy::source(Task::new("read", Key::unique()).chunk(c), || Ok(1u64));
        let seen: Vec<Lazy<u64>> = (0..98).map(|_| read.map(add(), |n| Ok(*n))).collect();
        Lazy::gather(&seen, add(), |parts| Ok(2 + parts.iter().copied().sum::<u64>()))
    };
    let counts: Vec<Lazy<u64>> = (0..TASKS as usize / 100).map(chunk).collect();
    Lazy::gather(&counts, add(), |parts| Ok(parts.iter().copied().sum()))
}
