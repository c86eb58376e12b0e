//! Clients: threads that submit to a session, wait in every way there is, cancel, and drop what they have.

use std::future::Future as _;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use super::items::Item;
use super::world::{Open, World};
use crate::graph::sync::simulation::{self, JoinHandle, Random};
use crate::graph::sync::{Condvar, Mutex};
use crate::graph::{Future, Session, as_completed};

/// A count down to zero that threads wait for.
pub(super) struct Gate {
    left: Mutex<usize>,
    open: Condvar,
}

impl Gate {
    pub(super) fn new(left: usize) -> Arc<Self> {
        Arc::new(Gate { left: Mutex::new(left), open: Condvar::new() })
    }

    pub(super) fn count_down(&self) {
        *self.left.lock().unwrap() -= 1;
        self.open.notify_all();
    }

    pub(super) fn wait(&self) {
        let mut left = self.left.lock().unwrap();
        while *left > 0 {
            left = self.open.wait(left).unwrap();
        }
    }
}

/// A client's thread.
pub(super) struct Client {
    pub(super) world: Arc<World>,
    pub(super) random: Random,
    pub(super) gate: Arc<Gate>,
    open: Vec<Open>,
    helpers: Vec<JoinHandle<()>>,
}

impl Client {
    pub(super) fn new(world: Arc<World>, seed: u64, gate: Arc<Gate>) -> Self {
        Client { world, random: Random::new(seed), gate, open: Vec::new(), helpers: Vec::new() }
    }

    pub(super) fn run(mut self, session: Arc<Session>) {
        if self.world.gated {
            (0..1 + self.random.below(3)).for_each(|_| self.submit(&session));
            self.gate.count_down();
        }
        for _ in 0..2 + self.random.below(6) {
            if self.random.one_in(2) {
                self.world.check_counts(&session);
            }
            match self.random.below(10) {
                0..4 if !self.world.gated => self.submit(&session),
                0..4 => simulation::yield_now(),
                4 => self.world.damage(&mut self.random),
                _ => self.use_one(),
            }
        }
        drop(session);
        self.finish();
    }

    fn submit(&mut self, session: &Session) {
        let open = self.world.submit(session, &mut self.random);
        self.open.push(open);
    }

    /// Does something with one of the futures.
    fn use_one(&mut self) {
        if self.open.is_empty() {
            return simulation::yield_now();
        }
        let i = self.random.below(self.open.len() as u64) as usize;
        let open = &self.open[i];
        match self.random.below(10) {
            0 => self.look(i),
            1 => {
                let patience = Duration::from_micros(self.random.below(1000));
                let looked = self.world.carefully(|| open.future.wait_timeout(patience)).flatten();
                looked.into_iter().for_each(|result| self.world.check(open, result));
            }
            2 => {
                open.cancelled.store(true, Ordering::Relaxed);
                simulation::note(|| format!("cancels {}", open.number));
                self.world.carefully(|| open.future.cancel());
            }
            3 => {
                let open = self.open.swap_remove(i);
                simulation::note(|| format!("drops a handle on {}", open.number));
                self.world.drop_carefully(open);
            }
            4 | 5 => self.start_helper(i),
            6 => {
                let open = self.open.swap_remove(i);
                self.end(open);
            }
            7 => {
                // Somebody who loses interest.
                let open = open.clone();
                let waker = Waker::from(Signal::new());
                let mut context = Context::from_waker(&waker);
                let mut future = Box::pin(open.future.clone());
                let polled = self.world.carefully(|| future.as_mut().poll(&mut context));
                if let Some(Poll::Ready(result)) = polled {
                    self.world.check(&open, result);
                }
                self.world.drop_carefully((future, open));
            }
            8 => self.take_by_reference(i),
            _ => simulation::yield_now(),
        }
    }

    /// Awaits a future that is used further: it stays done, although its values may have been taken.
    fn take_by_reference(&mut self, i: usize) {
        let mut open = self.open.swap_remove(i);
        let Some(result) = self.world.carefully(|| block_on(&mut open.future)) else { return };
        self.world.check(&open, result);
        if !open.future.is_done() {
            simulation::fail("a future that was awaited is not done any more");
        }
        open.cancelled.store(true, Ordering::Relaxed);
        self.end(open);
    }

    /// What is done stays so, and has a result.
    fn look(&self, i: usize) {
        let open = &self.open[i];
        let done = open.future.is_done();
        let progress = open.future.progress();
        if progress.done > progress.tasks {
            simulation::fail(&format!("{progress:?}"));
        }
        let Some(result) = self.world.carefully(|| open.future.try_result()) else { return };
        match result {
            Some(result) => self.world.check(open, result),
            None if done => simulation::fail(&format!("submission {} is done but has no result", open.number)),
            None => {}
        }
    }

    /// Another thread that has the same future.
    fn start_helper(&mut self, i: usize) {
        let (open, world, seed) = (self.open[i].clone(), self.world.clone(), self.random.below(u64::MAX));
        self.helpers.push(simulation::spawn("helper", move || {
            let mut helper = Client::new(world, seed, Gate::new(0));
            (0..helper.random.below(4)).for_each(|_| simulation::yield_now());
            if helper.random.one_in(4) { helper.world.clone().drop_carefully(open) } else { helper.end(open) }
        }));
    }

    /// Waits for a future, in one of the ways there are.
    fn end(&mut self, open: Open) {
        simulation::note(|| format!("waits for {}", open.number));
        let Open { number, future, ends, cancelled } = open;
        let way = self.random.below(3);
        let result = self.world.carefully(|| match way {
            0 => future.wait(),
            1 => future.wait_run().map(|run| run.values),
            _ => block_on(future),
        });
        if let Some(result) = result {
            let cancelled = self.world.closes_early || cancelled.load(Ordering::Relaxed);
            self.world.check_ends(number, &ends, cancelled, result);
        }
    }

    fn finish(mut self) {
        match self.random.below(4) {
            0 => self.open.drain(..).for_each(|open| self.world.drop_carefully(open)),
            1 | 2 => {
                while let Some(open) = self.open.pop() {
                    self.end(open);
                }
            }
            _ => self.finish_as_completed(),
        }
        self.helpers.into_iter().for_each(|helper| helper.join().unwrap());
    }

    fn finish_as_completed(&mut self) {
        let opens = std::mem::take(&mut self.open);
        let later = self.random.below(opens.len() as u64 + 1) as usize;
        let mut futures: Vec<Future<Vec<Item>>> = opens.iter().map(|open| open.future.clone()).collect();
        let mut later = futures.split_off(later);
        let mut seen = vec![false; opens.len()];
        let mut completed = as_completed(futures);
        loop {
            // One more while the others complete.
            if !later.is_empty() {
                completed.push(later.remove(0));
            }
            let Some(next) = self.world.carefully(|| completed.next()) else { continue };
            let Some((i, result)) = next else { break };
            if std::mem::replace(&mut seen[i], true) {
                simulation::fail("a future completes twice");
            }
            self.world.check(&opens[i], result);
        }
        if seen.contains(&false) && !self.world.has_bombs() {
            simulation::fail("a future never completes");
        }
        self.world.drop_carefully(completed);
        opens.into_iter().for_each(|open| self.world.drop_carefully(open));
    }
}

/// A thread that waits to be woken.
struct Signal {
    woken: Mutex<bool>,
    change: Condvar,
}

impl Signal {
    fn new() -> Arc<Self> {
        Arc::new(Signal { woken: Mutex::new(false), change: Condvar::new() })
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        *self.woken.lock().unwrap() = true;
        self.change.notify_one();
    }
}

/// Polls until the future is ready, with another waker every time.
pub(super) fn block_on<T>(future: impl std::future::Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        let signal = Signal::new();
        let waker = Waker::from(signal.clone());
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return result;
        }
        let mut woken = signal.woken.lock().unwrap();
        while !*woken {
            woken = signal.change.wait(woken).unwrap();
        }
    }
}
