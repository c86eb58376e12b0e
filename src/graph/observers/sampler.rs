//! Samples of CPU and memory: a thread that looks at the process every now and then while a run goes on.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::{Beginning, Observer};
use crate::error::Error;
use crate::graph::profile::{Sample, nanoseconds};

const INTERVAL: Duration = Duration::from_millis(50);

/// Systems count processor time in steps of 10 ms or so: over less than this it means nothing.
const SHORTEST: Duration = Duration::from_millis(25);

/// More samples than this say no more in a picture: every other one goes, and from then on
/// only half as many are taken.
const MOST: usize = 4096;

struct Sampler {
    /// The thread until it is ended. Nothing is ever sent: it ends when this end of the channel is gone.
    running: Mutex<Option<(Sender<()>, JoinHandle<Vec<Sample>>)>>,
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

/// The use of CPU and memory by the process since it began, and now.
#[derive(Clone, Copy)]
struct Reading {
    at: Instant,
    cpu_ms: u64,
    resident_bytes: u64,
    read_bytes: u64,
}

struct Gauge {
    system: System,
    process: Pid,
}

impl Gauge {
    fn new() -> Option<Self> {
        Some(Gauge { system: System::new().ok()?, process: sysinfo::get_current_pid().ok()? })
    }

    fn read(&mut self) -> Option<Reading> {
        let what = ProcessRefreshKind::nothing().with_cpu().with_memory().with_disk_usage().without_tasks();
        self.system.refresh_processes_specifics(ProcessesToUpdate::Some(&[self.process]), false, what);
        let process = self.system.process(self.process)?;
        Some(Reading {
            at: Instant::now(),
            cpu_ms: process.accumulated_cpu_time(),
            resident_bytes: process.memory(),
            read_bytes: process.disk_usage().total_read_bytes,
        })
    }
}

fn watch(mut gauge: Gauge, run_started: Instant, stopped: &Receiver<()>) -> Vec<Sample> {
    let mut readings: Vec<Reading> = gauge.read().into_iter().collect();
    let mut interval = INTERVAL;
    loop {
        let ended = stopped.recv_timeout(interval) != Err(RecvTimeoutError::Timeout);
        readings.extend(gauge.read());
        if ended {
            return samples(&readings, run_started);
        }
        if readings.len() > MOST {
            let mut number = 0;
            readings.retain(|_| (number % 2 == 0, number += 1).0);
            interval *= 2;
        }
    }
}

/// Samples of what was used between two readings of sums.
fn samples(readings: &[Reading], run_started: Instant) -> Vec<Sample> {
    let sample = |(i, reading): (usize, &Reading)| {
        // Before the first nothing is known: it has what comes next.
        let after = &readings[i.max(1).min(readings.len() - 1)];
        let long_before = |before: &&Reading| after.at.duration_since(before.at) >= SHORTEST;
        let before = readings[..i].iter().rev().find(long_before).unwrap_or(&readings[0]);
        let seconds = after.at.duration_since(before.at).as_secs_f64();
        let cpu_seconds = after.cpu_ms.saturating_sub(before.cpu_ms) as f64 / 1000.0;
        Sample {
            at: nanoseconds(reading.at.duration_since(run_started)),
            cpu_percent: if seconds > 0.0 { 100.0 * cpu_seconds / seconds } else { 0.0 },
            resident_bytes: reading.resident_bytes,
            read_bytes: reading.read_bytes.saturating_sub(readings[0].read_bytes),
        }
    };
    readings.iter().enumerate().map(sample).collect()
}
