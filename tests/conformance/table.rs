//! The table of estimators and capabilities in the reference, which the list of subjects makes.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use chunkfit::testing::{Capability, Subject};

use super::subjects;

/// The subjects of each name, in the order of the list: one for each layout of rows.
fn families() -> Vec<(&'static str, Vec<&'static Subject>)> {
    let mut families: Vec<(&str, Vec<&Subject>)> = Vec::new();
    for subject in subjects() {
        match families.iter_mut().find(|(name, _)| *name == subject.family()) {
            Some((_, all)) => all.push(subject),
            None => families.push((subject.family(), vec![subject])),
        }
    }
    families
}

/// The table in Markdown: a row for each estimator, a column for each capability, and a numbered reason for each empty cell.
fn table() -> String {
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut list: Vec<String> = Vec::new();
    let mut text = String::from("| |");
    Capability::ALL.iter().for_each(|capability| write!(text, " {} |", capability.name()).unwrap());
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(Capability::ALL.len()));
    text.push('\n');
    for (name, subjects) in families() {
        write!(text, "| {name} |").unwrap();
        for capability in Capability::ALL {
            let has = subjects.iter().any(|subject| subject.has(capability));
            let cell = match has {
                true => "yes".to_owned(),
                false => {
                    let missing = || panic!("{name} is not {}, and there is no reason", capability.name());
                    let reason = subjects[0].gap(capability).unwrap_or_else(missing);
                    let number = *reasons.entry(reason.clone()).or_insert_with(|| {
                        list.push(reason);
                        list.len()
                    });
                    format!("[{number}](#why-not)")
                }
            };
            write!(text, " {cell} |").unwrap();
        }
        text.push('\n');
    }
    text.push_str("\n# Why not\n\n");
    list.iter().enumerate().for_each(|(i, reason)| writeln!(text, "{}. {reason}.", i + 1).unwrap());
    text
}

/// Made anew by `CHUNKFIT_UPDATE_TABLES=1 cargo test --all-features --test conformance table`.
#[test]
fn the_table_of_the_reference_is_that_of_the_list() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/guide/estimators.md");
    let made = table();
    if std::env::var_os("CHUNKFIT_UPDATE_TABLES").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(written == made, "src/guide/estimators.md is out of date: run this test with CHUNKFIT_UPDATE_TABLES=1");
}
