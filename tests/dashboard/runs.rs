//! Runs as their dashboard shows them, from start to end.

use std::thread;
use std::time::Duration;

use chunkfit::graph::{Key, Lazy, Task};
use chunkfit::{Error, ErrorKind, Runtime};

use super::graphs::{Flag, Gate, busy, waiting};
use super::http::{Follower, get, request};
use super::page::{state, tasks_done};
use super::{open, page};

#[test]
fn a_run_is_seen_from_start_to_end() {
    let (_dashboard, runtime, address) = open();
    let mut page = Follower::new(address, "/events");
    page.until(|page| !page.sections.is_empty());
    assert_eq!((page.run, page.retry), (0, true));
    let (gate, last) = (Gate::default(), Gate::default());
    let tasks = (waiting(("first", 0), 4, &gate), waiting(("second", 1), 4, &last));
    let run = thread::spawn(move || runtime.run(tasks).unwrap());
    page.until(|page| page.run == 1 && state(page) == "running" && page.html().contains("first"));
    gate.open();
    page.until(|page| tasks_done(page) == 4 && state(page) == "running");
    last.open();
    page.until(|page| tasks_done(page) == 8 && state(page) == "done");
    let summary = run.join().unwrap().summary;
    assert_eq!(summary.tasks(), 8);
}

#[test]
fn a_hundred_thousand_tasks_are_all_counted_on_a_small_page() {
    let (_dashboard, runtime, address) = open();
    let mut page = Follower::new(address, "/events");
    runtime.compute(busy(100_000, Duration::ZERO)).unwrap();
    page.until(|page| tasks_done(page) == 100_000 && state(page) == "done");
    let size = page.html().len();
    assert!(size < 1 << 18, "the page has {size} bytes");
}

#[test]
fn a_run_that_fails_shows_the_error_with_its_chunk() {
    let (_dashboard, runtime, address) = open();
    let mut page = Follower::new(address, "/events");
    let wrong = |chunk| {
        let task = Task::new("parse", Key::unique()).chunk(chunk);
        Lazy::source(task, move || {
            let problem = format!("<b>chunk</b> number {chunk}");
            if chunk == 3 { Err(Error::new(ErrorKind::Malformed { format: "CSV", problem })) } else { Ok(()) }
        })
    };
    let tasks: Vec<_> = (0..5).map(wrong).collect();
    assert!(runtime.compute(tasks).is_err());
    page.until(|page| state(page) == "failed");
    let html = page.html();
    assert!(html.contains("&lt;b&gt;chunk&lt;/b&gt; number 3") && html.contains("chunk 3"), "{html}");
    assert!(!html.contains("<b>chunk"));
}

#[test]
fn a_run_is_cancelled_only_where_that_is_on_and_with_the_token() {
    let (_dashboard, runtime, address) = open();
    assert_eq!(cancelled_by(runtime, (address, 1), None), Ok(8));
    let dashboard = chunkfit::diagnostics::Dashboard::options().allow_cancel(true).serve("127.0.0.1:0").unwrap();
    let runtime = Runtime::new().threads(2).watched_by(&dashboard);
    let address = dashboard.address();
    assert_eq!(cancelled_by(runtime.clone(), (address, 1), Some("token=0")), Ok(8));
    assert_eq!(cancelled_by(runtime.clone(), (address, 2), Some("")), Ok(8));
    let before = cancelled_by(runtime, (address, 3), Some(&format!("token={}", page::token(address))));
    assert_eq!(before, Err(ErrorKind::Cancelled));
    let mut page = Follower::new(dashboard.address(), "/events");
    page.until(|page| state(page) == "cancelled");
}

/// Asks the run of this number to be cancelled while it waits: the number of its values, or its error. Without a form: with an empty one,
/// which is to be refused because nothing may be cancelled.
fn cancelled_by(
    runtime: Runtime,
    (address, number): (std::net::SocketAddr, u64),
    form: Option<&str>,
) -> Result<usize, ErrorKind> {
    let (gate, begun) = (Gate::default(), Flag::default());
    let tasks = waiting(("wait", 1), 8, &gate);
    let seen = begun.clone();
    let first = Lazy::source(Task::new("begin", Key::unique()).order(0), move || {
        seen.set();
        Ok(())
    });
    let run = thread::spawn(move || runtime.compute((first, tasks)).map(|(_, values)| values.len()));
    let mut page = Follower::new(address, "/events");
    page.until(|page| begun.is_set() && page.run == number && state(page) == "running");
    assert_eq!(get(address, "/cancel").status, 405);
    let form = format!("run={}&{}", page.run, form.unwrap_or_default());
    let answer = request(address, "POST", "/cancel", "", &form);
    gate.open();
    let result = run.join().unwrap().map_err(|error| error.kind().clone());
    assert_eq!(answer.status, if result.is_ok() { 403 } else { 303 }, "{}", answer.body);
    result
}

#[test]
fn ten_runs_in_a_row_are_to_choose_from_and_the_oldest_go() {
    let dashboard = chunkfit::diagnostics::Dashboard::options().past_runs(4).serve("127.0.0.1:0").unwrap();
    let (runtime, address) = (Runtime::new().threads(2).watched_by(&dashboard), dashboard.address());
    for n in 1..=10 {
        runtime.compute(busy(n, Duration::ZERO)).unwrap();
    }
    let mut latest = Follower::new(address, "/events");
    latest.until(|page| page.run == 10 && state(page) == "done");
    let runs: Vec<_> = (7..=10).rev().map(|n| (n, "done".to_owned())).collect();
    latest.until(|page| page.runs == runs);
    let mut eighth = Follower::new(address, "/events?run=8");
    eighth.until(|page| page.run == 8 && tasks_done(page) == 8);
    let mut gone = Follower::new(address, "/events?run=2");
    gone.until(|page| page.run == 10);
}

#[test]
fn what_is_submitted_to_a_session_is_seen_and_the_runtimes_dashboard_is_the_sessions() {
    let session = Runtime::new().threads(2).session().unwrap();
    let dashboard = session.dashboard("127.0.0.1:0").unwrap();
    let (gate, last) = (Gate::default(), Gate::default());
    let first = session.submit(waiting(("first", 0), 2, &gate));
    let second = session.submit(waiting(("second", 0), 3, &last));
    let address = dashboard.address();
    Follower::new(address, "/events?run=1").until(|page| state(page) == "running" && page.html().contains("first"));
    gate.open();
    first.wait().unwrap();
    Follower::new(address, "/events?run=1").until(|page| state(page) == "done" && tasks_done(page) == 2);
    Follower::new(address, "/events?run=2").until(|page| state(page) == "running" && page.html().contains("second"));
    second.cancel();
    last.open();
    Follower::new(address, "/events").until(|page| page.run == 2 && state(page) == "cancelled");

    let (dashboard, runtime, address) = open();
    let session = runtime.session().unwrap();
    session.compute(busy(4, Duration::ZERO)).unwrap();
    Follower::new(address, "/events").until(|page| state(page) == "done" && tasks_done(page) == 4);
    drop(dashboard);
}

#[test]
fn two_runtimes_report_to_one_dashboard_at_a_time() {
    let (dashboard, one, address) = open();
    let other = Runtime::new().threads(1).watched_by(&dashboard);
    assert_ne!(one, Runtime::new().threads(2));
    assert_eq!(one, one.clone());
    let (gate, last) = (Gate::default(), Gate::default());
    let (first, second) = (waiting(("first", 0), 2, &gate), waiting(("second", 1), 2, &last));
    let first = thread::spawn(move || one.compute(first).unwrap());
    Follower::new(address, "/events").until(|page| page.run == 1 && state(page) == "running");
    let second = thread::spawn(move || other.compute(second).unwrap());
    Follower::new(address, "/events").until(|page| page.run == 2 && state(page) == "running");
    Follower::new(address, "/events?run=1").until(|page| page.run == 1 && state(page) == "running");
    last.open();
    second.join().unwrap();
    Follower::new(address, "/events?run=2").until(|page| state(page) == "done");
    Follower::new(address, "/events?run=1").until(|page| state(page) == "running");
    gate.open();
    first.join().unwrap();
}

#[test]
fn runs_have_the_same_bits_with_a_dashboard_and_after_it_is_gone() {
    let (dashboard, watched, _) = open();
    let sums = || {
        let chunks = chunkfit::Chunks::from_fn("numbers", 40, |c| Ok(vec![1.0 / (c as f64 + 1.0); 100]));
        chunks.map("sum", |chunk| chunk.iter().sum::<f64>())
    };
    let plain = Runtime::new().threads(2).compute(&sums()).unwrap();
    assert_eq!(watched.compute(&sums()).unwrap(), plain);
    drop(dashboard);
    assert_eq!(watched.compute(&sums()).unwrap(), plain);
}
