//! The time that a dashboard takes from a run.

use std::time::{Duration, Instant};

use chunkfit::Runtime;

use super::graphs::busy;
use super::http::Follower;
use super::open;

const TASKS: usize = 100_000;

fn seconds(runtime: &Runtime) -> f64 {
    let tasks = busy(TASKS, Duration::from_micros(10));
    let started = Instant::now();
    runtime.compute(tasks).unwrap();
    started.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// `cargo test --release --features dashboard --test dashboard -- --ignored overhead --nocapture`, on a machine with
/// nothing else to do.
#[test]
#[ignore = "a measurement, for optimised builds on a quiet machine"]
fn overhead_of_100_000_tasks_of_10_microseconds_is_below_2_percent() {
    for threads in [1, 2] {
        let (_dashboard, watched, address) = open();
        let (watched, plain) = (watched.threads(threads), Runtime::new().threads(threads));
        std::thread::spawn(move || Follower::new(address, "/events").to_end().events);
        let mut ratios = Vec::new();
        for round in 0..15 {
            // In turns, and the first of a pair is the other one each time.
            let order = if round % 2 == 0 { [&plain, &watched] } else { [&watched, &plain] };
            let times = order.map(seconds);
            let ratio = times[1] / times[0];
            ratios.push(if round % 2 == 0 { ratio } else { 1.0 / ratio });
        }
        let ratio = median(ratios.clone());
        println!("{threads} threads: {:.2} % ({ratios:.3?})", 100.0 * (ratio - 1.0));
        assert!(ratio < 1.02, "{threads} threads: the dashboard takes {:.1} %", 100.0 * (ratio - 1.0));
    }
}
