//! Graphs for dashboards to follow.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use chunkfit::graph::{Key, Lazy, Task};

/// A gate that tasks wait at until a test opens it.
#[derive(Clone, Default)]
pub struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    pub fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    pub fn wait(&self) {
        let limit = Duration::from_secs(60);
        let open = self.0.1.wait_timeout_while(self.0.0.lock().unwrap(), limit, |open| !*open).unwrap();
        assert!(!open.1.timed_out(), "the gate was never opened");
    }
}

/// Tasks of this name that wait at a gate, one a chunk, after those of a lower turn.
pub fn waiting((name, turn): (&'static str, usize), n: usize, gate: &Gate) -> Vec<Lazy<usize>> {
    let task = |chunk| Task::new(name, Key::unique()).chunk(chunk).order(turn);
    let wait = |chunk| {
        let gate = gate.clone();
        Lazy::source(task(chunk), move || {
            gate.wait();
            Ok(chunk)
        })
    };
    (0..n).map(wait).collect()
}

/// Tasks that keep a thread busy for so long each.
pub fn busy(n: usize, time: Duration) -> Vec<Lazy<()>> {
    let work = move || {
        let started = Instant::now();
        while started.elapsed() < time {
            std::hint::spin_loop();
        }
        Ok(())
    };
    (0..n).map(|chunk| Lazy::source(Task::new("work", Key::unique()).chunk(chunk).order(0), work)).collect()
}

/// A flag that says whether something has happened.
#[derive(Clone, Default)]
pub struct Flag(Arc<AtomicBool>);

impl Flag {
    pub fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
