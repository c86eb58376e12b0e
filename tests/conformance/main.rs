//! Every estimator of the crate, held to every law of [`chunkfit::testing`].
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

mod forgery;
mod mutants;
#[cfg(feature = "predictor")]
mod predictor;
mod subjects;
mod table;

use std::sync::OnceLock;

use chunkfit::testing::{Subject, hold, laws};

/// The one list, made once.
fn subjects() -> &'static [Subject] {
    static ALL: OnceLock<Vec<Subject>> = OnceLock::new();
    ALL.get_or_init(subjects::all)
}

/// Holds all subjects to one law; the message has every violation.
fn hold_all(name: &str) {
    let law = laws().iter().find(|law| law.name == name).unwrap_or_else(|| panic!("there is no law of {name:?}"));
    let violations: Vec<String> = subjects()
        .iter()
        .filter_map(|subject| hold(law, subject).err())
        .map(|violation| violation.to_string())
        .collect();
    assert!(violations.is_empty(), "{}\n{} violations: {}", violations.join("\n"), violations.len(), law.statement);
}

/// A test for each law, so that they run side by side and each is named where it fails.
macro_rules! laws {
    ($($test:ident: $law:literal;)*) => {
        $(#[test] fn $test() {
            hold_all($law);
        })*

        #[test]
        fn every_law_has_a_test() {
            let tested = [$($law),*];
            assert_eq!(laws().iter().map(|law| law.name).collect::<Vec<_>>(), tested);
        }
    };
}

laws! {
    threads: "threads";
    arrival: "arrival";
    trees: "trees";
    one_chunk: "one chunk";
    cuts: "cuts";
    empty_chunk: "empty chunk";
    one_row: "one row";
    one_class: "one class";
    zero_columns: "zero columns";
    constant_column: "constant column";
    non_finite_rows_learning: "non-finite rows, learning";
    non_finite_rows_using: "non-finite rows, using";
    columns: "columns";
    labels: "labels";
    targets: "targets";
    no_weight_at_all: "no weight at all";
    rows_of_weight_0: "rows of weight 0";
    bad_weights: "bad weights";
    repeated_rows: "repeated rows";
    overflow: "overflow";
    parameters: "parameters";
    round_trip: "round trip";
    shuffled: "shuffled";
    resumed: "resumed";
    figures: "figures";
    scored: "scored";
    searched: "searched";
    halved: "halved";
    stopped_early: "stopped early";
    per_group: "per group";
    into_files: "into files";
}
