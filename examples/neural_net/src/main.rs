//! Does an LSTM autoencoder learn over chunks as it does in memory?
//!
//!     cargo run --release -p chunkfit-neural-net -- --svg loss.svg --scores scores --model autoencoder.safetensors
//!
//! Makes rows by chunk, brings them to batches of sequences, and trains an autoencoder chunk by chunk (`chained`), on
//! all batches in parallel with averages of the weights (`averaged`), or both in one run. Then it scores held-out
//! sequences, of which every tenth is spoiled, by the model that was loaded from its file.

#[path = "../../common/mod.rs"]
mod common;
#[path = "../../common/dashboard.rs"]
mod dashboard;
mod picture;
mod scores;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chunkfit::graph::Checkpoint;
use chunkfit::ndarray::Array2;
use chunkfit::prelude::*;
use chunkfit::sinks::Sink;
use chunkfit_neural_net::data::{self, BATCH, STEPS};
use chunkfit_neural_net::{Autoencoder, AutoencoderParams, Weights};
use clap::{Parser, ValueEnum};
use dashboard::DashboardArgs;
use picture::Curve;

#[derive(Parser)]
#[command(about = "Does an LSTM autoencoder learn over chunks as it does in memory?")]
struct Args {
    /// Chunk after chunk, all chunks in parallel with averaged weights, or both.
    #[arg(long, value_enum, default_value_t = Mode::Chained)]
    mode: Mode,
    /// Epochs of the chain; rounds of the average.
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    epochs: u16,
    /// Rows to train on; those that do not fill a chunk are left out.
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    rows: usize,
    /// Rows of a chunk as it is made.
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    chunk_rows: u32,
    /// Units of the LSTM layers.
    #[arg(long, default_value = "100,40", value_name = "N,..", value_delimiter = ',')]
    units: Vec<usize>,
    /// The seed of the initial weights.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Begin with the weights in this file: a JSON list of matrices in the order of Keras' `get_weights`.
    #[arg(long, value_name = "FILE")]
    initial: Option<PathBuf>,
    /// Threads; 0 is one a core.
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,
    /// The memory limit in MiB.
    #[arg(long, value_name = "MIB")]
    memory_limit: Option<usize>,
    /// Keep the model in this folder while it learns, and go on from there.
    #[arg(long, value_name = "DIR")]
    checkpoint: Option<PathBuf>,
    /// Write the rows to train on into this folder, as CSV, and end.
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
    /// Write the curve of the losses to this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Draw these curves, too: a JSON object of names and lists of losses.
    #[arg(long, value_name = "FILE")]
    curves: Option<PathBuf>,
    /// Write the anomaly scores of held-out sequences into this folder, as CSV.
    #[arg(long, value_name = "DIR")]
    scores: Option<PathBuf>,
    /// Save the model in this file.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    #[command(flatten)]
    dashboard: DashboardArgs,
    /// End with one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    Chained,
    Averaged,
    Both,
}

fn main() -> ExitCode {
    common::exit_code(run(&Args::parse()))
}

fn run(args: &Args) -> Result<(), Error> {
    let mut runtime = Runtime::new().threads(args.threads).progress(true);
    if let Some(mib) = args.memory_limit {
        runtime = runtime.memory_limit(mib << 20);
    }
    if let Some(folder) = &args.checkpoint {
        runtime = runtime.checkpoint(Checkpoint::new(folder));
    }
    let dashboard = args.dashboard.open(&mut runtime)?;
    let chunk_rows = args.chunk_rows as usize;
    let n_chunks = args.rows / chunk_rows;
    let rows = data::rows(n_chunks, chunk_rows)?;
    if let Some(folder) = &args.export {
        let written = Sink::csv(folder).write(&rows.rechunk(args.rows.max(1)), &runtime)?;
        println!("{} rows are in {}.", written.rows(), folder.display());
        return Ok(());
    }
    let batches = data::batches(&rows);
    println!("{} rows in {n_chunks} chunks, learned in batches of {BATCH} sequences of {STEPS} rows.", args.rows);
    let (models, took) = train(args, &batches, &runtime)?;
    let curves: Vec<Curve> =
        models.iter().map(|(name, model)| (name.clone(), model.history().losses.clone())).collect();
    print_losses(&curves);
    println!("Trained in {:.1} s.", took.as_secs_f64());
    if let Some(file) = &args.svg {
        let curves = [curves.clone(), more_curves(args.curves.as_deref())?].concat();
        let picture = picture::draw("LSTM autoencoder, loss by epoch", &curves);
        std::fs::write(file, picture).map_err(|error| Error::io("write", file, error))?;
    }
    let Some((_, model)) = models.into_iter().next() else { return Ok(()) };
    let held_out =
        data::spoiled(&data::batches(&data::rows_from(n_chunks, 10_000 / chunk_rows.min(10_000), chunk_rows)?));
    let model = match &args.model {
        Some(file) => scores::save_and_load(model, file, &held_out, &runtime)?,
        None => model,
    };
    scores::score(model, &held_out, args.scores.as_deref(), &runtime)?;
    if args.json {
        println!("{}", report(&curves, took));
    }
    dashboard.stay();
    Ok(())
}

/// The models by the names of their trainings, and the time that they took together.
fn train(
    args: &Args,
    batches: &Chunks<data::Batch>,
    runtime: &Runtime,
) -> Result<(Vec<(String, Autoencoder)>, Duration), Error> {
    let mut params =
        AutoencoderParams::new(args.seed).units(args.units.clone()).batches_per_epoch(batches.len().max(1));
    if let Some(file) = &args.initial {
        params = params.initial_weights(initial_weights(file)?);
    }
    let epochs = usize::from(args.epochs);
    let chained = || ("chained".to_owned(), Chained::new(params.clone()).epochs(epochs).fit(batches));
    let averaged = || ("averaged".to_owned(), Averaged::new(params.clone()).rounds(epochs).fit(batches));
    let (names, fits): (Vec<String>, Vec<Lazy<Autoencoder>>) = match args.mode {
        Mode::Chained => vec![chained()],
        Mode::Averaged => vec![averaged()],
        Mode::Both => vec![chained(), averaged()],
    }
    .into_iter()
    .unzip();
    let begin = Instant::now();
    let models = runtime.compute(fits)?;
    Ok((names.into_iter().zip(models).collect(), begin.elapsed()))
}

fn print_losses(curves: &[Curve]) {
    let names: Vec<String> = curves.iter().map(|(name, _)| format!("{name:>10}")).collect();
    println!("epoch  {}", names.join("  "));
    for epoch in 0..curves.first().map_or(0, |(_, losses)| losses.len()) {
        let losses: Vec<String> = curves.iter().map(|(_, losses)| format!("{:>10.5}", losses[epoch])).collect();
        println!("{:>5}  {}", epoch + 1, losses.join("  "));
    }
}

fn more_curves(file: Option<&Path>) -> Result<Vec<Curve>, Error> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let curves: BTreeMap<String, Vec<f64>> = read_json(file)?;
    Ok(curves.into_iter().collect())
}

/// The weights in a file; a bias is a matrix of one row.
fn initial_weights(file: &Path) -> Result<Weights, Error> {
    let matrices: Vec<Vec<Vec<f32>>> = read_json(file)?;
    let array = |rows: Vec<Vec<f32>>| {
        let shape = (rows.len(), rows.first().map_or(0, Vec::len));
        let malformed = |error| Error::new(ErrorKind::Malformed { format: "weights", problem: format!("{error}") });
        Array2::from_shape_vec(shape, rows.concat()).map_err(malformed)
    };
    let arrays: Result<_, Error> = matrices.into_iter().map(array).collect();
    arrays.and_then(Weights::new).map_err(|error| error.in_file(file))
}

fn read_json<T: serde::de::DeserializeOwned>(file: &Path) -> Result<T, Error> {
    let text = std::fs::read_to_string(file).map_err(|error| Error::io("read", file, error))?;
    serde_json::from_str(&text)
        .map_err(|error| Error::new(ErrorKind::Malformed { format: "JSON", problem: error.to_string() }).in_file(file))
}

fn report(curves: &[Curve], took: Duration) -> serde_json::Value {
    let losses: Vec<f64> = curves.iter().flat_map(|(_, losses)| losses).copied().collect();
    serde_json::json!({
        "losses": curves.iter().cloned().collect::<BTreeMap<_, _>>(),
        "seconds": took.as_secs_f64(),
        "peak_rss_mb": common::peak_rss_mb(),
        // Of the bits of all losses.
        "digest": common::digest(&losses),
    })
}
