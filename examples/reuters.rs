//! Text classification on Reuters-21578, out of core: is a story about acquisitions?
//!
//!     cargo run --release --bin reuters
//!
//! Parses the files, hashes the words, holds out a fifth of the rows, fits the models together
//! on all cores, and scores them. Finds the data in `--data`, in `CHUNKFIT_DATA`, in the cache;
//! else downloads it; else makes do with a small sample that is part of this package.

mod common;
#[path = "common/dashboard.rs"]
mod dashboard;
#[path = "common/files.rs"]
mod files;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use chunkfit::combine::PipelineFit;
use chunkfit::data::Shared;
use chunkfit::datasets::reuters::{self, Labelled, ReutersFiles};
use chunkfit::diagnostics::Report;
use chunkfit::graph::{Key, Run, Task};
use chunkfit::linear::LinearClassifier;
use chunkfit::metrics::{ConfusionMatrix, ProbabilityLoss};
use chunkfit::prelude::*;
use clap::{Parser, ValueEnum};
use comfy_table::{Cell, CellAlignment, Table, presets};
use dashboard::DashboardArgs;
use linfa::DatasetBase;
use ndarray::Array1;
use serde_json::json;

#[derive(Parser)]
#[command(about = "Text classification on Reuters-21578, out of core")]
struct Args {
    /// The directory that holds the .sgm files.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Threads; 0 is one a core.
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,
    /// What the random split depends on.
    #[arg(long, default_value_t = 42, value_name = "N")]
    seed: u64,
    /// Which fifth is held out: a random one of all rows, or every fifth row of every file.
    #[arg(long, value_enum, default_value_t = Split::Random)]
    split: Split,
    /// Which stories count as labelled: those with any tag, or those with a topic.
    #[arg(long, value_enum, default_value_t = LabelsFrom::EveryD)]
    labels: LabelsFrom,
    /// The models to fit, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "LIST")]
    models: Vec<Model>,
    /// The rounds of the model `averaged`; 1 is the average alone.
    #[arg(long, default_value_t = 1, value_name = "N")]
    rounds: usize,
    /// Fit the full-data models as well.
    #[arg(long)]
    full: bool,
    /// Write a report of the run to this file, as HTML.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    dashboard: DashboardArgs,
    /// End with one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Split {
    Random,
    Fifth,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LabelsFrom {
    #[value(name = "every-d")]
    EveryD,
    Topics,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Model {
    ChainedSgd,
    #[value(name = "averaged_plain_c1")]
    AveragedPlainC1,
    Averaged,
    SummedLogistic,
    FullLogistic,
    #[value(name = "full_logistic_c1")]
    FullLogisticC1,
}

impl Model {
    /// The penalty per example on so many rows, if the model is a logistic regression.
    fn alpha(self, rows: usize) -> Option<f64> {
        match self {
            Model::ChainedSgd => None,
            Model::Averaged | Model::SummedLogistic | Model::FullLogistic => Some(ALPHA),
            Model::AveragedPlainC1 | Model::FullLogisticC1 => Some(1.0 / rows as f64),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Model::ChainedSgd => "chained_sgd",
            Model::AveragedPlainC1 => "averaged_plain_c1",
            Model::Averaged => "averaged",
            Model::SummedLogistic => "summed_logistic",
            Model::FullLogistic => "full_logistic",
            Model::FullLogisticC1 => "full_logistic_c1",
        }
    }

    fn describe(self) -> &'static str {
        match self {
            Model::ChainedSgd => "Chained SGD, hinge loss",
            Model::AveragedPlainC1 => "Averaged logistic, C = 1 a chunk, plain mean",
            Model::Averaged => "Averaged logistic, by curvature",
            Model::SummedLogistic => "Summed logistic, alpha = 1e-5",
            Model::FullLogistic => "Full-data logistic, alpha = 1e-5",
            Model::FullLogisticC1 => "Full-data logistic, C = 1",
        }
    }
}

/// The penalty per example of the logistic models that are to solve the same problem.
const ALPHA: f64 = 1e-5;

/// Stories as examples: their text, and whether they are about acquisitions.
type Examples = Chunks<DatasetBase<Text, Array1<bool>>>;

/// What is wanted of a model: its counts on the test rows; of a logistic one its loss on the training
/// rows; and what there is to say of its coefficients.
type Outcome = (Lazy<ConfusionMatrix<bool>>, Option<Lazy<ProbabilityLoss>>, Lazy<Coefficients>);

/// What there is to say of coefficients.
#[derive(Clone)]
struct Coefficients {
    /// A hash of their bits and the intercepts'.
    digest: String,
    /// The sum of their squares.
    squares: f64,
}

fn main() -> ExitCode {
    common::exit_code(run(&Args::parse()))
}

fn run(args: &Args) -> Result<(), Error> {
    let models = chosen_models(args);
    let mut runtime = Runtime::new().threads(args.threads).progress(true).profile(args.report.is_some());
    let dashboard = args.dashboard.open(&mut runtime)?;
    let files = reuters::locate(args.data.as_deref())?;
    announce(&files, args);

    let started = Instant::now();
    let stories = files.open()?;
    let mode = if args.labels == LabelsFrom::Topics { Labelled::TopicsOnly } else { Labelled::EveryD };
    let examples = stories.map("label", move |stories| reuters::acq_examples(stories, mode));
    let (train, test) = match args.split {
        Split::Random => train_test_split(&examples, 0.2, args.seed),
        Split::Fifth => every_nth_split(&examples, 5),
    };
    let outcomes: Vec<Outcome> = models.iter().map(|&model| fit_and_score(model, args, &train, &test)).collect();
    let run = runtime.run((outcomes, train.n_rows(), test.n_rows()))?;
    let total = started.elapsed().as_secs_f64();

    print_table(&models, &run);
    if let Some(file) = &args.report {
        Report::new("Reuters-21578: acquisitions")
            .run(&run)
            .table("Models", HEADERS, rows(&models, &run))
            .write(file)?;
    }
    if args.json {
        println!("{}", json_report(args, &models, &run, total));
    } else {
        println!("{total:.2} seconds in all");
    }
    dashboard.stay();
    Ok(())
}

fn chosen_models(args: &Args) -> Vec<Model> {
    let mut models = args.models.clone();
    if models.is_empty() {
        models = vec![Model::ChainedSgd, Model::AveragedPlainC1, Model::Averaged];
    }
    let full = [Model::FullLogistic, Model::FullLogisticC1];
    models.extend(full.into_iter().filter(|_| args.full));
    let mut seen = Vec::new();
    models.retain(|model| !seen.contains(model) && (seen.push(*model), true).1);
    models
}

/// The graph of one model. All of them share the parsed and vectorized chunks.
fn fit_and_score(model: Model, args: &Args, train: &Examples, test: &Examples) -> Outcome {
    let text = HashingVectorizer::params().n_features(1 << 18).alternate_sign(false);
    let name = model.name();
    let logistic = LogisticRegression::params().alpha(ALPHA);
    match model {
        Model::ChainedSgd => {
            let sgd = Chained::new(SgdClassifier::params().shuffle(false)).display_name(name);
            let fit = Pipeline::new(text, sgd).fit(train);
            (fit.confusion(test), None, coefficients(fit.inner(), |model| model.linear()))
        }
        Model::AveragedPlainC1 => {
            let averaged = Averaged::new(LogisticRegression::params().c(1.0)).weighting(Weighting::Uniform);
            outcome(&Pipeline::new(text, averaged.display_name(name)).fit(train), train, test)
        }
        Model::Averaged => {
            let averaged = Averaged::new(logistic).rounds(args.rounds).display_name(name);
            outcome(&Pipeline::new(text, averaged).fit(train), train, test)
        }
        Model::SummedLogistic => {
            outcome(&Pipeline::new(text, Summed::new(logistic).display_name(name)).fit(train), train, test)
        }
        Model::FullLogistic => {
            outcome(&Pipeline::new(text, Concatenated::new(logistic).display_name(name)).fit(train), train, test)
        }
        Model::FullLogisticC1 => {
            let logistic = Concatenated::new(LogisticRegression::params().c(1.0)).display_name(name);
            outcome(&Pipeline::new(text, logistic).fit(train), train, test)
        }
    }
}

/// What is wanted of a logistic regression.
fn outcome(fit: &LogisticFit, train: &Examples, test: &Examples) -> Outcome {
    let coefficients = coefficients(fit.inner(), |model| Ok(model.linear()));
    (fit.confusion(test), Some(fit.probability_loss(train)), coefficients)
}

type LogisticFit = PipelineFit<HashingVectorizer<f64>, Lazy<LogisticRegression<f64, bool>>>;

fn coefficients<M: Shared>(
    model: &Lazy<M>,
    linear: fn(&M) -> Result<&LinearClassifier<f64, bool>, Error>,
) -> Lazy<Coefficients> {
    let task = Task::new("coefficients", Key::of("coefficients").input(model.key()).finish());
    model.map(task, move |model| {
        let linear = linear(model)?;
        let digest = common::digest(linear.coef().iter().chain(linear.intercept()));
        Ok(Coefficients { digest, squares: linear.coef().iter().map(|w| w * w).sum() })
    })
}

fn announce(files: &ReutersFiles, args: &Args) {
    println!("Reuters-21578: which stories are about acquisitions (tag acq)?");
    files::announce(files);
    let held_out =
        if args.split == Split::Fifth { "every fifth row of every file" } else { "a random fifth of all rows" };
    println!("Hashing words into 262,144 columns; holding out {held_out}.\n");
}

/// [`Outcome`], computed.
type Computed = (ConfusionMatrix<bool>, Option<ProbabilityLoss>, Coefficients);
type Results = Run<(Vec<Computed>, usize, usize)>;

const HEADERS: [&str; 6] = ["model", "accuracy", "majority", "F1", "positive", "seconds"];

/// One row a model.
fn rows(models: &[Model], run: &Results) -> Vec<[String; 6]> {
    let row = |(model, (counts, ..)): (&Model, &Computed)| {
        [
            model.describe().to_owned(),
            format!("{:.4}", counts.accuracy()),
            format!("{:.4}", counts.majority_rate()),
            format!("{:.4}", counts.f1(&true)),
            counts.predicted(&true).to_string(),
            format!("{:.3}", run.summary.busy_shown_as(model.name()).as_secs_f64()),
        ]
    };
    models.iter().zip(&run.values.0).map(row).collect()
}

fn print_table(models: &[Model], run: &Results) {
    let (_, train, test) = &run.values;
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_header(HEADERS);
    for [model, numbers @ ..] in rows(models, run) {
        let numbers = numbers.map(|number| Cell::new(number).set_alignment(CellAlignment::Right));
        table.add_row([Cell::new(model)].into_iter().chain(numbers));
    }
    println!("{table}");
    println!("{train} stories to train on, {test} to test on; seconds are those of fitting, over all threads.");
    println!("majority: the accuracy of always giving the more frequent answer.");
    for warning in &run.summary.warnings {
        println!("Warning: {warning}.");
    }
}

/// What speaks against one model.
fn warnings(model: Model, run: &Results) -> Vec<&str> {
    let own = run.summary.warnings.iter().filter(|warning| warning.display_name.as_deref() == Some(model.name()));
    own.map(|warning| &*warning.message).collect()
}

fn json_report(args: &Args, models: &[Model], run: &Results, total: f64) -> serde_json::Value {
    let (results, train, test) = &run.values;
    let models: Vec<_> = models
        .iter()
        .zip(results)
        .map(|(model, (counts, loss, coefficients))| {
            let penalty = |alpha: f64| 0.5 * alpha * coefficients.squares;
            let objective = loss.zip(model.alpha(*train)).map(|(loss, alpha)| loss.log_loss() + penalty(alpha));
            json!({
                "name": model.name(),
                "accuracy": counts.accuracy(),
                "f1": counts.f1(&true),
                "predicted_positive": counts.predicted(&true),
                "seconds": run.summary.busy_shown_as(model.name()).as_secs_f64(),
                "objective": objective,
                "digest": coefficients.digest,
                "warnings": warnings(*model, run),
            })
        })
        .collect();
    json!({
        "docs": train + test,
        "train": train,
        "test": test,
        "threads": run.summary.threads,
        "seed": args.seed,
        "split": if args.split == Split::Fifth { "fifth" } else { "random" },
        "seconds": {
            "parse": run.summary.busy("parse").as_secs_f64(),
            "vectorize": run.summary.busy("vectorize").as_secs_f64(),
            "total": total,
        },
        "peak_rss_mb": common::peak_rss_mb(),
        "models": models,
    })
}
