//! Golden values from scikit-learn 1.9 and pandas 3.
//!
//! They stand in `tests/golden/`, or in the folder that `GOLDEN_DIR` names: the same tests then
//! run on values made with another seed.
#![allow(clippy::unwrap_used)] // clippy knows tests, not their helpers

use std::path::{Path, PathBuf};

use chunkfit::data::{Csr, Rows};
use serde_json::Value;

#[path = "golden/bayes.rs"]
mod bayes;
#[path = "golden/calibration.rs"]
mod calibration;
#[path = "golden/categorical_nb.rs"]
mod categorical_nb;
#[path = "golden/cluster.rs"]
mod cluster;
#[path = "golden/decomposition.rs"]
mod decomposition;
#[path = "golden/elastic_net.rs"]
mod elastic_net;
#[path = "golden/glm.rs"]
mod glm;
#[path = "golden/logistic.rs"]
mod logistic;
#[path = "golden/logistic_l1.rs"]
mod logistic_l1;
#[path = "golden/metrics.rs"]
mod metrics;
#[path = "golden/multilabel.rs"]
mod multilabel;
#[path = "golden/nearest_centroid.rs"]
mod nearest_centroid;
#[path = "golden/preprocessing.rs"]
mod preprocessing;
#[path = "golden/reports.rs"]
mod reports;
#[path = "golden/ridge_classifier.rs"]
mod ridge_classifier;
#[path = "golden/scorers.rs"]
mod scorers;
#[path = "golden/sgd.rs"]
mod sgd;
#[path = "golden/sgd_one_class_svm.rs"]
mod sgd_one_class_svm;
#[path = "golden/sgd_parts.rs"]
mod sgd_parts;
#[path = "golden/sgd_small.rs"]
mod sgd_small;
#[path = "golden/statistics.rs"]
mod statistics;
#[path = "golden/svmlight.rs"]
mod svmlight;
#[path = "golden/text.rs"]
mod text;
#[path = "golden/formats/text/text_files.rs"]
mod text_files;
#[path = "golden/tfidf.rs"]
mod tfidf;

/// The files that a test reads.
const READ: &[&str] = &[
    "calibration.json",
    "categorical_nb.json",
    "cluster.json",
    "decomposition.json",
    "elastic_net.json",
    "feature_hasher.json",
    "glm.json",
    "hashing_vectorizer.json",
    "hashing_vectorizer_bytes.json",
    "logistic_l1.json",
    "logistic_regression.json",
    "metrics.json",
    "multilabel.json",
    "murmur3_32.json",
    "naive_bayes.json",
    "nearest_centroid.json",
    "perceptron_passive_aggressive.json",
    "preprocessing.json",
    "ridge_classifier.json",
    "scorers.json",
    "sgd_classifier.json",
    "sgd_one_class_svm.json",
    "sgd_parts.json",
    "sgd_regressor.json",
    "sgd_small.json",
    "statistics.json",
    "svmlight.json",
    "tfidf.json",
];

/// The files whose scripts stand beside them: where `GOLDEN_DIR` has none, the repository's own are read.
const BESIDE_THEIR_SCRIPTS: &[&str] = &[
    "calibration.json",
    "categorical_nb.json",
    "cluster.json",
    "decomposition.json",
    "elastic_net.json",
    "glm.json",
    "logistic_l1.json",
    "multilabel.json",
    "nearest_centroid.json",
    "preprocessing.json",
    "ridge_classifier.json",
    "scorers.json",
    "sgd_one_class_svm.json",
    "sgd_parts.json",
    "sgd_small.json",
    "statistics.json",
];

fn folder() -> PathBuf {
    std::env::var_os("GOLDEN_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"), PathBuf::from)
}

/// The cases of one golden file.
fn cases(name: &str) -> Vec<Value> {
    assert!(READ.contains(&name), "{name} is not listed as read");
    let mut path = folder().join(name);
    if BESIDE_THEIR_SCRIPTS.contains(&name) && !path.exists() {
        path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    }
    let json = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&json).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A JSON array of numbers.
fn floats(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|x| x.as_f64().expect("a number")).collect()
}

/// Sparse rows written as `[[column, value], ...]`.
fn sparse_rows(value: &Value) -> Vec<Vec<(u32, f64)>> {
    let pair = |p: &Value| (p[0].as_u64().expect("a column") as u32, p[1].as_f64().expect("a value"));
    let row = |r: &Value| r.as_array().expect("a row").iter().map(pair).collect();
    value.as_array().expect("rows").iter().map(row).collect()
}

/// The rows are those of a golden file to 1e-12.
fn assert_rows(found: &Csr<f64>, expected: &Value, case: &str) {
    let expected = sparse_rows(expected);
    assert_eq!(found.n_rows(), expected.len(), "{case}");
    for (i, ((columns, values), expected)) in found.view().iter().zip(expected).enumerate() {
        let expected_columns: Vec<u32> = expected.iter().map(|&(column, _)| column).collect();
        assert_eq!(columns, expected_columns, "row {i} of {case}");
        for (found, (column, expected)) in values.iter().zip(expected) {
            assert!((found - expected).abs() <= 1e-12, "row {i} column {column} of {case}: {found} for {expected}");
        }
    }
}

/// Every file in the folder is read by a test.
#[test]
fn every_file_is_read() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".json") {
            assert!(READ.contains(&&*name), "{name} is not read");
        }
    }
}
