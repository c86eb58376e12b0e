//! A progress bar, where one is wanted and can be seen.

#[cfg(feature = "progress")]
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

#[cfg(feature = "progress")]
use super::units::counted;

#[cfg(feature = "progress")]
pub(super) struct Progress {
    /// None where nobody would see it.
    bar: Option<indicatif::ProgressBar>,
    read: Arc<Read>,
}

/// What came from the sources that are done.
#[cfg(feature = "progress")]
#[derive(Default)]
struct Read {
    /// As many as they were expected to hold, those read again included.
    bytes: AtomicU64,
    /// Each once.
    rows: AtomicU64,
}

#[cfg(feature = "progress")]
impl Progress {
    /// A bar over so many tasks; silent unless wanted and standard error is a terminal.
    pub(super) fn new(wanted: bool, tasks: usize) -> Self {
        let read = Arc::<Read>::default();
        let visible = |bar: &indicatif::ProgressBar| !bar.is_hidden();
        let bar = wanted.then(|| indicatif::ProgressBar::new(tasks as u64)).filter(visible);
        let bar = bar.map(|bar| {
            let bar = bar.with_style(style(read.clone()));
            // A long task moves nothing, yet time passes and the bar says so.
            bar.enable_steady_tick(std::time::Duration::from_millis(250));
            bar
        });
        Progress { bar, read }
    }

    /// A task is done. If it was a source, it read about so many bytes, and so many rows that had
    /// not been read before.
    pub(super) fn task_done(&self, again: bool, read: Option<(usize, usize)>) {
        let Some(bar) = &self.bar else { return };
        if let Some((bytes, rows)) = read {
            self.read.bytes.fetch_add(bytes as u64, Relaxed);
            self.read.rows.fetch_add(rows as u64, Relaxed);
        }
        if again {
            bar.inc_length(1);
        }
        bar.inc(1);
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(feature = "progress")]
fn style(read: Arc<Read>) -> indicatif::ProgressStyle {
    use indicatif::{ProgressState, ProgressStyle};
    let amount = move |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        // A bar that cannot be written is no reason to stop.
        let _ = text.write_str(&read.told(state.elapsed()));
    };
    ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} tasks {amount}{elapsed} (about {eta} left)")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("amount", amount)
}

#[cfg(feature = "progress")]
impl Read {
    /// What was read in this time, e.g. `12,345 rows 6.7 MB/s `; nothing of what is not known.
    fn told(&self, elapsed: std::time::Duration) -> String {
        let (rows, megabytes) = (self.rows.load(Relaxed), self.bytes.load(Relaxed) as f64 / 1e6);
        let rows = if rows > 0 { format!("{} ", counted(rows as usize, "row")) } else { String::new() };
        let seconds = elapsed.as_secs_f64();
        if megabytes > 0.0 && seconds > 0.0 { format!("{rows}{:.1} MB/s ", megabytes / seconds) } else { rows }
    }
}

#[cfg(not(feature = "progress"))]
pub(super) struct Progress;

#[cfg(not(feature = "progress"))]
impl Progress {
    pub(super) fn new(_wanted: bool, _tasks: usize) -> Self {
        Progress
    }

    pub(super) fn task_done(&self, _again: bool, _read: Option<(usize, usize)>) {}

    pub(super) fn finish(&self) {}
}

#[cfg(all(test, feature = "progress"))]
mod tests {
    use super::*;
    use std::time::Duration;

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
