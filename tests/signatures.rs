//! Signatures stay short: bounds are supertraits of the contracts, not lists that every user of a contract repeats.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

use std::fs;
use std::path::{Path, PathBuf};

/// The most lines of a where-clause.
const MOST: usize = 4;

/// Files that spell out what elsewhere is [`chunkfit::data::Shared`].
const SPELT_OUT: [&str; 2] = [
    // The trait itself.
    "data/shared.rs",
    // Below `data`; and the bound of `std` for errors that others wrap.
    "error.rs",
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let nested = entries.map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    nested.flatten().filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

/// All files of the library: the path within `src`, and the text.
fn sources() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let source = |file: PathBuf| {
        let inside = file.strip_prefix(&src).unwrap().components();
        let names: Vec<_> = inside.map(|part| part.as_os_str().to_str().unwrap()).collect();
        (names.join("/"), fs::read_to_string(&file).unwrap())
    };
    let sources: Vec<_> = rust_files(&src).into_iter().map(source).collect();
    assert!(sources.len() > 300, "only {} files were found: does this test still read them?", sources.len());
    sources
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The where-clauses: the line of the word, and how many lines follow it. rustfmt gives the word a line of its own, and
/// indents the bounds.
fn where_clauses(source: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = source.lines().collect();
    let length = |at: usize| {
        let bounds = lines[at + 1..].iter().take_while(|line| indent(line) > indent(lines[at]));
        bounds.filter(|line| !line.trim_start().starts_with("//")).count()
    };
    let words = lines.iter().enumerate().filter(|(_, line)| line.trim() == "where");
    words.map(|(at, _)| (at + 1, length(at))).collect()
}

#[test]
fn where_clauses_are_counted() {
    let source = "fn f<T>()\nwhere\n    // Why.\n    T: A,\n    T: Into<\n        B,\n    >,\n{\n    g()\n}\n";
    assert_eq!(where_clauses(source), [(2, 4)]);
    assert_eq!(where_clauses("impl X {\n    fn f<T>()\n    where\n        T: A,\n    {\n    }\n}\n"), [(3, 1)]);
}

#[test]
fn no_where_clause_is_long() {
    let mut seen = 0;
    let mut long = Vec::new();
    for (file, source) in sources() {
        let clauses = where_clauses(&source);
        seen += clauses.len();
        let clauses = clauses.iter().filter(|(_, length)| *length > MOST);
        long.extend(clauses.map(|(line, length)| format!("src/{file}:{line}: {length} lines")));
    }
    assert!(seen > 100, "only {seen} where-clauses were found: does this test still read them?");
    assert!(long.is_empty(), "make bounds that users repeat supertraits of the contract:\n{}", long.join("\n"));
}

#[test]
fn what_threads_share_is_said_in_one_word() {
    let spelt_out = |(_, line): &(usize, &str)| {
        let code = line.split("//").next().unwrap_or("");
        code.contains("Send + Sync +") || code.contains("Sync + Send +")
    };
    let (mut lines, mut listed) = (Vec::new(), 0);
    for (file, source) in sources() {
        let found = source.lines().enumerate().filter(spelt_out).map(|(at, _)| format!("src/{file}:{}", at + 1));
        match SPELT_OUT.contains(&file.as_str()) {
            true => {
                listed += 1;
                assert!(found.count() > 0, "{file} does not spell it out: strike it");
            }
            false => lines.extend(found),
        }
    }
    assert_eq!(listed, SPELT_OUT.len(), "a file that is listed is gone: strike it");
    assert!(lines.is_empty(), "data::Shared says it in one word:\n{}", lines.join("\n"));
}
