//! Samples of CPU and memory: a thread that looks at the process every now and then while a run goes on.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use super::gauge::{Gauge, Readings};
use super::{Beginning, Observer};
use crate::error::Error;
use crate::graph::profile::Sample;

const INTERVAL: Duration = Duration::from_millis(50);

/// More samples than this say no more in a picture.
const MOST: usize = 4096;

/// The end of a channel that the thread waits at, and the thread.
type Running = (Sender<()>, JoinHandle<Vec<Sample>>);

struct Sampler {
    /// The thread until it is ended. Nothing is ever sent: it ends when this end of the channel is gone.
    running: Mutex<Option<Running>>,
}

/// Starts a thread that looks at the process until the run is over, if it is profiled. None where the system tells nothing
/// or has no thread to give: a run is worth more than its picture.
pub(super) fn begin(beginning: &Beginning<'_>) -> Option<Box<dyn Observer>> {
    let gauge = if beginning.runtime.profile { Gauge::new()? } else { return None };
    let started = beginning.started;
    let (stop, stopped) = mpsc::channel();
    let watch = move || watch(gauge, started, &stopped);
    let thread = Builder::new().name("chunkfit-sampler".to_owned()).spawn(watch).ok()?;
    Some(Box::new(Sampler { running: Mutex::new(Some((stop, thread))) }))
}

impl Observer for Sampler {
    /// Ends the thread and gives what it saw.
    fn finish(&self, _: Option<&Error>) -> Vec<Sample> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((stop, thread)) = running else { return Vec::new() };
        drop(stop);
        thread.join().unwrap_or_default()
    }
}

fn watch(mut gauge: Gauge, run_started: Instant, stopped: &Receiver<()>) -> Vec<Sample> {
    let mut readings = Readings::new(INTERVAL, MOST);
    gauge.read().into_iter().for_each(|reading| readings.add(reading));
    loop {
        let ended = stopped.recv_timeout(readings.interval()) != Err(RecvTimeoutError::Timeout);
        gauge.read().into_iter().for_each(|reading| readings.add(reading));
        if ended {
            return readings.samples(run_started);
        }
    }
}
