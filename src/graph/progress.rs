//! A progress bar, where one is wanted and can be seen.

#[cfg(feature = "progress")]
pub(super) struct Progress(indicatif::ProgressBar);

#[cfg(feature = "progress")]
impl Progress {
    /// A bar over so many tasks; silent unless wanted and standard error is a terminal.
    pub(super) fn new(wanted: bool, tasks: usize) -> Self {
        use indicatif::{ProgressBar, ProgressStyle};
        if !wanted {
            return Progress(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} tasks {elapsed} (about {eta} left)")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        Progress(ProgressBar::new(tasks as u64).with_style(style))
    }

    pub(super) fn task_done(&self, again: bool) {
        if again {
            self.0.inc_length(1);
        }
        self.0.inc(1);
    }

    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

#[cfg(not(feature = "progress"))]
pub(super) struct Progress;

#[cfg(not(feature = "progress"))]
impl Progress {
    pub(super) fn new(_wanted: bool, _tasks: usize) -> Self {
        Progress
    }

    pub(super) fn task_done(&self, _again: bool) {}

    pub(super) fn finish(&self) {}
}
