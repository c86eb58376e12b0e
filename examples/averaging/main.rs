//! How near do averages come to the fit of all rows, round by round?
//!
//!     cargo run --release --bin averaging --features charts -- --svg averaging.svg
//!
//! Fits a logistic regression on every chunk, averages the coefficients in three ways, and goes on from
//! each average for some rounds; beside them it finds the optimum of all rows. Writes the scores as a
//! table, and as a picture.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/dashboard.rs"]
mod dashboard;
#[path = "../common/files.rs"]
mod files;
mod picture;
mod problems;
#[path = "../arxiv/taxonomy.rs"]
mod taxonomy;

use std::path::PathBuf;
use std::process::ExitCode;

use chunkfit::prelude::*;
use clap::{Parser, ValueEnum};
use comfy_table::{Cell, CellAlignment, Table, presets};
use dashboard::DashboardArgs;
use problems::{Point, Problems};
use serde_json::json;

#[derive(Parser)]
#[command(about = "How near do averages come to the fit of all rows, round by round?")]
struct Args {
    /// The folder that holds the files of the task.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// What is to be learned.
    #[arg(long, value_enum, default_value_t = Task::Acq)]
    task: Task,
    /// The rounds, the average included.
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// The penalty per example.
    #[arg(long, default_value_t = 1e-5, value_name = "A")]
    alpha: f64,
    /// Threads; 0 is one a core.
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,
    /// Write a picture to this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    dashboard: DashboardArgs,
    /// End with one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Task {
    /// Is a story of Reuters-21578 about acquisitions?
    Acq,
    /// Which of the ten most frequent topics does a story with one topic have?
    Topics,
    /// In which main categories is a paper of arXiv? One regression a category.
    Arxiv,
}

const WEIGHTINGS: [(Weighting, &str); 3] =
    [(Weighting::Uniform, "plain mean"), (Weighting::Samples, "by samples"), (Weighting::Curvature, "by curvature")];

/// The points of each way to average, round by round, and that of the fit of all rows.
pub struct Outcome {
    curves: Vec<(&'static str, Vec<Point>)>,
    full: Point,
}

fn main() -> ExitCode {
    common::exit_code(run(&Args::parse()))
}

fn run(args: &Args) -> Result<(), Error> {
    let mut runtime = Runtime::new().threads(args.threads).progress(true);
    let dashboard = args.dashboard.open(&mut runtime)?;
    let problems = match args.task {
        Task::Acq => problems::acq(args.data.as_deref())?,
        Task::Topics => problems::topics(args.data.as_deref(), &runtime)?,
        Task::Arxiv => problems::arxiv(args.data.as_deref(), &runtime)?,
    };
    let Problems { title, problems, train, test } = problems;
    let rounds = usize::from(args.rounds);
    let curve = |weighting| -> Vec<Vec<Lazy<Point>>> {
        (1..=rounds)
            .map(|round| problems.iter().map(|problem| problem.averaged(args.alpha, weighting, round)).collect())
            .collect()
    };
    let curves: Vec<_> = WEIGHTINGS.iter().map(|&(weighting, _)| curve(weighting)).collect();
    let full: Vec<Lazy<Point>> = problems.iter().map(|problem| problem.full(args.alpha)).collect();
    let (curves, full, train, test) = runtime.compute((curves, full, train, test))?;

    let total = |points: Vec<Point>| points.into_iter().fold(Point::default(), Point::merge);
    let curves = curves.into_iter().zip(WEIGHTINGS);
    let curves = curves.map(|(rounds, (_, name))| (name, rounds.into_iter().map(total).collect())).collect();
    let outcome = Outcome { curves, full: total(full) };
    println!("{title}: {train} rows to train on, {test} to test on, alpha = {}.\n", args.alpha);
    println!("{}", table(&outcome));
    println!("objective: mean log loss and penalty on the train rows. Round 1 is the average.");
    if let Some(file) = &args.svg {
        let picture = picture::draw(&title, &outcome);
        std::fs::write(file, picture).map_err(|error| Error::io("write", file, error))?;
    }
    if args.json {
        println!("{}", report(args, (train, test), &outcome));
    }
    dashboard.stay();
    Ok(())
}

fn table(outcome: &Outcome) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    let columns = outcome.curves.iter().flat_map(|(name, _)| [format!("{name}: objective"), "F1".to_owned()]);
    table.set_header(["round".to_owned()].into_iter().chain(columns));
    let numbers = |point: &Point| [format!("{:.5}", point.objective()), format!("{:.4}", point.f1())];
    let rounds = outcome.curves.first().map_or(0, |(_, points)| points.len());
    for round in 0..rounds {
        let cells = outcome.curves.iter().flat_map(|(_, points)| numbers(&points[round]));
        add_row(&mut table, (round + 1).to_string(), cells);
    }
    add_row(&mut table, "all rows".to_owned(), numbers(&outcome.full));
    table
}

fn add_row(table: &mut Table, first: String, numbers: impl IntoIterator<Item = String>) {
    let numbers = numbers.into_iter().map(|number| Cell::new(number).set_alignment(CellAlignment::Right));
    table.add_row([Cell::new(first)].into_iter().chain(numbers));
}

fn report(args: &Args, (train, test): (usize, usize), outcome: &Outcome) -> serde_json::Value {
    let point = |point: &Point| json!({"objective": point.objective(), "accuracy": point.accuracy(), "f1": point.f1()});
    let curve = |(name, points): &(&str, Vec<Point>)| {
        json!({
            "weighting": name,
            "rounds": points.iter().map(point).collect::<Vec<_>>(),
        })
    };
    let points = outcome.curves.iter().flat_map(|(_, points)| points).chain([&outcome.full]);
    let numbers: Vec<f64> = points.flat_map(|point| [point.objective(), point.accuracy(), point.f1()]).collect();
    json!({
        "train": train,
        "test": test,
        "alpha": args.alpha,
        "curves": outcome.curves.iter().map(curve).collect::<Vec<_>>(),
        "full": point(&outcome.full),
        "peak_rss_mb": common::peak_rss_mb(),
        // Of the bits of all these numbers.
        "digest": common::digest(&numbers),
    })
}
