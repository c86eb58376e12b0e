//! A fit over a DataFrame in this process beside the local engine's, on the same short rows.
//!
//!     cargo bench --profile cluster -p chunkfit-ballista --bench in_process
//!
//! Both read the same Parquet files, on as many threads, and have to give the same model. They run in turns; the ratio is
//! the median of the ratios of pairs.
#![allow(clippy::unwrap_used)] // a measurement that cannot be made ends

#[path = "../tests/common/corpus.rs"]
mod corpus;
#[allow(dead_code)]
#[path = "../tests/common/tables.rs"]
mod tables;

use std::path::Path;
use std::time::Instant;

use chunkfit::Runtime;
use chunkfit::combine::{Averaged, FittedPipeline, Pipeline};
use chunkfit::linear::{LogisticRegression, LogisticRegressionParams};
use chunkfit::persist::Persist;
use chunkfit::sources::Parquet;
use chunkfit::text::{HashingVectorizer, HashingVectorizerParams};
use chunkfit_ballista::table::{Format, register_files};
use chunkfit_ballista::{Columns, FrameModel, Recipe, session};
use clap::Parser;
use datafusion::prelude::SessionContext;

#[derive(Parser)]
struct Args {
    /// How many documents in all.
    #[arg(long, default_value_t = 1_600_000, value_name = "N")]
    rows: usize,
    /// How many words each has in the mean.
    #[arg(long, default_value_t = 10, value_name = "N")]
    words: usize,
    /// How many files they are in, each a partition and a chunk.
    #[arg(long, default_value_t = 16, value_name = "N")]
    files: usize,
    /// How many pairs of fits.
    #[arg(long, default_value_t = 5, value_name = "N")]
    runs: usize,
    /// What cargo says to benchmarks.
    #[arg(long, hide = true)]
    bench: bool,
}

type Model = FittedPipeline<HashingVectorizer<f64>, LogisticRegression<f64, bool>>;

fn text() -> HashingVectorizerParams<f64> {
    HashingVectorizer::params().n_features(1 << 18).alternate_sign(false)
}

fn logistic() -> LogisticRegressionParams<bool> {
    LogisticRegression::<f64, bool>::params().alpha(1e-5)
}

fn main() {
    let args = Args::parse();
    let folder = tempfile::tempdir().unwrap();
    let parts = corpus::parts(args.files, args.rows.div_ceil(args.files), args.words);
    let input = tables::write(&parts, tables::Format::Parquet, folder.path());
    drop(parts);
    let threads = std::thread::available_parallelism().unwrap().get();
    println!("{} documents of {} words in {} files, {threads} threads", args.rows, args.words, args.files);
    println!("| local, s | DataFrame, s | ratio |\n|---|---|---|");
    let mut pairs: Vec<[f64; 2]> = Vec::new();
    // The first pair warms the system's cache of files.
    for pair in 0..=args.runs.max(1) {
        let (local, near) = timed(|| local(&input, threads));
        let (frame, far) = timed(|| frame(&input, threads));
        assert!(local.to_bytes(&frame.describe().unwrap().training).unwrap() == frame.bytes()[..], "the models differ");
        if pair > 0 {
            println!("| {near:.2} | {far:.2} | {:.3} |", far / near);
            pairs.push([near, far]);
        }
    }
    let middle = |of: &dyn Fn(&[f64; 2]) -> f64| {
        let mut values: Vec<f64> = pairs.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let (near, far, ratio) = (middle(&|pair| pair[0]), middle(&|pair| pair[1]), middle(&|pair| pair[1] / pair[0]));
    println!("medians: local {near:.2} s, DataFrame {far:.2} s, ratio {ratio:.3}");
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let started = Instant::now();
    let done = work();
    (done, started.elapsed().as_secs_f64())
}

fn local(input: &Path, threads: usize) -> Model {
    let chunks = Parquet::open(input).unwrap().text_and_label::<bool>("text", "label").unwrap().chunks();
    let fit = Pipeline::new(text(), Averaged::new(logistic())).fit(&chunks);
    Runtime::new().threads(threads).compute(fit).unwrap()
}

fn frame(input: &Path, threads: usize) -> FrameModel {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build().unwrap();
    runtime.block_on(async {
        let context = SessionContext::new_with_config(session::config().with_target_partitions(threads));
        let rows = register_files(&context, "rows", &format!("{}/", input.display()), Format::Parquet).await.unwrap();
        let recipe = Recipe::new(text(), logistic()).unwrap();
        recipe.fit_frame(&rows, &Columns::new("text", "label")).await.unwrap()
    })
}
