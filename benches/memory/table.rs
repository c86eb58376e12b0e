//! The table: the cells, and how they are written down.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::Path;

use serde::Serialize;
use serde_json::json;

use crate::cell::Outcome;

/// The limit that is wide enough for all, in MiB.
pub const WIDE: usize = 2048;

/// The limits whose speeds are compared, in MiB.
pub const COMPARED: [usize; 2] = [128, WIDE];

/// The peak may be above the limit by so many MiB.
const SLACK_MIB: f64 = 16.0;

/// A format under a limit on so many threads.
#[derive(Serialize)]
pub struct Cell {
    pub format: String,
    /// Rows that were written.
    pub rows: usize,
    pub limit_mib: usize,
    pub threads: usize,
    pub outcomes: Vec<Outcome>,
}

impl Cell {
    /// The highest peak of all runs.
    fn peak_mib(&self) -> Option<f64> {
        self.outcomes.iter().filter_map(|outcome| outcome.peak_mib).max_by(f64::total_cmp)
    }

    fn seconds(&self) -> f64 {
        median(self.outcomes.iter().map(|outcome| outcome.seconds).collect())
    }

    fn error(&self) -> Option<&str> {
        self.outcomes.iter().find_map(|outcome| outcome.result.as_ref().err().map(String::as_str))
    }

    fn is_above(&self) -> bool {
        self.peak_mib().is_none_or(|peak| peak > self.limit_mib as f64 + SLACK_MIB)
    }

    /// The peak and the seconds; an asterisk for a peak above the limit.
    fn short(&self) -> String {
        let mark = if self.is_above() { "**\\***" } else { "" };
        let peak = self.peak_mib().map_or("?".to_owned(), |peak| format!("{peak:.0}"));
        let seconds = if self.error().is_some() { "error".to_owned() } else { format!("{:.1} s", self.seconds()) };
        format!("{peak}{mark}, {seconds}")
    }

    /// The same with the error.
    pub fn line(&self) -> String {
        let error = self.error().map(|error| format!(": {error}"));
        format!("{}{}", self.short(), error.unwrap_or_default())
    }
}

/// All cells that were measured.
#[derive(Serialize)]
pub struct Report {
    mb: u64,
    chunk_mib: f64,
    cores: usize,
    cells: Vec<Cell>,
}

impl Report {
    pub fn new(mb: u64, chunk_mib: f64) -> Self {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        Report { mb, chunk_mib, cores, cells: Vec::new() }
    }

    pub fn push(&mut self, cell: Cell) {
        self.cells.push(cell);
    }

    /// The cells of each format and number of threads, in the order of their measurement.
    fn rows(&self) -> impl Iterator<Item = &[Cell]> {
        self.cells.chunk_by(|a, b| (&a.format, a.threads) == (&b.format, b.threads))
    }

    /// Every format has given all its rows and the same model everywhere.
    ///
    /// # Panics
    /// If it has not.
    pub fn assert_equal_results(&self) {
        for cells in self.cells.chunk_by(|a, b| a.format == b.format) {
            let outcomes = cells.iter().flat_map(|cell| &cell.outcomes);
            let results: BTreeSet<&String> = outcomes.filter_map(|outcome| outcome.result.as_ref().ok()).collect();
            assert!(results.len() <= 1, "{}: not the same work: {results:?}", cells[0].format);
            let rows = format!("{} rows,", cells[0].rows);
            assert!(
                results.iter().all(|result| result.starts_with(&rows)),
                "{rows} were written, and read {results:?}"
            );
        }
    }

    /// Writes `NAME.json` and `NAME.md` to the folder of results.
    pub fn write(&self, name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("results");
        let write = |ending: &str, text: String| {
            let file = folder.join(format!("{name}.{ending}"));
            fs::write(&file, text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            println!("Written: {}", file.display());
        };
        write("json", format!("{:#}\n", json!(self)));
        write("md", format!("{self}"));
    }
}

/// Speed under the limits that are compared: the median of the ratios of runs in turns.
fn ratio(cells: &[Cell]) -> Option<f64> {
    let [narrow, wide] = COMPARED.map(|limit| cells.iter().find(|cell| cell.limit_mib == limit));
    let (narrow, wide) = (narrow?, wide?);
    if narrow.error().is_some() || wide.error().is_some() {
        return None;
    }
    let pairs = narrow.outcomes.iter().zip(&wide.outcomes);
    Some(median(pairs.map(|(narrow, wide)| wide.seconds / narrow.seconds).collect()))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The table in Markdown.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chunks =
            if self.chunk_mib > 0.0 { format!("{} MiB", self.chunk_mib) } else { "the default size".to_owned() };
        writeln!(
            f,
            "Peak resident memory in MiB and seconds of a process that reads {} MB, hashes the text to 2^20 columns and \
             learns by SGD, in chunks of {chunks}, on {} cores, by the format, the number of threads and the memory \
             limit. An asterisk marks a peak more than {SLACK_MIB} MiB above the limit. Speed: {} MiB by {} MiB, of runs \
             in turns.\n",
            self.mb, self.cores, COMPARED[0], COMPARED[1]
        )?;
        let mut limits: Vec<usize> = Vec::new();
        self.cells.iter().for_each(|cell| {
            if !limits.contains(&cell.limit_mib) {
                limits.push(cell.limit_mib);
            }
        });
        let names: String = limits.iter().map(|limit| format!(" {limit} MiB |")).collect();
        writeln!(f, "| format | threads |{names} speed |\n|---|---|{}---|", "---|".repeat(limits.len()))?;
        for cells in self.rows() {
            let columns: String = cells.iter().map(|cell| format!(" {} |", cell.short())).collect();
            let ratio = ratio(cells).map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
            writeln!(f, "| {} | {} |{columns} {ratio} |", cells[0].format, cells[0].threads)?;
        }
        let above = self.cells.iter().filter(|cell| cell.is_above()).count();
        let errors: Vec<&Cell> = self.cells.iter().filter(|cell| cell.error().is_some()).collect();
        writeln!(f, "\n{} cells; {above} above the limit, {} errors.", self.cells.len(), errors.len())?;
        for cell in errors {
            let error = cell.error().unwrap_or_default().replace('\n', " ");
            writeln!(f, "- {}, threads: {}, limit: {} MiB: {error}", cell.format, cell.threads, cell.limit_mib)?;
        }
        Ok(())
    }
}
