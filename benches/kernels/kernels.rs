//! How many instructions the kernels execute, counted by Valgrind, so that a regression shows on a noisy
//! machine. `CONTRIBUTING.md` tells how to run it and how to compare.
//!
//! Inputs are made in set-up, which does not count. The last group runs on a thread of its own; there the whole
//! process is counted, as Callgrind follows a function in one thread only.

mod inputs;
#[path = "../common/rows.rs"]
mod rows;
#[path = "../common/text.rs"]
mod text;

use std::hint::black_box;

use chunkfit::data::{Csr, Float, Footprint, Text};
use chunkfit::datasets::reuters::{self, Stories};
use chunkfit::estimator::FitAverage;
use chunkfit::linear::{LogisticRegression, LogisticRegressionValidParams, LogisticState};
use chunkfit::linear::{Loss, SgdTeam};
use chunkfit::text::{Analyzer, FeatureHasher, HashingVectorizer};
use gungraun::prelude::*;
use gungraun::{Callgrind, EntryPoint};
use linfa::traits::{Fit, FitWith};

use inputs::{DOCUMENTS, Learning, RECORDS, ROWS, TASKS};
use rows::Chunk;
use text::ASCII;

#[library_benchmark]
#[bench::ascii_words(args = (ASCII, HashingVectorizer::params()), setup = inputs::vectorizing)]
#[bench::cyrillic_words(args = (inputs::CYRILLIC, HashingVectorizer::params()), setup = inputs::vectorizing)]
#[bench::ascii_word_pairs(args = (ASCII, HashingVectorizer::params().ngram_range(1, 2)), setup = inputs::vectorizing)]
#[bench::ascii_characters_in_words(
    args = (ASCII, HashingVectorizer::params().analyzer(Analyzer::CharWb).ngram_range(2, 4)),
    setup = inputs::vectorizing
)]
fn vectorize((vectorizer, text): (HashingVectorizer<f64>, Text)) -> impl Sized {
    let rows = vectorizer.transform_text(black_box(&text)).expect("valid text");
    assert!(rows.nnz() > 50 * DOCUMENTS);
    (rows, text)
}

#[library_benchmark]
#[bench::of_documents(inputs::names())]
fn hash_names((hasher, names): (FeatureHasher<f64>, Vec<Vec<String>>)) -> impl Sized {
    let rows = hasher.transform_names(black_box(&names)).expect("valid names");
    assert!(rows.nnz() > 50 * DOCUMENTS);
    (rows, names)
}

#[library_benchmark]
#[bench::hinge_f64(inputs::learning::<f64>(Loss::Hinge))]
#[bench::log_loss_f64(inputs::learning::<f64>(Loss::LogLoss))]
#[bench::hinge_f32(inputs::learning::<f32>(Loss::Hinge))]
fn sgd_pass<F: Float>(learning: Learning<F>) -> impl Sized {
    let Learning { params, model, chunk } = learning;
    let model = params.fit_with(Some(model), black_box(&chunk)).expect("finite rows");
    assert_eq!(model.n_rows_seen(), 2 * ROWS);
    (model, chunk)
}

#[library_benchmark]
#[bench::six_models(inputs::team())]
fn sgd_team((mut team, chunk): (SgdTeam<f64, bool>, Chunk<f64>)) -> impl Sized {
    let failed = team.fit_chunk(black_box(&chunk)).expect("finite rows");
    assert!(failed.is_empty());
    (team, chunk)
}

#[library_benchmark]
#[bench::hinge_f64(inputs::learning::<f64>(Loss::Hinge))]
fn sgd_predict(learning: Learning<f64>) -> impl Sized {
    use linfa::traits::Predict;
    let Learning { model, chunk, .. } = learning;
    let labels = model.predict(black_box(&chunk.records));
    assert_eq!(labels.len(), ROWS);
    (labels, model, chunk)
}

#[library_benchmark]
#[bench::defaults(inputs::logistic())]
fn logistic((params, chunk): (LogisticRegressionValidParams<bool>, Chunk<f64>)) -> impl Sized {
    let model: LogisticRegression<f64, bool> = params.fit(black_box(&chunk)).expect("a fit");
    assert!(model.converged());
    (model, chunk)
}

#[library_benchmark]
#[bench::eight_states(inputs::states(8))]
fn merge(states: Vec<LogisticState<bool>>) -> LogisticState<bool> {
    type Params = LogisticRegressionValidParams<bool>;
    let merge = |a, b| <Params as FitAverage<Csr<f64>, ndarray::Array1<bool>>>::merge(a, b);
    black_box(states).into_iter().try_fold(LogisticState::default(), merge).expect("states of one kind")
}

#[library_benchmark]
#[bench::rows(inputs::chunk())]
fn compact_write(chunk: Chunk<f64>) -> impl Sized {
    let compact = Chunk::<f64>::COMPACT.expect("chunks have a compact form");
    let bytes = compact.to_bytes(black_box(&chunk));
    assert!(bytes.len() < chunk.heap_bytes() / 2);
    (bytes, chunk)
}

#[library_benchmark]
#[bench::rows(inputs::compact())]
fn compact_read(bytes: Vec<u8>) -> impl Sized {
    let compact = Chunk::<f64>::COMPACT.expect("chunks have a compact form");
    let chunk = compact.from_bytes(black_box(&bytes)).expect("a chunk that was written");
    assert_eq!(chunk.targets.len(), ROWS);
    (bytes, chunk)
}

#[library_benchmark]
#[bench::stories(reuters::sample::generate(1, 0, DOCUMENTS))]
fn sgml(file: Vec<u8>) -> (Stories, Vec<u8>) {
    let stories = reuters::parse(black_box(&file)).expect("a valid file");
    assert_eq!(stories.len(), DOCUMENTS);
    (stories, file)
}

#[library_benchmark]
#[bench::text_and_label()]
fn json_lines() {
    assert_eq!(inputs::read_json_lines(), RECORDS);
}

#[library_benchmark]
#[bench::of_1_000_tasks()]
fn scheduler() {
    assert_eq!(inputs::run_tasks(), TASKS);
}

fn instructions() -> Callgrind {
    Callgrind::with_args(["--cache-sim=no"])
}

library_benchmark_group!(
    name = kernels,
    benchmarks =
        [vectorize, hash_names, sgd_pass, sgd_team, sgd_predict, logistic, merge, compact_write, compact_read, sgml]
);

library_benchmark_group!(
    name = processes,
    config = LibraryBenchmarkConfig::default().tool_override(instructions().entry_point(EntryPoint::None)),
    benchmarks = [json_lines, scheduler]
);

main!(config = LibraryBenchmarkConfig::default().tool(instructions()), library_benchmark_groups = [kernels, processes]);
