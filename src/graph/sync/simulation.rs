//! A deterministic scheduler of threads, by a seed: of the threads of a simulation one runs at a time, and at every use
//! of a lock, a condition variable or an atomic the simulation chooses which one goes on.
//!
//! The threads are those of the operating system, so that thread-locals, unwinding and poisoning are the real thing.
//! Whose turn it is not is parked. The clock is the simulation's, too: it goes on a little with every step, and jumps to
//! the deadline of a wait whose timeout is chosen. A fault ends the simulation with its threads left parked:
//!
//! - deadlock: no thread can go on;
//! - lost wake-up: none could but for the timeout of a worker's rest, which looks for other things than those that are
//!   notified;
//! - no end: more steps than any sound run takes;
//! - a panic of the first thread.

#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

use std::any::Any;
use std::cell::RefCell;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// More steps than any simulation takes.
const MOST_STEPS: u64 = 300_000;

/// The thing that a thread waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::graph) enum Blocked {
    /// The lock at this address.
    Lock(usize),
    /// A notification of the condition variable at this address.
    Condition(usize),
    /// The end of the thread of this number.
    End(usize),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Runnable,
    Blocked { on: Blocked, deadline: Option<Duration> },
    Ended,
}

struct SimulatedThread {
    name: &'static str,
    /// A worker's timeouts are no way out of a deadlock.
    worker: bool,
    phase: Phase,
    timed_out: bool,
    priority: u64,
    handle: Option<Thread>,
}

/// The way in which the next thread is chosen.
#[derive(Clone, Copy, Debug)]
enum Strategy {
    /// Any that can go on; the running one stays with this probability, in per cent.
    Random { stay: u64 },
    /// The one of the highest priority; with a probability of one in so many, the running one falls behind all others
    /// (Burckhardt and others 2010, probabilistic concurrency testing).
    Priorities { change: u64 },
}

struct State {
    threads: Vec<SimulatedThread>,
    random: Random,
    strategy: Strategy,
    /// One in so many steps, a wait is over before its notification: by its timeout, if it has one, else for no reason.
    early: Option<u64>,
    /// The nanoseconds that a step takes at most.
    step: u64,
    steps: u64,
    clock: Duration,
    /// The notes of the threads, if that is wanted.
    log: Option<String>,
}

/// A generator of numbers: SplitMix64 (Steele and others 2014).
pub(in crate::graph) struct Random(u64);

impl Random {
    pub(in crate::graph) fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        Random(random.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below this one.
    pub(in crate::graph) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// One of these.
    pub(in crate::graph) fn choose<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// True once in so many times.
    pub(in crate::graph) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

struct Simulation {
    /// The number of the thread that runs.
    turn: AtomicUsize,
    state: Mutex<State>,
    ended: SyncSender<Result<(), String>>,
}

/// A thread of a simulation, which is told its number.
type Own = (Arc<Simulation>, usize);

thread_local! {
    static OWN: RefCell<Option<Own>> = const { RefCell::new(None) };
}

fn own() -> Option<Own> {
    OWN.try_with(|own| own.borrow().clone()).ok().flatten()
}

/// Runs a function as the first thread of a simulation with this seed, until all threads have ended. Gives the number
/// of steps. The log of what [`note`]s say is kept if it is wanted.
///
/// # Errors
/// The fault, with what every thread does, and the log.
pub(in crate::graph) fn simulate(seed: u64, log: bool, first: impl FnOnce() + Send + 'static) -> Result<u64, String> {
    let (sender, ended) = sync_channel(1);
    let mut random = Random::new(seed);
    let strategy = match random.below(8) {
        0..3 => Strategy::Random { stay: 0 },
        3 => Strategy::Random { stay: 50 },
        4 => Strategy::Random { stay: 90 },
        5 => Strategy::Priorities { change: 5 },
        6 => Strategy::Priorities { change: 30 },
        _ => Strategy::Priorities { change: 200 },
    };
    let early = [None, None, Some(500), Some(20)][random.below(4) as usize];
    let step = random.choose(&[1_000, 20_000, 300_000]);
    let log = log.then(String::new);
    let state = State { threads: Vec::new(), random, strategy, early, step, steps: 0, clock: Duration::ZERO, log };
    let simulation = Arc::new(Simulation { turn: AtomicUsize::new(0), state: Mutex::new(state), ended: sender });
    let ends = simulation.clone();
    let handle = start(&simulation, "main", false, move || {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(first)) {
            ends.fail(&format!("panic: {}", text(&*payload)));
        }
    });
    ended.recv().unwrap()?;
    handle.inner.join().unwrap();
    let steps = simulation.state.lock().unwrap().steps;
    Ok(steps)
}

fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// True on a thread of a simulation.
pub(in crate::graph) fn is_simulated() -> bool {
    OWN.try_with(|own| own.borrow().is_some()).unwrap_or(false)
}

/// The time of the simulation; on an ordinary thread, the real one.
pub(in crate::graph) fn now() -> Instant {
    static BEGIN: OnceLock<Instant> = OnceLock::new();
    match own() {
        Some((simulation, _)) => *BEGIN.get_or_init(Instant::now) + simulation.state.lock().unwrap().clock,
        None => Instant::now(),
    }
}

/// Another thread may go on here.
pub(in crate::graph) fn yield_now() {
    if let Some((simulation, me)) = own() {
        simulation.switch(me, Phase::Runnable);
    }
}

/// The running thread waits.
pub(super) fn block(on: Blocked) {
    block_until(on, None);
}

/// The running thread waits, no longer than this. True if that time was over.
pub(super) fn block_until(on: Blocked, timeout: Option<Duration>) -> bool {
    let (simulation, me) = own().unwrap();
    let deadline = timeout.map(|timeout| simulation.state.lock().unwrap().clock.saturating_add(timeout));
    simulation.switch(me, Phase::Blocked { on, deadline });
    std::mem::take(&mut simulation.state.lock().unwrap().threads[me].timed_out)
}

/// All threads that wait for this can go on.
pub(super) fn unblock_all(reason: Blocked) {
    if let Some((simulation, _)) = own() {
        let mut state = simulation.state.lock().unwrap();
        state.blocked_on(reason).into_iter().for_each(|id| state.threads[id].phase = Phase::Runnable);
    }
}

/// One of the threads that wait for this can go on.
pub(super) fn unblock_one(reason: Blocked) {
    if let Some((simulation, _)) = own() {
        let mut state = simulation.state.lock().unwrap();
        let blocked = state.blocked_on(reason);
        if !blocked.is_empty() {
            let id = state.random.choose(&blocked);
            state.threads[id].phase = Phase::Runnable;
        }
    }
}

/// Notes something down, if a log is wanted.
pub(in crate::graph) fn note(text: impl FnOnce() -> String) {
    if let Some((simulation, me)) = own() {
        let mut state = simulation.state.lock().unwrap();
        let State { threads, log, steps, .. } = &mut *state;
        if let Some(log) = log {
            writeln!(log, "{steps:6} {me} {}: {}", threads[me].name, text()).unwrap();
        }
    }
}

/// Ends the simulation, from any of its threads.
pub(in crate::graph) fn fail(fault: &str) -> ! {
    own().expect("called on a thread of a simulation").0.fail(fault)
}

/// A thread of a simulation, to be waited for.
pub(in crate::graph) struct JoinHandle<T> {
    inner: thread::JoinHandle<T>,
    id: usize,
}

impl<T> JoinHandle<T> {
    /// True on that very thread.
    pub(in crate::graph) fn is_own(&self) -> bool {
        own().is_some_and(|(_, me)| me == self.id)
    }

    pub(in crate::graph) fn join(self) -> thread::Result<T> {
        if let Some((simulation, me)) = own() {
            let has_ended = || simulation.state.lock().unwrap().threads[self.id].phase == Phase::Ended;
            while !has_ended() {
                simulation.switch(me, Phase::Blocked { on: Blocked::End(self.id), deadline: None });
            }
        }
        self.inner.join()
    }
}

/// Starts a further thread of the simulation.
pub(in crate::graph) fn spawn<T: Send + 'static>(
    name: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    spawn_any(name, false, work)
}

/// The same for a worker, which is never to depend on the timeout of its rest.
pub(in crate::graph) fn spawn_worker<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    spawn_any("worker", true, work)
}

fn spawn_any<T: Send + 'static>(
    name: &'static str,
    worker: bool,
    work: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    let (simulation, me) = own().expect("called on a thread of a simulation");
    let handle = start(&simulation, name, worker, work);
    simulation.switch(me, Phase::Runnable);
    handle
}

fn start<T: Send + 'static>(
    simulation: &Arc<Simulation>,
    name: &'static str,
    worker: bool,
    work: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    let mut state = simulation.state.lock().unwrap();
    let (id, priority) = (state.threads.len(), state.random.next() >> 1);
    let here = simulation.clone();
    // It looks for its turn first, which it has as soon as another thread stands aside.
    let inner = thread::spawn(move || {
        here.await_turn(id);
        OWN.set(Some((here.clone(), id)));
        let result = catch_unwind(AssertUnwindSafe(work));
        OWN.set(None);
        here.end(id);
        result.unwrap_or_else(|payload| std::panic::resume_unwind(payload))
    });
    let handle = Some(inner.thread().clone());
    state.threads.push(SimulatedThread { name, worker, phase: Phase::Runnable, timed_out: false, priority, handle });
    JoinHandle { inner, id }
}

impl Simulation {
    fn await_turn(&self, me: usize) {
        while self.turn.load(Ordering::Acquire) != me {
            thread::park();
        }
    }

    /// The running thread gets into another phase, or may stand aside; another one goes on.
    fn switch(&self, me: usize, phase: Phase) {
        let mut state = self.state.lock().unwrap();
        state.threads[me].phase = phase;
        let next = match state.next(me) {
            Ok(next) => next,
            Err(fault) => {
                drop(state);
                self.fail(fault);
            }
        };
        if next == me {
            return;
        }
        let handle = state.threads[next].handle.clone().unwrap();
        drop(state);
        self.turn.store(next, Ordering::Release);
        handle.unpark();
        self.await_turn(me);
    }

    /// The running thread has ended.
    fn end(&self, me: usize) {
        let mut state = self.state.lock().unwrap();
        state.threads[me].phase = Phase::Ended;
        state.blocked_on(Blocked::End(me)).into_iter().for_each(|id| state.threads[id].phase = Phase::Runnable);
        if state.threads.iter().all(|thread| thread.phase == Phase::Ended) {
            self.ended.send(Ok(())).unwrap();
            return;
        }
        match state.next(me) {
            Ok(next) => {
                let handle = state.threads[next].handle.clone().unwrap();
                drop(state);
                self.turn.store(next, Ordering::Release);
                handle.unpark();
            }
            Err(fault) => {
                drop(state);
                self.fail(fault);
            }
        }
    }

    /// Reports a fault. The thread stays where it is, as do all others: no code of theirs is to see that.
    fn fail(&self, fault: &str) -> ! {
        let state = self.state.lock().unwrap();
        let mut report = format!("{fault}\nafter {} steps, {:?}\n", state.steps, state.strategy);
        for (id, thread) in state.threads.iter().enumerate() {
            writeln!(report, "{id} {}: {:?}", thread.name, thread.phase).unwrap();
        }
        report.push_str(state.log.as_deref().unwrap_or_default());
        drop(state);
        self.ended.send(Err(report)).unwrap();
        loop {
            thread::park();
        }
    }
}

impl State {
    fn blocked_on(&self, reason: Blocked) -> Vec<usize> {
        self.which(|thread| matches!(thread.phase, Phase::Blocked { on, .. } if on == reason))
    }

    fn which(&self, is: impl Fn(&SimulatedThread) -> bool) -> Vec<usize> {
        (0..self.threads.len()).filter(|&id| is(&self.threads[id])).collect()
    }

    /// The thread that goes on, after a step of another or the same.
    fn next(&mut self, me: usize) -> Result<usize, &'static str> {
        self.steps += 1;
        self.clock += Duration::from_nanos(self.random.below(self.step));
        if self.steps > MOST_STEPS {
            return Err("no end");
        }
        let mut runnable = self.which(|thread| thread.phase == Phase::Runnable);
        if runnable.is_empty() {
            let patient = self.which(|thread| !thread.worker && has_deadline(thread));
            if patient.is_empty() {
                let resting = self.threads.iter().any(has_deadline);
                return Err(if resting { "lost wake-up" } else { "deadlock" });
            }
            let id = self.random.choose(&patient);
            self.wake_early(id);
            return Ok(id);
        }
        if let Some(n) = self.early
            && self.random.one_in(n)
        {
            let waiting = self.which(|thread| matches!(thread.phase, Phase::Blocked { on: Blocked::Condition(_), .. }));
            if !waiting.is_empty() {
                let id = self.random.choose(&waiting);
                self.wake_early(id);
                runnable.push(id);
            }
        }
        Ok(match self.strategy {
            Strategy::Random { stay } => {
                let stays = runnable.contains(&me) && self.random.below(100) < stay;
                if stays { me } else { self.random.choose(&runnable) }
            }
            Strategy::Priorities { change } => {
                if self.random.one_in(change) {
                    self.threads[me].priority = self.threads.iter().map(|thread| thread.priority).min().unwrap() / 2;
                }
                runnable.into_iter().max_by_key(|&id| self.threads[id].priority).unwrap()
            }
        })
    }

    /// A wait is over: its time is, if it has a deadline.
    fn wake_early(&mut self, id: usize) {
        let thread = &mut self.threads[id];
        if let Phase::Blocked { deadline: Some(deadline), .. } = thread.phase {
            self.clock = self.clock.max(deadline);
            thread.timed_out = true;
        }
        thread.phase = Phase::Runnable;
    }
}

fn has_deadline(thread: &SimulatedThread) -> bool {
    matches!(thread.phase, Phase::Blocked { deadline: Some(_), .. })
}

#[cfg(test)]
mod tests {
    use super::super::{Condvar, Mutex};
    use super::*;

    const SEEDS: u64 = 300;

    /// The faults of a function by seed.
    fn faults(run: impl Fn() + Copy + Send + 'static) -> Vec<String> {
        (0..SEEDS).filter_map(|seed| simulate(seed, true, run).err()).collect()
    }

    #[test]
    fn opposite_locks_are_a_deadlock_of_some_seeds() {
        let faults = faults(|| {
            let locks = Arc::new((Mutex::new(()), Mutex::new(())));
            let other = locks.clone();
            let thread = spawn("other", move || {
                let _second = other.1.lock().unwrap();
                let _first = other.0.lock().unwrap();
            });
            let first = locks.0.lock().unwrap();
            drop((locks.1.lock().unwrap(), first));
            thread.join().unwrap();
        });
        assert!((1..SEEDS).contains(&(faults.len() as u64)), "{}", faults.len());
        assert!(faults.iter().all(|fault| fault.starts_with("deadlock")), "{faults:?}");
    }

    #[test]
    fn a_missing_notification_is_a_lost_wake_up_however_the_worker_rests() {
        let run = |notifies: bool| {
            let shared = Arc::new((Mutex::new(false), Condvar::new()));
            let other = shared.clone();
            let worker = spawn_worker(move || {
                let mut done = other.0.lock().unwrap();
                while !*done {
                    done = other.1.wait_timeout(done, Duration::from_millis(1)).unwrap().0;
                }
            });
            *shared.0.lock().unwrap() = true;
            if notifies {
                shared.1.notify_one();
            }
            worker.join().unwrap();
        };
        assert_eq!(faults(move || run(true)), Vec::<String>::new());
        let faults = faults(move || run(false));
        assert!((1..SEEDS).contains(&(faults.len() as u64)), "{}", faults.len());
        assert!(faults.iter().all(|fault| fault.starts_with("lost wake-up")), "{faults:?}");
    }

    #[test]
    fn a_lost_update_is_a_panic_of_some_seeds_and_the_same_one_again() {
        fn run() {
            let count = Arc::new(Mutex::new(0));
            let add = |count: &Mutex<i32>| {
                let seen = *count.lock().unwrap();
                note(|| format!("saw {seen}"));
                *count.lock().unwrap() = seen + 1;
            };
            let threads = [0, 1].map(|_| {
                let count = count.clone();
                spawn("adder", move || add(&count))
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            if *count.lock().unwrap() != 2 {
                fail("an update is lost");
            }
        }
        let found = faults(run);
        assert!((1..SEEDS).contains(&(found.len() as u64)), "{}", found.len());
        assert!(found.iter().all(|fault| fault.contains("saw 0")));
        assert_eq!(faults(run), found);
    }

    #[test]
    fn a_deadline_passes_when_nothing_else_goes_on() {
        let run = || {
            let (lock, condition) = (Mutex::new(()), Condvar::new());
            let begin = now();
            let (_guard, result) = condition.wait_timeout(lock.lock().unwrap(), Duration::from_secs(3600)).unwrap();
            // Or it was woken for no reason.
            assert!(!result.timed_out() || now() - begin >= Duration::from_secs(3600));
        };
        assert_eq!(faults(run), Vec::<String>::new());
    }

    #[test]
    fn a_thread_that_never_ends_is_found() {
        let fault = simulate(0, false, || {
            loop {
                yield_now();
            }
        });
        assert!(fault.unwrap_err().starts_with("no end"));
    }
}
