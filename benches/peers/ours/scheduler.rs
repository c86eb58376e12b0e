//! What the scheduler costs a task, beside the task itself: 100,000 that add two numbers.

use std::time::Instant;

use chunkfit::prelude::*;
use serde_json::{Value, json};

use crate::tasks::{TASKS, chain, chunks};

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
