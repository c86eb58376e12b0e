//! Summary of a run: counts, times and warnings of its tasks.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::time_account::{AccountId, TimeAccount};
use super::units;
use super::warning::Warning;
use crate::error::shown;

/// The summary of a run: how many tasks of which kind, how long they took, what their values held.
///
/// Printed, it is a table of the kinds of tasks, and the warnings:
///
/// ```
/// use chunkfit::prelude::*;
///
/// # let chunk = |_| linfa::DatasetBase::new(ndarray::array![[0.0], [1.0]], ndarray::array![false, true]);
/// # let data = Chunks::from_memory((0..5).map(chunk));
/// let fit = Chained::new(SgdClassifier::params()).epochs(2).fit(&data);
/// let run = Runtime::new().run(&fit)?;
/// println!("{}", run.summary);
/// # assert!(run.summary.to_string().contains("partial_fit"), "{}", run.summary);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// The kinds of tasks, in the order in which they were first planned.
    pub stages: Vec<Stage>,
    /// The threads that ran them.
    pub threads: usize,
    /// The time from the first task to the last.
    pub elapsed: Duration,
    /// The most bytes that measured values ever held at once.
    pub peak_bytes: usize,
    /// Reasons to doubt values that were made, or read from the checkpoint, in the order in which a
    /// single thread would have made them.
    pub warnings: Vec<Warning>,
    /// The time booked on each account, in the order of their numbers.
    pub(super) accounts: Vec<(AccountId, Duration)>,
}

/// The tasks of one name and display name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stage {
    /// The tasks' name, e.g. `vectorize`.
    pub name: String,
    /// The display name that tells them from others of that name, e.g. the model's.
    pub display_name: Option<Arc<str>>,
    /// The number of runs of its tasks.
    pub runs: usize,
    /// The number of these runs that made a value again that had been dropped.
    pub reruns: usize,
    /// The number of times a value was read from the checkpoint instead.
    pub restored: usize,
    /// The number of times a value was written to the checkpoint.
    pub kept: usize,
    /// The number of times a value was read from the chunk cache instead.
    pub loaded: usize,
    /// The number of times a value was written to the chunk cache.
    pub cached: usize,
    /// The number of values that tasks of other submissions of the session have made.
    pub shared: usize,
    /// The rows in their values, where those are chunks; reruns do not count again.
    pub rows: usize,
    /// Time spent in all of that, summed over threads.
    pub busy: Duration,
}

impl Summary {
    /// The number of times a task of this name ran, under any display name.
    pub fn runs(&self, name: &str) -> usize {
        self.named(name).map(|stage| stage.runs).sum()
    }

    /// The number of rows that the values of tasks of this name held, those made again counted once: of a
    /// source how many were read. Values that are no chunks, such as models, have none.
    pub fn rows(&self, name: &str) -> usize {
        self.named(name).map(|stage| stage.rows).sum()
    }

    /// The number of times a task ran again because its value had been dropped.
    pub fn reruns(&self) -> usize {
        self.stages.iter().map(|stage| stage.reruns).sum()
    }

    /// The number of times a value was read from the checkpoint, and its task did not run.
    pub fn restored(&self) -> usize {
        self.stages.iter().map(|stage| stage.restored).sum()
    }

    /// The number of times a value was written to the checkpoint.
    pub fn kept(&self) -> usize {
        self.stages.iter().map(|stage| stage.kept).sum()
    }

    /// The number of times a value was read from the chunk cache, and its task did not run.
    pub fn loaded(&self) -> usize {
        self.stages.iter().map(|stage| stage.loaded).sum()
    }

    /// The number of times a value was written to the chunk cache.
    pub fn cached(&self) -> usize {
        self.stages.iter().map(|stage| stage.cached).sum()
    }

    /// The number of values that other submissions of the [session](super::Session) have made, and that no task of this
    /// one had to make.
    pub fn shared(&self) -> usize {
        self.stages.iter().map(|stage| stage.shared).sum()
    }

    /// Time spent in tasks of this name, summed over threads.
    pub fn busy(&self, name: &str) -> Duration {
        self.named(name).map(|stage| stage.busy).sum()
    }

    /// Time spent in tasks of this display name, summed over threads.
    pub fn busy_shown_as(&self, display_name: &str) -> Duration {
        self.stages
            .iter()
            .filter(|stage| stage.display_name.as_deref() == Some(display_name))
            .map(|stage| stage.busy)
            .sum()
    }

    /// Time spent in the tasks of this account, summed over threads.
    pub fn busy_on(&self, account: &TimeAccount) -> Duration {
        let place = self.accounts.binary_search_by_key(&account.id(), |&(id, _)| id);
        place.map_or(Duration::ZERO, |place| self.accounts[place].1)
    }

    /// The number of tasks that ran, those that ran again included.
    pub fn tasks(&self) -> usize {
        self.stages.iter().map(|stage| stage.runs).sum()
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &Stage> {
        self.stages.iter().filter(move |stage| stage.name == name)
    }
}

impl Stage {
    /// Name and display name, e.g. `partial_fit · sgd`.
    pub fn title(&self) -> String {
        title(&self.name, self.display_name.as_deref())
    }
}

/// The title of a stage where people read it. Its display name comes from elsewhere, and is escaped.
pub(super) fn title(name: &str, display_name: Option<&str>) -> String {
    let name = shown::value(name);
    display_name.map_or_else(|| name.to_string(), |display_name| format!("{name} · {}", shown::value(display_name)))
}

/// A line of totals; a table of the kinds of tasks, with columns for reruns, the checkpoint and the cache only where
/// there was something; the warnings, a line each. No line break at the end.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tasks, threads) = (units::counted(self.tasks(), "task"), units::counted(self.threads, "thread"));
        let (seconds, peak) = (self.elapsed.as_secs_f64(), units::bytes(self.peak_bytes));
        write!(f, "{tasks} in {seconds:.3} s on {threads}, {peak} held at most")?;
        if !self.stages.is_empty() {
            write_table(f, &self.table())?;
        }
        self.warnings.iter().try_for_each(|warning| write!(f, "\nwarning: {warning}"))
    }
}

/// A column of numbers: its name, and the number of a stage.
type Column = (&'static str, fn(&Stage) -> usize);

impl Summary {
    /// The cells of the table of stages, the header first.
    fn table(&self) -> Vec<Vec<String>> {
        let columns: [Column; 8] = [
            ("runs", |stage| stage.runs),
            ("rows", |stage| stage.rows),
            ("reruns", |stage| stage.reruns),
            ("restored", |stage| stage.restored),
            ("kept", |stage| stage.kept),
            ("loaded", |stage| stage.loaded),
            ("cached", |stage| stage.cached),
            ("shared", |stage| stage.shared),
        ];
        let occurs = |of: fn(&Stage) -> usize| self.stages.iter().any(|stage| of(stage) > 0);
        let columns: Vec<_> = columns.into_iter().filter(|(name, of)| *name == "runs" || occurs(*of)).collect();
        let mut header = vec!["task".to_owned()];
        header.extend(columns.iter().map(|(name, _)| (*name).to_owned()));
        header.push("seconds".to_owned());
        let line = |stage: &Stage| {
            let mut cells = vec![stage.title()];
            cells.extend(columns.iter().map(|(_, of)| units::count(of(stage))));
            cells.push(format!("{:.3}", stage.busy.as_secs_f64()));
            cells
        };
        [header].into_iter().chain(self.stages.iter().map(line)).collect()
    }
}

/// The lines, the first column to the left and the others to the right.
fn write_table(f: &mut fmt::Formatter<'_>, lines: &[Vec<String>]) -> fmt::Result {
    let width =
        |column: usize| lines.iter().filter_map(|line| Some(line.get(column)?.chars().count())).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines.first().map_or(0, Vec::len)).map(width).collect();
    for line in lines {
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            match column {
                0 => write!(f, "\n{cell:<width$}")?,
                _ => write!(f, "  {cell:>width$}")?,
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_printed_as_a_table_and_its_warnings() {
        let stage = |name: &str, runs, rows, loaded| Stage {
            name: name.to_owned(),
            runs,
            rows,
            loaded,
            busy: Duration::from_millis(1500),
            ..Stage::default()
        };
        let warning = Warning { task: "fit".to_owned(), display_name: None, message: "no end".to_owned() };
        let summary = Summary {
            stages: vec![stage("read", 12, 34_567, 0), stage("fit", 1, 0, 2)],
            threads: 2,
            elapsed: Duration::from_millis(2250),
            peak_bytes: 1536,
            warnings: vec![warning.clone()],
            ..Summary::default()
        };
        let lines = [
            "13 tasks in 2.250 s on 2 threads, 1.5 KiB held at most",
            "task  runs    rows  loaded  seconds",
            "read    12  34,567       0    1.500",
            "fit      1       0       2    1.500",
            &format!("warning: {warning}"),
        ];
        assert_eq!(summary.to_string(), lines.join("\n"));
        assert_eq!(Summary::default().to_string(), "0 tasks in 0.000 s on 0 threads, 0 B held at most");
    }
}
