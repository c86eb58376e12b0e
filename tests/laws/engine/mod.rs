//! The engine and users' code: a panic in any code of the user's is an error that names the task, on one thread and on
//! many; nothing hangs; types are told apart; tasks may use rayon; graphs may be deep; models too large for the machine
//! are refused.

mod depth;
mod large_models;
mod many_columns;
mod panics;
mod rayon_in_tasks;
mod types;

use std::panic;
use std::sync::{Once, mpsc};
use std::thread;
use std::time::Duration;

/// What panics on purpose says.
const ON_PURPOSE: &str = "on purpose";

/// Does some work on another thread, and fails if that takes too long.
fn in_time<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    quiet();
    let (sender, receiver) = mpsc::channel();
    // A run that hangs keeps its thread: the test fails, and the process ends with the others.
    thread::spawn(move || sender.send(work()));
    match receiver.recv_timeout(Duration::from_secs(240)) {
        Ok(value) => value,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("{what} hangs"),
        Err(mpsc::RecvTimeoutError::Disconnected) => panic!("{what} panics out of the library"),
    }
}

/// Panics on purpose are not printed.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let text = info.payload_as_str().unwrap_or(ON_PURPOSE);
            if !text.starts_with(ON_PURPOSE) {
                print(info);
            }
        }));
    });
}
