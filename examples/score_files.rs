//! Scoring a folder of files: fits a text classifier, saves it, loads it, and writes what it says of every document.
//!
//!     cargo run --release --bin score_files -- --train 'labelled/*.jsonl' --score 'new/*.jsonl' --out scored
//!
//! Files are JSON lines; those to be scored need no labels. Run again, it writes what is new or was changed. Without
//! files it makes some of the Reuters sample.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chunkfit::combine::{FittedPipeline, IntoFit};
use chunkfit::data::Keyed;
use chunkfit::datasets::reuters::{ReutersFiles, Stories};
use chunkfit::persist::Persist;
use chunkfit::prelude::*;
use chunkfit::sinks::{Predictions, Sink, WriteReport};
use chunkfit::sources::{Files, JsonLines};
use clap::Parser;
use linfa::DatasetBase;
use ndarray::Array1;
use serde_json::json;

#[derive(Parser)]
#[command(about = "Fits a text classifier, and writes what it says of every document of some files")]
struct Args {
    /// JSON lines to learn from: a file, a folder or a pattern.
    #[arg(long, value_name = "GLOB", requires = "score")]
    train: Option<PathBuf>,
    /// JSON lines to score.
    #[arg(long, value_name = "GLOB", requires = "train")]
    score: Option<PathBuf>,
    /// The field that holds a document's id.
    #[arg(long, default_value = "id", value_name = "FIELD")]
    id: String,
    /// The field that holds its text.
    #[arg(long, default_value = "text", value_name = "FIELD")]
    text: String,
    /// The field that holds its label, in the files to learn from.
    #[arg(long, default_value = "label", value_name = "FIELD")]
    label: String,
    /// The folder for the model and the scores. Default: one among the system's temporary files.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Threads; 0 is one a core.
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,
    /// End with one line of JSON.
    #[arg(long)]
    json: bool,
}

type Model = FittedPipeline<HashingVectorizer<f64>, SgdClassifier<f64, String>>;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", error.full_message());
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Error> {
    let out = args.out.clone().unwrap_or_else(|| std::env::temp_dir().join("chunkfit-score-files"));
    let runtime = Runtime::new().threads(args.threads);
    let (train, score) = match (&args.train, &args.score) {
        (Some(train), Some(score)) => (Files::find(train)?, Files::find(score)?),
        _ => sample(&out.join("sample"), &runtime)?,
    };
    let file = out.join("model.safetensors");
    let scored = out.join("scored");
    std::fs::create_dir_all(&out).map_err(|error| Error::io("create the folder", &out, error))?;
    fit(args, train, &runtime)?.save(&file)?;
    let report = write_scores(args, score, Model::load(&file)?, &scored, &runtime)?;
    println!("The model is in {}.", file.display());
    println!("Wrote {} rows to {} files in {}.", report.rows(), report.written(), scored.display());
    println!("{} files were there already, of the same inputs and model.", report.skipped());
    if args.json {
        let counts = [report.written() as u64, report.skipped() as u64, report.rows(), report.bytes()];
        println!("{}", json!({"written": counts[0], "skipped": counts[1], "rows": counts[2], "bytes": counts[3]}));
    }
    Ok(())
}

fn fit(args: &Args, files: Files, runtime: &Runtime) -> Result<Model, Error> {
    let examples = JsonLines::over(files).text_and_label::<String>(&args.text, &args.label)?.chunks();
    let text = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false);
    runtime.compute(Pipeline::new(text, Chained::new(SgdClassifier::params().seed(42))).fit(&examples))
}

fn write_scores(args: &Args, files: Files, model: Model, out: &Path, runtime: &Runtime) -> Result<WriteReport, Error> {
    let documents = JsonLines::over(files).keyed_text::<String>(&args.id, &args.text)?.chunks();
    let fit = model.into_fit();
    let predictions = Predictions::of(&fit, &documents).decision_values();
    Sink::json_lines(out).write(predictions.tables(), runtime)
}

/// The sample of Reuters-21578 as JSON lines: is a story about acquisitions? The last file is to be scored.
fn sample(folder: &Path, runtime: &Runtime) -> Result<(Files, Files), Error> {
    println!("Using a small generated sample: name files with --train and --score.");
    let stories = ReutersFiles::sample().open()?;
    let documents = stories.try_map("label", |stories: &Stories| {
        let ids = stories.iter().map(|story| format!("reuters-{}", story.new_id())).collect();
        let label = |is_acq| if is_acq { "acq" } else { "other" }.to_owned();
        let labels: Array1<String> =
            stories.iter().map(|story| label(story.topics().any(|topic| topic == "acq"))).collect();
        Ok(DatasetBase::new(Keyed::new(stories.text(), ids)?, labels))
    });
    // The closure above would be taken for another one in every process.
    let documents = documents.identified(("stories of the sample", env!("CARGO_PKG_VERSION")));
    let files = Sink::json_lines(folder).write(&documents, runtime)?.files;
    let (score, train) = files.split_last().expect("the sample has files");
    Ok((Files::find_all(train.iter().map(|file| &file.path))?, Files::find(&score.path)?))
}
