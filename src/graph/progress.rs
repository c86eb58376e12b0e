//! A progress bar, where one is wanted and can be seen.

#[cfg(feature = "progress")]
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

#[cfg(feature = "progress")]
pub(super) struct Progress {
    /// None where nobody would see it.
    bar: Option<indicatif::ProgressBar>,
    /// What the sources that are done were expected to hold.
    read: std::sync::Arc<AtomicU64>,
}

#[cfg(feature = "progress")]
impl Progress {
    /// A bar over so many tasks; silent unless wanted and standard error is a terminal.
    pub(super) fn new(wanted: bool, tasks: usize) -> Self {
        let read = std::sync::Arc::new(AtomicU64::new(0));
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

    /// A task is done, which was to read so many bytes.
    pub(super) fn task_done(&self, again: bool, read: usize) {
        let Some(bar) = &self.bar else { return };
        self.read.fetch_add(read as u64, Relaxed);
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
fn style(read: std::sync::Arc<AtomicU64>) -> indicatif::ProgressStyle {
    use indicatif::{ProgressState, ProgressStyle};
    let speed = move |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        let megabytes = read.load(Relaxed) as f64 / 1e6;
        let seconds = state.elapsed().as_secs_f64();
        if megabytes > 0.0 && seconds > 0.0 {
            // A bar that cannot be written is no reason to stop.
            let _ = write!(text, "{:.1} MB/s ", megabytes / seconds);
        }
    };
    ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} tasks {speed}{elapsed} (about {eta} left)")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("speed", speed)
}

#[cfg(not(feature = "progress"))]
pub(super) struct Progress;

#[cfg(not(feature = "progress"))]
impl Progress {
    pub(super) fn new(_wanted: bool, _tasks: usize) -> Self {
        Progress
    }

    pub(super) fn task_done(&self, _again: bool, _read: usize) {}

    pub(super) fn finish(&self) {}
}
