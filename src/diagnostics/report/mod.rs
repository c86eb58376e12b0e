//! The HTML report of a run.
//!
//! `page` puts it together from its sections, which the page of a run that goes on has, too: `headline` (state and
//! numbers), `messages` (errors, warnings), `progress` (by kind of task), `stream` (threads over time), `resources` (CPU
//! and memory over time), `figures` (scores and losses), `sharing`. `bar` and `axis` draw what several sections have;
//! `own_table` is a table of the caller's.

mod axis;
mod bar;
mod figures;
mod headline;
mod messages;
mod own_table;
pub(super) mod page;
mod progress;
mod resources;
mod sharing;
mod stream;
#[cfg(test)]
mod tests;

use std::path::Path;

use self::own_table::Table;
use super::file::write_whole;
use crate::error::Result;
use crate::graph::{Profile, Run, Summary};

/// One HTML file about a run, which needs no network and no other file: totals, tables of the
/// caller's, threads over time, CPU and memory, time by kind of task, what was shared, the graph.
///
/// It is light or dark as the reader prefers, and fits a phone. What it shows over time needs a
/// run with [`Runtime::profile`](crate::Runtime::profile).
#[derive(Clone, Debug)]
#[must_use = "a report is nowhere until it is written"]
pub struct Report<'a> {
    title: String,
    run: Option<(&'a Summary, Option<&'a Profile>)>,
    tables: Vec<Table>,
}

impl<'a> Report<'a> {
    /// An empty report of this title.
    pub fn new(title: impl Into<String>) -> Self {
        Report { title: title.into(), run: None, tables: Vec::new() }
    }

    /// The run that it is about.
    pub fn run<T>(mut self, run: &'a Run<T>) -> Self {
        self.run = Some((&run.summary, run.profile.as_ref()));
        self
    }

    /// Adds a table, e.g. of scores, after those added before. Columns of numbers are aligned as
    /// such. No cell is taken for HTML.
    pub fn table<H, R, C>(mut self, title: impl Into<String>, headers: H, rows: R) -> Self
    where
        H: IntoIterator<Item: Into<String>>,
        R: IntoIterator<Item = C>,
        C: IntoIterator<Item: Into<String>>,
    {
        self.tables.push(Table {
            title: title.into(),
            headers: headers.into_iter().map(Into::into).collect(),
            rows: rows.into_iter().map(|row| row.into_iter().map(Into::into).collect()).collect(),
        });
        self
    }

    /// The report as HTML. Control characters, of which HTML has none, are shown as U+FFFD.
    pub fn to_html(&self) -> String {
        page::page(self).into_string()
    }

    /// Writes the report to a file, as a whole or not at all.
    ///
    /// # Errors
    /// [`ErrorKind::Io`](crate::ErrorKind::Io), with the path, where it cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write_whole(path.as_ref(), self.to_html().as_bytes())
    }
}
