//! Files written by pandas and scikit-learn are read as these read them, however they are cut.

use std::path::PathBuf;

use chunkfit::Runtime;
use chunkfit::data::{Csr, Keyed, Text};
use chunkfit::sources::{Csv, IndexBase, JsonLines, Reading, Svmlight};
use linfa::DatasetBase;
use ndarray::Array1;
use serde_json::{Value, json};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/formats/text")
}

fn files(format: &str) -> Vec<(PathBuf, Value)> {
    let expected = std::fs::read(folder().join("expected.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_slice(&expected).unwrap();
    let of_format = cases.into_iter().filter(|case| case["format"] == format);
    let files: Vec<_> = of_format.map(|case| (folder().join(case["file"].as_str().unwrap()), case)).collect();
    assert!(files.len() >= 3);
    files
}

/// Compressed files are read by a feature.
fn readable(format: &str) -> impl Iterator<Item = (PathBuf, Value)> {
    let compressed = |file: &PathBuf| matches!(file.extension().and_then(|ending| ending.to_str()), Some("gz" | "zst"));
    files(format).into_iter().filter(move |(file, _)| cfg!(feature = "compression") || !compressed(file))
}

/// The smallest, one that cuts files in many places, and the whole.
const CHUNK_BYTES: [u64; 3] = [1, 61, 1 << 20];

type Labelled = DatasetBase<Keyed<Text, String>, Array1<i32>>;

fn rows(reading: Reading<Labelled>) -> Vec<Value> {
    let chunks = Runtime::new().threads(2).compute(reading.chunks()).unwrap();
    let row = |chunk: &Labelled, i: usize| {
        let (id, text) = (&chunk.records.keys()[i], chunk.records.rows().get(i));
        json!([id, text, chunk.targets[i], chunk.weights[i].to_string()])
    };
    chunks.iter().flat_map(|chunk| (0..chunk.targets.len()).map(move |i| row(chunk, i))).collect()
}

/// Weights are `f32` here: by their shortest text they are those of the file.
fn expected(case: &Value) -> Vec<Value> {
    let rows = case["rows"].as_array().unwrap();
    rows.iter().map(|row| json!([row[0], row[1], row[2], row[3].as_f64().unwrap().to_string()])).collect()
}

#[test]
fn csv_of_pandas() {
    for (file, case) in readable("csv") {
        for chunk_bytes in CHUNK_BYTES {
            let delimiter = case["delimiter"].as_str().unwrap().as_bytes()[0];
            let mut csv = Csv::open(&file).unwrap().delimiter(delimiter).chunk_bytes(chunk_bytes).weight("weight");
            if case["header"] == false {
                csv = csv.columns(["id", "text", "label", "weight", "unused"]);
            }
            let found = rows(csv.keyed_text_and_label("id", "text", "label").unwrap());
            assert_eq!(found, expected(&case), "{} in chunks of {chunk_bytes}", file.display());
        }
    }
}

#[test]
fn json_lines_of_pandas() {
    for (file, case) in readable("json") {
        for chunk_bytes in CHUNK_BYTES {
            let json = JsonLines::open(&file).unwrap().chunk_bytes(chunk_bytes).weight("weight");
            let found = rows(json.keyed_text_and_label("id", "text", "label").unwrap());
            assert_eq!(found, expected(&case), "{} in chunks of {chunk_bytes}", file.display());
        }
    }
}

#[test]
fn svmlight_of_scikit_learn() {
    for (file, case) in files("svmlight") {
        let base = if case["zero_based"] == true { IndexBase::Zero } else { IndexBase::One };
        for chunk_bytes in CHUNK_BYTES {
            let svm = Svmlight::open(&file).unwrap().chunk_bytes(chunk_bytes);
            let chunks = svm.rows_and_labels::<f64, f64>(9, base).unwrap().chunks();
            let Some(expected) = case["rows"].as_array() else {
                let error = Runtime::new().compute(chunks).unwrap_err().to_string();
                assert!(error.contains("several labels"), "{error}");
                continue;
            };
            let found = Runtime::new().threads(2).compute(chunks).unwrap();
            let row = |chunk: &DatasetBase<Csr<f64>, Array1<f64>>, i: usize| {
                let (columns, values) = chunk.records.view().row(i);
                json!([chunk.targets[i], columns.iter().zip(values).map(|pair| json!(pair)).collect::<Vec<_>>()])
            };
            let found = found.iter().flat_map(|chunk| (0..chunk.targets.len()).map(move |i| row(chunk, i)));
            assert_eq!(found.collect::<Vec<_>>(), *expected, "{} in chunks of {chunk_bytes}", file.display());
            let Some(queries) = case["queries"].as_array() else { continue };
            let keyed = svm.rows_labels_and_queries::<f64, f64>(9, base).unwrap().chunks();
            let keyed = Runtime::new().threads(2).compute(keyed).unwrap();
            let found = keyed.iter().flat_map(|chunk| chunk.records.keys().iter().map(|&query| json!(query)));
            assert_eq!(found.collect::<Vec<_>>(), *queries, "{} in chunks of {chunk_bytes}", file.display());
        }
    }
}

/// Nothing lies in the folder that no test reads.
#[test]
fn every_file_of_the_folder_is_read() {
    let read: Vec<PathBuf> = ["csv", "json", "svmlight"].into_iter().flat_map(files).map(|(file, _)| file).collect();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let file = entry.unwrap().path();
        let ours =
            [".gitattributes", "expected.json", "make.py", "text_files.rs"].iter().any(|name| file.ends_with(name));
        assert!(ours || read.contains(&file), "{} is not read", file.display());
    }
}
