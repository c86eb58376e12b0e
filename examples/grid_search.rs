//! A grid search over a text pipeline on Reuters-21578: 12 candidates, 3 folds, one graph.
//!
//!     cargo run --release --bin grid_search
//!
//! N-grams of one or up to two words, three penalties, two losses: 36 fits of five epochs. The
//! documents are parsed beforehand, as scikit-learn's peer does it; with `--out-of-core` they are
//! read during the search, as often as the memory limit makes it necessary.

mod common;
#[path = "common/dashboard.rs"]
mod dashboard;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chunkfit::datasets::reuters::{self, Labelled};
use chunkfit::diagnostics::Report;
use chunkfit::graph::{Key, Run};
use chunkfit::linear::{Loss, SgdClassifierParams};
use chunkfit::model_selection::{Grid, KFold, Search, SearchResults};
use chunkfit::prelude::*;
use chunkfit::text::HashingVectorizerParams;
use clap::Parser;
use dashboard::DashboardArgs;
use serde_json::{Value, json};

#[derive(Parser)]
#[command(about = "A grid search over a text pipeline on Reuters-21578")]
struct Args {
    /// The directory that holds the .sgm files.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Threads; 0 is one a core.
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,
    /// Passes over the chunks.
    #[arg(long, default_value_t = 5, value_name = "N")]
    epochs: usize,
    /// Read the files during the search, not before.
    #[arg(long)]
    out_of_core: bool,
    /// How many MiB the chunks in flight may hold. Default 64 out of core, else 1024.
    #[arg(long, value_name = "MIB")]
    memory_limit: Option<usize>,
    /// Keep the progress in this folder: a search that was interrupted goes on from there.
    #[arg(long, value_name = "DIR")]
    checkpoint: Option<PathBuf>,
    /// Write a model's progress no more often than once in so many seconds.
    #[arg(long, default_value_t = 0.0, value_name = "S", requires = "checkpoint")]
    checkpoint_every: f64,
    /// Write the results as CSV to this file.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write a report of the search to this file, as HTML.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    dashboard: DashboardArgs,
    /// End with one line of JSON.
    #[arg(long)]
    json: bool,
}

/// What a candidate is made of.
type Params = (HashingVectorizerParams<f64>, SgdClassifierParams<bool>);

fn main() -> ExitCode {
    common::exit_code(run(&Args::parse()))
}

fn run(args: &Args) -> Result<(), Error> {
    let memory_limit = args.memory_limit.unwrap_or(if args.out_of_core { 64 } else { 1024 });
    let mut runtime = Runtime::new().threads(args.threads).memory_limit(memory_limit << 20).progress(true);
    let dashboard = args.dashboard.open(&mut runtime)?;
    let mut watched = runtime.clone().profile(args.report.is_some());
    if let Some(folder) = &args.checkpoint {
        watched = watched.checkpoint(Checkpoint::new(folder).every(Duration::from_secs_f64(args.checkpoint_every)));
    }
    let files = reuters::locate(args.data.as_deref())?;
    println!("{:?}: {} files", files.origin, files.files.len());
    let label = |stories: &_| Ok(reuters::acq_examples(stories, Labelled::EveryD));
    let mut data = files.open()?.map_keyed("label", Key::of("acq, every <D>").finish(), label);
    if !args.out_of_core {
        data = data.keep_in_memory(&runtime)?;
    }

    let text = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false);
    let grid = Grid::new((text, SgdClassifier::params().seed(0)))
        .vary("ngram_range", [(1, 1), (1, 2)], |(text, sgd), (a, b)| (text.ngram_range(a, b), sgd))
        .vary("alpha", [1e-3, 1e-4, 1e-5], |(text, sgd), alpha| (text, sgd.alpha(alpha)))
        .vary("loss", [Loss::Hinge, Loss::LogLoss], |(text, sgd), loss| (text, sgd.loss(loss)));
    let epochs = args.epochs;
    let search =
        Search::new(grid, |(text, sgd): &Params| Pipeline::new(text.clone(), Chained::new(sgd.clone()).epochs(epochs)));
    let started = Instant::now();
    let run = search.folds(KFold::new(3).shuffle(0)).run_and_tell(&watched, &data)?;
    let seconds = started.elapsed().as_secs_f64();

    println!("{}", run.values);
    println!("{seconds:.2} seconds for 36 fits");
    if let Some(path) = &args.csv {
        let file = std::fs::File::create(path).map_err(|error| Error::io("write", path, error))?;
        run.values.write_csv(file)?;
    }
    if let Some(path) = &args.report {
        let (header, rows) = run.values.rows();
        Report::new("Grid search on Reuters-21578").run(&run).table("Candidates", header, rows).write(path)?;
    }
    if args.json {
        println!("{}", report(&run, seconds));
    }
    dashboard.stay();
    Ok(())
}

fn report(run: &Run<SearchResults<Params>>, seconds: f64) -> Value {
    let found = &run.values;
    let best: serde_json::Map<String, Value> =
        found.best().candidate.shown.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "candidates": found.candidates.len(),
        "folds": found.best().folds.len(),
        "seconds": seconds,
        "best": best,
        "best_accuracy": found.best_score(),
        "vectorize_tasks": run.summary.runs("vectorize"),
        "reruns": run.summary.reruns(),
        "peak_rss_mb": common::peak_rss_mb(),
        "digest": digest(found),
    })
}

/// A hash of the bits of every score.
fn digest(found: &SearchResults<Params>) -> String {
    let folds = found.candidates.iter().flat_map(|row| &row.folds);
    common::digest(folds.flat_map(|fold| &fold.test_scores))
}
