//! Interleavings under test: random graphs, and random submissions to a session, on the threads of a simulation.
//!
//! A seed decides all of it: the graph, the submissions, the cancels and drops, the failures and panics, and which
//! thread goes on at every lock. For every seed:
//!
//! - every thread comes to its end: no deadlock, no lost wake-up;
//! - every future ends, with the values of the serial [`twin`], a failure of a task that it needs, or cancelled if it
//!   was; one that completes does so once;
//! - no task runs on two threads at a time, nor more often than submissions and the memory limit explain; if all are
//!   there before the first task begins, and there is room, each runs once;
//! - at rest the session holds nothing, and at the end no value is alive.
//!
//! `CHUNKFIT_INTERLEAVINGS=17` runs one seed, `0..1000000` a range; by default [`SEEDS`] are run.
//!
//! # Mutants
//!
//! The tests themselves were tested: with each of these faults, put in by hand, they fail. The number is that of the first
//! seed that finds it; those without one are found by [`scenarios`].
//!
//! | fault | seed |
//! |---|---|
//! | a submission, or the outcome of one, notifies nobody | 1, 0 |
//! | a cancel, or an end, wakes no async task | 66, 1 |
//! | `as_completed` forgets what is done already | 9 |
//! | a backlog notifies no worker | |
//! | one of three tasks that wait for a value is forgotten | 6 |
//! | a task that gets another rank is not queued again | 5 |
//! | uses of a value are not given back | 0 |
//! | a cancel keeps reserved bytes | 137 |
//! | a cancel keeps values | 14 |
//! | a value that nobody needs any more is kept | 53 |
//! | bytes that were moved into a task stay counted | 11 |
//! | the last handle on a future leaves its results held | 5 |
//! | results are not held for others | 1 |
//! | a value is moved although another task needs it | 8 |
//! | joining misses a task that runs | 1 |
//! | joining misses a task that runs on after a cancel | 1536 |
//! | a value that a running task has in hand is made again for nobody | 424 |
//! | a failure that one submission catches is caught for all | 139 |
//! | a submission that has failed takes over a failure that it catches | |
//! | the end of a session cancels nothing | |
//! | an outcome replaces another | |
//! | results that panic are dropped unguarded, by a worker or by a waiting thread | |
//! | the memory limit does not see what joins | |
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

mod clients;
mod items;
mod scenarios;
mod twin;
mod universe;
mod world;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use clients::{Client, Gate};
use world::World;

use crate::graph::scheduler::Audit;
use crate::graph::sync::simulation::{self, Random};
use crate::graph::{Key, Lazy, Session, Task};

/// The seeds that are run unless others are asked for.
const SEEDS: Range<u64> = 0..10_000;

/// The environment variable that asks for others.
const VARIABLE: &str = "CHUNKFIT_INTERLEAVINGS";

/// The first thread of a simulation.
fn run(seed: u64) {
    let mut random = Random::new(seed);
    let world = Arc::new(World::new(&mut random));
    if random.one_in(6) {
        compute(&world, &mut random);
    } else {
        session(&world, &mut random);
    }
    world.check_runs();
    let Some(world) = Arc::into_inner(world) else { simulation::fail("a client has not ended") };
    world.check_rest();
}

/// A run that nothing joins.
fn compute(world: &World, random: &mut Random) {
    let (targets, ends) = world.targets(random);
    if let Some(result) = world.carefully(|| world.runtime().compute(targets)) {
        world.check_ends(0, &ends, false, result);
    }
}

/// Clients of a session.
fn session(world: &Arc<World>, random: &mut Random) {
    let session = Arc::new(world.runtime().session().unwrap());
    let clients = 1 + random.below(3);
    // In front of all other tasks, every worker comes to one that waits until all is submitted.
    let gate = Gate::new(clients as usize);
    let gates = if world.gated { world.workers } else { 0 };
    let first = session.submit((0..gates).map(|_| closed(&gate)).collect::<Vec<_>>());
    let clients: Vec<_> = (0..clients)
        .map(|_| {
            let client = Client::new(world.clone(), random.below(u64::MAX), gate.clone());
            let session = session.clone();
            simulation::spawn("client", move || client.run(session))
        })
        .collect();
    let session = (!world.closes_early).then_some(session);
    clients.into_iter().for_each(|client| client.join().unwrap());
    drop(first);
    if let Some(session) = session {
        rest(world, &session);
    }
}

/// A task that waits for a gate.
fn closed(gate: &Arc<Gate>) -> Lazy<()> {
    let gate = gate.clone();
    Lazy::source(Task::new("gate", Key::unique()), move || {
        gate.wait();
        Ok(())
    })
}

/// All futures are gone: soon the session holds nothing any more.
fn rest(world: &World, session: &Session) {
    let mut audit = Audit::default();
    for _ in 0..10_000 {
        audit = world.check_counts(session);
        if audit == Audit::default() {
            return;
        }
        simulation::yield_now();
    }
    simulation::fail(&format!("the session does not come to rest: {audit:?}, {} values", world.universe.census.live()));
}

/// The fault of a seed.
fn fault(seed: u64) -> Option<String> {
    simulation::simulate(seed, false, move || run(seed)).err()?;
    // Once more, with a log. A fault that does not come again is one all the same.
    let again = simulation::simulate(seed, true, move || run(seed)).err();
    let fault = again.unwrap_or_else(|| "not the second time: something else than the seed decides".into());
    Some(format!("{VARIABLE}={seed} replays this:\n{fault}"))
}

/// Runs seeds on all cores. The first fault ends it.
fn run_all(seeds: Range<u64>) -> Result<(), String> {
    let (next, failed) = (AtomicU64::new(seeds.start), AtomicBool::new(false));
    let lane = || {
        while !failed.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                break;
            }
            if let Some(fault) = fault(seed) {
                failed.store(true, Ordering::Relaxed);
                return Err(fault);
            }
        }
        Ok(())
    };
    let lanes = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
        lanes.into_iter().map(|lane| lane.join().unwrap()).fold(Ok(()), Result::and)
    })
}

/// The seeds that the environment asks for.
fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var(VARIABLE) else { return SEEDS };
    match text.split_once("..") {
        Some((from, to)) => from.parse().unwrap()..to.parse().unwrap(),
        None => {
            let seed = text.parse().unwrap();
            seed..seed + 1
        }
    }
}

#[test]
fn sessions_keep_their_laws_in_every_interleaving() {
    if let Err(fault) = run_all(seeds()) {
        panic!("{fault}");
    }
}
