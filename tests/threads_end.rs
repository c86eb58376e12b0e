//! A run leaves no thread behind. Alone in its process, so that no other test's threads count.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

use std::time::{Duration, Instant};

use chunkfit::data::Footprint;
use chunkfit::graph::{Key, Lazy, Runtime, Task};

/// This process's threads that belong to a run. One that ends while it is looked at does not count.
fn workers() -> usize {
    let threads = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let names = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("comm")).ok());
    names.filter(|name| name.starts_with("chunkfit")).count()
}

/// No worker is left. Their work is over when a run returns; the system takes its time over the rest.
fn none_left() -> bool {
    let asked = Instant::now();
    // Counted once a turn: while threads end, one count may miss what the next still sees.
    while workers() > 0 {
        if asked.elapsed() > Duration::from_secs(10) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    true
}

/// A chunk whose size cannot be told.
struct Trap;

impl Footprint for Trap {
    fn heap_bytes(&self) -> usize {
        panic!("on purpose")
    }
}

#[test]
fn after_success_error_and_panic() {
    let task = || Task::new("count", Key::unique());
    let runtime = Runtime::new().threads(4);
    assert!(runtime.compute(Lazy::source(task(), || Ok(workers()))).unwrap() >= 1);
    assert!(none_left());
    let failing: Vec<Lazy<()>> = (0..20).map(|_| Lazy::source(task(), || panic!("on purpose"))).collect();
    assert!(runtime.compute(failing).is_err());
    assert!(none_left());
    let trap = Lazy::source(task().measured::<Trap>(), || Ok(Trap)).map(task(), |_| Ok(1));
    assert!(runtime.compute(trap).is_err());
    assert!(none_left());
    // What a task has spawned is waited for, and may itself panic.
    let spawned = Lazy::source(task(), || {
        rayon::spawn(|| std::thread::sleep(Duration::from_millis(20)));
        rayon::spawn(|| panic!("on purpose"));
        Ok(rayon::broadcast(|_| 1).len())
    });
    assert!(runtime.compute(spawned).is_err());
    assert!(none_left());
    #[cfg(feature = "dashboard")]
    after_a_dashboard();
}

/// The threads of a dashboard end with its last handle.
#[cfg(feature = "dashboard")]
fn after_a_dashboard() {
    let mut runtime = Runtime::new().threads(2);
    let dashboard = runtime.dashboard("127.0.0.1:0").unwrap();
    let copy = dashboard.clone();
    runtime.compute(Lazy::source(Task::new("count", Key::unique()), || Ok(()))).unwrap();
    drop(dashboard);
    assert_eq!(workers(), 2, "a thread that gathers and one that serves");
    drop(copy);
    assert!(none_left());
}
