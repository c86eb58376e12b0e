//! The guides for users of scikit-learn and of dask are complete: every estimator, transformer, split and score is in the
//! one, every construct that people use dask for in the other, and every row says what differs.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chunkfit::metrics::Scorer;

/// Public types that users of scikit-learn do not look for: each with the reason.
const NOT_IN_THE_GUIDE: [(&str, &str); 7] = [
    ("Glm", "goes by the names of its families"),
    ("NaiveBayes", "goes by the names of its event models"),
    ("AveragedRounds", "is what `Averaged::rounds` gives"),
    ("ChainedUntil", "is what `Chained::early_stopping` gives"),
    ("ClassRow", "is a row of what a custom scorer is given"),
    ("CustomScorer", "is what `Scorer`'s constructors give"),
    ("ScoresIter", "iterates over `Scores`"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The lines of the guide for users of scikit-learn.
fn guide() -> Vec<String> {
    page("from_scikit_learn")
}

/// The lines of a page of the guide, in however many files it is.
fn page(name: &str) -> Vec<String> {
    let one = root().join(format!("guide/{name}.rs"));
    let files = if one.is_file() { vec![one] } else { rust_files(&root().join("guide").join(name)) };
    let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
    texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let nested = entries.map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    nested.flatten().filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

/// The lines of all files of a folder of the library.
fn lines_of(folder: &str) -> Vec<String> {
    let texts = rust_files(&root().join(folder)).into_iter().map(|file| fs::read_to_string(file).unwrap());
    texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The name that begins the text.
fn name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// What follows a prefix in some lines: a name each.
fn names_after<'a>(lines: &'a [String], prefix: &'a str) -> impl Iterator<Item = String> + 'a {
    lines.iter().filter_map(move |line| line.strip_prefix(prefix)).map(name)
}

/// Estimators and transformers: whatever has parameters of its own, and the names that generic models go by.
fn with_parameters() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for folder in ["bayes", "cluster", "decomposition", "linear", "preprocessing", "text"] {
        let lines = lines_of(folder);
        let params = names_after(&lines, "pub struct ").filter(|name| !name.ends_with("ValidParams"));
        found.extend(params.filter_map(|name| name.strip_suffix("Params").map(str::to_owned)));
        let aliases = lines.iter().filter(|line| line.contains("= Glm<") || line.contains("= NaiveBayes<"));
        found.extend(aliases.filter_map(|line| line.strip_prefix("pub type ")).map(name));
    }
    found
}

/// Everything that fits chunks, by the implementations of `FitChunks`.
fn combinators() -> BTreeSet<String> {
    let lines = lines_of("combine");
    let fits = lines.iter().filter(|line| line.starts_with("impl<") && line.contains(" FitChunks<"));
    fits.filter_map(|line| line.split_once(" for ")).map(|(_, of)| name(of)).filter(|name| !name.is_empty()).collect()
}

/// Splits, and the functions that split.
fn splits() -> BTreeSet<String> {
    let lines = lines_of("model_selection");
    let types = lines.iter().filter(|line| line.starts_with("impl<") && line.contains(" Split<"));
    let types = types.filter_map(|line| line.split_once(" for ")).map(|(_, of)| name(of));
    let functions = lines_of("chunks");
    let functions = names_after(&functions, "pub fn ").filter(|name| name.ends_with("_split"));
    types.chain(functions).collect()
}

/// Public types of the metrics that hold counts, by their `merge`, and what searches go by.
fn metrics() -> BTreeSet<String> {
    let lines = lines_of("metrics");
    let types = names_after(&lines, "pub struct ").filter(|name| !name.starts_with('_'));
    types.chain(["Scorer".to_owned(), "Average".to_owned()]).collect()
}

#[test]
fn every_name_is_in_the_guide() {
    let text = guide().join("\n");
    let (with_parameters, combinators) = (with_parameters(), combinators());
    assert!(with_parameters.len() >= 28, "does this test still find them? {with_parameters:?}");
    assert!(combinators.len() >= 8, "does this test still find them? {combinators:?}");
    let (splits, metrics) = (splits(), metrics());
    assert!(splits.len() >= 8 && metrics.len() >= 8, "does this test still find them? {splits:?} {metrics:?}");
    let all: BTreeSet<String> = [with_parameters, combinators, splits, metrics].into_iter().flatten().collect();
    let excused = |name: &str| NOT_IN_THE_GUIDE.iter().any(|(other, _)| *other == name);
    let linked = |name: &str| text.contains(&format!("[`{name}`]")) || text.contains(&format!("[`{name}::"));
    let missing: Vec<_> = all.iter().filter(|name| !linked(name) && !excused(name)).collect();
    assert!(missing.is_empty(), "rows for these are missing in the guide: {missing:?}");
    let idle: Vec<_> = NOT_IN_THE_GUIDE.iter().filter(|(name, _)| !all.contains(*name) || linked(name)).collect();
    assert!(idle.is_empty(), "these need no excuse: {idle:?}");
}

#[test]
fn every_scorer_is_in_the_guide() {
    let text = guide().join("\n");
    let missing: Vec<_> =
        Scorer::ALL.into_iter().filter(|scorer| !text.contains(&format!("`{}`", scorer.name()))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The cells of a row of a table.
fn cells(row: &str) -> Vec<&str> {
    let inside = row.trim().strip_prefix('|').and_then(|row| row.strip_suffix('|'));
    inside.unwrap_or_else(|| panic!("not a whole row: {row}")).split('|').map(str::trim).collect()
}

/// The rows of all tables of a page, their heads included. The last column of each table says what differs, and no cell is
/// empty.
fn checked_rows(page: &[String]) -> Vec<Vec<&str>> {
    let rows: Vec<&str> =
        page.iter().filter_map(|line| line.strip_prefix("//! ")).filter(|row| row.starts_with('|')).collect();
    let (mut columns, mut checked) = (0, Vec::new());
    for (at, row) in rows.iter().enumerate() {
        let row = cells(row);
        let heads = rows.get(at + 1).is_some_and(|next| next.starts_with("|---"));
        if heads {
            columns = row.len();
            assert_eq!(row.last(), Some(&"what differs"), "the last column of {row:?}");
        }
        assert_eq!(row.len(), columns, "cells of {row:?}");
        assert!(row.iter().all(|cell| !cell.is_empty()), "an empty cell: {row:?}");
        checked.push(row);
    }
    checked
}

#[test]
fn every_row_says_what_differs() {
    for (name, least) in [("from_scikit_learn", 80), ("from_dask", 30)] {
        let page = page(name);
        let rows = checked_rows(&page);
        assert!(rows.len() > least, "only {} rows were found in {name}: does this test still read them?", rows.len());
    }
}

/// Constructs of dask, dask-ml and dask-learn that tutorials of them show.
const OF_DASK: [&str; 63] = [
    "Bag",
    "Array",
    "DataFrame",
    "Delayed",
    "Future",
    "Client",
    "LocalCluster",
    "compute",
    "persist",
    "visualize",
    "ProgressBar",
    "Profiler",
    "ResourceProfiler",
    "dashboard",
    "from_sequence",
    "map",
    "filter",
    "fold",
    "foldby",
    "groupby",
    "take",
    "from_pandas",
    "npartitions",
    "apply",
    "meta",
    "delayed",
    "submit",
    "as_completed",
    "cancel",
    "n_workers",
    "threads_per_worker",
    "memory_limit",
    "num_workers",
    "distributed",
    "Kubernetes",
    "YARN",
    "S3",
    "Incremental",
    "ParallelPostFit",
    "GridSearchCV",
    "train_test_split",
    "make_classification",
    "HashingVectorizer",
    "Pipeline",
    "Chained",
    "Averaged",
    "Matrix",
    "from_bag",
    "Keras",
    "joblib",
    "files",
    "ids",
    "reshape",
    "slices",
    "transpose",
    "dot",
    "min",
    "max",
    "mean",
    "to_datetime",
    "read_json",
    "to_json",
    "rechunk",
];

#[test]
fn every_construct_of_dask_is_in_its_guide() {
    let page = page("from_dask");
    let rows = checked_rows(&page);
    let names: BTreeSet<String> = rows.iter().flat_map(|row| words(row[0])).collect();
    let missing: Vec<_> = OF_DASK.iter().filter(|name| !names.contains(**name)).collect();
    assert!(missing.is_empty(), "rows for these are missing in the guide: {missing:?}");
    let distinct: BTreeSet<_> = OF_DASK.iter().collect();
    assert_eq!(distinct.len(), OF_DASK.len(), "a name is listed twice");
}

/// The words of a text, in which letters, digits and underscores stand.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).map(str::to_owned).collect()
}

/// Every section of code has dask's line above ours.
#[test]
fn the_code_of_the_guide_for_users_of_dask_shows_both_sides() {
    let page = page("from_dask");
    let (mut blocks, mut inside, mut shown) = (0, false, false);
    for line in &page {
        let line = line.trim_start_matches("//!").trim();
        if line.starts_with("```") {
            assert!(!inside || shown, "block {blocks} does not show dask's side");
            (inside, shown) = (!inside, false);
            blocks += usize::from(inside);
        }
        shown |= line.starts_with("// ");
    }
    assert!(blocks >= 9, "only {blocks} blocks were found: does this test still read them?");
}
