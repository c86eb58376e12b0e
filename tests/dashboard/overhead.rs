//! The time that a dashboard takes from a run.
#![cfg(target_os = "linux")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use chunkfit::Runtime;
use chunkfit::graph::{Key, Lazy, Task};

use super::http::Follower;
use super::open;

const TASKS: usize = 100_000;

/// Work of always the same instructions.
fn spin(rounds: usize) {
    for round in 0..rounds {
        black_box(round);
    }
}

/// The rounds that take 10 microseconds, by the fastest of many.
fn rounds() -> usize {
    let time = |_| {
        let started = Instant::now();
        spin(100_000);
        started.elapsed()
    };
    let fastest = (0..200).map(time).min().unwrap();
    (100_000.0 * Duration::from_micros(10).as_secs_f64() / fastest.as_secs_f64()) as usize
}

/// The CPU time of all threads of this process so far, in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |field: usize| fields[field].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

/// Seconds and CPU seconds of a run.
fn run(runtime: &Runtime, rounds: usize) -> [f64; 2] {
    let task = |chunk| Lazy::source(Task::new("work", Key::unique()).chunk(chunk).order(0), move || Ok(spin(rounds)));
    let tasks: Vec<Lazy<()>> = (0..TASKS).map(task).collect();
    let (started, before) = (Instant::now(), cpu());
    runtime.compute(tasks).unwrap();
    [started.elapsed().as_secs_f64(), cpu() - before]
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// `cargo test --release --features dashboard --test dashboard -- --ignored overhead --nocapture`, on a machine with
/// nothing else to do. CPU time is that of all threads, those of the dashboard among them; its clock ticks 100 times a
/// second only, so that it is summed over all runs.
#[test]
#[ignore = "a measurement, for optimised builds on a quiet machine"]
fn overhead_of_100_000_tasks_of_10_microseconds_is_below_2_percent() {
    let rounds = rounds();
    let mut ratios = Vec::new();
    for threads in [1, 2] {
        let (_dashboard, watched, address) = open();
        let (watched, plain) = (watched.threads(threads), Runtime::new().threads(threads));
        std::thread::spawn(move || Follower::new(address, "/events").to_end().events);
        let (mut times, mut cpu) = (Vec::new(), [0.0, 0.0]);
        for round in 0..20 {
            // In turns, and the first of a pair is the other one each time.
            let first = round % 2;
            let mut pair = [[0.0; 2]; 2];
            for which in [first, 1 - first] {
                pair[which] = run([&plain, &watched][which], rounds);
                cpu[which] += pair[which][1];
            }
            times.push(pair[1][0] / pair[0][0]);
        }
        let percent = |ratio: f64| 100.0 * (ratio - 1.0);
        let (time, cpu) = (percent(median(times.clone())), percent(cpu[1] / cpu[0]));
        println!("{threads} threads: {time:.2} % of time, {cpu:.2} % of CPU time ({times:.3?})");
        ratios.push(time);
    }
    assert!(ratios.iter().all(|&percent| percent < 2.0), "the dashboard takes {ratios:.1?} %");
}
