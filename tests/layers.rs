//! The layers run one way: a module imports only from those below it.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

use std::fs;
use std::path::{Path, PathBuf};

/// Lowest first; modules on one line stand side by side and may not import each other.
const LAYERS: [&[&str]; 8] = [
    &["arrow", "error", "sealed"],
    &["data", "files"],
    &["graph", "metrics", "persist", "statistics"],
    &["chunks", "estimator"],
    &["text", "linear", "preprocessing", "bayes", "calibration", "cluster", "decomposition"],
    &["combine", "sources"],
    &["model_selection", "sinks"],
    &["datasets", "diagnostics", "distributed", "guide", "predictor", "testing"],
];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let nested = entries.map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    nested.flatten().filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

/// The modules named in `crate::a` and `crate::{a::…, b::…}`, with the line.
fn imports(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in source.lines().enumerate() {
        let code = line.split("//").next().unwrap_or("");
        for (at, _) in code.match_indices("crate::") {
            let rest = &code[at + "crate::".len()..];
            if let Some(group) = rest.strip_prefix('{') {
                let mut depth = 0;
                let heads = group.split(|c| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    c == ',' && depth == 0
                });
                found.extend(heads.map(|head| (number + 1, word(head.trim()))));
            } else {
                found.push((number + 1, word(rest)));
            }
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// What `lib.rs` re-exports at the root belongs to the layer it comes from.
fn home(name: &str) -> &str {
    match name {
        "Error" | "ErrorKind" | "Place" | "Result" => "error",
        "Lazy" | "Runtime" => "graph",
        "Chunks" => "chunks",
        other => other,
    }
}

/// The algorithms, in memory and single-threaded.
const ALGORITHMS: usize = 4;

/// What the algorithms know nothing of, though it lies below them.
const NOT_FOR_ALGORITHMS: [&str; 3] = ["graph", "chunks", "files"];

#[test]
fn no_module_imports_from_a_higher_layer() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    for file in rust_files(&src) {
        let inside = file.strip_prefix(&src).unwrap();
        let module = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if matches!(module, "lib" | "prelude") {
            continue;
        }
        let own = layer(module).unwrap_or_else(|| panic!("{} belongs to no layer", file.display()));
        for (line, name) in imports(&fs::read_to_string(&file).unwrap()) {
            let name = home(&name);
            let other = layer(name).unwrap_or_else(|| panic!("{}:{line}: crate::{name}?", file.display()));
            seen += 1;
            assert!(other < own || name == module, "{}:{line}: {module} imports from {name}", file.display());
            let of_chunks = own == ALGORITHMS && NOT_FOR_ALGORITHMS.contains(&name);
            assert!(!of_chunks, "{}:{line}: {module}, an algorithm, imports from {name}", file.display());
        }
    }
    assert!(seen > 50, "only {seen} imports were found: does this test still read them?");
}
