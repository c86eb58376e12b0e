//! Predictions into files.

use std::fs;

use linfa::dataset::DatasetBase;

use super::{Law, trial};
use crate::chunks::Chunks;
use crate::graph::Runtime;
use crate::sinks::{Sink, Table};
use crate::testing::block::Block;
use crate::testing::capability::Capability;
use crate::testing::outcome::{Outcome, ensure};
use crate::testing::rows::{TestRows, TestTargets, chunks};

pub(super) const LAW: Law = Law {
    name: "into files",
    statement: "predictions are written as JSON lines and as CSV, a file for each chunk and a line for each row; of a chunk that \
                cannot be predicted there is no file",
    hold: |subject| trial::hold(subject, Capability::Sunk),
};

/// Lines of each file in a folder, in the order of their names; hidden files and marks left out.
fn lines(folder: &std::path::Path) -> std::io::Result<Vec<usize>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !name.starts_with(['.', '_']) {
            files.push(path);
        }
    }
    files.sort();
    files.iter().map(|file| Ok(fs::read_to_string(file)?.lines().count())).collect()
}

pub(in crate::testing) fn into_files<R, T>(
    blocks: &[Block],
    has_csv: bool,
    tables: impl Fn(&Chunks<DatasetBase<R, T>>) -> Chunks<Table>,
) -> Outcome
where
    R: TestRows,
    T: TestTargets,
{
    let (runtime, folder) = (Runtime::new().threads(2), tempfile::tempdir()?);
    let mut bad = blocks.to_vec();
    if let Some(last) = bad.last_mut() {
        *last = last.clone().with_value((1, 1), f64::NAN);
    }
    for (blocks, what) in [(blocks, "good"), (&bad[..], "bad")] {
        // Categories and words are never bad.
        if what == "bad" && !R::IS_OF_NUMBERS {
            continue;
        }
        let tables = tables(&chunks(blocks));
        let (json, csv) = (folder.path().join(format!("{what} json")), folder.path().join(format!("{what} csv")));
        let mut outcomes = vec![(Sink::json_lines(&json).rewrite().write(&tables, &runtime).map(drop), json, 0)];
        if has_csv {
            outcomes.push((Sink::csv(&csv).rewrite().write(&tables, &runtime).map(drop), csv, 1));
        }
        for (outcome, folder, header) in outcomes {
            let is_bad = what == "bad";
            ensure!(outcome.is_err() == is_bad, "{what} rows: {outcome:?}");
            let found = if folder.exists() { lines(&folder)? } else { Vec::new() };
            let expected: Vec<usize> = blocks.iter().map(|block| block.n_rows() + header).collect();
            ensure!(is_bad || found == expected, "files of {found:?} lines, where {expected:?} rows were predicted");
            ensure!(!is_bad || found.len() < expected.len(), "a file of rows that were not predicted");
        }
    }
    Ok(())
}
