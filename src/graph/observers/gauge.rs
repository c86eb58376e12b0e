//! Readings of the process's use of CPU and memory.

use std::time::{Duration, Instant};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use crate::graph::profile::{Sample, nanoseconds};

/// Systems count processor time in steps of 10 ms or so: over less than this it means nothing.
const SHORTEST: Duration = Duration::from_millis(25);

/// The use of CPU and memory by the process since it began, and now.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    at: Instant,
    cpu_ms: u64,
    resident_bytes: u64,
    read_bytes: u64,
}

/// A way to read the process's use of CPU and memory.
pub(crate) struct Gauge {
    system: System,
    process: Pid,
}

impl Gauge {
    /// None where the system tells nothing.
    pub(crate) fn new() -> Option<Self> {
        Some(Gauge { system: System::new().ok()?, process: sysinfo::get_current_pid().ok()? })
    }

    /// The use up to now, where the system tells it.
    pub(crate) fn read(&mut self) -> Option<Reading> {
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

/// The readings of one run, by time. Of too many every other one goes, and from then on only half as many are taken.
pub(crate) struct Readings {
    taken: Vec<Reading>,
    interval: Duration,
    most: usize,
}

impl Readings {
    /// None yet; then one every `interval`, and `most` at most.
    pub(crate) fn new(interval: Duration, most: usize) -> Self {
        Readings { taken: Vec::new(), interval, most }
    }

    /// The time between two readings.
    pub(crate) fn interval(&self) -> Duration {
        self.interval
    }

    /// One more.
    pub(crate) fn add(&mut self, reading: Reading) {
        self.taken.push(reading);
        if self.taken.len() > self.most {
            let mut number = 0;
            self.taken.retain(|_| (number % 2 == 0, number += 1).0);
            self.interval *= 2;
        }
    }

    /// Samples of what was used between two readings of sums.
    pub(crate) fn samples(&self, run_started: Instant) -> Vec<Sample> {
        let readings = &self.taken;
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
}
