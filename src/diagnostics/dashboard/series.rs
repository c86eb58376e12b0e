//! Samples of CPU, memory and held chunks of one run over time, in bounded memory.

use std::time::{Duration, Instant};

use crate::graph::{Reading, Readings, Sample};

/// The time between two samples at first; it doubles whenever there are too many of them.
const INTERVAL: Duration = Duration::from_millis(250);

/// The most samples that are kept of a run.
const MOST: usize = 1024;

/// The process's use of the machine, and the bytes that chunks hold, over the time of a run.
pub(super) struct Series {
    readings: Readings,
    /// Nanoseconds from the start of the run, and bytes.
    held: Vec<(u64, usize)>,
    last: Option<Instant>,
}

impl Series {
    pub(super) fn new() -> Self {
        Series { readings: Readings::new(INTERVAL, MOST), held: Vec::new(), last: None }
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.last.is_none_or(|last| now.saturating_duration_since(last) >= self.readings.interval())
    }

    pub(super) fn add(&mut self, now: Instant, since_start: Duration, held: usize, reading: Option<Reading>) {
        self.last = Some(now);
        self.held.push((u64::try_from(since_start.as_nanos()).unwrap_or(u64::MAX), held));
        if self.held.len() > MOST {
            // Of two neighbours the higher is kept: peaks are what one looks for.
            self.held =
                self.held.chunks(2).filter_map(|two| two.iter().copied().max_by_key(|(_, held)| *held)).collect();
        }
        if let Some(reading) = reading {
            self.readings.add(reading);
        }
    }

    /// Nanoseconds from the start of the run, and bytes that chunks held.
    pub(super) fn held(&self) -> Vec<(u64, usize)> {
        self.held.clone()
    }

    pub(super) fn samples(&self, started: Instant) -> Vec<Sample> {
        self.readings.samples(started)
    }

    /// About how many bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        self.held.len() * (size_of::<(u64, usize)>() + 2 * size_of::<Sample>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_has_few_samples_and_keeps_its_peak() {
        let (mut series, start) = (Series::new(), Instant::now());
        for i in 0..10_000_u32 {
            let held = if i == 4321 { 1 << 30 } else { 7 };
            series.add(start, Duration::from_millis(u64::from(i)), held, None);
        }
        let held = series.held();
        assert!(held.len() <= MOST && held.len() >= MOST / 2 - 1);
        assert_eq!(held.iter().map(|(_, held)| *held).max(), Some(1 << 30));
        assert!(held.is_sorted());
    }
}
