//! Many clients at a time, those that hang and those that come late: none of them holds up the run or the others.

use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use super::graphs::{Gate, busy, waiting};
use super::http::{Follower, connect, get, hang};
use super::open;
use super::page::{state, tasks_done};

#[test]
fn ten_clients_see_the_run_while_others_hang_and_one_comes_late() {
    let (_dashboard, runtime, address) = open();
    let hanging: Vec<_> = (0..5).map(|_| hang(address)).collect();
    let silent = connect(address);
    let mut half = connect(address);
    half.write_all(b"GET / HTTP/1.1\r\nHost: loc").unwrap();
    let follow = move || {
        let mut page = Follower::new(address, "/events");
        page.until(|page| tasks_done(page) == 20_003 && state(page) == "done").html()
    };
    let clients: Vec<_> = (0..10).map(|_| thread::spawn(follow)).collect();
    let gate = Gate::default();
    let tasks = (busy(20_000, Duration::from_micros(10)), waiting(("wait", 1), 3, &gate));
    let run = thread::spawn(move || runtime.compute(tasks).unwrap());
    let mut late = Follower::new(address, "/events");
    late.until(|page| tasks_done(page) >= 20_000 && state(page) == "running");
    gate.open();
    run.join().unwrap();
    let pages: Vec<String> = clients.into_iter().map(|client| client.join().unwrap()).collect();
    assert!(pages.iter().all(|page| *page == pages[0]), "clients see different pages");
    drop((hanging, silent, half));
}

#[test]
fn a_client_that_hangs_gets_the_newest_state_once_it_reads() {
    let (dashboard, runtime, address) = open();
    let mut hanging = hang(address);
    runtime.compute(busy(1000, Duration::ZERO)).unwrap();
    let mut prompt = Follower::new(address, "/events");
    prompt.until(|page| tasks_done(page) == 1000 && state(page) == "done");
    drop(dashboard);
    let mut text = String::new();
    hanging.read_to_string(&mut text).unwrap();
    assert!(text.contains("text/event-stream") && text.contains("event: section"), "{text}");
}

#[test]
fn too_many_clients_are_refused_and_those_who_leave_make_room() {
    let (_dashboard, _runtime, address) = open();
    let mut followers: Vec<Follower> = (0..64).map(|_| Follower::new(address, "/events")).collect();
    let refused = get(address, "/events");
    assert_eq!(refused.status, 503);
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(get(address, "/").status, 200);
    followers.truncate(60);
    let started = Instant::now();
    // That a client has left is seen when the server next looks at its connection.
    while connect_status(address) == 503 {
        assert!(started.elapsed() < Duration::from_secs(30), "nobody made room");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The status of a request for events, whose stream is not read.
fn connect_status(address: std::net::SocketAddr) -> u16 {
    let mut stream = hang(address);
    let mut start = [0; 12];
    stream.read_exact(&mut start).unwrap();
    std::str::from_utf8(&start[9..]).unwrap().parse().unwrap()
}

#[test]
fn the_last_state_is_sent_before_the_server_ends() {
    let (dashboard, runtime, address) = open();
    let mut page = Follower::new(address, "/events");
    page.until(|page| !page.sections.is_empty());
    runtime.compute(busy(10, Duration::ZERO)).unwrap();
    drop(dashboard);
    page.read_to_end();
    assert!(page.ended);
    assert_eq!((tasks_done(&page), state(&page)), (10, "done"));
}
