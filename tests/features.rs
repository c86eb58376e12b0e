//! The table of features in `lib.rs` says what `Cargo.toml` says, and the code asks for no other feature.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `Cargo.toml` says of a feature.
#[derive(Debug, Default, PartialEq)]
struct Feature {
    is_default: bool,
    /// Optional dependencies and other features that it turns on.
    turns_on: BTreeSet<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The features as cargo itself reads them.
fn declared() -> BTreeMap<String, Feature> {
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(root());
    let said = cargo.output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let said: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    let package = said["packages"].as_array().unwrap().iter().find(|package| package["name"] == "chunkfit").unwrap();
    let mut features: BTreeMap<String, BTreeSet<String>> = serde_json::from_value(package["features"].clone()).unwrap();
    let default = features.remove("default").unwrap();
    let feature = |(name, turns_on): (String, BTreeSet<String>)| {
        let turns_on = turns_on.iter().map(|entry| entry.trim_start_matches("dep:").to_owned()).collect();
        (name.clone(), Feature { is_default: default.contains(&name), turns_on })
    };
    features.into_iter().map(feature).collect()
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The rows of the table: the cells after the feature's name.
fn table() -> Vec<(String, [String; 4])> {
    let text = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let (_, section) = text.split_once("//! # Features\n").unwrap();
    let lines = section.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let rows = lines.filter(|line| line.starts_with("| `"));
    let row = |line: &str| {
        let cells: Vec<String> = line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        let [name, others @ ..] = &cells[..] else { panic!("{line}") };
        (name.trim_matches('`').to_owned(), others.to_vec().try_into().expect(line))
    };
    rows.map(row).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let nested = entries.map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] });
    nested.flatten().filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

/// The features that a line asks for.
fn asked(line: &str) -> impl Iterator<Item = &str> {
    let is_condition = line.contains("cfg");
    let named = line.split("feature = \"").skip(1).map(|rest| rest.split('"').next().unwrap());
    named.filter(move |_| is_condition)
}

/// The names of a public module, or of the items that are re-exported, each with the module that they lie in.
fn public_items(line: &str) -> Vec<(Option<&str>, &str)> {
    let item = line.trim().strip_prefix("pub mod ").or_else(|| line.trim().strip_prefix("pub use "));
    let Some(item) = item.and_then(|item| item.strip_suffix(';')) else { return Vec::new() };
    let (path, names) = item.rsplit_once("::").unwrap_or(("", item));
    let module = path.rsplit("::").next().filter(|module| !module.is_empty());
    names.trim_matches(['{', '}']).split(',').map(|name| (module, name.trim())).collect()
}

#[test]
fn the_table_has_every_feature_once_as_cargo_knows_it() {
    let mut rows = BTreeMap::new();
    for (name, [default, gives, _, dependencies]) in table() {
        assert!(default == "yes" || default == "no", "{name}: {default}");
        assert!(!gives.is_empty(), "{name} gives nothing");
        let turns_on = quoted(&dependencies).map(str::to_owned).collect();
        let row = Feature { is_default: default == "yes", turns_on };
        assert!(rows.insert(name.clone(), row).is_none(), "{name} is there twice");
    }
    assert_eq!(rows, declared());
}

#[test]
fn the_code_asks_for_no_other_feature_and_the_table_names_the_items_that_need_one() {
    let (declared, table) = (declared(), BTreeMap::from_iter(table()));
    let mut seen = BTreeSet::new();
    let mut n_items = 0;
    for file in rust_files(&root().join("src")) {
        let text = fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for (i, line) in lines.iter().enumerate() {
            for name in asked(line) {
                assert!(declared.contains_key(name), "{}: there is no feature {name}", file.display());
                seen.insert(name.to_owned());
                for (module, item) in lines.get(i + 1).map_or(Vec::new(), |next| public_items(next)) {
                    n_items += 1;
                    let last = |path: &str| path.rsplit("::").next().map(str::to_owned);
                    let row: Vec<_> = quoted(&table[name][2]).filter_map(last).collect();
                    let named = row.iter().any(|named| named == item || Some(named.as_str()) == module);
                    assert!(named, "{}: the row of {name} does not name {item}", file.display());
                }
            }
        }
    }
    assert_eq!(seen, declared.into_keys().collect(), "a feature that no code asks for");
    assert!(n_items >= 10, "only {n_items} public items were found: does this test still read them?");
}
