//! Our side of the comparison with peers: one job a process, which ends with one line of JSON.
//!
//!     python3 benches/peers/run.py
//!
//! builds this, and runs it and the peers in turns. Every job reads what it needs, starts the clock, works, stops
//! it, and only then finds the facts by which the two sides are shown to have done the same.

mod ours;
#[path = "../common/tasks.rs"]
mod tasks;

use std::path::PathBuf;
use std::process::ExitCode;

use chunkfit::Error;
use clap::{Parser, Subcommand};
use ours::{grid_search, lines, partial_fit, predict, reading, reuters, row_by_row, scheduler, vectorize};

#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    job: Option<Job>,
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Subcommand)]
enum Job {
    /// Reuters-21578 from files to scores, by two models.
    Reuters {
        /// The folder of the .sgm files.
        folder: PathBuf,
        #[arg(long, default_value_t = 2)]
        threads: usize,
    },
    /// Reuters-21578 from files to an averaged model.
    Averaged {
        /// The folder of the .sgm files.
        folder: PathBuf,
        #[arg(long, default_value_t = 2)]
        threads: usize,
    },
    /// Documents in memory to rows, on one thread.
    Vectorize {
        /// A folder of JSON lines.
        corpus: PathBuf,
        /// Two to four characters of words, not words.
        #[arg(long)]
        char_wb: bool,
    },
    /// SGD over rows in memory, on one thread.
    PartialFit {
        /// A folder of JSON lines.
        corpus: PathBuf,
        #[arg(long)]
        shuffle: bool,
    },
    /// Documents in memory to predictions, on one thread.
    Predict {
        /// A folder of JSON lines.
        corpus: PathBuf,
    },
    /// A file of lines to a model.
    Lines(lines::Args),
    /// The grid search of the example, on two threads.
    GridSearch {
        /// The folder of the .sgm files.
        folder: PathBuf,
    },
    /// A function of every row of a CSV file, on two threads.
    RowByRow {
        /// The file.
        file: PathBuf,
        /// A folder for the file with one more column.
        out: PathBuf,
    },
    /// A file of documents and labels, read once, on two threads.
    Reading {
        /// The file: JSON lines, CSV or Parquet.
        file: PathBuf,
    },
    /// What the scheduler costs a task.
    Scheduler,
}

fn main() -> ExitCode {
    let Some(job) = Args::parse().job else {
        println!("python3 benches/peers/run.py runs this beside the peers.");
        return ExitCode::SUCCESS;
    };
    match run(&job) {
        Ok(facts) => {
            println!("{facts}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {}", error.full_message());
            ExitCode::FAILURE
        }
    }
}

fn run(job: &Job) -> Result<serde_json::Value, Error> {
    match job {
        Job::Reuters { folder, threads } => reuters::end_to_end(folder, *threads),
        Job::Averaged { folder, threads } => reuters::averaged(folder, *threads),
        Job::Vectorize { corpus, char_wb } => vectorize::run(corpus, *char_wb),
        Job::PartialFit { corpus, shuffle } => partial_fit::run(corpus, *shuffle),
        Job::Predict { corpus } => predict::run(corpus),
        Job::Lines(args) => lines::run(args),
        Job::GridSearch { folder } => grid_search::run(folder),
        Job::RowByRow { file, out } => row_by_row::run(file, out),
        Job::Reading { file } => reading::run(file),
        Job::Scheduler => scheduler::run(),
    }
}
