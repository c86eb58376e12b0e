//! Learns from text that does not fit into memory, in one pass: parse, hash, learn.
//!
//!     cargo run --release --bin out_of_core -- --generate 2
//!     cargo run --release --bin out_of_core -- --data 'logs/*.jsonl' --text message --label level
//!
//! The files are read in chunks of a few MiB, hashed to 2^20 columns, and learned from chunk by chunk, so that
//! memory stays the same however much there is to read. The hashed chunks go to a cache on disk, from which a
//! second pass has them without parsing. The last of every twenty chunks is held out to be scored.

#[path = "../common/mod.rs"]
mod common;
mod corpus;
#[path = "../common/dashboard.rs"]
mod dashboard;
mod label;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use chunkfit::combine::{FittedPipeline, IntoFit};
use chunkfit::graph::ChunkCache;
use chunkfit::linear::Loss;
use chunkfit::prelude::*;
use chunkfit::sources::{Csv, Files, JsonLines};
use clap::Parser;
use dashboard::DashboardArgs;
use linfa::DatasetBase;
use ndarray::Array1;
use serde_json::json;

use label::Label;

#[derive(Parser)]
#[command(about = "Learns from text that does not fit into memory, in one pass")]
struct Args {
    /// Read so many GB of made-up documents, which are written to --folder if they are not there yet.
    #[arg(long, value_name = "GB", conflicts_with = "data", default_value_t = 0.2)]
    generate: f64,
    /// Read these files instead: a file, a folder or a pattern; JSON lines, or CSV by its name (.csv, .tsv).
    #[arg(long, value_name = "GLOB")]
    data: Option<PathBuf>,
    /// The field that holds the document.
    #[arg(long, default_value = "text", value_name = "FIELD")]
    text: String,
    /// The field that holds the label: text, a number, true or false.
    #[arg(long, default_value = "label", value_name = "FIELD")]
    label: String,
    /// Where made-up documents and the cache lie. Default: a folder for temporary files.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Threads; 0 is one a core.
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,
    /// How often all chunks are learned from in a pass.
    #[arg(long, default_value_t = 1, value_name = "N")]
    epochs: usize,
    /// How much of a file is a chunk.
    #[arg(long, default_value_t = 8.0, value_name = "MIB")]
    chunk_mib: f64,
    /// How much the chunks in flight may hold.
    #[arg(long, default_value_t = 128.0, value_name = "MIB")]
    memory_limit_mib: f64,
    /// The number of columns, as a power of two.
    #[arg(long, default_value_t = 20, value_name = "BITS", value_parser = clap::value_parser!(u32).range(1..=31))]
    features: u32,
    /// How much the cache may take; 0: no cache, and no second pass.
    #[arg(long, default_value_t = 16.0, value_name = "GIB")]
    cache_gib: f64,
    /// Begin with the cache of an earlier run and leave it to the next. Without, it is emptied.
    #[arg(long)]
    keep_cache: bool,
    #[command(flatten)]
    dashboard: DashboardArgs,
    /// End with one line of JSON.
    #[arg(long)]
    json: bool,
}

type Examples = DatasetBase<Text, Array1<Label>>;
type Model = FittedPipeline<HashingVectorizer<f32>, SgdClassifier<f32, Label>>;

fn main() -> ExitCode {
    common::exit_code(run(&Args::parse()))
}

fn run(args: &Args) -> Result<(), Error> {
    let folder = args.folder.clone().unwrap_or_else(|| std::env::temp_dir().join("chunkfit-out-of-core"));
    let mut runtime = Runtime::new().threads(args.threads).memory_limit(bytes(args.memory_limit_mib)).progress(true);
    let dashboard = args.dashboard.open(&mut runtime)?;
    let data = match &args.data {
        Some(data) => data.clone(),
        None => corpus::write(args.generate, &folder, &runtime)?,
    };
    let cache = folder.join("cache");
    if args.cache_gib > 0.0 {
        empty(&cache, args)?;
        runtime = runtime.chunk_cache(ChunkCache::new(&cache).max_bytes(bytes(1024.0 * args.cache_gib) as u64));
    }
    let classes = if args.data.is_none() { corpus::classes() } else { Vec::new() };
    let (train, test) = hold_out(&read(args, &data)?)?;
    let first = pass(&train, &classes, args, &runtime)?;
    println!("First pass:  {first}");
    let again = (args.cache_gib > 0.0).then(|| pass(&train, &classes, args, &runtime)).transpose()?;
    if let Some(again) = &again {
        println!("Second pass: {again}, from the cache");
        assert_eq!(first.digest, again.digest, "a chunk from the cache is the chunk that was written");
    }
    let accuracy = runtime.compute(first.fitted.into_fit().score(&test))?;
    println!("Accuracy on {} chunks held out: {accuracy:.4}", test.len());
    empty(&cache, args)?;
    if args.json {
        let report = json!({
            "bytes": first.bytes,
            "rows": first.rows,
            "seconds": first.seconds,
            "mb_per_s": first.bytes as f64 / 1e6 / first.seconds,
            "peak_rss_mb": common::peak_rss_mb(),
            "second_epoch_seconds": again.map(|again| again.seconds),
            "accuracy": accuracy,
            "digest": first.digest,
        });
        println!("{report}");
    }
    dashboard.stay();
    Ok(())
}

/// The chunks of the files.
fn read(args: &Args, data: &Path) -> Result<Chunks<Examples>, Error> {
    let files = Files::find(data)?;
    let chunk_bytes = bytes(args.chunk_mib) as u64;
    let is_csv = |path: &Path| path.extension().is_some_and(|end| end == "csv" || end == "tsv");
    let reading = if files.paths().all(is_csv) {
        Csv::over(files).chunk_bytes(chunk_bytes).text_and_label(&args.text, &args.label)
    } else {
        JsonLines::over(files).chunk_bytes(chunk_bytes).text_and_label(&args.text, &args.label)
    };
    Ok(reading?.chunks())
}

/// The last of every twenty chunks, and of all, is scored; the others are learned from.
fn hold_out(chunks: &Chunks<Examples>) -> Result<(Chunks<Examples>, Chunks<Examples>), Error> {
    let n = chunks.len();
    if n < 2 {
        return Err(Error::new(ErrorKind::TooFewChunks { needed: 2, found: n }));
    }
    let is_test = |c: &usize| c % 20 == 19 || c + 1 == n;
    let side = |test: bool| {
        let wanted = (0..n).filter(|c| is_test(c) == test);
        Chunks::from_lazies(wanted.map(|c| chunks.as_slice()[c].clone()))
    };
    Ok((side(false), side(true)))
}

/// One pass of learning over all chunks.
struct Pass {
    fitted: Model,
    digest: String,
    bytes: usize,
    rows: usize,
    seconds: f64,
}

fn pass(chunks: &Chunks<Examples>, classes: &[Label], args: &Args, runtime: &Runtime) -> Result<Pass, Error> {
    let vectorizer = HashingVectorizer::params().n_features(1 << args.features).dtype::<f32>();
    let mut sgd = SgdClassifier::params().loss(Loss::LogLoss);
    if !classes.is_empty() {
        sgd = sgd.classes(classes.to_vec());
    }
    let fit = Pipeline::new(vectorizer, Chained::new(sgd).epochs(args.epochs)).fit(chunks);
    let bytes = runtime.explain(&fit)?.expected_source_bytes;
    let start = Instant::now();
    let run = runtime.run(fit)?;
    let seconds = start.elapsed().as_secs_f64();
    for warning in &run.summary.warnings {
        eprintln!("warning: {warning}");
    }
    let model = &run.values.model;
    let numbers: Vec<f64> = model.coef().iter().chain(model.intercept()).map(|&x| x.into()).collect();
    let rows = run.summary.rows("vectorize");
    Ok(Pass { digest: common::digest(&numbers), bytes, rows, seconds, fitted: run.values })
}

impl fmt::Display for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} documents in {:.2} s", self.rows, self.seconds)?;
        if self.bytes > 0 {
            let megabytes = self.bytes as f64 / 1e6;
            write!(f, ", {megabytes:.0} MB of files at {:.0} MB/s", megabytes / self.seconds)?;
        }
        Ok(())
    }
}

fn empty(cache: &Path, args: &Args) -> Result<(), Error> {
    if args.keep_cache {
        return Ok(());
    }
    match fs::remove_dir_all(cache) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io("remove", cache, error)),
        _ => Ok(()),
    }
}

fn bytes(mib: f64) -> usize {
    (mib * (1 << 20) as f64) as usize
}
