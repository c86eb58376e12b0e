//! Graphs of 100,000 tasks that add two numbers; their sum is the number of tasks.

use chunkfit::graph::{Key, Lazy, Task};

pub const TASKS: u64 = 100_000;

pub fn add() -> Task {
    Task::new("add", Key::unique())
}

/// Each task needs the one before.
pub fn chain() -> Lazy<u64> {
    let one = Lazy::value(1);
    (0..TASKS).fold(Lazy::value(0), |sum, _| sum.step(&one, add(), |a, b| Ok(a + b)))
}

/// 1,000 chunks, each read, seen by 98 models' worth of tasks, and counted.
pub fn chunks() -> Lazy<u64> {
    let chunk = |c: usize| {
        let read = Lazy::source(Task::new("read", Key::unique()).chunk(c), || Ok(1u64));
        let seen: Vec<Lazy<u64>> = (0..98).map(|_| read.map(add(), |n| Ok(*n))).collect();
        Lazy::gather(&seen, add(), |parts| Ok(2 + parts.iter().copied().sum::<u64>()))
    };
    let counts: Vec<Lazy<u64>> = (0..TASKS as usize / 100).map(chunk).collect();
    Lazy::gather(&counts, add(), |parts| Ok(parts.iter().copied().sum()))
}
