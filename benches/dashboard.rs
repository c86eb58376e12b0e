//! The time that a dashboard with one client takes from a run: 100,000 tasks of 10 microseconds, with and without it, in
//! turns. The goal is less than 2 % between the medians, on a machine with nothing else to do.

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use chunkfit::Runtime;
use chunkfit::diagnostics::Dashboard;
use chunkfit::graph::{Key, Lazy, Task};

const TASKS: usize = 100_000;

/// An even number, so that both come first equally often.
const ROUNDS: usize = 20;

/// Work of always the same instructions.
fn spin(rounds: usize) {
    for round in 0..rounds {
        black_box(round);
    }
}

/// The rounds that take 10 microseconds, by the fastest of many.
fn ten_microseconds() -> usize {
    let time = |_| {
        let started = Instant::now();
        spin(100_000);
        started.elapsed()
    };
    let fastest = (0..200).map(time).min().expect("there are many");
    (100_000.0 * Duration::from_micros(10).as_secs_f64() / fastest.as_secs_f64()) as usize
}

/// Seconds of a run.
fn run(runtime: &Runtime, rounds: usize) -> f64 {
    let work = move || {
        spin(rounds);
        Ok(())
    };
    let task = |chunk| Lazy::source(Task::new("work", Key::unique()).chunk(chunk).order(0), work);
    let tasks: Vec<Lazy<()>> = (0..TASKS).map(task).collect();
    let started = Instant::now();
    let done = runtime.compute(tasks).expect("nothing here fails");
    assert_eq!(done.len(), TASKS);
    started.elapsed().as_secs_f64()
}

/// Reads events until the server ends; how many bytes there were.
fn follow(address: SocketAddr) -> usize {
    let mut stream = TcpStream::connect(address).expect("the dashboard is open");
    write!(stream, "GET /events HTTP/1.1\r\nHost: {address}\r\n\r\n").expect("the dashboard takes requests");
    let mut events = Vec::new();
    stream.read_to_end(&mut events).expect("the stream has an end");
    events.len()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let rounds = ten_microseconds();
    for threads in [1, 2] {
        let dashboard = Dashboard::options().serve("127.0.0.1:0").expect("a port is free");
        let (address, plain) = (dashboard.address(), Runtime::new().threads(threads));
        let watched = plain.clone().watched_by(&dashboard);
        let client = std::thread::spawn(move || follow(address));
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..ROUNDS {
            for which in [round % 2, 1 - round % 2] {
                times[which].push(run([&plain, &watched][which], rounds));
            }
        }
        drop(dashboard);
        let ratios = times[0].iter().zip(&times[1]).map(|(plain, watched)| watched / plain).collect();
        let bytes = client.join().expect("the client does not panic");
        let [plain, watched] = times.map(median);
        let percent = 100.0 * (median(ratios) - 1.0);
        let goal = if percent < 2.0 { "met" } else { "missed" };
        println!(
            "{threads} threads: {plain:.3} s, watched {watched:.3} s: {percent:.2} % more; the goal of 2 % is {goal}"
        );
        println!("the client read {bytes} bytes");
    }
}
