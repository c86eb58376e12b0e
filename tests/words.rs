//! Doc comments begin with the term that a reader would search for.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

use std::fs;
use std::path::{Path, PathBuf};

/// Words that begin a riddle: the thing itself is named after them, or not at all.
const RIDDLES: [&str; 9] = ["What", "How", "Where", "Which", "Who", "Whose", "Whom", "Whether", "From"];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let nested = entries.map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    nested.flatten().filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src", "ballista/src"].map(|folder| root.join(folder));
    let files: Vec<PathBuf> =
        folders.iter().filter(|folder| folder.is_dir()).flat_map(|folder| rust_files(folder)).collect();
    files.into_iter().map(|file| (file.clone(), fs::read_to_string(file).unwrap())).collect()
}

fn is_riddle(text: &str) -> bool {
    let first: String = text.trim_start().chars().take_while(|c| c.is_alphanumeric()).collect();
    RIDDLES.contains(&&*first)
}

/// The numbers of lines that begin the doc comment of a public item, or of a part of a public trait or enum, and their
/// text.
fn public_docs(source: &str) -> Vec<(usize, &str)> {
    let lines: Vec<&str> = source.lines().collect();
    let (mut found, mut inside) = (Vec::new(), false);
    for (i, line) in lines.iter().enumerate() {
        inside = *line != "}" && (inside || line.starts_with("pub trait ") || line.starts_with("pub enum "));
        let Some(text) = line.trim_start().strip_prefix("/// ") else { continue };
        let begins = i == 0 || !lines[i - 1].trim_start().starts_with("///");
        let mut below = lines[i..].iter().map(|line| line.trim_start());
        let item = below.find(|line| !line.starts_with("///") && !line.starts_with('#'));
        if begins && (inside || item.is_some_and(|item| item.starts_with("pub "))) {
            found.push((i + 1, text));
        }
    }
    found
}

#[test]
fn module_headers_name_the_thing() {
    let sources = sources();
    let header = |source: &str| source.lines().next().and_then(|line| line.strip_prefix("//!")).map(is_riddle);
    let headers: Vec<_> = sources.iter().map(|(file, source)| (file, header(source))).collect();
    let bad: Vec<_> = headers.iter().filter(|(_, header)| *header != Some(false)).map(|(file, _)| file).collect();
    assert!(bad.is_empty(), "without a header, or it begins with one of {RIDDLES:?}: {bad:#?}");
    assert!(headers.len() > 400, "only {} modules were found", headers.len());
}

/// Folders whose public items are done.
const FOLDERS: [&str; 7] = ["linear", "combine", "estimator", "data", "model_selection", "graph", "testing"];

#[test]
fn docs_of_public_items_name_the_thing() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut bad, mut seen) = (Vec::new(), 0);
    for (file, source) in sources() {
        if FOLDERS.iter().any(|folder| file.starts_with(src.join(folder))) {
            for (line, text) in public_docs(&source) {
                seen += 1;
                if is_riddle(text) {
                    bad.push(format!("{}:{line}: {text}", file.display()));
                }
            }
        }
    }
    assert!(bad.is_empty(), "these begin with one of {RIDDLES:?}:\n{}", bad.join("\n"));
    assert!(seen > 500, "only {seen} items were found: does this test still read them?");
}
