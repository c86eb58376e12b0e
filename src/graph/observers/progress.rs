//! A progress bar, where one is wanted and can be seen.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};

use super::{Beginning, Observer, TaskEnd, TaskOutcome};
use crate::error::Error;
use crate::graph::profile::Sample;
use crate::graph::units::counted;

/// The bars of all runs of the process, one below the other.
static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

struct Progress {
    bar: ProgressBar,
    read: Arc<Read>,
}

/// Bytes and rows that were read from the sources that are done.
#[derive(Default)]
struct Read {
    /// As many as they were expected to hold, those read again included.
    bytes: AtomicU64,
    /// Each once.
    rows: AtomicU64,
}

/// A bar over the tasks of a plan; none unless it is wanted and standard error is a terminal.
pub(super) fn begin(beginning: &Beginning<'_>) -> Option<Box<dyn Observer>> {
    if !beginning.runtime.progress {
        return None;
    }
    if BARS.is_hidden() {
        return None;
    }
    let tasks = beginning.plan.entries.iter().filter(|entry| entry.is_made()).count() as u64;
    let read = Arc::<Read>::default();
    let bar = BARS.add(ProgressBar::new(tasks).with_style(style(read.clone())));
    // A long task moves nothing, yet time passes and the bar says so.
    bar.enable_steady_tick(Duration::from_millis(250));
    Some(Box::new(Progress { bar, read }))
}

impl Observer for Progress {
    fn task_done(&self, end: &TaskEnd<'_>) {
        if !matches!(end.outcome, TaskOutcome::Made { .. } | TaskOutcome::Failed(_)) {
            return;
        }
        if let Some(bytes) = end.read {
            self.read.bytes.fetch_add(bytes as u64, Relaxed);
            self.read.rows.fetch_add(end.rows as u64, Relaxed);
        }
        if end.again {
            self.bar.inc_length(1);
        }
        self.bar.inc(1);
    }

    fn shared(&self, _: usize) {
        self.bar.inc(1);
    }

    fn finish(&self, _: Option<&Error>) -> Vec<Sample> {
        self.bar.finish_and_clear();
        Vec::new()
    }
}

fn style(read: Arc<Read>) -> ProgressStyle {
    let amount = move |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        // A bar that cannot be written is no reason to stop.
        let _ = text.write_str(&read.told(state.elapsed()));
    };
    ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} tasks {amount}{elapsed} (about {eta} left)")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("amount", amount)
}

impl Read {
    /// What was read in this time, e.g. `12,345 rows 6.7 MB/s `; nothing of what is not known.
    fn told(&self, elapsed: Duration) -> String {
        let (rows, megabytes) = (self.rows.load(Relaxed), self.bytes.load(Relaxed) as f64 / 1e6);
        let rows = if rows > 0 { format!("{} ", counted(rows as usize, "row")) } else { String::new() };
        let seconds = elapsed.as_secs_f64();
        if megabytes > 0.0 && seconds > 0.0 { format!("{rows}{:.1} MB/s ", megabytes / seconds) } else { rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_told() {
        let told = |rows, bytes, seconds| {
            Read { bytes: AtomicU64::new(bytes), rows: AtomicU64::new(rows) }.told(Duration::from_secs(seconds))
        };
        assert_eq!(told(12_345, 13_400_000, 2), "12,345 rows 6.7 MB/s ");
        assert_eq!(
            (told(1, 0, 2), told(0, 2_000_000, 1), told(0, 0, 9)),
            ("1 row ".into(), "2.0 MB/s ".into(), String::new())
        );
        assert_eq!(told(3, 1_000_000, 0), "3 rows ");
    }
}
