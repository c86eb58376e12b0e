//! What the kernels work on. All sizes are small: Valgrind is some fifty times slower than the processor.

use chunkfit::Runtime;
use chunkfit::data::{Float, Footprint, Rows, Text};
use chunkfit::estimator::{FitAverage, Weighting};
use chunkfit::graph::{Key, Lazy, Task};
use chunkfit::linear::{
    LogisticRegression, LogisticRegressionValidParams, LogisticState, Loss, SgdClassifier, SgdClassifierParams,
    SgdClassifierValidParams, SgdTeam,
};
use chunkfit::sources::JsonLines;
use chunkfit::text::{FeatureHasher, HashingVectorizer, HashingVectorizerParams};
use linfa::ParamGuard;
use linfa::traits::FitWith;

use crate::rows::{Chunk, rows};
use crate::text::{ASCII, documents};

pub const DOCUMENTS: usize = 100;
pub const ROWS: usize = 500;
pub const RECORDS: usize = 2_000;
pub const TASKS: u64 = 1_000;
/// Values in a row.
const VALUES: usize = 70;

pub const CYRILLIC: &str = "абвгдежзиклмнопрстуфхАБВ";

pub fn vectorizing(alphabet: &str, params: HashingVectorizerParams<f64>) -> (HashingVectorizer<f64>, Text) {
    (params.n_features(1 << 18).check().expect("valid parameters"), documents(alphabet, DOCUMENTS))
}

/// The words of documents, cut beforehand: hashing them is what is left to do.
pub fn names() -> (FeatureHasher<f64>, Vec<Vec<String>>) {
    let text = documents(ASCII, DOCUMENTS);
    let names = text.iter().map(|document| document.split_whitespace().map(str::to_owned).collect()).collect();
    (FeatureHasher::params().n_features(1 << 18).check().expect("valid parameters"), names)
}

pub fn chunk() -> Chunk<f64> {
    chunk_of(0)
}

fn chunk_of<F: Float>(seed: u64) -> Chunk<F> {
    rows(ROWS, VALUES, seed).expect("valid rows")
}

/// A model that has seen the chunk once: its weights are there, as in all chunks but the first.
pub struct Learning<F: Float> {
    pub params: SgdClassifierValidParams<bool>,
    pub model: SgdClassifier<F, bool>,
    pub chunk: Chunk<F>,
}

pub fn learning<F: Float>(loss: Loss) -> Learning<F> {
    let params = SgdClassifier::params().loss(loss).check().expect("valid parameters");
    let chunk = chunk_of(0);
    Learning { model: params.fit_with(None, &chunk).expect("finite rows"), params, chunk }
}

/// Six models that differ in loss and alpha, as a search trains them.
pub fn team() -> (SgdTeam<f64, bool>, Chunk<f64>) {
    let alphas = [1e-3, 1e-4, 1e-5];
    let params = [Loss::Hinge, Loss::LogLoss]
        .into_iter()
        .flat_map(|loss| alphas.map(|alpha| SgdClassifierParams::default().loss(loss).alpha(alpha)));
    let mut team = SgdTeam::new(params).expect("they fit together");
    let chunk = chunk();
    team.fit_chunk(&chunk).expect("finite rows");
    (team, chunk)
}

pub fn logistic() -> (LogisticRegressionValidParams<bool>, Chunk<f64>) {
    (LogisticRegression::params().check().expect("valid parameters"), chunk())
}

/// The states of so many chunks, weighed by curvature.
pub fn states(n: u64) -> Vec<LogisticState<bool>> {
    let params: LogisticRegressionValidParams<bool> = LogisticRegression::params().check().expect("valid parameters");
    (0..n).map(|seed| params.fit_state(&chunk_of::<f64>(seed), Weighting::Curvature).expect("a fit")).collect()
}

pub fn compact() -> Vec<u8> {
    Chunk::<f64>::COMPACT.expect("chunks have a compact form").to_bytes(&chunk())
}

/// Writes records and reads them back as documents with labels; gives their number.
pub fn read_json_lines() -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    let line = format!(r#"{{"id": 17, "abstract": "{}", "category": "cs"}}"#, "oil prices rise ".repeat(40));
    std::fs::write(folder.path().join("records.jsonl"), (line + "\n").repeat(RECORDS)).expect("a file");
    let records = JsonLines::open(folder.path().join("*.jsonl")).expect("a folder of files");
    let reading = records.text_and_label::<String>("abstract", "category").expect("valid settings");
    let read = Runtime::new().threads(1).compute(reading.chunks()).expect("valid records");
    read.iter().map(|chunk| chunk.n_rows()).sum()
}

/// A chain of tasks that add 1; gives the sum.
pub fn run_tasks() -> u64 {
    let one = Lazy::value(1);
    let add = || Task::new("add", Key::unique());
    let sum = (0..TASKS).fold(Lazy::value(0), |sum, _| sum.step(&one, add(), |a, b| Ok(a + b)));
    Runtime::new().threads(1).compute(&sum).expect("nothing here fails")
}
